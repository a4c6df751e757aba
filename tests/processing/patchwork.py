"""A made-up encoder family, as an engineer would add one: this file, and its line among the families.

Its program is a script around ffmpeg that has options, a progress, errors and exit codes of its own.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, FrozenSet, Mapping, Optional, Tuple

from core.encoders.family import AnyText, HarmlessOptions, Placeholder, TrialEncode
from core.encoders.own_program import OwnProgram, in_pipe
from core.plan import Plan
from core.programs.program import NO_VERSION, Ask, FilmLength, OutsideProgram, Package, Version
from core.progress import Progress
from core.tools import ToolName

TEMPLATE = "$patchwork -i $input -c hevc --fineness 24 $tracks -o $output"

SCRIPT = """\
import subprocess, sys

words = sys.argv[1:]
if "--version" in words:
    print("Patchwork 2.1")
elif "--looms" in words:
    print("loom 1: hevc")
else:
    value = {{word: words[place + 1] for place, word in enumerate(words[:-1])}}
    if value["--fineness"] == "99":
        print("PROBLEM no loom is free", file=sys.stderr)
        sys.exit(77)
    streams = [word for stream in value["--take"].split(",") for word in ("-map", "0:" + stream)]
    result = value["-o"]
    encoder = subprocess.Popen(
        [{ffmpeg!r}, "-v", "error", "-nostdin", "-y", "-progress", "pipe:2", "-nostats"]
        + ["-stats_period", "0.1", "-i", value["-i"], *streams, "-c", "copy", "-c:v", "libx265"]
        + ["-preset", "ultrafast", "-crf", value["--fineness"], "-x265-params", "log-level=none"]
        + ["-fps_mode", "passthrough", "-enc_time_base", "demux", "-f", "matroska"]
        + ["pipe:1" if result == "-" else "file:" + result],
        stderr=subprocess.PIPE,
    )
    for line in encoder.stderr:
        key, _, figure = line.decode().strip().partition("=")
        if key == "frame":
            print("stitched", figure, file=sys.stderr, flush=True)
    sys.exit(1 if encoder.wait() else 0)
"""


class Stitches:
    """Reads ``stitched 24``: how many pictures are done."""

    def __init__(self, span: FilmLength) -> None:
        self.finished = False
        known = span.duration and span.frame_rate
        self._all = span.duration * span.frame_rate if known else None  # type: ignore[operator]
        self._done: Optional[int] = None

    def feed(self, text: str) -> None:
        """Take the next lines."""
        for found in re.finditer(r"^stitched (\d+)$", text, re.MULTILINE):
            self._done = int(found[1])

    def latest(self, step: str) -> Optional[Progress]:
        """The pictures as a share."""
        if self._done is None:
            return None
        percent = min(99.0, self._done / self._all * 100) if self._all else None
        return Progress(step, percent=percent, frame=self._done)


@dataclass(frozen=True, eq=False)
class PatchworkProgram(OutsideProgram):
    """Speaks on stderr; its results go to stdout."""

    progress_on_stderr: bool = True

    def version(self, answer: str) -> Version:
        """Read ``Patchwork 2.1``."""
        found = re.match(r"Patchwork ((\d+)\.(\d+))", answer)
        return Version(found[1], (int(found[2]), int(found[3]))) if found else NO_VERSION

    def abilities(self, ask: Ask, version: str) -> FrozenSet[str]:
        """Each loom's codec."""
        return frozenset(re.findall(r"loom \d+: (\w+)", ask("--looms", patient=True).stdout))

    def is_error(self, line: str, *, stdout: bool = False) -> bool:
        """A line that says PROBLEM."""
        return not stdout and line.startswith("PROBLEM")

    def is_counter(self, line: str) -> bool:
        """The stitches."""
        return line.startswith("stitched ")

    def is_device_code(self, returncode: int) -> bool:
        """77: no loom."""
        return returncode == 77

    def progress(self, span: FilmLength) -> Stitches:
        """Count stitches."""
        return Stitches(span)


class PatchworkFamily(OwnProgram):
    """HEVC in 8 bits, for films without HDR."""

    name = "Patchwork"
    program = PatchworkProgram(
        ToolName("patchwork"),
        ("patchwork",),
        Package("Patchwork", "https://patchwork.example"),
        {"": "It is made by a test."},
    )
    placeholder = Placeholder("patchwork", "The first word: the program.", is_list=True)
    codecs = ("hevc",)
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc"}
    words = (("hevc", "H.265 by looms"),)
    lowest = (2, 0)
    hardware = True
    harmless = HarmlessOptions(frozenset(), frozenset({"-c", "--fineness"}))
    device_lines = AnyText("no loom is free")

    def start(self, program: Path, film: Path) -> Tuple[str, ...]:
        """The program alone."""
        return (str(program),)

    def piped_tracks(self, plan: Plan) -> Tuple[str, ...]:
        """Their numbers in the film."""
        return ("--take", ",".join(str(track.index) for track in in_pipe(plan)))

    def plain_template(self, encoder_name: str, bit_depth: int) -> str:
        """8 bits, whatever is asked for."""
        return TEMPLATE

    def trial_arguments(self, program: Path, trial: TrialEncode) -> Tuple[str, ...]:
        """The picture alone."""
        return (
            *(str(program), "-i", str(trial.source), "-c", "hevc", "--fineness", "30"),
            *("--take", "0", "-o", str(trial.output)),
        )


PATCHWORK = PatchworkFamily()


def install(folder: Path, ffmpeg: str) -> Path:
    """Put the program into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "patchwork"
    program.write_text(f"#!{sys.executable}\n" + SCRIPT.format(ffmpeg=ffmpeg), encoding="utf-8")
    program.chmod(0o755)
    return program
