"""The machines that work together, as the window and the ``network`` command show and change them."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple

from cluster.addresses import shown_place
from cluster.identity import load_identity
from cluster.ports import Node, NodeState
from core.encoders.listed import abilities_in_words
from core.errors import ConfigError, MediaProcessorError, UsageError
from core.events import QueueStateChanged
from core.peer_errors import PeerError
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
from core.settings.choices import Discovery, NetworkMode
from core.settings.path_mappings import parse_mapping, with_mapping
from core.text.sentence import Sentence
from monitor import FolderList
from reports.log_files import TEXT_LOG
from reports.log_tail import LogTail
from sharing.path_doctor import examine

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.shared_work import SharedWork
    from network import Network
    from queue_manager import QueueManager
    from sharing.master.master import MasterWork

LOG_LINES = 500
_LOOK_SECONDS = 3.0  # that masters have to announce themselves
_LOOK_PAUSE = 0.2
_MAPPINGS = "network.path_mappings"
_STATES = {
    NodeState.ONLINE: MachineState.ONLINE,
    NodeState.OFFLINE: MachineState.OFFLINE,
    NodeState.REVOKED: MachineState.REVOKED,
}
_HERE = "here"  # the id of this machine where it has none among others


class Machines:
    """Calls wait for the database and for other machines: make them beside Tk's thread.

    ``manager`` is the queue and ``work`` what this machine shares, where this program is at work; without
    them nothing can be asked of machines.
    """

    def __init__(
        self,
        folder: DataFolder,
        network: Network,
        manager: Optional[QueueManager] = None,
        work: Optional[SharedWork] = None,
    ) -> None:
        self._folder = folder
        self._config = folder.config
        self._network = network
        self._manager = manager
        self._shared = work

    def cluster(self) -> ClusterOverview:
        """How all machines are, as far as this one knows."""
        settings = self._config.settings.network
        name = settings.name or socket.gethostname()
        network = self._network
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
        if self._shared is None or self._mode is not NetworkMode.SLAVE:
            return None
        return self._shared.slave.state

    @property
    def _mode(self) -> NetworkMode:
        return self._config.settings.network.mode

    def _notices(self) -> Tuple[str, ...]:
        return () if self._shared is None else self._shared.notices

    def _of_master(self, name: str, mode: NetworkMode) -> Tuple[Machine, ...]:
        system = self._system(NetworkMode.MASTER)
        shown = {node.id: node for node in system.nodes}
        mine = shown.get("", NodeStatus("", name, "master"))
        machines = [self._this(mine, name, mode)]
        nodes = sorted(self._network.nodes(), key=lambda node: node.name.casefold())
        return (*machines, *(_of_node(node, shown.get(node.instance_id)) for node in nodes))

    def _of_slave(self, name: str) -> Tuple[Machine, ...]:
        """The master, this machine with its own work, then the others as the master tells of them."""
        network = self._network
        connected = network.connected
        system = self._system(NetworkMode.SLAVE) if connected else SystemStatus()
        machines: List[Machine] = []
        reported = {node.id: node for node in system.nodes}
        for master in network.masters()[:1]:
            there = reported.get("", NodeStatus("", master.name, "master"))
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
        own_id = self._own_id
        mine = reported.get(own_id, NodeStatus(own_id, name, "online"))
        machines.append(self._this(mine, name, NetworkMode.SLAVE))
        others = (node for node in system.nodes if node.id not in ("", own_id))
        states = {state.value: state for state in MachineState}
        machines += [
            _machine(node, states.get(node.state, MachineState.OFFLINE), NetworkMode.SLAVE)
            for node in others
        ]
        return tuple(machines)

    def _this(self, shown: NodeStatus, name: str, mode: NetworkMode) -> Machine:
        """This machine, whose own work and slots it knows best."""
        changes: Dict[str, Any] = {"id": shown.id or _HERE, "name": name, "last_seen": time.time()}
        queue = self._config.settings.queue
        changes["slots"] = (
            ("gpu", queue.gpu_jobs),
            ("software", queue.software_jobs),
            ("remux", queue.remux_jobs),
        )
        if self._shared is not None and mode is NetworkMode.SLAVE:
            changes["jobs"] = self._shared.slave.work
        return _machine(shown, MachineState.HERE, mode, **changes)

    def _system(self, mode: NetworkMode) -> SystemStatus:
        work = self._shared
        if work is None:
            return SystemStatus()
        return work.master.system if mode is NetworkMode.MASTER else work.slave.system

    def show_code(self) -> ShownCode:
        """Make a pairing code for one slave; raises PeerError where this is no master at work."""
        if self._mode is not NetworkMode.MASTER:
            raise PeerError(
                Sentence(
                    "This machine is no master, so there is nothing to pair with. Make it one in "
                    "Settings > Network, or with `settings set network.mode master`."
                )
            )
        self._at_work()
        if self._network.trouble:
            raise PeerError(self._network.trouble)
        code = self._network.show_code()
        return ShownCode(code.text, max(0.0, code.until - time.monotonic()))

    def addresses(self) -> Tuple[str, ...]:
        """Return where other machines reach this one, as they have to type it; IPv4 first."""
        from cluster.discovery import local_addresses

        port = self._config.settings.network.port
        found = [address for address in local_addresses() if not address.startswith("fe80:")]
        return tuple(shown_place(address, port) for address in sorted(found, key=_by_version))

    def hide_code(self) -> None:
        """Let the code be good no longer."""
        self._network.hide_code()

    def find_masters(self) -> Tuple[FoundMaster, ...]:
        """Look for masters on this network for a few seconds; raises PeerError where that cannot work."""
        network = self._network
        if self._config.settings.network.discovery is Discovery.OFF:
            raise PeerError(
                Sentence("Discovery is switched off in the network settings; type the address.")
            )
        end = time.monotonic() + _LOOK_SECONDS
        masters = network.discovered()
        while time.monotonic() < end:
            time.sleep(_LOOK_PAUSE)
            masters = network.discovered()
        return tuple(
            FoundMaster(master.name, shown_place(master.addresses[0], master.port), master.version)
            for master in masters
            if master.addresses
        )

    def pair(self, address: str, code: str) -> str:
        """Pair with a master and return its name; this machine is its slave from now on.

        Raises PeerError.
        """
        config = self._config
        if config.settings.network.mode is NetworkMode.MASTER:
            raise PeerError(
                Sentence(
                    "This machine is a master itself. Make it a slave first, in Settings > Network or "
                    "with `settings set network.mode slave`."
                )
            )
        changes = {"network.mode": NetworkMode.SLAVE.value}
        if config.settings.network.master.strip():
            changes["network.master"] = address
        return self._network.pair(address, code, lambda write: config.change(changes, along=write))

    def revoke(self, machine_id: str) -> None:
        """Let a slave in no more; raises PeerError."""
        self._take_back(machine_id)
        self._network.revoke(machine_id)

    def forget(self, machine_id: str) -> None:
        """Know a machine no more; raises PeerError."""
        self._take_back(machine_id)
        self._network.forget(machine_id)

    def _take_back(self, machine_id: str) -> None:
        """Let a machine end what it makes for this one, while it can still be told."""
        if self._shared is not None:
            self._shared.master.take_back(machine_id)

    def command(self, machine_id: str, command: NodeCommand, arguments: Mapping[str, Any]) -> None:
        """Have a machine do something; raises PeerError where it cannot be asked."""
        if command is NodeCommand.CANCEL_JOB:
            self._at_work().cancel(int(arguments["job"]))  # wherever it is made
        elif self._is_here(machine_id):
            self._do_here(command, arguments)
        else:
            self._master().command(machine_id, command, arguments)

    def log(self, machine_id: str, lines: int = LOG_LINES) -> str:
        """Return the last lines of a machine's log; raises PeerError."""
        if self._is_here(machine_id):
            _anew, lines_read = LogTail(self._folder.log_dir / TEXT_LOG).read()
            return "\n".join(text for _level, text in lines_read[-lines:])
        answer = self._master().command(machine_id, NodeCommand.SEND_LOG, {"lines": lines})
        return str(answer.get("log", ""))

    def examine_paths(self) -> Tuple[FolderFinding, ...]:
        """Find out under which path each connected machine sees each watched folder of this one.

        Raises PeerError where this is no master at work.
        """
        master = self._master()
        names = {
            node.instance_id: node.name
            for node in self._network.nodes()
            if node.state is NodeState.ONLINE
        }
        found: List[FolderFinding] = []
        for folder in FolderList(self._folder.database).all():
            try:
                findings = examine(folder.path, tuple(names), master)
            except MediaProcessorError as error:
                found.append(FolderFinding(str(folder.path), "", "", problem=str(error)))
                continue
            found += [
                FolderFinding(
                    str(folder.path),
                    view.node_id,
                    names[view.node_id],
                    view.seen,
                    view.writable and view.renames,
                    view.free if view.seen else None,
                    view.proposal,
                    view.problem,
                )
                for view in findings
            ]
        return tuple(found)

    def use_proposal(self, finding: FolderFinding) -> None:
        """Give a machine the mapping that was proposed; raises PeerError."""
        theirs, ours = parse_mapping(finding.proposal)
        arguments = {"theirs": theirs, "ours": ours}
        self._master().command(finding.machine_id, NodeCommand.ADD_MAPPING, arguments)

    def map_folder(self, theirs: str, ours: str) -> None:
        """Map a folder of the master's on this machine; raises ConfigError."""
        try:
            text = with_mapping(self.mappings, theirs, ours)
        except ValueError as error:
            raise ConfigError(_MAPPINGS, str(error)) from error
        self._config.set(_MAPPINGS, text)

    def unmap_folder(self, theirs: str) -> None:
        """Take every mapping of a folder of the master's away; raises UsageError where there is none."""
        kept = self.mappings
        left = tuple(pair for pair in kept if parse_mapping(pair)[0] != theirs)
        if left == kept:
            raise UsageError(
                Sentence(
                    "No folder {theirs} of the master is mapped; see `network map`.", theirs=theirs
                )
            )
        self._config.set(_MAPPINGS, ", ".join(left))

    @property
    def mappings(self) -> Tuple[str, ...]:
        """The pairs of this machine, as the setting holds them."""
        return self._config.settings.network.path_mappings

    def _do_here(self, command: NodeCommand, arguments: Mapping[str, Any]) -> None:
        manager = self._at_work()
        queue_actions = {
            NodeCommand.START: manager.start,
            NodeCommand.PAUSE: manager.pause,
            NodeCommand.RESUME: manager.resume,
            NodeCommand.DRAIN: manager.stop_after_current,
        }
        if command not in queue_actions:
            self._work().commands.do(command, arguments)
        elif self._mode is NetworkMode.SLAVE:
            self._work().slave.wish(command)
        else:
            queue_actions[command]()

    def _is_here(self, machine_id: str) -> bool:
        return machine_id in (_HERE, self._own_id)

    def _at_work(self) -> QueueManager:
        if self._manager is None:
            raise PeerError(
                Sentence(
                    "MediaProcessor is not at work with this data folder. Open its window, or start it with "
                    "--headless, then ask again."
                )
            )
        return self._manager

    def _work(self) -> SharedWork:
        self._at_work()
        assert self._shared is not None  # given together with the queue
        return self._shared

    def _master(self) -> MasterWork:
        work = self._work()
        if self._mode is not NetworkMode.MASTER:
            raise PeerError(Sentence("Only a master can ask other machines; this machine is none."))
        return work.master

    @property
    def _own_id(self) -> str:
        return load_identity(self._folder.data_dir).instance_id


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
    return tuple(
        word for tool in toolset.tools for word in abilities_in_words(tool.name, tool.abilities)
    )


def _by_version(address: str) -> Tuple[bool, str]:
    return ":" in address, address
