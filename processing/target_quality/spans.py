"""Encoding a span of the film by the film's own template, as it is encoded in the film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from core.plan import Plan
from core.target_quality.places import Place
from processing.control import JobControl
from processing.step_tools import StepTools


@dataclass(frozen=True)
class EncodedSpan:
    """A place that was encoded; ``size`` and ``source_size`` are the bytes of the span's own pictures.

    ``seconds`` is what the encode took.
    """

    place: Place
    path: Path
    size: int
    source_size: int
    seconds: float


class SpanEncoder:
    """Makes places of one film; usable from several threads."""

    def __init__(self, tools: StepTools, time_base: Fraction) -> None:
        self._tools = tools
        self._time_base = time_base

    def encode(self, plan: Plan, place: Place, into: Path, control: JobControl) -> EncodedSpan:
        """Write the place, by the plan's template, to ``into`` (.mp4).

        Raises what each step raises.
        """
        raise NotImplementedError
