"""What is expected of a film before its first trial: typical of the encoder, moved by films like it."""

from __future__ import annotations

import math
from typing import Tuple

from core.encoders.quality import Scale
from core.encoders.quality_number import QualityNumber
from core.encoders.templates import parse_template
from core.target_quality.known import FilmKind, Known, TaughtFilm
from core.target_quality.model import FilmTaught, Prior, taught
from core.target_quality.trial import Yardstick

# What films lack of VMAF 100 at the word "balanced", and how much the logarithm of that grows from "best"
# to "smaller": x265 and SVT-AV1 on two films, one of them of ``benchmarks.quality``. Each other encoder's
# numbers are those that come out alike (docs/quality.md).
_BALANCED_LOSS, _GROWTH = 5.0, 0.8
# Standard deviations: the logarithm of a film's loss at one number, and a film's slope, as a share of it.
_LOSS_ERROR, _SLOPE_ERROR = 0.6, 0.4
# Where an encoder has no words: its place between the best and the poorest number that a search may take.
_USUAL_PLACE, _WORDS_RANGE = 0.45, 0.32
_OTHER_TEMPLATE, _OTHER_TYPE = 0.4, 0.7


def prior_for(template: str, number: QualityNumber, known: Known, yardstick: Yardstick) -> Prior:
    """Return what is known before the first trial of a film with this template."""
    typical = _typical(template, number)
    return taught(typical, [_lesson(film, known.kind, yardstick) for film in known.taught])


def _typical(template: str, number: QualityNumber) -> Prior:
    parsed = parse_template(template)
    scales = [scale for codec, scale in parsed.family.scales.items() if codec.value == parsed.codec]
    if scales and _is_of(scales[0], number):
        smaller, balanced, _better, best = scales[0].numbers
        usual, steps = float(balanced), float(smaller - best)
    else:
        room = number.scale.floor - number.scale.ceiling
        usual, steps = number.scale.ceiling + _USUAL_PLACE * room, max(1.0, _WORDS_RANGE * room)
    slope = _GROWTH / steps
    return Prior(usual, _BALANCED_LOSS, _LOSS_ERROR, slope, _SLOPE_ERROR * slope)


def _is_of(scale: Scale, number: QualityNumber) -> bool:
    """Whether the number is the one that the scale's words stand for."""
    return number.option.split(":")[0].split()[0] in scale.options


def _lesson(film: TaughtFilm, kind: FilmKind, yardstick: Yardstick) -> FilmTaught:
    return FilmTaught(_points(film, yardstick), _likeness(film.kind, kind))


def _points(film: TaughtFilm, yardstick: Yardstick) -> Tuple[Tuple[float, float], ...]:
    """What was measured of it in the same way; the size that pictures were compared in may differ."""
    points = [
        (trial.number, trial.mean)
        for scored in film.scored
        if _same_way(scored.yardstick, yardstick)
        for trial in scored.trials
    ]
    if film.score is not None and _same_way(film.score.yardstick, yardstick):
        points.append((film.number, film.score.mean))
    return tuple(points)


def _same_way(used: Yardstick, wanted: Yardstick) -> bool:
    return (used.model, used.relative) == (wanted.model, wanted.relative)


def _likeness(taught_by: FilmKind, film: FilmKind) -> float:
    """How much one film says about another: most by the same template on a picture of the same size."""
    if taught_by.encoder != film.encoder or taught_by.hdr != film.hdr:
        return 0.0
    likeness = 1.0 if taught_by.template == film.template else _OTHER_TEMPLATE
    likeness *= 1.0 if taught_by.content_type == film.content_type else _OTHER_TYPE
    likeness *= _nearness(taught_by.width * taught_by.height, film.width * film.height)
    if taught_by.bits_per_pixel and film.bits_per_pixel and taught_by.codec == film.codec:
        likeness *= _nearness(taught_by.bits_per_pixel, film.bits_per_pixel)
    return likeness


def _nearness(left: float, right: float) -> float:
    return math.exp(-abs(math.log(max(1e-9, left) / max(1e-9, right))))
