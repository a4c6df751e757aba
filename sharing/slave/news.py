"""What a slave's work comes to, as its log and whoever runs it without a window read it."""

from __future__ import annotations

import logging
from typing import Callable

from core.protocol.peer_fields import shown
from core.settings.path_mappings import pure_path
from sharing.slave.task import SlaveTask

_log = logging.getLogger("mediaprocessor.queue")


class SlaveNews:
    """Logs each sentence and gives it to ``tell``; counts what was made since the program's start.

    Usable from every thread.
    """

    def __init__(self, tell: Callable[[str], None] = lambda sentence: None) -> None:  # noqa: ARG005
        self._tell = tell
        self._master = "the master"
        self._idle = ""  # why there is no film, where the master has said so
        self.gone_by = ""  # why the master went the last time
        self.made = 0  # films whose result the master has taken
        self.not_made = 0

    def connected(self, name: str) -> None:
        """The master is there."""
        self._master, self._idle = f"the master {shown(name)}", ""
        self._say(f"Connected with {self._master}; it is asked for films.")

    def gone(self, reason: str) -> None:
        """The master is away."""
        master, self.gone_by = _begun(self._master), reason
        self._say(f"{master} is gone: {reason} What is in work goes on.", logging.WARNING)

    def no_film(self, reason: str) -> None:
        """The master had none to give; ``reason`` is its word, or empty."""
        sentence = f"{_begun(self._master)} has no film for this machine. {shown(reason)}".strip()
        if sentence != self._idle:
            self._idle = sentence
            self._say(sentence)

    def begins(self, film: str) -> None:
        """The master gave a film."""
        self._idle = ""
        self._say(f"{_name(film)}: begun for {self._master}")

    def ended(self, task: SlaveTask, taken: bool) -> None:
        """The master heard what became of a film, and has ``taken`` the result or does not want it."""
        film, error = _name(task.film), task.job.report.get("error")
        if error is not None:
            self.not_made += 1
            self._say(f"{film}: not made: {error['message']}", logging.WARNING)
        elif taken:
            self.made += 1
            self._say(f"{film}: made, and handed in")
        else:
            self.not_made += 1
            self._say(f"{film}: made, and not wanted by {self._master} any more", logging.WARNING)

    def given_up(self, task: SlaveTask) -> None:
        """A film is not worked on any more."""
        self.not_made += 1
        self._say(f"{_name(task.film)}: given up", logging.WARNING)

    @property
    def sums(self) -> str:
        """Say what was made since the program's start."""
        films = {0: "No film was", 1: "1 film was"}.get(self.made, f"{self.made} films were")
        others = f", {self.not_made} not" if self.not_made else ""
        return f"{films} made for {self._master}{others}."

    def _say(self, sentence: str, level: int = logging.INFO) -> None:
        _log.log(level, "%s", sentence)
        self._tell(sentence)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name(film: str) -> str:
    """Return a film's name without its folders, of whatever system they are."""
    return pure_path(film).name or film
