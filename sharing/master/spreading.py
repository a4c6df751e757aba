"""Which film is made by all machines together: one for which they would be idle, or that its user wants so.

Such a film is begun here although all slots may be taken: others make its chunks, and this machine does too
once a slot is free. Its plan, its proof and its place are this machine's, as ever.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Optional

from core.chunks.eligibility import reasons_for_one_piece
from core.events import JobState
from core.plan import Plan
from core.planning.planner import build_plan
from core.queue.job import Job, JobEnd, JobKind
from core.queue.job_kind import kind_of
from core.queue.outcome import sentence_of
from core.tools import Toolset
from dataclasses import replace
from processing.chunks.dealing import DealtFilms
from scheduling.attempt import Planned
from scheduling.running_jobs import Running
from scheduling.shared_queue import SharedQueue
from scheduling.thread_pool import IdleThreadPool
from sharing.master.dealt_chunks import DealtChunks
from sharing.master.film_choice import CandidateMachine, FilmChoice, fits
from sharing.master.leased_jobs import RemoteJobs
from sharing.master.nodes import Nodes, Online
from sharing.master.same_encoder import encodes_alike
from store.planned_jobs import PlannedJobs

_log = logging.getLogger("mediaprocessor.queue")
_OURS = ""


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

    def start(self) -> None:
        """Let this machine's films be made by all."""
        self._films.helpers = self._helpers
        self._films.takes_slot = self._takes_slot

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

    def begin(self, choice: FilmChoice, tools: Toolset) -> bool:
        """Begin the film that a node with these tools would get, for all machines; False where it is for one."""
        planned = choice.planned
        ours = self._queue.attempts.toolset
        settings = planned.context.settings
        if ours is None or not self._may_spread(choice.job_id, planned):
            return False
        if not encodes_alike(planned.plan, settings, tools, ours):
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
        settings, plan = planned.context.settings.processing, planned.plan
        if not settings.chunks or plan.video_encode is None or plan.media.damage is not None:
            return False
        if not self._count_helpers(job_id, plan, planned.context.settings, _OURS):
            return False
        return not reasons_for_one_piece(plan, settings.chunk_seconds)
