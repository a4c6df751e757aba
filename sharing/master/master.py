"""What a master does with what its slaves say: hands films out, takes results in, tells how all are.

The wire calls it in threads of its own; an answer to JOB_REQUEST takes a few milliseconds however long the
queue is. Nothing here touches a film: results are proved and swapped by the processor, as ever.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import (
    Any,
    DefaultDict,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Set,
    Tuple,
    Union,
)

import psutil

from cluster.film_files import demand_room
from cluster.leases import LEASE_SECONDS
from cluster.ports import Data, Node
from core.errors import NotEnoughSpace
from core.events import JobState
from core.peer_errors import JobTakenBack, PeerError, WrongField
from core.ports import Clock
from core.progress import Progress
from core.protocol.messages import MessageType
from core.protocol.node_commands import NodeCommand
from core.protocol.node_facts import SLOT_KINDS, status_from
from core.protocol.peer_fields import (
    LONGEST_SENTENCE,
    PeerFields,
    reason_data,
    sentence_data,
    shown,
)
from core.protocol.system_status import NodeStatus, SystemStatus, node_from, shown_work
from core.text.sentence import Bytes, Sentence
from processing.chunks.dealing import DealtFilms
from processing.process_tree import SystemClock
from scheduling.periodic_thread import PeriodicThread
from scheduling.shared_queue import SharedQueue
from scheduling.workers import HANG_SECONDS
from sharing.master.dealt_chunks import DealtChunks, RemoteChunk
from sharing.master.dispatch import Dispatch
from sharing.master.film_choice import CandidateMachine
from sharing.master.leased_jobs import RemoteJobs
from sharing.master.nodes import LONGEST_NAME, Nodes, Online
from sharing.master.ports import MasterMachine
from sharing.master.quick_answers import ASK_AGAIN, QuickAnswers, nothing
from sharing.master.reported_films import ReportedFilms
from sharing.master.spreading import Spreading
from sharing.node_reports import largest_result
from sharing.remote_result import RemoteJob

_SOON = 0.5  # the same where a film's chunks will be there in a moment
_REST = 20.0  # the same while it is told to rest
_LOOK = 1.0  # seconds between two looks at the leases, and two words on how all are
_NAME = "Nodes"
_TAKEN_BACK = Sentence("The master has taken this job back.")

_log = logging.getLogger("mediaprocessor.queue")


class MasterWork:
    """``cluster.ports.MasterHandlers``, at work between ``start`` and ``stop``."""

    def __init__(
        self,
        queue: SharedQueue,
        machine: MasterMachine,
        *,
        lease_seconds: float = LEASE_SECONDS,
        clock: Optional[Clock] = None,
        films_in_chunks: Optional[DealtFilms] = None,
    ) -> None:
        """``films_in_chunks`` are those that this machine makes chunks of; others take chunks of them."""
        self._queue = queue
        self._machine = machine
        self._clock = clock or SystemClock()
        self._nodes = Nodes(queue, machine, self._clock)
        self._dispatch = Dispatch(queue, self._nodes)
        self._jobs = RemoteJobs(queue, self._nodes, lease_seconds=lease_seconds, clock=self._clock)
        films = films_in_chunks or DealtFilms()
        self._chunks = DealtChunks(queue, self._nodes, films, lease_seconds)
        self._spreading = Spreading(queue, self._nodes, self._jobs, self._chunks, films)
        self._reported = ReportedFilms(queue, self._nodes)
        self._fresh: Set[str] = set()  # nodes that have not asked since they came
        self._quick = QuickAnswers(
            *(queue, self._nodes, self._jobs, self._chunks),
            *(self._spreading, self._dispatch, self._fresh),
        )
        self._watch: Optional[PeriodicThread] = None
        self._status = SystemStatus()

    # ---- the role

    @property
    def active(self) -> bool:
        """Whether this machine is a master now."""
        return self._watch is not None

    @property
    def system(self) -> SystemStatus:
        """How all machines are, as it was told last."""
        return self._status

    def start(self) -> None:
        """Be a master from now on, and go on with what the last run of the program had handed out."""
        nodes = self._machine.master_port().nodes()
        with self._queue.changed:
            if self._watch is not None:
                return
            self._nodes.learn_names(nodes)
            self._watch = watch = PeriodicThread((self._expire, self._tell_all), _LOOK)
            self._jobs.resume_handed_out()
        self._spreading.start()
        self._dispatch.start()
        watch.start()
        self._queue.supervisor.follow(_NAME, HANG_SECONDS, watch)

    def stop(self, deadline: float = 30.0) -> bool:
        """Be none any more: what nodes have in hand comes back, and is begun anew.

        At the program's end (the queue's shutdown came before) they go on instead. False where something
        has not ended after ``deadline`` seconds.
        """
        with self._queue.changed:
            watch, self._watch = self._watch, None
            if watch is None:
                return True
            if not self._queue.ending:
                self._jobs.take_all_back()
        self._queue.supervisor.forget(_NAME)
        self._spreading.stop()
        self._dispatch.stop()
        ended = watch.stop(deadline)
        joined = (self._jobs.join(deadline), self._spreading.join(deadline))
        return self._chunks.join(deadline) and all(joined) and ended

    def settings_changed(self) -> None:
        """Plan anew what waits."""
        if self.active:
            self._dispatch.forget_plans()

    def take_back(self, node_id: str) -> None:
        """Let a node that is to work for this machine no more end what it has in hand, at once."""
        with self._queue.changed:
            theirs = [
                remote
                for remote in self._jobs.all()
                if remote.node_id == node_id and not remote.reported
            ]
            self._chunks.leave(node_id)  # it hears that with the answer to its next sign of life
        for remote in theirs:
            job = {"job": remote.offer.job_id, "attempt": remote.offer.attempt}
            with suppress(PeerError):  # it is away, and is told so when it comes back
                self._nodes.command(node_id, NodeCommand.CANCEL_JOB, job)
            remote.lose(
                JobTakenBack(remote.node_name, Sentence("it works for this machine no more."))
            )

    # ---- what slaves say

    def joined(self, node: Node) -> None:
        """A slave is there."""
        with self._queue.changed:
            self._nodes.learn_names([node])
            self._fresh.add(node.instance_id)
            with suppress(WrongField), self._word_of(node):  # it is told when it asks for work
                self._nodes.joined(node)
            self._dispatch.machines_changed()

    def left(self, node_id: str) -> None:
        """It is gone; its leases run on."""
        with self._queue.changed:
            self._nodes.left(node_id)

    def status(self, node: Node, data: Data) -> None:
        """Keep how a slave is, and look at the films that it has found."""
        # Nobody waits for an answer.
        with suppress(WrongField), self._queue.changed, self._word_of(node):
            if self._nodes.told(node, status_from(data)):
                self._dispatch.machines_changed()
        if self.active and data.get("found") is not None:
            with suppress(WrongField), self._word_of(node):
                self._reported.take(node, data)

    def at_once(self, node: Node, kind: MessageType, data: Data) -> Optional[Data]:
        """Answer what can be answered without waiting for anybody."""
        return self._quick.to(node, kind, data) if self.active else None

    def job_request(self, node: Node, data: Data) -> Data:
        """Give a slave the next film that it does as well as any machine that is there."""
        with self._queue.changed:
            if not self.active:
                return nothing(Sentence("This machine is no master just now."), _REST)
            known = self._quick.nothing_ready(node, data)  # found out while this one waited
            if known is not None:
                return known
            with self._word_of(node):
                candidate = self._nodes.asking(node, data)
            began_anew = node.instance_id in self._fresh or data.get("free") == []
            self._fresh.discard(node.instance_id)
            holding = data.get("holding")
            self._jobs.take_back_unknown(node.instance_id, holding, blame=not began_anew)
            self._chunks.take_back_unknown(node.instance_id, holding)
            self._jobs.resume_held(node.instance_id, holding)
            if not self._queue.handing_out:
                return nothing(Sentence("The master's queue does not run."), ASK_AGAIN)
            resting = self._nodes.quarantine(node.instance_id)
            if resting:
                return nothing(resting, _REST)
            return self._hand_out(candidate)

    def _hand_out(self, candidate: CandidateMachine) -> Data:
        chunk = self._chunks.hand_out(candidate, self._spreading.goes_first)
        if chunk is None and self._spreading.prepares:
            return nothing("", _SOON)
        choice = None if chunk is not None else self._dispatch.choose(candidate)
        if choice is not None and self._spreading.begin(choice, candidate.toolset):
            return nothing("", _SOON)
        if chunk is None and choice is None:
            chunk = self._chunks.hand_out(candidate)
        if chunk is not None:
            return {"offer": chunk.as_data()}
        if choice is None:
            return nothing("", ASK_AGAIN)
        base = self._queue.attempts.kept(choice.job_id)
        offer = self._jobs.hand_out(choice, base, candidate.id, candidate.toolset)
        if offer is None:
            return nothing("", 0.0)
        self._queue.attempts.drop_plan(choice.job_id)
        self._queue.wake()
        return {"offer": offer.as_data()}

    def job_status(self, node: Node, data: Data) -> Data:
        """Take a sign of life; say whether the job is still this slave's, and whether it stands still."""
        with self._queue.changed:
            chunk = self._chunk_of(node, data)
            if chunk is not None:
                return self._chunks.status(chunk, data)
            remote = self._held_by(node, data)
            if remote is None:
                return {"go_on": False, **reason_data(_TAKEN_BACK)}
            try:
                return self._quick.take_sign(remote, data)
            except WrongField as error:
                self._jobs.distrust(remote, error)
                raise

    def job_complete(self, node: Node, data: Data) -> Data:
        """Take what a slave hands in, where the job is still its own."""
        with self._queue.changed:
            chunk = self._chunk_of(node, data)
            if chunk is not None:
                return self._chunks.complete(chunk, data)
            remote = self._held_by(node, data)
        if remote is None:
            return {"taken": False, **reason_data(_TAKEN_BACK)}
        if not remote.reported:
            try:
                self._jobs.hand_in(remote, data.get("report"))
            except WrongField as error:  # it is made anew, and need not be kept there
                return {"taken": False, **reason_data(str(error))}
        return {"taken": True}

    def film_to_send(self, node_id: str, job_id: int, attempt: int) -> Path:
        """The film of a slave's own job, of a chunk the part that it is made from; raises PeerError."""
        chunk = self._demand_chunk(node_id, job_id, attempt)
        if chunk is not None:
            return self._chunks.film_for(chunk)
        return Path(self._demand(node_id, job_id, attempt).offer.path)

    def result_place(self, node_id: str, job_id: int, attempt: int, size: int) -> Path:
        """Where the result of a slave's own job goes; raises PeerError, NotEnoughSpace.

        The slave offers it again every few seconds; that there is no room for it is told once.
        """
        chunk = self._demand_chunk(node_id, job_id, attempt)
        if chunk is not None:
            return self._chunks.place_for(chunk, size)
        remote = self._demand(node_id, job_id, attempt)
        try:
            demand_room(remote.place, size)
        except NotEnoughSpace as error:
            if remote.no_room(True):
                self._queue.error(
                    Sentence(
                        "{node_name} cannot hand in {path}: {problem}",
                        node_name=remote.node_name,
                        path=remote.offer.path,
                        problem=error,
                    )
                )
            raise
        if size > largest_result(remote.offer.size):
            too_large = WrongField(
                Sentence(
                    "A result of {size} was offered for a film of {film}.",
                    size=Bytes(size),
                    film=Bytes(remote.offer.size),
                )
            )
            self._jobs.distrust(remote, too_large)
            raise too_large
        remote.no_room(False)
        return remote.place

    def _demand_chunk(self, node_id: str, job_id: int, attempt: int) -> Optional[RemoteChunk]:
        with self._queue.changed:
            self._demand_active()
            return self._chunks.held_by(node_id, job_id, attempt)

    def _demand(self, node_id: str, job_id: int, attempt: int) -> RemoteJob:
        with self._queue.changed:
            self._demand_active()
            remote = self._jobs.held_by(node_id, job_id, attempt)
        if remote is None:
            raise PeerError(Sentence("This job is not this machine's; nothing is sent."))
        return remote

    def _chunk_of(self, node: Node, data: Data) -> Optional[RemoteChunk]:
        with self._word_of(node):
            reader = PeerFields(data, Sentence("A machine's word on a job"))
            for key in ("job", "attempt"):
                if type(data.get(key)) is not int:
                    raise reader.wrong(key)
        self._demand_active()
        return self._chunks.held_by(node.instance_id, data["job"], data["attempt"])

    def _held_by(self, node: Node, data: Data) -> Optional[RemoteJob]:
        return self._jobs.held_by(node.instance_id, data["job"], data["attempt"])

    @contextmanager
    def _word_of(self, node: Node) -> Iterator[None]:
        """Read what a slave says; a field that cannot be right counts as a failure of it."""
        try:
            yield
        except WrongField as error:
            with self._queue.changed:
                if self._nodes.misspoke(node.instance_id, str(error)):
                    self._dispatch.machines_changed()
            raise

    def _demand_active(self) -> None:
        """Decide nothing about anybody's work as long as this machine does not know itself what it is."""
        if not self.active:
            raise PeerError(Sentence("This machine is no master just now; ask again later."))

    # ---- what the master says

    def command(self, node_id: str, command: NodeCommand, arguments: Optional[Data] = None) -> Data:
        """Have a node do something; return its answer. Raises PeerError. Waits: not for Tk's thread."""
        return self._nodes.command(node_id, command, arguments or {})

    def _tell_all(self) -> None:
        """Tell all machines how all machines are."""
        port = self._machine.master_port()
        nodes = port.nodes()
        counts = self._queue.jobs.counts()
        with self._queue.changed:
            self._nodes.learn_names(nodes)
            online = {there.node.instance_id: there for there in self._nodes.online()}
            resting = {node.instance_id: self._nodes.quarantine(node.instance_id) for node in nodes}
            remote: List[Union[RemoteJob, RemoteChunk]] = [
                *self._jobs.all(),
                *self._chunks.all(),
            ]
            own_work = self._queue.running.own_work()
        # Not under the lock: with 64 nodes this takes milliseconds, for which nobody should wait.
        work = _work_of_nodes(remote)
        shown = tuple(
            _shown(node, online.get(key), resting[key], work[key])
            for key, node in ((node.instance_id, node) for node in nodes)
        )
        mine = self._own_work(own_work)
        waiting = counts[JobState.QUEUED]
        at_work = sum(len(node.work) for node in shown) + len(mine.work)
        queue = "running" if self._queue.handing_out else "stopped"
        self._status = SystemStatus(self._clock.now(), (mine, *shown), waiting, at_work, queue)
        port.broadcast(self._status.as_data())

    def _own_work(self, running: Mapping[int, Tuple[Optional[Progress], bool]]) -> NodeStatus:
        """This machine as all are told of it; ``running`` as ``RunningJobs.own_work`` has it."""
        work = tuple(
            shown_work(job.id, job.path, running[job.id][0], paused=running[job.id][1])
            for job in self._queue.jobs.of_ids(list(running))
        )
        return NodeStatus(
            "",
            self._machine.name,
            "master",
            last_seen=self._clock.now(),
            load=min(1.0, psutil.cpu_percent() / 100),
            slots=tuple((kind.value, self._queue.slots.limit(kind)) for kind in SLOT_KINDS),
            work=work,
        )

    # ---- behind the scenes

    def _expire(self) -> None:
        with self._queue.changed:
            if self.active:
                self._jobs.take_back_lost()
                self._chunks.take_back_lost()


