"""Looking at pictures of a film and of what was made of it, by their numbers: at seams, at a chunk's ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Dict, Mapping, Sequence

from core.chunk_errors import JoinUnproven
from core.commands.chunks import encoded_track
from core.media.likeness import compare_pictures
from core.media.model import VideoTrack
from core.plan import Plan, VideoEncode
from core.text.sentence import Sentence
from processing.packets import Pictures
from processing.probing import Prober
from processing.samples import SampleLook, Sampler

SIDE = 5  # pictures on each side
_DEFAULT_RATE = 25.0
# Seconds of the film: transport streams are sought by guessing, and in MP4 ffmpeg comes in at the key frame
# whose leading pictures in an open group it cannot decode then (run with 9.0.2).
_RUN_UP = 2.0


@dataclass(frozen=True)
class Numbered:
    """A file's pictures: their times by number, and how much later they are on the clock that is sought by.

    ``alone``: the file has no other track.
    """

    path: Path
    table: Pictures
    shift: float = 0.0  # seconds
    alone: bool = False


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


def compare_seams(prober: Prober, plan: Plan, output: Path, joint: Joint) -> None:
    """Compare the pictures around each seam.

    Raises JoinUnproven where a picture is missing or is not the film's.
    """
    look = PictureLook(prober, plan, output.with_name(f"{output.name}.seams"))
    film = Numbered(plan.media.path, joint.film, joint.film_start - joint.film.times[0])
    for seam in joint.seams:
        wanted = range(max(0, seam - SIDE), min(seam + SIDE, joint.film.count))
        problem = look.problem(film, Numbered(output, joint.result), wanted)
        if problem:
            raise JoinUnproven(
                Sentence(
                    "{problem} at the seam before picture {number}.",
                    problem=problem,
                    number=seam + 1,
                )
            )


class PictureLook:
    """Compares a few pictures of one film with what was made of it; ``base`` begins the names of files."""

    def __init__(self, prober: Prober, plan: Plan, base: Path) -> None:
        track = encoded_track(plan)
        source = track.source
        self._plan = plan
        picture_only = tuple(
            other if isinstance(other.conversion, VideoEncode) else replace(other, conversion=None)
            for other in plan.outputs
        )
        self._place = plan.outputs.index(track)
        self._beside = Sampler(
            prober, replace(plan, outputs=picture_only), base, picture=True, exact=True
        )
        self._alone = replace(self._beside, plan=replace(plan, outputs=(track,)))
        rate = source.frame_rate if isinstance(source, VideoTrack) else None
        self._rate = rate or _DEFAULT_RATE

    def problem(self, film: Numbered, made: Numbered, wanted: range) -> str:
        """Say what is wrong with the pictures of these numbers, as a predicate; empty where nothing is."""
        before, after = self._pictures(film, wanted), self._pictures(made, wanted)
        missing = [number for number in wanted if number not in before or number not in after]
        if missing:
            return Sentence("lacks picture {number}", number=missing[0] + 1)
        shown: Dict[int, bytes] = {number: before[number] for number in wanted}
        return compare_pictures(
            shown, {number: after[number] for number in wanted}, self._rate
        ).problem

    def _pictures(self, file: Numbered, wanted: range) -> Mapping[int, bytes]:
        """Return the small pictures of these numbers, and some more."""
        times, first = file.table.times, wanted[0]
        film = file.path == self._plan.media.path
        position = 0.0
        if first:
            early = 0.4 * (times[first] - times[first - 1])
            position = max(0.0, times[first] - early + file.shift)
        elif film:
            position = max(0.0, times[0] - 0.4 / self._rate + file.shift)
        span = times[wanted[-1]] + file.shift - position + 1.0 / self._rate
        seconds = max(span, (len(wanted) + 2) / self._rate)  # as many as usual are taken in it
        look = SampleLook(seconds, run_up=_RUN_UP if film else 0.0)
        sampler, place = (self._alone, 0) if file.alone else (self._beside, self._place)
        sample = sampler.take(file.path, position, look, film=film)
        return {
            file.table.number_at(position + time - file.shift): picture
            for time, picture in sample.pictures.get(place, ())
        }
