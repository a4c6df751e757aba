"""What the work of a master needs: its nodes to command, the machine that it runs on, and the wire."""

from __future__ import annotations

from typing import Any, Mapping, Protocol

from cluster.ports import MasterPort
from core.protocol.node_commands import NodeCommand


class NodeCommander(Protocol):
    """Who gives commands to a master's nodes."""

    def command(
        self, node_id: str, command: NodeCommand, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Have a node do something; return its answer. Waits, and raises PeerError."""


class MasterMachine(Protocol):
    """The machine that a master's work runs on."""

    @property
    def name(self) -> str:
        """What it is called among machines."""

    def master_port(self) -> MasterPort:
        """Return the wire, which is made when it is first needed."""
