"""The truth afterwards: the finished film, measured at places that the search did not use."""

from __future__ import annotations

from pathlib import Path
from typing import List, Union

from core.errors import FileUnavailable, JobCancelled, MediaProcessorError
from core.plan import Plan, Reason
from core.ports import Clock
from core.progress import Progress, ProgressListener
from core.quality_errors import NotComparable
from core.steps import StepName
from core.target_quality.film_quality import FilmScore
from core.target_quality.places import Lengths, SpanPlace, choose_places
from core.target_quality.trial import ChosenNumber, SpanScore, Yardstick
from core.text.sentence import Sentence
from processing.control import JobControl
from processing.process_tree import SystemClock
from processing.step_tools import StepTools
from processing.target_quality.measuring import Measurer
from processing.target_quality.survey import survey_film

# Nothing is encoded around these spans, so all that is decoded counts.
_LENGTHS = Lengths(span=4.0, lead=0.0, tail=0.0)
# Of the film, within bounds: so many that the mean is known to some tenths, and no more than a small share
# of what the encode took, however long the film is.
_SHARE = 0.015
_LEAST, _MOST = 24.0, 80.0  # seconds
MEASURE_FOLDER = (
    ".measure"  # follows the staged file's name, so that it goes with that, whatever ends the job
)
_NO_PLACE = Reason(
    "quality.no_place",
    Sentence(
        "The finished film's quality was not measured: no part of it can be found exactly in the original."
    ),
)


def measure_result(
    tools: StepTools,
    plan: Plan,
    result: Path,
    chosen: ChosenNumber,
    yardstick: Yardstick,
    control: JobControl,
    on_progress: ProgressListener,
    clock: Clock = SystemClock(),  # noqa: B008 - it has no state
) -> Union[FilmScore, Reason]:
    """Measure the finished film ``result``, or say why it could not be measured.

    Only reads both films. The progress is of the step ``StepName.MEASURE``, from 0 to 100. Raises
    JobCancelled, and FileUnavailable where the film cannot be read any more. A tool that fails costs the
    score and not the film, so its sentence is a Reason.
    """
    try:
        return _measured(tools, plan, result, chosen, yardstick, control, on_progress, clock)
    except (JobCancelled, FileUnavailable):
        raise
    except MediaProcessorError as error:
        control.check()  # raises why the work has become pointless, where it has
        problem = error.problem if isinstance(error, NotComparable) else str(error)
        code = f"quality.{error.code}"
        message = Sentence("The quality could not be measured: {problem}", problem=problem)
        return Reason(code, message)


def _measured(
    tools: StepTools,
    plan: Plan,
    result: Path,
    chosen: ChosenNumber,
    yardstick: Yardstick,
    control: JobControl,
    on_progress: ProgressListener,
    clock: Clock,
) -> Union[FilmScore, Reason]:
    began = clock.monotonic()
    survey = survey_film(plan, tools.prober(control), _LENGTHS, fresh=True)
    if isinstance(survey, Reason):
        return survey
    used = [score.span for trial in chosen.trials for score in trial.spans]
    seconds = min(_MOST, max(_LEAST, survey.seconds * _SHARE))
    places = choose_places(survey, seconds, _LENGTHS, avoid=used)
    if not places:
        return _NO_PLACE
    folder = result.with_name(result.name + MEASURE_FOLDER)
    scores: List[SpanScore] = []
    try:
        tools.files.make_folder(folder)
        measurer = Measurer(tools, folder, control)
        for number, place in enumerate(places):
            listener = _Part(on_progress, number, len(places))
            scores.append(measurer.score_film(plan, place.span, result, yardstick, listener))
    finally:
        tools.files.remove_scratch(folder)
    whole = len(places) == 1 and _is_whole(places[0], survey.seconds)
    return FilmScore(yardstick, tuple(scores), clock.monotonic() - began, whole)


def _is_whole(place: SpanPlace, seconds: float) -> bool:
    return place.begin_stamp is None and place.end_stamp is None and place.seconds >= seconds


class _Part:
    """Tells how far one of several places is, as progress of all of them."""

    def __init__(self, listener: ProgressListener, number: int, count: int) -> None:
        self._listener = listener
        self._number = number
        self._count = count

    def __call__(self, progress: Progress) -> None:
        percent = (100 * self._number + (progress.percent or 0.0)) / self._count
        self._listener(Progress(StepName.MEASURE.value, percent=min(100.0, percent)))
