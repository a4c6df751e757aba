"""Qualities of films as a search and the measuring afterwards leave them."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from core.plan import Reason
from core.target_quality.film_quality import FilmQuality, FilmScore
from core.target_quality.trial import (
    ChosenNumber,
    Metric,
    Span,
    SpanScore,
    Trial,
    Yardstick,
)
from core.text.sentence import Sentence

VMAF = Yardstick(Metric.VMAF, "vmaf_v0.6.1", (1920, 1080))
HDR = Yardstick(Metric.VMAF, "vmaf_4k_v0.6.1", (3840, 2160), relative=True)
FOUND = Reason("quality.found", Sentence("{number} is enough.", number=25))


def spans(
    means: Sequence[float], sizes: Tuple[int, int] = (200_000, 800_000)
) -> Tuple[SpanScore, ...]:
    """Places of equal weight, 30 seconds apart; the worst second of each is 5 below its mean."""
    return tuple(
        SpanScore(Span(30.0 * place, 96, 1 / len(means)), mean, mean - 5, *sizes)
        for place, mean in enumerate(means)
    )


def trial(number: float, mean: float, sizes: Tuple[int, int] = (200_000, 800_000)) -> Trial:
    """A trial whose two places differ by 2."""
    return Trial(number, spans((mean - 1, mean + 1), sizes), 30.0)


def quality(
    measured: Optional[Sequence[float]] = (93.9, 94.1, 94.5, 94.3),
    target: float = 94.0,
    yardstick: Yardstick = VMAF,
) -> FilmQuality:
    """A film for which -crf 25 was chosen after three trials, with what its places have afterwards."""
    trials = (trial(22.0, 96.1), trial(27.0, 92.8), trial(25.0, 94.2))
    chosen = ChosenNumber(25.0, target, 94.2, 0.5, trials, FOUND)
    score = None if measured is None else FilmScore(yardstick, spans(measured), 12.0)
    unmeasured = Reason("quality.tool_failed", Sentence("It broke.")) if measured is None else None
    return FilmQuality("-crf", chosen, yardstick, score, unmeasured)
