from __future__ import annotations

from dataclasses import replace
from typing import List, Optional, Tuple

import pytest

from core.media.languages import parse_language
from core.media.model import AudioTrack, BitRateSource, Confidence, NativeLanguage
from core.plan import OpusEncode
from core.rules.audio import decide_audio, decide_opus
from tests.core.made_media import SETTINGS, UNKNOWN, film, native, sound, text

AUDIO = SETTINGS.audio


def kept(language: NativeLanguage, *tracks: AudioTrack) -> List[int]:
    """The numbers of the tracks that stay."""
    decisions = decide_audio(film(*tracks), language, AUDIO)
    return [decision.track.number for decision in decisions if decision.kept]


def codes(language: NativeLanguage, *tracks: AudioTrack) -> List[Tuple[str, ...]]:
    """The codes of each track's rejections, or of its notes where it stays."""
    decisions = decide_audio(film(*tracks), language, AUDIO)
    return [
        tuple(reason.code for reason in decision.rejections or decision.notes)
        for decision in decisions
    ]


def of(channels: int, rate: Optional[float] = None, layout: str = "", **more: object) -> AudioTrack:
    source = BitRateSource.STREAM if rate is not None else BitRateSource.UNKNOWN
    values = {"channels": channels, "channel_layout": layout, "bit_rate": rate, **more}
    return replace(sound(), bit_rate_source=source, **values)  # type: ignore[arg-type]


# The specification's table and the open cases as issue 2 decides them, row by row.
TABLE = [
    (of(1, 192, "mono"), 32, "mono"),
    (of(2, 192, "stereo"), 64, "stereo"),
    (of(3, 256, "2.1"), 64, "stereo"),
    (of(3, 256, "3.0"), 64, "stereo"),
    (of(3, 256, ""), 64, "stereo"),
    (of(4, 256, "4.0"), 64, "stereo"),
    (of(4, 256, "quad"), 64, "stereo"),
    (of(4, 256, "3.1"), 64, "stereo"),
    (of(6, 128, "5.1"), 128, "5.1"),
    (of(6, 192, "5.1(side)"), 128, "5.1"),
    (of(6, 384, "5.1"), 128, "5.1"),
    (of(6, 385, "5.1"), 256, "5.1"),
    (of(6, 448, "5.1"), 256, "5.1"),
    (of(6, 640, "5.1(side)"), 256, "5.1"),
    (of(6, 641, "5.1"), 320, "5.1"),
    (of(6, 1509, "5.1(side)"), 320, "5.1"),
    (of(8, 384, "7.1"), 128, "5.1"),
    (of(8, 640, "7.1"), 256, "5.1"),
    (of(8, 768, "7.1"), 320, "5.1"),
    (of(10, 384, ""), 128, "5.1"),
    (of(10, 640, "9.1"), 256, "5.1"),
    (of(10, 4000, "9.1"), 320, "5.1"),
    (of(12, 900, "7.1.4"), 320, "5.1"),
    (of(5, 384, "5.0"), 128, "5.0"),
    (of(5, 640, "5.0(side)"), 256, "5.0"),
    (of(5, 900, ""), 320, "5.0"),
    (of(5, 640, "4.1"), 256, "5.1"),
    (of(6, 640, "6.0"), 256, "5.1"),
    (of(6, 640, "hexagonal"), 256, "5.1"),
    (of(7, 640, "6.1"), 256, "5.1"),
    (of(7, 384, "7.0"), 128, "5.1"),
    # lossless or unknown counts as above 640
    (of(6, 300, "5.1", codec="flac"), 320, "5.1"),
    (of(6, 300, "5.1", codec="dts", lossless=True), 320, "5.1"),
    (of(8, None, "7.1", codec="truehd", lossless=True), 320, "5.1"),
    (of(6, None, "5.1", codec="aac"), 320, "5.1"),
    (of(6, 4608, "", codec="pcm_s16le"), 320, "5.1"),
    (of(2, 30, "stereo", codec="flac"), 64, "stereo"),
    # below 128: the lowest row, and never above a lossy source's own bit rate
    (of(6, 96, "5.1"), 96, "5.1"),
    (of(6, 127, "5.1"), 127, "5.1"),
    (of(2, 48, "stereo"), 48, "stereo"),
    (of(1, 24, "mono"), 24, "mono"),
    (of(1, 0.4, "mono"), 6, "mono"),
    (of(2, 0, "stereo"), 64, "stereo"),
]


