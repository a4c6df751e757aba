"""A QR code in the characters of a terminal."""

from __future__ import annotations

from typing import List, Sequence

_QUIET = 4  # dots around it that scanners need (ISO/IEC 18004)
_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}


def qr_text(code: Sequence[Sequence[bool]]) -> str:
    """Return a code (True is dark) two rows a line, light dots drawn: most terminals are dark."""
    width = len(code[0]) + 2 * _QUIET if code else 0
    light = [False] * width
    rows: List[List[bool]] = [light] * _QUIET
    rows += [[False] * _QUIET + list(row) + [False] * _QUIET for row in code]
    rows += [light] * (_QUIET + len(rows) % 2)
    return "\n".join(
        "".join(_HALVES[upper, lower] for upper, lower in zip(rows[at], rows[at + 1]))
        for at in range(0, len(rows), 2)
    )
