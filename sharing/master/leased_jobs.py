"""The jobs that nodes have in hand: their leases, their threads here, and what follows when one is lost.

Each has a thread of this program that waits in the processor for its result (``RemoteResult``), so that all
that comes before and after is what a job of this machine has.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Dict, Mapping, Optional, Tuple

from cluster.leases import LEASE_SECONDS, LeaseTable
from core.errors import JobCancelled, MediaProcessorError
from core.events import JobState
from core.peer_errors import JobTakenBack, NodeLost, NodeTrouble, PeerError, WrongField
from core.planning.planner import build_plan
from core.ports import Clock
from core.protocol.offer import JobOffer, settings_for_slaves
from core.protocol.slave_result import read_slave_result
from core.queue.job import Job, JobEnd
from core.queue.outcome import sentence_of
from core.settings.tree import Settings
from core.text.sentence import Sentence
from core.tools import Toolset
from processing.filesystem import FileOperations
from processing.process_tree import SystemClock
from processing.target_quality.aiming import known_number
from scheduling.attempt import Planned
from scheduling.running_jobs import Running
from scheduling.shared_queue import SharedQueue
from scheduling.thread_pool import IdleThreadPool
from sharing.master.film_choice import FilmChoice
from sharing.master.nodes import Nodes
from sharing.remote_result import ANSWERS_FIRST, RemoteJob, RemoteResult
from store.leases import HandedOut, LeaseStore
from store.planned_jobs import PlannedJobs
from store.quality_scores import QualityScores

_log = logging.getLogger("mediaprocessor.queue")
_MOST_HELD = 256  # films in one node's hands that are looked up at once, while others wait
_LARGEST_ID = 2**63 - 1  # that the database can look for
_DECIDED_NOW = Sentence("The master takes this job back just now; ask again.")


class RemoteJobs:
    """Guarded by the queue's lock, which the caller holds where nothing else is said."""

    def __init__(
        self,
        queue: SharedQueue,
        nodes: Nodes,
        *,
        lease_seconds: float = LEASE_SECONDS,
        clock: Optional[Clock] = None,
    ) -> None:
        self._queue = queue
        self._nodes = nodes
        self._clock = clock or SystemClock()
        self._leases = LeaseStore(queue.database)
        self._scores = QualityScores(queue.database)
        self._planned = PlannedJobs(queue.database, queue.jobs)
        self._table = LeaseTable(seconds=lease_seconds)
        self._jobs: Dict[int, RemoteJob] = {}
        self._threads = IdleThreadPool("remote")
        # The settings that were offered last, and what of them goes with an offer.
        self._offered: Tuple[Optional[Settings], Mapping[str, Any]] = (None, {})

    def all(self) -> Tuple[RemoteJob, ...]:
        """Return what is in nodes' hands."""
        return tuple(self._jobs.values())

    def hand_out(
        self, choice: FilmChoice, base: Optional[Planned], machine: str, tools: Toolset
    ) -> Optional[JobOffer]:
        """Give a node a job; None where somebody else has it. ``base`` is kept for the next attempt."""
        number = known_number(self._scores, choice.planned.plan, choice.planned.content, tools)
        with self._queue.database.transaction():
            if not self._planned.take(choice.job_id, machine, choice.kind):
                return None
            job = self._queue.jobs.get(choice.job_id)
            assert job is not None
            offer = self._offer(job, choice, number)
            self._leases.grant(machine, offer, tools)
        self._table.grant(job.id, job.attempt, machine, self._clock.monotonic())
        self._begin(job, offer, machine, tools, choice.planned, base)
        return offer

    def resume_handed_out(self) -> None:
        """Go on with what the last run of the program had handed out; their owners have one lease to come."""
        for lease in self._leases.held():
            job = self._queue.jobs.get(lease.job_id)
            if job is None or job.state.final or job.attempt != lease.attempt:
                self._leases.forget(lease.job_id)
            elif lease.job_id not in self._jobs:
                self._queue.jobs.set_state(job.id, JobState.PROCESSING)
                self._table.adopt(job.id, job.attempt, lease.node_id, self._clock.monotonic())
                self._go_on(job, lease)

    def leased_to(self, node_id: str, job_id: int, attempt: int) -> Optional[RemoteJob]:
        """Return the job where it is this node's now."""
        return self._jobs.get(job_id) if self._table.holds(job_id, attempt, node_id) else None

    def of_node(self, node_id: str) -> Tuple[RemoteJob, ...]:
        """Return the jobs that are this node's now."""
        jobs = (self._jobs.get(lease.job_id) for lease in self._table.of_node(node_id))
        return tuple(job for job in jobs if job is not None)

    def held_by(self, node_id: str, job_id: int, attempt: int) -> Optional[RemoteJob]:
        """Return the job where it is this node's, or can be again: nobody else has begun it meanwhile.

        Raises PeerError where that is not decided yet.
        """
        remote = self._jobs.get(job_id)
        if self._table.holds(job_id, attempt, node_id):
            return remote
        if remote is not None and (remote.offer.attempt, remote.node_id) == (attempt, node_id):
            raise PeerError(_DECIDED_NOW)
        last = self._leases.get(job_id) if 0 < job_id <= _LARGEST_ID else None
        if last is None or last.held or (last.attempt, last.node_id) != (attempt, node_id):
            return None
        running = self._queue.running.get(job_id)
        if running is not None:
            # Planned for whoever asks next, or on its way back from this node: nobody has it yet.
            if running.planning or running.node:
                raise PeerError(Sentence("The master looks into this film just now; ask again."))
            return None
        with self._queue.database.transaction():
            if not self._planned.adopt(job_id, attempt, node_id, last.offer.kind):
                return None
            self._leases.adopt(job_id)
        self._table.adopt(job_id, attempt, node_id, self._clock.monotonic())
        job = self._queue.jobs.get(job_id)
        assert job is not None
        _log.info(
            "Job %d goes on at %s, which has come back.", job_id, self._nodes.name_of(node_id)
        )
        return self._go_on(job, last)

    def resume_held(self, node_id: str, holding: Any) -> None:
        """Let a node go on with what it still has in hand, before it is given the same film once more."""
        for key in holding[:_MOST_HELD] if isinstance(holding, list) else ():
            if isinstance(key, list) and len(key) == 2 and all(type(part) is int for part in key):
                with suppress(PeerError):  # not decided yet: nobody is given it now
                    self.held_by(node_id, *key)

    def renew(self, remote: RemoteJob) -> None:
        """Take a sign of life."""
        offer = remote.offer
        self._table.renew(offer.job_id, offer.attempt, remote.node_id, self._clock.monotonic())

    def hand_in(self, remote: RemoteJob, report: object) -> None:
        """Take what a node hands in, so that it may forget it: the disk has it when this returns.

        Called without the lock.

        Raises WrongField where a field of it cannot be right: the job is taken back then, and nothing of it
        is kept. Raises PeerError where the job was lost to the node meanwhile; it asks again, and keeps its
        result.
        """
        if remote.lost:
            raise PeerError(_DECIDED_NOW)
        try:
            read = read_slave_result(report).as_data()
        except WrongField as error:
            self.distrust(remote, error)
            raise
        self._leases.hand_in(remote.offer.job_id, remote.offer.attempt, read)
        if not remote.hand_in(read):
            raise PeerError(_DECIDED_NOW)

    def distrust(self, remote: RemoteJob, error: WrongField) -> None:
        """Take a job back from a node that says of it what cannot be; it counts as the node's failure.

        Takes the lock itself.
        """
        with self._queue.changed:
            offer = remote.offer
            self._table.end(offer.job_id, offer.attempt, remote.node_id)
            remote.lose(NodeTrouble(remote.node_name, str(error)))

    def take_back_unknown(self, node_id: str, holding: Any, *, blame: bool) -> None:
        """Take back at once what a node does not know of: it has begun anew, or never got the answer.

        ``blame``: nothing says why, and the node may not be able to take a job in at all.
        """
        if not isinstance(holding, list):
            return
        for lease in self._table.of_node(node_id):
            remote = self._jobs.get(lease.job_id)
            if remote and not remote.reported and [lease.job_id, lease.attempt] not in holding:
                self._table.end(lease.job_id, lease.attempt, lease.node_id)
                error = NodeTrouble if blame else JobTakenBack
                remote.lose(
                    error(remote.node_name, Sentence("it does not have this job any more."))
                )

    def take_back_lost(self) -> None:
        """Take back the jobs of nodes that sent no heartbeat for longer than their lease."""
        for remote in self._jobs.values():
            if remote.reported:  # it is in our own hands
                self.renew(remote)
        silent: Counter[str] = Counter()
        for lease in self._table.expire(self._clock.monotonic()):
            lost = self._jobs.get(lease.job_id)
            if lost is not None:
                _log.warning("Job %d is lost: %s is silent.", lease.job_id, lost.node_name)
                lost.lose(NodeLost(lost.node_name))
                silent[lost.node_name] += 1
        for name, films in silent.items():
            self._queue.machine_lost(name, films)

    def join(self, seconds: float) -> bool:
        """Wait for the threads, without the lock; whether all have ended."""
        return self._threads.join(seconds)

    def take_all_back(self) -> None:
        """Take every job back: this machine is no master any more."""
        self._queue.running.give_back(self._jobs)

    def _offer(self, job: Job, choice: FilmChoice, number: Optional[float]) -> JobOffer:
        plan = choice.planned.plan
        return JobOffer(
            job_id=job.id,
            attempt=job.attempt,
            lease=self._table.seconds,
            path=str(plan.media.path),
            size=plan.media.size,
            mtime_ns=plan.media.identity.mtime_ns,
            content=choice.planned.content,
            native=plan.native_language,
            signature=plan.signature,
            kind=choice.kind,
            settings=self._settings(choice.planned.context.settings),
            tags=plan.media.tags,
            number=number,
        )

    def _settings(self, settings: Settings) -> Mapping[str, Any]:
        """What goes with an offer; the same object for all films as long as nothing was changed."""
        if self._offered[0] is not settings:
            self._offered = settings, settings_for_slaves(settings)
        return self._offered[1]

    def _go_on(self, job: Job, last: HandedOut) -> RemoteJob:
        remote = self._begin(job, last.offer, last.node_id, last.toolset, None, None)
        if last.report:
            remote.hand_in(last.report)
        return remote

    def _begin(
        self,
        job: Job,
        offer: JobOffer,
        node_id: str,
        tools: Toolset,
        planned: Optional[Planned],
        base: Optional[Planned],
    ) -> RemoteJob:
        """Wait for a node's result in a thread of its own; without ``planned`` the film is planned first."""
        running = self._queue.begin(job.id, Running(kind=offer.kind, node=node_id))
        name = self._nodes.name_of(node_id)
        remote = self._jobs[job.id] = RemoteJob(offer, node_id, name, tools, running.control)
        self._threads.do(partial(self._work, job, running, remote, planned, base))
        return remote

    def _work(
        self,
        job: Job,
        running: Running,
        remote: RemoteJob,
        planned: Optional[Planned],
        base: Optional[Planned],
    ) -> None:
        """Do one job, in its own thread, without the lock."""
        time.sleep(ANSWERS_FIRST)
        try:
            self._queue.run_job(job, running, partial(self._attempt, remote, planned, base))
        except Exception as error:  # noqa: BLE001 - the user hears of it; the next start puts it right
            _log.exception("Job %d at %s met an error.", job.id, remote.node_name)
            self._queue.error(sentence_of(error))

    def _attempt(
        self,
        remote: RemoteJob,
        planned: Optional[Planned],
        base: Optional[Planned],
        job: Job,
        running: Running,
    ) -> Optional[JobEnd]:
        """Have the job's result made, in the job's own thread, without the lock."""
        error: Optional[MediaProcessorError] = None
        try:
            if planned is None:
                planned = self._planned_again(job, remote)
            settings = planned.context.settings
            maker = RemoteResult(remote, settings, FileOperations(), self._nodes, running)
            return self._queue.attempts.carry_out(job, planned, running.control, maker)
        except MediaProcessorError as met:
            error = met
            raise
        finally:
            with self._queue.changed:
                if isinstance(error, NodeTrouble) and base is not None:
                    self._queue.attempts.keep(job.id, base)
                    running.keep_plan_of(remote.offer.kind)
                self._end(job.id, remote, running, error)

    def _end(
        self,
        job_id: int,
        remote: RemoteJob,
        running: Running,
        error: Optional[MediaProcessorError],
    ) -> None:
        """Take the job out of its node's hands, before its row says so."""
        self._jobs.pop(job_id, None)
        if running.handed_over:
            return
        self._table.end(job_id, remote.offer.attempt, remote.node_id)
        if isinstance(error, NodeLost):
            self._leases.take_back(job_id)
        else:
            self._leases.forget(job_id)
        if not isinstance(error, JobCancelled):
            self._nodes.went(job_id, remote.node_id, error)

    def _planned_again(self, job: Job, remote: RemoteJob) -> Planned:
        """Plan a film that the last run had handed out; where that cannot be, nothing of it is kept."""
        try:
            return self._replanned(job, remote)
        except MediaProcessorError:
            # Where its disk is away, the next attempt or start does it.
            with suppress(MediaProcessorError):
                self._queue.attempts.context_for(job).processor.abandon(job.path)
            raise

    def _replanned(self, job: Job, remote: RemoteJob) -> Planned:
        """Plan a film as it was planned when it was handed out; raises NodeTrouble where that cannot be."""
        context = self._queue.attempts.context_for(job)
        offer = remote.offer
        if settings_for_slaves(context.settings) != offer.settings:
            raise JobTakenBack(
                remote.node_name, Sentence("it works by settings that were changed meanwhile.")
            )
        media = context.analyzer.analyze(job.path)
        media = replace(media, tags=offer.tags)
        plan = build_plan(media, offer.native, context.settings, remote.toolset)
        if plan.signature != offer.signature:
            raise NodeTrouble(
                remote.node_name, Sentence("it follows another plan than is right today.")
            )
        return Planned(context, plan, (), offer.content)
