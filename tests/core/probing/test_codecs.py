"""MediaInfo's names in ffmpeg's spelling."""

from __future__ import annotations

from typing import Tuple

import pytest

from core.media.probing import codecs


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("AVC", "", "V_MPEG4/ISO/AVC"), "h264"),
        (("HEVC", "", ""), "hevc"),
        (("MPEG Video", "Version 2", "2"), "mpeg2video"),
        (("MPEG Video", "Version 1", "1"), "mpeg1video"),
        (("MPEG-4 Visual", "", "XVID"), "mpeg4"),
        (("VC-1", "", "WVC1"), "vc1"),
        (("VC-1", "", "WMV3"), "wmv3"),
        (("V_MJPEG", "", "V_MJPEG"), "mjpeg"),
        (("Some New Thing", "", ""), "some_new_thing"),
    ],
)
def test_video(arguments: Tuple[str, str, str], expected: str) -> None:
    assert codecs.video_codec(*arguments) == expected


def test_audio() -> None:
    assert codecs.audio_codec("MLP FBA") == "truehd"
    assert codecs.audio_codec("MPEG Audio", profile="Layer 2", codec_id="3") == "mp2"
    assert codecs.audio_codec("MPEG Audio", codec_id="A_MPEG/L3") == "mp3"
    assert codecs.audio_codec("WMA", codec_id="161") == "wmav2"
    assert codecs.audio_codec("WMA", profile="Pro", codec_id="162") == "wmapro"


def test_pcm_by_depth_order_and_kind() -> None:
    assert codecs.audio_codec("PCM", codec_id="A_PCM/INT/LIT", bit_depth=24) == "pcm_s24le"
    assert codecs.audio_codec("PCM", settings="Big Signed", bit_depth=16) == "pcm_s16be"
    assert codecs.audio_codec("PCM", codec_id="A_PCM/FLOAT/IEEE", bit_depth=32) == "pcm_f32le"
    assert codecs.audio_codec("PCM", settings="Unsigned", bit_depth=8) == "pcm_u8"


def test_subtitles_by_format_or_by_codec_id() -> None:
    assert codecs.subtitle_codec("UTF-8", "S_TEXT/UTF8") == "subrip"
    assert codecs.subtitle_codec("Timed Text", "tx3g") == "mov_text"
    assert codecs.subtitle_codec("S_TEXT/WEBVTT", "S_TEXT/WEBVTT") == "webvtt"
    assert codecs.subtitle_codec("", "D_WEBVTT/SUBTITLES") == "webvtt"


@pytest.mark.parametrize(
    ("channels", "layout"),
    [
        ("L R C LFE Ls Rs", "5.1(side)"),
        ("C L R Ls Rs LFE", "5.1(side)"),
        ("L R C Lb Rb LFE", "5.1"),
        ("C L R LFE Lb Rb Lss Rss", "7.1"),
        ("C L R LFE Lb Rb Lss Rss Objects", "7.1"),
        ("C L R LFE Lb Rb Lss Rss / C L R Ls Rs LFE", "7.1"),
        ("M", "mono"),
        ("L R C LFE Cb Ls Rs", "6.1"),
        ("", ""),
        ("X Y Z", ""),
    ],
)
def test_layouts(channels: str, layout: str) -> None:
    assert codecs.channel_layout(channels) == layout


def test_hlg_is_found_in_a_list_of_two() -> None:
    assert codecs.transfer("HLG / HLG") == "arib-std-b67"
    assert codecs.transfer("BT.2020 (10-bit) / HLG") == "arib-std-b67"


def test_unknown_colours_stay_empty() -> None:
    assert codecs.color_primaries("") == codecs.color_matrix("?") == codecs.color_range("?") == ""
