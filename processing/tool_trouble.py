"""What made a tool fail, by its output and exit code: the disk, the machine, or Dolby Vision.

What is known here was seen to be written (ffmpeg 8.1.2 and 9.0.2 with x265 and SVT-AV1) or is in the tool's
source (QSVEnc 8.22, ``rgy_err.h`` and ``rgy_output*.cpp``). All else says nothing of whose trouble it is.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Sequence, Tuple

from core.errors import ToolFailed
from core.tools import ToolName
from processing.error_lines import is_error


class Cause(str, Enum):
    """What made a tool fail."""

    UNKNOWN = "unknown"
    FULL_DISK = "full disk"
    READ_ONLY = "read only"
    MACHINE = "machine"  # memory ran out, the graphics went away, somebody ended it
    DOLBY_VISION = "Dolby Vision"


_FULL_DISK = re.compile(
    r"No space left on device|Disk quota exceeded|not enough (?:disk )?space", re.IGNORECASE
)
_READ_ONLY = re.compile(r"Read-only file system|media is write protected", re.IGNORECASE)
_MACHINE = re.compile(
    r"""
      cannot\ allocate\ memory | out\ of\ memory | bad_alloc | std::bad_array_new_length
    | failed\ to\ allocate | memory\ allocation\ (?:error|failed) | insufficient\ memory
    | lose\ the\ HW\ acceleration\ device | device[ _](?:was[ ])?lost | GPU[ _]hang
    | device[ _](?:operation[ ])?failed | Intel\ GPU\ was\ not\ found
    | QuickSyncVideo\ \(hw\ encoding\)\ unavailable | failed\ to\ (?:initialize|create)\ (?:a\ )?session
    | No\ capable\ devices\ found | Device\ creation\ failed | Error\ creating\ a\ MFX\ session
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DOLBY_VISION = re.compile(
    r"dolby[ _-]?vision|(?<![a-z])(?:lib)?dovi(?![a-z])|\bRPUs?\b", re.IGNORECASE
)
_ALL = (_FULL_DISK, _READ_ONLY, _MACHINE, _DOLBY_VISION)
# A line of QSVEnc that has none of these tells of what it does, not of what it could not do.
_REFUSAL = re.compile(
    r"error|fail|unsupported|not? supported|invalid|cannot|require", re.IGNORECASE
)

ENDED = "it was ended from outside; memory may have run out."
_KILL, _TERMINATE = 9, 15
# Windows' NTSTATUS: memory ran out (0xC0000017, 0xC000012D), Ctrl+C, the session's end.
_ENDED_ON_WINDOWS = frozenset({0xC0000017, 0xC000012D, 0xC000013A, 0x40010004})
# QSVEnc's results: a device is lost, failed, hangs, is not found, not available; memory ran out.
_QSVENC_MACHINE = frozenset({-13, -17, -21, -55, -56, -4})


def cause_of(error: ToolFailed, names: Sequence[str] = ()) -> Tuple[Cause, str]:
    """Return why a tool failed and the line that says so; empty if only its exit code does.

    ``names`` are those of the job's own files: a film may be called after what is looked for here.
    """
    misleading = [name for name in names if any(known.search(name) for known in _ALL)]
    lines = [_without(line, misleading) for line in error.tail]
    for cause, pattern in (
        (Cause.FULL_DISK, _FULL_DISK),
        (Cause.READ_ONLY, _READ_ONLY),
        (Cause.MACHINE, _MACHINE),
    ):
        found = next((line for line in lines if pattern.search(line)), None)
        if found is not None:
            return cause, found.strip()
    if ended_from_outside(error.returncode) or _is_device(error):
        return Cause.MACHINE, ""
    spoken = next((line for line in lines if _refuses_dolby_vision(error.tool, line)), None)
    return (Cause.UNKNOWN, "") if spoken is None else (Cause.DOLBY_VISION, spoken.strip())


def ended_from_outside(returncode: int) -> bool:
    """Whether a program was killed from outside, by the system (mostly for memory) or by somebody."""
    by_signal = returncode in (-_KILL, -_TERMINATE, 128 + _KILL, 128 + _TERMINATE)
    return by_signal or (returncode & 0xFFFFFFFF) in _ENDED_ON_WINDOWS


def _is_device(error: ToolFailed) -> bool:
    if error.tool != ToolName.QSVENC.value or not error.returncode:
        return False
    negative = {code & mask for code in _QSVENC_MACHINE for mask in (0xFF, 0xFFFFFFFF)}
    return error.returncode in negative | _QSVENC_MACHINE


def _refuses_dolby_vision(tool: str, line: str) -> bool:
    if not _DOLBY_VISION.search(line):
        return False
    if tool == ToolName.FFMPEG.value:
        return is_error(ToolName.FFMPEG, line)
    return tool == ToolName.QSVENC.value and bool(_REFUSAL.search(line))


def _without(line: str, names: Sequence[str]) -> str:
    """Return a tool's line without the names of our own files, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        line = line.replace(name, "")
    return line
