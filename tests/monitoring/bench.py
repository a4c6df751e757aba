"""A real folder, watched by a real monitor with the system's own observer, and a real queue's table."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Type, Union

import pytest
from pymediainfo import MediaInfo

from analyzer import Analyzer
from core.errors import ProbeError
from core.events import JobState, ServiceNotice
from core.media.seen_file import FilmGlance
from core.queue.job import Job, NewJob
from core.settings.tree import MonitorSettings
from core.settings.watched_folder import RootState, RootStatus, WatchedFolder
from core.tools import Toolset
from monitor import Monitor
from processing.runner import ProcessRunner
from scheduling.watched_folder_queue import QueueIntake
from store.connection import Database
from store.jobs import JobStore
from tests.films import make_film
from tests.queue_environment import EventList

PATIENCE = 30.0  # seconds
STILL = 0.4


def tiny_film(folder: Path) -> bytes:
    """A real Matroska film of one picture."""
    return make_film(
        folder / "tiny.mkv",
        seconds=1,
        audio=[],
        subtitles=[],
        size=(32, 32),
    ).read_bytes()


class Bench:
    """``folder`` is watched; ``looks`` are the films that MediaInfo was asked about."""

    def __init__(self, place: Path, film: bytes, **fields: Any) -> None:
        self.folder = place / "films"
        self.folder.mkdir()
        self.place = place
        self.film = film
        self.database = Database(place / "data.db")
        self.jobs = JobStore(self.database)
        self.looks: List[Path] = []
        self.notices: List[ServiceNotice] = []
        self.events = EventList()
        self.settings = MonitorSettings(still_seconds=STILL, poll_seconds=1.0)
        self.trouble: Callable[[Path], object] = lambda path: None
        self._number = 0
        self.monitor = self.make_monitor()
        self.watched = self.monitor.folders.add(WatchedFolder(self.folder, **fields))

    def make_monitor(self, **more: Any) -> Monitor:
        """A monitor as after a new start of the program."""
        intake = QueueIntake(self.database, self, self.events)
        return Monitor(
            self.database,
            intake,
            self._glances,
            lambda: self.settings,
            self.notices.append,
            **more,
        )

    @property
    def looks_are_real(self) -> bool:
        """Whether MediaInfo is here."""
        return bool(MediaInfo.can_parse())

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        return self.jobs.add(films)

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.monitor.stop()
        self.database.close()

    def _glances(self, paths: Sequence[Path]) -> Iterator[Union[FilmGlance, ProbeError]]:
        for path in paths:
            self.looks.append(path)
            try:
                self.trouble(path)
            except ProbeError as error:
                yield error
                continue
            if self.looks_are_real:
                yield from Analyzer(ProcessRunner(), Toolset()).glances((path,))
            elif path.read_bytes().startswith(self.film[:40]):  # an old Python without the library
                yield FilmGlance(1.0)
            else:
                yield ProbeError(path, "is no film.")

    def start_mediainfo(self) -> None:
        """Have a child of MediaInfo running: its start takes longer than all else that is done here."""
        if self.looks_are_real:
            film = self.place / "first.mkv"
            film.write_bytes(self.film)
            list(Analyzer(ProcessRunner(), Toolset()).glances((film,)))

    def new_content(self, size: int = 0) -> bytes:
        """A film that no other is like: what follows the last picture differs."""
        self._number += 1
        return self.film + b"\xec" + bytes(size) + str(self._number).encode()

    def put(self, name: str, *, age: float = 3600.0, content: Optional[bytes] = None) -> Path:
        """Lay a film into the folder as if it had been there for ``age`` seconds."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.new_content() if content is None else content)
        self.set_age(path, age)
        return path

    @staticmethod
    def set_age(path: Path, age: float) -> None:
        at = time.time() - age
        os.utime(path, (at, at))

    def start(self) -> None:
        """Watch, and wait until the first look is over."""
        self.monitor.start()
        self.wait(
            lambda: self.status.state in (RootState.WATCHING, RootState.POLLING), "the first look"
        )

    def restart(self) -> None:
        """End the watching and begin it anew, as another start of the program."""
        self.monitor.stop()
        self.looks.clear()
        self.monitor = self.make_monitor()
        self.start()

    @property
    def status(self) -> RootStatus:
        return self.monitor.statuses()[0]

    def queue(self, *states: JobState) -> Dict[str, Job]:
        """The jobs in these states (queued ones when none is named) by the path below the folder."""
        page = self.jobs.page(states or (JobState.QUEUED,), limit=-1)
        return {job.path.relative_to(self.folder).as_posix(): job for job in page}

    def wait(self, reached: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while not reached():
            if time.monotonic() > deadline:
                pytest.fail(
                    f"waited in vain for {what}; status {self.status}, notices {self.notices}, "
                    f"queue {sorted(self.queue())[:20]}"
                )
            time.sleep(0.01)

    def wait_for_films(self, *names: str) -> None:
        """Wait until exactly these films are queued."""
        self.wait(lambda: set(self.queue()) == set(names), f"{names} in the queue")

    def another_look(self) -> None:
        """Have everything looked through, and wait for the end of it."""
        before = self.status.since
        self.monitor.look_through()
        self.wait(
            lambda: (
                self.status.since > before
                and self.status.state in (RootState.WATCHING, RootState.POLLING)
            ),
            "another look",
        )
