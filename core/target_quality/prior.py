"""What is expected of a film before its first trial: by its encoder's scale, and by what earlier films taught.

An encoder's numbers behind the words ``smaller`` to ``best`` were fitted to give about the same VMAF with each
encoder (docs/quality.md), so its typical line follows from them.
"""

from __future__ import annotations

import math
from typing import List, Optional, Tuple

from core.encoders.quality import QUALITIES, Quality, Scale
from core.encoders.quality_number import QualityNumber
from core.encoders.templates import family_of
from core.plan import VideoEncode
from core.target_quality.known import Known, TaughtFilm
from core.target_quality.model import FilmTaught, Prior, taught
from core.target_quality.trial import Yardstick

# What libx265's pictures lack of VMAF 100 on average, by the words of the quality (docs/quality.md).
_LOSSES = {
    Quality.SMALLER: 6.6,
    Quality.BALANCED: 4.0,
    Quality.BETTER: 2.8,
    Quality.BEST: 1.8,
}
_STEEPNESS = math.log(_LOSSES[Quality.SMALLER] / _LOSSES[Quality.BEST])
# Films differ so much in the logarithm of their loss; the second where only the option's range is known.
_LOSS_ERROR, _UNKNOWN_LOSS_ERROR = 0.6, 0.9
_SLOPE_ERROR = 0.25  # of the slope
# The share of an option's range between floor and ceiling that lies between ``smaller`` and ``best``.
_WORDS_OF_RANGE = 0.35
_ENOUGH = 3  # films of the same template: others of the same encoder are not asked then


def typical_prior(encode: VideoEncode, number: QualityNumber) -> Prior:
    """Return what is expected of any film with this encoder, at its number for ``balanced``."""
    scale = _scale_of(encode, number.option)
    if scale is None:
        slope = _STEEPNESS / (_WORDS_OF_RANGE * (number.scale.floor - number.scale.ceiling))
        middle = (number.scale.floor + number.scale.ceiling) / 2
        return Prior(
            middle,
            _LOSSES[Quality.BALANCED],
            _UNKNOWN_LOSS_ERROR,
            slope,
            2 * _SLOPE_ERROR * slope,
        )
    by_word = dict(zip(QUALITIES, scale.numbers))
    slope = _STEEPNESS / (by_word[Quality.SMALLER] - by_word[Quality.BEST])
    return Prior(
        by_word[Quality.BALANCED],
        _LOSSES[Quality.BALANCED],
        _LOSS_ERROR,
        slope,
        _SLOPE_ERROR * slope,
    )


def prior_for(
    encode: VideoEncode, number: QualityNumber, known: Known, yardstick: Yardstick
) -> Prior:
    """Return what is expected of this film, after what films of its template, or else its encoder, taught."""
    points = [
        (film.kind.template == known.kind.template, FilmTaught(_points(film, yardstick)))
        for film in reversed(known.taught)
    ]
    alike = [film for same_template, film in points if same_template and film.points]
    films = alike if len(alike) >= _ENOUGH else [film for _same, film in points if film.points]
    return taught(typical_prior(encode, number), films)


def _scale_of(encode: VideoEncode, option: str) -> Optional[Scale]:
    """The scale that the option belongs to; None where its numbers have no words."""
    family = family_of(encode.template)
    if family is None:
        return None
    for codec, scale in family.scales.items():
        if codec.value == encode.codec and f"{option} {{number}}" in scale.options:
            return scale
    return None


def _points(film: TaughtFilm, yardstick: Yardstick) -> Tuple[Tuple[float, float], ...]:
    """What of a film can be compared with scores of this yardstick, whatever the size of its pictures."""
    points: List[Tuple[float, float]] = []
    for scored in film.scored:
        if _alike(scored.yardstick, yardstick):
            points += [(trial.number, trial.mean) for trial in scored.trials]
    if film.score is not None and _alike(film.score.yardstick, yardstick):
        points.append((film.chosen.number, film.score.mean))
    return tuple(points)


def _alike(yardstick: Yardstick, other: Yardstick) -> bool:
    return (yardstick.metric, yardstick.model, yardstick.relative) == (
        other.metric,
        other.model,
        other.relative,
    )
