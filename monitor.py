"""File monitor: watches folders and gives new films to the queue.

The front door of ``monitoring``. One thread per watched folder looks for films; another follows the list of
folders in the database, so that a change takes effect within seconds, whoever made it.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from core.errors import UsageError
from core.events import ServiceNotice
from core.media.film_names import VIDEO_EXTENSIONS, is_film
from core.ports import TimeSource
from core.queue.outcome import sentence_of
from core.settings.watched_folder import RootState, RootStatus, WatchedFolder
from core.system_errors import system_problem
from core.text.sentence import Sentence
from monitoring.arrivals import Arrivals
from monitoring.editing import check_folder, demand_good
from monitoring.intake import (
    Glances,
    Heartbeat,
    Intake,
    NoticeSink,
    ReadMonitorSettings,
    Unwatched,
    Watchman,
)
from monitoring.looks import FilmLooks, look_pool
from monitoring.present_films import PresentFilmsSink, note_present
from monitoring.reading import RootServices, ScanReport
from monitoring.root import Root
from monitoring.tree import films_in
from store.connection import Database
from store.journal import Journal
from store.seen_files import SeenFileStore
from store.verdicts import VerdictStore
from store.watched_folders import WatchedFolderStore

__all__ = ["VIDEO_EXTENSIONS", "FolderList", "Monitor", "ScanReport", "films_in", "is_film"]

_KEEP_UP = 5.0  # seconds until a change of the list by another program is noticed
_PATIENCE = 300.0  # seconds that a thread may take between two heartbeats: a share can be slow
_MOST_STUCK = 2  # hanging threads per folder; another one would hang as well
_END_SECONDS = 10.0
_ASK_AGAIN = 1.0  # seconds between two checks whether a folder became unreachable during a scan

_KEEPER = "Folder list"

_log = logging.getLogger("mediaprocessor.monitor")


class FolderList:
    """The folders that are watched: shows them, checks and stores changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = WatchedFolderStore(database)

    def all(self) -> Tuple[WatchedFolder, ...]:
        """Return every folder, by its path."""
        return self._store.all()

    def get(self, folder_id: int) -> Optional[WatchedFolder]:
        """Return the folder of this id, or None."""
        return self._store.get(folder_id)

    def find(self, path: Path) -> WatchedFolder:
        """Return the folder of this path; raises UsageError where none is watched."""
        for folder in self.all():
            if folder.path == path:
                return folder
        raise UsageError(
            Sentence("{path} is not watched; `folders list` shows which folders are.", path=path)
        )

    def check(self, folder: WatchedFolder) -> Dict[str, str]:
        """Return what is wrong with a folder that is to be added or changed, a sentence by field."""
        return check_folder(folder, self.all())

    def add(self, folder: WatchedFolder) -> WatchedFolder:
        """Watch one more folder; it comes back with its id. Raises UsageError."""
        demand_good(folder, self.all())
        return self._store.add(folder)

    def add_for_new_films(
        self, folder: WatchedFolder, progress: PresentFilmsSink = lambda _found: None
    ) -> WatchedFolder:
        """Watch one more folder, and leave the films alone that it holds now: both or neither.

        Reads a little of each film. Raises UsageError, and what ``progress`` raises.
        """
        demand_good(folder, self.all())

        def not_read(error: OSError) -> None:  # such as the lost+found of a disk
            _log.warning("%s cannot be read (%s).", error.filename, error.strerror)

        try:
            films = note_present(folder, progress, not_read)
        except OSError as error:
            raise UsageError(
                Sentence(
                    "{path} cannot be read ({problem}); nothing was changed.",
                    path=folder.path,
                    problem=system_problem(error),
                )
            ) from error
        with self._database.transaction():
            added = self.add(folder)
            SeenFileStore(self._database).keep(
                [replace(film, folder_id=added.id) for film in films]
            )
        return added

    def add_all(self, folders: Sequence[WatchedFolder]) -> None:
        """Watch several more folders, all or none; raises UsageError."""
        with self._database.transaction():
            for folder in folders:
                self.add(folder)

    def take_over(self, folders: Sequence[WatchedFolder]) -> None:
        """Watch the folders of another machine, in place of those of the same path; all or none.

        Folders that do not exist yet are waited for. Raises UsageError.
        """
        with self._database.transaction():
            known = {folder.path: folder.id for folder in self.all()}
            for folder in folders:
                present = replace(folder, id=known.get(folder.path, 0))
                demand_good(present, self.all(), there=False)
                if present.id:
                    self._store.change(present)
                else:
                    self._store.add(present)

    def change(self, folder: WatchedFolder) -> None:
        """Give a folder (known by its id) other fields; raises UsageError."""
        demand_good(folder, self.all())
        if not self._store.change(folder):
            raise UsageError(Sentence("{path} is not watched any more.", path=folder.path))

    def remove(self, folder_id: int) -> bool:
        """Stop watching a folder; its films and jobs stay. False where it was not watched."""
        return self._store.remove(folder_id)


