"""What codecs are called by people: ffmpeg's ``hevc`` is HEVC, its ``ac3`` is Dolby Digital."""

from __future__ import annotations

# The names that discs, players and films' descriptions use.
_NAMES = {
    "aac": "AAC",
    "ac3": "Dolby Digital",
    "alac": "ALAC",
    "ass": "ASS",
    "av1": "AV1",
    "dts": "DTS",
    "dvb_subtitle": "DVB",
    "dvb_teletext": "Teletext",
    "dvd_subtitle": "VobSub",
    "eac3": "Dolby Digital Plus",
    "flac": "FLAC",
    "h264": "H.264",
    "hdmv_pgs_subtitle": "PGS",
    "hevc": "HEVC",
    "mjpeg": "Motion JPEG",
    "mov_text": "MP4 text",
    "mp2": "MP2",
    "mp3": "MP3",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4 (Xvid, DivX)",
    "msmpeg4v3": "DivX 3",
    "opus": "Opus",
    "prores": "ProRes",
    "ssa": "SSA",
    "subrip": "SubRip",
    "theora": "Theora",
    "truehd": "Dolby TrueHD",
    "vc1": "VC-1",
    "vorbis": "Vorbis",
    "vp8": "VP8",
    "vp9": "VP9",
    "webvtt": "WebVTT",
    "wmav2": "WMA",
    "wmv3": "WMV 9",
}


def codec_name(codec: str) -> str:
    """Return what people call a codec that ffmpeg names so; one that is not listed keeps that name."""
    if codec.startswith("pcm_"):
        return "PCM"
    return _NAMES.get(codec, codec)
