"""What the rest of the program asks of an outside program, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import FrozenSet, Mapping, NamedTuple, Optional, Protocol, Tuple

from core.ports import Captured
from core.progress import ProgressParser
from core.tools import ToolInfo, ToolName


class Version(NamedTuple):
    """A version as the program writes it, and as numbers that compare; () when it has none."""

    text: str
    numbers: Tuple[int, ...]


NO_VERSION = Version("", ())


class Ask(Protocol):
    """Runs the program and returns its answer; ``patient`` where it tries the graphics."""

    def __call__(self, *arguments: str, patient: bool = False) -> Captured:
        """Return what the program answered."""


@dataclass(frozen=True)
class FilmLength:
    """What a progress is measured against: a film's seconds, pictures a second, and bytes."""

    duration: Optional[float]
    frame_rate: Optional[float] = None
    size: Optional[int] = None


@dataclass(frozen=True, eq=False)
class Package:
    """What brings a program onto a machine.

    ``managers`` has each package manager's own name of it, ``remark`` who needs it; ``for_all_users`` says
    that winget's installer of it asks for an administrator's consent.
    """

    name: str
    page: str
    managers: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    for_all_users: bool = False


@dataclass(frozen=True, eq=False)
class OutsideProgram(ABC):
    """One program.

    ``executables`` are its file's names without ``.exe``, likeliest first; ``hints`` one sentence by
    ``sys.platform`` (``""`` for all others) on how to get it, ``driver_hints`` on what it lacks where it is
    installed and cannot work. ``windows_folders`` lie below the folders of programs, ``windows_names`` is
    what it registers as, ``windows_product`` what names it in the list of installed programs.
    ``companions`` are programs that come with it, each an ability where it lies beside; ``setting`` is the
    field of ``ToolSettings`` that holds its path; ``words`` tells abilities that are no encoder's.
    """

    name: ToolName
    executables: Tuple[str, ...]
    package: Package
    hints: Mapping[str, str]
    driver_hints: Mapping[str, str] = field(default_factory=dict)
    windows_folders: Tuple[str, ...] = ()
    windows_names: Tuple[str, ...] = ()
    windows_product: str = ""
    companions: Tuple[str, ...] = ()
    setting: str = ""
    words: Tuple[Tuple[str, str], ...] = ()
    version_option: str = "--version"
    progress_on_stderr: bool = False
    good_returncodes: FrozenSet[int] = frozenset({0})

    def hint(self, system: str) -> str:
        """How to get it on a ``sys.platform``, as one sentence."""
        return self.hints.get(system, self.hints[""])

    @abstractmethod
    def version(self, answer: str) -> Version:
        """Read its version; ``NO_VERSION`` where the text does not come from this program at all."""

    def abilities(self, ask: Ask, version: str) -> FrozenSet[str]:  # noqa: ARG002
        """What it can do on this machine; ``version`` is its whole answer about its version."""
        return frozenset()

    def capability(self, info: ToolInfo) -> Tuple[bool, ...]:  # noqa: ARG002
        """What counts more than age where several of it are found."""
        return ()

    def shortcoming(self, info: ToolInfo) -> str:  # noqa: ARG002
        """What the one that was found lacks, as one sentence; empty where it is all right."""
        return ""

    def is_error(self, line: str, *, stdout: bool = False) -> bool:  # noqa: ARG002
        """Whether this line of its output means that its result cannot be trusted."""
        return False

    def is_counter(self, line: str) -> bool:  # noqa: ARG002
        """Whether this line only says how far it is."""
        return False

    def is_device_code(self, returncode: int) -> bool:  # noqa: ARG002
        """Whether this exit code says that the graphics chip cannot be used (any more)."""
        return False

    def is_machine_code(self, returncode: int) -> bool:
        """Whether this exit code blames the machine, its graphics or its memory, not the film."""
        return self.is_device_code(returncode)

    def refuses(self, line: str) -> bool:
        """Whether this line says what it could not do, rather than what it does."""
        return self.is_error(line)

    @abstractmethod
    def progress(self, span: FilmLength) -> ProgressParser:
        """A reader of its progress."""
