"""The truth afterwards: the finished film, measured at places that the search did not use."""

from __future__ import annotations

from pathlib import Path
from typing import Union

from core.plan import Plan, Reason
from core.progress import ProgressListener
from core.target_quality.film_quality import FilmScore
from core.target_quality.trial import ChosenNumber, Yardstick
from processing.control import JobControl
from processing.step_tools import StepTools


def measure_result(
    tools: StepTools,
    plan: Plan,
    result: Path,
    chosen: ChosenNumber,
    yardstick: Yardstick,
    control: JobControl,
    on_progress: ProgressListener,
) -> Union[FilmScore, Reason]:
    """Measure the finished film ``result``, or say why it could not be measured.

    Raises JobCancelled, and what keeps the film from being read.
    """
    raise NotImplementedError
