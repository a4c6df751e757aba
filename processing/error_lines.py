"""Which lines of a tool's output mean that its result cannot be trusted.

Exit codes lie: ffmpeg ends with 0 on a damaged or truncated source, QSVEnc with 0 on a full disk
(measured; docs/safety.md). Each program knows its own lines (``core.programs``, ``core.encoders``).
"""

from __future__ import annotations

from core.encoders.listed import known_program
from core.tools import ToolName


def is_error(tool: ToolName, line: str, *, stdout: bool = False) -> bool:
    """Whether this line of the tool's stderr (or stdout) reports an error."""
    return known_program(tool).is_error(line, stdout=stdout)


def succeeded(tool: ToolName, returncode: int) -> bool:
    """Whether the exit code means success; mkvtoolnix uses 1 for warnings."""
    return returncode in known_program(tool).good_returncodes