@dataclass(frozen=True)
class _Watched:
    """A running watch; ``pool`` is this folder's alone, so that a hanging share delays no other."""

    root: Root
    thread: threading.Thread
    pool: ThreadPoolExecutor
    beat: Heartbeat

    def end(self) -> None:
        self.root.end()
        self.pool.shutdown(wait=False)


class Monitor:
    """Watches the folders of the list; thread-safe.

    ``glances`` examines films briefly (``Analyzer.glances``). ``watchman`` supervises the threads, which may
    take ``patience`` seconds between two heartbeats.
    """

    def __init__(
        self,
        database: Database,
        intake: Intake,
        glances: Glances,
        settings: ReadMonitorSettings,
        notify: NoticeSink,
        *,
        watchman: Optional[Watchman] = None,
        patience: float = _PATIENCE,
        now: TimeSource = time.time,
    ) -> None:
        self.folders = FolderList(database)
        self._notify = notify
        self._watchman = watchman or Unwatched()
        self._patience = patience
        self._lock = threading.RLock()
        self._roots: Dict[int, _Watched] = {}
        self._stuck: Dict[int, List[threading.Thread]] = {}
        self._keeper: Optional[threading.Thread] = None
        self._wake = threading.Event()
        self._ending = False
        self._now = now
        self._pool = look_pool()
        self._seen = SeenFileStore(database, now)
        self._journal = Journal(database)
        self._verdicts = VerdictStore(database, now)
        self._intake = intake
        self._glances = glances
        self._services = RootServices(
            self._seen,
            self._arrivals(self._pool),
            intake,
            settings,
            self._report,
            now,
            time.monotonic,
        )

    def start(self) -> None:
        """Start watching; a second call does nothing."""
        with self._lock:
            if self._keeper is not None and self._keeper.is_alive():
                return
            self._ending = False
            self._begin_keeper()

    def stop(self) -> None:
        """Stop watching; returns when the threads have ended or after ten seconds."""
        self._ending = True
        self._wake.set()
        if self._keeper is not None:
            self._keeper.join(_END_SECONDS)
        with self._lock:
            watched, self._roots = tuple(self._roots.values()), {}
        for watched_root in watched:
            watched_root.end()
            self._watchman.forget(_title(watched_root.root.folder))
        self._watchman.forget(_KEEPER)
        deadline = time.monotonic() + _END_SECONDS
        for watched_root in watched:
            watched_root.thread.join(max(0.0, deadline - time.monotonic()))
        self._pool.shutdown(wait=False)

    def reload(self) -> None:
        """Apply changes of ``folders`` now."""
        self._wake.set()

    def look_through(self) -> None:
        """Have all folders scanned now."""
        with self._lock:
            for watched_root in self._roots.values():
                watched_root.root.look_through()

    def statuses(self) -> Tuple[RootStatus, ...]:
        """Return the state of every folder of the list, also of those that are switched off."""
        with self._lock:
            running = {
                number: watched_root.root.status for number, watched_root in self._roots.items()
            }
        return tuple(
            running.get(folder.id)
            or RootStatus(
                folder,
                RootState.STARTING if folder.enabled else RootState.SWITCHED_OFF,
                self._now(),
            )
            for folder in self.folders.all()
        )

    def scan_once(self, folder: WatchedFolder, beat: Heartbeat = lambda: None) -> ScanReport:
        """Scan a folder now: by the thread that watches it, else in this one.

        Raises WatchEnded where the watching ends meanwhile.
        """
        with self._lock:
            watched = self._roots.get(folder.id)
            asked = watched.root.scan_soon() if watched is not None else None
        if watched is None or asked is None:
            return Root(folder, self._services).scan_alone(beat)
        while True:
            try:
                return asked.result(_ASK_AGAIN)
            except FutureTimeoutError:
                if watched.root.away and not asked.done():  # its thread may hang at the share
                    return ScanReport(offline=watched.root.away)

    # ---- threads

    def _begin_keeper(self) -> None:
        """Start the thread that follows the list; the lock is held. A hanging one ends when it returns."""
        thread = threading.Thread(
            target=lambda: self._keep_up(beat), name="folder-list", daemon=True
        )
        beat = self._watchman.watch(
            _KEEPER,
            max(self._patience, 12 * _KEEP_UP),
            self._restart_keeper,
            lambda: self._lives(thread),
        )
        self._keeper = thread
        thread.start()

    def _restart_keeper(self) -> None:
        with self._lock:
            if not self._ending:
                self._begin_keeper()

    def _keep_up(self, beat: Heartbeat) -> None:
        while not self._ending and threading.current_thread() is self._keeper:
            beat()
            try:
                self._compare(self.folders.all())
            except Exception as error:  # noqa: BLE001 - a failing database must not end the watching
                _log.exception("The list of watched folders could not be read.")
                self._report(sentence_of(error), True)
            self._wake.wait(_KEEP_UP)
            self._wake.clear()

    def _compare(self, folders: Tuple[WatchedFolder, ...]) -> None:
        wanted = {folder.id: folder for folder in folders if folder.enabled}
        ended: List[_Watched] = []
        with self._lock:
            for number, watched_root in tuple(self._roots.items()):
                if wanted.get(number) != watched_root.root.folder:
                    ended.append(self._roots.pop(number))
                    self._watchman.forget(_title(watched_root.root.folder))
                    watched_root.end()
        deadline = time.monotonic() + _END_SECONDS
        for watched_root in ended:  # two threads on one folder would queue its films twice
            watched_root.thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            for number, folder in wanted.items():
                if number not in self._roots and not self._ending:
                    self._begin(folder)

    def _begin(self, folder: WatchedFolder, away: str = "") -> None:
        """Watch a folder; ``away`` is why the previous thread did not return from it."""
        pool = look_pool()
        root = Root(folder, replace(self._services, arrivals=self._arrivals(pool)))
        if away:
            root.is_away(away)
        thread = threading.Thread(
            target=lambda: root.run(beat, self._patience), name=f"folder-{folder.id}", daemon=True
        )
        beat = self._watch_over(folder, thread, lambda: root.status.message)
        self._roots[folder.id] = _Watched(root, thread, pool, beat)
        thread.start()

    def _watch_over(
        self, folder: WatchedFolder, thread: threading.Thread, remark: Callable[[], str]
    ) -> Heartbeat:
        return self._watchman.watch(
            _title(folder),
            self._patience,
            lambda: self._restart(folder.id),
            lambda: self._lives(thread),
            remark,
        )

    def _restart(self, folder_id: int) -> None:
        """Replace the thread of a folder that has died or hangs (a share that does not answer)."""
        with self._lock:
            old = self._roots.get(folder_id)
            if old is None or self._ending:
                return
            old.end()
            away = old.root.away
            if old.thread.is_alive():
                away = away or Sentence("{path} does not answer.", path=old.root.folder.path)
                old.root.is_away(away)
                stuck = [thread for thread in self._stuck.get(folder_id, []) if thread.is_alive()]
                self._stuck[folder_id] = list({*stuck, old.thread})
                if len(self._stuck[folder_id]) > _MOST_STUCK:
                    old.beat()  # when it returns it ends, and another starts
                    return
            self._begin(old.root.folder, away)

    def _lives(self, thread: threading.Thread) -> bool:
        """Whether a thread runs, or is about to start or to end."""
        return thread.is_alive() or thread.ident is None or self._ending

    def _arrivals(self, pool: ThreadPoolExecutor) -> Arrivals:
        return Arrivals(
            self._seen, self._journal, self._verdicts, self._intake,
            FilmLooks(self._seen, self._glances, pool), pool, self._is_online,
        )  # fmt: skip

    def _is_online(self, folder_id: int) -> bool:
        with self._lock:
            watched = self._roots.get(folder_id)
        if watched is not None:
            return watched.root.status.state is not RootState.OFFLINE
        folder = self.folders.get(folder_id)
        return folder is not None and not Root(folder, self._services).offline_problem()

    def _report(self, message: str, error: bool) -> None:
        (_log.warning if error else _log.info)("%s", message)
        self._notify(ServiceNotice(message, error))


def _title(folder: WatchedFolder) -> str:
    """Return the thread's name on the health page."""
    return f"Folder {folder.path}"
