"""Looks into the films of watched folders beside everything else: what they are, and what would be done."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Sequence

from core.errors import FileUnavailable, MediaProcessorError
from core.events import JobState
from core.library.film import LibraryFilm, look_of, rules_mark
from core.library.progress import LookProgress
from core.planning.planner import build_plan
from core.queue.job import Job
from core.queue.outcome import beside_film, sentence_of
from scheduling.job_context import JobContext
from scheduling.ports import QueueEnvironment
from store.connection import Database
from store.library import LibraryStore
from store.verdicts import VerdictStore, fingerprint
from store.watched_folders import WatchedFolderStore

_MOST_THREADS = 4  # each waits for ffprobe most of the time; the disk would not thank for more
_BATCH = 40  # films, between two questions whether it is to end

_log = logging.getLogger("mediaprocessor.library")


@dataclass(frozen=True)
class _Folder:
    """What a watched folder's films are looked at with."""

    id: int
    context: JobContext
    rules: str


class LibraryLook:
    """Looks at the films that nobody has looked at by the settings of now; safe from any thread."""

    def __init__(self, database: Database, environment: QueueEnvironment) -> None:
        self._environment = environment
        self._folders = WatchedFolderStore(database)
        self._verdicts = VerdictStore(database)
        self.library = LibraryStore(database)
        self._guard = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        self._ending = threading.Event()
        self._progress = LookProgress()

    @property
    def progress(self) -> LookProgress:
        """How far it is."""
        return self._progress

    def start(self) -> None:
        """Begin, where it has not begun."""
        with self._guard:
            if self._thread is not None and self._thread.is_alive() and not self._ending.is_set():
                return
            self._ending = ending = threading.Event()
            self._progress = LookProgress(running=True)
            self._thread = threading.Thread(
                target=self._run, args=(ending,), name="library-look", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Begin no other film; what is known already stays."""
        self._ending.set()

    def run(self) -> LookProgress:
        """Look at all of them in the calling thread; return how that went."""
        self._ending = threading.Event()
        self._run(self._ending)
        return self._progress

    def _run(self, ending: threading.Event) -> None:
        problem = ""
        try:
            self._look_at_all(ending)
        except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
            if not isinstance(error, MediaProcessorError):
                _log.exception("Looking through the library failed.")
            problem = sentence_of(error)
        self._progress = replace(self._progress, running=False, problem=problem)

    def _look_at_all(self, ending: threading.Event) -> None:
        self.library.update()
        folders = [self._equipped(folder.id) for folder in self._folders.all()]
        total = self.library.count_to_look_at({folder.id: folder.rules for folder in folders})
        self._progress = LookProgress(running=True, total=total)
        workers = max(1, min(_MOST_THREADS, os.cpu_count() or 1))
        with ThreadPoolExecutor(workers, thread_name_prefix="library-look") as pool:
            for folder in folders:
                last = 0
                while not ending.is_set():
                    films = self.library.to_look_at(folder.id, folder.rules, last, _BATCH)
                    if not films:
                        break
                    self._look_at(pool, folder, films, ending)
                    last = films[-1].id

    def _equipped(self, folder_id: int) -> _Folder:
        job = Job(0, Path(), JobState.QUEUED, 0.0, folder_id=folder_id)
        context = self._environment.job_context_for(job)
        return _Folder(folder_id, context, rules_mark(context.settings))

    def _look_at(
        self,
        pool: ThreadPoolExecutor,
        folder: _Folder,
        films: Sequence[LibraryFilm],
        ending: threading.Event,
    ) -> None:
        def look(film: LibraryFilm) -> None:
            if not ending.is_set():
                self._look(folder, film)

        for _done in pool.map(look, films):
            if not ending.is_set():
                self._progress = replace(self._progress, done=self._progress.done + 1)

    def _look(self, folder: _Folder, film: LibraryFilm) -> None:
        context = folder.context
        try:
            media = context.analyzer.analyze(film.path)
            native = context.analyzer.native_language(media)
            plan = build_plan(media, native, context.settings, context.toolset)
            verdict = self._verdicts.find(fingerprint(film.path), plan.signature)
        except FileUnavailable:
            return  # its share is away, or it has gone: nothing is known of it
        except MediaProcessorError as error:
            self.library.keep_unreadable(film.id, beside_film(error), folder.rules)
            return
        no_gain = verdict.message if verdict is not None and verdict.no_gain else ""
        self.library.keep(look_of(plan, folder.rules, no_gain))
