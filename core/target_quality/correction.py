"""The number for a film that is encoded once more, since its first result missed the target."""

from __future__ import annotations

import math
from typing import Optional

from core.encoders.number_option import NumberScale
from core.target_quality.film_quality import FilmQuality
from core.target_quality.model import Prior, curve_through, log_loss

_SIZE_BY_LOSS = 0.65


def corrected_number(
    quality: FilmQuality, scale: NumberScale, prior: Prior, largest: Optional[float] = None
) -> Optional[float]:
    """Return the number that should give the film its target; None where it has it or no number would.

    It goes on from what the whole film has, by the slope that its trials showed. ``largest`` is by how much
    the result may grow (1.5: half as large again); with a better number it grows by about e to the 0.65 while
    its loss shrinks by e, as in ``core.target_quality.search``.
    """
    if quality.met in (None, True) or quality.score is None:
        return None
    chosen = quality.chosen
    points = [(trial.number, trial.mean) for trial in chosen.trials]
    slope = curve_through(prior, points, chosen.target).slope
    away = (log_loss(chosen.target) - log_loss(quality.score.mean)) / slope
    number = scale.nearest(chosen.number + away)
    if abs(number - chosen.number) < scale.step / 2:
        return None
    if number < chosen.number and largest is not None:
        grows = _SIZE_BY_LOSS * slope * (chosen.number - number)
        if grows > math.log(max(largest, 1e-6)):
            return None
    return number
