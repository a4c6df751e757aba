"""Looking at the pictures on both sides of each seam: the film's and the result's of the same numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Mapping, Sequence

from core.chunk_errors import JoinUnproven
from core.commands.chunks import encoded_track
from core.media.likeness import compare_pictures
from core.media.model import VideoTrack
from core.media.probing.changes import RECORDED
from core.plan import Plan, VideoEncode
from core.text.sentence import Sentence
from processing.packets import Pictures
from processing.probing import Prober
from processing.samples import SampleLook, Sampler

SIDE = 5  # pictures on each side
_DEFAULT_RATE = 25.0
_RUN_UP = 2.0  # seconds: transport streams are sought by guessing, and ffmpeg comes in late


@dataclass(frozen=True)
class Joint:
    """A film's and its joined result's pictures, by number, and where the chunks meet.

    ``counts`` are the chunks' numbers of pictures; ``film_start`` is when the film's first picture is shown,
    in seconds after the film's beginning, which is not the clock of ``film`` where its sound begins earlier.
    """

    film: Pictures
    result: Pictures
    counts: Sequence[int]
    film_start: float

    @property
    def seams(self) -> Sequence[int]:
        """The number of each chunk's first picture, without the first chunk's."""
        return list(accumulate(self.counts))[:-1]


def compare_seams(prober: Prober, plan: Plan, output: Path, joint: Joint) -> int:
    """Compare the pictures around each seam; return how many were compared.

    Raises JoinUnproven where a picture is missing or is not the film's.
    """
    look = _SeamLook(prober, plan, output, joint)
    return sum(look.compare(number) for number in joint.seams)


class _SeamLook:
    def __init__(self, prober: Prober, plan: Plan, output: Path, joint: Joint) -> None:
        track = encoded_track(plan)
        source = track.source
        picture_only = tuple(
            other if isinstance(other.conversion, VideoEncode) else replace(other, conversion=None)
            for other in plan.outputs
        )
        base = output.with_name(f"{output.name}.seams")
        self._sampler = Sampler(
            prober, replace(plan, outputs=picture_only), base, picture=True, exact=True
        )
        self._plan = plan
        self._output = output
        self._joint = joint
        self._place = plan.outputs.index(track)
        rate = source.frame_rate if isinstance(source, VideoTrack) else None
        self._rate = rate or _DEFAULT_RATE

    def compare(self, seam: int) -> int:
        """Compare the pictures around the one of this number, with which a chunk begins."""
        joint = self._joint
        shift = joint.film_start - joint.film.times[0]
        before = self._pictures(self._plan.media.path, joint.film, seam, shift)
        after = self._pictures(self._output, joint.result, seam, 0.0)
        wanted = range(max(0, seam - SIDE), min(seam + SIDE, joint.film.count))
        missing = [number for number in wanted if number not in before or number not in after]
        if missing:
            raise JoinUnproven(Sentence("lacks picture {number} at a seam.", number=missing[0] + 1))
        film, result = ({number: found[number] for number in wanted} for found in (before, after))
        found = compare_pictures(film, result, self._rate)
        if found.problem:
            raise JoinUnproven(
                Sentence(
                    "{problem} at the seam before picture {number}.",
                    problem=found.problem,
                    number=seam + 1,
                )
            )
        return found.compared

    def _pictures(
        self, path: Path, table: Pictures, seam: int, shift: float
    ) -> Mapping[int, bytes]:
        """Return the small pictures around a seam by their numbers.

        ``shift`` is how much later a picture is on the clock that is sought by than in its table.
        """
        first, last = max(0, seam - SIDE), min(seam + SIDE, table.count) - 1
        position = 0.0
        if first:
            early = 0.4 * (table.times[first] - table.times[first - 1])
            position = max(0.0, table.times[first] - early + shift)
        span = table.times[last] + shift - position + 1.0 / self._rate
        seconds = max(
            span, (2 * SIDE + 2) / self._rate
        )  # as many pictures are taken as usual in it
        film = path == self._plan.media.path
        streamed = film and self._plan.media.container in RECORDED
        look = SampleLook(seconds, run_up=_RUN_UP if streamed else 0.0)
        sample = self._sampler.take(path, position, look, film=film)
        return {
            table.number_at(position + time - shift): picture
            for time, picture in sample.pictures.get(self._place, ())
        }
