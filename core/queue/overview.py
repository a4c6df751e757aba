"""The state of the queue, for the window, ``doctor`` and other machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional

from core.events import JobState, QueueState


@dataclass(frozen=True)
class Estimate:
    """How long the whole queue will take, in seconds: most likely, and between which bounds.

    In nine of ten cases the truth lies between ``low`` and ``high``.
    """

    low: float
    likely: float
    high: float


@dataclass(frozen=True)
class QueueOverview:
    """The state of the queue with its reason in one sentence; "" where the user asked for it.

    ``until`` is when it continues by itself, in seconds since the epoch; None where it does not.
    """

    state: QueueState
    reason: str = ""
    until: Optional[float] = None
    counts: Mapping[JobState, int] = field(default_factory=dict)
