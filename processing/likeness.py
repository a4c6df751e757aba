"""Whether a result shows and sounds what its film does: samples of both, picture by picture number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, Mapping, Optional, Tuple

from core.media.likeness import compare_pictures, compare_sound
from core.media.model import VideoTrack
from core.plan import OpusEncode, OutputTrack, Plan, VideoEncode
from core.text.sentence import Sentence
from processing.checks import Differs, Figures, track_name
from processing.packets import Pictures, leanest_place
from processing.probing import Prober
from processing.samples import GLANCE, LONG_LOOK, LOOK_FROM_AFAR, Sample, SampleLook, Sampler

_BACK = 0.25  # seconds: so far a clock that goes back does so
_DEFAULT_RATE = 25.0
# Seconds that a sample may lie from its point, to begin at a key frame: x265 and x264 have one every 250
# pictures, which is 10.4 s of most films.
_REACH = 5.5
# Seconds: where pictures are stored in another order than shown, ffmpeg looks for the key frame so long
# before a position (from 0.9 to 9.0). Nearer to one all from the key frame before on would be decoded.
_SEEKS_BEFORE = 3 / 23
_KEY_FRAME_NEAR = 1.0  # seconds after the result's within which one of the film's is looked for
_BROKEN_BEFORE = 0.5  # seconds around a sample that the film must not be broken in
_LONGEST_RUN_UP = 600.0  # seconds

Pair = Callable[[int], Optional[Tuple[Pictures, Pictures]]]


@dataclass(frozen=True)
class _Place:
    """Where a sample point lies in either file, in seconds after the file's beginning."""

    film: float
    result: float
    suspicious: bool = False


@dataclass(frozen=True)
class _Comparison:
    """How much of two samples was compared, and the first that differs.

    In doubt nothing differs, but a glance is not enough to say so.
    """

    compared: int
    problem: str = ""
    doubtful: bool = False


