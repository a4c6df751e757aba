"""By what a film's quality is measured: metric, model and size, or why it cannot be measured."""

from __future__ import annotations

from typing import FrozenSet, Union

from core.plan import Plan, Reason
from core.target_quality.trial import Yardstick


def yardstick_for(plan: Plan, abilities: FrozenSet[str]) -> Union[Yardstick, Reason]:
    """Return how results of this plan are measured by an ffmpeg that can do this (``ToolInfo.abilities``).

    A Reason where they cannot be, with a sentence for the user.
    """
    raise NotImplementedError
