"""The size that a film comes to with a number, by what its spans took."""

from __future__ import annotations

from typing import Optional

from core.plan import Plan
from core.planning.projection import projection_of
from core.target_quality.trial import Trial


def expected_bytes(plan: Plan, trial: Trial) -> Optional[int]:
    """Return the size in bytes of the plan's result, encoded as in this trial; None where it cannot be told.

    What an encoder spends on a scene follows what the film spends on it, so the spans' share of the film's
    own bytes is laid on all of these. Where the film's picture has no known size, time counts instead.
    """
    projection = projection_of(plan)
    made = taken = a_picture = 0.0
    for score in trial.spans:
        span = score.span
        if span.pictures <= 0:
            return None
        made += span.weight * score.size / span.pictures
        taken += span.weight * score.source_size / span.pictures
        a_picture += span.weight
    if not a_picture or not made:
        return None
    others = projection.steady * projection.duration
    if projection.picture_bytes and taken:
        return round(projection.picture_bytes * made / taken + others)
    rate = plan.media.video[0].frame_rate if plan.media.video else None
    if not rate:
        return None
    return round(made / a_picture * rate * projection.duration + others)
