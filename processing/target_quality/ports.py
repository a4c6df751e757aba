"""Whoever finds the number for a film, as the pipeline sees it."""

from __future__ import annotations

from typing import Protocol

from core.plan import Plan
from core.progress import ProgressListener
from core.target_quality.known import Known, TrialListener
from core.target_quality.trial import ChosenNumber
from processing.control import JobControl


class NumberChooser(Protocol):
    """``processing.target_quality.chooser.QualityChooser``."""

    def choose(
        self,
        plan: Plan,
        target: float,
        known: Known,
        control: JobControl,
        on_progress: ProgressListener,
        on_trial: TrialListener,
    ) -> ChosenNumber:
        """Return the number that gives the film the quality ``target`` (VMAF's scale, 0 to 100).

        The progress is of the step ``StepName.SEARCH``, from 0 to 100. Where nothing can be measured it is
        the template's own number, with the reason. Raises JobCancelled, what keeps the film from being read
        (FileUnavailable) and what the machine lacks (NotEnoughSpace, DeviceTrouble): nothing else.
        """
