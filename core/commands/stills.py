"""The commands that show single pictures of a film and of its result, and that score one by the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import FrozenSet, Optional, Tuple

from core.commands.scoring import NO_GRAIN
from core.media.picture_pairs import HEIGHT, WIDTH
from core.media.picture_stream import SHOWN, PictureStream
from core.target_quality.trial import Metric
from core.tools import ONLY_FILES

LARGEST = (1920, 1080)  # of a still, and of what is scored: VMAF's model is made for this size
SCORED = 24  # pictures of each place
_TIME_BASE = "1:90000"  # a container's own, or its rounding would be a picture's place
_QUIET = ("-hide_banner", "-nostdin", "-y", "-v", "error", "-progress", "pipe:1", "-nostats")
# 100 cd/m² are white, as on a desktop; "hable" keeps both shadows and lights.
_TONE_MAP = (
    "zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,"
    "tonemap=tonemap=hable:desat=0,zscale=transfer=bt709:matrix=bt709:range=tv,format=yuv444p"
)


_SCORES = {
    Metric.VMAF: re.compile(r"VMAF score: *([0-9.]+)"),
    Metric.XPSNR: re.compile(r"XPSNR +y: *([0-9.]+|inf)"),
    Metric.SSIM: re.compile(r"SSIM Y:([0-9.]+)"),
}


@dataclass(frozen=True)
class StillSource:
    """Where pictures come from: from ``first`` seconds after the file's beginning on.

    ``run_up`` seconds more are decoded before, where a container seeks badly.
    """

    path: Path
    stream: PictureStream
    first: float
    run_up: float = 0.0

    @property
    def options(self) -> Tuple[str, ...]:
        """Input options of ffmpeg; times stay those of the file."""
        position = max(0.0, self.first - self.run_up)
        seek = ("-ss", f"{position:.6f}") if position > 0 else ()
        return ("-copyts", *ONLY_FILES, *seek, "-i", f"file:{self.path}")

    @property
    def filters(self) -> str:
        """What leaves out the pictures before the first, and deinterlaces as a player does."""
        begin = f"select='gte(t,{self.stream.start + self.first:.6f})'"
        return (
            f"{begin},bwdif=mode=send_frame:deint=interlaced" if self.stream.interlaced else begin
        )


def best_metric(abilities: FrozenSet[str]) -> Optional[Metric]:
    """Return the best measure that this ffmpeg has."""
    return next((metric for metric in Metric if metric.value in abilities), None)


def maps_tones(abilities: FrozenSet[str]) -> bool:
    """Whether this ffmpeg can show HDR on an ordinary screen."""
    return abilities.issuperset({"zscale", "tonemap"})


def still_size(stream: PictureStream, largest: Tuple[int, int] = LARGEST) -> Tuple[int, int]:
    """Return width and height in pixels: as a viewer sees it, inside ``largest``, even."""
    share = min(1.0, largest[0] / stream.width, largest[1] / stream.height)
    return _even(stream.width * share), _even(stream.height * share)


def probe_arguments(ffprobe: Path, path: Path) -> Tuple[str, ...]:
    """Ask for what ``read_picture_stream`` reads."""
    asked = ("-v", "error", *ONLY_FILES, "-show_entries", SHOWN, "-of", "json")
    return (str(ffprobe), *asked, f"file:{path}")


def run_arguments(
    ffmpeg: Path, source: StillSource, count: int, seconds: float, base: Path
) -> Tuple[str, ...]:
    """Write ``count`` small pictures to ``base``.pictures and their times to ``base``.times.

    ``seconds`` is how much of the film is read at most.
    """
    small = f"scale={WIDTH}:{HEIGHT}:flags=area:out_range=tv,format=gray"
    graph = f"[0:{source.stream.index}]{source.filters},{small},split[p][t]"
    several = ("-frames:v", str(count), "-fps_mode", "passthrough", "-enc_time_base:v", _TIME_BASE)
    return (
        *(str(ffmpeg), *_QUIET, "-t", f"{seconds + source.run_up:.3f}", *source.options),
        *("-filter_complex", graph),
        *("-map", "[p]", *several, "-f", "rawvideo", f"file:{base}.pictures"),
        *("-map", "[t]", *several, "-f", "framehash", "-hash", "adler32", f"file:{base}.times"),
    )


def still_arguments(
    ffmpeg: Path, source: StillSource, size: Tuple[int, int], target: Path, *, tone_map: bool
) -> Tuple[str, ...]:
    """Write the first picture of the source in this size, as raw pixels of three bytes (RGB)."""
    graph = f"[0:{source.stream.index}]{source.filters},{_shown(source.stream, size, tone_map)}[s]"
    return (
        *(str(ffmpeg), *_QUIET, *source.options, "-filter_complex", graph, "-map", "[s]"),
        *("-frames:v", "1", "-fps_mode", "passthrough", "-f", "rawvideo", f"file:{target}"),
    )


def fit_arguments(
    ffmpeg: Path, still: Path, size: Tuple[int, int], wanted: Tuple[int, int], target: Path
) -> Tuple[str, ...]:
    """Make raw pixels of another size: what a window shows of a still."""
    raw = ("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}")
    scale = f"scale={wanted[0]}:{wanted[1]}:flags=lanczos,format=rgb24"
    return (
        *(str(ffmpeg), *_QUIET, *ONLY_FILES, *raw, "-i", f"file:{still}", "-vf", scale),
        *("-frames:v", "1", "-f", "rawvideo", f"file:{target}"),
    )


def score_arguments(
    ffmpeg: Path, metric: Metric, film: StillSource, result: StillSource
) -> Tuple[str, ...]:
    """Score the result's pictures by the film's, by their number: the n-th by the n-th."""
    size = still_size(film.stream)
    # xpsnr tells nonsense of most widths in 10 bits (``core.commands.scoring``).
    deep = film.stream.hdr and metric is not Metric.XPSNR
    depth = "yuv420p10le" if deep else "yuv420p"
    even = f"scale={size[0]}:{size[1]}:flags=bicubic,setsar=1,format={depth},settb=1/25,setpts=N"
    graph = ";".join(
        f"[{number}:{source.stream.index}]{source.filters},trim=end_frame={SCORED},{even}[{name}]"
        for number, (name, source) in enumerate((("result", result), ("film", film)))
    )
    threads = "n_threads=2:" if metric is Metric.VMAF else ""
    # xpsnr weighs by what its first input holds, which is the film.
    inputs = "[film][result]" if metric is Metric.XPSNR else "[result][film]"
    # "info", because that is where the score is told.
    quiet = ("-hide_banner", "-nostdin", "-v", "info", "-progress", "pipe:1", "-nostats")
    return (
        *(str(ffmpeg), *quiet, *NO_GRAIN, *result.options, *film.options, "-filter_complex"),
        f"{graph};{inputs}{metric.value}={threads}shortest=1[out]",
        *("-map", "[out]", "-f", "null", "-"),
    )


def read_score(metric: Metric, output: str) -> Optional[float]:
    """Return what the filter told; None where it told nothing. XPSNR in dB, at most 100."""
    found = _SCORES[metric].findall(output)
    return min(100.0, float(found[-1])) if found else None


def _shown(stream: PictureStream, size: Tuple[int, int], tone_map: bool) -> str:
    if stream.hdr and tone_map:
        scaled = f"scale={size[0]}:{size[1]}:flags=lanczos"
        told = f"setparams=color_trc={stream.transfer}:color_primaries=bt2020:colorspace=bt2020nc"
        return f"{scaled},{told},{_TONE_MAP},scale=in_color_matrix=bt709,format=rgb24"
    matrix = f"in_color_matrix={stream.matrix}"
    return f"scale={size[0]}:{size[1]}:flags=lanczos:{matrix},format=rgb24"


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)
