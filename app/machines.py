"""The machines that work together, as the window and the ``network`` command show and change them."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple

from cluster.addresses import shown_place
from cluster.ports import Node, NodeState
from core.errors import ConfigError, MediaProcessorError, PeerError, UsageError
from core.events import QueueStateChanged
from core.protocol.machines import (
    ClusterOverview,
    FolderFinding,
    FoundMaster,
    Machine,
    MachineState,
    ShownCode,
    same_names,
)
from core.protocol.node_commands import NodeCommand
from core.protocol.node_facts import facts_from
from core.protocol.system_status import NodeStatus, SystemStatus
from core.settings.path_mappings import parse_mapping, with_mapping
from core.settings.tree import Discovery, NetworkMode
from core.tools import ToolName
from monitor import FolderList
from reports.log_files import TEXT_LOG
from reports.log_tail import LogTail
from sharing.path_doctor import examine

if TYPE_CHECKING:
    from app.program import Parts
    from queue_manager import QueueManager

LOG_LINES = 500
_LOOK_SECONDS = 3.0  # that masters have to announce themselves
_LOOK_PAUSE = 0.2
_MAPPINGS = "network.path_mappings"
_STATES = {
    NodeState.ONLINE: MachineState.ONLINE,
    NodeState.OFFLINE: MachineState.OFFLINE,
    NodeState.REVOKED: MachineState.REVOKED,
}
_SLOTS = {"gpu": "queue.gpu_jobs", "software": "queue.software_jobs", "remux": "queue.remux_jobs"}
_HERE = "here"  # the id of this machine where it has none among others
_ABILITIES = (
    (ToolName.QSVENC, "hevc", "H.265 by the graphics chip"),
    (ToolName.QSVENC, "av1", "AV1 by the graphics chip"),
    (ToolName.QSVENC, "libdovi", "Dolby Vision"),
    (ToolName.FFMPEG, "libx265", "H.265 by the processor"),
    (ToolName.FFMPEG, "libsvtav1", "AV1 by the processor"),
    (ToolName.FFMPEG, "libopus", "Opus"),
)


class Machines:
    """Calls wait for the database and for other machines: make them beside Tk's thread.

    ``manager`` is the queue where this program is at work; without it nothing can be asked of machines.
    """

    def __init__(self, parts: Parts, manager: Optional[QueueManager] = None) -> None:
        self._parts = parts
        self._manager = manager

    def cluster(self) -> ClusterOverview:
        """How all machines are, as far as this one knows."""
        parts = self._parts
        settings = parts.config.settings.network
        name = settings.name or socket.gethostname()
        network = parts.network
        if settings.mode is NetworkMode.SLAVE:
            machines = self._of_slave(name)
        else:
            machines = self._of_master(name, settings.mode)
        return ClusterOverview(
            settings.mode,
            name,
            machines,
            connected=network.connected,
            sentence=network.trouble if self._manager is not None else "",
            problems=(*same_names(machines), *self._notices()),
            own_work=self._own_work(),
        )

    def _own_work(self) -> Optional[QueueStateChanged]:
        if self._manager is None or self._mode is not NetworkMode.SLAVE:
            return None
        return self._parts.cluster(self._manager).slave.state

    @property
    def _mode(self) -> NetworkMode:
        return self._parts.config.settings.network.mode

    def _notices(self) -> Tuple[str, ...]:
        if self._manager is None:
            return ()
        return self._parts.cluster(self._manager).notices

    def _of_master(self, name: str, mode: NetworkMode) -> Tuple[Machine, ...]:
        system = self._system(NetworkMode.MASTER)
        shown = {one.id: one for one in system.nodes}
        mine = shown.get("", NodeStatus("", name, "master"))
        machines = [self._this(mine, name, mode)]
        nodes = sorted(self._parts.network.nodes(), key=lambda one: one.name.casefold())
        return (*machines, *(_of_node(one, shown.get(one.instance_id)) for one in nodes))

    def _of_slave(self, name: str) -> Tuple[Machine, ...]:
        """The master, this machine with its own work, then the others as the master tells of them."""
        parts, network = self._parts, self._parts.network
        connected = network.connected
        system = self._system(NetworkMode.SLAVE) if connected else SystemStatus()
        machines: List[Machine] = []
        told = {one.id: one for one in system.nodes}
        for master in network.masters()[:1]:
            there = told.get("", NodeStatus("", master.name, "master"))
            state = MachineState.ONLINE if connected else MachineState.OFFLINE
            machines.append(
                _machine(
                    there,
                    state,
                    NetworkMode.MASTER,
                    id=master.instance_id,
                    name=master.name,
                    address=master.address,
                    last_seen=master.reached_at,
                )
            )
        own_id = parts.instance_id
        mine = told.get(own_id, NodeStatus(own_id, name, "online"))
        machines.append(self._this(mine, name, NetworkMode.SLAVE))
        others = (one for one in system.nodes if one.id not in ("", own_id))
        states = {one.value: one for one in MachineState}
        machines += [
            _machine(one, states.get(one.state, MachineState.OFFLINE), NetworkMode.SLAVE)
            for one in others
        ]
        return tuple(machines)

    def _this(self, shown: NodeStatus, name: str, mode: NetworkMode) -> Machine:
        """This machine, whose own work and slots it knows best."""
        changes: Dict[str, Any] = {"id": shown.id or _HERE, "name": name, "last_seen": time.time()}
        queue = self._parts.config.settings.queue
        changes["slots"] = (
            ("gpu", queue.gpu_jobs),
            ("software", queue.software_jobs),
            ("remux", queue.remux_jobs),
        )
        if self._manager is not None and mode is NetworkMode.SLAVE:
            changes["jobs"] = self._parts.cluster(self._manager).slave.work
        return _machine(shown, MachineState.HERE, mode, **changes)

    def _system(self, mode: NetworkMode) -> SystemStatus:
        if self._manager is None:
            return SystemStatus()
        work = self._parts.cluster(self._manager)
        return work.master.system if mode is NetworkMode.MASTER else work.slave.system

    def show_code(self) -> ShownCode:
        """Make a pairing code for one slave; raises PeerError where this is no master at work."""
        if self._mode is not NetworkMode.MASTER:
            raise PeerError(
                "This machine is no master, so there is nothing to pair with. Make it one in "
                "Settings > Network, or with `settings set network.mode master`."
            )
        self._at_work()
        if self._parts.network.trouble:
            raise PeerError(self._parts.network.trouble)
        code = self._parts.network.show_code()
        return ShownCode(code.text, max(0.0, code.until - time.monotonic()))

    def hide_code(self) -> None:
        """Let the code be good no longer."""
        self._parts.network.hide_code()

    def find_masters(self) -> Tuple[FoundMaster, ...]:
        """Look for masters on this network for a few seconds; raises PeerError where that cannot work."""
        network = self._parts.network
        if self._parts.config.settings.network.discovery is Discovery.OFF:
            raise PeerError("Discovery is switched off in the network settings; type the address.")
        end = time.monotonic() + _LOOK_SECONDS
        found = network.discovered()
        while time.monotonic() < end:
            time.sleep(_LOOK_PAUSE)
            found = network.discovered()
        return tuple(
            FoundMaster(one.name, shown_place(one.addresses[0], one.port), one.version)
            for one in found
            if one.addresses
        )

    def pair(self, address: str, code: str) -> str:
        """Pair with a master and return its name; this machine is its slave from now on.

        Raises PeerError.
        """
        config = self._parts.config
        if config.settings.network.mode is NetworkMode.MASTER:
            raise PeerError(
                "This machine is a master itself. Make it a slave first, in Settings > Network or "
                "with `settings set network.mode slave`."
            )
        changes = {"network.mode": NetworkMode.SLAVE.value}
        if config.settings.network.master.strip():
            changes["network.master"] = address
        return self._parts.network.pair(
            address, code, lambda write: config.change(changes, along=write)
        )

    def revoke(self, machine_id: str) -> None:
        """Let a slave in no more; raises PeerError."""
        self._take_back(machine_id)
        self._parts.network.revoke(machine_id)

    def forget(self, machine_id: str) -> None:
        """Know a machine no more; raises PeerError."""
        self._take_back(machine_id)
        self._parts.network.forget(machine_id)

    def _take_back(self, machine_id: str) -> None:
        """Let a machine end what it makes for this one, while it can still be told."""
        if self._manager is not None:
            self._parts.cluster(self._manager).master.take_back(machine_id)

    def command(self, machine_id: str, command: NodeCommand, arguments: Mapping[str, Any]) -> None:
        """Have a machine do something; raises PeerError where it cannot be asked."""
        if command is NodeCommand.CANCEL_JOB:
            self._at_work().cancel(int(arguments["job"]))  # wherever it is made
        elif self._is_here(machine_id):
            self._do_here(command, arguments)
        else:
            self._work().command(machine_id, command, arguments)

    def log(self, machine_id: str, lines: int = LOG_LINES) -> str:
        """Return the last lines of a machine's log; raises PeerError."""
        if self._is_here(machine_id):
            _anew, found = LogTail(self._parts.log_dir / TEXT_LOG).read()
            return "\n".join(text for _level, text in found[-lines:])
        answer = self._work().command(machine_id, NodeCommand.SEND_LOG, {"lines": lines})
        return str(answer.get("log", ""))

    def examine_paths(self) -> Tuple[FolderFinding, ...]:
        """Find out under which path each connected machine sees each watched folder of this one.

        Raises PeerError where this is no master at work.
        """
        work = self._work()
        names = {
            one.instance_id: one.name
            for one in self._parts.network.nodes()
            if one.state is NodeState.ONLINE
        }
        found: List[FolderFinding] = []
        for folder in FolderList(self._parts.database).all():
            try:
                findings = examine(
                    folder.path,
                    tuple(names),
                    lambda node_id, asked: work.command(node_id, NodeCommand.DOCTOR_PATHS, asked),
                )
            except MediaProcessorError as error:
                found.append(FolderFinding(str(folder.path), "", "", problem=str(error)))
                continue
            found += [
                FolderFinding(
                    str(folder.path),
                    one.node_id,
                    names[one.node_id],
                    one.seen,
                    one.writable and one.renames,
                    one.free if one.seen else None,
                    one.proposal,
                    one.problem,
                )
                for one in findings
            ]
        return tuple(found)

    def use_proposal(self, finding: FolderFinding) -> None:
        """Give a machine the mapping that was proposed; raises PeerError."""
        theirs, ours = parse_mapping(finding.proposal)
        arguments = {"theirs": theirs, "ours": ours}
        self._work().command(finding.machine_id, NodeCommand.ADD_MAPPING, arguments)

    def map_folder(self, theirs: str, ours: str) -> None:
        """Map a folder of the master's on this machine; raises ConfigError."""
        try:
            text = with_mapping(self.mappings, theirs, ours)
        except ValueError as error:
            raise ConfigError(_MAPPINGS, str(error)) from error
        self._parts.config.set(_MAPPINGS, text)

    def unmap_folder(self, theirs: str) -> None:
        """Take every mapping of a folder of the master's away; raises UsageError where there is none."""
        kept = self.mappings
        left = tuple(one for one in kept if parse_mapping(one)[0] != theirs)
        if left == kept:
            raise UsageError(f"No folder {theirs} of the master is mapped; see `network map`.")
        self._parts.config.set(_MAPPINGS, ", ".join(left))

    @property
    def mappings(self) -> Tuple[str, ...]:
        """The pairs of this machine, as the setting holds them."""
        return self._parts.config.settings.network.path_mappings

    def _do_here(self, command: NodeCommand, arguments: Mapping[str, Any]) -> None:
        manager = self._at_work()
        if command is NodeCommand.SET_SLOTS:
            wanted = {_SLOTS[kind]: str(arguments[kind]) for kind in _SLOTS if kind in arguments}
            self._parts.config.change(wanted)
        elif command is NodeCommand.RESCAN:
            self._parts.monitor(manager).look_through()
        elif self._mode is NetworkMode.SLAVE:
            self._parts.cluster(manager).slave.wish(command)
        else:
            actions = {
                NodeCommand.START: manager.start,
                NodeCommand.PAUSE: manager.pause,
                NodeCommand.RESUME: manager.resume,
                NodeCommand.DRAIN: manager.stop_after_current,
            }
            actions[command]()

    def _is_here(self, machine_id: str) -> bool:
        return machine_id in (_HERE, self._parts.instance_id)

    def _at_work(self) -> QueueManager:
        if self._manager is None:
            raise PeerError(
                "MediaProcessor is not at work with this data folder. Open its window, or start it with "
                "--headless, then ask again."
            )
        return self._manager

    def _work(self) -> Any:
        manager = self._at_work()
        if self._mode is not NetworkMode.MASTER:
            raise PeerError("Only a master can ask other machines; this machine is none.")
        return self._parts.cluster(manager).master


