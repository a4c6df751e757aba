from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import List, Optional, Set, Tuple

import pytest
from hypothesis import given, settings

import core.planning.planner
from core.media.model import (
    Attachment,
    AudioTrack,
    Confidence,
    MediaFile,
    NativeLanguage,
    SubtitleTrack,
    Track,
    VideoTrack,
)
from core.plan import ContentClass, Plan, Reason, SubtitleConvert, VideoEncode
from core.planning.planner import build_plan, with_video_copied
from core.rules import audio, subtitles
from core.rules.video import VideoDecision
from core.settings.choices import HardLinkPolicy
from core.settings.tree import Settings
from core.tools import ToolInfo, ToolName, Toolset
from tests.core.made_media import (
    COPY_PICTURE,
    NO_TOOLS,
    UNKNOWN,
    any_settings,
    film,
    films,
    native,
    natives,
    picture,
    result_of,
    sound,
    text,
)

SEARCH = settings(max_examples=40, deadline=None)
FONT = Attachment("a.ttf", "font/ttf", 7)
COVER = Attachment("cover.png", "image/png", 8, picture_stream=True)
ENCODE = VideoEncode(ContentClass.NORMAL, "normal", "a template", "av1", 1920, 1080, 10, ())


def plan_of(media: MediaFile, language: NativeLanguage = UNKNOWN) -> Plan:
    return build_plan(media, language, COPY_PICTURE, NO_TOOLS)


def codes(reasons: Tuple[Reason, ...]) -> List[str]:
    return [reason.code for reason in reasons]


def finished(**more: object) -> MediaFile:
    """A film that is as the rules want it."""
    opus = sound("eng", codec="opus", channels=2, channel_layout="stereo", default=True)
    return replace(film(opus, text("eng")), **more)  # type: ignore[arg-type]


