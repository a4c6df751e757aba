"""What a node tells of itself: what it has and what it takes, as JSON both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Mapping, Tuple

from core.errors import PeerError
from core.job import JobKind
from core.offer import toolset_data, toolset_from
from core.path_mappings import PathMapping
from core.settings import FilmAccess
from core.tools import Toolset

SLOT_KINDS = (JobKind.GPU, JobKind.SOFTWARE, JobKind.REMUX)
_MOST_SLOTS = 64  # of a kind, that a machine is believed to have


@dataclass(frozen=True)
class NodeFacts:
    """One machine; ``slots`` is how many jobs of a kind it does at once, ``largest`` in bytes (0: any)."""

    toolset: Toolset
    slots: Mapping[JobKind, int]
    cores: int = 0
    largest: int = 0
    access: FilmAccess = FilmAccess.AUTOMATIC
    mappings: Tuple[PathMapping, ...] = ()

    @property
    def kinds(self) -> FrozenSet[JobKind]:
        """The kinds that it does at all."""
        return frozenset(kind for kind, limit in self.slots.items() if limit > 0)

    def reads(self, path: str) -> bool:
        """Whether it may come by a film of the master's; whether it really does, it tells when it tries."""
        if self.access is not FilmAccess.SHARED_PATH or not self.mappings:
            return True
        return any(one.to_ours(path) is not None for one in self.mappings)

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        return {
            "tools": toolset_data(self.toolset),
            "slots": {kind.value: self.slots.get(kind, 0) for kind in SLOT_KINDS},
            "cores": self.cores,
            "largest": self.largest,
            "films": self.access.value,
            "mappings": [[one.theirs, one.ours] for one in self.mappings],
        }


def facts_from(data: Mapping[str, Any]) -> NodeFacts:
    """Read what a node told; raises PeerError."""
    try:
        return NodeFacts(
            toolset_from(data["tools"]),
            {kind: _slots(data["slots"].get(kind.value, 0)) for kind in SLOT_KINDS},
            int(data.get("cores", 0)),
            max(0, int(data.get("largest", 0))),
            FilmAccess(data.get("films", FilmAccess.AUTOMATIC.value)),
            tuple(PathMapping(str(one), str(other)) for one, other in data.get("mappings", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(f"What a machine says of itself cannot be read ({error!r}).") from error


def _slots(told: Any) -> int:
    """So many films are planned ahead; a machine that claims millions must not have all of them planned."""
    return min(_MOST_SLOTS, max(0, int(told)))


def kinds_from(names: Any) -> FrozenSet[JobKind]:
    """Read the kinds that a node has a slot for now; what is unknown counts for none."""
    known = {kind.value: kind for kind in SLOT_KINDS}
    if not isinstance(names, list):
        return frozenset()
    return frozenset(known[one] for one in names if isinstance(one, str) and one in known)
