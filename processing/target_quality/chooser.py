"""Choosing a film's number: spans of it are encoded with one number after another and measured."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, List, Optional, Sequence, Union

from core.encoders.quality_number import QualityNumber, plan_with_number, quality_number
from core.encoders.templates import parse_template
from core.errors import MediaProcessorError, ToolFailed
from core.plan import Plan, Reason
from core.progress import Progress, ProgressListener
from core.quality_errors import NotComparable
from core.steps import StepName
from core.target_quality.known import Known, TrialListener
from core.target_quality.lessons import prior_for
from core.target_quality.places import (
    LENGTHS,
    Lengths,
    SpanPlace,
    Survey,
    choose_places,
    trial_seconds,
)
from core.target_quality.reasons import unmeasured
from core.target_quality.search import Goal, next_trial, nothing_measured
from core.target_quality.told import tenths
from core.target_quality.trial import ChosenNumber, SpanScore, Trial, Yardstick
from core.text.sentence import Sentence
from processing.chunks.linked_control import LinkedControl
from processing.control import JobControl
from processing.machine_limits import free_memory, usable_cores
from processing.step_tools import StepTools
from processing.target_quality.measuring import Measurer
from processing.target_quality.spans import SPAN_SUFFIX, SpanEncoder
from processing.target_quality.survey import survey_film

# How much of a trial's weight must be measured, for the rest to be left out.
_ENOUGH = 0.6
_USUAL_TRIALS = 2
# Cores that an encoder and its measuring keep busy, and bytes that they take, by millions of pixels.
_CORES, _CORES_A_PIXEL = 1.0, 2.5
_MEMORY, _MEMORY_A_PIXEL = 3e8, 7e8
_MOST_AT_ONCE = 4


@dataclass(frozen=True)
class QualityWish:
    """What is wanted: ``target`` on the yardstick's scale.

    ``largest_share``: of the source's picture that the result may be, in bytes; None: whatever it takes.
    """

    target: float
    yardstick: Yardstick
    known: Known
    largest_share: Optional[float] = None


class QualityChooser:
    """Finds the number of one film on this machine.

    Spans are written to ``folder`` and are gone when it has ended, however that was.
    """

    def __init__(
        self,
        tools: StepTools,
        folder: Path,
        lengths: Lengths = LENGTHS,
        seconds_of: Callable[[float], float] = trial_seconds,
    ) -> None:
        """``seconds_of`` says how much of a film of some length is encoded for a trial, both in seconds."""
        self._tools = tools
        self._folder = folder
        self._lengths = lengths
        self._seconds_of = seconds_of

    def choose(
        self,
        plan: Plan,
        wish: QualityWish,
        control: JobControl,
        on_progress: ProgressListener,
        on_trial: Optional[TrialListener] = None,
    ) -> ChosenNumber:
        """Return the number for this film, whose template must have one.

        Trials that are known are not made again; ``on_trial`` is told of each new one. Where nothing can be
        measured the template's own number is taken, without ``expected``, and the reason says why. Raises
        ValueError for a template without a number, JobCancelled, and what steps raise where the tools fail.
        """
        encode = plan.video_encode
        found = quality_number(encode.template) if encode else None
        if encode is None or not isinstance(found, QualityNumber):
            raise ValueError(plan.media.path)
        goal = _goal(found, wish)
        prior = prior_for(encode.template, found, wish.known, wish.yardstick)
        trials = list(wish.known.trials(wish.yardstick))
        goal = replace(goal, most_trials=goal.most_trials + len(trials))
        answer = next_trial(goal, prior, trials)
        if isinstance(answer, ChosenNumber):
            return answer
        survey = survey_film(plan, self._tools.prober(control), self._lengths)
        if isinstance(survey, Reason):
            return nothing_measured(goal, survey)
        places = choose_places(survey, self._seconds_of(survey.seconds), self._lengths)
        if not places:
            return nothing_measured(goal, _no_place())
        laboratory = _Laboratory(self._tools, self._folder, plan, wish.yardstick, survey, control)
        while not isinstance(answer, ChosenNumber):
            told = _ProgressOfTrial(on_progress, len(trials), len(places))
            trial = laboratory.trial(answer, places, told)
            if isinstance(trial, Reason):
                return nothing_measured(goal, trial)
            trials.append(trial)
            self._log(trial)
            if on_trial is not None:
                on_trial(wish.yardstick, trial)
            answer = next_trial(goal, prior, trials)
        return answer

    def _log(self, trial: Trial) -> None:
        sentence = Sentence(
            "Number {number} was tried: quality {score}, the worst second {low}.",
            number=tenths(trial.number),
            score=tenths(trial.mean),
            low=tenths(trial.low),
        )
        self._tools.log.log(logging.INFO, "%s", sentence)


def _goal(found: QualityNumber, wish: QualityWish) -> Goal:
    scale = found.scale
    return Goal(
        target=wish.target,
        best=scale.ceiling,
        worst=scale.floor,
        own=found.value,
        step=scale.step,
        largest_share=wish.largest_share,
    )


class _ProgressOfTrial:
    """Tells how far the search is, in all its trials as far as that can be known."""

    def __init__(self, listener: ProgressListener, trials: int, places: int) -> None:
        self._listener = listener
        self._trials = trials
        self._places = places
        self._lock = threading.Lock()
        self._done = 0

    def place_done(self) -> None:
        with self._lock:
            self._done += 1
            done = self._trials + self._done / self._places
            self._listener(
                Progress(StepName.SEARCH.value, 100.0 * done / max(_USUAL_TRIALS, self._trials + 1))
            )


class _Laboratory:
    """Encodes and measures all places of one film with one number."""

    def __init__(
        self,
        tools: StepTools,
        folder: Path,
        plan: Plan,
        yardstick: Yardstick,
        survey: Survey,
        control: JobControl,
    ) -> None:
        self._tools = tools
        self._folder = folder
        self._plan = plan
        self._yardstick = yardstick
        self._control = control
        self._encoder = SpanEncoder(tools, survey.time_base, survey.first_stamp)
        self._problem: Optional[MediaProcessorError] = None

    def trial(
        self, number: float, places: Sequence[SpanPlace], told: _ProgressOfTrial
    ) -> Union[Trial, Reason]:
        """Return the trial, or why too little could be compared."""
        began = time.monotonic()
        plan = plan_with_number(self._plan, number)
        control = LinkedControl(self._control)
        scores: List[SpanScore] = []

        def run(place: SpanPlace) -> None:
            score = self._score(plan, place, control)
            if score is not None:
                scores.append(score)
            told.place_done()

        _side_by_side(run, places, side_by_side(plan), control)
        weight = sum(score.span.weight for score in scores)
        if weight < _ENOUGH * sum(place.weight for place in places):
            if self._problem is not None and not isinstance(self._problem, NotComparable):
                raise self._problem
            return _no_place(self._problem)
        spans = tuple(
            replace(score, span=replace(score.span, weight=score.span.weight / weight))
            for score in sorted(scores, key=lambda score: score.span.first)
        )
        return Trial(number, spans, time.monotonic() - began)

    def _score(self, plan: Plan, place: SpanPlace, control: JobControl) -> Optional[SpanScore]:
        """Encode and measure one place; None where its pictures cannot be compared."""
        path = self._folder / f"span-{place.first_stamp}{SPAN_SUFFIX}"
        measurer = Measurer(self._tools, self._folder, control)
        try:
            made = self._encoder.encode(plan, place, path, control)
            if made is None:
                return None
            score = measurer.score(plan, made.span, made.path, made.first_number, self._yardstick)
            return replace(score, size=made.size, source_size=made.source_size)
        except (NotComparable, ToolFailed) as error:  # a damaged place costs the others nothing
            control.check()
            self._problem = error
            return None
        finally:
            self._tools.files.remove(path)


def _no_place(problem: Optional[NotComparable] = None) -> Reason:
    none = Sentence("no part of the film could be encoded exactly.")
    return unmeasured("no_place", problem.problem if problem else none)


def side_by_side(plan: Plan) -> int:
    """How many spans of a film are made at the same time: small pictures leave cores idle."""
    encode = plan.video_encode
    assert encode is not None
    if parse_template(encode.template).family.hardware:
        return 1
    pixels = encode.width * encode.height / 1e6
    by_cores = round(usable_cores() / (_CORES + _CORES_A_PIXEL * pixels))
    by_memory = int(free_memory() / (_MEMORY + _MEMORY_A_PIXEL * pixels))
    return max(1, min(by_cores, by_memory, _MOST_AT_ONCE))


def _side_by_side(
    run: Callable[[SpanPlace], None],
    places: Sequence[SpanPlace],
    workers: int,
    control: LinkedControl,
) -> None:
    """Run for each place in threads; the first error ends all of them and is raised."""
    if workers == 1:
        for place in places:
            control.check()
            run(place)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="span") as pool:
        futures = [pool.submit(run, place) for place in places]
        try:
            done, _waiting = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            control.cancel()
            raise
