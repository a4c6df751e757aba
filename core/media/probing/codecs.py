"""Names: MediaInfo's and Matroska's brought to ffmpeg's spelling, for codecs, layouts and colours."""

from __future__ import annotations

import re
from typing import Any, FrozenSet, Mapping, Optional

# MediaInfo's Format → ffmpeg's codec, where one word is enough.
VIDEO_CODECS: Mapping[str, str] = {
    "avc": "h264",
    "hevc": "hevc",
    "vvc": "vvc",
    "av1": "av1",
    "vp8": "vp8",
    "vp9": "vp9",
    "vc-1": "vc1",
    "mpeg-4 visual": "mpeg4",
    "prores": "prores",
    "theora": "theora",
    "jpeg": "mjpeg",
    "v_mjpeg": "mjpeg",
    "png": "png",
    "ffv1": "ffv1",
    "huffyuv": "huffyuv",
    "dv": "dvvideo",
    "vc-3": "dnxhd",
    "cineform": "cfhd",
    "wmv1": "wmv1",
    "wmv2": "wmv2",
    "wmv3": "wmv3",
    "sorenson spark": "flv1",
    "h.263": "h263",
    "realvideo 4": "rv40",
    "cinepak": "cinepak",
    "mpeg-4 visual ms": "msmpeg4v3",
}

AUDIO_CODECS: Mapping[str, str] = {
    "ac-3": "ac3",
    "e-ac-3": "eac3",
    "ac-4": "ac4",
    "mlp": "mlp",
    "mlp fba": "truehd",
    "truehd": "truehd",
    "dts": "dts",
    "aac": "aac",
    "usac": "aac",
    "xhe-aac": "aac",
    "opus": "opus",
    "vorbis": "vorbis",
    "flac": "flac",
    "alac": "alac",
    "wavpack": "wavpack",
    "tta": "tta",
    "monkey's audio": "ape",
    "amr": "amr_nb",
    "speex": "speex",
}

SUBTITLE_CODECS: Mapping[str, str] = {
    "utf-8": "subrip",
    "subrip": "subrip",
    "ass": "ass",
    "ssa": "ass",  # as ffmpeg calls both
    "pgs": "hdmv_pgs_subtitle",
    "vobsub": "dvd_subtitle",
    "rle": "dvd_subtitle",
    "dvb subtitle": "dvb_subtitle",
    "teletext subtitle": "dvb_teletext",
    "teletext": "dvb_teletext",
    "timed text": "mov_text",
    "webvtt": "webvtt",
    "ttml": "ttml",
    "textst": "hdmv_text_subtitle",
    "s_text/webvtt": "webvtt",
    "d_webvtt/subtitles": "webvtt",
    "usf": "text",
}

# Captions inside the picture's own packets: they are no tracks and go where the picture goes.
EMBEDDED_CAPTIONS = frozenset({"eia-608", "eia-708", "cea-608", "cea-708", "dtvcc transport"})

# Codecs whose tracks hold still pictures; a track of one of these may be a cover.
PICTURE_CODECS = frozenset({"mjpeg", "png", "bmp", "gif", "tiff", "webp", "jpeg2000", "jpegxl"})

LOSSLESS_CODECS = frozenset({"flac", "alac", "truehd", "mlp", "wavpack", "tta", "ape"})

# Codecs whose header tells a constant bit rate; MediaInfo's figure is then the stream's own.
HEADER_RATE_CODECS = frozenset({"ac3", "eac3", "dts", "mp2", "mp3", "mp1"})


def video_codec(format_name: str, version: str = "", codec_id: str = "") -> str:
    """ffmpeg's name of a video codec, from MediaInfo's Format, Format_Version and CodecID."""
    name = format_name.lower()
    if name == "mpeg video":
        return "mpeg1video" if version.endswith("1") else "mpeg2video"
    if name == "vc-1" and "WMV3" in codec_id:
        return "wmv3"
    return VIDEO_CODECS.get(name, _plain(name))


def audio_codec(
    format_name: str,
    *,
    profile: str = "",
    codec_id: str = "",
    bit_depth: int = 16,
    settings: str = "",
) -> str:
    """ffmpeg's name of an audio codec; ``settings`` are MediaInfo's endianness, sign and float-ness."""
    name = format_name.lower()
    if name == "mpeg audio":
        layer = re.search(r"[123]", profile) or re.search(r"L([123])", codec_id)
        return "mp" + (layer.group(0)[-1] if layer else "3")
    if name == "pcm":
        return _pcm_codec(codec_id, bit_depth, settings.lower())
    if name == "wma":
        if "pro" in profile.lower() or codec_id == "162":
            return "wmapro"
        if "lossless" in profile.lower() or codec_id == "163":
            return "wmalossless"
        return "wmav1" if codec_id == "160" else "wmav2"
    return AUDIO_CODECS.get(name, _plain(name))


def _pcm_codec(codec_id: str, bit_depth: int, settings: str) -> str:
    big = "big" in settings or codec_id == "A_PCM/INT/BIG" or codec_id in ("twos", "lpcm")
    order = "be" if big else "le"
    if "float" in settings or codec_id in ("A_PCM/FLOAT/IEEE", "fl32", "fl64"):
        return f"pcm_f{bit_depth}{order}"
    if bit_depth == 8:
        return "pcm_u8" if "unsigned" in settings or codec_id.startswith("A_PCM") else "pcm_s8"
    return f"pcm_s{bit_depth}{order}"


