"""The commands of a job: argv lists only, never a shell's string."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Tuple

from core.tools import ToolName

FETCH, SEND = "fetch", "send"  # done only on another machine, before and after its steps
# What each is called while it runs; to be translated where it is shown.
STEP_TITLES = {
    FETCH: "Fetching the film",
    "search": "Finding the right quality",
    "extract": "Extracting the video",
    "encode": "Encoding",
    "remux": "Combining tracks",
    "measure": "Measuring the quality",
    "properties": "Writing names and flags",
    "verification": "Verifying",
    SEND: "Sending the result",
}


def step_title(name: str) -> str:
    """Return what a step is called for people; its own name for one of another version."""
    return STEP_TITLES.get(name, name)


class StepName(str, Enum):
    """The stages of a job's work on the staged result."""

    SEARCH = "search"  # trials that find the number for a quality that is aimed at
    EXTRACT = "extract"  # pictures that ffmpeg can only attach from separate files
    ENCODE = "encode"  # one pass: picture, sound, order
    REMUX = "remux"  # the same pass with the picture copied
    MEASURE = "measure"  # of a result that was encoded for a quality, before it is verified
    PROPERTIES = "properties"  # mkvpropedit
    VERIFICATION = "verification"  # proves the result; writes nothing


@dataclass(frozen=True)
class ToolCommand:
    """One program with its arguments; ``argv[0]`` is the program's path."""

    tool: ToolName
    argv: Tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """Commands that run together, each one's stdout piped into the next one's stdin.

    ``scratch`` are small files beside the staged one that a later step reads; they go when the job
    ends, however it ends.
    """

    name: StepName
    commands: Tuple[ToolCommand, ...]
    output: Path  # the staged file that this step makes or edits
    scratch: Tuple[Path, ...] = ()
