"""Checks regularly that the film being processed still exists unchanged, so that no work is wasted.

A share that hangs holds up a thread of its own and nobody else; it is then the encoder's stall that tells.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Callable, Iterator, Optional, Type

from core.errors import (
    FileUnavailable,
    FilmGone,
    FilmMoved,
    JobCancelled,
    MediaProcessorError,
    SourceChanged,
)
from core.media.film_names import holds_films, is_film
from core.media.model import FileIdentity
from core.system_errors import system_problem
from core.text.sentence import Sentence
from processing.control import JobControl
from processing.filesystem import DOT_FOLDER, FileOperations, FileState, same_file

LOOK_EVERY = 2.0  # seconds
_LAST_LOOK = 5.0  # seconds that a look may take where something failed


class FilmWatch:
    """Ends a job's work (``JobControl.end``) when two checks in a row say that it is pointless.

    Programs that save a file often replace it, so that for a moment there is none. An error of ours that
    leaves the ``with`` becomes what is wrong with the film, where something is.
    """

    def __init__(
        self,
        path: Path,
        identity: FileIdentity,
        control: JobControl,
        files: FileOperations,
    ) -> None:
        self._path = path
        self._identity = identity
        self._control = control
        self._files = files
        self._every = LOOK_EVERY
        self._ending = threading.Lock()
        self._ended = threading.Event()
        self._asked = threading.Event()  # also wakes the thread
        self._answered = threading.Event()
        self._problem: Optional[MediaProcessorError] = None
        self._unchanged: Optional[FileState] = None  # of the last look that found it so
        self._thread = threading.Thread(target=self._watch, name="film-watch", daemon=True)

    def __enter__(self) -> FilmWatch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        failed = isinstance(error, (MediaProcessorError, OSError))
        asks = failed and not isinstance(error, JobCancelled)
        if asks:
            self._answered.clear()
            self._asked.set()
            self._answered.wait(_LAST_LOOK)
        with self._ending:  # a look that comes back late ends nothing any more
            self._ended.set()
            self._control.end(None)
        self._asked.set()
        if asks and self._problem is not None and self._problem is not error:
            raise self._problem from error

    def _watch(self) -> None:
        with _held(self._path) as name_now:
            before: Optional[MediaProcessorError] = None
            while True:
                asked = self._asked.wait(self._every)
                if self._ended.is_set():
                    return
                found = self._look(name_now)
                if found is not None and (asked or type(found) is type(before)):
                    self._end(found)
                before = found
                if asked:
                    self._asked.clear()
                    self._answered.set()

    def _end(self, problem: MediaProcessorError) -> None:
        with self._ending:
            if not self._ended.is_set():
                self._problem = problem
                self._control.end(problem)

    def _look(self, name_now: Callable[[], Optional[Path]]) -> Optional[MediaProcessorError]:
        """Return what is wrong with the film; None if it is unchanged.

        Its content is read where anything was done to it since a look that read it: an encode takes hours.
        """
        try:
            state = self._files.state(self._path)
            if state is not None and state == self._unchanged:
                return None
            found = self._files.identity(self._path)
            if found is None:
                return self._missing(name_now())
        except OSError as error:
            return FileUnavailable(
                self._path,
                Sentence(
                    "its disk or share is not connected ({problem}).", problem=system_problem(error)
                ),
            )
        if not same_file(found, self._identity):
            return SourceChanged(self._path)
        self._unchanged = state
        return None

    def _missing(self, name_now: Optional[Path]) -> MediaProcessorError:
        path = self._path
        found = (name for name in (name_now, self._beside()) if self._is_the_film(name))
        now = next(found, None)
        if now is not None and is_film(now.name):
            new = (part for part in now.parts[:-1] if part not in path.parts)
            if all(map(holds_films, new)):  # no bin
                return FilmMoved(path, now)
        above = next((folder for folder in path.parents if folder.is_dir()), None)
        if above is None or (
            self._identity.device and above.stat().st_dev != self._identity.device
        ):
            return FileUnavailable(
                path, Sentence("its disk or share was disconnected while it was worked on.")
            )
        missing = (
            Sentence("it was moved, renamed or deleted while it was worked on.")
            if above == path.parent
            else Sentence("its folder was moved, renamed or deleted while it was worked on.")
        )
        return FilmGone(
            path,
            missing,
        )

    def _is_the_film(self, path: Optional[Path]) -> bool:
        found = self._files.identity(path) if path is not None and path != self._path else None
        return found is not None and same_file(found, self._identity)

    def _beside(self) -> Optional[Path]:
        """Return the file of the same folder that has the film's number, which is a rename of it."""
        if not self._identity.inode or not self._path.parent.is_dir():
            return None
        with os.scandir(self._path.parent) as found:
            for entry in found:
                if is_film(entry.name) and self._is_the_film(Path(entry.path)):
                    return Path(entry.path)
        return None


def clear_moved(files: FileOperations, staged: Path, label: str, film: Path) -> None:
    """Remove what was ``staged`` where the film's whole folder was renamed: our dot folder went with it.

    A node may have written beside the film as well, under a name that begins with the job's ``label``.
    """
    moved = film.parent / DOT_FOLDER
    if staged.parent.is_dir() or not moved.is_dir():
        return
    for path in moved.iterdir():
        by_node = path.name.startswith(f"{label}.") and ".remote" in path.name
        if by_node or path.name.startswith(staged.name):
            files.remove_scratch(path)
    files.remove_folders(moved)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[Callable[[], Optional[Path]]]:
    """Give a function that says what the file at ``path`` is called now; Linux knows that of what is open.

    The film is not opened to be read, which network shares would notice.
    """
    flags = getattr(os, "O_PATH", None)
    descriptor: Optional[int] = None
    if sys.platform == "linux" and flags is not None:
        with contextlib.suppress(OSError):
            descriptor = os.open(path, flags)

    def name_now() -> Optional[Path]:
        with contextlib.suppress(OSError):
            if descriptor is not None:
                return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        return None

    try:
        yield name_now
    finally:
        if descriptor is not None:
            os.close(descriptor)
