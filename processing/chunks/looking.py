"""Looking at a chunk that another machine made: whether its pictures are the film's.

Number, times and header of a chunk may be right and its pictures another film's. The joined film would be
refused for that, but only in the end, and all chunks with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Mapping

from core.chunk_errors import ChunkUnproven
from core.chunks.chunk import ChunkProof
from core.commands.chunks import encoded_track
from core.media.likeness import compare_pictures
from core.media.model import VideoTrack
from core.media.probing.changes import RECORDED
from core.plan import Plan
from core.text.sentence import Sentence
from processing.chunks.encoding import EncodedChunk
from processing.packets import Pictures
from processing.probing import Prober
from processing.samples import SampleLook, Sampler

_PLACES = (0.25, 0.75)  # of the chunk's pictures
_SIDE = 5  # pictures before and from there on
_DEFAULT_RATE = 25.0
_RUN_UP = 2.0  # seconds: transport streams are sought by guessing, and ffmpeg comes in late


def demand_the_films_pictures(
    plan: Plan, made: EncodedChunk, proof: ChunkProof, prober: Prober
) -> None:
    """Compare some pictures of a proved chunk with the film's of the same numbers; raises ChunkUnproven."""
    look = _Look(plan, made, proof, prober)
    for place in _PLACES:
        look.compare(int(place * look.table.count))


class _Look:
    def __init__(self, plan: Plan, made: EncodedChunk, proof: ChunkProof, prober: Prober) -> None:
        track = encoded_track(plan)
        source = track.source
        self._plan = plan
        self._made = made
        self._first = proof.first
        rate = source.frame_rate if isinstance(source, VideoTrack) else None
        self._rate = rate or _DEFAULT_RATE
        self.table = _table_of(made, prober)
        base = made.path.with_name(f"{made.path.name}.look")
        alone = replace(plan, outputs=(track,))
        self._sampler = Sampler(prober, alone, base, picture=True, exact=True)

    def compare(self, number: int) -> None:
        """Compare the pictures around one."""
        first = max(0, number - _SIDE)
        last = min(number + _SIDE, self.table.count) - 1
        film, chunk = (self._pictures(first, last, film=film) for film in (True, False))
        wanted = range(first, last + 1)
        missing = [number for number in wanted if number not in film or number not in chunk]
        if missing:
            raise self._wrong(Sentence("lacks picture {number}.", number=missing[0] + 1))
        found = compare_pictures(film, chunk, self._rate)
        if found.problem:
            raise self._wrong(
                Sentence(
                    "{problem} near picture {number}.", problem=found.problem, number=number + 1
                )
            )

    def _pictures(self, first: int, last: int, *, film: bool) -> Mapping[int, bytes]:
        """Return the small pictures of these numbers, of the film or of the chunk."""
        times = self.table.times
        position = 0.0
        if first:
            position = times[first] - 0.4 * (times[first] - times[first - 1])
        seconds = max(times[last] - position + 1.0 / self._rate, (last - first + 2) / self._rate)
        streamed = film and self._plan.media.container in RECORDED
        look = SampleLook(seconds, run_up=_RUN_UP if streamed else 0.0)
        path = self._plan.media.path if film else self._made.path
        begin = max(0.0, self._first + position) if film else position
        sample = self._sampler.take(path, begin, look, film=film)
        shift = begin - self._first if film else begin
        found: Dict[int, bytes] = {
            self.table.number_at(shift + time): picture
            for time, picture in sample.pictures.get(0, ())
        }
        return {number: found[number] for number in range(first, last + 1) if number in found}

    def _wrong(self, problem: str) -> ChunkUnproven:
        return ChunkUnproven(self._made.chunk.number, problem)


def _table_of(made: EncodedChunk, prober: Prober) -> Pictures:
    """The moments of a chunk's pictures, in seconds after its first."""
    options = ["-select_streams", "0", "-show_entries", "packet=pts_time"]
    packets = prober.ask(options, made.path).get("packets") or []
    times = sorted(float(packet["pts_time"]) for packet in packets if "pts_time" in packet)
    if not times:
        raise ChunkUnproven(made.chunk.number, Sentence("has no pictures."))
    return Pictures(tuple(time - times[0] for time in times), (0,) * len(times))
