"""Takes out of text what tells whose machine it is: folders, and the names of users and machines."""

from __future__ import annotations

import re
from typing import Callable, Iterable

from core.text.redaction import HIDDEN, redact

_SHORTEST = 3  # letters: a shorter name would black out half of every text
# What is left of a path is its last name. A web address is none.
_POSIX = re.compile(r"(?<![\w/.])(?<!:/)/(?!/)(?:[^\s/'\"|:]+/)+([^\s/'\"|:]*)")
_WINDOWS = re.compile(
    r"(?<!\w)(?:[A-Za-z]:|\\)[\\/](?:[^\\/:*?\"<>|\n]+[\\/])+([^\s\\/:*?\"<>|']*)"
)
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")


def anonymizer(folders: Iterable[str], names: Iterable[str]) -> Callable[[str], str]:
    """Return what hides these folders (longest first) and names, and all that looks like a path.

    Keys and passwords go as well, and addresses of other machines.
    """
    known = sorted({folder for folder in folders if len(folder) > 1}, key=len, reverse=True)
    words = [re.escape(name) for name in set(names) if len(name) >= _SHORTEST]
    named = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None

    def hide(text: str) -> str:
        for folder in known:
            text = text.replace(folder, "…")
        for pattern in (_WINDOWS, _POSIX):
            text = pattern.sub(lambda match: f"…/{match[1]}", text)
        text = text.replace("……", "…")
        text = _ADDRESS.sub(HIDDEN, text)
        if named is not None:
            text = named.sub(HIDDEN, text)
        return redact(text)

    return hide
