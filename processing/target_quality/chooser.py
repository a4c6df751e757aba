"""Choosing a film's number: spans of it are encoded with one number after another and measured."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from core.plan import Plan
from core.progress import ProgressListener
from core.target_quality.model import Prior
from core.target_quality.search import Goal
from core.target_quality.trial import ChosenNumber, Yardstick
from processing.control import JobControl
from processing.step_tools import StepTools

# Returns the plan with another number in its template.
WithNumber = Callable[[Plan, float], Plan]


class QualityChooser:
    """Finds numbers for films on this machine."""

    def __init__(self, tools: StepTools, with_number: WithNumber) -> None:
        self._tools = tools
        self._with_number = with_number

    def choose(
        self,
        plan: Plan,
        goal: Goal,
        prior: Prior,
        yardstick: Yardstick,
        folder: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> ChosenNumber:
        """Return the number for this film.

        ``folder`` is where spans are written; they are gone when this returns or raises. ``prior`` is what
        earlier films taught (``core.target_quality.model.taught``). Where nothing can be measured the result
        has no ``expected`` and its reason says why. Raises JobCancelled and what steps raise where the tools
        themselves fail.
        """
        raise NotImplementedError
