"""Checks the films of watched folders for damage, one at a time, at low priority; no film is changed.

What is known of a film stays until it changes, so that a restart goes on where the last run ended.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import Callable, Optional

from core.errors import (
    FileUnavailable,
    JobCancelled,
    MachineTrouble,
    MediaProcessorError,
    ProbeError,
    ToolNotFound,
    ToolStalled,
)
from core.library.film import FilmHealth, LibraryFilm
from core.library.progress import CheckProgress
from core.ports import Notifier
from core.progress import Progress
from core.queue.outcome import beside_film, sentence_of
from core.settings.choices import CheckTime
from core.store_errors import StoreError
from core.text.sentence import counted_sentence
from processing.control import JobControl
from processing.film_check import check_film
from processing.probing import Prober
from processing.runner import ProcessRunner
from processing.stall import limits_of
from scheduling.ports import QueueEnvironment
from store.connection import Database
from store.library import LibraryStore
from store.verdicts import VerdictStore

_LOOK = 1.0  # seconds between two looks whether the queue is at work
_END_SECONDS = 10.0  # that a decoder has to end

_log = logging.getLogger("mediaprocessor.library")


class FilmChecks:
    """Safe from any thread. ``busy`` says whether the queue is at work, ``tell`` takes what it has found."""

    def __init__(
        self,
        database: Database,
        environment: QueueEnvironment,
        busy: Callable[[], bool] = lambda: False,
        tell: Notifier = lambda sentence: None,  # noqa: ARG005
    ) -> None:
        self._environment = environment
        self._busy = busy
        self._tell = tell
        self._library = LibraryStore(database)
        self._verdicts = VerdictStore(database)
        self._runner = ProcessRunner(low_priority=True)
        self._guard = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        self._ending = threading.Event()
        self._control = JobControl()
        self._progress = CheckProgress()
        self._worked = self._checked = 0.0  # seconds and bytes of this run
        self._left_size = 0

    @property
    def progress(self) -> CheckProgress:
        """How far it is."""
        return self._progress

    def start(self) -> None:
        """Begin, or go on; kept as a wish, also over restarts."""
        self._library.wish_check(wanted=True)
        self._begin()

    def stop(self) -> None:
        """End; what was found so far stays, and the film that is being decoded is begun anew later."""
        self._library.wish_check(wanted=False)
        self.close()

    def resume(self) -> None:
        """Go on where the user had wished for it before the program's last end."""
        if self._library.check_wished:
            self._begin()

    def close(self) -> None:
        """End, without a change of what the user wishes."""
        with self._guard:
            thread = self._thread
            self._ending.set()
            self._control.cancel()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_END_SECONDS)

    def run(self) -> CheckProgress:
        """Check all films in the calling thread; return how that went."""
        self._ending = threading.Event()
        self._run(self._ending)
        return self._progress

    def _begin(self) -> None:
        with self._guard:
            if self._thread is not None and self._thread.is_alive() and not self._ending.is_set():
                return
            self._ending = ending = threading.Event()
            self._progress = CheckProgress(running=True)
            self._thread = threading.Thread(
                target=self._run, args=(ending,), name="film-checks", daemon=True
            )
            self._thread.start()

    def _run(self, ending: threading.Event) -> None:
        problem = ""
        watch = threading.Thread(
            target=self._watch_queue, args=(ending,), name="film-checks-queue", daemon=True
        )
        watch.start()
        try:
            self._check_all(ending)
        except JobCancelled:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
            if not isinstance(error, MediaProcessorError):
                _log.exception("Checking films failed.")
            problem = sentence_of(error)
        ended = ending.is_set()
        ending.set()
        self._progress = replace(
            self._progress, running=False, waiting=False, film=None, problem=problem
        )
        if not ended and not problem:
            self._library.wish_check(wanted=False)
            self._tell_end()

    def _check_all(self, ending: threading.Event) -> None:
        self._library.update()
        self._count()
        last = 0
        while not ending.is_set():
            control = JobControl()
            with self._guard:
                if ending.is_set():
                    return
                self._control = control
            self._wait_for_queue(control)
            found = self._library.to_check(last)
            if ending.is_set() or not found:
                return
            last = found[0].id
            self._check(found[0], control)

    def _count(self) -> None:
        counts = self._library.counts_of_health()
        waiting, self._left_size = counts[FilmHealth.UNKNOWN]
        total = sum(films for films, _size in counts.values())
        damaged = counts[FilmHealth.DAMAGED][0]
        self._worked = self._checked = 0.0
        self._progress = CheckProgress(True, done=total - waiting, total=total, damaged=damaged)

    def _check(self, film: LibraryFilm, control: JobControl) -> None:
        begin, paused = time.monotonic(), control.paused_seconds
        self._progress = replace(self._progress, film=film.path, percent=0.0, speed=None)
        context = self._environment.job_context()
        try:
            media = context.analyzer.analyze(film.path)
            limits = limits_of(context.settings.processing)
            prober = Prober(self._runner, context.toolset, control, limits)
            checked = check_film(prober, media, lambda news: self._follow(film, news))
            self._library.keep_health(film, checked.health, checked.damage)
            if checked.health is FilmHealth.DAMAGED and checked.damage is not None:
                self._verdicts.remember_damage(media.identity, checked.damage)
                self._progress = replace(self._progress, damaged=self._progress.damaged + 1)
        except (JobCancelled, StoreError, ToolNotFound):
            raise
        except (FileUnavailable, MachineTrouble, ToolStalled) as error:
            _log.warning("%s was not checked: %s", film.path, error)  # it says nothing of the film
        except ProbeError as error:
            self._library.keep_health(film, FilmHealth.UNREADABLE, message=beside_film(error))
        except MediaProcessorError as error:
            _log.warning("%s was not checked: %s", film.path, error)
        self._worked += time.monotonic() - begin - (control.paused_seconds - paused)
        self._checked += film.size
        self._left_size -= film.size
        self._progress = replace(
            self._progress, done=self._progress.done + 1, film=None, left=self._left()
        )

    def _follow(self, film: LibraryFilm, news: Progress) -> None:
        if self._progress.film == film.path:
            percent = news.percent if news.percent is not None else self._progress.percent
            self._progress = replace(self._progress, percent=percent, speed=news.speed)

    def _left(self) -> Optional[float]:
        if self._checked <= 0 or self._worked <= 0:
            return None
        return max(0, self._left_size) * self._worked / self._checked

    @property
    def _must_wait(self) -> bool:
        when = self._environment.settings.monitor.check_films
        return when is CheckTime.IDLE and self._busy()

    def _wait_for_queue(self, control: JobControl) -> None:
        """Hold back a film while the queue is at work; raises JobCancelled where it is to end."""
        if self._must_wait:
            self._hold(control, wait=True)
        control.check()

    def _watch_queue(self, ending: threading.Event) -> None:
        """Let the decoder stand still while the queue is at work."""
        while not ending.wait(_LOOK):
            self._hold(self._control, wait=self._must_wait)

    def _hold(self, control: JobControl, *, wait: bool) -> None:
        (control.pause if wait else control.resume)()
        if self._progress.waiting is not wait:
            self._progress = replace(self._progress, waiting=wait)

    def _tell_end(self) -> None:
        self._tell(
            counted_sentence(
                "All films are checked: {number} film is damaged.",
                "All films are checked: {number} films are damaged.",
                self._progress.damaged,
            )
        )
