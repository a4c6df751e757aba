"""Films that exist only as data: built by hand, or at random for the properties of the rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Sequence

from hypothesis import strategies as st

from core.media.languages import LanguageTag, parse_language
from core.media.model import (
    Attachment,
    AudioTrack,
    BitRateSource,
    Confidence,
    FileIdentity,
    MediaFile,
    NativeLanguage,
    SubtitleTrack,
    Track,
    TrackFlags,
    VideoTrack,
)
from core.plan import OpusEncode, Plan
from core.settings.tree import Settings
from core.tools import Toolset

SETTINGS = Settings()
COPY_PICTURE = replace(SETTINGS, video=replace(SETTINGS.video, encode=False))
NO_TOOLS = Toolset()


def native(code: str, confidence: Confidence = Confidence.HIGH) -> NativeLanguage:
    return NativeLanguage(parse_language(code), confidence, ("test",), "A test says so.")


UNKNOWN = NativeLanguage()


def picture(**more: Any) -> VideoTrack:
    values = {"index": 0, "number": 1, "codec": "h264", "width": 1920, "height": 1080, **more}
    return VideoTrack(**values)


def sound(language: str = "eng", title: str = "", **more: Any) -> AudioTrack:
    values = {"index": 0, "number": 1, "codec": "ac3", "channels": 6, "channel_layout": "5.1(side)"}
    flags = TrackFlags(**{name: more.pop(name) for name in _FLAGS if name in more})
    tag = parse_language(language)
    return AudioTrack(**{**values, "language": tag, "title": title, "flags": flags, **more})


def text(language: str = "eng", title: str = "", **more: Any) -> SubtitleTrack:
    values = {"index": 0, "number": 1, "codec": "subrip"}
    flags = TrackFlags(**{name: more.pop(name) for name in _FLAGS if name in more})
    tag = parse_language(language)
    return SubtitleTrack(**{**values, "language": tag, "title": title, "flags": flags, **more})


_FLAGS = (
    "default",
    "forced",
    "original",
    "commentary",
    "hearing_impaired",
    "visual_impaired",
    "text_descriptions",
    "enabled",
)


def film(*tracks: Track, **more: Any) -> MediaFile:
    """A Matroska film of these tracks, numbered in their order; with one picture in front of them
    where none is given."""
    blind = more.pop("blind", False)
    if not blind and not any(isinstance(track, VideoTrack) for track in tracks):
        tracks = (picture(), *tracks)
    numbered = [replace(track, index=index) for index, track in enumerate(tracks)]
    values = {
        "path": Path("films") / "Film (2001).mkv",
        "identity": FileIdentity(5_000_000_000, 1),
        "container": "Matroska",
        "duration": 5400.0,
        "flags_complete": True,
        **more,
    }
    return MediaFile(
        video=_counted([t for t in numbered if isinstance(t, VideoTrack)]),
        audio=_counted([t for t in numbered if isinstance(t, AudioTrack)]),
        subtitles=_counted([t for t in numbered if isinstance(t, SubtitleTrack)]),
        **values,
    )


def _counted(tracks: Sequence[Any]) -> Any:
    return tuple(replace(track, number=number) for number, track in enumerate(tracks, 1))


def result_of(plan: Plan) -> MediaFile:
    """The film that a carried-out plan leaves, without the signature that it would carry."""
    tracks = []
    for output in plan.outputs:
        track: Any = replace(
            output.source,
            codec=output.codec,
            language=output.language,
            title=output.title,
            flags=output.flags,
        )
        if isinstance(output.conversion, OpusEncode):
            track = replace(
                track,
                channels=output.conversion.channels,
                channel_layout=output.conversion.channel_layout,
                lossless=False,
                object_audio=False,
                commercial_name="",
                bit_rate=float(output.conversion.bit_rate),
                bit_rate_source=BitRateSource.STATISTICS,
            )
        tracks.append(track)
    return film(
        *tracks,
        blind=True,
        path=plan.target,
        identity=plan.media.identity,
        duration=plan.media.duration,
        attachments=plan.attachments,
        chapter_count=plan.media.chapter_count,
        title=plan.title,
    )


LANGUAGES = [
    "eng",
    "dut",
    "tur",
    "und",
    "jpn",
    "fra",
    "nb",
    "nor",
    "zxx",
    "mul",
    "mis",
    "qaa",
    "pt-BR",
]
AUDIO_TITLES = [
    "",
    "Director's Commentary",
    "commentaire audio du réalisateur",
    "Audio Description",
    "TrueHD Atmos 7.1",
    "Surround 5.1",
    "Isolated Score",
]
TEXT_TITLES = [
    "",
    "SDH",
    "English (SDH)",
    "Forced",
    "Signs & Songs",
    "Commentary",
    "Türkçe CC",
    "Full",
]

flags = st.builds(
    TrackFlags,
    default=st.booleans(),
    forced=st.booleans(),
    original=st.booleans(),
    commentary=st.sampled_from([False, False, True]),
    hearing_impaired=st.sampled_from([False, False, True]),
    visual_impaired=st.sampled_from([False, False, True]),
)
tags: st.SearchStrategy[LanguageTag] = st.sampled_from(LANGUAGES).map(parse_language)
sounds = st.builds(
    AudioTrack,
    index=st.just(0),
    number=st.just(1),
    codec=st.sampled_from(["ac3", "eac3", "truehd", "dts", "flac", "aac", "opus", "pcm_s16le"]),
    channels=st.integers(0, 12),
    channel_layout=st.sampled_from(["", "5.1(side)", "5.0", "7.1.4"]),
    lossless=st.booleans(),
    object_audio=st.booleans(),
    bit_rate=st.one_of(st.none(), st.sampled_from([0.0, 24.0, 64.0, 128.0, 384.0, 640.0, 4000.0])),
    bit_rate_source=st.sampled_from(list(BitRateSource)),
    language=tags,
    title=st.sampled_from(AUDIO_TITLES),
    flags=flags,
)
texts = st.builds(
    SubtitleTrack,
    index=st.just(0),
    number=st.just(1),
    codec=st.sampled_from(["subrip", "ass", "ssa", "webvtt", "mov_text", "hdmv_pgs_subtitle"]),
    language=tags,
    title=st.sampled_from(TEXT_TITLES),
    flags=flags,
)
pictures = st.builds(picture, language=tags, title=st.sampled_from(["", "1080p x264", "Angle 2"]))
attachments = st.lists(
    st.sampled_from(
        [
            Attachment("a.ttf", "font/ttf", 90),
            Attachment("cover.jpg", "image/jpeg", 91, picture_stream=True),
            Attachment("notes.txt", "text/plain", 92),
        ]
    ),
    unique=True,
).map(tuple)


@st.composite
def films(draw: st.DrawFn) -> MediaFile:
    tracks = draw(
        st.tuples(
            st.lists(pictures, min_size=1, max_size=2),
            st.lists(sounds, max_size=6),
            st.lists(texts, max_size=7),
        )
    )
    mixed = draw(st.permutations([track for kind in tracks for track in kind]))
    return film(
        *mixed,
        container=draw(st.sampled_from(["Matroska", "Matroska", "MPEG-4"])),
        attachments=draw(attachments),
    )


natives = st.builds(
    NativeLanguage,
    language=st.sampled_from(["und", "jpn", "eng", "nor", "kor", "zxx"]).map(parse_language),
    confidence=st.sampled_from(list(Confidence)),
)


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    listed = st.lists(st.sampled_from(["eng", "nld", "tur", "und", "fra"]), unique=True).map(tuple)
    audio = replace(
        SETTINGS.audio,
        languages=draw(st.one_of(st.just(SETTINGS.audio.languages), listed)),
        drop_commentary=draw(st.booleans()),
        convert_to_opus=draw(st.booleans()),
        keep_object_audio=draw(st.booleans()),
    )
    subtitles = replace(
        SETTINGS.subtitles,
        languages=draw(st.one_of(st.just(SETTINGS.subtitles.languages), listed)),
        drop_sdh=draw(st.booleans()),
        drop_commentary=draw(st.booleans()),
    )
    return replace(COPY_PICTURE, audio=audio, subtitles=subtitles)
