"""The command that scores a result's pictures by the film's, and what it writes.

Pictures are compared by their number: each side's are counted from a given one on and get times of equal
steps before they meet, for libvmaf and xpsnr pair them by time, and containers round times. Both sides' own
times and small pictures are written as well, so that it can be proved which pictures met
(``core.target_quality.pairing``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Tuple

from core.target_quality.pairing import HEIGHT, SMALL_BYTES, WIDTH
from core.target_quality.trial import Metric, Yardstick
from core.tools import ONLY_FILES

_CLOCK = "1:90000"  # finer than any container's, so that times stay what they are
_QUIET = ("-hide_banner", "-nostdin", "-y", "-v", "error", "-progress", "pipe:1", "-nostats")
# What AV1 says of grain that a player adds is handed over and not drawn: such grain never is the film's own,
# and costs half a point.
NO_GRAIN = ("-export_side_data", "+film_grain")
_BY_NUMBER = "settb=1/25,setpts=N"
_SMALL = f"scale={WIDTH}:{HEIGHT}:flags=area:out_range=tv,format=gray,split"
_XPSNR = re.compile(r"^n: *(\d+) +XPSNR y: *([0-9.]+|inf)", re.MULTILINE)
_PERFECT = 100.0  # dB, for pictures that do not differ at all


@dataclass(frozen=True)
class ScoredSide:
    """One file's pictures.

    ``index`` is ffmpeg's of the picture, ``filters`` what each goes through first. ``run_up`` is where
    reading begins, in seconds after the file's beginning (None: there), ``begin`` the moment on the file's
    own clock from which pictures are taken, in seconds (None: from the first). ``grain``: film grain is
    drawn that the stream only tells of.
    """

    path: Path
    index: int
    filters: str = "null"
    run_up: Optional[float] = None
    begin: Optional[float] = None
    grain: bool = True


@dataclass(frozen=True)
class ScoringFiles:
    """What a command writes; ``base`` begins each name."""

    base: Path

    @property
    def scores(self) -> Path:
        """The metric's own log."""
        return self._named("scores")

    def times(self, side: str) -> Path:
        """When the pictures of "film" or "result" are shown (framehash)."""
        return self._named(f"{side}.times")

    def pictures(self, side: str) -> Path:
        """The same pictures, small and grey."""
        return self._named(f"{side}.pictures")

    @property
    def all(self) -> Tuple[Path, ...]:
        """All of them."""
        each = [named(side) for side in SIDES for named in (self.times, self.pictures)]
        return (self.scores, *each)

    def _named(self, kind: str) -> Path:
        return self.base.with_name(f"{self.base.name}.{kind}")


SIDES = ("film", "result")


@dataclass(frozen=True)
class Scoring:
    """What is compared: ``lead`` pictures of both are passed over, then ``count`` taken.

    Of these every ``every``-th is scored, the last in any case.
    ``deep``: in 10 bits, where either side has more than 8. ``threads`` is for libvmaf, and for each decoder.
    """

    yardstick: Yardstick
    film: ScoredSide
    result: ScoredSide
    lead: int
    count: int
    deep: bool
    threads: int
    every: int = 1

    @property
    def pictures(self) -> int:
        """How many are taken of each side."""
        return self.lead + self.count

    @property
    def passed(self) -> int:
        """How many are passed over: so many that the last of all is scored, which libvmaf else leaves out."""
        return self.lead + (self.count - 1) % self.every

    @property
    def scores(self) -> int:
        """How many scores there must be."""
        return (self.count - 1) // self.every + 1


def scoring_arguments(ffmpeg: Path, scoring: Scoring, files: ScoringFiles) -> Tuple[str, ...]:
    """Score the result; writes ``files``."""
    graph = ";".join(
        [
            _side_graph(scoring, 0, "film", scoring.film),
            _side_graph(scoring, 1, "result", scoring.result),
            _metric_graph(scoring, files.scores),
        ]
    )
    threads = str(scoring.threads)
    argv = [str(ffmpeg), *_QUIET, "-filter_complex_threads", threads, "-copyts"]
    for side in (scoring.film, scoring.result):
        argv += [*_input_options(side), "-threads", threads]
        argv += [*ONLY_FILES, "-i", f"file:{side.path}"]
    argv += ["-filter_complex", graph]
    # First, since the first output's pictures are those that ffmpeg reports.
    argv += ["-map", "[scored]", "-fps_mode", "passthrough", "-f", "null", "-"]
    for name in SIDES:
        argv += _table_outputs(name, files)
    return tuple(argv)