@pytest.fixture
def encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every first picture is encoded, whatever tools there are."""

    def decide(
        track: VideoTrack, media: MediaFile, settings: Settings, toolset: Toolset
    ) -> VideoDecision:
        if track.number > 1:
            return VideoDecision(reasons=(Reason("video.second", "Only the first."),))
        return VideoDecision(
            encode=ENCODE,
            reasons=(Reason("video.encode", "It becomes AV1."),),
            warnings=(Reason("video.chroma", "Colour becomes 4:2:0."),),
        )

    monkeypatch.setattr(core.planning.planner, "decide_video", decide)


# --- what the whole plan says


def test_a_film_that_is_as_it_should_be_needs_nothing_and_says_so() -> None:
    plan = plan_of(finished())
    assert plan.empty
    assert not plan.refused
    assert codes(plan.omissions) == ["plan.nothing_to_do"]


def test_a_result_of_ours_is_done_already_whatever_it_holds() -> None:
    media = film(sound("fre"), sound("eng", "Commentary"), text("fre"), plan_signature="abc")
    plan = build_plan(media, native("en"), Settings(), NO_TOOLS)
    assert plan.empty
    assert codes(plan.omissions) == ["plan.already_done"]
    assert [output.source for output in plan.outputs] == list(media.tracks)
    assert all(decision.kept for decision in plan.decisions)


def test_changes_name_everything_that_is_worth_doing() -> None:
    media = film(
        picture(),
        text("fre"),
        text("eng", "SDH", codec="mov_text"),
        sound("eng", "DTS 5.1", codec="dts"),
        container="MPEG-4",
    )
    found = Counter(codes(plan_of(media).changes))
    assert found == {
        "change.container": 1,
        "change.dropped": 1,
        "change.converted": 2,
        "change.title": 1,
        "change.flags": 2,
        "change.order": 1,
    }


def test_flags_alone_are_a_matter_of_properties() -> None:
    opus = sound("eng", codec="opus", channels=2, channel_layout="stereo")
    plan = plan_of(film(opus, attachments=(replace(COVER, readable=False),)))
    assert codes(plan.changes) == ["change.flags"]
    assert plan.changes[0].matched == "default on"
    assert plan.properties_only
    assert len(plan.attachments) == 1


def test_every_reason_is_a_sentence() -> None:
    media = film(sound("fre"), sound("eng", "Commentary"), text("fre"), text("eng", codec="webvtt"))
    plan = plan_of(media, native("en"))
    reasons = [*plan.changes, *plan.omissions, *plan.warnings]
    reasons += [r for decision in plan.decisions for r in (*decision.rejections, *decision.notes)]
    reasons += [r for output in plan.outputs for r in output.reasons]
    assert reasons
    assert all(r.message.endswith(".") and r.message[0].isupper() and r.code for r in reasons)


# --- refusals


def many_fonts(count: int) -> Tuple[Attachment, ...]:
    return tuple(Attachment(f"Font {number}.ttf", "font/ttf") for number in range(count))


def test_as_many_fonts_as_ffmpeg_carries_are_no_trouble() -> None:
    assert not plan_of(film(sound("eng"), attachments=many_fonts(998))).refused


@pytest.mark.parametrize(
    ("media", "code"),
    [
        (film(sound("eng"), blind=True), "refused.no_video"),
        (film(blind=True), "refused.no_tracks"),
        (film(sound("eng"), duration=0.0), "refused.no_duration"),
        (film(sound("eng"), duration=float("nan")), "refused.no_duration"),
        (film(sound("eng"), truncated=True), "refused.truncated"),
        (film(sound("eng"), hard_links=2), "refused.hard_links"),
        (film(sound("eng"), attachments=many_fonts(999)), "refused.too_many_streams"),
        (film(sound("eng", codec="unknown")), "refused.track"),
        (film(sound("eng", codec="ac4")), "refused.track"),
        (film(sound("eng"), text("eng", codec="unknown")), "refused.track"),
        (film(sound("eng"), replace(text("eng", codec="webvtt"), readable=False)), "refused.track"),
        (film(picture(codec=""), sound("eng")), "refused.track"),
    ],
)
def test_a_film_that_cannot_come_out_whole_is_refused(media: MediaFile, code: str) -> None:
    plan = plan_of(media)
    assert code in codes(plan.refusals)
    assert plan.refused


def test_a_track_that_goes_anyway_refuses_nothing() -> None:
    assert not plan_of(film(sound("eng"), text("spa", codec="unknown"))).refused


def test_hard_links_are_the_user_s_choice() -> None:
    files = replace(COPY_PICTURE.files, hard_links=HardLinkPolicy.REPLACE_THIS_NAME)
    settings = replace(COPY_PICTURE, files=files)
    assert not build_plan(film(sound("eng"), hard_links=2), UNKNOWN, settings, NO_TOOLS).refused


@pytest.mark.parametrize(
    ("abilities", "refused"), [({"libopus"}, True), ({"libopus", "zlib"}, False), (None, False)]
)
def test_packed_tracks_need_a_ffmpeg_that_unpacks(
    abilities: Optional[Set[str]], refused: bool
) -> None:
    tools = Toolset()
    if abilities is not None:
        info = ToolInfo(ToolName.FFMPEG, Path("ffmpeg"), abilities=frozenset(abilities))
        tools = Toolset((info,))
    media = film(sound("eng"), text("fre", codec="dvd_subtitle", compression="zlib"))
    assert build_plan(media, UNKNOWN, COPY_PICTURE, tools).refused is refused


def test_a_film_without_sound_is_no_reason_to_refuse() -> None:
    assert not plan_of(film(text("eng"))).refused


# --- pictures


@pytest.mark.usefixtures("encoding")
def test_an_encoded_picture_loses_a_name_that_lies_and_keeps_its_place() -> None:
    media = film(picture(title="1080p x264"), picture(title="Angle 2"), sound("eng"))
    plan = plan_of(media)
    assert [output.source.index for output in plan.outputs] == [0, 1, 2]
    assert plan.video_encode == ENCODE
    assert (plan.outputs[0].codec, plan.outputs[0].title) == ("av1", "")
    assert plan.outputs[1].copied
    assert "change.picture" in codes(plan.changes)
    assert plan.decisions[0].notes[0].code == "video.encode"


@pytest.mark.usefixtures("encoding")
def test_the_same_plan_with_the_picture_copied() -> None:
    media = film(picture(title="1080p x264"), sound("eng"), text("fre"))
    plan = plan_of(media)
    reason = Reason("video.no_gain", "The new picture would be larger.")
    copied = with_video_copied(plan, COPY_PICTURE, reason)
    assert copied.video_encode is None
    assert (copied.outputs[0].codec, copied.outputs[0].title) == ("h264", "1080p x264")
    assert copied.outputs[0].reasons == (reason,)
    assert copied.decisions[0].notes == (reason,)
    assert reason in copied.omissions
    assert "change.picture" not in codes(copied.changes)
    assert "change.dropped" in codes(copied.changes)
    assert "video.chroma" in codes(plan.warnings)
    assert "video.chroma" not in codes(copied.warnings)
    assert copied.signature != plan.signature
    assert copied.outputs[1:] == plan.outputs[1:]


@pytest.mark.usefixtures("encoding")
def test_with_the_picture_copied_nothing_may_be_left_to_do() -> None:
    plan = plan_of(finished())
    assert not plan.empty
    copied = with_video_copied(plan, COPY_PICTURE, Reason("video.no_gain", "No gain."))
    assert copied.empty
    assert "plan.nothing_to_do" in codes(copied.omissions)


# --- names, attachments, side tracks


@pytest.mark.parametrize(
    ("name", "container", "target"),
    [
        ("Film (2001).mp4", "MPEG-4", "Film (2001).mkv"),
        ("Film.2001.1080p.avi", "AVI", "Film.2001.1080p.mkv"),
        ("FILM.MKV", "Matroska", "FILM.MKV"),
        ("really an mp4.mkv", "MPEG-4", "really an mp4.mkv"),
        ("really matroska.mp4", "Matroska", "really matroska.mkv"),
        ("dots...in...name..ts", "MPEG-TS", "dots...in...name..mkv"),
        (".hidden.ts", "MPEG-TS", ".hidden.mkv"),
        ("no ending", "MPEG-TS", "no ending.mkv"),
        ("Film.webm", "WebM", "Film.mkv"),
    ],
)
def test_the_result_stays_in_its_folder_with_an_honest_ending(
    name: str, container: str, target: str
) -> None:
    plan = plan_of(film(sound("eng"), path=Path("a folder.x") / name, container=container))
    assert plan.target == Path("a folder.x") / target


def test_fonts_go_only_with_the_last_subtitle_that_used_them() -> None:
    both = (FONT, COVER)
    tracks: List[Track] = [sound("eng"), text("fre", codec="ass")]
    assert plan_of(film(*tracks, attachments=both)).attachments == (COVER,)
    assert plan_of(film(*tracks, text("eng", codec="ssa"), attachments=both)).attachments == both
    assert plan_of(film(sound("eng"), attachments=both)).attachments == both


def test_a_cover_that_ffmpeg_cannot_read_is_left_out_and_said_so() -> None:
    plan = plan_of(film(sound("eng"), attachments=(replace(COVER, readable=False),)))
    assert plan.attachments == ()
    assert "attachment.unreadable" in codes(plan.omissions)


def test_side_tracks_that_matroska_has_no_place_for_are_told() -> None:
    media = film(sound("eng"), text("dut", codec="dvb_teletext"), data_track_count=3)
    plan = plan_of(media)
    assert {"plan.data_tracks", "subtitle.broadcast"} <= set(codes(plan.omissions))


def test_lost_sound_objects_and_unread_flags_are_warned_about() -> None:
    media = film(sound("eng", object_audio=True), flags_complete=False)
    assert set(codes(plan_of(media).warnings)) == {"audio.objects_lost", "plan.flags_unread"}


def test_the_title_of_the_film_stays() -> None:
    assert plan_of(film(sound("eng"), title="Turning Lime")).title == "Turning Lime"
    assert plan_of(film(sound("eng"))).title == ""


def test_an_mp4_s_tracks_lose_the_names_that_a_program_gave_them() -> None:
    media = film(
        picture(title="VideoHandler"),
        sound("eng", "SoundHandler"),
        text("eng", "SubtitleHandler", codec="mov_text"),
        container="MPEG-4",
    )
    assert [output.title for output in plan_of(media).outputs] == ["", "", ""]


def test_the_signature_follows_the_decisions_and_settings_and_not_the_path() -> None:
    media = film(sound("eng"), sound("fre"))
    plan = plan_of(media)
    assert len(plan.signature) == 32
    assert int(plan.signature, 16) >= 0
    moved = replace(media, path=Path("elsewhere") / "Other.mkv")
    assert plan_of(moved).signature == plan.signature
    assert plan_of(media, native("en")).signature != plan.signature
    other = replace(COPY_PICTURE, audio=replace(COPY_PICTURE.audio, languages=("eng",)))
    assert build_plan(media, UNKNOWN, other, NO_TOOLS).signature != plan.signature


# --- the invariants that no rule, template or setting can break


@SEARCH
@given(films(), natives, any_settings())
def test_every_track_is_decided_once_and_outputs_are_the_kept_ones(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    assert [decision.track for decision in plan.decisions] == list(media.tracks)
    kept = [decision.track.index for decision in plan.decisions if decision.kept]
    assert sorted(output.source.index for output in plan.outputs) == kept
    assert all(decision.rejections or decision.notes for decision in plan.decisions)
    assert all(output.reasons for output in plan.outputs)


@SEARCH
@given(films(), natives, any_settings())
def test_never_without_sound_and_never_nothing_but_commentary(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    stay = [output.source for output in plan.outputs if isinstance(output.source, AudioTrack)]
    assert bool(stay) == bool(media.audio)
    # Beside wordless sound alone (an isolated score) a spoken commentary is what the film is followed with.
    if not all(audio.is_commentary(track) or audio.is_wordless(track) for track in media.audio):
        assert not all(audio.is_commentary(track) for track in stay)


@SEARCH
@given(films(), natives, any_settings())
def test_nothing_is_dropped_because_something_was_unknown(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    stay = {output.source.index for output in plan.outputs}
    sure = language.confidence is Confidence.HIGH and not language.language.is_special
    for track in media.audio:
        if not audio.is_commentary(track) and (not sure or track.language.is_special):
            assert track.index in stay
    if "und" in settings.subtitles.languages:
        plain = replace(settings, subtitles=replace(settings.subtitles, drop_sdh=False))
        stay = {
            output.source.index for output in build_plan(media, language, plain, NO_TOOLS).outputs
        }
        for sub in media.subtitles:
            if sub.language.primary == "und" and not subtitles.is_commentary(sub):
                assert sub.index in stay


@SEARCH
@given(films(), natives, any_settings())
def test_a_language_s_only_full_subtitle_stays_and_forced_is_not_full(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    stay = [output.source for output in plan.outputs if isinstance(output.source, SubtitleTrack)]
    wanted = subtitles.wanted_languages(settings.subtitles)
    for track in media.subtitles:
        tag = subtitles.counted_language(track.language)
        if subtitles.is_commentary(track) or not any(tag.matches(language) for language in wanted):
            continue
        forced = subtitles.is_forced(track)
        assert any(
            other.language.primary == track.language.primary
            or subtitles.counted_language(other.language) == tag
            for other in stay
            if subtitles.is_forced(other) == forced and not subtitles.is_commentary(other)
        )


@SEARCH
@given(films(), natives, any_settings())
def test_fonts_and_pictures_never_get_lost(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    if any(output.codec in ("ass", "ssa") for output in plan.outputs):
        assert plan.attachments == media.attachments
    assert [attachment for attachment in media.attachments if not attachment.is_font] == [
        attachment for attachment in plan.attachments if not attachment.is_font
    ]
    assert [
        output.source for output in plan.outputs if isinstance(output.source, VideoTrack)
    ] == list(media.video)


@SEARCH
@given(films(), natives, any_settings())
def test_the_order_goes_by_kind_and_one_sound_is_the_default(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    kinds = [("video", "audio", "subtitle").index(output.kind.value) for output in plan.outputs]
    assert kinds == sorted(kinds)
    defaults = [
        output
        for output in plan.outputs
        if isinstance(output.source, AudioTrack) and output.flags.default
    ]
    assert len(defaults) == (1 if media.audio else 0)
    subtitle_defaults = [
        output
        for output in plan.outputs
        if isinstance(output.source, SubtitleTrack) and output.flags.default
    ]
    assert len(subtitle_defaults) <= 1
    assert all(output.flags.forced for output in subtitle_defaults)


@SEARCH
@given(films(), natives, any_settings())
def test_a_result_planned_again_needs_nothing(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    plan = build_plan(media, language, settings, NO_TOOLS)
    again = build_plan(result_of(plan), language, settings, NO_TOOLS)
    assert again.changes == ()
    assert again.empty


@SEARCH
@given(films(), natives, any_settings())
def test_the_same_film_gives_the_same_plan(
    media: MediaFile, language: NativeLanguage, settings: Settings
) -> None:
    one = build_plan(media, language, settings, NO_TOOLS)
    assert one == build_plan(media, language, settings, NO_TOOLS)


def test_a_subtitle_is_converted_as_decided() -> None:
    plan = plan_of(film(sound("eng"), text("eng", codec="mov_text")))
    assert plan.outputs[-1].conversion == SubtitleConvert("subrip")
    assert plan.outputs[-1].codec == "subrip"
