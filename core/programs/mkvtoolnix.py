"""mkvpropedit and mkvmerge: their versions, their warnings and their errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import FrozenSet

from core.programs.program import NO_VERSION, FilmLength, OutsideProgram, Package, Version
from core.progress import MkvtoolnixProgress
from core.text.ansi import without_ansi
from core.text.sentence import Sentence
from core.tools import ToolName

_VERSION = re.compile(r"v(\d+(?:\.\d+)*)")
_ERROR = re.compile(r"^(?:#GUI#error\b|Error:)")


@dataclass(frozen=True, eq=False)
class MkvtoolnixProgram(OutsideProgram):
    """One of MKVToolNix; its exit code is 1 for warnings."""

    good_returncodes: FrozenSet[int] = frozenset({0, 1})

    def version(self, answer: str) -> Version:
        """Read ``mkvmerge v74.0.0 ('You Oughta Know') 64-bit``."""
        start = f"{self.name} "
        found = _VERSION.match(answer.lstrip()[len(start) :])
        if not found or not answer.lstrip().startswith(start):
            return NO_VERSION
        return Version(found.group(1), tuple(int(part) for part in found.group(1).split(".")))

    def is_error(self, line: str, *, stdout: bool = False) -> bool:  # noqa: ARG002
        """It says so, on either stream."""
        return bool(_ERROR.search(without_ansi(line)))

    def is_counter(self, line: str) -> bool:
        """Its percent, in either spelling."""
        return line.startswith(("Progress:", "#GUI#progress"))

    def progress(self, span: FilmLength) -> MkvtoolnixProgress:  # noqa: ARG002
        """It measures its work itself."""
        return MkvtoolnixProgress()


_PACKAGE = Package(
    "MKVToolNix",
    "https://mkvtoolnix.download/downloads.html",
    {
        "winget": "MoritzBunkus.MKVToolNix",
        "apt-get": "mkvtoolnix",
        "pacman": "mkvtoolnix-cli",
        "brew": "mkvtoolnix",
    },
    for_all_users=True,
)
_HINTS = {
    "win32": Sentence("It is part of MKVToolNix: winget install MoritzBunkus.MKVToolNix"),
    "darwin": Sentence("It is part of MKVToolNix: brew install mkvtoolnix"),
    "": Sentence("It is part of MKVToolNix: sudo apt install mkvtoolnix"),
}
_FOLDERS = ("MKVToolNix", r"Programs\MKVToolNix")
MKVPROPEDIT = MkvtoolnixProgram(
    ToolName.MKVPROPEDIT,
    ("mkvpropedit",),
    _PACKAGE,
    _HINTS,
    windows_folders=_FOLDERS,
    windows_names=("mkvpropedit", "mkvtoolnix-gui"),
    windows_product="mkvtoolnix",
    companions=("mkvextract",),
    setting="mkvpropedit",
)
MKVMERGE = MkvtoolnixProgram(
    ToolName.MKVMERGE,
    ("mkvmerge",),
    _PACKAGE,
    _HINTS,
    windows_folders=_FOLDERS,
    windows_names=("mkvmerge", "mkvtoolnix-gui"),
    windows_product="mkvtoolnix",
    setting="mkvmerge",
)