def subtitle_codec(format_name: str, codec_id: str = "") -> str:
    """ffmpeg's name of a subtitle codec."""
    name = format_name.lower()
    return SUBTITLE_CODECS.get(name) or SUBTITLE_CODECS.get(codec_id.lower(), _plain(name))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


# Which channels (MediaInfo's letters) make which of ffmpeg's layouts (libavutil/channel_layout.c).
_LAYOUTS: Mapping[FrozenSet[str], str] = {
    frozenset(channels.split()): layout
    for channels, layout in (
        ("C", "mono"),
        ("L R", "stereo"),
        ("L R LFE", "2.1"),
        ("L R C", "3.0"),
        ("L R Cb", "3.0(back)"),
        ("L R C LFE", "3.1"),
        ("L R C Cb", "4.0"),
        ("L R C LFE Cb", "4.1"),
        ("L R Lb Rb", "quad"),
        ("L R Ls Rs", "quad(side)"),
        ("L R C Lb Rb", "5.0"),
        ("L R C Ls Rs", "5.0(side)"),
        ("L R C LFE Lb Rb", "5.1"),
        ("L R C LFE Ls Rs", "5.1(side)"),
        ("L R C Cb Ls Rs", "6.0"),
        ("L R C LFE Cb Ls Rs", "6.1"),
        ("L R C LFE Lb Rb Cb", "6.1(back)"),
        ("L R C Lb Rb Ls Rs", "7.0"),
        ("L R C LFE Lb Rb Ls Rs", "7.1"),
        ("L R C LFE Lb Rb Lw Rw", "7.1(wide)"),
    )
}
_SAME_CHANNEL = {
    "M": "C",
    "Lss": "Ls",
    "Rss": "Rs",
    "Lsr": "Lb",
    "Rsr": "Rb",
    "Bc": "Cb",
    "Cs": "Cb",
}


def channel_layout(channels: str) -> str:
    """ffmpeg's layout for MediaInfo's list (``C L R Ls Rs LFE``); empty when there is no such one.

    The two disagree on side and back where a codec itself does not tell them apart (AAC, FLAC), so
    ffprobe's answer replaces this one once it is there.
    """
    first = channels.split(" / ")[0]
    letters = {
        _SAME_CHANNEL.get(channel, channel) for channel in first.split() if channel != "Objects"
    }
    return _LAYOUTS.get(frozenset(letters), "")


_PRIMARIES = {
    "BT.709": "bt709",
    "BT.470 System M": "bt470m",
    "BT.601 PAL": "bt470bg",
    "BT.601 NTSC": "smpte170m",
    "SMPTE 240M": "smpte240m",
    "Generic film": "film",
    "BT.2020": "bt2020",
    "XYZ": "smpte428",
    "DCI P3": "smpte431",
    "Display P3": "smpte432",
    "EBU Tech 3213": "ebu3213",
}
_TRANSFERS = {
    "BT.709": "bt709",
    "BT.470 System M": "gamma22",
    "BT.470 System B/G": "gamma28",
    "BT.601": "smpte170m",
    "SMPTE 240M": "smpte240m",
    "Linear": "linear",
    "xvYCC": "iec61966-2-4",
    "BT.1361": "bt1361e",
    "sRGB/sYCC": "iec61966-2-1",
    "BT.2020 (10-bit)": "bt2020-10",
    "BT.2020 (12-bit)": "bt2020-12",
    "PQ": "smpte2084",
    "SMPTE 428M": "smpte428",
    "HLG": "arib-std-b67",
}
_MATRICES = {
    "Identity": "gbr",
    "BT.709": "bt709",
    "FCC 73.682": "fcc",
    "BT.470 System B/G": "bt470bg",
    "BT.601": "smpte170m",
    "SMPTE 240M": "smpte240m",
    "YCgCo": "ycgco",
    "BT.2020 non-constant": "bt2020nc",
    "BT.2020 constant": "bt2020c",
    "ICtCp": "ictcp",
}
_RANGES = {"Limited": "tv", "Full": "pc"}


def _known(table: Mapping[str, str], text: str) -> str:
    """The first item of a " / "-joined list that the table has."""
    found: Optional[str] = next((table[name] for name in text.split(" / ") if name in table), None)
    return found or ""


def color_primaries(text: str) -> str:
    """ffmpeg's name of MediaInfo's colour primaries; empty when unknown."""
    return _known(_PRIMARIES, text)


def transfer(text: str) -> str:
    """ffmpeg's name of MediaInfo's transfer characteristics; PQ and HLG win in a list of several."""
    items = text.split(" / ")
    for strong in ("PQ", "HLG"):
        if strong in items:
            return _TRANSFERS[strong]
    return _known(_TRANSFERS, text)


def color_matrix(text: str) -> str:
    """ffmpeg's name of MediaInfo's matrix coefficients; empty when unknown."""
    return _known(_MATRICES, text)


def color_range(text: str) -> str:
    """``tv`` or ``pc``; empty when unknown."""
    return _known(_RANGES, text)


def views(stream: Mapping[str, Any]) -> int:
    """Pictures in one stream of ffprobe's: 2 in MVC (by its profile) and MV-HEVC (by its layers).

    ffmpeg decodes the first one alone.
    """
    profile = str(stream.get("profile", ""))
    layers = stream.get("disposition", {}).get("multilayer")
    return 2 if layers or "Multiview" in profile or profile == "Stereo High" else 1
