"""Whose libraries the children of a packaged program for Linux use: others their own, ours those inside.

PyInstaller's loader sets LD_LIBRARY_PATH for us and keeps beside it what was there before (6.22). What we
start would inherit it: the distribution's mkvpropedit then loads our libz and libstdc++.
"""

from __future__ import annotations

import sys
from typing import Dict, MutableMapping

_VARIABLE = "LD_LIBRARY_PATH"


def leave_libraries_to_others(environment: MutableMapping[str, str]) -> None:
    """Take our folder out of what children inherit; we have been loaded by now."""
    if _folder():
        environment.pop(_VARIABLE, None)
        before = environment.pop(f"{_VARIABLE}_ORIG", None)
        if before is not None:
            environment[_VARIABLE] = before


def for_own_children() -> Dict[str, str]:
    """Return what the environment of a child has to have that is this program again."""
    folder = _folder()
    return {_VARIABLE: folder} if folder else {}


def _folder() -> str:
    """Where our libraries are; empty where this program is not packaged, or needs none of this."""
    packaged = getattr(sys, "frozen", False) and sys.platform.startswith("linux")
    return str(getattr(sys, "_MEIPASS", "")) if packaged else ""
