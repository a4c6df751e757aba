"""The queue: takes films, works them off, and tells what happens.

Every film goes the same way: analyze, plan, process, verify, swap (``scheduling.attempt``). Whatever goes
wrong with one ends or delays that job with a sentence and never a worker. All that others need to know is on
``events``, as frozen values; what must survive a restart is in the database before it is told.
"""

from __future__ import annotations

import queue
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Dict, FrozenSet, Iterable, Optional, Sequence, Tuple

from core.errors import Excluded, MediaProcessorError
from core.events import Event, JobRemoved, JobState, QueueListChanged, QueueState
from core.ports import Clock
from core.progress import Progress
from core.queue.job import Job, JobEnd, JobKind, NewJob, Where
from core.queue.overview import Estimate, QueueOverview
from core.queue.work_in_hand import WorkInHand
from core.reporting.health import ThreadHealth
from processing.process_tree import SystemClock
from scheduling import films_to_jobs
from scheduling.all_or_none import all_or_none
from scheduling.attempt import Attempts
from scheduling.conditions import DatabaseUsable
from scheduling.done_again import done_again
from scheduling.event_publisher import EventPublisher
from scheduling.exclusions import ExclusionGate
from scheduling.housekeeping import DueSwaps, Housekeeping
from scheduling.job_context import JobContext
from scheduling.job_outcomes import JobOutcomes
from scheduling.pause_reasons import Condition, PauseReasons
from scheduling.periodic_thread import PeriodicThread
from scheduling.ports import QueueEnvironment
from scheduling.processing_again import job_for_another_time
from scheduling.queue_control import QueueControl
from scheduling.queue_estimate import QueueEstimate
from scheduling.queue_recovery import QueueRecovery
from scheduling.requested_state import RequestedState
from scheduling.responsive import keep_responsive
from scheduling.running_jobs import RunningJobs
from scheduling.shared_queue import SharedQueue
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from scheduling.workers import HANG_SECONDS, OwnQueue, WorkerPool
from store.connection import Database
from store.job_order import JobOrder
from store.jobs import JobStore
from store.journal import Journal
from store.library import LibraryStore
from store.queue_state import QueueStateStore
from store.verdicts import VerdictStore

__all__ = ["JobContext", "QueueEnvironment", "QueueManager", "keep_responsive"]

_BEAT = 2.0  # seconds between two looks at what is due
_MANY = 200  # films that are looked ahead for at once