class Likeness:
    """Compares what was encoded.

    ``pair`` gives the film's and the result's pictures of a track, by its place, where those with the
    same number are the same. Without ``picture`` sound alone is compared. ``base`` begins the names of
    small files that go again.
    """

    def __init__(
        self, prober: Prober, plan: Plan, staged: Path, base: Path, pair: Pair, *, picture: bool
    ) -> None:
        self._prober = prober
        self._plan = plan
        self._staged = staged
        self._pair = pair
        self._sampler = Sampler(prober, plan, base, picture)
        self._jumps: Dict[int, bool] = {}
        self._encoded = tuple(
            (place, track)
            for place, track in enumerate(plan.outputs)
            if isinstance(track.conversion, VideoEncode)
        )

    def compare(self, points: Tuple[float, ...]) -> Figures:
        """Compare these places, in seconds, and where the picture stands out; raises Differs."""
        reach = min(_REACH, points[-1] / len(points) / 2)
        places = [self._place(point, reach) for point in points]
        places += [
            replace(self._place(point, 0.0), suspicious=True) for point in self._lean_places()
        ]
        places = [place for place in places if not self._damaged(place)]
        figures: Figures = {"samples": sum(not place.suspicious for place in places)}
        for place in places:
            first = self._compare(place, LONG_LOOK if place.suspicious else GLANCE, figures)
            if first.doubtful and not first.problem:
                first = self._compare(place, LONG_LOOK, figures)
            if first.problem:
                # Where a film can be cut into badly, a run-up shows what is really there.
                again = self._compare(place, LOOK_FROM_AFAR, figures)
                if again.problem or again.compared < first.compared // 2:
                    problem = again.problem or first.problem
                    raise Differs(
                        Sentence(
                            "at {result} seconds {problem}.",
                            result=round(place.result),
                            problem=problem,
                        )
                    )
        return figures

    def _damaged(self, place: _Place) -> bool:
        """Whether the film itself is broken there: then nothing can be compared."""
        damage = self._plan.media.damage
        begin, end = place.film - _BROKEN_BEFORE, place.film + LONG_LOOK.seconds + _BROKEN_BEFORE
        return damage is not None and damage.touches(begin, end)

    def _lean_places(self) -> Tuple[float, ...]:
        """Return where a picture takes suspiciously few bytes: between two points a lot can be lost."""
        pairs = [self._pair(place) for place, _ in self._encoded]
        found = [leanest_place(*pair) for pair in pairs if pair is not None]
        return tuple(place for place in found if place is not None)

    def _place(self, point: float, reach: float) -> _Place:
        """Return where to look, for choice directly after a key frame: decoding begins there."""
        for place, _ in self._encoded:
            pair = self._pair(place)
            if pair is not None:
                film, result = pair
                number = first_picture(film, result, point, reach)
                late = 0.4 / self._rate(place) if number else 0.0
                if number and reach:
                    late += _SEEKS_BEFORE
                return _Place(
                    max(0.0, film.times[number] + late), max(0.0, result.times[number] + late)
                )
        return _Place(point, point)

    def _rate(self, place: int) -> float:
        source = self._plan.outputs[place].source
        rate = source.frame_rate if isinstance(source, VideoTrack) else None
        return rate or _DEFAULT_RATE

    def _compare(self, place: _Place, look: SampleLook, figures: Figures) -> _Comparison:
        """Compare one place of both files."""
        path = self._plan.media.path
        result = self._sampler.take(self._staged, place.result, look, film=False)
        film = self._sampler.take(path, place.film, look, film=True)
        if film.empty and place.film < _LONGEST_RUN_UP:
            # Some films cannot be sought in at all.
            whole = replace(look, run_up=place.film)
            film = self._sampler.take(path, place.film, whole, film=True)
        compared = [
            *(
                self._compare_picture(number, track, place, film, result, figures)
                for number, track in self._encoded
            ),
            *(
                self._compare_sound(number, track, film, result, figures)
                for number, track in enumerate(self._plan.outputs)
                if isinstance(track.conversion, OpusEncode)
            ),
        ]
        problem = next((comparison.problem for comparison in compared if comparison.problem), "")
        doubtful = any(comparison.doubtful for comparison in compared)
        return _Comparison(sum(comparison.compared for comparison in compared), problem, doubtful)

    def _compare_picture(
        self,
        number: int,
        track: OutputTrack,
        place: _Place,
        film: Sample,
        result: Sample,
        figures: Figures,
    ) -> _Comparison:
        pair = self._pair(number)
        tables = pair or (None, None)
        before = self._numbered(film.pictures.get(number, ()), place.film, tables[0], number)
        after = self._numbered(result.pictures.get(number, ()), place.result, tables[1], number)
        found = compare_pictures(before, after, self._rate(number), counted=pair is not None)
        if not found.compared:
            return _Comparison(0, doubtful=True)
        figures["pictures"] = int(figures.get("pictures") or 0) + found.compared
        _keep_largest(figures, "luma, share of what is allowed", found.luma_share)
        _keep_largest(figures, "chroma, share of what is allowed", found.chroma_share)
        problem = Sentence(
            "the picture of {track} {problem}",
            track=track_name(track),
            problem=found.problem,
        )
        return _Comparison(
            found.compared, problem if found.problem else "", doubtful=found.doubtful
        )

    def _compare_sound(
        self, number: int, track: OutputTrack, film: Sample, result: Sample, figures: Figures
    ) -> _Comparison:
        others = [sound for other, sound in film.sound.items() if other != number]
        found = compare_sound(film.sound.get(number, ()), result.sound.get(number, ()), others)
        name = track_name(track)
        if found.problem and self._clock_jumps(track):
            figures[f"{name}, sound"] = "not compared: its clock jumps back in the film"
            return _Comparison(0)
        _keep_largest(figures, "loudness, dB", found.level)
        _keep_largest(figures, "sound, dB", found.distance)
        problem = Sentence("the sound of {track} {problem}", track=name, problem=found.problem)
        return _Comparison(found.compared, problem if found.problem else "")

    def _clock_jumps(self, track: OutputTrack) -> bool:
        """Whether a film's track goes back in time, as parts that were glued together do.

        What lies at a time in the film lies elsewhere in any result then.
        """
        index = track.source.index
        if index not in self._jumps:
            times = self._prober.packet_times(self._plan.media.path, index)
            self._jumps[index] = any(
                after < before - _BACK for before, after in zip(times, times[1:])
            )
        return self._jumps[index]

    def _numbered(
        self,
        pictures: Tuple[Tuple[float, bytes], ...],
        position: float,
        table: Optional[Pictures],
        place: int,
    ) -> Mapping[int, bytes]:
        """Give each picture its number; by the film's rate where there is no table of them."""
        if table is None:
            rate = self._rate(place)
            return {round((position + time) * rate): picture for time, picture in pictures}
        return {table.number_at(position + time): picture for time, picture in pictures}


def first_picture(film: Pictures, result: Pictures, point: float, reach: float) -> int:
    """Return the number of a picture near ``point`` (seconds) from which on decoding both costs little.

    Key frames are rare in a result and many in most films, where each picture costs more. What is looked
    at lies before the end, however large the last picture is.
    """
    number = result.largest_near(point, reach) if point else 0
    if number and reach:
        near = min(_KEY_FRAME_NEAR, reach) / 2
        number = film.largest_near(film.times[number] + near, near)
    ends = film.times[-1] - _SEEKS_BEFORE - GLANCE.seconds
    return min(number, film.number_at(ends)) if ends > film.times[0] else 0


def _keep_largest(figures: Figures, name: str, value: float) -> None:
    figures[name] = max(float(figures.get(name) or 0.0), round(value, 3))
