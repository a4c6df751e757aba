"""What chunks cost on one machine: the same film made in one piece and in chunks, by the real program.

``python -m benchmarks.chunks [--film PATH] [--seconds S] [--chunk S] [--template TEXT] [--beside] [--json]``.
Without ``--film`` one is made. Compared are wall and CPU time, the result's size, the bytes that the
program and its tools read and wrote (as ``benchmarks.single_job`` counts them), and VMAF by the pictures'
numbers: all pictures, and those around the seams. ``--beside`` makes it a third time, with as many encoders
side by side as the program finds good. Linux; an ffmpeg with libvmaf.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.single_job import IO_COUNTERS, counters
from core.tools import ToolName
from processing.chunks.borders import plan_chunks
from tests.chunk_campaign import Bench
from tests.films import AudioSpec, make_film

_ROOT = Path(__file__).resolve().parents[1]
_BESIDE = 5  # pictures on each side of a seam
_LEVEL = "settb=1/25,setpts=N"  # by number: containers' times differ by a rounding
_ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset fast -crf 22 -pix_fmt $pixel_format -filter:v:0 $filters "
    "$hdr $tracks $output"
)


@dataclass
class Made:
    """One way of making the film; ``scores`` is each picture's VMAF."""

    seconds: float = 0.0
    cpu: float = 0.0
    moved: int = 0  # bytes read and written
    size: int = 0
    scores: List[float] = field(default_factory=list)


def _children_cpu() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _moved() -> int:
    """Bytes that ended children read and wrote, and this process."""
    return sum(counters(IO_COUNTERS))