@pytest.mark.parametrize(("track", "rate", "layout"), TABLE)
def test_the_specification_s_table_row_by_row(track: AudioTrack, rate: int, layout: str) -> None:
    channels = {"mono": 1, "stereo": 2, "5.0": 5, "5.1": 6}[layout]
    encode, why = decide_opus(track, AUDIO)
    assert encode == OpusEncode(bit_rate=rate, channels=channels, channel_layout=layout)
    assert str(rate) in why.message


def test_the_user_s_channel_rules_are_followed() -> None:
    own = replace(
        AUDIO, mono_rate=48, stereo_rate=96, surround_low_limit=500, surround_low_rate=160
    )
    for track, rate in (
        (of(1, 400, "mono"), 48),
        (of(2, 400, "stereo"), 96),
        (of(6, 448, "5.1"), 160),
    ):
        encode, _ = decide_opus(track, own)
        assert encode is not None
        assert encode.bit_rate == rate


def test_an_estimated_bit_rate_counts_as_unknown() -> None:
    guessed = replace(of(6, 300, "5.1"), bit_rate_source=BitRateSource.ESTIMATED)
    encode, _ = decide_opus(guessed, AUDIO)
    assert encode is not None
    assert encode.bit_rate == 320


@pytest.mark.parametrize(
    "track",
    [
        of(2, 64, "stereo", codec="opus"),
        of(2, 40, "stereo", codec="opus"),
        of(2, 70, "stereo", codec="opus"),  # 64 asked for, variable bit rate measured
        of(2, None, "stereo", codec="opus"),
        of(1, 32, "mono", codec="opus"),
        of(6, 128, "5.1", codec="opus"),
        of(6, 256, "5.1", codec="opus"),
        of(6, 320, "5.1", codec="opus"),
        of(6, None, "5.1", codec="opus"),
    ],
)
def test_opus_at_or_below_the_target_is_copied(track: AudioTrack) -> None:
    encode, why = decide_opus(track, AUDIO)
    assert encode is None
    assert why.code == "audio.opus_already"


@pytest.mark.parametrize(
    ("track", "rate", "channels"),
    [
        (of(2, 128, "stereo", codec="opus"), 64, 2),
        (of(6, 512, "5.1", codec="opus"), 320, 6),
        (of(8, 450, "7.1", codec="opus"), 320, 6),
        (of(8, 200, "7.1", codec="opus"), 200, 6),
        (of(4, None, "quad", codec="opus"), 64, 2),
    ],
)
def test_opus_above_the_target_is_converted(track: AudioTrack, rate: int, channels: int) -> None:
    encode, _ = decide_opus(track, AUDIO)
    assert encode is not None
    assert (encode.bit_rate, encode.channels) == (rate, channels)


def test_what_cannot_be_mixed_is_copied() -> None:
    assert decide_opus(of(0, 448), AUDIO)[1].code == "audio.channels_unknown"
    assert decide_opus(of(12, 4000), AUDIO)[1].code == "audio.layout_unknown"
    assert decide_opus(of(0, 448), AUDIO)[0] is None
    assert decide_opus(of(12, 4000), AUDIO)[0] is None


def test_two_programmes_in_one_stereo_track_are_not_mixed() -> None:
    encode, why = decide_opus(of(2, 192.0, "stereo", dual_mono=True), AUDIO)
    assert encode is None
    assert why.code == "audio.dual_mono"


def test_sound_objects_are_kept_where_the_user_wants_them() -> None:
    atmos = of(8, 4000, "7.1", codec="truehd", object_audio=True)
    assert decide_opus(atmos, AUDIO)[0] is not None
    encode, why = decide_opus(atmos, replace(AUDIO, keep_object_audio=True))
    assert encode is None
    assert why.code == "audio.objects_kept"


def test_conversion_can_be_switched_off_except_where_matroska_has_no_place() -> None:
    off = replace(AUDIO, convert_to_opus=False)
    assert decide_opus(of(6, 448, "5.1"), off)[0] is None
    assert decide_opus(of(6, 4000, "5.1", codec="pcm_bluray"), off)[0] is not None


def test_native_and_wanted_languages_stay_and_others_go() -> None:
    tracks = [sound(code) for code in ("jpn", "eng", "dut", "nld", "tur", "und", "fre", "deu")]
    assert kept(native("ja"), *tracks) == [1, 2, 3, 4, 5, 6]
    assert codes(native("ja"), *tracks)[0] == ("audio.native",)
    assert codes(native("ja"), *tracks)[6] == ("audio.language",)


@pytest.mark.parametrize("code", ["und", "mis", "mul", "zxx", "qaa"])
def test_a_track_without_a_language_always_stays(code: str) -> None:
    bare = replace(AUDIO, languages=())
    decisions = decide_audio(film(sound("jpn"), sound(code)), native("ja"), bare)
    assert all(decision.kept for decision in decisions)


