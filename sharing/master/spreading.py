"""Which film is made by all machines together: one for which they would be idle, or that its user wants so.

Such a film is begun here although all slots may be taken: others make its chunks, and this machine does too
once a slot is free. Its plan, its proof and its place are this machine's, as ever.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import List, Optional, Set, Tuple

from core.chunks.eligibility import reasons_for_one_piece
from core.events import JobState
from core.plan import Plan
from core.planning.planner import build_plan
from core.queue.job import Job, JobEnd, JobKind
from core.queue.job_kind import kind_of
from core.queue.outcome import sentence_of
from core.settings.tree import Settings
from core.tools import Toolset
from processing.chunks.dealing import DealtFilms
from scheduling.attempt import Planned
from scheduling.running_jobs import Running
from scheduling.shared_queue import SharedQueue
from scheduling.thread_pool import IdleThreadPool
from sharing.master.dealt_chunks import DealtChunks
from sharing.master.film_choice import CandidateMachine, FilmChoice, fits
from sharing.master.leased_jobs import RemoteJobs
from sharing.master.nodes import Nodes
from sharing.master.same_encoder import EncoderLikeness
from store.planned_jobs import PlannedJobs

_log = logging.getLogger("mediaprocessor.queue")
_OURS = ""  # this machine among the others
_PREPARING = 30.0  # seconds that others wait for the chunks of a film that goes first
_TOGETHER = 2  # machines with a free slot, at least, for a film that is made by several


class Spreading:
    """Guarded by the queue's lock, which the caller holds where nothing else is said."""

    def __init__(
        self,
        queue: SharedQueue,
        nodes: Nodes,
        jobs: RemoteJobs,
        chunks: DealtChunks,
        films: DealtFilms,
    ) -> None:
        self._queue = queue
        self._nodes = nodes
        self._jobs = jobs
        self._chunks = chunks
        self._films = films
        self._planned = PlannedJobs(queue.database, queue.jobs)
        self._threads = IdleThreadPool("spread")
        self._likeness = EncoderLikeness()
        self._in_one_piece: Set[int] = set()  # jobs whose films cannot be cut, as was found out

    def start(self) -> None:
        """Let this machine's films be made by all."""
        self._films.helpers = self._helpers
        self._films.takes_slot = self._takes_slot
        self._films.goes_back = self._goes_back

    def stop(self) -> None:
        """Let them be made here alone; what nodes have in hand of them is theirs no more."""
        self._films.alone()

    def join(self, seconds: float) -> bool:
        """Wait for the threads, without the lock; whether all have ended."""
        return self._threads.join(seconds)

    def goes_first(self, job_id: int) -> bool:
        """Whether the user wants a job made before all others, with everything."""
        job = self._queue.jobs.get(job_id)
        return job is not None and job.spread

    @property
    def prepares(self) -> bool:
        """Whether a film that goes before all others has just been begun here, and is cut in a moment."""
        fresh = [job_id for job_id, _running in self._fresh()]
        return bool(fresh) and self._queue.jobs.any_spread(fresh)

    @property
    def may_prepare(self) -> bool:
        """Whether any film is made here since a moment, which may be such a one."""
        return any(not running.planning for _job_id, running in self._fresh())

    def _fresh(self) -> List[Tuple[int, Running]]:
        """Return the films that were begun here just now and are not cut yet."""
        return [
            (job_id, running)
            for job_id, running in self._queue.running.here()
            if running.worked < _PREPARING and self._films.get(job_id) is None
        ]

    def begin(self, choice: FilmChoice, tools: Toolset) -> bool:
        """Begin the film that a node with these ``tools`` would get, for all; False where it is for one."""
        planned = choice.planned
        ours = self._queue.attempts.toolset
        settings = planned.context.settings
        if ours is None or not self._may_spread(choice.job_id, planned):
            return False
        if not self._likeness.of(planned.plan, settings, tools, ours):
            return False
        if not self._planned.take(choice.job_id, _OURS, choice.kind):
            return False
        job = self._queue.jobs.get(choice.job_id)
        assert job is not None
        self._queue.attempts.drop_plan(job.id)
        media, native = planned.plan.media, planned.plan.native_language
        planned = replace(planned, plan=build_plan(media, native, settings, ours))
        running = self._queue.begin(job.id, Running(kind=choice.kind, waits_for_slot=True))
        _log.info("Job %d is made by several machines.", job.id)
        self._threads.do(partial(self._work, job, running, planned))
        return True

    def _may_spread(self, job_id: int, planned: Planned) -> bool:
        """Whether a film that waits is worth more machines than one, and can be cut."""
        plan, settings = planned.plan, planned.context.settings
        if job_id in self._in_one_piece:
            return False
        if not settings.processing.chunks or plan.video_encode is None or plan.media.damage:
            return False
        kind = kind_of(plan)
        first = self.goes_first(job_id)
        if not first and self._enough_wait(kind):
            return False
        able = self._able(plan, settings, self._queue.attempts.toolset)
        if not first:
            free = sum(self._free(machine, kind) for machine in able) + self._free_here(kind)
            if free < _TOGETHER or self._waiting >= free:
                return False
        return bool(able) and not reasons_for_one_piece(plan, settings.processing.chunk_seconds)

    def _enough_wait(self, kind: JobKind) -> bool:
        """Whether so many films wait with a plan that no slot could stay free: quickly answered."""
        slots = sum(self._nodes.slots_of(node.id).get(kind, 0) for node in self._nodes.candidates())
        slots += self._queue.slots.limit(kind)
        return slots < _TOGETHER or self._queue.jobs.planned_ahead((kind,)) >= slots

    def _helpers(self, job_id: int, plan: Plan) -> int:
        """How many others would make chunks of a film that is begun here. Takes the lock itself."""
        job = self._queue.jobs.get(job_id)
        if job is None:
            return 0
        context = self._queue.attempts.context_for(job)  # may ask the tools: not under the lock
        with self._queue.changed:
            if not self._queue.handing_out:
                return 0
            able = self._able(plan, context.settings, context.toolset)
            if job.spread:
                return len(able)
            kind = kind_of(plan)
            return max(0, sum(self._free(machine, kind) for machine in able) - self._waiting)

    def _takes_slot(self, job_id: int) -> bool:
        """Let a job that was begun for others have a slot here, where one is free. Takes the lock itself."""
        with self._queue.changed:
            running = self._queue.running.get(job_id)
            if running is None or not running.waits_for_slot:
                return True
            return self._queue.running.take_slot(running, running.kind, self._queue.slots)

    def _goes_back(self, job_id: int) -> None:
        """Give a job that cannot be cut back to the queue where no slot here is for it.

        Takes the lock itself.
        """
        with self._queue.changed:
            running = self._queue.running.get(job_id)
            if running is not None and not self._queue.slots.limit(running.kind):
                self._in_one_piece.add(job_id)
                running.give_back()

    @property
    def _waiting(self) -> int:
        return self._queue.jobs.counts()[JobState.QUEUED]

    def _able(
        self, plan: Plan, settings: Settings, ours: Optional[Toolset]
    ) -> Tuple[CandidateMachine, ...]:
        """Return the nodes that are there and whose chunks of a film could be joined with ours."""
        return tuple(
            machine
            for machine in self._nodes.candidates()
            if machine.chunks
            and kind_of(plan) in machine.kinds
            and fits(machine, plan)
            and ours is not None
            and self._likeness.of(plan, settings, ours, machine.toolset)
        )

    def _free(self, machine: CandidateMachine, kind: JobKind) -> int:
        """How many slots of a kind a node has free."""
        slots = self._nodes.slots_of(machine.id).get(kind, 0)
        in_hand = [(job.node_id, job.offer.kind) for job in self._jobs.all()]
        in_hand += [(chunk.node_id, chunk.offer.kind) for chunk in self._chunks.all()]
        taken = in_hand.count((machine.id, kind))
        return max(0, slots - taken)

    def _free_here(self, kind: JobKind) -> int:
        taken = sum(busy is kind for busy in self._queue.running.kinds_at_work())
        return max(0, self._queue.slots.limit(kind) - taken)

    def _work(self, job: Job, running: Running, planned: Planned) -> None:
        """Do one job, in its own thread, without the lock."""

        def attempt(job: Job, running: Running) -> Optional[JobEnd]:
            return self._queue.attempts.carry_out(job, planned, running.control)

        try:
            self._queue.run_job(job, running, attempt)
        except Exception as error:  # noqa: BLE001 - the user hears of it; the next start puts it right
            _log.exception("Job %d met an error.", job.id)
            self._queue.error(sentence_of(error))
