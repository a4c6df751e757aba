"""Spans of films really encoded and really scored, picture by picture; each is kept, so that it is done once.

A whole film is the span of all its pictures: its mean is the truth that every search is held against.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from benchmarks.quality.films import RATE
from benchmarks.sample import cache_folder
from core.encoders.chosen_templates import templates_of
from core.encoders.quality import Choice, Codec, Graphics, Quality, Speed
from core.plan import ContentClass

_LEVEL = f"settb=1/{RATE},setpts=N,format=yuv420p10le"  # by number; the result has ten bits
# XPSNR of ffmpeg 9.0.2 and 8.1.2 tells 2 dB where it is 34, in ten bits where the width is no multiple of 64.
_EIGHT = "yuv420p"
_OF_INTEREST = (97.0, 91.0)
_PICTURE_XPSNR = re.compile(r"XPSNR y: *([0-9.]+|inf)")


@dataclass(frozen=True)
class Encoder:
    """An encoder as the product's templates use it.

    Whole films are encoded with ``middle`` and with two of ``others``: those that come out about as good as
    the best and the poorest score of interest, where what is lost grows by e in 1 / ``slope`` numbers.
    """

    name: str
    codec: Codec
    speed: Speed
    middle: int
    others: Tuple[int, ...]
    slope: float

    @property
    def options(self) -> Tuple[str, ...]:
        """ffmpeg's options without the number."""
        words = self.template.split()
        return tuple(words[words.index("-c:v") : words.index("-crf")])

    def around(self, score: float) -> Tuple[int, ...]:
        """The numbers to encode a film with that has this score with the middle one, from good to poor."""
        chosen = [self.middle]
        for wanted in _OF_INTEREST:
            lost = math.log((100 - wanted) / max(0.5, 100 - score))
            place = self.middle + lost / self.slope
            free = [number for number in self.others if number not in chosen]
            chosen.append(min(free, key=lambda number: abs(number - place)))
        return tuple(sorted(chosen))

    @property
    def balanced(self) -> int:
        """The fixed number of the product's middle quality."""
        words = self.template.split()
        return int(words[words.index("-crf") + 1])

    @property
    def template(self) -> str:
        """The product's own text for films that need nothing special."""
        choice = Choice(self.codec, Quality.BALANCED, self.speed, Graphics.NONE)
        return templates_of(choice)[ContentClass.NORMAL.value]


def encoders(speed: Speed) -> Tuple[Encoder, ...]:
    """Both encoders of the processor at this speed."""
    return (
        Encoder("x265", Codec.HEVC, speed, 25, (12, 16, 20, 31, 36), 0.1),
        Encoder("svt-av1", Codec.AV1, speed, 37, (12, 18, 27, 50, 60), 0.05),
    )


@dataclass(frozen=True)
class Coded:
    """An encoded span: each picture's VMAF, XPSNR (dB of luma) and bytes, in the order of showing.

    XPSNR is measured with the middle number alone.

    ``seconds``: wall time of encoding and of comparing by VMAF; ``cpu``: processor time of both.
    """

    vmaf: Tuple[float, ...]
    xpsnr: Tuple[float, ...]
    sizes: Tuple[int, ...]
    seconds: Tuple[float, float]
    cpu: Tuple[float, float]

    @property
    def mean(self) -> float:
        """The mean VMAF of its pictures."""
        return sum(self.vmaf) / len(self.vmaf)

    @property
    def low(self) -> float:
        """The mean VMAF of its worst second."""
        seconds = [self.vmaf[at : at + RATE] for at in range(0, len(self.vmaf), RATE)]
        whole = [second for second in seconds if len(second) == RATE] or seconds
        return min(sum(second) / len(second) for second in whole)

    @property
    def size(self) -> int:
        """Bytes of its pictures."""
        return sum(self.sizes)

    def part(self, first: int, count: int) -> Coded:
        """These pictures of it; times stay those of all."""
        end = first + count
        cut = (self.vmaf[first:end], self.xpsnr[first:end], self.sizes[first:end])
        return Coded(*cut, self.seconds, self.cpu)


@dataclass(frozen=True)
class Pictures:
    """Pictures of a film by number."""

    first: int
    count: int