def _program(data: Path, *arguments: str) -> None:
    argv = [sys.executable, str(_ROOT / "main.py"), "--data-dir", str(data), *arguments]
    answer = subprocess.run(argv, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{arguments[0]} failed:\n{answer.stdout}{answer.stderr}")


def make(film: Path, folder: Path, **settings: str) -> Made:
    """Have the program make a copy of the film, in a folder of its own."""
    copy, data = folder / film.name, folder / "data"
    folder.mkdir()
    shutil.copyfile(film, copy)
    values = {"files.keep_original_days": "0", "processing.missing_mkvpropedit": "continue"}
    for key, value in {**values, **settings}.items():
        _program(data, "settings", "set", key, value)
    cpu, moved, begin = _children_cpu(), _moved(), time.monotonic()
    _program(data, "process", str(copy))
    made = Made(time.monotonic() - begin, _children_cpu() - cpu, _moved() - moved)
    made.size = copy.with_suffix(".mkv").stat().st_size
    return made


def scores(ffmpeg: str, result: Path, film: Path) -> List[float]:
    """Each picture's VMAF by its number; raises SystemExit where the counts differ."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "vmaf.json"
        graph = (
            f"[0:v]{_LEVEL},format=yuv420p10le[result];[1:v]{_LEVEL},format=yuv420p10le[film];"
            f"[result][film]libvmaf=log_fmt=json:log_path={log}:n_threads=2:shortest=1"
        )
        argv = [ffmpeg, "-v", "error", "-nostdin", "-i", str(result), "-i", str(film)]
        subprocess.run([*argv, "-filter_complex", graph, "-f", "null", "-"], check=True)
        frames = json.loads(log.read_text("utf-8"))["frames"]
    return [float(frame["metrics"]["vmaf"]) for frame in frames]


def seams_of(film: Path, template: str, chunk: float) -> List[int]:
    """The numbers of the chunks' first pictures, without the first chunk's."""
    bench = Bench()
    plan = bench.plan(film, bench.settings(template))
    chunks = plan_chunks(plan, bench.prober(), chunk)
    if chunks.whole:
        raise SystemExit(f"The film is not cut: {chunks.whole[0].message}")
    ffprobe = bench.toolset.get(ToolName.FFPROBE)
    assert ffprobe is not None
    shown = ("-select_streams", "v:0", "-show_entries", "packet=pts", "-of", "csv=p=0")
    argv = [str(ffprobe.path), "-v", "error", *shown, str(film)]
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    stamps = [int(line.strip(",")) for line in text.split()]
    borders = [part.start_stamp for part in chunks.chunks if part.start_stamp is not None]
    return [sum(stamp < border for stamp in stamps) for border in borders]


def figures(whole: Made, cut: Made, seams: Sequence[int], source: int) -> List[Figure]:
    """What is compared."""
    around = [
        number
        for seam in seams
        for number in range(seam - _BESIDE, seam + _BESIDE)
        if 0 <= number < len(cut.scores)
    ]
    lower = [whole.scores[number] - cut.scores[number] for number in around]
    return [
        Figure("seams", len(seams), "seams"),
        Figure("pictures_lost", abs(len(whole.scores) - len(cut.scores)), "pictures lost", "", 0),
        Figure("seconds", whole.seconds, "in one piece", "s"),
        Figure("wall_ratio", cut.seconds / whole.seconds, "in chunks: wall time", "times", 1.03),
        Figure("cpu_ratio", cut.cpu / whole.cpu, "in chunks: CPU time", "times"),
        Figure("size_ratio", cut.size / whole.size, "in chunks: size", "times", 1.01),
        Figure("source_megabytes", source / 1e6, "source", "MB"),
        Figure("result_megabytes", cut.size / 1e6, "result", "MB"),
        Figure(
            "more_bytes",
            (cut.moved - whole.moved) / cut.size,
            "in chunks: read and written more",
            "results",
            2.0,
        ),
        Figure("vmaf_whole", sum(whole.scores) / len(whole.scores), "VMAF in one piece"),
        Figure("vmaf_cut", sum(cut.scores) / len(cut.scores), "VMAF in chunks"),
        Figure("seams_lower", sum(lower) / len(lower), "VMAF lower at seams", "", 0.5),
        Figure("picture_lower", max(lower), "worst picture there: VMAF lower", "", 4.0),
    ]


def measure(film: Path, folder: Path, chunk: float, template: str, beside: bool) -> List[Figure]:
    """Make it in each way and compare."""
    settings: Dict[str, str] = {f"templates.{n}": template for n in ("normal", "normal_fallback")}
    settings["processing.encoders_side_by_side"] = "1"
    whole = make(film, folder / "whole", **settings, **{"processing.chunks": "no"})
    settings.update(
        {"processing.chunks_from_minutes": "0", "processing.chunk_seconds": f"{chunk:g}"}
    )
    cut = make(film, folder / "cut", **settings)
    ffmpeg = Bench().ffmpeg
    name = f"{film.stem}.mkv"
    whole.scores = scores(ffmpeg, folder / "whole" / name, film)
    cut.scores = scores(ffmpeg, folder / "cut" / name, film)
    found = figures(whole, cut, seams_of(film, template, chunk), film.stat().st_size)
    if beside:
        settings["processing.encoders_side_by_side"] = "0"
        together = make(film, folder / "beside", **settings)
        label = "side by side: as fast as one piece"
        found.append(Figure("times_beside", whole.seconds / together.seconds, label, "times"))
    return found


def _measurement(options: argparse.Namespace) -> Measurement:
    with tempfile.TemporaryDirectory(prefix="chunks-") as folder:
        film = options.film or make_film(
            Path(folder) / "Film.mkv",
            seconds=options.seconds,
            size=(640, 360),
            audio=[AudioSpec("aac", language="eng")],
            video_options=["-preset", "veryfast", "-qp", "12", "-g", "50"],
        )
        found = measure(film, Path(folder), options.chunk, options.template, options.beside)
    return Measurement("A film in chunks", found)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = benchmark_parser("chunks", __doc__)
    parser.add_argument("--film", type=Path, help="a film with real pictures")
    parser.add_argument("--seconds", type=float, default=120.0, help="length of the film made")
    parser.add_argument("--chunk", type=float, default=40.0, help="length of a chunk in seconds")
    parser.add_argument("--template", default=_ENCODE)
    parser.add_argument("--beside", action="store_true", help="also with encoders side by side")
    return run("chunks", parser, _measurement, argv)


if __name__ == "__main__":
    sys.exit(main())
