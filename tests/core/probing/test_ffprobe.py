"""ffprobe's answer joined to MediaInfo's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Dict

import pytest

from core.errors import ProbeError
from core.media.languages import parse_language
from core.media.model import (
    Attachment,
    AudioTrack,
    BitRateSource,
    DolbyVision,
    FileIdentity,
    HdrFormat,
    MediaFile,
    SubtitleTrack,
    TrackFlags,
    VideoTrack,
)
from core.media.probing.ffprobe import completed, reaches_end

VIDEO = VideoTrack(0, 1, "h264", 1920, 1080, duration=60.0)
AUDIO = AudioTrack(
    1, 1, "ac3", 6, bit_rate=448.0, bit_rate_source=BitRateSource.STREAM, duration=60.0
)
TEXT = SubtitleTrack(2, 1, "subrip")
MEDIA = MediaFile(
    Path("film.mkv"),
    FileIdentity(7_500_000, 1),
    "Matroska",
    60.0,
    video=(VIDEO,),
    audio=(AUDIO,),
    subtitles=(TEXT,),
)


def stream(index: int, kind: str, codec: str, **more: Any) -> Dict[str, Any]:
    return {"index": index, "codec_type": kind, "codec_name": codec, "disposition": {}, **more}


V, A, S = stream(0, "video", "h264"), stream(1, "audio", "ac3"), stream(2, "subtitle", "subrip")


def test_flags_that_mediainfo_does_not_see() -> None:
    told = {
        "comment": 1,
        "hearing_impaired": 1,
        "visual_impaired": 1,
        "original": 1,
        "descriptions": 1,
    }
    media = completed(MEDIA, {"streams": [V, {**A, "disposition": told}, S]})
    assert media.audio[0].flags == TrackFlags(
        commentary=True,
        hearing_impaired=True,
        visual_impaired=True,
        original=True,
        text_descriptions=True,
    )
    assert media.flags_complete


def test_the_layout_is_ffmpegs_and_empty_where_ffmpeg_has_none() -> None:
    told = {**A, "channels": 6, "channel_layout": "5.1(side)"}
    assert completed(MEDIA, {"streams": [V, told, S]}).audio[0].channel_layout == "5.1(side)"
    guessed = replace(MEDIA, audio=(replace(AUDIO, channel_layout="5.1"),))
    for nothing in ({}, {"channel_layout": "unknown"}):
        media = completed(guessed, {"streams": [V, {**A, **nothing}, S]})
        assert media.audio[0].channel_layout == ""


def test_attachments_and_covers_get_their_stream_numbers() -> None:
    font = stream(3, "attachment", "ttf", tags={"filename": "a.ttf", "mimetype": "font/ttf"})
    picture = stream(4, "video", "mjpeg", width=300, tags={"filename": "cover.jpg"})
    media = completed(
        replace(MEDIA, attachments=(Attachment("a.ttf"), Attachment("cover.jpg"))),
        {"streams": [V, A, S, font, {**picture, "disposition": {"attached_pic": 1}}]},
    )
    assert media.attachments == (
        Attachment("a.ttf", "font/ttf", 3),
        Attachment("cover.jpg", "image/jpeg", 4, picture_stream=True),
    )
    assert len(media.video) == 1


def test_a_cover_without_a_size_cannot_be_copied() -> None:
    picture = stream(3, "video", "png", disposition={"attached_pic": 1}, width=0)
    media = completed(MEDIA, {"streams": [V, A, S, picture]})
    assert not media.attachments[0].readable


def test_the_picture_after_a_cover_is_ffmpegs_second_video_stream() -> None:
    picture = stream(0, "video", "mjpeg", disposition={"attached_pic": 1}, width=9)
    moved = replace(MEDIA, video=(replace(VIDEO, index=1),), audio=(), subtitles=())
    media = completed(moved, {"streams": [picture, {**V, "index": 1}]})
    assert (media.video[0].number, media.video[0].ffmpeg_number) == (1, 1)


def test_a_stream_that_mediainfo_missed_is_added() -> None:
    core = stream(3, "audio", "dts", channels=6, sample_rate="48000", tags={"language": "dut"})
    media = completed(MEDIA, {"streams": [V, A, S, core]})
    assert [(track.codec, track.channels, str(track.language)) for track in media.audio][1] == (
        "dts",
        6,
        "nl",
    )


def test_a_picture_that_ffmpeg_does_not_find_is_an_error() -> None:
    with pytest.raises(ProbeError, match="does not find Video 1"):
        completed(MEDIA, {"streams": [A]})


def test_sound_in_a_format_that_ffmpeg_does_not_know_is_an_error() -> None:
    with pytest.raises(ProbeError, match="Audio 1 is in a format"):
        completed(MEDIA, {"streams": [V, {**A, "codec_name": None}, S]})


def test_a_subtitle_that_ffmpeg_does_not_know_is_kept_and_marked() -> None:
    media = completed(
        replace(MEDIA, subtitles=(replace(TEXT, codec="webvtt"),)),
        {"streams": [V, A, {**S, "codec_name": None}]},
    )
    assert (media.subtitles[0].codec, media.subtitles[0].readable) == ("webvtt", False)


def test_tracks_are_paired_by_codec_when_the_numbers_disagree() -> None:
    second = AudioTrack(5, 2, "aac", 2, title="Two")
    media = completed(
        replace(MEDIA, audio=(AUDIO, second), container="MPEG-TS"),
        {"streams": [V, stream(1, "audio", "aac"), stream(2, "audio", "ac3"), {**S, "index": 3}]},
    )
    assert [(track.index, track.number, track.codec, track.title) for track in media.audio] == [
        (1, 1, "aac", "Two"),
        (2, 2, "ac3", ""),
    ]


@pytest.mark.parametrize(
    ("tags", "source"),
    [
        ({"BPS": "3341000"}, BitRateSource.STATISTICS),
        ({"BPS-eng": "3341000"}, BitRateSource.STATISTICS),
        ({"BPS": "9000000"}, BitRateSource.ESTIMATED),  # left over from before a re-encode
        ({}, BitRateSource.ESTIMATED),
    ],
)
def test_a_rate_in_matroska_is_known_only_when_the_tags_say_the_same(
    tags: Dict[str, str], source: BitRateSource
) -> None:
    flac = replace(AUDIO, codec="flac", bit_rate=3340.0, bit_rate_source=BitRateSource.STATISTICS)
    told = stream(1, "audio", "flac", tags=tags)
    media = completed(replace(MEDIA, audio=(flac,)), {"streams": [V, told, S]})
    assert (media.audio[0].bit_rate, media.audio[0].bit_rate_source) == (3340.0, source)


def test_the_rate_of_dts_is_mediainfos() -> None:
    dts = replace(AUDIO, codec="dts", bit_rate=1509.0)
    told = stream(1, "audio", "dts", bit_rate="1536000")
    media = completed(replace(MEDIA, audio=(dts,)), {"streams": [V, told, S]})
    assert media.audio[0].bit_rate == 1509.0


def test_a_picture_without_a_rate_gets_what_the_sound_leaves() -> None:
    media = completed(MEDIA, {"streams": [V, A, S]})
    assert media.video[0].bit_rate == pytest.approx(1000 - 448)
    assert media.video[0].bit_rate_source is BitRateSource.ESTIMATED


def test_late_sound_is_a_delay_and_counts_for_the_length() -> None:
    media = completed(MEDIA, {"streams": [V, {**A, "start_time": "0.700000"}, S]})
    assert (media.audio[0].delay, media.duration) == (0.7, 60.7)


@pytest.mark.parametrize(
    ("encoder", "length"), [("Lavf62.12.102", 60.0), ("libebml v1.4.4 + libmatroska v1.7.1", 60.7)]
)
def test_ffmpegs_matroska_tells_where_a_track_ends_and_mkvmerges_how_long_it_is(
    encoder: str, length: float
) -> None:
    media = completed(
        replace(MEDIA, audio=(replace(AUDIO, duration=60.7),)),
        {
            "streams": [V, {**A, "start_time": "0.700000"}, S],
            "format": {"tags": {"ENCODER": encoder}},
        },
    )
    assert media.audio[0].duration == length
    assert media.duration == pytest.approx(0.7 + length)


def test_a_region_that_ffprobe_drops_is_kept() -> None:
    known = replace(AUDIO, language=parse_language("pt-BR"))
    told = {**A, "tags": {"language": "por", "title": "Dublagem"}}
    media = completed(replace(MEDIA, audio=(known,)), {"streams": [V, told, S]})
    assert (str(media.audio[0].language), media.audio[0].title) == ("pt-BR", "Dublagem")


def test_depth_and_chroma_come_from_the_pixels() -> None:
    media = completed(MEDIA, {"streams": [{**V, "pix_fmt": "yuv422p10le"}, A, S]})
    assert (media.video[0].bit_depth, media.video[0].chroma) == (10, "4:2:2")


def test_dolby_vision_that_only_ffprobe_saw() -> None:
    record = {"dv_profile": 7, "el_present_flag": 1, "dv_bl_signal_compatibility_id": 6}
    media = completed(MEDIA, {"streams": [{**V, "side_data_list": [record]}, A, S]})
    assert media.video[0].dolby_vision == DolbyVision(7, 6, enhancement_layer=True)
    assert media.video[0].hdr is HdrFormat.DOLBY_VISION


def test_quicktimes_chapter_track_is_no_data_track() -> None:
    names = stream(3, "data", "bin_data", codec_tag_string="text")
    gps = stream(4, "data", "bin_data", codec_tag_string="gpmd")
    media = completed(MEDIA, {"streams": [V, A, S, names, gps], "chapters": [{}, {}]})
    assert (media.data_track_count, media.chapter_count) == (1, 2)


def test_a_film_whose_length_nothing_tells_is_an_error() -> None:
    endless = replace(MEDIA, duration=0.0, video=(replace(VIDEO, duration=None),), audio=())
    with pytest.raises(ProbeError, match="length is unknown"):
        completed(endless, {"streams": [V, S]})


@pytest.mark.parametrize(
    ("kind", "time", "whole"),
    [
        ("video", "59.9", True),
        ("audio", "59.9", True),
        ("video", "59.5", False),
        ("video", "31.0", False),
        ("subtitle", "59.9", False),
    ],
)
def test_the_tail_decides_whether_a_film_is_whole(kind: str, time: str, whole: bool) -> None:
    packets = [
        {"codec_type": "video", "pts_time": "30.0"},
        {"codec_type": kind, "pts_time": time, "duration_time": "0.04"},
    ]
    assert reaches_end(MEDIA, {"packets": packets}) is whole


def test_a_film_without_packets_near_its_end_is_not_whole() -> None:
    assert not reaches_end(MEDIA, {"packets": []})
