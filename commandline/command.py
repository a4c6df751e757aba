"""What a command is: what it opens, and for each of its actions the options, the help and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Generic, Mapping, Optional, Tuple, Type, TypeVar

from commandline.options import Options

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.program import Program
    from commandline.output import Output

Place = TypeVar("Place", bound="DataFolder")


@dataclass(frozen=True)
class NoOptions:
    """Of an action that has none."""


@dataclass(frozen=True)
class Action(Generic[Place]):
    """One thing that a command does; made by ``action``, which holds options and functions together.

    ``run`` does it in this process and returns the exit code; None where ``entry`` does it, which has the
    window to open. ``at_work`` does it in the program that is at work with the data folder, for a later
    start of it: that of ``remote_call.run_here_or_there``. ``shows`` answers in the program at work as
    ``run`` would, for a later start that loads nothing (``at_once``); None where that one had better look
    itself.
    """

    name: str  # "" where the command has no others
    help: str
    options: Type[Any]
    run: Optional[Callable[[Place, Any, Output], int]] = None
    at_work: Optional[Callable[[Program, Any, Output], int]] = None
    shows: Optional[Callable[[Program, Any, Output], Optional[int]]] = None
    opens: Optional[Callable[[Path], Any]] = None  # where that is less than its command opens


def open_folder(data_dir: Path) -> DataFolder:
    """What a command opens that needs settings, database and logs alone; loads it."""
    from app.data_folder import DataFolder

    return DataFolder(data_dir)


def open_program(data_dir: Path) -> Program:
    """What a command opens that needs the whole program; loads it."""
    from app.program import Program

    return Program(data_dir)


def action(
    name: str,
    help: str,  # noqa: A002 - as argparse calls it
    options: Type[Options],
    run: Callable[[Place, Options, Output], int],
    at_work: Optional[Callable[[Program, Options, Output], int]] = None,
    shows: Optional[Callable[[Program, Options, Output], Optional[int]]] = None,
    opens: Optional[Callable[[Path], Place]] = None,
) -> Action[Place]:
    """Return a row of a command's actions."""
    return Action(name, help, options, run, at_work, shows, opens)


@dataclass(frozen=True)
class Command(Generic[Place]):
    """A command, as ``COMMAND`` of its module; ``commands.COMMANDS`` has its name and its line of help.

    ``opens`` is what its functions are given: the program, or the data folder alone, which is there sooner.
    ``state`` is what the program at work tells this command of a later start, which asks by
    ``app.running_program.ask_state``.
    """

    opens: Callable[[Path], Place]
    actions: Tuple[Action[Place], ...]
    state: Optional[Callable[[Program], Mapping[str, Any]]] = None

    def action(self, name: str) -> Action[Place]:
        """The action of this name; raises LookupError."""
        for known in self.actions:
            if known.name == name:
                return known
        raise LookupError(name)


def single(
    opens: Callable[[Path], Place],
    options: Type[Options],
    run: Callable[[Place, Options, Output], int],
    at_work: Optional[Callable[[Program, Options, Output], int]] = None,
) -> Command[Place]:
    """A command that does one thing."""
    return Command(opens, (action("", "", options, run, at_work),))
