"""Which lines of a tool's output mean that its result cannot be trusted.

Exit codes lie: ffmpeg ends with 0 on a damaged or truncated source, QSVEnc with 0 on a full disk
(measured; docs/safety.md). ffmpeg runs with ``-v repeat+error``, so whatever it writes to stderr is an error,
except for what the encoders print past ffmpeg's log level.
"""

from __future__ import annotations

import re

from core.tools import ToolName

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

_HARMLESS_FFMPEG = re.compile(
    r"""
      ^x265\ \[(?:info|warning|debug)\]   # x265 has a log of its own
    # Where a thread may run is about speed; Windows refuses it to some (measured).
    | ^x265\ \[error\]:\ unable\ to\ set\ thread\ affinity
    | ^\s*Svt\[(?:info|warn|debug)\]      # so has SVT-AV1
    | ^-{20,}$                            # the ruler around SVT-AV1's banner
    | ^\s*$
    | ^\[null\ @                          # the null muxer: frames of a variable rate, rounded together
    | ^\s*Last\ message\ repeated\ \d+\ times$  # the message itself has been judged
    | ^encoded\ \d+\ frames\ in\ [\d.]+s  # x265's farewell
    """,
    re.VERBOSE,
)
_QSVENC_ERROR = re.compile(
    r"\berror\b|\bfailed\b|not enough disk space|finished with error", re.IGNORECASE
)
_MKVTOOLNIX_ERROR = re.compile(r"^(?:#GUI#error\b|Error:)")


def is_error(tool: ToolName, line: str, *, stdout: bool = False) -> bool:
    """Whether this line of the tool's stderr (or stdout) reports an error."""
    line = _ANSI.sub("", line).rstrip()
    if tool in (ToolName.FFMPEG, ToolName.FFPROBE):
        return not stdout and not _HARMLESS_FFMPEG.search(line)
    if tool is ToolName.QSVENC:
        return not stdout and bool(_QSVENC_ERROR.search(line))
    return bool(_MKVTOOLNIX_ERROR.search(line))


def succeeded(tool: ToolName, returncode: int) -> bool:
    """Whether the exit code means success; mkvtoolnix uses 1 for warnings."""
    good = (0, 1) if tool in (ToolName.MKVMERGE, ToolName.MKVPROPEDIT) else (0,)
    return returncode in good