def look_arguments(
    ffmpeg: Path, side: ScoredSide, count: int, name: str, files: ScoringFiles
) -> Tuple[str, ...]:
    """Write the times and small pictures of ``count`` of one side's pictures, ``name`` "film" or "result"."""
    begin = [] if side.begin is None else [f"trim=start={side.begin:.6f}"]
    taken = ",".join([side.filters, *begin, f"trim=end_frame={count}"])
    graph = f"[0:{side.index}]{taken},{_SMALL}[{name}pictures][{name}times]"
    inputs = [*_input_options(side), "-threads", "2", *ONLY_FILES, "-i", f"file:{side.path}"]
    argv = [str(ffmpeg), *_QUIET, "-copyts", *inputs, "-filter_complex", graph]
    return (*argv, *_table_outputs(name, files))


def read_scores(metric: Metric, log: str, every: int = 1) -> Tuple[float, ...]:
    """Return the score of every ``every``-th picture, in order: VMAF, or XPSNR's luma in dB.

    Raises ValueError where the log is not one of scores for all of these from the first on.
    """
    found = _vmaf_scores(log) if metric is Metric.VMAF else _xpsnr_scores(log)
    if [number for number, _ in found] != [every * place for place in range(len(found))]:
        raise ValueError("scores are missing")
    scores = tuple(score for _, score in found)
    if not all(map(math.isfinite, scores)):
        raise ValueError("scores are no numbers")
    return scores


def filter_text(value: str) -> str:
    """Return a value as ffmpeg's filters take it literally, whatever it holds.

    It is read twice: by the parser of graphs, and by that of a filter's options.
    """
    option = re.sub(r"([\\':])", r"\\\1", value)
    return re.sub(r"([\\'\[\],;])", r"\\\1", option)


def _input_options(side: ScoredSide) -> List[str]:
    options = [] if side.grain else list(NO_GRAIN)
    if side.run_up is not None and side.run_up > 0:
        options += ["-ss", f"{side.run_up:.6f}"]
    return options


def _side_graph(scoring: Scoring, number: int, name: str, side: ScoredSide) -> str:
    begin = [] if side.begin is None else [f"trim=start={side.begin:.6f}"]
    taken = ",".join([side.filters, *begin, f"trim=end_frame={scoring.pictures}"])
    width, height = scoring.yardstick.size
    # Range as each file tells it, as a player would; no dither, which would be noise on one side alone.
    size = f"scale={width}:{height}:flags=bicubic:sws_dither=none:out_range=tv"
    lead = f"trim=start_frame={scoring.passed}," if scoring.passed else ""
    depth = "yuv420p10le" if scoring.deep else "yuv420p"
    return (
        f"[{number}:{side.index}]{taken},split[{name}][{name}small];"
        f"[{name}small]{_SMALL}[{name}pictures][{name}times];"
        f"[{name}]{lead}{size},setsar=1,format={depth},{_BY_NUMBER}[{name}scored]"
    )


def _metric_graph(scoring: Scoring, log: Path) -> str:
    path = filter_text(str(log))
    if scoring.yardstick.metric is Metric.VMAF:
        model = filter_text(f"version={scoring.yardstick.model}")
        # CSV, since the "version" in its JSON is a hash and the rest has changed with it.
        options = f"model={model}:log_fmt=csv:log_path={path}:n_threads={scoring.threads}"
        options += f":n_subsample={scoring.every}"
        return f"[resultscored][filmscored]libvmaf={options}:shortest=1[scored]"
    # Weighed by what the first one's pictures hold: it has to be the film.
    return f"[filmscored][resultscored]xpsnr=stats_file={path}:shortest=1[scored]"


def _table_outputs(name: str, files: ScoringFiles) -> List[str]:
    each = ["-fps_mode", "passthrough", "-enc_time_base:v", _CLOCK]
    times = ["-f", "framehash", "-hash", "adler32", f"file:{files.times(name)}"]
    pictures = ["-f", "rawvideo", f"file:{files.pictures(name)}"]
    return [
        *("-map", f"[{name}times]", *each, *times),
        *("-map", f"[{name}pictures]", *each, *pictures),
    ]


def small_pictures(data: bytes) -> Tuple[bytes, ...]:
    """Cut what was written as ``ScoringFiles.pictures`` into its pictures."""
    return tuple(
        data[start : start + SMALL_BYTES]
        for start in range(0, len(data) - SMALL_BYTES + 1, SMALL_BYTES)
    )


def _vmaf_scores(log: str) -> List[Tuple[int, float]]:
    lines = log.splitlines()
    header = lines[0].split(",") if lines else []
    if not {"Frame", "vmaf"} <= set(header):
        raise ValueError("no scores")
    frame, score = header.index("Frame"), header.index("vmaf")
    fields = [line.split(",") for line in lines[1:] if line.strip()]
    if any(len(line) <= max(frame, score) for line in fields):
        raise ValueError("scores are cut off")
    try:
        return [(int(line[frame]), float(line[score])) for line in fields]
    except ValueError as error:
        raise ValueError("scores are no numbers") from error


def _xpsnr_scores(log: str) -> List[Tuple[int, float]]:
    return [(int(number) - 1, min(_PERFECT, float(score))) for number, score in _XPSNR.findall(log)]
