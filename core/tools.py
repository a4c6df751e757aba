"""The outside programs: which there are, their versions, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import ClassVar, Dict, FrozenSet, Optional, Tuple

# For ffmpeg and ffprobe, in front of each film: whatever a film names, only files of this machine and the
# pipe between two tools are opened, never the network. Other programs have no such option.
ONLY_FILES = ("-protocol_whitelist", "file,pipe")


class ToolName(str):
    """The name of a program that a job may call, as the user reads it.

    Those that every job can need are here; a family of encoders names its own (``core.encoders``). Each name
    exists once, so that names can be compared by identity.
    """

    FFMPEG: ClassVar[ToolName]
    FFPROBE: ClassVar[ToolName]
    MKVPROPEDIT: ClassVar[ToolName]
    MKVMERGE: ClassVar[ToolName]
    _known: ClassVar[Dict[str, ToolName]] = {}

    def __new__(cls, text: str) -> ToolName:
        """Return the one name of this text."""
        return cls._known.setdefault(text, super().__new__(cls, text))

    @property
    def value(self) -> str:
        """The plain text."""
        return str(self)


ToolName.FFMPEG = ToolName("ffmpeg")
ToolName.FFPROBE = ToolName("ffprobe")
ToolName.MKVPROPEDIT = ToolName("mkvpropedit")
ToolName.MKVMERGE = ToolName("mkvmerge")


class ToolOrigin(str, Enum):
    """Where a program was found, best first."""

    CONFIGURED = "set by you"
    EMBEDDED = "comes with MediaProcessor"
    PATH = "found in PATH"
    USUAL_PLACE = "found in its usual folder"


@dataclass(frozen=True)
class ToolInfo:
    """One program on this machine.

    ``abilities`` names what it can do: ffmpeg's encoders, filters, bitstream filters and library
    decoders by their own names (``libx265``, ``libopus``, ``aformat``, ``dovi_rpu``, ``libdav1d``), and
    ``libx265_10bit`` and the like for encoders built for 10 bits; those of a program that only encodes as
    ``hevc``, ``hevc_10bit``, ``av1``, ``av1_10bit``, ``libdovi`` (only what this machine's graphics offers).
    """

    name: ToolName
    path: Path
    version: str = ""
    numbers: Tuple[int, ...] = ()
    origin: ToolOrigin = ToolOrigin.PATH
    abilities: FrozenSet[str] = frozenset()

    def at_least(self, *numbers: int) -> bool:
        """Whether the version is this one or newer; an unreadable version is not."""
        return bool(self.numbers) and self.numbers >= numbers


@dataclass(frozen=True)
class Toolset:
    """The best of each program found on this machine."""

    tools: Tuple[ToolInfo, ...] = ()

    def get(self, name: ToolName) -> Optional[ToolInfo]:
        """The program of that name, or None."""
        return next((tool for tool in self.tools if tool.name is name), None)

    def can(self, name: ToolName, *abilities: str) -> bool:
        """Whether the program is there and has all of these abilities."""
        tool = self.get(name)
        return tool is not None and tool.abilities.issuperset(abilities)

    def identity(self, name: str) -> str:
        """A tool's name with its version: what a verdict about the tool is bound to."""
        found = next((tool for tool in self.tools if tool.name.value == name), None)
        return f"{name} {found.version}".strip() if found is not None else name


@dataclass(frozen=True)
class InstallOffer:
    """One package that brings ``tool``, the first of the missing programs that are in it.

    ``title`` names the package and what comes with it. ``argv`` is empty where no package manager has it;
    ``hint`` then says where it is to be had. ``needs_admin``: the system asks for an administrator's
    consent or password.
    """

    tool: ToolName
    title: str
    argv: Tuple[str, ...]
    needs_admin: bool
    hint: str
