"""One watched folder and its thread."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import Future
from typing import Dict, List, Optional, Sequence

from core.errors import MediaProcessorError
from core.queue.outcome import sentence_of
from core.settings.watched_folder import RootState, RootStatus, WatchedFolder
from core.system_errors import system_problem
from core.text.sentence import Sentence
from monitoring.intake import Heartbeat
from monitoring.reading import Reading, RootServices, ScanReport
from monitoring.watch import FolderWatch

_log = logging.getLogger("mediaprocessor.monitor")
_TICK = 1.0  # seconds between two turns while there is something to do
# Seconds between two where nothing is, if no event wakes it: a disk was mounted over it.
_AT_REST = 7.5
_CALM = 0.5  # seconds without an event until the changed directories are read
_IMPATIENCE = 10.0  # seconds after which they are read even while events continue
_GONE_CHECK = 15.0  # seconds between two checks for deleted films
_AWAY = 3600.0  # seconds that jobs of an unreachable folder wait at a time
_RETRY = 60.0  # seconds until a root that could not be read is scanned again


class _Ended(Exception):
    """The program is ending: unfinished work is left, and found at the next start."""


class WatchEnded(MediaProcessorError):
    """A folder is not watched any more."""

    code = "watch_ended"
    transient = True

    def __init__(self, folder: WatchedFolder) -> None:
        self.path = folder.path
        super().__init__(
            Sentence(
                "The folder {path} is watched no longer; look through it again.", path=folder.path
            )
        )


class Root:
    """Watches one folder in a thread of its own, or scans it once (``scan``)."""

    def __init__(self, folder: WatchedFolder, services: RootServices) -> None:
        self.folder = folder
        self._services = services
        self._reading = Reading(folder, services)
        self._dirty: Dict[str, bool] = {}
        self._dirty_since = self._dirty_last = 0.0
        self._watch = FolderWatch(folder, services.report, services.monotonic, self._event_came)
        self._next_scan = 0.0
        self._asked: List[Future[ScanReport]] = []  # requests for the next whole scan
        self._check_gone = 0.0
        self._wake = threading.Event()
        self._resting = False  # until an event comes
        self._ending = False
        self._beat: Heartbeat = lambda: None
        self._lock = threading.Lock()
        self._last_error = ""
        self._away_until = 0.0
        self._status = RootStatus(folder, RootState.STARTING, services.now())

    @property
    def status(self) -> RootStatus:
        """Return its present state, to be shown."""
        with self._lock:
            return self._status

    @property
    def away(self) -> str:
        """Return why the folder is unreachable; empty where it is reachable."""
        status = self.status
        return status.message if status.state is RootState.OFFLINE else ""

    def is_away(self, why: str) -> None:
        """Mark the folder as unreachable, since a thread hangs there; thread-safe."""
        now = self._services.now()
        if now >= self._away_until - _AWAY / 2:
            self._let_jobs_wait(now, why)
        with self._lock:
            self._change(RootState.OFFLINE, why, waiting=0)

    def run(self, beat: Heartbeat, patience: float) -> None:
        """Watch until ``end``; errors are reported and the work is tried again.

        At rest there is a beat at least four times in ``patience`` seconds.
        """

        def checked_beat() -> None:
            beat()
            if self._ending:
                raise _Ended

        self._beat = checked_beat
        longest = patience / 4
        try:
            while not self._ending:
                beat()
                try:
                    self._turn()
                except _Ended:
                    return
                except Exception as error:  # noqa: BLE001 - watching never ends by an error
                    self._failed(error)
                rest = min(self._rest(), longest)
                if self._wake.wait(rest) and rest > _TICK and not (self._ending or self._asked):
                    self._wake.clear()
                    self._wake.wait(
                        _CALM
                    )  # for what comes with it: the folder that takes its place
                self._wake.clear()
        finally:
            self._watch.close()
            self._fail(self._take_asked(), WatchEnded(self.folder))

    def scan_alone(self, beat: Heartbeat) -> ScanReport:
        """Scan the folder once, without watching it; for a single command."""
        self._beat = beat
        return self.scan()

    def _rest(self) -> float:
        """Return the seconds until the next turn; a long rest is ended by the system's first event."""
        now = self._services.monotonic()
        calm = (
            self.status.state is RootState.WATCHING
            and not self._dirty
            and not self._reading.waiting
            and now < self._next_scan
        )
        self._resting = calm
        if not calm or self._watch.has_changes:
            return _TICK
        return max(_TICK, min(_AT_REST, self._next_scan - now, self._check_gone - now))

    def _event_came(self) -> None:
        """Called by the thread that hears the system; while files are written it does so all the time."""
        if self._resting:
            self._resting = False
            self._wake.set()

    def end(self) -> None:
        """Let the thread end."""
        self._ending = True
        self._wake.set()

    def look_through(self) -> None:
        """Have the whole folder scanned now."""
        self.scan_soon()

    def scan_soon(self) -> Future[ScanReport]:
        """Have the folder's own thread scan all of it now; the future holds the report.

        It fails with WatchEnded where that thread ends before.
        """
        asked: Future[ScanReport] = Future()
        with self._lock:
            self._asked.append(asked)
        if self._ending:
            self._fail(self._take_asked(), WatchEnded(self.folder))
        self._wake.set()
        return asked

    # ---- a turn of the thread

    def _turn(self) -> None:
        problem = self.offline_problem()
        if problem:
            self._go_offline(problem)
            for future in self._take_asked():
                future.set_result(ScanReport(offline=problem))
            return
        if self.status.state in (RootState.OFFLINE, RootState.STARTING):
            self._come_online()
        elif self._watch.keep(self._beat):
            self._next_scan = 0.0
        now = self._services.monotonic()
        self._gather(now)
        if self._asked or now >= self._next_scan:
            self._scan_for(self._take_asked())
        elif self._dirty and (
            now - self._dirty_last > _CALM or now - self._dirty_since > _IMPATIENCE
        ):
            dirty, self._dirty = self._dirty, {}
            self._reading.directories(dirty, self._beat)
        self._reading.settle(self._beat)
        if now >= self._check_gone:
            self._check_gone = now + _GONE_CHECK
            self._reading.end_jobs_of_gone()
        self._show(films=self._reading.films, waiting=self._reading.waiting)

    def _scan_for(self, asked: Sequence[Future[ScanReport]]) -> None:
        """Scan the whole folder, also for those who wait for its report."""
        try:
            report = self.scan()
        except _Ended:
            self._fail(asked, WatchEnded(self.folder))
            raise
        except Exception as error:
            self._fail(asked, error)
            raise
        for future in asked:
            future.set_result(report)

    def _take_asked(self) -> Sequence[Future[ScanReport]]:
        with self._lock:
            asked, self._asked = self._asked, []
        return asked

    @staticmethod
    def _fail(asked: Sequence[Future[ScanReport]], error: Exception) -> None:
        for future in asked:
            future.set_exception(error)

    def offline_problem(self) -> str:
        """Return why the folder cannot be read; empty when it can."""
        path = self.folder.path
        try:
            with os.scandir(path) as entries:
                empty = next(entries, None) is None
        except NotADirectoryError:
            return Sentence("{path} is not a folder.", path=path)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            why = Sentence("it is not there") if missing else system_problem(error)
            return Sentence("{path} is away ({why}).", path=path, why=why)
        if empty and self._services.seen.has_any(self.folder.id) and not self._watch.same_place():
            # An unmounted share leaves its empty mount point.
            return Sentence(
                "{path} is empty, although films were seen there; its disk may be away.", path=path
            )
        return ""

    def _go_offline(self, problem: str) -> None:
        now = self._services.now()
        if self.status.state is RootState.OFFLINE:
            if now >= self._away_until - _AWAY / 2:
                self._let_jobs_wait(now, problem)
            return
        self._let_jobs_wait(now, problem)
        self._watch.close()
        self._reading.clear()
        self._dirty.clear()
        self._show(RootState.OFFLINE, problem, waiting=0)
        self._services.report(
            Sentence(
                "{problem} Watching pauses, its films wait in the queue; it goes on when it is back.",
                problem=problem,
            ),
            True,
        )

    def _let_jobs_wait(self, now: float, problem: str) -> None:
        """Let its jobs wait, for a limited time: nothing may wait for ever where nobody watches any more."""
        self._away_until = now + _AWAY
        self._services.intake.root_away(self.folder.path, self._away_until, problem)

    def _come_online(self) -> None:
        if self.status.state is RootState.OFFLINE:
            self._services.intake.root_away(self.folder.path, self._services.now(), "")
            self._services.report(
                Sentence("{path} is back; watching goes on.", path=self.folder.path), False
            )
        self._watch.open(self._beat)
        self._next_scan = 0.0
        self._show(RootState.SCANNING)

    def _gather(self, now: float) -> None:
        """Collect the system's events since the last turn."""
        changes = self._watch.changes()
        if changes.get(""):
            self._next_scan = min(self._next_scan, now + _CALM)
        elif changes:
            if not self._dirty:
                self._dirty_since = now
            self._dirty_last = now
        for directory, below in changes.items():
            self._dirty[directory] = self._dirty.get(directory, False) or below

    def scan(self) -> ScanReport:
        """Scan the whole folder once; for the thread, and for a single command."""
        settings = self._services.settings()
        began = self._services.monotonic()
        problem = self.offline_problem()
        if problem:
            return ScanReport(offline=problem)
        self._show(RootState.SCANNING)
        self._dirty.clear()
        report = self._reading.all(self._beat, lambda: not self.offline_problem())
        ended = self._services.monotonic()
        pause = settings.reconcile_hours * 3600
        if not self._watch.has_events:  # a slow share is not scanned all the time
            pause = min(pause, max(settings.poll_seconds, 2 * (ended - began)))
        self._next_scan = ended + pause
        self._show(
            RootState.WATCHING if self._watch.has_events else RootState.POLLING,
            films=self._reading.films,
            waiting=self._reading.waiting,
        )
        return report

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, (MediaProcessorError, OSError)):
            _log.exception("Watching %s met an error.", self.folder.path)
        sentence = f"{self.folder.path}: {sentence_of(error)}"
        if sentence != self._last_error:
            self._services.report(sentence, True)
        self._last_error = sentence
        self._next_scan = self._services.monotonic() + _RETRY

    def _show(
        self,
        state: Optional[RootState] = None,
        message: Optional[str] = None,
        *,
        films: Optional[int] = None,
        waiting: Optional[int] = None,
    ) -> None:
        """Show what its thread has found; one that was given up is late with it, and says nothing more."""
        with self._lock:
            if not self._ending:
                shown = self._watch.message if message is None else message
                self._change(state, shown, films=films, waiting=waiting)

    def _change(
        self,
        state: Optional[RootState],
        message: str,
        *,
        films: Optional[int] = None,
        waiting: Optional[int] = None,
    ) -> None:
        """Change the status; the lock is held."""
        old = self._status
        changed = state is not None and state is not old.state
        self._status = RootStatus(
            self.folder,
            old.state if state is None else state,
            self._services.now() if changed else old.since,
            old.films if films is None else films,
            old.waiting if waiting is None else waiting,
            message,
        )
