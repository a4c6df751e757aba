"""What people are told of the number that a film is encoded with."""

from __future__ import annotations

from core.plan import Reason
from core.target_quality.film_quality import FilmQuality
from core.target_quality.told import about, tenths
from core.text.sentence import Sentence, joined


def number_chosen(quality: FilmQuality, own: float) -> str:
    """Say which number a search has found, in place of the template's ``own``."""
    chosen = quality.chosen
    if chosen.expected is None or chosen.error is None:
        return joined([_number(quality), chosen.reason.message])
    expected = Sentence(
        "Quality {target} is aimed at: {option} {number} in place of {own} should give {expected}.",
        target=tenths(chosen.target),
        option=quality.option,
        number=f"{chosen.number:g}",
        own=f"{own:g}",
        expected=about(chosen.expected, chosen.error),
    )
    return joined([expected, chosen.reason.message])


def found_before(quality: FilmQuality) -> str:
    """Say that the number is known from an earlier attempt at this film, or from a copy of it."""
    return joined([_number(quality), Sentence("This was found before for the same film.")])


def number_fixed(option: str, number: float, target: float, why: Reason) -> Sentence:
    """Say that a film keeps its template's number, though a quality is aimed at."""
    return Sentence(
        "Quality {target} is aimed at, but the template's number stays ({option} {number}). {reason}",
        target=tenths(target),
        option=option,
        number=f"{number:g}",
        reason=why.message,
    )


def encoded_again(quality: FilmQuality) -> str:
    """Say that a film is encoded once more, and why."""
    return joined([_number(quality), quality.chosen.reason.message])


def _number(quality: FilmQuality) -> Sentence:
    return Sentence(
        "Quality {target} is aimed at: {option} {number}.",
        target=tenths(quality.chosen.target),
        option=quality.option,
        number=f"{quality.chosen.number:g}",
    )
