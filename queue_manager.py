"""The queue: takes films, works them off one after the other, and tells what happens.

Every film goes the same way: analyze, plan, process, verify, swap. Whatever goes wrong with one ends
that job with a sentence and never a worker. All that others need to know is on ``events``, as frozen
values; what must survive a restart is in the database before it is told.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional, Set, Tuple

from analyzer import Analyzer
from core.errors import (
    JobCancelled,
    MediaProcessorError,
    NoGain,
    SourceChanged,
    SwapPending,
    ToolNotFound,
)
from core.events import (
    Event,
    JobProgressed,
    JobRemoved,
    JobState,
    QueueState,
    QueueStateChanged,
    ServiceNotice,
)
from core.job import Job, JobEnd, NewJob
from core.outcome import end_of_error, end_without_work, sentence_of, skipped
from core.plan import Plan
from core.plan_json import plan_text
from core.planner import build_plan
from core.settings import Settings
from core.tools import Toolset
from logger import log_state
from monitor import films_in
from processing.control import JobControl
from processor import JobResult, Processor, Recovered
from store.connection import Database
from store.jobs import JobStore
from store.journal import Journal
from store.verdicts import VerdictKind, VerdictStore, fingerprint

_STORE_PAUSE = 5.0  # seconds until a worker asks a failing database again
_SWAP_PAUSE = 600.0  # seconds until a film that was in use is tried again
_TRIES_WHEN_CHANGED = 3  # a film that changes under every attempt is being written by somebody

_INTERRUPTED = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)

_log = logging.getLogger("mediaprocessor.queue")


@dataclass(frozen=True)
class Equipment:
    """What one job is worked on with; made for each job from the settings of that moment."""

    settings: Settings
    toolset: Toolset
    analyzer: Analyzer
    processor: Processor
    tell_owner: Callable[[Path, Path], None] = lambda before, after: None  # noqa: ARG005


class QueueManager:
    """The service behind the window and the command line; every method is safe from any thread.

    ``equip`` is called in the worker for each job and may raise MediaProcessorError. ``slots`` is how
    many jobs run at the same time. ``job_log`` gives the context in which a job's log is kept.
    """

    def __init__(
        self,
        database: Database,
        equip: Callable[[], Equipment],
        *,
        job_log: Callable[[int], AbstractContextManager[object]],
        slots: int = 1,
        now: Callable[[], float] = time.time,
        instance_id: str = "",
    ) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._jobs = JobStore(database, now)
        self._verdicts = VerdictStore(database, now)
        self._journal = Journal(database)
        self._equip = equip
        self._job_log = job_log
        self._slots = slots
        self._instance_id = instance_id
        self._changed = threading.Condition(threading.RLock())
        self.state = QueueState.STOPPED
        self._ending = False
        self._running: Dict[int, JobControl] = {}
        self._stopped: Set[int] = set()  # running jobs that go back to the queue
        self._swaps: Dict[int, float] = {}  # when a swap is tried again, by time.monotonic()
        self._workers: List[threading.Thread] = []

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is about to."""
        with self._changed:
            if self._running:
                return False
            return self.state is not QueueState.RUNNING or self._jobs.next_queued() is None

    def jobs(self, *states: JobState, limit: int = 1000) -> Tuple[Job, ...]:
        """Return jobs in these states: ended ones newest first, others in the queue's order."""
        ended = all(state.final for state in states)
        return self._jobs.page(states, limit=limit, newest_first=ended)

    def add(self, paths: Iterable[Path], *, override_language: str = "") -> Tuple[int, ...]:
        """Queue films, and all films of folders; return the ids of the new jobs.

        What cannot be queued is told as a notice: a path that is not there, a film that is queued or
        running already. ``override_language`` is the language that the films were made in, where the
        user knows it.
        """
        wanted: List[NewJob] = []
        for path in paths:
            wanted.extend(
                NewJob(film, size=_size(film), native_language=override_language)
                for film in self._films(path.absolute())
            )
        taken = [one.path for one in wanted if self._jobs.open_job(one.path) is not None]
        for path in taken:
            self._notice(f"{path} is already in the queue.")
        with self._changed:
            ids = self._jobs.add([one for one in wanted if one.path not in set(taken)])
            for job_id in ids:
                self._tell(job_id)
            self._changed.notify_all()
        return ids

    def _films(self, path: Path) -> Iterable[Path]:
        if not path.is_dir():
            if path.exists():
                return (path,)
            self._notice(f"{path} is not there.", error=True)
            return ()
        films = tuple(films_in(path, self._unreadable))
        if not films:
            self._notice(f"{path} holds no films.", error=True)
        return films

    def _unreadable(self, error: OSError) -> None:
        self._notice(f"{error.filename} cannot be read ({error.strerror}).", error=True)

    def cancel(self, job_id: int) -> None:
        """End a job that waits or runs; the film stays as it is."""
        with self._changed:
            control = self._running.get(job_id)
            if control is not None:
                control.cancel()
                return
            self._give_up_swap(job_id)
            self._tell(
                job_id,
                self._jobs.finish(
                    job_id, JobEnd(JobState.CANCELLED, "Cancelled; the film was not touched.")
                ),
            )

    def _give_up_swap(self, job_id: int) -> None:
        """Drop the kept result of a job that waits to be swapped."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is JobState.SWAP_PENDING:
            self._equip().processor.abandon(job.path)

    def retry(self, job_id: int) -> bool:
        """Queue an ended job again; False where it cannot be."""
        with self._changed:
            if job_id in self._running or not self._jobs.requeue(job_id):
                return False
            self._tell(job_id)
            self._changed.notify_all()
            return True

    def remove(self, job_id: int) -> bool:
        """Take a job that is not running out of the queue or the history; False where it runs."""
        with self._changed:
            self._give_up_swap(job_id)
            if not self._jobs.remove(job_id):
                return False
            self.events.put(JobRemoved(job_id))
            return True

    def recover(self) -> None:
        """Put right what the last run of the program left behind; before anything else at start."""
        try:
            processor = self._equip().processor
            for one in processor.recover():
                self._take_over(one, processor)
            for job in self._jobs.page(_INTERRUPTED, limit=-1):
                if self._swapped(job):  # it died between the swap and this row
                    self._finish_recovered(job, processor, "")
        except MediaProcessorError as error:
            self._notice(str(error), error=True)
        for job_id in self._jobs.requeue_interrupted():
            self._tell(job_id)

    def _take_over(self, one: Recovered, processor: Processor) -> None:
        """Bring a job's row to what recovery made of its film."""
        job = self._jobs.get(one.job_id)
        if job is None or job.state.final or one.state is None:
            self._notice(f"{one.path}: {one.message}")
        elif one.state is JobState.COMPLETED:
            self._finish_recovered(job, processor, one.message)
        elif one.state is JobState.SWAP_PENDING:
            self._wait_for_swap(job.id, one.message)
        else:
            self._tell(job.id, self._jobs.requeue(job.id, one.message))

    def _finish_recovered(self, job: Job, processor: Processor, message: str) -> None:
        result = processor.result_of(job.id)
        if result is not None:
            self._tell(
                job.id,
                self._jobs.finish(job.id, _completed(replace(result, message=message), job.path)),
            )

    def _swapped(self, job: Job) -> bool:
        """Whether this attempt's result has taken the film's place."""
        return any(
            entry.attempt == job.attempt and entry.swapped_at is not None
            for entry in self._journal.of_job(job.id)
        )

    def start(self) -> None:
        """Begin (or go on) to work off the queue."""
        with self._changed:
            self._ending = False
            self._workers = [one for one in self._workers if one.is_alive()]
            for number in range(len(self._workers), self._slots):
                worker = threading.Thread(
                    target=self._work, name=f"worker-{number + 1}", daemon=True
                )
                self._workers.append(worker)
                worker.start()
            self._come_into(QueueState.RUNNING)

    def pause(self) -> None:
        """Let running encoders stand still and begin nothing new."""
        with self._changed:
            for control in self._running.values():
                control.pause()
            self._come_into(QueueState.PAUSED)

    def resume(self) -> None:
        """Go on after a pause."""
        self.start()

    def stop(self, *, cancel_running: bool = False) -> None:
        """Begin nothing new; running jobs come to their end, or go back to the queue.

        With ``cancel_running`` what they have done so far is thrown away; they begin anew at the next
        start.
        """
        with self._changed:
            for job_id, control in self._running.items():
                if cancel_running:
                    self._stopped.add(job_id)
                    control.cancel()
                control.resume()
            self._come_into(QueueState.STOPPING if self._running else QueueState.STOPPED)

    def shutdown(self, deadline: float = 30.0) -> bool:
        """Stop, let the running jobs go back to the queue and end the workers.

        False where a worker has not ended after ``deadline`` seconds.
        """
        with self._changed:
            self._ending = True
            self.stop(cancel_running=True)
        end = time.monotonic() + deadline
        for worker in self._workers:
            worker.join(max(0.0, end - time.monotonic()))
        return not any(worker.is_alive() for worker in self._workers)

    def run_until_idle(self, show: Callable[[Event], None]) -> None:
        """Work off the queue and return when nothing is left; ``show`` gets every event.

        ``show`` is called in the calling thread. An exception there (or Ctrl+C) leaves the jobs
        running: end them with ``shutdown``.
        """
        self.start()
        while not (self.idle and self.events.empty()):
            with suppress(queue.Empty):
                show(self.events.get(timeout=0.1))

    def _work(self) -> None:
        while True:
            try:
                job = self._take()
                if job is None:
                    return
                self._run(job)
            except Exception as error:  # noqa: BLE001 - a worker never ends by an error
                _log.exception("The queue's worker met an error.")
                self._notice(sentence_of(error), error=True)
                with self._changed:
                    self._changed.wait(_STORE_PAUSE)

    def _take(self) -> Optional[Job]:
        """Wait for the next job; None when the worker is to end."""
        with self._changed:
            while not self._ending:
                if self.state is QueueState.RUNNING:
                    self._queue_due_swaps()
                    job = self._jobs.claim_next(self._instance_id)
                    if job is not None:
                        self._running[job.id] = JobControl()
                        return job
                self._changed.wait(_SWAP_PAUSE if self._swaps else None)
            return None

    def _queue_due_swaps(self) -> None:
        """Queue the jobs again whose film was in use when the result was to take its place."""
        now = time.monotonic()
        for job_id in [one for one, due in self._swaps.items() if due <= now]:
            del self._swaps[job_id]
            job = self._jobs.get(job_id)
            if job is not None and job.state is JobState.SWAP_PENDING:
                self._tell(job.id, self._jobs.requeue(job.id, "The swap is tried again."))

    def _run(self, job: Job) -> None:
        control = self._running[job.id]
        try:
            with self._job_log(job.id):
                _log.info("Job %d, attempt %d: %s", job.id, job.attempt, job.path)
                self._tell(job.id)
                self._attempt(job, control)
        finally:
            with self._changed:
                del self._running[job.id]
                self._stopped.discard(job.id)
                if self.state is QueueState.STOPPING and not self._running:
                    self._come_into(QueueState.STOPPED)
                self._changed.notify_all()

    def _attempt(self, job: Job, control: JobControl) -> None:
        """Work on a job and write down how that ended."""
        try:
            self._tell(job.id, self._jobs.finish(job.id, self._work_on(job, control)))
        except JobCancelled as error:
            if job.id in self._stopped:
                self._tell(job.id, self._jobs.requeue(job.id, "It was stopped and starts anew."))
            else:
                self._tell(
                    job.id,
                    self._jobs.finish(job.id, JobEnd(JobState.CANCELLED, str(error), error.code)),
                )
        except SwapPending as error:
            self._wait_for_swap(job.id, str(error))
        except ToolNotFound as error:
            # Every film would fail alike; the next start or a retry looks for the tool again.
            self._tell(job.id, self._jobs.set_state(job.id, JobState.PAUSED, f"Waits: {error}"))
        except MediaProcessorError as error:
            if isinstance(error, SourceChanged) and job.attempt < _TRIES_WHEN_CHANGED:
                self._tell(job.id, self._jobs.requeue(job.id, str(error)))
                return
            self._tell(job.id, self._jobs.finish(job.id, end_of_error(error)))
        except Exception as error:  # noqa: BLE001 - our mistake, told in one sentence
            _log.exception("Job %d met an unexpected error.", job.id)
            self._tell(job.id, self._jobs.finish(job.id, end_of_error(error)))

    def _work_on(self, job: Job, control: JobControl) -> JobEnd:
        equipment = self._equip()
        plan = self._plan(job, equipment)
        control.check()
        end = end_without_work(plan)
        if end is not None:
            return end
        content = fingerprint(job.path)
        verdict = self._verdicts.find(content, plan.signature)
        if verdict is not None and verdict.kind is VerdictKind.NO_GAIN:
            return skipped(plan, verdict.message, NoGain.code)
        self._tell(job.id, self._jobs.set_state(job.id, JobState.PROCESSING))
        try:
            result = equipment.processor.process(
                job.id,
                job.attempt,
                plan,
                control,
                lambda progress: self.events.put(JobProgressed(job.id, progress)),
                lambda state: self._tell(job.id, self._jobs.set_state(job.id, state)),
            )
        except NoGain as error:
            self._verdicts.remember(content, plan.signature, VerdictKind.NO_GAIN, str(error))
            raise
        equipment.tell_owner(job.path, result.path)
        return _completed(result, job.path)

    def _plan(self, job: Job, equipment: Equipment) -> Plan:
        media = equipment.analyzer.analyze(job.path)
        native = equipment.analyzer.native_language(media, job.native_language)
        plan = build_plan(media, native, equipment.settings, equipment.toolset)
        self._jobs.keep_plan(job.id, plan_text(plan))
        return plan

    def _wait_for_swap(self, job_id: int, message: str) -> None:
        self._swaps[job_id] = time.monotonic() + _SWAP_PAUSE
        self._tell(job_id, self._jobs.set_state(job_id, JobState.SWAP_PENDING, message))

    def _tell(self, job_id: int, changed: bool = True) -> None:
        """Put the job on ``events`` as the database has it, where it has changed there."""
        job = self._jobs.get(job_id) if changed else None
        if job is not None:
            if job.state is not JobState.QUEUED or job.attempt > 1:
                log_state(job)
            self.events.put(job.event)

    def _notice(self, message: str, *, error: bool = False) -> None:
        self.events.put(ServiceNotice(message, error))

    def _come_into(self, state: QueueState) -> None:
        """Change the queue's state; the lock is held."""
        self.state = state
        if state is QueueState.RUNNING:
            for control in self._running.values():
                control.resume()
        self.events.put(QueueStateChanged(state))
        self._changed.notify_all()


def _size(path: Path) -> Optional[int]:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _completed(result: JobResult, source: Path) -> JobEnd:
    return JobEnd(
        result.state,
        result.message,
        original_size=result.original_size,
        processed_size=result.processed_size,
        target=None if result.path == source else result.path,
        commands=result.commands,
        verification=result.verification,
    )
