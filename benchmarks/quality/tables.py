"""What the benchmark shows: truth, methods beside each other, bytes, and the time that a search takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterable, List, Mapping, Sequence, Tuple

from benchmarks.quality.curves import Errors, Outcome, errors, saving
from benchmarks.quality.films import RATE
from benchmarks.quality.known_films import KnownFilm, put_together
from benchmarks.quality.methods import Library, as_ab_av1, as_optimisarr, fixed
from benchmarks.quality.truth import Encoder
from benchmarks.report import Figure
from core.target_quality.places import Lengths, trial_seconds

Methods = Mapping[str, Sequence[Outcome]]

OURS, SAMPLED, TAUGHT = "ours", "ours, a third of the film", "the same, 20 films taught"
_THIRD = 20.0  # seconds: as much of these films as others encode
_LIBRARY = 4  # films from which others can teach one
_LONG = 6000  # seconds of a film whose search is calculated


def outcomes_by_method(
    films: Sequence[KnownFilm], targets: Sequence[float]
) -> Dict[str, List[Outcome]]:
    """Let each method choose for each film and target."""
    found: Dict[str, List[Outcome]] = {}

    def add(name: str, outcome: Outcome) -> None:
        found.setdefault(name, []).append(outcome)

    for target in targets:
        number = _fixed_for(films, target)
        for film in films:
            add(OURS, Library(remembers=False).outcome(film, target))
            add(SAMPLED, Library(_THIRD, remembers=False).outcome(film, target))
            if len(films) >= _LIBRARY:
                add(TAUGHT, _taught_by_others(films, film, targets).outcome(film, target))
            add("one number for all", fixed(film, target, number))
            add("ab-av1's method", as_ab_av1(film, target))
            add("Optimisarr's method", as_optimisarr(film, target))
    return found


def long_outcomes(
    films: Sequence[KnownFilm], targets: Sequence[float], count: int
) -> Dict[str, List[Outcome]]:
    """Let each method choose for films of 100 minutes, put together of pieces of these."""
    found: Dict[str, List[Outcome]] = {}
    for seed in range(count):
        film = put_together(films, seed, _LONG)
        for target in targets:
            found.setdefault(OURS, []).append(Library(remembers=False).outcome(film, target))
            found.setdefault("ab-av1's method", []).append(as_ab_av1(film, target))
            found.setdefault("Optimisarr's method", []).append(as_optimisarr(film, target))
    return found


def _fixed_for(films: Sequence[KnownFilm], target: float) -> float:
    """The one number with which the films have the target on average: the best that one number can do."""
    low, high = 0.0, 70.0
    for _ in range(40):
        middle = (low + high) / 2
        mean = _mean(film.all[0].at(middle) for film in films)
        low, high = (middle, high) if mean >= target else (low, middle)
    return low


def _taught_by_others(
    films: Sequence[KnownFilm], but: KnownFilm, targets: Sequence[float]
) -> Library:
    """A library that has searched twenty times on all other films, for all targets in turn."""
    library = Library(_THIRD)
    others = [film for film in films if film is not but]
    for turn in range(20 if others else 0):
        film = others[turn % len(others)]
        library.outcome(film, targets[(turn // len(others)) % len(targets)])
    return replace(library, remembers=False)


def free_errors(outcomes: Sequence[Outcome]) -> List[float]:
    """Errors where the method could choose freely: not held at a limit of the number."""
    return [outcome.error for outcome in outcomes if not outcome.held]


def truth_table(films: Sequence[KnownFilm], targets: Sequence[float]) -> str:
    """Whole films: VMAF (of the worst second) by number, and the number for each target."""
    head = [
        "film",
        "kind",
        "VMAF of the whole film (of its worst second)",
        *map("{:g}".format, targets),
    ]
    rows = []
    for film in films:
        scores = (
            f"{number}: {film.whole[number].mean:.2f} ({film.whole[number].low:.0f})"
            for number in sorted(film.whole)
        )
        numbers = (f"{film.all[0].where(target):.1f}" for target in targets)
        rows.append([film.recipe.name, film.recipe.kind, "  ".join(scores), *numbers])
    return _table(head, rows)


def methods_table(methods: Methods) -> str:
    """Each method's errors over all films and targets, and what its search costs."""
    head = ["method", "mean error", "bias", "worst", "spread", "held", "trials", "coded s", "bytes"]
    ours = {(outcome.film, outcome.target): outcome.size for outcome in methods[OURS]}
    rows = []
    for name, outcomes in methods.items():
        told = _told(errors(free_errors(outcomes))) if free_errors(outcomes) else ["-"] * 4
        size = _mean(outcome.size / ours[outcome.film, outcome.target] for outcome in outcomes)
        rows.append(
            [
                name,
                *told,
                str(sum(outcome.held for outcome in outcomes)),
                f"{_mean(outcome.trials for outcome in outcomes):.2f}",
                f"{_mean(outcome.coded for outcome in outcomes) / RATE:.0f}",
                f"{size:.3f}",
            ]
        )
    return _table(head, rows)


