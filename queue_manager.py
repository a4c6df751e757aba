"""The queue: takes films, works them off one after the other, and tells what happens.

Every film goes the same way: analyze, plan, process, verify, swap. Whatever goes wrong with one ends
that job with a sentence and never a worker. All that others need to know is on ``events``, as frozen
values; what must survive a restart is in the database before it is told.

Watched folders, schedules, priorities and the sharing of work among machines come with later releases.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional, Tuple

from analyzer import Analyzer
from core.errors import (
    FileInUse,
    JobCancelled,
    MediaProcessorError,
    NoGain,
    SourceChanged,
    ToolNotFound,
)
from core.events import (
    Event,
    JobProgressed,
    JobRemoved,
    JobState,
    JobStateChanged,
    QueueState,
    QueueStateChanged,
    ServiceNotice,
)
from core.job import Job, JobEnd, NewJob
from core.plan import Plan
from core.plan_json import plan_text
from core.planner import build_plan
from core.progress import Progress
from core.settings import Settings
from core.tools import Toolset
from monitor import films_in
from processing.control import JobControl
from processor import JobResult, Processor
from store.connection import Database
from store.jobs import JobStore
from store.verdicts import VerdictKind, VerdictStore, fingerprint

_STORE_PAUSE = 5.0  # seconds until a worker asks a failing database again
_TRIES_WHEN_CHANGED = 3  # a film that changes under every attempt is being written by somebody

_log = logging.getLogger("mediaprocessor.queue")


@dataclass(frozen=True)
class Equipment:
    """What one job is worked on with; made for each job from the settings of that moment."""

    settings: Settings
    toolset: Toolset
    analyzer: Analyzer
    processor: Processor


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
        self._equip = equip
        self._job_log = job_log
        self._slots = slots
        self._instance_id = instance_id
        self._changed = threading.Condition(threading.RLock())
        self._state = QueueState.STOPPED
        self._ending = False
        self._running: Dict[int, JobControl] = {}
        self._languages: Dict[int, str] = {}  # what the user said the films were made in
        self._stopped: List[int] = []  # running jobs that go back to the queue
        self._workers: List[threading.Thread] = []

    # ---- what is there

    @property
    def state(self) -> QueueState:
        """Whether the queue takes jobs."""
        return self._state

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is about to."""
        with self._changed:
            if self._running:
                return False
            return self._state is not QueueState.RUNNING or self._jobs.next_queued() is None

    def jobs(self, *states: JobState, limit: int = 1000) -> Tuple[Job, ...]:
        """Return jobs in these states: ended ones newest first, others in the queue's order."""
        ended = all(state.final for state in states)
        return self._jobs.page(states, limit=limit, newest_first=ended)

    # ---- what goes in and out

    def add(self, paths: Iterable[Path], *, override_language: str = "") -> Tuple[int, ...]:
        """Queue films, and all films of folders; return the ids of the new jobs.

        What cannot be queued is told as a notice: a path that is not there, a film that is queued or
        running already. ``override_language`` is the language that the films were made in, where the
        user knows it.
        """
        wanted: List[NewJob] = []
        for path in paths:
            wanted.extend(self._new_jobs(path.absolute()))
        taken = [one.path for one in wanted if self._jobs.open_job(one.path) is not None]
        for path in taken:
            self._notice(f"{path} is already in the queue.", error=True)
        with self._changed:
            ids = self._jobs.add([one for one in wanted if one.path not in set(taken)])
            if override_language:
                self._languages.update(dict.fromkeys(ids, override_language))
            for job_id in ids:
                self._tell(job_id)
            self._changed.notify_all()
        return ids

    def _new_jobs(self, path: Path) -> Iterable[NewJob]:
        if path.is_dir():
            films = list(films_in(path, self._unreadable))
            if not films:
                self._notice(f"{path} holds no films.", error=True)
        elif path.exists():
            films = [path]
        else:
            self._notice(f"{path} is not there.", error=True)
            films = []
        return [NewJob(film, size=_size(film)) for film in films]

    def _unreadable(self, error: OSError) -> None:
        self._notice(f"{error.filename} cannot be read ({error.strerror}).", error=True)

    def cancel(self, job_id: int) -> None:
        """End a job that waits or runs; the film stays as it is."""
        with self._changed:
            control = self._running.get(job_id)
            if control is not None:
                control.cancel()
                return
            self._finish(job_id, JobEnd(JobState.CANCELLED, "Cancelled before it began."))

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
            if job_id in self._running or not self._jobs.remove(job_id):
                return False
            self.events.put(JobRemoved(job_id))
            return True

    # ---- the whole queue

    def recover(self) -> None:
        """Put right what the last run of the program left behind; before anything else at start."""
        try:
            for done in self._equip().processor.recover():
                self._notice(str(done))
        except MediaProcessorError as error:
            self._notice(str(error), error=True)
        for job_id in self._jobs.requeue_interrupted():
            self._tell(job_id)

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
                    self._stopped.append(job_id)
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
        while not self.idle:
            self._drain(show, 0.1)
        self._drain(show, 0.0)

    def _drain(self, show: Callable[[Event], None], patience: float) -> None:
        try:
            show(self.events.get(timeout=patience) if patience else self.events.get_nowait())
            while True:
                show(self.events.get_nowait())
        except queue.Empty:
            return

    # ---- the workers

    def _work(self) -> None:
        while True:
            try:
                job = self._take()
                if job is None:
                    return
                self._run(job)
            except Exception as error:  # noqa: BLE001 - a worker never ends by an error
                _log.exception("The queue's worker met an error.")
                self._notice(_sentence(error), error=True)
                with self._changed:
                    self._changed.wait(_STORE_PAUSE)

    def _take(self) -> Optional[Job]:
        """Wait for the next job; None when the worker is to end."""
        with self._changed:
            while not self._ending:
                if self._state is QueueState.RUNNING:
                    job = self._jobs.claim_next(self._instance_id)
                    if job is not None:
                        self._running[job.id] = JobControl()
                        return job
                self._changed.wait()
            return None

    def _run(self, job: Job) -> None:
        control = self._running[job.id]
        try:
            with self._job_log(job.id):
                self._tell(job.id)
                self._attempt(job, control)
        finally:
            with self._changed:
                del self._running[job.id]
                if self._state is QueueState.STOPPING and not self._running:
                    self._come_into(QueueState.STOPPED)
                self._changed.notify_all()

    def _attempt(self, job: Job, control: JobControl) -> None:
        try:
            end = self._work_on(job, control)
        except JobCancelled as error:
            if job.id in self._stopped:
                self._stopped.remove(job.id)
                self._requeue(job, "It was stopped and starts anew.")
                return
            end = JobEnd(JobState.CANCELLED, str(error), error.code)
        except FileInUse as error:
            self._set_state(job.id, JobState.SWAP_PENDING, str(error))
            return
        except SourceChanged as error:
            if job.attempt < _TRIES_WHEN_CHANGED:
                self._requeue(job, str(error))
                return
            end = JobEnd(JobState.FAILED, str(error), error.code)
        except ToolNotFound as error:
            # It would fail for every film alike; the next start or a retry looks for the tool again.
            self._set_state(job.id, JobState.PAUSED, f"Waits: {error}")
            return
        except MediaProcessorError as error:
            _log.warning("Job %d: %s", job.id, error)
            end = JobEnd(JobState.FAILED, str(error), error.code)
        except Exception as error:  # noqa: BLE001 - our mistake, told in one sentence
            _log.exception("Job %d met an unexpected error.", job.id)
            end = JobEnd(JobState.FAILED, _sentence(error), "unexpected")
        self._finish(job.id, end)

    def _work_on(self, job: Job, control: JobControl) -> JobEnd:
        equipment = self._equip()
        plan = self._plan(job, equipment)
        control.check()
        if plan.refused:
            sentence = " ".join(reason.message for reason in plan.refusals)
            return JobEnd(JobState.FAILED, sentence, "refused", original_size=plan.media.size)
        if plan.empty:
            return _skipped("Nothing needs doing.", "empty", plan)
        content = fingerprint(job.path)
        verdict = self._verdicts.find(content, plan.signature)
        if verdict is not None and verdict.kind is VerdictKind.NO_GAIN:
            return _skipped(verdict.message, NoGain.code, plan)
        self._set_state(job.id, JobState.PROCESSING)
        try:
            result = equipment.processor.process(
                job.id,
                job.attempt,
                plan,
                control,
                lambda progress: self._progress(job.id, progress),
                lambda state: self._set_state(job.id, state),
            )
        except NoGain as error:
            self._verdicts.remember(content, plan.signature, VerdictKind.NO_GAIN, str(error))
            return _skipped(str(error), error.code, plan)
        return _completed(result, plan)

    def _plan(self, job: Job, equipment: Equipment) -> Plan:
        media = equipment.analyzer.analyze(job.path)
        native = equipment.analyzer.native_language(media, self._languages.get(job.id, ""))
        plan = build_plan(media, native, equipment.settings, equipment.toolset)
        self._jobs.keep_plan(job.id, plan_text(plan))
        return plan

    # ---- what is kept and told

    def _progress(self, job_id: int, progress: Progress) -> None:
        self.events.put(JobProgressed(job_id, progress))

    def _set_state(self, job_id: int, state: JobState, message: str = "") -> None:
        if self._jobs.set_state(job_id, state, message):
            self._tell(job_id)

    def _finish(self, job_id: int, end: JobEnd) -> None:
        if self._jobs.finish(job_id, end):
            self._tell(job_id)

    def _requeue(self, job: Job, message: str) -> None:
        if self._jobs.requeue(job.id, message):
            self._tell(job.id)

    def _tell(self, job_id: int) -> None:
        """Put the job on ``events`` as the database has it."""
        job = self._jobs.get(job_id)
        if job is not None:
            self.events.put(
                JobStateChanged(
                    job.id,
                    job.state,
                    str(job.path),
                    job.message,
                    job.original_size,
                    job.processed_size,
                )
            )

    def _notice(self, message: str, *, error: bool = False) -> None:
        self.events.put(ServiceNotice(message, error))

    def _come_into(self, state: QueueState) -> None:
        """Change the queue's state; the lock is held."""
        self._state = state
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


def _completed(result: JobResult, plan: Plan) -> JobEnd:
    return JobEnd(
        JobState.COMPLETED,
        original_size=plan.media.size,
        processed_size=result.processed_size,
        target=plan.target if plan.target != plan.media.path else None,
        commands=result.commands,
        verification=result.verification,
    )


def _skipped(message: str, code: str, plan: Plan) -> JobEnd:
    return JobEnd(JobState.SKIPPED, message, code, original_size=plan.media.size)


def _sentence(error: Exception) -> str:
    if isinstance(error, MediaProcessorError):
        return str(error)
    return f"An unexpected error ({type(error).__name__}); the log has the details."
