"""Films whose truth is known: what any span has at any number, between those that were encoded."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Dict, List, Mapping, Tuple

from benchmarks.quality.curves import Curve, Scale
from benchmarks.quality.films import RATE, Recipe
from benchmarks.quality.truth import Bench, Coded, Encoder, Pictures
from core.target_quality.places import Lengths, PicturePacket, Survey, Track, places_in
from core.target_quality.trial import Span, SpanScore


@dataclass(frozen=True)
class KnownFilm:
    """A film and, by one encoder, its whole encodes by their numbers."""

    recipe: Recipe
    path: Path
    encoder: Encoder
    packets: Tuple[PicturePacket, ...]
    whole: Mapping[int, Coded]
    curves: Dict[Tuple[int, int], Tuple[Curve, Curve, Curve]] = field(default_factory=dict)

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
        """What the product reads of a film so short before it chooses places in it."""
        seconds = self.recipe.pictures / RATE
        track = Track(Fraction(1, RATE), 0, 0.0)
        starts = [lengths.span * place for place in range(int(seconds / lengths.span))]
        places = places_in(self.packets, track, starts, lengths, seconds)
        whole = track.whole(seconds, self.recipe.pictures)
        return Survey(places, seconds, track.time_base, 0, whole)


def known_film(bench: Bench, recipe: Recipe, path: Path, encoder: Encoder) -> KnownFilm:
    """Return the film with its truth, encoded and scored as far as that is not kept from an earlier run."""
    everything = Pictures(0, recipe.pictures)
    middle = bench.coded(path, encoder, encoder.middle, everything)
    numbers = encoder.around(middle.mean)
    whole = {number: bench.coded(path, encoder, number, everything) for number in numbers}
    return KnownFilm(recipe, path, encoder, packets_of(bench.ffprobe, path), whole)


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
