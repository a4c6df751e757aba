"""What a node reports: its hardware, its tools, the jobs that it accepts; as JSON both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Mapping, Tuple

from core.protocol.offer import toolset_data, toolset_from
from core.protocol.peer_fields import LONGEST_PATH, MOST_BYTES, PeerFields
from core.queue.job import JobKind
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.text.sentence import Sentence
from core.tools import Toolset

SLOT_KINDS = (JobKind.GPU, JobKind.SOFTWARE, JobKind.REMUX)
_MOST_SLOTS = 64  # of a kind, the most that is believed
_MOST_CORES = 65_536
_MOST_MAPPINGS = 1000
_MOST_RUNNING = 10_000  # films


@dataclass(frozen=True)
class NodeFacts:
    """One machine; ``slots`` is how many jobs of a kind it does at once, ``largest`` in bytes (0: any).

    ``chunks``: its program makes single chunks of a film.
    """

    toolset: Toolset
    slots: Mapping[JobKind, int]
    cores: int = 0
    largest: int = 0
    access: FilmAccess = FilmAccess.AUTOMATIC
    mappings: Tuple[PathMapping, ...] = ()
    chunks: bool = True

    @property
    def kinds(self) -> FrozenSet[JobKind]:
        """Return the kinds of jobs that it does at all."""
        return frozenset(kind for kind, limit in self.slots.items() if limit > 0)

    def reads(self, path: str) -> bool:
        """Whether it should be able to read a film of the master; it reports when it cannot."""
        if self.access is not FilmAccess.SHARED_PATH or not self.mappings:
            return True
        return any(mapping.to_ours(path) is not None for mapping in self.mappings)

    def as_data(self) -> Dict[str, Any]:
        """Return the seal in JSON's types."""
        return {
            "tools": toolset_data(self.toolset),
            "slots": {kind.value: self.slots.get(kind, 0) for kind in SLOT_KINDS},
            "cores": self.cores,
            "largest": self.largest,
            "films": self.access.value,
            "mappings": [[mapping.theirs, mapping.ours] for mapping in self.mappings],
            "chunks": self.chunks,
        }


def facts_from(data: Mapping[str, Any]) -> NodeFacts:
    """Read a node's report; raises WrongField."""
    fields = PeerFields(data, Sentence("What a machine says of itself"))
    slots = fields.part("slots")
    return NodeFacts(
        toolset_from(data.get("tools")),
        {kind: _slots(slots, kind) for kind in SLOT_KINDS},
        fields.whole("cores", 0, _MOST_CORES) if fields.has("cores") else 0,
        max(0, fields.whole("largest", -MOST_BYTES)) if fields.has("largest") else 0,
        _access(fields) if fields.has("films") else FilmAccess.AUTOMATIC,
        _mappings(fields) if fields.has("mappings") else (),
        fields.flag("chunks") if fields.has("chunks") else False,
    )


def _slots(slots: PeerFields, kind: JobKind) -> int:
    """Return the slots of a kind, limited: as many films are planned ahead, whatever a machine claims."""
    if not slots.has(kind.value):
        return 0
    return min(_MOST_SLOTS, max(0, slots.whole(kind.value, -MOST_BYTES)))


def _access(fields: PeerFields) -> FilmAccess:
    known = {access.value: access for access in FilmAccess}
    name = fields.text("films")
    if name not in known:
        raise fields.wrong("films")
    return known[name]


def _mappings(fields: PeerFields) -> Tuple[PathMapping, ...]:
    found = []
    for pair in fields.several("mappings", _MOST_MAPPINGS):
        good = isinstance(pair, list) and len(pair) == 2
        if not good or not all(
            isinstance(path, str) and len(path) <= LONGEST_PATH for path in pair
        ):
            raise fields.wrong("mappings")
        found.append(PathMapping(*pair))
    return tuple(found)


def status_from(data: Mapping[str, Any]) -> Dict[str, Any]:
    """Read the parts of a node's status that are shown; raises WrongField.

    ``load`` is the share of its processor in use (0 to 1), ``free_space`` in bytes, ``held`` a sentence.
    """
    fields = PeerFields(data, Sentence("A machine's word on how it is"))
    found: Dict[str, Any] = {}
    if fields.has("load"):
        found["load"] = fields.number("load", 0.0, 1.0)
    if fields.has("free_space"):
        found["free_space"] = fields.whole("free_space")
    if fields.has("held"):
        found["held"] = fields.short_sentence("held", "held_parts")
    if fields.has("running"):
        fields.whole("running", 0, _MOST_RUNNING)
    return found


def kinds_from(names: Any) -> FrozenSet[JobKind]:
    """Read the kinds that a node has a free slot for; unknown kinds are ignored."""
    known = {kind.value: kind for kind in SLOT_KINDS}
    if not isinstance(names, list):
        return frozenset()
    return frozenset(known[name] for name in names if isinstance(name, str) and name in known)
