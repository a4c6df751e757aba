"""What a master does with what its slaves say: hands films out, takes results in, tells how all are.

The wire calls it in threads of its own; an answer to JOB_REQUEST takes a few milliseconds however long the
queue is. Nothing here touches a film: results are proved and swapped by the processor, as ever.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import (
    Any,
    Callable,
    DefaultDict,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Set,
)

import psutil

from cluster.film_files import demand_room
from cluster.leases import LEASE_SECONDS
from cluster.ports import Data, MasterPort, Node
from core.errors import (
    JobTakenBack,
    MediaProcessorError,
    NotEnoughSpace,
    PeerError,
    WrongField,
)
from core.events import JobState
from core.protocol.node_commands import NodeCommand
from core.protocol.node_facts import SLOT_KINDS, status_from
from core.protocol.peer_fields import PeerFields, shown
from core.protocol.system_status import NodeStatus, SystemStatus, node_from, shown_work
from core.queue.job import JobKind
from scheduling.periodic_thread import Conductor
from scheduling.workers import HANG_SECONDS, Running
from sharing.master.dispatch import Dispatch
from sharing.master.film_choice import Machine
from sharing.master.leased_jobs import RemoteJobs
from sharing.master.nodes import NodeBook, Online, lasting_only
from sharing.master.queue_access import Inside
from sharing.master.reported_films import FoundFilms
from sharing.node_reports import largest_result, progress_from
from sharing.remote_result import RemoteJob

ASK_AGAIN = 2.0  # seconds until a slave that got no job asks again
_REST = 20.0  # the same while it is told to rest
_LOOK = 1.0  # seconds between two looks at the leases, and two words on how all are
_NAME = "Nodes"
_TAKEN_BACK = "The master has taken this job back."
_LONGEST = 200  # characters of what a node says of itself that all others are told

_log = logging.getLogger("mediaprocessor.queue")


class MasterWork:
    """``cluster.ports.MasterHandlers``, at work between ``start`` and ``stop``.

    ``port`` is the wire, asked for when it is needed; ``name`` is this machine's.
    """

    def __init__(
        self,
        inside: Inside,
        port: Callable[[], MasterPort],
        *,
        name: Callable[[], str] = lambda: "This machine",
        lease_seconds: float = LEASE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._inside = inside
        self._port = port
        self._name = name
        self._now = now
        self._book = NodeBook()
        self._dispatch = Dispatch(inside, self._book, self._away)
        self._jobs = RemoteJobs(
            inside, self._send, self._name_of, self._went, lease_seconds=lease_seconds
        )
        self._found = FoundFilms(inside, self._send)
        self._names: Dict[str, str] = {}
        self._fresh: Set[str] = set()  # nodes that have not asked since they came
        self._watch: Optional[Conductor] = None
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
        nodes = self._port().nodes()
        with self._inside.changed:
            if self._watch is not None:
                return
            self._learn_names(nodes)
            self._watch = watch = Conductor((self._expire, self._tell_all), _LOOK)
            self._jobs.take_over()
        self._inside.outlook.others = self._slots_there
        self._dispatch.start()
        watch.start()
        self._inside.supervisor.follow(
            _NAME, HANG_SECONDS, lambda: watch.last_beat, watch.restart, lambda: watch.alive
        )

    def stop(self, deadline: float = 30.0) -> bool:
        """Be none any more: what nodes have in hand comes back, and is begun anew.

        At the program's end (the queue's shutdown came before) they go on instead. False where something
        has not ended after ``deadline`` seconds.
        """
        with self._inside.changed:
            watch, self._watch = self._watch, None
            if watch is None:
                return True
            if not self._inside.force.ending:
                self._jobs.give_up()
        self._inside.outlook.others = dict
        self._inside.supervisor.forget(_NAME)
        self._dispatch.stop()
        ended = watch.stop(deadline)
        return self._jobs.join(deadline) and ended

    def settings_changed(self) -> None:
        """Plan anew what waits."""
        if self.active:
            self._dispatch.forget_plans()

    def take_back(self, node_id: str) -> None:
        """Let a node that is to work for this machine no more end what it has in hand, at once."""
        with self._inside.changed:
            theirs = [
                remote
                for remote in self._jobs.all()
                if remote.node_id == node_id and not remote.reported
            ]
        for remote in theirs:
            job = {"job": remote.offer.job_id, "attempt": remote.offer.attempt}
            with suppress(PeerError):  # it is away, and is told so when it comes back
                self._send(node_id, NodeCommand.CANCEL_JOB, job)
            remote.lose(JobTakenBack(remote.node_name, "it works for this machine no more."))

    # ---- what slaves say

    def joined(self, node: Node) -> None:
        """A slave is there."""
        with self._inside.changed:
            self._learn_names([node])
            self._fresh.add(node.instance_id)
            with suppress(WrongField), self._word_of(node):  # it is told when it asks for work
                self._book.joined(node)
            self._dispatch.machines_changed()

    def left(self, node_id: str) -> None:
        """It is gone; its leases run on."""
        with self._inside.changed:
            self._book.left(node_id)

    def status(self, node: Node, data: Data) -> None:
        """Keep how a slave is, and look at the films that it has found."""
        with suppress(WrongField), self._inside.changed, self._word_of(
            node
        ):  # nobody waits for an answer
            before = self._book.machines()
            self._book.know(node).status = status_from(data)
            if self._book.machines() != before:
                self._dispatch.machines_changed()
        if self.active and data.get("found") is not None:
            with suppress(WrongField), self._word_of(node):
                self._found.take(node, data)

    def job_request(self, node: Node, data: Data) -> Data:
        """Give a slave the next film that it does as well as any machine that is there."""
        with self._inside.changed:
            if not self.active:
                return _nothing("This machine is no master just now.", _REST)
            with self._word_of(node):
                machine = self._book.asking(node, data)
            began_anew = node.instance_id in self._fresh or data.get("free") == []
            self._fresh.discard(node.instance_id)
            holding = data.get("holding")
            self._jobs.demand_known(node.instance_id, holding, blame=not began_anew)
            self._jobs.reclaim(node.instance_id, holding)
            if not self._inside.handing_out():
                return _nothing("The master's queue does not run.", ASK_AGAIN)
            resting = self._book.quarantine(node.instance_id)
            if resting:
                return _nothing(resting, _REST)
            return self._hand_out(machine)

    def _hand_out(self, machine: Machine) -> Data:
        choice = self._dispatch.choose(machine)
        if choice is None:
            return _nothing("", ASK_AGAIN)
        base = self._inside.attempts.kept(choice.job_id)
        offer = self._jobs.hand_out(choice, base, machine.id, machine.toolset)
        if offer is None:
            return _nothing("", 0.0)
        self._inside.attempts.let_go(choice.job_id)
        self._inside.changed.notify_all()
        return {"offer": offer.as_data()}

    def job_status(self, node: Node, data: Data) -> Data:
        """Take a sign of life; say whether the job is still this slave's, and whether it stands still."""
        with self._inside.changed:
            remote = self._of(node, data)
            if remote is None:
                return {"go_on": False, "reason": _TAKEN_BACK}
            if data.get("progress") is not None and not remote.reported:
                try:
                    remote.moved_on(progress_from(data["progress"]))
                except WrongField as error:
                    self._jobs.distrust(remote, error)
                    raise
            self._jobs.renew(remote)
        return {"go_on": True, "pause": remote.paused}

    def job_complete(self, node: Node, data: Data) -> Data:
        """Take what a slave hands in, where the job is still its own."""
        with self._inside.changed:
            remote = self._of(node, data)
        if remote is None:
            return {"taken": False, "reason": _TAKEN_BACK}
        if not remote.reported:
            try:
                self._jobs.hand_in(remote, data.get("report"))
            except WrongField as error:  # it is made anew, and need not be kept there
                return {"taken": False, "reason": str(error)}
        return {"taken": True}

    def film_to_send(self, node_id: str, job_id: int, attempt: int) -> Path:
        """The film of a slave's own job; raises PeerError."""
        return Path(self._demand(node_id, job_id, attempt).offer.path)

    def result_place(self, node_id: str, job_id: int, attempt: int, size: int) -> Path:
        """Where the result of a slave's own job goes; raises PeerError, NotEnoughSpace.

        The slave offers it again every few seconds; that there is no room for it is told once.
        """
        remote = self._demand(node_id, job_id, attempt)
        try:
            demand_room(remote.place, size)
        except NotEnoughSpace as error:
            if not remote.waits_for_room:
                remote.waits_for_room = True
                self._inside.notice(
                    f"{remote.node_name} cannot hand in {remote.offer.path}: {error}"
                )
            raise
        if size > largest_result(remote.offer.size):
            too_large = WrongField(
                f"A result of {size} bytes was offered for a film of {remote.offer.size} bytes."
            )
            self._jobs.distrust(remote, too_large)
            raise too_large
        remote.waits_for_room = False
        return remote.place

    def _demand(self, node_id: str, job_id: int, attempt: int) -> RemoteJob:
        with self._inside.changed:
            self._demand_active()
            remote = self._jobs.of(node_id, job_id, attempt)
        if remote is None:
            raise PeerError("This job is not this machine's; nothing is sent.")
        return remote

    def _of(self, node: Node, data: Data) -> Optional[RemoteJob]:
        with self._word_of(node):
            told = PeerFields(data, "A machine's word on a job")
            for key in ("job", "attempt"):
                if type(data.get(key)) is not int:
                    raise told.wrong(key)
        self._demand_active()
        return self._jobs.of(node.instance_id, data["job"], data["attempt"])

    @contextmanager
    def _word_of(self, node: Node) -> Iterator[None]:
        """Read what a slave says; a field that cannot be right counts as a failure of it."""
        try:
            yield
        except WrongField as error:
            with self._inside.changed:
                if self._book.misspoke(node.instance_id, str(error)):
                    self._tell_of_rest(node.instance_id)
                    self._dispatch.machines_changed()
            raise

    def _demand_active(self) -> None:
        """Decide nothing about anybody's work as long as this machine does not know itself what it is."""
        if not self.active:
            raise PeerError("This machine is no master just now; ask again later.")

    # ---- what the master says

    def command(self, node_id: str, command: NodeCommand, arguments: Optional[Data] = None) -> Data:
        """Have a node do something; return its answer. Raises PeerError. Waits: not for Tk's thread."""
        return self._send(node_id, command, arguments or {})

    def _send(self, node_id: str, command: NodeCommand, arguments: Mapping[str, Any]) -> Data:
        return self._port().command(node_id, command.value, arguments)

    def _tell_all(self) -> None:
        """Tell all machines how all machines are."""
        nodes = self._port().nodes()
        counts = self._inside.jobs.counts()
        with self._inside.changed:
            self._learn_names(nodes)
            online = {one.node.instance_id: one for one in self._book.online()}
            resting = {one.instance_id: self._book.quarantine(one.instance_id) for one in nodes}
            remote = self._jobs.all()
            running = dict(self._inside.force.running)
        # Not under the lock: with 64 nodes this takes milliseconds, for which nobody should wait.
        work = _work_of_nodes(remote)
        shown = tuple(
            _shown(
                one, online.get(one.instance_id), resting[one.instance_id], work[one.instance_id]
            )
            for one in nodes
        )
        mine = self._own_work(running)
        waiting = counts[JobState.QUEUED]
        at_work = sum(len(one.work) for one in shown) + len(mine.work)
        queue = "running" if self._inside.handing_out() else "stopped"
        self._status = SystemStatus(self._now(), (mine, *shown), waiting, at_work, queue)
        self._port().broadcast(self._status.as_data())

    def _own_work(self, running: Mapping[int, Running]) -> NodeStatus:
        mine = [job_id for job_id, one in running.items() if not (one.node or one.planning)]
        work = tuple(
            shown_work(
                job.id,
                job.path,
                running[job.id].progress,
                paused=running[job.id].control.paused,
            )
            for job in self._inside.jobs.of_ids(mine)
        )
        return NodeStatus(
            "",
            self._name(),
            "master",
            last_seen=self._now(),
            load=min(1.0, psutil.cpu_percent() / 100),
            slots=tuple((kind.value, self._inside.slots.limit(kind)) for kind in SLOT_KINDS),
            work=work,
        )

    # ---- behind the scenes

    def _expire(self) -> None:
        with self._inside.changed:
            if self.active:
                self._jobs.expire()

    def _slots_there(self) -> Dict[str, Mapping[JobKind, int]]:
        with self._inside.changed:
            able = {one.id for one in self._book.machines()}
            online = self._book.online()
            there = ((one.node.instance_id, one.facts.slots) for one in online)
            return {node_id: slots for node_id, slots in there if node_id in able}

    def _away(self) -> Dict[str, Machine]:
        nodes = self._port().nodes()
        with self._inside.changed:
            return lasting_only(self._book, nodes)

    def _learn_names(self, nodes: Iterable[Node]) -> None:
        self._names.update((one.instance_id, shown(one.name, _LONGEST)) for one in nodes)

    def _name_of(self, node_id: str) -> str:
        return self._names.get(node_id) or "Another machine"

    def _went(self, job_id: int, node_id: str, error: Optional[MediaProcessorError]) -> None:
        """Keep in mind how a job went on a node; the lock is held."""
        if error is None:
            self._book.went_well(node_id)
        elif self._book.went_wrong(job_id, node_id, error):
            self._tell_of_rest(node_id)

    def _tell_of_rest(self, node_id: str) -> None:
        name, reason = self._name_of(node_id), self._book.quarantine(node_id)
        _log.error("%s gets no jobs for a while: %s", name, reason)
        self._inside.notice(f"{name} gets no jobs for a while. {reason}")


