"""Encoding a span of the film by the film's own template, as it is encoded in the film."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import List, Optional, Tuple

from core.chunks.chunk import Chunk, ChunkPlan
from core.plan import Plan
from core.progress import Progress
from core.target_quality.places import SpanPlace
from core.target_quality.trial import Span
from processing.chunks.encoding import CHUNK_SUFFIX, ChunkEncoder, EncodedChunk
from processing.control import JobControl
from processing.packets import Pictures
from processing.step_tools import StepTools
from processing.target_quality.pieces import encode_step, lossless_plan, reads_whole_files

SPAN_SUFFIX = CHUNK_SUFFIX
# An encoder sets key frames where nothing asks for them: SVT-AV1 every 6.7 s, x265 every 10 s unless the
# scene changes. The one before a span is not counted, so its share is: else SVT-AV1's film was 20 % larger.
_KEY_SECONDS = 15.0


@dataclass(frozen=True)
class EncodedSpan:
    """A place that was encoded: ``path`` holds the picture alone.

    ``first_number`` is the number of its picture that is the span's first. ``size`` and ``source_size`` are
    the bytes of the span's own pictures, with its share of a key frame; ``seconds`` is what the encode took.
    """

    span: Span
    path: Path
    first_number: int  # from 0
    size: int
    source_size: int
    seconds: float


class SpanEncoder:
    """Makes places of one film; usable from several threads."""

    def __init__(self, tools: StepTools, time_base: Fraction, first_stamp: int) -> None:
        self._tools = tools
        self._time_base = time_base
        self._first_stamp = first_stamp

    def encode(
        self, plan: Plan, place: SpanPlace, into: Path, control: JobControl
    ) -> Optional[EncodedSpan]:
        """Write the place, by the plan's template, to ``into``.

        None where the pictures that came out are not those of the film by their number: then nothing can be
        compared. Raises what each step raises.
        """
        chunk = _as_chunk(place)
        chunks = ChunkPlan((chunk,), time_base=self._time_base, first_stamp=self._first_stamp)
        if reads_whole_files(plan):
            made = self._by_piece(plan, chunks, into, control)
        else:
            made = ChunkEncoder(self._tools, plan, chunks).encode(chunk, into, control, _unheard)
        sizes = self._sizes(into, control)
        source = made.source
        if source is None or source.count != len(sizes):
            return None
        begin = chunks.begin_of(chunk)
        after = float((place.first_stamp - begin) * self._time_base)
        first = bisect.bisect_left(source.times, after - _half(source))
        behind = first + place.pictures if place.pictures else source.count
        if behind > source.count or first == behind:
            return None
        span = replace(place.span, pictures=behind - first)
        own = sizes[first:behind]
        key = max(0.0, sizes[0] - sum(own) / len(own)) if first else 0.0
        return EncodedSpan(
            span=span,
            path=into,
            first_number=first,
            size=sum(own) + round(key * place.seconds / _KEY_SECONDS),
            source_size=sum(source.sizes[first:behind]),
            seconds=made.seconds,
        )

    def _by_piece(
        self, plan: Plan, chunks: ChunkPlan, into: Path, control: JobControl
    ) -> EncodedChunk:
        tools, (chunk,) = self._tools, chunks.chunks
        piece = into.with_name(f"{into.stem}-piece{SPAN_SUFFIX}")
        whole = lossless_plan(plan)
        try:
            made = ChunkEncoder(tools, whole, chunks).encode(chunk, piece, control, _unheard)
            step = encode_step(plan, tools, piece, chunk.seconds, into)
            tools.create(into, plan.media.path)
            result = tools.run(step, control, film=plan.media.path)
        finally:
            tools.files.remove(piece)
        return replace(made, path=into, seconds=result.seconds)

    def _sizes(self, path: Path, control: JobControl) -> Tuple[int, ...]:
        """The encoded pictures' bytes in the order in which they are shown."""
        shown = ["-select_streams", "v:0", "-show_entries", "packet=pts,size"]
        answer = self._tools.prober(control).ask(shown, path)
        found: List[Tuple[int, int]] = [
            (int(packet.get("pts", 0)), int(packet["size"])) for packet in answer.get("packets", [])
        ]
        return tuple(size for _, size in sorted(found))


def _as_chunk(place: SpanPlace) -> Chunk:
    # What lies before the first stamp is the decoder's run-up alone.
    number = 0 if place.begin_stamp is None else 1
    until = place.key + place.encoded
    return Chunk(number, place.key, until, place.begin_stamp, place.end_stamp)


def _half(source: Pictures) -> float:
    """Half the time between two pictures: stamps that went through a table of packets may be rounded."""
    length = source.times[-1] - source.times[0]
    return length / max(1, source.count - 1) / 2


def _unheard(progress: Progress) -> None:
    """A span's own progress is shown nowhere: it is one of many."""
