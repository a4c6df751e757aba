"""Looks at films as the queue would, and does nothing with them: plans in threads, told one by one."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, Optional, Sequence, Tuple

from core.errors import MediaProcessorError
from core.library.film import look_of, rules_mark
from core.planning.forecast import Past
from core.planning.planner import build_plan
from core.planning.preview import (
    FilmPreview,
    FilmsFound,
    PreviewEnded,
    PreviewNews,
    PreviewNotice,
    PreviewOutcome,
    preview_of,
)
from core.queue.estimate import Pool, PoolKey
from core.queue.job import JobKind
from core.queue.outcome import beside_film, sentence_of
from scheduling.films_to_jobs import films_below
from scheduling.job_context import JobContext
from scheduling.past import past_of
from scheduling.ports import QueueEnvironment
from scheduling.slots import Slots
from store.connection import Database
from store.library import LibraryStore
from store.speeds import SpeedStore
from store.verdicts import VerdictStore, fingerprint

Pace = Tuple[Dict[PoolKey, Pool], Dict[JobKind, int]]
_MOST_THREADS = 4  # each waits for ffprobe most of the time; the disk would not thank for more

_log = logging.getLogger("mediaprocessor.queue")


class FilmPreviews:
    """Everything here waits, but ``start``."""

    def __init__(
        self,
        database: Database,
        environment: QueueEnvironment,
        instance_id: str = "",
    ) -> None:
        self._database = database
        self._environment = environment
        self._instance_id = instance_id

    def pace(self) -> Pace:
        """Return how long films have taken here, and how many of each kind are processed at once."""
        slots = Slots(self._environment)
        limits = {kind: slots.limit(kind) for kind in JobKind}
        return SpeedStore(self._database).pools(), limits

    def look(self) -> PreviewLook:
        """Return what looks at films with the settings, tools and history of this moment."""
        verdicts, library = VerdictStore(self._database), LibraryStore(self._database)
        return PreviewLook(self._environment.job_context(), self.past(), verdicts, library)

    def past(self) -> Past:
        """Return what past jobs have shown, from which sizes and times are expected."""
        return past_of(self._database, self._instance_id)

    def start(
        self,
        paths: Sequence[Path],
        listener: Callable[[PreviewNews], None],
        native_language: str = "",
    ) -> PreviewRun:
        """Begin to look at films, and at all films of folders; ``listener`` is called in other threads.

        ``native_language`` is what the user says that they were made in.
        """
        return PreviewRun(self, paths, listener, native_language)


@dataclass(frozen=True)
class PreviewLook:
    """Looks at one film at a time; usable from several threads."""

    context: JobContext
    past: Past
    verdicts: VerdictStore
    library: Optional[LibraryStore] = None  # keeps what is found

    def at(self, path: Path, native_language: str = "") -> FilmPreview:
        """Return what would be done with a film; one that cannot be read comes with the reason."""
        context = self.context
        try:
            media = context.analyzer.analyze(path)
            native = context.analyzer.native_language(media, native_language)
            plan = build_plan(media, native, context.settings, context.toolset)
            verdict = self.verdicts.find(fingerprint(path), plan.signature)
        except MediaProcessorError as error:
            return FilmPreview(path, PreviewOutcome.UNREADABLE, str(error))
        no_gain = verdict.message if verdict is not None and verdict.no_gain else ""
        if self.library is not None:
            self.library.keep(look_of(plan, rules_mark(context.settings), no_gain))
        return preview_of(plan, self.past, no_gain)


class PreviewRun:
    """Films that are being looked at; ends with PreviewEnded, also when cancelled."""

    def __init__(
        self,
        previews: FilmPreviews,
        paths: Sequence[Path],
        listener: Callable[[PreviewNews], None],
        native_language: str,
    ) -> None:
        self._previews = previews
        self._paths = tuple(paths)
        self._listener = listener
        self._native_language = native_language
        self._cancelled = threading.Event()
        self._guard = threading.Lock()
        threading.Thread(target=self._run, name="preview", daemon=True).start()

    def cancel(self) -> None:
        """Begin no other film; from any thread."""
        self._cancelled.set()

    def _run(self) -> None:
        problem = ""
        try:
            self._look_at_all()
        except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
            if not isinstance(error, MediaProcessorError):
                _log.exception("A preview failed.")
            problem = sentence_of(error)
        self._listener(PreviewEnded(problem))

    def _look_at_all(self) -> None:
        films = dict.fromkeys(job.path for job in films_below(self._paths, "", self._notice))
        self._listener(FilmsFound(len(films)))
        if not films or self._cancelled.is_set():
            return
        look = self._previews.look()
        waiting = iter(films)
        threads = [
            threading.Thread(
                target=self._look_at, args=(look, waiting), name=f"preview-{number}", daemon=True
            )
            for number in range(min(_MOST_THREADS, os.cpu_count() or 1, len(films)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _look_at(self, look: PreviewLook, waiting: Iterator[Path]) -> None:
        while not self._cancelled.is_set():
            with self._guard:
                film: Optional[Path] = next(waiting, None)
            if film is None:
                return
            try:
                preview = look.at(film, self._native_language)
            except Exception as error:  # noqa: BLE001 - one film must not end the others' preview
                _log.exception("A film could not be previewed.")
                preview = FilmPreview(film, PreviewOutcome.UNREADABLE, beside_film(error))
            self._listener(preview)

    def _notice(self, message: str, *, error: bool = False) -> None:  # noqa: ARG002 - all are read
        self._listener(PreviewNotice(message))
