"""Chunks with numbers of their own beside one number for the whole film: bytes, worst places, seams.

``python -m benchmarks.chunk_numbers [--full] [--films NAME,…] [--encoder NAME] [--json]``. Films are joined
of real clips and cut into chunks of about 15 s. Each chunk is really encoded and compared picture by picture,
with the film's number, with the number that the program gives it by ten places of 4 s, and with lower numbers
for the whole film, until its worst place is as good: what that takes in bytes is the peer. One film and one
encoder take two minutes, all of them (``--full``) take much longer. What is encoded is kept in the cache,
so that a second run is quick.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence, Tuple

from benchmarks.quality.films import RATE, Clip, Recipe, made
from benchmarks.quality.truth import Bench, Coded, Encoder, Pictures, encoders
from benchmarks.report import Figure, all_met, as_json, as_table
from core.chunks.chunk import Chunk
from core.encoders.quality import Speed
from core.encoders.quality_number import QualityNumber, quality_number
from core.plan import Reason
from core.target_quality.chunk_numbers import chunk_numbers
from core.target_quality.model import PERFECT, Prior, curve_through
from core.target_quality.trial import ChosenNumber, Span, SpanScore, Trial
from core.text.sentence import Sentence
from core.tools import ToolName
from tests.chunk_campaign import Bench as Tools

_SIZE = (480, 270)
_PLACES, _PLACE = 10, 4 * RATE  # pictures
_SIDE = 5  # pictures beside a seam
_STEPS = (0, -1, -2, -3, -4)  # from the film's number, for the whole film
_NUMBERS = {"x265": 23.0, "svt-av1": 35.0}  # with which these films have about 92
_MOST_AT_SEAM = 1.5  # of VMAF's scale
_CHOSEN = Reason("benchmark", Sentence("It is the film's."))


@dataclass(frozen=True)
class ChunkedFilm:
    """A film and how long its chunks are, in pictures."""

    recipe: Recipe
    length: int

    @property
    def spans(self) -> Tuple[Pictures, ...]:
        """The pictures of each chunk."""
        every = range(0, self.recipe.pictures, self.length)
        return tuple(
            Pictures(first, min(self.length, self.recipe.pictures - first)) for first in every
        )


FILMS = (
    ChunkedFilm(
        Recipe(
            "chunks-mixed",
            "mixed",
            _SIZE,
            (
                *(Clip("ocean.mp4", 240), Clip("WolfgangLanger_Pexels.mp4", 120)),
                *(Clip("franck.mp4", 360), Clip("bikes.mp4", 250), Clip("bg.mp4", 110)),
                *(Clip("night.mp4", 360), Clip("trailer_bbb.mp4", 360, first=600)),
                Clip("goldengate.mp4", 360),
            ),
            "water, faces, a street, nightfall, animation, a flight",
        ),
        360,
    ),
    ChunkedFilm(
        Recipe(
            "chunks-trailer", "animation", _SIZE, (Clip("trailer_bbb.mp4", 1320),), "one trailer"
        ),
        330,
    ),
    ChunkedFilm(
        Recipe(
            "chunks-grain",
            "film grain",
            _SIZE,
            (
                *(Clip("WolfgangLanger_Pexels.mp4", 470), Clip("ocean.mp4", 240)),
                *(Clip("goldengate.mp4", 396), Clip("vtest.avi", 334)),
            ),
            "four filmed clips under added grain",
            grain=5,
        ),
        360,
    ),
)


@dataclass(frozen=True)
class Encoded:
    """All chunks of a film, each with its own number or all with one."""

    chunks: Tuple[Coded, ...]

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return sum(chunk.size for chunk in self.chunks)

    @property
    def vmaf(self) -> Tuple[float, ...]:
        """Each picture's."""
        return tuple(score for chunk in self.chunks for score in chunk.vmaf)

    @property
    def mean(self) -> float:
        """The film's."""
        return sum(self.vmaf) / len(self.vmaf)

    @property
    def places(self) -> Tuple[float, ...]:
        """The mean of each place that a search would measure."""
        return tuple(
            sum(self.vmaf[first : first + _PLACE]) / _PLACE for first in places(len(self.vmaf))
        )

    @property
    def steps(self) -> Tuple[float, ...]:
        """How far the pictures before each seam are from those behind it."""
        pairs = zip(self.chunks, self.chunks[1:])
        return tuple(
            abs(sum(after.vmaf[:_SIDE]) - sum(before.vmaf[-_SIDE:])) / _SIDE
            for before, after in pairs
        )


