"""The table of what a master can tell one of its nodes to do; each command is answered.

A new command is a row here and a line in ``SlaveCommands.handlers`` (sharing/slave/commands.py). One that a
user gives gets its word, its button and its sentence here too, which ``network tell`` and the window of the
machines show; button and sentence are translated in the catalogues (scripts/texts.py).
"""

from __future__ import annotations

from enum import Enum
from typing import Dict


class NodeCommand(str, Enum):
    """The command of a MASTER_COMMAND; what its arguments are stands beside it.

    Each row: the value on the wire; the word of ``network tell`` and its help; the button in the window and
    the sentence when it is done, with {name} for the machine. All but the value are "" where a user does not
    give it that way.
    """

    word: str
    help: str
    button: str
    done: str

    # take jobs (again)
    START = ("start", "start", "", "Start", "{name} accepts films.")
    # let running jobs stand still, take none
    PAUSE = ("pause", "pause", "", "Pause", "{name} is paused.")
    RESUME = ("resume", "resume", "", "Resume", "{name} continues.")
    DRAIN = (
        "drain",
        "drain",
        "finish what runs, take no more",
        "Finish and stop",
        "{name} will stop after its current films.",
    )
    # job, attempt
    CANCEL_JOB = (
        "cancel_job",
        "",
        "",
        "Cancel film",
        "{name} stopped processing the film. The original is unchanged.",
    )
    PAUSE_JOB = "pause_job"  # job, attempt
    RESUME_JOB = "resume_job"  # job, attempt
    # gpu, software, remux
    SET_SLOTS = (
        "set_slots",
        "",
        "",
        "Parallel films…",
        "{name} now uses the new number of parallel films.",
    )
    RESCAN = (
        "rescan",
        "rescan",
        "look through its watched folders",
        "Rescan folders",
        "{name} is rescanning its folders.",
    )
    SEND_LOG = ("send_log", "", "", "Show log…")  # lines
    ADD_MAPPING = "add_mapping"  # theirs, ours: a folder of the master's and its name on the node
    DOCTOR_PATHS = "doctor_paths"  # folder, marker, content
    FOUND_KNOWN = "found_known"  # contents of films that the master knows of now

    def __new__(
        cls,
        value: str,
        word: str = "",
        help: str = "",  # noqa: A002 - as argparse calls it
        button: str = "",
        done: str = "",
    ) -> NodeCommand:
        """Make the member of a row."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.word, member.help = word, help
        member.button, member.done = button, done
        return member

    @property
    def is_about_films(self) -> bool:
        """Whether it is about the films that a machine makes, and not about the machine."""
        return self in _ABOUT_FILMS


_ABOUT_FILMS = frozenset(
    {
        NodeCommand.START,
        NodeCommand.PAUSE,
        NodeCommand.RESUME,
        NodeCommand.DRAIN,
        NodeCommand.CANCEL_JOB,
        NodeCommand.PAUSE_JOB,
        NodeCommand.RESUME_JOB,
    }
)
COMMANDS_BY_WORD: Dict[str, NodeCommand] = {
    command.word: command for command in NodeCommand if command.word
}
