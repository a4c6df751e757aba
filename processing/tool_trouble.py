"""What made a tool fail, by its output and exit code: the disk, the machine, or Dolby Vision.

What is known here was seen to be written (ffmpeg 8.1.2 and 9.0.2 with x265 and SVT-AV1) or is in the tool's
source; what a program says of its graphics is its encoders' to know (``core.encoders``). All else says
nothing of whose trouble it is.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Sequence, Tuple

from core.encoders.listed import is_device_error, program_of
from core.errors import ToolFailed
from core.text.sentence import Sentence
from core.text.tool_lines import spoken


class Cause(str, Enum):
    """What made a tool fail."""

    UNKNOWN = "unknown"
    FULL_DISK = "full disk"
    READ_ONLY = "read only"
    DEVICE = "device"  # the graphics went away
    MACHINE = "machine"  # memory ran out, somebody ended it
    DOLBY_VISION = "Dolby Vision"


_FULL_DISK = re.compile(
    r"No space left on device|Disk quota exceeded|not enough (?:disk )?space", re.IGNORECASE
)
_READ_ONLY = re.compile(r"Read-only file system|media is write protected", re.IGNORECASE)
_MACHINE = re.compile(
    r"""
      cannot\ allocate\ memory | out\ of\ memory | bad_alloc | std::bad_array_new_length
    | failed\ to\ allocate | memory\ allocation\ (?:error|failed) | insufficient\ memory
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DEVICE = re.compile(
    r"device[ _](?:was )?lost|GPU[ _]hang|device[ _](?:operation )?failed", re.IGNORECASE
)
_DOLBY_VISION = re.compile(
    r"dolby[ _-]?vision|(?<![a-z])(?:lib)?dovi(?![a-z])|\bRPUs?\b", re.IGNORECASE
)
_ALL = (_FULL_DISK, _READ_ONLY, _MACHINE, _DEVICE, _DOLBY_VISION)

ENDED = Sentence("it was ended from outside; memory may have run out.")
_KILL, _TERMINATE = 9, 15
# Windows' NTSTATUS: memory ran out (0xC0000017, 0xC000012D), Ctrl+C, the session's end.
_ENDED_ON_WINDOWS = frozenset({0xC0000017, 0xC000012D, 0xC000013A, 0x40010004})


def cause_of(error: ToolFailed, names: Sequence[str] = ()) -> Tuple[Cause, str]:
    """Return why a tool failed and the line that says so; empty if only its exit code does.

    ``names`` are those of the job's own files: a film may be called after what is looked for here.
    """
    misleading = [name for name in names if any(known.search(name) for known in _ALL)]
    lines = [_without(line, misleading) for line in error.tail]
    for cause, pattern in (
        (Cause.FULL_DISK, _FULL_DISK),
        (Cause.READ_ONLY, _READ_ONLY),
        (Cause.DEVICE, _DEVICE),
        (Cause.MACHINE, _MACHINE),
    ):
        chip = cause is Cause.DEVICE
        found = next(
            (
                line
                for line in lines
                if pattern.search(line) or (chip and is_device_error(error.tool, 0, [line]))
            ),
            None,
        )
        if found is not None:
            return cause, spoken(found)
    if is_device_error(error.tool, error.returncode, ()):
        return Cause.DEVICE, ""
    program = program_of(error.tool)
    blamed = program is not None and program.is_machine_code(error.returncode)
    if ended_from_outside(error.returncode) or blamed:
        return Cause.MACHINE, ""
    refused = next((line for line in lines if _refuses_dolby_vision(error.tool, line)), None)
    return (Cause.UNKNOWN, "") if refused is None else (Cause.DOLBY_VISION, spoken(refused))


def ended_from_outside(returncode: int) -> bool:
    """Whether a program was killed from outside, by the system (mostly for memory) or by somebody."""
    by_signal = returncode in (-_KILL, -_TERMINATE, 128 + _KILL, 128 + _TERMINATE)
    return by_signal or (returncode & 0xFFFFFFFF) in _ENDED_ON_WINDOWS


def _refuses_dolby_vision(tool: str, line: str) -> bool:
    program = program_of(tool)
    return program is not None and bool(_DOLBY_VISION.search(line)) and program.refuses(line)


def _without(line: str, names: Sequence[str]) -> str:
    """Return a tool's line without the names of our own files, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        line = line.replace(name, "")
    return line