class QueueManager:
    """The service behind the window and the command line; every method is safe from any thread.

    ``conditions`` say why the queue has to pause. ``events`` is where it tells what happens; None: a queue
    of its own.
    """

    def __init__(
        self,
        database: Database,
        environment: QueueEnvironment,
        *,
        conditions: Sequence[Condition] = (),
        clock: Optional[Clock] = None,
        instance_id: str = "",
        events: Optional[queue.SimpleQueue[Event]] = None,
    ) -> None:
        self._database = database
        self._environment = environment
        self._clock = clock = clock or SystemClock()
        self._running = running = RunningJobs()
        self._jobs = jobs = JobStore(database, clock.now)
        self._order = JobOrder(database)
        self.publisher = publisher = EventPublisher(jobs, running, events)
        self.events = publisher.events
        self.supervisor = Supervisor(clock, publisher, environment)
        usable = DatabaseUsable(database, publisher)
        reasons = PauseReasons(environment, clock, (usable, *conditions))
        self._requested = RequestedState(QueueStateStore(database), reasons, clock)
        self._outcomes = JobOutcomes(jobs, running, publisher, clock)
        self._control = control = QueueControl(
            jobs, running, self._outcomes, self._requested, publisher, environment
        )
        self._slots = slots = Slots(environment)
        self._estimate = QueueEstimate(database, slots, instance_id)
        exclusions = ExclusionGate(database)
        verdicts, library = VerdictStore(database, clock.now), LibraryStore(database)
        attempts = Attempts(jobs, verdicts, environment, publisher, exclusions, library)
        source = OwnQueue(jobs, instance_id)
        self._workers = WorkerPool(jobs, attempts, slots, control, self.supervisor, source)
        self._periodic: Optional[PeriodicThread] = None
        self._due_swaps = DueSwaps(jobs, running, publisher)
        self._keep_house = Housekeeping(environment, database, clock)
        self.shared = SharedQueue(
            database,
            jobs,
            attempts,
            slots,
            self._workers,
            control,
            self._estimate,
            self.supervisor,
            exclusions,
        )

    @property
    def state(self) -> QueueState:
        """What the queue does now; PAUSED also where it pauses by itself."""
        return self._control.present().state

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is about to; what waits for its time does not count."""
        with self._running.changed:
            if self._running or self.state is not QueueState.RUNNING:
                return not self._running
            return self._jobs.next_queued(self._workers.claimable()) is None

    def overview(self) -> QueueOverview:
        """Return the queue at a glance."""
        now = self._control.present()
        return QueueOverview(now.state, now.reason, now.until, self._jobs.counts())

    @property
    def in_hand(self) -> Dict[int, Optional[Progress]]:
        """The jobs that are in work, also those that stand still, each with what its tool told last."""
        return self._running.progress()

    def estimate(self) -> Optional[Estimate]:
        """Return how long the whole queue will take; None where nothing is known of films like these.

        Asks the database; not for Tk's thread.
        """
        return self._estimate.estimate(self._running.time_left())

    def work_in_hand(self, job_ids: Optional[Sequence[int]] = None) -> Tuple[WorkInHand, ...]:
        """Return the work on these jobs' films that ending them would lose; None: of all at work."""
        return self._control.work_in_hand(job_ids)

    def kinds_at_work(self) -> Tuple[JobKind, ...]:
        """Return the kinds of the jobs that take this machine's slots now."""
        return self._running.kinds_at_work()

    def health(self) -> Tuple[ThreadHealth, ...]:
        """Return how the program's threads are, by name."""
        return self.supervisor.health()

    def jobs(self, *states: JobState, limit: int = 1000) -> Tuple[Job, ...]:
        """Return jobs in these states: ended ones newest first, others in the queue's order."""
        return self._jobs.page(
            states, limit=limit, newest_first=all(state.final for state in states)
        )

    def add(
        self,
        paths: Iterable[Path],
        *,
        override_language: str = "",
        notice: Optional[films_to_jobs.Notice] = None,
        again: bool = False,
        anyway: bool = False,
    ) -> Tuple[int, ...]:
        """Queue films, and all films of folders; return the ids of the new jobs.

        What cannot be queued is told to ``notice``, or as an event: a path that is not there, a film that
        is queued already or excluded (``anyway``: that is queued as well). ``override_language`` is what they
        were made in, where the user knows it. ``again``: those that were processed before are made once more.
        """
        show, paths = notice or self.publisher.notice, tuple(paths)
        films = films_to_jobs.films_below(paths, override_language, show, anyway=anyway)
        films = films_to_jobs.without_excluded(films, self.shared.exclusions, paths, show)
        if again:
            films = done_again(films, self._environment.job_context().processor.again, show)
        ids = self.submit(films)
        for sentence in films_to_jobs.already_there(films, ids, self._jobs):
            show(sentence)
        return ids

    def again(self, job_ids: Sequence[int]) -> Tuple[int, ...]:
        """Queue the films of ended jobs to be made once more with today's rules; return the new jobs' ids."""
        films = [job.result_path for job in map(self._jobs.get, job_ids) if job is not None]
        return self.add(films, again=True)

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films in one transaction; return the ids of the new jobs.

        A film that is in the queue already is passed over.
        """
        ids = self.shared.submit(films)
        for film in films[:_MANY]:
            self._environment.look_ahead(film.path)
        return ids

    def cancel(self, job_id: int) -> None:
        """End a job that waits or runs; the film stays as it is and nothing of the job is left."""
        self._control.cancel(job_id)

    def exclude(self, job_id: int, sentence: str) -> None:
        """End a job whose film is never to be touched; ``sentence`` says so."""
        self._control.cancel(job_id, JobEnd(JobState.CANCELLED, sentence, Excluded.code))

    def pause_job(self, job_id: int) -> None:
        """Let one job stand still: its encoder, or its place in the queue."""
        self._control.pause_job(job_id)

    def resume_job(self, job_id: int) -> None:
        """Let one job go on that the user had paused."""
        self._control.resume_job(job_id)

    def retry(self, job_id: int) -> bool:
        """Queue an ended job again, or let one run that waits for its time; False where it cannot be.

        A completed one stays as it is, and its film gets a new job.
        """
        with self._running.changed:
            if self._running.get(job_id) is not None:
                return False
            job = self._jobs.get(job_id)
            if job is not None and job.state is JobState.COMPLETED:
                again = job_for_another_time(job, Journal(self._database))
                return bool(self.shared.submit((again,)))
            done = self._jobs.hurry(job_id) or self._jobs.requeue(job_id)
            self.publisher.job_changed(job_id, done)
            self._running.wake()
            return done

    def each(self, action: Callable[[int], object], job_ids: Sequence[int]) -> None:
        """Do this with several jobs; where it fails with one, it is as if it was done with none."""
        with self._running.changed, all_or_none(self._database, self.publisher, job_ids):
            for job_id in job_ids:
                action(job_id)

    def retry_all_failed(self) -> int:
        """Queue all failed jobs again; return how many they are."""
        with self._running.changed, self._database.transaction():
            again = [job_id for job_id in self._jobs.all_failed() if self._jobs.requeue(job_id)]
            self.publisher.jobs_changed(again)
            self._running.wake()
            return len(again)

    def remove(self, job_id: int) -> bool:
        """Take a job that is not running out of the queue or the history; False where it runs."""
        with self._running.changed:
            if self._running.get(job_id) is not None:
                return False
            self._control.drop_kept_result(job_id)
            if not self._jobs.remove(job_id):
                return False
            self.events.put(JobRemoved(job_id))
            return True

    def move(self, job_ids: Sequence[int], where: Where) -> None:
        """Move waiting jobs to the top, the bottom, or by one place; several keep their order."""
        self._order.move(job_ids, where)
        self.events.put(QueueListChanged())

    def spread(self, job_ids: Sequence[int], wanted: bool = True) -> None:
        """Have films made before all others by all machines together, or no more so."""
        self._order.spread(job_ids, wanted)
        self.events.put(QueueListChanged())
        self._running.wake()

    def place_before(self, job_ids: Sequence[int], before_id: Optional[int]) -> None:
        """Put waiting jobs right before another; at the end where that is None."""
        self._order.place_before(job_ids, before_id)
        self.events.put(QueueListChanged())

    def set_priority(self, job_ids: Sequence[int], priority: int) -> None:
        """Give waiting jobs a priority; the highest goes first."""
        self._order.set_priority(job_ids, priority)
        self.events.put(QueueListChanged())

    def recover(self, others: FrozenSet[int] = frozenset()) -> None:
        """Put right what the last run of the program left behind; before anything else at start.

        The jobs that ``others`` have in hand for this machine stay theirs.
        """
        try:
            context, journal = self._environment.job_context(), Journal(self._database)
            events = self.publisher
            QueueRecovery(self._jobs, journal, context, self._outcomes, events).run(others)
        except MediaProcessorError as error:
            self.publisher.error(str(error))
        self.publisher.jobs_changed(self._jobs.requeue_interrupted(others))

    def continue_as_before(self) -> None:
        """Come into the state that the user had left the queue in when the program ended."""
        state, until = self._requested.remembered()
        if state is QueueState.PAUSED:
            self._request(QueueState.PAUSED, until)
        elif state is QueueState.RUNNING and self._environment.settings.queue.resume_at_start:
            self.start()

    def start(self, *, remember: bool = True) -> None:
        """Begin (or go on) to work off the queue; ``remember`` it for the next start of the program."""
        self._request(QueueState.RUNNING, remember=remember)

    def start_unless_paused(self) -> bool:
        """Begin to work off the queue, for this run; it stays paused where its user had paused it.

        Return whether it is at work, or will be by itself when that pause ends.
        """
        state, until = self._requested.remembered()
        if state is not QueueState.PAUSED:
            self.start(remember=False)
            return True
        self._request(QueueState.PAUSED, until, remember=False)
        return until is not None

    def pause(self) -> None:
        """Let running encoders stand still and begin nothing new."""
        self._request(QueueState.PAUSED)

    def pause_for(self, minutes: float) -> None:
        """Pause, and go on by itself after so many minutes, also after a restart."""
        self._request(QueueState.PAUSED, self._clock.now() + minutes * 60)

    def resume(self) -> None:
        """Go on after a pause."""
        self.start()

    def stop_after_current(self) -> None:
        """Begin nothing new; running jobs come to their end."""
        self.stop()

    def stop(self, *, cancel_running: bool = False, remember: bool = True) -> None:
        """Begin nothing new; running jobs come to their end, or go back to the queue.

        With ``cancel_running`` what they have done so far is thrown away; they begin anew at the next
        start. Without ``remember`` the next start of the program goes on as before.
        """
        with self._running.changed:
            self._request(QueueState.STOPPED, remember=remember)  # first: it may not be possible
            if cancel_running:
                self._running.give_all_back()
                return
            for job_id in self._running.paused_by_user():
                self.resume_job(job_id)

    def shutdown(self, deadline: float = 30.0) -> bool:
        """Stop, let the running jobs go back to the queue and end the threads.

        False where one has not ended after ``deadline`` seconds.
        """
        with self._running.changed:
            self._running.end_all()
            self.stop(cancel_running=True, remember=False)
            periodic, self._periodic = self._periodic, None
        self.supervisor.stop()
        end = time.monotonic() + deadline
        ended = periodic is None or periodic.stop(deadline)
        self._environment.keep_awake(False)
        for thread in self._workers.threads:
            thread.join(max(0.0, end - time.monotonic()))
        return ended and not any(thread.is_alive() for thread in self._workers.threads)

    def run_until_idle(self, show: Callable[[Event], None]) -> None:
        """Work off the queue and return when nothing is left; ``show`` gets every event.

        One that was paused before stays so: where that pause has no end, this returns at once.
        ``show`` is called in the calling thread. An exception there (or Ctrl+C, or StoreGone) leaves the
        jobs running: end them with ``shutdown``.
        """
        self._due_swaps()  # what was in use at the last run may be free by now
        waits_for_end = self.start_unless_paused()
        while (waits_for_end and self._requested.paused) or not (self.idle and self.events.empty()):
            self._database.demand_there()
            with suppress(queue.Empty):
                show(self.events.get(timeout=0.1))

    def _request(
        self, state: QueueState, until: Optional[float] = None, *, remember: bool = True
    ) -> None:
        """Come into a state that somebody asked for."""
        with self._running.changed:
            self._requested.request(state, until, remember=remember)
            self._slots.resting = self._requested.resting
            if state is not QueueState.STOPPED and not self._running.ending:
                self._periodic = self._periodic or self._new_periodic()
                self._workers.ensure_workers()
            self._control.announce(always=True)

    def _new_periodic(self) -> PeriodicThread:
        duties = self._look_at_reasons, self._due_swaps, self._stay_awake, self._keep_house
        periodic = PeriodicThread(duties, _BEAT)
        periodic.start()
        self.supervisor.follow("Queue", HANG_SECONDS, periodic)
        self.supervisor.start()
        return periodic

    def _stay_awake(self) -> None:
        """Let the machine sleep only while nothing is at work."""
        self._environment.keep_awake(self._running.at_work)

    def _look_at_reasons(self) -> None:
        """Pause or go on by itself: hours, conditions, the end of a pause."""
        reason = self._requested.look()  # may take a moment: not under the lock
        with self._running.changed:
            if self._running.ending:
                return
            if self._requested.over:
                self.start()
                return
            self._requested.hold(reason)
            self._slots.resting = self._requested.resting
            if self._requested.state is QueueState.RUNNING:
                self._workers.ensure_workers()
            self._control.announce()
