"""What processing films would save, with a band: of one, of those that are chosen, of all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable, Mapping, Optional

from core.planning.forecast import Expected, RatioKey
from core.queue.estimate import Pool, band, lean
from core.queue.overview import Estimate
from core.text.formatting import size_text
from core.text.sentence import Bytes, Sentence, counted_sentence, joined

_UNITS = {"TB": 1e12, "GB": 1e9, "MB": 1e6, "kB": 1e3}


@dataclass(frozen=True)
class Share:
    """What share of a film's size stays under a template: most likely, and its relative deviations.

    ``spread`` is that of each film alone, ``error`` common to all of them.
    """

    likely: float
    spread: float
    error: float


@dataclass(frozen=True)
class WorkGroup:
    """Films that would be processed alike; sizes in bytes, ``squares`` the sum of the sizes' squares.

    ``share`` None: nothing is known of such films yet. For films whose picture is copied ``expected`` is
    the sum of what they become, ``variance`` and ``error`` its deviations.
    """

    films: int
    size: int
    squares: float = 0.0
    share: Optional[Share] = None
    expected: Optional[float] = None
    variance: float = 0.0
    error: float = 0.0


@dataclass(frozen=True)
class LibrarySums:
    """What films come to, in bytes; ``unsized`` of those ``with_work`` have no estimate."""

    films: int = 0
    size: int = 0
    with_work: int = 0
    saving: Optional[Estimate] = None
    unsized: int = 0
    unsized_size: int = 0
    unseen: int = 0  # nobody has looked into them yet
    unseen_size: int = 0


def share_of(ratios: Mapping[RatioKey, Pool], template: str, resolution: str) -> Optional[Share]:
    """Return what is known of films of this template and resolution (``core.planning.forecast``)."""
    keys = dict.fromkeys((("", ""), (template, ""), (template, resolution)))
    guess = lean(ratios.get(key) for key in keys)
    if guess is None:
        return None
    # A larger result is discarded.
    return Share(min(1.0, math.exp(guess.mean + guess.spread**2 / 2)), guess.spread, guess.error)


def saving_of(
    size: int, share: Optional[Share], expected: Optional[Expected] = None
) -> Optional[Estimate]:
    """Return what processing one film of this size saves, in bytes; None where nothing is known."""
    if expected is None:
        if share is None:
            return None
        expected = Expected(size * share.likely, share.spread, share.error)
    return _saved(float(size), expected.range)


def total_saving(groups: Iterable[WorkGroup]) -> Optional[Estimate]:
    """Return what all these films save together; None where nothing is known of any."""
    before = likely = variance = error = 0.0
    known = False
    for group in groups:
        if group.expected is not None:
            likely += group.expected
            variance += group.variance
            error += group.error
        elif group.share is not None:
            kept = group.share.likely
            likely += group.size * kept
            variance += group.squares * (kept * group.share.spread) ** 2
            error += group.size * kept * group.share.error
        else:
            continue
        known = True
        before += group.size
    if not known:
        return None
    return _saved(before, band(likely, math.hypot(math.sqrt(variance), error)))


def _saved(before: float, after: Estimate) -> Estimate:
    """A result that would be larger is not kept: nobody loses by it."""
    low, likely, high = (max(0.0, before - size) for size in (after.high, after.likely, after.low))
    return Estimate(low, likely, high)


def sums_sentence(sums: LibrarySums) -> Sentence:
    """Return the line above the list: how many films, and what would be saved."""
    parts = [
        counted_sentence(
            "{number} film, {size}", "{number} films, {size}", sums.films, size=Bytes(sums.size)
        )
    ]
    if sums.saving is not None:
        parts.append(
            Sentence(
                "about {likely} would be saved ({low} to {high})",
                likely=Bytes(sums.saving.likely),
                low=Bytes(sums.saving.low),
                high=Bytes(sums.saving.high),
            )
        )
    if sums.unsized:
        parts.append(
            counted_sentence(
                "it is not known yet what {number} film ({size}) would save",
                "it is not known yet what {number} films ({size}) would save",
                sums.unsized,
                size=Bytes(sums.unsized_size),
            )
        )
    if sums.unseen:
        parts.append(
            counted_sentence(
                "{number} film was not looked at yet ({size})",
                "{number} films were not looked at yet ({size})",
                sums.unseen,
                size=Bytes(sums.unseen_size),
            )
        )
    return _semicolons(parts)


def _semicolons(parts: Iterable[Sentence]) -> Sentence:
    whole = joined(())
    for number, part in enumerate(parts):
        whole = Sentence("{first}; {second}", first=whole, second=part) if number else part
    return whole


def saving_text(saving: Optional[Estimate]) -> str:
    """Return a film's saving in one cell: ``2.1 GB (1.7–2.6)``; "" where nothing is known."""
    if saving is None:
        return ""
    _number, unit = size_text(saving.likely).split(" ")
    likely, low, high = (_in_unit(size, unit) for size in (saving.likely, saving.low, saving.high))
    return f"{likely} {unit}" if low == high else f"{likely} {unit} ({low}–{high})"


def _in_unit(size: float, unit: str) -> str:
    """A size in this unit; whole numbers where three digits tell enough."""
    number = size / _UNITS.get(unit, 1.0)
    return f"{number:.0f}" if number >= 99.95 or unit not in _UNITS else f"{number:.1f}"
