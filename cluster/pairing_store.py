"""What the wire has to remember of those it was paired with; kept by ``store.nodes``, slow to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol

from cluster.ports import Data


@dataclass(frozen=True)
class SlaveRecord:
    """What a slave has shown of itself when it proved who it is; ``at`` in seconds since the epoch."""

    instance_id: str
    name: str
    address: str
    version: str
    capabilities: Data
    at: float


class PairedSlaves(Protocol):
    """The slaves of a master."""

    def secret_of(self, node_id: str) -> Optional[bytes]:
        """Return what is shared with a slave; None where it was never paired or was revoked."""

    def pair(self, node_id: str, secret: bytes) -> None:
        """Keep what is shared with a slave from now on."""

    def seen(self, slave: SlaveRecord) -> None:
        """Keep what a slave has said of itself."""


class PairedMasters(Protocol):
    """The masters of a slave."""

    def master_secret(self, master_id: str) -> Optional[bytes]:
        """Return what is shared with a master; None where this machine was never paired with it."""

    def reached(self, master_id: str, name: str, address: str) -> None:
        """Keep where a master was found; ``address`` with its port."""
