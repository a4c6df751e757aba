"""Puts a file under a film's name and takes one away, never on a look that may be too old.

What is going to go is first moved aside into our own folder, where nobody else puts anything, and looked at
there. What turns out not to be ours goes back to its name. So another program can do what it likes
between any two steps: the worst is that its file is away from its name for a moment.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Callable, Optional

from core.errors import SourceChanged
from core.ports import Notifier
from core.system_errors import is_missing
from core.text.sentence import Sentence
from processing.filesystem import FileOperations, outgoing

_FOLDER_TRIES = 5  # another job may tidy an empty folder away just when we made it
Test = Callable[[Path], bool]


class Placing:
    """``notify`` takes sentences for the user about what was kept."""

    def __init__(self, files: FileOperations, notify: Notifier) -> None:
        self._files = files
        self._notify = notify

    def put(
        self, fresh: Path, aside: Path, name: Path, *, is_old: Test, is_fresh: Test, spare: Test
    ) -> None:
        """Put ``fresh`` under a name that something has; that lies at ``aside`` afterwards.

        ``spare`` says what may be removed where its name was taken again. Raises SourceChanged when
        something else than ``is_old`` says has the name; everything is as it was then. Raises OSError
        when the system refuses; ``straighten`` puts right what that leaves.
        """
        if not is_old(name):
            raise SourceChanged(name)
        self._files.move(fresh, aside)
        try:
            self._files.replace(aside, name)
        except OSError as error:
            self.straighten(aside, name, is_fresh=is_fresh, home=fresh, spare=spare)
            if is_missing(error) or isinstance(error, FileExistsError):
                raise SourceChanged(name) from error
            raise
        if not is_old(aside):
            self.straighten(aside, name, is_fresh=is_fresh, home=fresh, spare=spare)
            raise SourceChanged(name)

    def withdraw(self, name: Path, aside: Path, *, is_ours: Test) -> bool:
        """Take our file from a name, to ``aside``; False when another file has it, which stays."""
        for _ in range(_FOLDER_TRIES):
            if not is_ours(name):
                return False
            self._files.make_folder(aside.parent)
            with contextlib.suppress(FileNotFoundError):
                self._files.take(name, aside)
                break
        if is_ours(aside):
            return True
        if self._files.taken(aside):
            self.give_back(aside, name)
        return False

    def settle_last_step(self, aside: Path) -> None:
        """Take the last step of a ``replace`` that was cut short just before it."""
        waiting = outgoing(aside)
        if self._files.taken(waiting) and not self._files.taken(aside):
            self._files.move(waiting, aside)

    def straighten(
        self, aside: Path, name: Path, *, is_fresh: Test, home: Path, spare: Optional[Test] = None
    ) -> None:
        """Undo a ``put`` at whatever step it stopped: the fresh file is at ``home`` again.

        What had the name gets it back; where another file has it by now, it is removed if it is
        ``spare``, else kept under a name of its own.
        """
        self.settle_last_step(aside)
        if self._files.taken(aside) and not is_fresh(aside) and is_fresh(name):
            self._files.replace(aside, name)
        if is_fresh(aside):
            if is_fresh(home):
                self._files.remove(aside)  # its second name, when a move was cut short
            else:
                self._files.move(aside, home)
        for path in (outgoing(aside), aside):
            if self._files.taken(path):
                self.give_back(path, name, spare)

    def give_back(self, path: Path, name: Path, spare: Optional[Test] = None) -> None:
        """Move a file back to the name that it was taken from, or keep it beside."""
        try:
            self._files.move(path, name)
        except FileExistsError:
            if spare is not None and spare(path):
                self._files.remove(path)
            else:
                self._keep(path, name)

    def _keep(self, path: Path, name: Path) -> None:
        """Give what was taken from a name that has a new file now a visible name of its own."""
        for number in range(1, 10000):
            kept = name.with_name(f"{name.stem} (kept {number}){name.suffix}")
            try:
                self._files.move(path, kept)
            except FileExistsError:
                continue
            self._notify(
                Sentence(
                    "{name} was replaced by another program twice. The first is kept as {kept}.",
                    name=name,
                    kept=kept,
                )
            )
            return
