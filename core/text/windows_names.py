"""Names that Windows cannot open as written, and one spelling per path."""

from __future__ import annotations

from pathlib import PurePath, PureWindowsPath
from typing import FrozenSet

from core.text.sentence import Sentence

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES: FrozenSet[str] = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in (*"123456789", *"¹²³")}
)
_FORBIDDEN = frozenset('<>:"/\\|?*') | {chr(code) for code in range(32)}
# Directories end 12 characters earlier, so that a file name of the old 8.3 form still fits.
_LONGEST = 247


def name_problem(path: PureWindowsPath) -> str:
    """Return why Windows would open something else, or nothing, under this path; empty when it would not.

    Such names come from other systems, by a share. Windows drops a dot or space at the end of a name
    and means a device by ``CON``, whatever ending follows.
    """
    for part in path.parts[1:] if path.anchor else path.parts:
        if part in (".", ".."):
            continue
        if part[-1] in ". ":
            return Sentence(
                'Windows cannot open a name that ends with a dot or a space ("{part}")', part=part
            )
        if part.partition(".")[0].rstrip(" ").lower() in _DEVICES:
            return Sentence('Windows means a device by the name "{part}"', part=part)
        if _FORBIDDEN & set(part):
            return Sentence(
                '"{part}" has a character that Windows has no use for in a name', part=part
            )
    return ""


def respelled(asked: PureWindowsPath, real: PureWindowsPath) -> PureWindowsPath:
    """Return ``asked`` as the disk spells it, where ``real`` is what the system says it leads to.

    The drive stays the one that was asked for: ``real`` names a share where that is a mapped drive. What
    differs by more than its case is a link, and stays as it was asked for.
    """
    parts = list(asked.parts)
    first = 1 if asked.anchor else 0
    for back in range(1, min(len(parts) - first, len(real.parts) - 1) + 1):
        if parts[-back].lower() != real.parts[-back].lower():
            break
        parts[-back] = real.parts[-back]
    if asked.anchor:
        parts[0] = asked.anchor.upper() if asked.drive.endswith(":") else asked.anchor
    return PureWindowsPath(*parts)


def for_old_tools(path: PurePath) -> str:
    r"""Return a path as a program takes it that knows nothing of paths beyond 260 characters.

    ``\\?\`` hands it to the file system as it is; ffmpeg puts that there itself since 5.1. It is used
    only where it has to be, because some programs take such a path apart wrongly.
    """
    text = str(path)
    long = isinstance(path, PureWindowsPath) and path.is_absolute() and len(text) > _LONGEST
    if not long or text.startswith("\\\\?\\"):
        return text
    return "\\\\?\\UNC\\" + text[2:] if text.startswith("\\\\") else "\\\\?\\" + text