def _of_node(node: Node, shown: Optional[NodeStatus]) -> Machine:
    """A slave as its master knows it: what it said of itself, and what it is doing."""
    return _machine(
        shown or NodeStatus(node.instance_id, node.name, node.state.value),
        _STATES[node.state],
        NetworkMode.SLAVE,
        name=node.name,
        address=node.address,
        version=node.version,
        last_seen=node.last_seen,
        skew=node.skew,
        abilities=_abilities(node),
    )


def _machine(shown: NodeStatus, state: MachineState, role: NetworkMode, **more: Any) -> Machine:
    fields: Dict[str, Any] = {
        "id": shown.id,
        "name": shown.name,
        "version": shown.version,
        "last_seen": shown.last_seen,
        "jobs": shown.work,
        "slots": shown.slots,
        "free_space": shown.free_space,
        "load": shown.load,
        "held": shown.held,
        "quarantined": shown.quarantined,
    }
    return Machine(role=role, state=state, **{**fields, **more})


def _abilities(node: Node) -> Tuple[str, ...]:
    """What a slave can do, in words; nothing where it has not said."""
    try:
        toolset = facts_from(node.capabilities).toolset
    except PeerError:
        return ()
    return tuple(text for tool, ability, text in _ABILITIES if toolset.can(tool, ability))
