"""How exactly a search for a quality meets it: whole films of real pictures, our search beside other ways.

``python -m benchmarks.quality [--full] [--films NAME,…] [--encoder NAME] [--speed WORD] [--targets N,…]
[--real] [--long N] [--json]``.
Each film is encoded as a whole with several numbers and compared picture by picture: two minutes for the two
smallest films with one encoder, hours for all films with both (``--full``). All of it is kept in the
temporary folder, so that an interrupted run goes on and the next is quick. ``--real`` also lets the product
search on the films, to tell what cutting spans out of whole encodes hides. An ffmpeg with libvmaf, ``npm``,
``pip`` and ``apt-get`` (Debian) for the clips.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import List, Sequence

from benchmarks.quality.films import RATE, RECIPES, Recipe, made
from benchmarks.quality.known_films import KnownFilm, known_film
from benchmarks.quality.real import really_searched
from benchmarks.quality.tables import (
    figures_of,
    long_outcomes,
    methods_table,
    outcomes_by_method,
    outcomes_table,
    saving_table,
    truth_table,
)
from benchmarks.quality.truth import Bench, Encoder, Pictures, encoders
from benchmarks.report import all_met, as_json, as_table
from core.encoders.quality import Speed
from core.tools import ToolName
from tests.chunk_campaign import Bench as Tools

_SHORT = ("faces", "mixed")
_REAL_TARGET = 94.0
_SAMPLE = 480  # pictures that are encoded by themselves


def _known(bench: Bench, recipes: Sequence[Recipe], encoder: Encoder) -> List[KnownFilm]:
    films = []
    for recipe in recipes:
        print(f"{recipe.name}, {encoder.name}", file=sys.stderr)
        films.append(known_film(bench, recipe, made(recipe, bench.ffmpeg), encoder))
    return films


def real_table(tools: Tools, bench: Bench, films: Sequence[KnownFilm]) -> str:
    """The product's own search, and by how much samples score higher than the same pictures of the film.

    "20 s alone" is a sample as ab-av1 takes it: encoded by itself, with the middle number.
    """
    lines = [
        f"film: number for {_REAL_TARGET:g}, the film has, its spans higher by, 20 s alone higher by"
    ]
    for film in films:
        search = really_searched(tools, film, _REAL_TARGET, _SAMPLE / RATE)
        first = (film.recipe.pictures - _SAMPLE) // 2
        number = film.encoder.middle
        alone = bench.coded(film.path, film.encoder, number, Pictures(first, _SAMPLE))
        higher = " ".join(f"{trial:+.2f}" for trial in search.higher)
        sample = alone.mean - film.whole[number].part(first, _SAMPLE).mean
        name = film.recipe.name
        lines.append(
            f"{name}: {search.chosen.number:g}, {search.true:.2f}, {higher}, {sample:+.2f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", default="", help="their names, with commas; else two small ones")
    parser.add_argument(
        "--speed", type=Speed, default=Speed.VERY_FAST, help="a word of video.speed"
    )
    parser.add_argument("--encoder", default="", help="x265 or svt-av1; the latter without it")
    parser.add_argument("--targets", default="92,94,96", help="VMAF, with commas")
    parser.add_argument("--full", action="store_true", help="all films, both encoders; hours")
    parser.add_argument("--real", action="store_true", help="also encode samples by themselves")
    parser.add_argument("--long", type=int, default=4, help="films of 100 minutes put together")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    usual = () if arguments.full else _SHORT
    names = tuple(filter(None, arguments.films.split(","))) or usual
    recipes = [recipe for recipe in RECIPES if not names or recipe.name in names]
    wanted = arguments.encoder or ("" if arguments.full else "svt-av1")
    chosen = [encoder for encoder in encoders(arguments.speed) if wanted in ("", encoder.name)]
    targets = [float(target) for target in arguments.targets.split(",")]
    tools = Tools()
    ffprobe = tools.toolset.get(ToolName.FFPROBE)
    assert ffprobe is not None
    bench = Bench(Path(tools.ffmpeg), ffprobe.path)
    found = []
    for encoder in chosen:
        films = _known(bench, recipes, encoder)
        methods = outcomes_by_method(films, targets)
        found += figures_of(encoder, films, methods)
        if not arguments.json:
            print(f"\n{encoder.name} ({' '.join(encoder.options)}), {len(films)} films of {RATE}/s")
            print(truth_table(films, targets))
            print(methods_table(methods))
            print(outcomes_table(methods["ours"]))
            print(saving_table(films, methods, targets))
            if arguments.long:
                print(f"\n{arguments.long} films of 100 minutes, put together of pieces of these:")
                print(methods_table(long_outcomes(films, targets, arguments.long)))
        if arguments.real:
            print(real_table(tools, bench, films), file=sys.stderr)
    print(as_json("quality", found) if arguments.json else as_table("A quality asked for", found))
    return 0 if all_met(found) else 1


if __name__ == "__main__":
    sys.exit(main())