@pytest.mark.parametrize(
    "unsure",
    [
        UNKNOWN,
        native("ja", Confidence.LOW),
        NativeLanguage(parse_language("und"), Confidence.HIGH),
        NativeLanguage(parse_language("zxx"), Confidence.HIGH),
    ],
)
def test_every_language_stays_while_the_native_one_is_not_sure(unsure: NativeLanguage) -> None:
    tracks = [sound("fre"), sound("eng"), sound("eng", "Commentary"), sound("kor")]
    assert kept(unsure, *tracks) == [1, 2, 4]
    assert codes(unsure, *tracks)[0] == ("audio.native_unknown",)


def test_flemish_and_regions_count_as_their_language() -> None:
    assert kept(native("nl-BE"), sound("nl"), sound("fre")) == [1]
    assert kept(native("pt-BR"), sound("pt-PT"), sound("fre")) == [1]
    assert kept(native("no"), sound("nob"), sound("fre")) == [1]
    assert kept(native("ja"), sound("jap"), sound("fre")) == [1]


def test_commentary_goes_by_flag_and_by_title_and_says_what_matched() -> None:
    tracks = [
        sound("eng"),
        sound("eng", commentary=True),
        sound("und", "commentaire audio du réalisateur"),
        sound("tur", "Yönetmen Yorumu"),
    ]
    assert kept(native("en"), *tracks) == [1]
    decisions = decide_audio(film(*tracks), native("en"), AUDIO)
    assert [decision.rejections[0].matched for decision in decisions[1:]] == [
        "commentary flag",
        "commentaire",
        "Yönetmen Yorumu",
    ]


def test_commentary_stays_where_the_user_wants_it() -> None:
    wanted = replace(AUDIO, drop_commentary=False)
    decisions = decide_audio(film(sound("eng"), sound("eng", "Commentary")), native("en"), wanted)
    assert [decision.kept for decision in decisions] == [True, True]


def test_the_words_of_a_subtitle_say_nothing_about_sound() -> None:
    media = film(sound("eng"), text("eng", "Commentary"))
    assert all(decision.kept for decision in decide_audio(media, native("en"), AUDIO))


def test_audio_description_is_no_commentary() -> None:
    assert kept(native("en"), sound("eng"), sound("eng", "Audio Description")) == [1, 2]


def test_the_last_sound_stays_whatever_its_language() -> None:
    assert kept(native("ja"), sound("fre")) == [1]
    assert codes(native("ja"), sound("fre")) == [("audio.last_one",)]


def test_never_nothing_but_commentary() -> None:
    tracks = [sound("fre"), sound("eng", "Commentary")]
    assert kept(native("ja"), *tracks) == [1]
    wanted = replace(AUDIO, drop_commentary=False)
    decisions = decide_audio(film(*tracks), native("ja"), wanted)
    assert [decision.kept for decision in decisions] == [True, True]


def test_a_film_of_commentaries_keeps_the_best_one() -> None:
    tracks = [sound("fre", "Commentary"), sound("eng", "Commentary"), sound("eng", "Commentary 2")]
    assert kept(native("ja"), *tracks) == [2]


def test_described_or_wordless_sound_alone_is_not_enough() -> None:
    assert kept(native("ja"), sound("fre"), sound("eng", "Audio Description")) == [1, 2]
    assert kept(native("ja"), sound("fre"), sound("zxx", "Music and Effects")) == [1, 2]


def test_the_best_of_the_unwanted_is_the_original_then_the_default_then_the_fullest() -> None:
    assert kept(native("ja"), sound("fre"), sound("deu", original=True)) == [2]
    assert kept(native("ja"), sound("fre"), sound("deu", default=True)) == [2]
    assert kept(native("ja"), replace(sound("fre"), channels=2), sound("deu")) == [2]


def test_a_silent_film_has_nothing_to_decide() -> None:
    assert decide_audio(film(), native("ja"), AUDIO) == ()


@pytest.mark.parametrize(
    "beside",
    [sound("zxx", "FX"), sound("eng", "Stadium sound"), sound("eng", "No Commentary")],
)
def test_a_spoken_commentary_stays_where_only_wordless_sound_would(beside: AudioTrack) -> None:
    tracks = [beside, sound("deu", "Deutscher Kommentar"), sound("eng", "English Commentary")]
    assert kept(UNKNOWN, *tracks) == [1, 3]
    assert kept(UNKNOWN, *tracks, sound("eng")) == [1, 4]


def test_a_described_soundtrack_is_spoken_enough() -> None:
    tracks = [sound("zxx"), sound("eng", "English AD"), sound("eng", "Commentary")]
    assert kept(UNKNOWN, *tracks) == [1, 2]
