"""The chunk of a film that a node is to make, as part of an offer; as JSON both ways."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Dict, Optional

from core.chunks.chunk import Chunk, ChunkPlan
from core.media.model import MediaFile
from core.protocol.film_facts import film_data, film_from
from core.protocol.peer_fields import PeerFields
from core.text.sentence import Sentence

_MOST_CHUNKS = 1_000_000
_LONGEST_FILM = 100 * 86400.0  # seconds
_MOST_STAMP = 2**62
_MOST_BASE = 2**31


@dataclass(frozen=True)
class OfferedChunk:
    """One chunk, with the clock that its stamps are in and the film's first (``core.chunks.chunk``).

    ``folder`` is the name of the folder beside the film, in ours, where the film's chunks are put together:
    a node that sees the film there and may write puts its chunk there too.
    """

    chunk: Chunk
    time_base: Fraction
    first_stamp: int
    folder: str = ""

    @property
    def plan(self) -> ChunkPlan:
        """The chunk alone as a plan of chunks."""
        return ChunkPlan((self.chunk,), (), self.time_base, self.first_stamp)

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        return {
            **self.chunk.as_json(),
            "time_base": [self.time_base.numerator, self.time_base.denominator],
            "first_stamp": self.first_stamp,
            "folder": self.folder,
        }


def offered_chunk_from(fields: PeerFields) -> OfferedChunk:
    """Read a chunk; raises WrongField."""
    chunk = Chunk(
        fields.whole("number", 0, _MOST_CHUNKS),
        fields.number("start", 0.0, _LONGEST_FILM),
        fields.number("until", 0.0, _LONGEST_FILM),
        _stamp(fields, "start_stamp"),
        _stamp(fields, "end_stamp"),
    )
    if chunk.until <= chunk.start:
        raise fields.wrong("until")
    base = fields.several("time_base", 2)
    if len(base) != 2 or not all(type(part) is int and 0 < part <= _MOST_BASE for part in base):
        raise fields.wrong("time_base")
    folder = fields.text("folder") if fields.has("folder") else ""
    if folder in (".", "..") or set(folder) & set('/\\:*?"<>|'):
        raise fields.wrong("folder")
    first = fields.whole("first_stamp", -_MOST_STAMP, _MOST_STAMP)
    return OfferedChunk(chunk, Fraction(*base), first, folder)


@dataclass(frozen=True)
class PartOfFilm:
    """The part that a node is sent of a film that it does not see; ``size`` in bytes.

    ``media`` is the whole film. The part holds its picture alone, with the film's own stamps.
    """

    size: int
    media: MediaFile

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        return {"size": self.size, "film": film_data(self.media)}


def part_from(data: Any) -> PartOfFilm:
    """Read it; raises WrongField."""
    fields = PeerFields(data, Sentence("The master's part of a film"))
    return PartOfFilm(fields.whole("size", 1), film_from(data.get("film")))


def _stamp(fields: PeerFields, key: str) -> Optional[int]:
    return fields.whole(key, -_MOST_STAMP, _MOST_STAMP) if fields.has(key) else None