def _nothing(reason: str, after: float) -> Dict[str, Any]:
    return {"none": True, "after": after, "reason": reason}


def _work_of_nodes(remote: Iterable[RemoteJob]) -> Mapping[str, List[Dict[str, Any]]]:
    found: DefaultDict[str, List[Dict[str, Any]]] = defaultdict(list)
    for one in remote:
        offer = one.offer
        work = shown_work(offer.job_id, Path(offer.path), one.progress, paused=one.paused)
        found[one.node_id].append(vars(work))
    return found


def _shown(
    node: Node, online: Optional[Online], resting: str, work: List[Dict[str, Any]]
) -> NodeStatus:
    """A node as all are told of it; ``resting`` says why it gets no work, "" where it does."""
    told: Dict[str, Any] = dict(online.status) if online else {}
    base = {
        "id": node.instance_id,
        "name": shown(node.name, _LONGEST),
        "state": node.state.value,
        "version": shown(node.version, _LONGEST),
        "last_seen": node.last_seen,
        "slots": {k.value: n for k, n in online.facts.slots.items()} if online else {},
        "load": told.get("load"),
        "free_space": told.get("free_space"),
        "held": (resting or str(told.get("held", "")))[:_LONGEST],
        "quarantined": bool(resting),
    }
    return node_from({**base, "work": work})