def _told(found: Errors) -> List[str]:
    return [f"{found.mean:.2f}", f"{found.bias:+.2f}", f"{found.worst:.2f}", f"{found.spread:.2f}"]


def outcomes_table(outcomes: Sequence[Outcome]) -> str:
    """One method's choices, film by film."""
    head = ["film", "target", "number", "film has", "worst second", "trials", ""]
    rows = [
        [
            outcome.film,
            f"{outcome.target:g}",
            f"{outcome.number:g}",
            f"{outcome.true:.2f}",
            f"{outcome.low:.1f}",
            str(outcome.trials),
            "at a limit" if outcome.held else "",
        ]
        for outcome in outcomes
    ]
    return _table(head, rows)


def savings(
    films: Sequence[KnownFilm], methods: Methods, targets: Sequence[float]
) -> List[Tuple[str, float, float, float, float]]:
    """Method, target, the worst film's score, the one number for it, the share of bytes that is saved."""
    scores = {film.recipe.name: film.all[0] for film in films}
    sizes = {film.recipe.name: film.all[2] for film in films}
    found = []
    for name, outcomes in methods.items():
        for target in targets:
            chosen = {o.film: o.number for o in outcomes if o.target == target}
            saved = saving(scores, sizes, chosen)
            found.append((name, target, saved.worst, saved.fixed, saved.share))
    return found


def saving_table(films: Sequence[KnownFilm], methods: Methods, targets: Sequence[float]) -> str:
    """Bytes against one number for all films, at the same worst film."""
    head = ["method", "target", "worst film", "one number", "bytes saved"]
    rows = [
        [name, f"{target:g}", f"{worst:.2f}", f"{number:.1f}", f"{share:+.1%}"]
        for name, target, worst, number, share in savings(films, methods, targets)
        if name != "one number for all"
    ]
    return _table(head, rows)


def search_share(films: Sequence[KnownFilm], trials: float, seconds: float = _LONG) -> float:
    """What a search of so many trials takes of the encode of a film so long, in processor time.

    By what encoding and comparing a picture took in whole films.
    """
    encode = sum(coded.cpu[0] for film in films for coded in film.whole.values())
    score = sum(coded.cpu[1] for film in films for coded in film.whole.values())
    lengths = Lengths()
    spans = int(trial_seconds(seconds) / lengths.encoded)
    trial = spans * (lengths.encoded * encode + lengths.span * score)
    return trials * trial / (seconds * encode)


def figures_of(encoder: Encoder, films: Sequence[KnownFilm], methods: Methods) -> List[Figure]:
    """The figures that something is asked of."""
    figures = []
    for name, short in ((OURS, "ours"), (SAMPLED, "sampled")):
        found = errors(free_errors(methods[name]))
        key, label = f"{encoder.name}_{short}", f"{encoder.name}, {name}:"
        figures += [
            Figure(f"{key}_mean", found.mean, f"{label} mean error", "VMAF", 0.5),
            Figure(f"{key}_worst", found.worst, f"{label} worst", "VMAF", 1.5),
            Figure(f"{key}_bias", abs(found.bias), f"{label} bias", "VMAF", 0.3),
        ]
    targets = sorted({outcome.target for outcome in methods[OURS]})
    shares = [row[4] for row in savings(films, {OURS: methods[OURS]}, targets)]
    label = f"{encoder.name}: bytes saved at the same worst film"
    figures.append(Figure(f"{encoder.name}_saved", _mean(shares), label, least=0.10))
    for name, short, goal in ((SAMPLED, "first", 0.10), (TAUGHT, "taught", 0.05)):
        if name not in methods:
            continue
        trials = _mean(outcome.trials for outcome in methods[name])
        label = f"{encoder.name}: search ÷ encode, 100 minutes, {short}"
        figures.append(
            Figure(f"{encoder.name}_{short}", search_share(films, trials), label, "", goal)
        )
    return figures


def _mean(values: Iterable[float]) -> float:
    """The project has a module of its own where Python's ``statistics`` would be."""
    found = list(values)
    return sum(found) / len(found)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(["", *lines])
