"""What the wire remembers of the machines that it was paired with; kept in ``store.nodes``, slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol

from cluster.ports import Data


@dataclass(frozen=True)
class SlaveRecord:
    """What a slave reported when it proved who it is; ``at`` in seconds since the epoch."""

    instance_id: str
    name: str
    address: str
    version: str
    capabilities: Data
    at: float


class PairedSlaves(Protocol):
    """The slaves of a master."""

    def secret_of(self, node_id: str) -> Optional[bytes]:
        """Return a slave's secret; None where it was never paired or was revoked."""

    def pair(self, node_id: str, secret: bytes) -> None:
        """Store a slave's secret."""

    def seen(self, slave: SlaveRecord) -> None:
        """Store what a slave reported."""


class PairedMasters(Protocol):
    """The masters of a slave."""

    def master_secret(self, master_id: str) -> Optional[bytes]:
        """Return a master's secret; None where this machine was never paired with it."""

    def reached(self, master_id: str, name: str, address: str) -> None:
        """Store where a master was found; ``address`` with its port."""