def _work_of_nodes(
    remote: Iterable[Union[RemoteJob, RemoteChunk]],
) -> Mapping[str, List[Dict[str, Any]]]:
    by_node: DefaultDict[str, List[Dict[str, Any]]] = defaultdict(list)
    for job in remote:
        offer = job.offer
        work = shown_work(offer.job_id, Path(offer.path), job.progress, paused=job.paused)
        by_node[job.node_id].append(vars(work))
    return by_node


def _shown(
    node: Node, online: Optional[Online], resting: str, work: List[Dict[str, Any]]
) -> NodeStatus:
    """A node as all are told of it; ``resting`` says why it gets no work, "" where it does."""
    status: Dict[str, Any] = dict(online.status) if online else {}
    held = resting or str(status.get("held", ""))
    if len(held) > LONGEST_SENTENCE:
        held = held[:LONGEST_SENTENCE]
    base = {
        "id": node.instance_id,
        "name": shown(node.name, LONGEST_NAME),
        "state": node.state.value,
        "version": shown(node.version, LONGEST_NAME),
        "last_seen": node.last_seen,
        "slots": {k.value: n for k, n in online.facts.slots.items()} if online else {},
        "load": status.get("load"),
        "free_space": status.get("free_space"),
        **sentence_data(held, "held", "held_parts"),
        "quarantined": bool(resting),
    }
    return node_from({**base, "work": work})