def places(pictures: int) -> Tuple[int, ...]:
    """Return the first picture of each place: in the middle of equal parts."""
    return tuple(round((part + 0.5) * pictures / _PLACES) - _PLACE // 2 for part in range(_PLACES))


class ChunkedEncodes:
    """Encodes of one film by one encoder."""

    def __init__(self, bench: Bench, ffmpeg: Path, film: ChunkedFilm, encoder: Encoder) -> None:
        self._bench, self._encoder, self.film = bench, encoder, film
        self._path = made(film.recipe, ffmpeg)
        self.number = _NUMBERS[encoder.name]
        self._one = {step: self.encoded([self.number + step] * len(film.spans)) for step in _STEPS}

    def encoded(self, numbers: Sequence[float]) -> Encoded:
        """The chunks with these numbers."""
        spans = zip(self.film.spans, numbers)
        return Encoded(
            tuple(self._bench.coded(self._path, self._encoder, at, span) for span, at in spans)
        )

    @property
    def films(self) -> Encoded:
        """All chunks with the film's number."""
        return self._one[0]

    def own_numbers(self) -> Tuple[float, ...]:
        """The number of each chunk, as the program decides it where the film has just met its target."""
        number = quality_number(self._encoder.template)
        assert isinstance(number, QualityNumber)
        film, mean = self.films, self.films.mean
        lower = self._one[-3]
        slope = math.log((PERFECT - mean) / (PERFECT - lower.mean)) / 3
        curve = curve_through(Prior(self.number, PERFECT - mean, 0.1, slope, 0.01), [], mean)
        scores = tuple(
            SpanScore(Span(first / RATE, _PLACE, 1 / _PLACES), score, score, 0, 0)
            for first, score in zip(places(len(film.vmaf)), film.places)
        )
        trial = Trial(self.number, scores, 0.0)
        chosen = ChosenNumber(self.number, mean, mean, 0.0, (trial,), _CHOSEN)
        chunks = [
            Chunk(place, span.first / RATE, (span.first + span.count) / RATE, None, place)
            for place, span in enumerate(self.film.spans)
        ]
        return tuple(found.value for found in chunk_numbers(chunks, chosen, curve, number.scale))

    def size_for(self, worst: float) -> float:
        """Bytes that one number takes for a worst place so good; infinite where none of ours does."""
        points = [
            (min(encoded.places), math.log(encoded.size))
            for _step, encoded in sorted(self._one.items())
        ]
        for (better, larger), (poorer, smaller) in zip(points, points[1:]):
            if poorer <= worst <= better:
                share = (worst - poorer) / (better - poorer) if better > poorer else 0.0
                return math.exp(smaller + share * (larger - smaller))
        return math.inf


def figures_of(encodes: ChunkedEncodes, name: str) -> Tuple[List[Figure], str]:
    """Return the film's figures, and a line for people."""
    film, numbers = encodes.films, encodes.own_numbers()
    own = encodes.encoded(numbers)
    grown = own.size / film.size - 1
    peer = encodes.size_for(min(own.places)) / film.size - 1
    seam = max(mine - theirs for mine, theirs in zip(own.steps, film.steps))
    label = encodes.film.recipe.name
    offsets = " ".join(f"{number - encodes.number:+g}" for number in numbers)
    line = (
        f"{name} {label}: {offsets}; mean {film.mean:.1f} → {own.mean:.1f}, worst place "
        f"{min(film.places):.1f} → {min(own.places):.1f}, bytes {grown:+.1%} (one number: {peer:+.1%}), "
        f"seams {seam:+.2f}"
    )
    key = f"{name}_{label}".replace("-", "_")
    found = [Figure(f"{key}_seam", seam, f"{name}, {label}: at a seam", goal=_MOST_AT_SEAM)]
    if grown > 0:
        share = grown / peer if peer > 0 else math.inf
        share_label = f"{name}, {label}: growth by that of one number"
        found.append(Figure(f"{key}_growth", share, share_label, goal=1.0))
    return found, line


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--films", default="", help="mixed, trailer, grain, with commas; else the trailer"
    )
    parser.add_argument("--encoder", default="", help="x265 or svt-av1; the latter without it")
    parser.add_argument("--full", action="store_true", help="all films, both encoders")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    usual = () if arguments.full else ("trailer",)
    wanted = tuple(filter(None, arguments.films.split(","))) or usual
    program = arguments.encoder or ("" if arguments.full else "svt-av1")
    films = [film for film in FILMS if not wanted or film.recipe.name.endswith(wanted)]
    tools = Tools()
    ffprobe = tools.toolset.get(ToolName.FFPROBE)
    assert ffprobe is not None
    bench = Bench(Path(tools.ffmpeg), ffprobe.path)
    found: List[Figure] = []
    lines: List[str] = []
    for encoder in encoders(Speed.NORMAL):
        for film in films if program in ("", encoder.name) else ():
            figures, line = figures_of(
                ChunkedEncodes(bench, Path(tools.ffmpeg), film, encoder), encoder.name
            )
            found += figures
            lines.append(line)
    if arguments.json:
        print(as_json("chunk_numbers", found))
    else:
        print("\n".join(lines))
        print(as_table("Chunks with numbers of their own", found))
    return 0 if all_met(found) else 1


if __name__ == "__main__":
    sys.exit(main())
