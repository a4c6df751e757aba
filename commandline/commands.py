"""The list of commands. A new one is a line here and a module of its name in this folder.

The module holds all that is the command's own, and is loaded when the command is used:

- its options, a frozen dataclass for each action (``commandline.options`` says how they are declared);
- ``run(program, options, output)``, which does it and returns the exit code (``commandline.exit_codes``);
- where a program at work with the data folder has to do it, ``at_work`` with the same parameters, and a
  ``run`` that calls ``commandline.remote_call.run_here_or_there``;
- ``COMMAND = single(open_program, MyOptions, run)``, or ``Command(open_program, (action(...), ...))`` with a
  row for each action. ``DataFolder`` stands in place of ``open_program`` where settings and the database are
  all that it needs.

Its tests: a line for each way to end in tests/commandline/test_exit_codes.py, how a failing step is tried in
test_failing_steps.py, a JSON schema in docs/schemas, its row in docs/commandline.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Dict, Tuple

from commandline.command import Action, Command

OPEN = "open"

COMMANDS: Dict[str, str] = {  # in the order of --help
    OPEN: "open the window and queue films; the same as naming films alone",
    "analyze": "show a film's tracks and properties",
    "plan": "show what would be done with a film and why, without doing it",
    "quality": "show which number of its encoder gives a film the quality that is wanted",
    "process": "process films and all films of folders, one after the other",
    "restore": "restore the originals of films, or of all films in folders",
    "originals": "show which originals are kept, and remove some before their time",
    "exclusions": "never touch a film or a folder",
    "log": "show the log of the program or of one job",
    "bundle": "write a bug report, without keys and passwords",
    "queue": "show and change the queue",
    "quit": "end the program that is at work; its films go on at its next start",
    "library": "show what watched folders hold, what would be saved, and damaged films",
    "stats": "show statistics: films, space saved, speed, by machine and codec",
    "report": "write the statistics as an HTML page with charts",
    "doctor": "check the tools, the data folder and the database",
    "check-machine": "try every encoder of this machine on short films, for a report",
    "settings": "show and change settings",
    "presets": "keep video settings under a name, and use them",
    "setup": "export or import the whole setup, to move it to another machine",
    "apis": "set up OMDb, Sonarr and Radarr, which know films, and media servers",
    "messages": "send messages to a phone, mailbox or chat, such as when a film failed",
    "network": "pair, show and control machines",
    "folders": "manage and scan watched folders",
}

# Commands whose first act is to look into a film: what does that starts while they are loaded.
LOOKING = frozenset({"analyze", "plan"})

# Actions in a module of their own, for which no more is loaded: their row is its ``ACTION``.
_ALONE = {("queue", "list"): "queue_list"}


def module_of(name: str) -> str:
    """The module of a command; a name of two words has an underscore there."""
    return f"commandline.{name.replace('-', '_')}"


def load(name: str) -> Command[Any]:
    """Load a command's module; raises LookupError for a name that is not in the list."""
    if name not in COMMANDS:
        raise LookupError(name)
    command: Command[Any] = import_module(module_of(name)).COMMAND
    return command


def actions_of(name: str, asked: str = "") -> Tuple[Action[Any], ...]:
    """The rows of a command, or the one that is ``asked`` for; raises LookupError as ``load``."""
    alone = _ALONE.get((name, asked))
    if alone is not None:
        return (import_module(f"commandline.{alone}").ACTION,)
    rows = load(name).actions
    return tuple(row for row in rows if row.name == asked) or rows
