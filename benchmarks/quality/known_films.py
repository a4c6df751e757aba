"""Films whose truth is known: what any span has at any number, between those that were encoded."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Dict, List, Mapping, Sequence, Tuple

from benchmarks.quality.curves import Curve, Scale
from benchmarks.quality.films import RATE, Clip, Recipe
from benchmarks.quality.truth import Bench, Coded, Encoder, Pictures
from core.target_quality.places import Lengths, PicturePacket, Survey, Track, places_in
from core.target_quality.trial import Span, SpanScore

# Seconds of a film that is read as a whole, and how many places of a longer one are looked at.
_READ_WHOLE, _LOOKS = 1200.0, 120
_PIECE = 12  # seconds of a real film in one that is put together
_KINDS = 3  # real films in it


@dataclass(frozen=True)
class KnownFilm:
    """A film and, by one encoder, its whole encodes by their numbers."""

    recipe: Recipe
    path: Path
    encoder: Encoder
    packets: Tuple[PicturePacket, ...]
    whole: Mapping[int, Coded]
    curves: Dict[Tuple[int, int], Tuple[Curve, Curve, Curve]] = field(default_factory=dict)
    surveys: Dict[Lengths, Survey] = field(default_factory=dict)

    def score(self, first: int, pictures: int, number: float, weight: float = 1.0) -> SpanScore:
        """What these pictures have in the whole film's encode with this number."""
        mean, low, size = self.curves_of(first, pictures)
        source = sum(packet.size for packet in self.packets[first : first + pictures])
        span = Span(first / RATE, pictures, weight)
        return SpanScore(span, mean.at(number), low.at(number), round(size.at(number)), source)

    def curves_of(self, first: int, pictures: int) -> Tuple[Curve, Curve, Curve]:
        """Mean, worst second and bytes of these pictures over the number."""
        known = self.curves.get((first, pictures))
        if known is None:
            numbers = tuple(sorted(self.whole))
            parts = [self.whole[number].part(first, pictures) for number in numbers]
            known = (
                Curve(numbers, tuple(part.mean for part in parts), Scale.SCORE),
                Curve(numbers, tuple(part.low for part in parts), Scale.SCORE),
                Curve(numbers, tuple(float(part.size) for part in parts), Scale.SIZE),
            )
            self.curves[first, pictures] = known
        return known

    @property
    def all(self) -> Tuple[Curve, Curve, Curve]:
        """The same of the whole film."""
        return self.curves_of(0, self.recipe.pictures)

    def survey(self, lengths: Lengths) -> Survey:
        """What the product reads of a film before it chooses places in it (``survey_film``)."""
        known = self.surveys.get(lengths)
        if known is not None:
            return known
        seconds = self.recipe.pictures / RATE
        track = Track(Fraction(1, RATE), 0, 0.0)
        number = int(seconds / lengths.span) if seconds <= _READ_WHOLE else _LOOKS
        starts = [seconds / number * place for place in range(number)]
        places = places_in(self.packets, track, starts, lengths, seconds)
        whole = track.whole(seconds, self.recipe.pictures)
        self.surveys[lengths] = Survey(places, seconds, track.time_base, 0, whole)
        return self.surveys[lengths]


def known_film(bench: Bench, recipe: Recipe, path: Path, encoder: Encoder) -> KnownFilm:
    """Return the film with its truth, encoded and scored as far as that is not kept from an earlier run."""
    everything = Pictures(0, recipe.pictures)
    middle = bench.coded(path, encoder, encoder.middle, everything)
    numbers = encoder.around(middle.mean)
    whole = {number: bench.coded(path, encoder, number, everything) for number in numbers}
    return KnownFilm(recipe, path, encoder, packets_of(bench.ffprobe, path), whole)


def put_together(films: Sequence[KnownFilm], seed: int, seconds: int) -> KnownFilm:
    """Return a long film, out of pieces of three real ones in an order by chance.

    A real film's parts are more alike than these, so its search is easier. Each second has the mean of its
    pictures.
    """
    chance = Random(seed)
    encoder = films[0].encoder
    numbers = sorted((encoder.middle, *encoder.others))
    chosen = chance.sample(list(films), min(_KINDS, len(films)))
    scores: Dict[int, List[float]] = {number: [] for number in numbers}
    sizes: Dict[int, List[int]] = {number: [] for number in numbers}
    packets: List[PicturePacket] = []
    while len(packets) < seconds * RATE:
        film = chance.choice(chosen)
        begin = chance.randrange(film.recipe.pictures // RATE - _PIECE)
        for second in range(begin, begin + _PIECE):
            mean, _low, size = film.curves_of(second * RATE, RATE)
            for number in numbers:
                scores[number] += [mean.at(number)] * RATE
                sizes[number] += [round(size.at(number) / RATE)] * RATE
            for source in film.packets[second * RATE : (second + 1) * RATE]:
                first_of_piece = second == begin and len(packets) % RATE == 0
                packets.append(
                    PicturePacket(len(packets), source.size, first_of_piece or source.is_key)
                )
    whole = {
        number: Coded(tuple(scores[number]), (), tuple(sizes[number]), (0.0, 0.0), (0.0, 0.0))
        for number in numbers
    }
    part = Clip("pieces", len(packets))
    of_first = chosen[0].recipe.size
    recipe = Recipe(f"long {seed}", "put together", of_first, (part,), "pieces of real films")
    return KnownFilm(recipe, Path(), encoder, tuple(packets), whole)


def packets_of(ffprobe: Path, film: Path) -> Tuple[PicturePacket, ...]:
    """The film's pictures in the order of showing; stamps are their numbers."""
    shown = ("-select_streams", "v:0", "-show_entries", "packet=pts,size,flags", "-of", "json")
    argv = [str(ffprobe), "-v", "error", *shown, str(film)]
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    packets: List[Dict[str, str]] = json.loads(text)["packets"]
    ordered = sorted(packets, key=lambda packet: int(packet["pts"]))
    return tuple(
        PicturePacket(number, int(packet["size"]), packet["flags"].startswith("K"))
        for number, packet in enumerate(ordered)
    )
