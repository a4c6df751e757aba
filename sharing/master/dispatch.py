"""Plans films ahead for all machines of a network, and finds the next one for a machine that asks."""

from __future__ import annotations

import logging
import time
from typing import List, Mapping, Optional, Tuple

from core.peer_errors import NoMachine
from core.queue.job import Job, JobEnd, JobKind
from core.queue.job_kind import kind_of
from core.queue.outcome import end_without_work
from core.text.sentence import Sentence
from scheduling.attempt import Planned
from scheduling.running_jobs import Running
from scheduling.shared_queue import SharedQueue
from scheduling.slots import AHEAD
from sharing.master.film_choice import CandidateMachine, Chooser, FilmChoice
from sharing.master.nodes import Nodes
from sharing.master.planners import InPlanning, Planner, Planners
from sharing.remote_result import ANSWERS_FIRST
from store.planned_jobs import PlannedJobs

_log = logging.getLogger("mediaprocessor.queue")
_WAIT = 10.0  # seconds after which it gives its sign of life
_FIRST = 8  # planned films among which most machines find theirs
# So many films have gone before the planned ones are filled up again: planning beside each answer would slow
# all of them down.
_TOGETHER = 8
_OURS = ""  # this machine among the others
_KNOWN = (
    0.5  # seconds for which no film is planned; what the user does with jobs is seen after that
)


