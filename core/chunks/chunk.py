"""A film's picture as a list of chunks that are encoded apart and joined again: pure data.

Times are seconds after the film's beginning (ffmpeg's ``start_time`` of the whole file), as ffmpeg's
``-ss`` takes them. Stamps are the same moments as the container has them: whole numbers of the picture's
time base, without any rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Dict, Mapping, Optional, Tuple

from core.plan import Reason
from core.text.sentence import Sentence, from_json, to_json

Json = Dict[str, Any]


@dataclass(frozen=True)
class Chunk:
    """One piece of the picture: from the picture at ``start`` up to, not with, that at ``end``.

    ``end`` and ``end_stamp`` are None in the last one, which takes all that is left. ``until`` is where it
    ends then in any case: the film's duration, for progress and shares.
    """

    number: int  # from 0
    start: float
    until: float
    start_stamp: Optional[
        int
    ]  # of the key frame that begins it; None in the first, which has all before
    end_stamp: Optional[int]

    @property
    def end(self) -> Optional[float]:
        """Where the next chunk begins; None in the last one."""
        return None if self.end_stamp is None else self.until

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.until - self.start

    @property
    def is_last(self) -> bool:
        """Whether no other follows."""
        return self.end_stamp is None

    def holds(self, stamp: int) -> bool:
        """Whether the picture of this stamp belongs to it."""
        after = self.start_stamp is None or stamp >= self.start_stamp
        return after and (self.end_stamp is None or stamp < self.end_stamp)

    def as_json(self) -> Json:
        """For the journal and for other machines."""
        return {
            "number": self.number,
            "start": self.start,
            "until": self.until,
            "start_stamp": self.start_stamp,
            "end_stamp": self.end_stamp,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Chunk:
        """What ``as_json`` wrote; raises KeyError, TypeError or ValueError for anything else."""
        return Chunk(
            int(data["number"]),
            float(data["start"]),
            float(data["until"]),
            _whole(data["start_stamp"]),
            _whole(data["end_stamp"]),
        )


@dataclass(frozen=True)
class ChunkNumber:
    """The encoder's number that one chunk of a film gets for its quality, and why.

    ``chunk`` is the chunk's place, from 0; ``value`` is on the scale of the film's number.
    """

    chunk: int
    value: float
    reason: Reason

    def as_json(self) -> Json:
        """For the journal."""
        reason = self.reason
        parts = to_json(reason.message)
        return {
            "chunk": self.chunk,
            "value": self.value,
            "code": reason.code,
            "reason": str(reason.message),
            "parts": parts,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> ChunkNumber:
        """What ``as_json`` wrote; raises KeyError, TypeError or ValueError for anything else."""
        message = from_json(str(data["reason"]), data["parts"])
        return ChunkNumber(
            int(data["chunk"]), float(data["value"]), Reason(str(data["code"]), message)
        )


@dataclass(frozen=True)
class ChunkPlan:
    """A film's chunks, or why it is encoded in one piece.

    ``whole`` are the reasons; with any of them there are no chunks. ``time_base`` is that of the stamps,
    ``first_stamp`` that of the film's first picture, and ``shown_at`` when this is shown in a result that
    was made in one pass, in seconds: a film's sound can begin before its picture. ``numbers`` are those for
    the chunks' quality, where one is aimed at: the film's own, or one near it.
    """

    chunks: Tuple[Chunk, ...] = ()
    whole: Tuple[Reason, ...] = ()
    time_base: Fraction = Fraction(1, 1000)
    first_stamp: int = 0
    shown_at: float = 0.0
    numbers: Tuple[ChunkNumber, ...] = ()

    @property
    def in_chunks(self) -> bool:
        """Whether the film is encoded in chunks."""
        return len(self.chunks) > 1

    @property
    def seams(self) -> Tuple[float, ...]:
        """Where one chunk ends and the next begins, in seconds after the film's beginning."""
        return tuple(chunk.start for chunk in self.chunks[1:])

    @property
    def key(self) -> str:
        """The borders as text: two plans of one film with the same key have the same chunks."""
        stamps = ",".join(str(self.begin_of(chunk)) for chunk in self.chunks)
        return f"{self.time_base.numerator}/{self.time_base.denominator}:{stamps}"

    def as_json(self) -> Json:
        """For the journal and for other machines; the reasons stay where they were found."""
        return {
            "chunks": [chunk.as_json() for chunk in self.chunks],
            "time_base": [self.time_base.numerator, self.time_base.denominator],
            "first_stamp": self.first_stamp,
            "shown_at": self.shown_at,
            "numbers": [number.as_json() for number in self.numbers],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> ChunkPlan:
        """What ``as_json`` wrote; raises KeyError, TypeError or ValueError for anything else."""
        numerator, denominator = data["time_base"]
        chunks = tuple(Chunk.from_json(chunk) for chunk in data["chunks"])
        if int(numerator) <= 0 or int(denominator) <= 0:
            raise ValueError("time_base")
        time_base = Fraction(int(numerator), int(denominator))
        first, shown_at = int(data["first_stamp"]), float(data["shown_at"])
        numbers = tuple(map(ChunkNumber.from_json, data.get("numbers", ())))
        return ChunkPlan(chunks, (), time_base, first, shown_at, numbers)

    def quality_number(self, chunk: int) -> Optional[float]:
        """Return the number that a chunk gets for its quality; None where the film's template decides."""
        return next((number.value for number in self.numbers if number.chunk == chunk), None)

    def begin_of(self, chunk: Chunk) -> int:
        """Return the stamp of a chunk's first picture."""
        return self.first_stamp if chunk.start_stamp is None else chunk.start_stamp

    def length_of(self, chunk: Chunk) -> Optional[int]:
        """Return how long a chunk is, in the time base; None for the last, which ends with the film."""
        return None if chunk.end_stamp is None else chunk.end_stamp - self.begin_of(chunk)


@dataclass(frozen=True)
class ChunkProof:
    """What a finished chunk was found to be.

    ``pictures`` were decoded and are as many as the film has in the same span; ``parameter_sets`` is a hash
    of what a decoder must know beforehand (VPS, SPS and PPS; the sequence header), the same in all chunks
    that can be joined; ``size`` in bytes; ``codec`` as ffmpeg names it. ``quality_number`` is the encoder's
    number that it was made with, where a quality was aimed at.
    """

    number: int
    pictures: int
    first: float  # time of its first picture in the film, in seconds after the film's beginning
    last: float
    size: int
    codec: str
    parameter_sets: str
    quality_number: Optional[float] = None

    def as_json(self) -> Json:
        """For the journal and for other machines."""
        return dict(vars(self))

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> ChunkProof:
        """What ``as_json`` wrote; raises KeyError, TypeError or ValueError for anything else."""
        return ChunkProof(
            int(data["number"]),
            int(data["pictures"]),
            float(data["first"]),
            float(data["last"]),
            int(data["size"]),
            str(data["codec"]),
            str(data["parameter_sets"]),
            None if data.get("quality_number") is None else float(data["quality_number"]),
        )


def in_one_piece(code: str, message: str, matched: str = "") -> Reason:
    """Why a film is not cut, as the plan says it."""
    full_code = f"chunks.{code}"
    return Reason(
        full_code,
        Sentence("The video is encoded in one piece: {why}", why=message),
        matched,
    )


def _whole(value: Any) -> Optional[int]:
    return None if value is None else int(value)
