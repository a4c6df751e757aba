"""A command as a line of text, to read and to paste; nothing here runs one."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import Sequence

from core.text.formatting import visible


def shell_line(argv: Sequence[str]) -> str:
    """The command as it could be pasted into a shell; for show only, nothing here runs a shell."""
    if sys.platform == "win32":
        return subprocess.list2cmdline([visible(word) for word in argv])
    return " ".join(_shell_word(word) for word in argv)


def _shell_word(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    inner = "".join(
        char
        if char.isprintable() and char not in "'\\"
        else "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))
        for char in word
    )
    return f"$'{inner}'"
