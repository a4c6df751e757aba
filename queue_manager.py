"""The queue: takes films, works them off, and tells what happens.

Every film goes the same way: analyze, plan, process, verify, swap (``scheduling.attempt``). Whatever goes
wrong with one ends or delays that job with a sentence and never a worker. All that others need to know is on
``events``, as frozen values; what must survive a restart is in the database before it is told.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Callable, Dict, FrozenSet, Iterable, Optional, Sequence, Tuple

from core.errors import MediaProcessorError
from core.events import Event, JobRemoved, JobState, QueueListChanged, QueueState, QueueStateChanged
from core.progress import Progress
from core.queue.job import Job, NewJob, Where
from core.queue.outcome import CANCELLED
from core.queue.overview import Estimate, QueueOverview
from core.reporting.health import ThreadHealth
from core.settings.tree import QueueSettings
from scheduling import films_to_jobs
from scheduling.all_or_none import all_or_none
from scheduling.attempt import Attempts
from scheduling.conditions import DatabaseUsable
from scheduling.event_publisher import Telling
from scheduling.housekeeping import DueSwaps, Housekeeping
from scheduling.job_context import Equipment
from scheduling.pause_reasons import Condition, Gate
from scheduling.periodic_thread import Conductor
from scheduling.queue_estimate import Outlook
from scheduling.queue_recovery import Recovery
from scheduling.requested_state import Wishes
from scheduling.responsive import keep_responsive
from scheduling.slots import Slots
from scheduling.supervision import Keep, Supervisor
from scheduling.workers import HANG_SECONDS, Running, Workforce
from sharing.master.queue_access import Inside
from store.connection import Database
from store.job_order import JobOrder
from store.jobs import JobStore
from store.journal import Journal
from store.queue_state import QueueStateStore
from store.verdicts import VerdictStore

__all__ = ["Equipment", "QueueManager", "keep_responsive"]

_BEAT = 2.0  # seconds between two looks at what is due
_MANY = 200  # films that are looked ahead for at once

_log = logging.getLogger("mediaprocessor.queue")


class QueueManager:
    """The service behind the window and the command line; every method is safe from any thread.

    ``equip`` is called in the worker for each job and may raise MediaProcessorError; ``equip_for``, where
    it is given, knows the settings of the job's watched folder. ``job_log`` gives the context in which a
    job's log is kept. ``settings`` gives limits and hours as they are now, ``conditions`` say why the
    queue has to pause. ``look_ahead`` is told of films that were added, ``keep_awake`` every few seconds
    whether a film is at work, ``keep_health`` now and then how the threads are.
    """

    def __init__(
        self,
        database: Database,
        equip: Callable[[], Equipment],
        *,
        job_log: Callable[[int], AbstractContextManager[object]],
        equip_for: Optional[Callable[[Job], Equipment]] = None,
        settings: Callable[[], QueueSettings] = QueueSettings,
        conditions: Sequence[Condition] = (),
        look_ahead: Callable[[Path], None] = lambda path: None,  # noqa: ARG005
        keep_awake: Callable[[bool], None] = lambda wanted: None,  # noqa: ARG005
        keep_health: Keep = lambda health: None,  # noqa: ARG005
        now: Callable[[], float] = time.time,
        instance_id: str = "",
    ) -> None:
        self._database = database
        self._jobs = JobStore(database, now)
        telling = Telling(self._jobs, lambda event: self._force.progressed(event))
        self.events = telling.events
        self._tell, self._tell_all = telling.tell, telling.tell_all
        self._notice, self._error = telling.notice, telling.error
        self._tell_queue = telling.tell_queue
        self._order = JobOrder(database)
        self._journal = Journal(database)
        self._equip, self._settings, self._now = equip, settings, now
        self._look_ahead, self._keep_awake = look_ahead, keep_awake
        self.supervisor = Supervisor(now, self._error, keep_health)
        gate = Gate(settings, now, (DatabaseUsable(database, self._error), *conditions))
        self._wishes = Wishes(QueueStateStore(database), gate, now)
        self._slots = Slots(settings)
        self._outlook = Outlook(database, self._slots, instance_id)
        self._changed = threading.Condition(threading.RLock())
        verdicts, outfit = VerdictStore(database, now), equip_for or (lambda _job: equip())
        self._attempts = Attempts(self._jobs, verdicts, outfit, telling.publish, self._tell)
        self._force = Workforce(
            self._jobs,
            self._attempts,
            self._slots,
            self._changed,
            job_log=job_log,
            working=lambda: self.state is QueueState.RUNNING,
            tell=self._tell,
            notice=self._error,
            supervisor=self.supervisor,
            freed=self._freed,
            now=now,
            instance_id=instance_id,
        )
        self._conductor: Optional[Conductor] = None
        self._due_swaps = DueSwaps(self._jobs, self._tell, self._changed)
        self._keep_house = Housekeeping(equip, database, settings, now)

    @property
    def inside(self) -> Inside:
        """What other machines' work for this queue is done with."""
        return Inside(
            self._database,
            self._jobs,
            self._attempts,
            self._force,
            self._slots,
            self._outlook,
            self._changed,
            self.supervisor,
            handing_out=lambda: self._wishes.wished is QueueState.RUNNING,
            tell=self._tell,
            notice=self._error,
            announce=self._announce,
        )

    @property
    def state(self) -> QueueState:
        """What the queue does now; PAUSED also where it pauses by itself."""
        with self._changed:
            return self._present().state

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is about to; what waits for its time does not count."""
        with self._changed:
            if self._force.running or self.state is not QueueState.RUNNING:
                return not self._force.running
            return self._jobs.next_queued(self._force.claimable()) is None

    def overview(self) -> QueueOverview:
        """Return the queue at a glance."""
        with self._changed:
            now = self._present()
        return QueueOverview(now.state, now.reason, now.until, self._jobs.counts())

    @property
    def in_hand(self) -> Dict[int, Optional[Progress]]:
        """The jobs that are in work, also those that stand still, each with what its tool told last."""
        with self._changed:
            return {job_id: one.progress for job_id, one in self._force.running.items()}

    def estimate(self) -> Optional[Estimate]:
        """Return how long the whole queue will take; None where nothing is known of films like these.

        Asks the database; not for Tk's thread.
        """
        with self._changed:
            running = [(one.kind, one.eta) for one in self._force.running.values()]
        return self._outlook.estimate(running)

    def health(self) -> Tuple[ThreadHealth, ...]:
        """Return how the program's threads are, by name."""
        return self.supervisor.health()

    def jobs(self, *states: JobState, limit: int = 1000) -> Tuple[Job, ...]:
        """Return jobs in these states: ended ones newest first, others in the queue's order."""
        return self._jobs.page(states, limit=limit, newest_first=all(one.final for one in states))

    def add(
        self,
        paths: Iterable[Path],
        *,
        override_language: str = "",
        notice: Optional[films_to_jobs.Notice] = None,
    ) -> Tuple[int, ...]:
        """Queue films, and all films of folders; return the ids of the new jobs.

        What cannot be queued is told to ``notice``, or as an event: a path that is not there, a film that
        is queued already. ``override_language`` is what they were made in, where the user knows it.
        """
        tell = notice or self._notice
        films = films_to_jobs.films_below(paths, override_language, tell)
        ids = self.submit(films)
        for sentence in films_to_jobs.already_there(films, ids, self._jobs.open_job):
            tell(sentence)
        return ids

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films in one transaction; return the ids of the new jobs.

        A film that is in the queue already is passed over.
        """
        with self._changed:
            ids = self._jobs.add(films)
            self._tell_all(ids)
            self._changed.notify_all()
        for film in films[:_MANY]:
            self._look_ahead(film.path)
        return ids

    def cancel(self, job_id: int) -> None:
        """End a job that waits or runs; the film stays as it is and nothing of the job is left."""
        with self._changed:
            running = self._force.running.get(job_id)
            if running is not None:
                running.control.cancel()
                return
            self._give_up_swap(job_id)
            self._force.finish(job_id, CANCELLED)

    def pause_job(self, job_id: int) -> None:
        """Let one job stand still: its encoder, or its place in the queue."""
        with self._changed:
            running, job = self._force.running.get(job_id), self._jobs.get(job_id)
            if job is None or job.state.final or job.state is JobState.PAUSED:
                return
            if running is None:
                self._tell(job_id, self._jobs.pause(job_id, paused=True))
                return
            running.control.pause()
            running.paused_in = job.state
            self._tell(job_id, self._jobs.set_state(job_id, JobState.PAUSED, "", job.step))

    def resume_job(self, job_id: int) -> None:
        """Let one job go on that the user had paused."""
        with self._changed:
            running = self._force.running.get(job_id)
            if running is None:
                self._tell(job_id, self._jobs.pause(job_id, paused=False))
            elif running.paused_in is not None:
                job, state, running.paused_in = self._jobs.get(job_id), running.paused_in, None
                self._jobs.set_state(job_id, state, "", job.step if job else "")
                self._tell(job_id)
                self._announce()
            self._changed.notify_all()

    def _freed(self, job_id: int, running: Running) -> None:
        """Do to a job what was asked of it while its attempt came to its end."""
        if running.cancelled:
            self.cancel(job_id)
        elif running.paused_in is not None and not running.goes_back:
            self.pause_job(job_id)
        self._announce()

    def retry(self, job_id: int) -> bool:
        """Queue an ended job again, or let one run that waits for its time; False where it cannot be."""
        with self._changed:
            if job_id in self._force.running:
                return False
            done = self._jobs.hurry(job_id) or self._jobs.requeue(job_id)
            self._tell(job_id, done)
            self._changed.notify_all()
            return done

    def each(self, deed: Callable[[int], object], job_ids: Sequence[int]) -> None:
        """Do this with several jobs; where it fails with one, it is as if it was done with none."""
        with self._changed, all_or_none(self._database, lambda: self._tell_all(job_ids)):
            for job_id in job_ids:
                deed(job_id)

    def retry_all_failed(self) -> int:
        """Queue all failed jobs again; return how many they are."""
        with self._changed, self._database.transaction():
            again = [job_id for job_id in self._jobs.all_failed() if self._jobs.requeue(job_id)]
            self._tell_all(again)
            self._changed.notify_all()
            return len(again)

    def remove(self, job_id: int) -> bool:
        """Take a job that is not running out of the queue or the history; False where it runs."""
        with self._changed:
            if job_id in self._force.running:
                return False
            self._give_up_swap(job_id)
            if not self._jobs.remove(job_id):
                return False
            self.events.put(JobRemoved(job_id))
            return True

    def move(self, job_ids: Sequence[int], where: Where) -> None:
        """Move waiting jobs to the top, the bottom, or by one place; several keep their order."""
        self._order.move(job_ids, where)
        self.events.put(QueueListChanged())

    def place_before(self, job_ids: Sequence[int], before_id: Optional[int]) -> None:
        """Put waiting jobs right before another; at the end where that is None."""
        self._order.place_before(job_ids, before_id)
        self.events.put(QueueListChanged())

    def set_priority(self, job_ids: Sequence[int], priority: int) -> None:
        """Give waiting jobs a priority; the highest goes first."""
        self._order.set_priority(job_ids, priority)
        self.events.put(QueueListChanged())

    def _give_up_swap(self, job_id: int) -> None:
        """Drop the kept result of a job that waits to be swapped."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is JobState.SWAP_PENDING:
            self._equip().processor.abandon(job.path)

    def recover(self, others: FrozenSet[int] = frozenset()) -> None:
        """Put right what the last run of the program left behind; before anything else at start.

        The jobs that ``others`` have in hand for this machine stay theirs.
        """
        try:
            tell, notice, wait = self._tell, self._notice, self._force.wait_for_swap
            Recovery(self._jobs, self._journal, self._equip(), tell, notice, wait).run(others)
        except MediaProcessorError as error:
            self._error(str(error))
        self._tell_all(self._jobs.requeue_interrupted(others))

    def continue_as_before(self) -> None:
        """Come into the state that the user had left the queue in when the program ended."""
        state, until = self._wishes.remembered()
        if state is QueueState.PAUSED:
            self._wish(QueueState.PAUSED, until)
        elif state is QueueState.RUNNING and self._settings().resume_at_start:
            self.start()

    def start(self, *, remember: bool = True) -> None:
        """Begin (or go on) to work off the queue; ``remember`` it for the next start of the program."""
        self._wish(QueueState.RUNNING, remember=remember)

    def pause(self) -> None:
        """Let running encoders stand still and begin nothing new."""
        self._wish(QueueState.PAUSED)

    def pause_for(self, minutes: float) -> None:
        """Pause, and go on by itself after so many minutes, also after a restart."""
        self._wish(QueueState.PAUSED, self._now() + minutes * 60)

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
        with self._changed:
            self._wish(QueueState.STOPPED, remember=remember)  # first: it may not be possible
            for job_id, running in self._force.running.items():
                if cancel_running:
                    running.goes_back = True
                    running.left = bool(running.node) and self._force.ending
                    running.control.cancel()
                if running.paused_in is not None and not cancel_running:
                    self.resume_job(job_id)

    def shutdown(self, deadline: float = 30.0) -> bool:
        """Stop, let the running jobs go back to the queue and end the threads.

        False where one has not ended after ``deadline`` seconds.
        """
        with self._changed:
            self._force.ending = True
            self.stop(cancel_running=True, remember=False)
            conductor, self._conductor = self._conductor, None
        self.supervisor.stop()
        end = time.monotonic() + deadline
        ended = conductor is None or conductor.stop(deadline)
        self._keep_awake(False)
        for worker in self._force.workers:
            worker.join(max(0.0, end - time.monotonic()))
        return ended and not any(worker.is_alive() for worker in self._force.workers)

    def run_until_idle(self, show: Callable[[Event], None]) -> None:
        """Work off the queue and return when nothing is left; ``show`` gets every event.

        ``show`` is called in the calling thread. An exception there (or Ctrl+C, or StoreGone) leaves the
        jobs running: end them with ``shutdown``.
        """
        self._due_swaps()  # what was in use at the last run may be free by now
        self.start(remember=False)
        while self._wishes.paused or not (self.idle and self.events.empty()):
            self._database.demand_there()
            with suppress(queue.Empty):
                show(self.events.get(timeout=0.1))

    def _wish(
        self, state: QueueState, until: Optional[float] = None, *, remember: bool = True
    ) -> None:
        """Come into a state that somebody asked for."""
        with self._changed:
            self._wishes.wish(state, until, remember=remember)
            if state is not QueueState.STOPPED and not self._force.ending:
                self._conductor = self._conductor or self._new_conductor()
                self._force.hire()
            self._announce(always=True)

    def _announce(self, *, always: bool = False) -> None:
        """Let encoders run or stand still as the state wants it, and tell; the lock is held."""
        now = self._present()
        still = now.state is QueueState.PAUSED
        if self._wishes.held and (self._wishes.lets_finish or self._settings().finish_running):
            still = False
        # What holds this machine (its hours, its battery) holds no other.
        self._force.hold(still, others=not self._wishes.held)
        self._tell_queue(now, running=bool(self._force.running), always=always)
        self._changed.notify_all()

    def _present(self) -> QueueStateChanged:
        return self._wishes.present(running=bool(self._force.running))

    def _new_conductor(self) -> Conductor:
        duties = self._look_at_gate, self._due_swaps, self._stay_awake, self._keep_house
        conductor = Conductor(duties, _BEAT)
        conductor.start()
        conductor.followed_by(self.supervisor, "Queue", HANG_SECONDS)
        self.supervisor.start()
        return conductor

    def _stay_awake(self) -> None:
        """Let the machine sleep only while nothing is at work; what stands still is not at work."""
        with self._changed:
            at_work = any(not one.control.paused for one in self._force.running.values())
        self._keep_awake(at_work)

    def _look_at_gate(self) -> None:
        """Pause or go on by itself: hours, conditions, the end of a pause."""
        closed = self._wishes.closed()  # may take a moment: not under the lock
        with self._changed:
            if self._force.ending:
                return
            if self._wishes.over:
                self.start()
                return
            self._wishes.hold(closed)
            if self._wishes.wished is QueueState.RUNNING:
                self._force.hire()
            self._announce()
