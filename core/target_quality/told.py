"""What people are told of a film's quality."""

from __future__ import annotations

from typing import List, Optional, Union

from core.target_quality.film_quality import FilmQuality, FilmScore
from core.target_quality.trial import Metric, Yardstick
from core.text.sentence import Sentence, counted_sentence, joined

AGAIN = Sentence("It was encoded once more, since the first result missed its target.")


def tenths(value: float) -> Union[int, float]:
    """A score or a number of an encoder, as precise as anybody reads it: 27, 94.3."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def about(score: float, error: float) -> Union[int, float, Sentence]:
    """A score with how far off it may be; alone where all pictures were measured."""
    if not tenths(error):
        return tenths(score)
    return Sentence("{score} ± {error}", score=tenths(score), error=tenths(error))


def measured(quality: FilmQuality) -> str:
    """Say in a sentence or two what the finished film has; "" where nothing is known of that."""
    told: List[str] = []
    if quality.score is not None:
        told.append(_scored(quality, quality.score))
    elif quality.unmeasured is not None:
        told.append(quality.unmeasured.message)
    if quality.again:
        told.append(AGAIN)
    return joined(told) if told else ""


def _scored(quality: FilmQuality, score: FilmScore) -> Sentence:
    found = about(score.mean, score.error)
    if score.yardstick.relative:
        return Sentence(
            "Its relative quality is {score}: for HDR such a number compares results of the same film "
            "alone.",
            score=found,
        )
    fields = {"score": found, "target": tenths(quality.chosen.target)}
    if quality.met:
        return Sentence("Its quality is {score}, with {target} as the target.", **fields)
    if score.mean < quality.chosen.target:
        return Sentence("Its quality is {score}, which is below the target {target}.", **fields)
    return Sentence("Its quality is {score}, which is above the target {target}.", **fields)


def where_measured(score: FilmScore) -> Sentence:
    """Say where the finished film was measured, and the worst that was seen there."""
    if score.whole:
        return Sentence(
            "All of it was measured; its worst second has {low}.", low=tenths(score.low)
        )
    return counted_sentence(
        "Measured at one place that the search did not use; the worst second there has {low}.",
        "Measured at {number} places that the search did not use; the worst second there has {low}.",
        len(score.spans),
        low=tenths(score.low),
    )


def yardstick_name(yardstick: Optional[Yardstick]) -> str:
    """What a score is called: by its measure, whose values are all on VMAF's scale."""
    if yardstick is None or yardstick.metric is Metric.VMAF:
        return "VMAF"
    return "VMAF (XPSNR)"