class Bench:
    """Encodes and scores spans of films with one ffmpeg, and keeps what came out."""

    def __init__(self, ffmpeg: Path, ffprobe: Path) -> None:
        self.ffmpeg = ffmpeg
        self.ffprobe = ffprobe
        self._kept = cache_folder() / "quality"
        self._kept.mkdir(exist_ok=True)
        self._marks: Dict[Path, str] = {}

    def coded(self, film: Path, encoder: Encoder, number: float, span: Pictures) -> Coded:
        """Return the span as this encoder makes it with this number; from the cache where it is there."""
        speed = encoder.speed.value.replace(" ", "-")
        name = f"{film.stem}-{self._mark(film)}-{encoder.name}-{speed}"
        kept = self._kept / f"{name}-{number:g}-{span.first}-{span.count}.json"
        known = _read(kept)
        if known is None:
            known = self._code(film, encoder, number, span)
            making = kept.with_suffix(".making")
            making.write_text(json.dumps(asdict(known)), "utf-8")
            making.replace(kept)
        return known

    def _mark(self, film: Path) -> str:
        """A hash of the film, so that what is kept belongs to no other."""
        if film not in self._marks:
            self._marks[film] = hashlib.sha256(film.read_bytes()).hexdigest()[:8]
        return self._marks[film]

    def _code(self, film: Path, encoder: Encoder, number: float, span: Pictures) -> Coded:
        with tempfile.TemporaryDirectory(prefix="quality-") as folder:
            result = Path(folder) / "result.mkv"
            # Half a picture early, since Matroska rounds times; pictures are counted from there.
            source = ["-ss", f"{max(0.0, (span.first - 0.5) / RATE):.6f}", "-i", str(film)]
            only = f"trim=end_frame={span.count}"
            encode = [*source, "-vf", f"{only},settb=1/{RATE},setpts=N", "-r", str(RATE)]
            encode += [
                *encoder.options,
                "-crf",
                f"{number:g}",
                "-pix_fmt",
                "yuv420p10le",
                str(result),
            ]
            encoding = self._timed(encode)
            log, table = Path(folder) / "vmaf.json", Path(folder) / "xpsnr.log"
            level = f"[0:v]{_LEVEL}[result];[1:v]{only},{_LEVEL}[film];"
            both = ["-i", str(result), *source, "-filter_complex"]
            vmaf = f"[result][film]libvmaf=log_fmt=json:log_path={log}:n_threads=2:shortest=1"
            scoring = self._timed([*both, level + vmaf, "-f", "null", "-"])
            frames = json.loads(log.read_text("utf-8"))["frames"]
            scores = tuple(round(float(frame["metrics"]["vmaf"]), 3) for frame in frames)
            sizes = self._sizes(result)
            if not len(scores) == len(sizes) == span.count:
                counts = f"{len(scores)} and {len(sizes)} of {span.count} pictures"
                raise SystemExit(f"{film.name}: {counts}.")
            decibels: Tuple[float, ...] = ()
            if number == encoder.middle:
                eight = level.replace("yuv420p10le", _EIGHT)
                xpsnr = f"{eight}[film][result]xpsnr=stats_file={table}"
                self._timed([*both, xpsnr, "-f", "null", "-"])
                values = _PICTURE_XPSNR.findall(table.read_text("utf-8"))
                decibels = tuple(min(100.0, float(value)) for value in values)
            wall, cpu = zip(encoding, scoring)
            return Coded(scores, decibels, tuple(sizes), wall, cpu)

    def _timed(self, arguments: List[str]) -> Tuple[float, float]:
        """Wall and processor seconds that ffmpeg took."""
        begin, used = time.monotonic(), os.times()
        argv = [str(self.ffmpeg), "-v", "error", "-nostdin", "-y", *arguments]
        environment = {**os.environ, "SVT_LOG": "1"}
        done = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise SystemExit(f"ffmpeg failed:\n{done.stderr[-2000:]}")
        after = os.times()
        cpu = after.children_user + after.children_system
        return time.monotonic() - begin, cpu - used.children_user - used.children_system

    def _sizes(self, result: Path) -> List[int]:
        shown = ("-select_streams", "v:0", "-show_entries", "packet=pts,size", "-of", "csv=p=0")
        argv = [str(self.ffprobe), "-v", "error", *shown, str(result)]
        text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
        rows = [line.split(",") for line in text.split()]
        return [int(size) for _, size in sorted((int(row[0]), row[1]) for row in rows)]


def _read(path: Path) -> Optional[Coded]:
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Coded(**{key: tuple(value) for key, value in kept.items()})
