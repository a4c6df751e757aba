"""The jobs that nodes have in hand: their leases, their threads here, and what follows when one is lost.

Each has a thread of this program that waits in the processor for its result (``RemoteMaker``), so that all
that comes before and after is what a job of this machine has.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

from cluster.leases import LEASE_SECONDS, LeaseTable
from core.errors import (
    JobCancelled,
    JobTakenBack,
    MediaProcessorError,
    NodeLost,
    NodeTrouble,
    PeerError,
    WrongField,
)
from core.events import JobState
from core.planning.planner import build_plan
from core.protocol.node_commands import NodeCommand
from core.protocol.offer import JobOffer, settings_for_slaves
from core.protocol.slave_result import read_slave_result
from core.queue.job import Job, JobEnd
from core.queue.outcome import sentence_of
from core.settings.tree import Settings
from core.tools import Toolset
from processing.filesystem import FileOperations
from scheduling.attempt import Planned
from scheduling.thread_pool import Crew
from scheduling.workers import Running
from sharing.master.film_choice import Choice
from sharing.master.queue_access import Inside
from sharing.remote_result import RemoteJob, RemoteMaker
from store.leases import HandedOut, LeaseStore
from store.planned_jobs import PlannedJobs

_log = logging.getLogger("mediaprocessor.queue")
_MOST_HELD = 256  # films in one node's hands that are looked up at once, while others wait
_LARGEST_ID = 2**63 - 1  # that the database can look for
_DECIDED_NOW = "The master takes this job back just now; ask again."
Send = Callable[[str, NodeCommand, Mapping[str, Any]], object]  # to a node; raises PeerError


class RemoteJobs:
    """Guarded by the queue's lock where not said otherwise.

    ``send`` gives a node a command, ``node_name`` knows its name, ``went`` is told how a job went on it:
    the error, or None where the result was proved.
    """

    def __init__(
        self,
        inside: Inside,
        send: Send,
        node_name: Callable[[str], str],
        went: Callable[[int, str, Optional[MediaProcessorError]], None],
        *,
        lease_seconds: float = LEASE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inside = inside
        self._send = send
        self._node_name = node_name
        self._went = went
        self._now = monotonic
        self._leases = LeaseStore(inside.database)
        self._planned = PlannedJobs(inside.database, inside.jobs)
        self._table = LeaseTable(seconds=lease_seconds)
        self._jobs: Dict[int, RemoteJob] = {}
        self._crew = Crew("remote")
        # The settings that were offered last, and what of them goes with an offer.
        self._offered: Tuple[Optional[Settings], Mapping[str, Any]] = (None, {})

    def all(self) -> Tuple[RemoteJob, ...]:
        """Return what is in nodes' hands."""
        return tuple(self._jobs.values())

    def hand_out(
        self, choice: Choice, base: Optional[Planned], machine: str, tools: Toolset
    ) -> Optional[JobOffer]:
        """Give a node a job; None where somebody else has it. ``base`` is kept for the next attempt."""
        with self._inside.database.transaction():
            if not self._planned.take(choice.job_id, machine, choice.kind):
                return None
            job = self._inside.jobs.get(choice.job_id)
            assert job is not None
            offer = self._offer(job, choice)
            self._leases.grant(machine, offer, tools)
        self._table.grant(job.id, job.attempt, machine, self._now())
        self._begin(job, offer, machine, tools, choice.planned, base)
        return offer

    def take_over(self) -> None:
        """Go on with what the last run of the program had handed out; their owners have one lease to come."""
        for one in self._leases.held():
            job = self._inside.jobs.get(one.job_id)
            if job is None or job.state.final or job.attempt != one.attempt:
                self._leases.forget(one.job_id)
            elif one.job_id not in self._jobs:
                self._inside.jobs.set_state(job.id, JobState.PROCESSING)
                self._table.adopt(job.id, job.attempt, one.node_id, self._now())
                self._go_on(job, one)

    def of(self, node_id: str, job_id: int, attempt: int) -> Optional[RemoteJob]:
        """Return the job where it is this node's, or can be again: nobody else has begun it meanwhile.

        Raises PeerError where that is not decided yet.
        """
        known = self._jobs.get(job_id)
        if self._table.holds(job_id, attempt, node_id):
            return known
        if known is not None and (known.offer.attempt, known.node_id) == (attempt, node_id):
            raise PeerError(_DECIDED_NOW)
        last = self._leases.get(job_id) if 0 < job_id <= _LARGEST_ID else None
        if last is None or last.held or (last.attempt, last.node_id) != (attempt, node_id):
            return None
        running = self._inside.force.running.get(job_id)
        if running is not None:
            # Planned for whoever asks next, or on its way back from this node: nobody has it yet.
            if running.planning or running.node:
                raise PeerError("The master looks into this film just now; ask again.")
            return None
        with self._inside.database.transaction():
            if not self._planned.adopt(job_id, attempt, node_id, last.offer.kind):
                return None
            self._leases.adopt(job_id)
        self._table.adopt(job_id, attempt, node_id, self._now())
        job = self._inside.jobs.get(job_id)
        assert job is not None
        _log.info("Job %d goes on at %s, which has come back.", job_id, self._node_name(node_id))
        return self._go_on(job, last)

    def reclaim(self, node_id: str, holding: Any) -> None:
        """Let a node go on with what it still has in hand, before it is given the same film once more."""
        for one in holding[:_MOST_HELD] if isinstance(holding, list) else ():
            if isinstance(one, list) and len(one) == 2 and all(type(part) is int for part in one):
                with suppress(PeerError):  # not decided yet: nobody is given it now
                    self.of(node_id, *one)

    def renew(self, remote: RemoteJob) -> None:
        """Take a sign of life."""
        offer = remote.offer
        self._table.renew(offer.job_id, offer.attempt, remote.node_id, self._now())

    def hand_in(self, remote: RemoteJob, report: object) -> None:
        """Take what a node hands in, so that it may forget it: the disk has it when this returns.

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
        """Take a job back from a node that says of it what cannot be; it counts as the node's failure."""
        with self._inside.changed:
            offer = remote.offer
            self._table.end(offer.job_id, offer.attempt, remote.node_id)
            remote.lose(NodeTrouble(remote.node_name, str(error)))

    def demand_known(self, node_id: str, known: Any, *, blame: bool) -> None:
        """Take back at once what a node does not know of: it has begun anew, or never got the answer.

        ``blame``: nothing says why, and the node may not be able to take a job in at all.
        """
        if not isinstance(known, list):
            return
        for lease in self._table.of_node(node_id):
            remote = self._jobs.get(lease.job_id)
            if remote and not remote.reported and [lease.job_id, lease.attempt] not in known:
                self._table.end(lease.job_id, lease.attempt, lease.node_id)
                error = NodeTrouble if blame else JobTakenBack
                remote.lose(error(remote.node_name, "it does not have this job any more."))

    def expire(self) -> None:
        """Take back what no sign of life came for."""
        for remote in self._jobs.values():
            if remote.reported:  # it is in our own hands
                self.renew(remote)
        for lease in self._table.expire(self._now()):
            lost = self._jobs.get(lease.job_id)
            if lost is not None:
                _log.warning("Job %d is lost: %s is silent.", lease.job_id, lost.node_name)
                lost.lose(NodeLost(lost.node_name))

    def join(self, seconds: float) -> bool:
        """Wait for the threads, without the lock; whether all have ended."""
        return self._crew.join(seconds)

    def give_up(self) -> None:
        """Take every job back: this machine is no master any more."""
        for job_id in list(self._jobs):
            running = self._inside.force.running.get(job_id)
            if running is not None:
                running.goes_back = True
                running.control.cancel()

    def _offer(self, job: Job, choice: Choice) -> JobOffer:
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
            settings=self._settings(choice.planned.equipment.settings),
            tags=plan.media.tags,
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
        remote = RemoteJob(offer, node_id, self._node_name(node_id), tools)
        self._jobs[job.id] = remote
        running = Running(kind=offer.kind, node=node_id)
        self._inside.force.running[job.id] = running
        self._inside.announce()  # it may have to stand still

        def deed() -> Optional[JobEnd]:
            return self._deed(job, remote, running, planned, base)

        def work() -> None:
            try:
                self._inside.force.work_on(job, running, deed)
            except Exception as error:  # noqa: BLE001 - the user hears of it; the next start puts it right
                _log.exception("Job %d at %s met an error.", job.id, remote.node_name)
                self._inside.notice(sentence_of(error))

        self._crew.do(work)
        return remote

    def _deed(
        self,
        job: Job,
        remote: RemoteJob,
        running: Running,
        planned: Optional[Planned],
        base: Optional[Planned],
    ) -> Optional[JobEnd]:
        """Have the job's result made, in the job's own thread, without the lock."""
        error: Optional[MediaProcessorError] = None
        try:
            if planned is None:
                planned = self._planned_again(job, remote)
            settings = planned.equipment.settings
            maker = RemoteMaker(
                remote,
                settings,
                FileOperations(),
                lambda command, arguments: self._send(remote.node_id, command, arguments),
                lambda: running.left,
            )
            return self._inside.attempts.carry_out(job, planned, running.control, maker)
        except MediaProcessorError as met:
            error = met
            raise
        finally:
            with self._inside.changed:
                if isinstance(error, NodeTrouble) and base is not None:
                    self._inside.attempts.keep(job.id, base)
                    running.kept_kind = remote.offer.kind
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
        if running.left:
            return
        self._table.end(job_id, remote.offer.attempt, remote.node_id)
        if isinstance(error, NodeLost):
            self._leases.take_back(job_id)
        else:
            self._leases.forget(job_id)
        if not isinstance(error, JobCancelled):
            self._went(job_id, remote.node_id, error)

    def _planned_again(self, job: Job, remote: RemoteJob) -> Planned:
        """Plan a film that the last run had handed out; where that cannot be, nothing of it is kept."""
        try:
            return self._replanned(job, remote)
        except MediaProcessorError:
            # Where its disk is away, the next attempt or start does it.
            with suppress(MediaProcessorError):
                self._inside.attempts.equip(job).processor.abandon(job.path)
            raise

    def _replanned(self, job: Job, remote: RemoteJob) -> Planned:
        """Plan a film as it was planned when it was handed out; raises NodeTrouble where that cannot be."""
        equipment = self._inside.attempts.equip(job)
        offer = remote.offer
        if settings_for_slaves(equipment.settings) != offer.settings:
            raise JobTakenBack(
                remote.node_name, "it works by settings that were changed meanwhile."
            )
        media = equipment.analyzer.analyze(job.path)
        media = replace(media, tags=offer.tags)
        plan = build_plan(media, offer.native, equipment.settings, remote.toolset)
        if plan.signature != offer.signature:
            raise NodeTrouble(remote.node_name, "it follows another plan than is right today.")
        return Planned(equipment, plan, (), offer.content)
