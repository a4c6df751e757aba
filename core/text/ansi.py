"""Colours that programs write even into a pipe."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def without_ansi(line: str) -> str:
    """Return the line without its escape codes, and without the white space at its end."""
    return _ANSI.sub("", line).rstrip()