class Dispatch:
    """The source of all machines' jobs (``scheduling.ports.JobSource`` for this one's)."""

    def __init__(self, queue: SharedQueue, nodes: Nodes) -> None:
        self._queue = queue
        self._nodes = nodes
        self._planned = PlannedJobs(queue.database, queue.jobs)
        self._chooser = Chooser(queue.attempts)
        self._planners = Planners(self, queue.supervisor)
        self._in_planning = InPlanning()
        self._filling = True  # whether films are planned until there are enough
        self._changes = 0  # of what the machines that are there can do
        self._parts: Tuple[Tuple[CandidateMachine, ...], List[CandidateMachine]] = ((), [])
        self._all: Tuple[CandidateMachine, ...] = ()
        self._nothing_until = 0.0  # by the monotonic clock; no film is planned up to then

    def start(self) -> None:
        """Plan ahead from now on, and let this machine's own slots ask here."""
        self._queue.share(self, self._nodes)
        self._planners.start()

    def stop(self) -> None:
        """Plan no more; what was planned for others is planned anew when its turn comes."""
        with self._queue.changed:
            self._queue.share_no_more()
            threads = self._planners.end()
            self._queue.wake()
        end = time.monotonic() + _WAIT
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        self.forget_plans()

    def forget_plans(self) -> None:
        """Plan anew what waits: the settings have changed."""
        with self._queue.changed:
            self._queue.attempts.drop_all_plans()
            self._planned.forget_plans(self._planned.ids(tuple(JobKind), self._most))
            self._queue.wake()

    def machines_changed(self) -> None:
        """Let the jobs be planned again that no machine could do; the lock is held."""
        self._changes += 1
        self._nothing_until = 0.0
        self._queue.jobs.hurry_all(NoMachine.code)
        self._queue.wake()

    @property
    def nothing_planned(self) -> bool:
        """Whether it is known that no film is ready for anybody; the lock is held."""
        return time.monotonic() < self._nothing_until

    def choose(self, candidate: CandidateMachine) -> Optional[FilmChoice]:
        """Return what a machine gets next; the lock is held."""
        others = self._there()
        avoided = self._nodes.avoided(candidate.id)
        most = min(_FIRST, self._most)
        while True:
            ids = self._planned.ids(self._kinds(), most, self._in_planning.first())
            if not ids:
                self._nothing_until = time.monotonic() + _KNOWN
                return None
            choice, unknown = self._chooser.choose(candidate, ids, others, avoided)
            if unknown:  # this run of the program has not planned them
                self._planned.forget_plans(unknown)
                self._queue.wake()
            if choice is None and most < self._most and len(ids) == most:
                most = self._most
                continue
            end = self._known_end(choice, candidate)
            if choice is None or end is None:
                return choice
            self._queue.attempts.drop_plan(choice.job_id)
            self._queue.finish(choice.job_id, end)

    def _known_end(
        self, choice: Optional[FilmChoice], candidate: CandidateMachine
    ) -> Optional[JobEnd]:
        """Say how a film ends of which is known that this makes it no smaller: nobody need try it."""
        if choice is None:
            return None
        planned = choice.planned
        return self._queue.attempts.known_end(planned.content, planned.plan, candidate.toolset)

    @property
    def _most(self) -> int:
        """How many films are planned ahead: enough for every slot of every machine."""
        return AHEAD + self._nodes.slots

    def _there(self) -> Tuple[CandidateMachine, ...]:
        """All machines that are there; the same object as long as they are the same."""
        parts = self._nodes.candidates(), self._here()
        if parts[0] is not self._parts[0] or parts[1] != self._parts[1]:
            self._parts, self._all = parts, (*parts[0], *parts[1])
        return self._all

    def _here(self) -> List[CandidateMachine]:
        """This machine, once its tools are known and where it has slots."""
        slots = self._queue.slots
        kinds = frozenset(kind for kind in JobKind if slots.limit(kind) > 0)
        toolset = self._queue.attempts.toolset
        return [CandidateMachine(_OURS, toolset, kinds)] if toolset and kinds else []

    def claim(self, kinds: Tuple[JobKind, ...]) -> Optional[Job]:
        """Take a job for a slot of this machine: the same way as every node gets its."""
        toolset = self._queue.attempts.toolset
        if toolset is None:
            return None
        slots = self._queue.slots
        able = frozenset(kind for kind in JobKind if slots.limit(kind) > 0)
        choice = self.choose(CandidateMachine(_OURS, toolset, able, frozenset(kinds)))
        if choice is None or not self._planned.take(choice.job_id, _OURS, choice.kind):
            return None
        self._queue.attempts.keep(choice.job_id, choice.planned)
        return self._queue.jobs.get(choice.job_id)

    def plan_films(self, planner: Planner) -> None:
        """Plan film after film in the planner's own thread, until it is to end."""
        while True:
            taken = self._next(planner)
            if taken is None:
                return
            job, running, changes = taken
            try:
                self._queue.run_job(job, running, self._plan)
            except Exception:  # noqa: BLE001 - a planner never ends by an error
                _log.exception("Job %d could not be planned.", job.id)
            finally:
                with self._queue.changed:
                    self._in_planning.end(job.id)
                    self._nothing_until = 0.0
                    if self._changes != changes:  # a machine came while it was found that none can
                        self._queue.jobs.hurry_all(NoMachine.code)
                    self._queue.wake()

    def _next(self, planner: Planner) -> Optional[Tuple[Job, Running, int]]:
        """Wait for a film that is to be planned; None when the thread is to end.

        With it comes how often the machines had changed when it was taken.
        """
        queue = self._queue
        with queue.changed:
            while planner.present and not queue.ending:
                planner.beat()
                if self._wanted(planner) and self._may_plan():
                    job = queue.jobs.claim_next(_OURS, (JobKind.UNKNOWN,))
                    if job is not None:
                        running = queue.begin(job.id, Running(planning=True))
                        self._in_planning.begin(job)
                        return job, running, self._changes
                queue.changed.wait(_WAIT)
                if self._queue.attempts.plans_kept > _FIRST:
                    queue.changed.wait(ANSWERS_FIRST)
            return None

    def _wanted(self, planner: Planner) -> bool:
        """Whether so many are to plan at the same time: one alone, one for each node otherwise."""
        return planner.number == 0 or planner.number < len(self._nodes.online())

    def _may_plan(self) -> bool:
        """Whether there is somebody to plan for, and not enough planned already."""
        kinds = self._kinds()
        if not kinds or not self._queue.handing_out:
            return False
        ahead = self._queue.jobs.planned_ahead(kinds) + len(self._in_planning)
        self._filling = ahead < self._most - (0 if self._filling else _TOGETHER)
        return self._filling

    def _kinds(self) -> Tuple[JobKind, ...]:
        """The kinds that any machine does that is there; films of the others wait and hold up nobody."""
        slots = self._queue.slots
        nodes = {kind for candidate in self._nodes.candidates() for kind in candidate.kinds}
        return tuple(kind for kind in JobKind if kind in nodes or slots.limit(kind) > 0)

    def _plan(self, job: Job, running: Running) -> Optional[JobEnd]:
        """Plan a film and give it back, or say how it ends without work."""
        planned = self._queue.attempts.look(job)
        running.control.check()
        with self._queue.changed:
            there = self._there()
            best = self._chooser.best(planned, job.id, there)
        if best is None:
            return self._nobody(self._queue.attempts.write(job.id, planned), job.id)
        end = end_without_work(best) or self._queue.attempts.known_end(planned.content, best, None)
        if end is not None:
            self._queue.attempts.write(job.id, planned)
            self._chooser.forget(job.id)
            return end
        self._queue.give_back(job.id, planned, kind_of(best))
        return None

    def _nobody(self, planned: Planned, job_id: int) -> JobEnd:
        """Say how a film ends that no machine here can do; raises NoMachine where it is worth waiting."""
        offline: Mapping[str, CandidateMachine] = self._nodes.offline_machines()
        for name, candidate in offline.items():
            with self._queue.changed:
                plan = self._chooser.best(planned, job_id, [candidate])
            if plan is not None:
                raise NoMachine(
                    Sentence("Only {name} can work on this film, and it is not there.", name=name)
                )
        end = end_without_work(planned.plan)
        if end is not None:
            return end
        raise NoMachine(
            Sentence(
                "No machine that is there takes films of this kind. Set its slots in the queue's settings."
            )
        )
