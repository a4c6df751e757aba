"""A film's number for the quality that is aimed at: known from before, or searched; and what came of it.

Nothing here fails a film. What cannot be measured leaves the template's own number, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Optional, Tuple, TypeVar, Union

from core.encoders.quality_number import (
    QualityNumber,
    encode_mark,
    plan_with_number,
    quality_number,
    template_mark,
)
from core.encoders.templates import parse_template
from core.errors import JobCancelled, MediaProcessorError
from core.media.model import HdrFormat, MediaFile
from core.plan import Plan, Reason, VideoEncode
from core.progress import ProgressListener
from core.queue.job_facts import content_type
from core.rules.video import bits_per_pixel
from core.store_errors import StoreError
from core.system_errors import system_problem
from core.target_quality.correction import corrected_number
from core.target_quality.film_quality import FilmQuality, FilmScore
from core.target_quality.known import FilmKind, QualityKey
from core.target_quality.lessons import prior_for
from core.target_quality.number_told import found_before, number_chosen, number_fixed
from core.target_quality.trial import ChosenNumber, Trial, Yardstick
from core.target_quality.yardstick import yardstick_for
from core.text.sentence import Sentence
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.step_tools import StepTools
from processing.target_quality.afterwards import measure_result
from processing.target_quality.chooser import QualityChooser, QualityWish
from store.quality_scores import QualityScores
from store.verdicts import fingerprint

SEARCH_FOLDER = ".search"  # what follows the staged file's name; scratch, as ``clear_scratch`` knows it

_T = TypeVar("_T")


@dataclass(frozen=True)
class NumberedFilm:
    """A film whose template has a number: ``number`` by itself, and what is remembered under ``key``."""

    number: QualityNumber
    target: float
    key: QualityKey
    kind: FilmKind


@dataclass(frozen=True)
class Aimed:
    """A film's plan with its number; ``quality`` is None where none is aimed at.

    ``told`` is for the film's user.
    """

    plan: Plan
    film: Optional[NumberedFilm] = None
    quality: Optional[FilmQuality] = None
    told: Tuple[str, ...] = ()


class QualityAim:
    """Finds numbers for one job; ``scores`` is what is remembered."""

    def __init__(self, scores: QualityScores, largest_size: Callable[[Plan], int]) -> None:
        """``largest_size``: how many bytes a plan's result may have."""
        self._scores = scores
        self._largest_size = largest_size

    def find(
        self,
        plan: Plan,
        tools: StepTools,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> Aimed:
        """Return the plan with the number for this film, by an earlier attempt or by a search.

        Raises JobCancelled, FileUnavailable where the film cannot be read, StoreError.
        """
        encode = plan.video_encode
        if encode is None or encode.target is None:
            return Aimed(plan)
        number = quality_number(encode.template)
        if isinstance(number, Reason):  # the plan has said so
            return Aimed(plan)
        film = NumberedFilm(
            number, encode.target, _key(plan, encode, tools), kind_of(plan.media, encode)
        )
        before = self._scores.quality(film.key, film.target)
        if before is not None:
            quality = replace(before, score=None, unmeasured=None, again=False)
            tools.log.info("%s", found_before(quality))
            return _with(plan, film, quality)
        yardstick = _yardstick(plan, tools.toolset)
        if isinstance(yardstick, Reason):
            return _fixed(plan, film, None, yardstick, tools)
        chosen = self._search(plan, film, yardstick, tools, output, control, on_progress)
        if isinstance(chosen, Reason):
            return _fixed(plan, film, yardstick, chosen, tools)
        if chosen.expected is None:
            return _fixed(plan, film, yardstick, chosen.reason, tools)
        quality = FilmQuality(number.option, chosen, yardstick)
        tools.log.info("%s", number_chosen(quality, number.value))
        self._scores.remember(film.key, film.kind, quality)
        return _with(plan, film, quality)

    def measured(
        self,
        aimed: Aimed,
        tools: StepTools,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> Optional[FilmQuality]:
        """Return the film's quality with the finished film's score, or why that is not known."""
        quality = aimed.quality
        if quality is None or quality.yardstick is None:
            return quality
        yardstick = quality.yardstick

        def measure() -> Union[FilmScore, Reason]:
            return measure_result(
                tools, aimed.plan, output, quality.chosen, yardstick, control, on_progress
            )

        score = _harmless(measure, control)
        if isinstance(score, Reason):
            quality = replace(quality, unmeasured=score)
        else:
            quality = replace(quality, score=score)
        if aimed.film is not None and quality.chosen.expected is not None:
            self._scores.remember(aimed.film.key, aimed.film.kind, quality)
        return quality

    def corrected(self, aimed: Aimed, quality: FilmQuality, size: int) -> Optional[Aimed]:
        """Return how the film is encoded once more, since its result of ``size`` bytes misses the target.

        None where it does not, or where no number that is allowed would better it.
        """
        encode, film = aimed.plan.video_encode, aimed.film
        if encode is None or film is None or quality.yardstick is None or quality.score is None:
            return None
        known = self._scores.known(film.key, film.kind)
        prior = prior_for(encode.template, film.number, known, quality.yardstick)
        room = self._largest_size(aimed.plan) / max(1, size)
        better = corrected_number(quality, film.number.scale, prior, room)
        if better is None:
            return None
        chosen = replace(
            quality.chosen,
            number=better,
            expected=quality.chosen.target,
            reason=_corrected(quality, quality.score, better),
        )
        again = replace(quality, chosen=chosen, score=None, again=True)
        return _with(aimed.plan, film, again)

    def _search(
        self,
        plan: Plan,
        film: NumberedFilm,
        yardstick: Yardstick,
        tools: StepTools,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> Union[ChosenNumber, Reason]:
        share = self._largest_size(plan) / max(1, plan.media.size)
        known = self._scores.known(film.key, film.kind)
        wish = QualityWish(film.target, yardstick, known, share)
        folder = output.with_name(output.name + SEARCH_FOLDER)

        def keep(measured_by: Yardstick, trial: Trial) -> None:
            self._scores.remember_trial(film.key, measured_by, trial)

        def search() -> ChosenNumber:
            tools.files.make_folder(folder)
            chooser = QualityChooser(tools, folder)
            return chooser.choose(plan, wish, control, on_progress, keep)

        try:
            return _harmless(search, control)
        finally:
            tools.files.remove_scratch(folder)


def _fixed(
    plan: Plan,
    film: NumberedFilm,
    yardstick: Optional[Yardstick],
    why: Reason,
    tools: StepTools,
) -> Aimed:
    """The film keeps its template's number; that is told, and tried anew with the next attempt."""
    number = film.number
    told = number_fixed(number.option, number.value, film.target, why)
    tools.log.warning("%s", told)
    chosen = ChosenNumber(number.value, film.target, None, None, (), why)
    return Aimed(plan, film, FilmQuality(number.option, chosen, yardstick), (told,))


def _with(plan: Plan, film: NumberedFilm, quality: FilmQuality) -> Aimed:
    return Aimed(plan_with_number(plan, quality.chosen.number), film, quality)


def _yardstick(plan: Plan, toolset: Toolset) -> Union[Yardstick, Reason]:
    tool = toolset.get(ToolName.FFMPEG)
    return yardstick_for(plan, tool.abilities if tool else frozenset())


def kind_of(media: MediaFile, encode: VideoEncode) -> FilmKind:
    """Return what a film is, for those who learn from it."""
    source = media.video[0]
    return FilmKind(
        encoder=parse_template(encode.template).encoder_name,
        template=template_mark(encode.template),
        width=encode.width,
        height=encode.height,
        hdr=encode.hdr_formats != (HdrFormat.SDR,),
        codec=source.codec,
        bits_per_pixel=bits_per_pixel(source, media),
        content_type=media.content or content_type(media.path),
    )


def _key(plan: Plan, encode: VideoEncode, tools: StepTools) -> QualityKey:
    program = parse_template(encode.template).tool.value
    return QualityKey(
        fingerprint(plan.media.path), encode_mark(encode), tools.toolset.identity(program)
    )


def _harmless(work: Callable[[], _T], control: JobControl) -> Union[_T, Reason]:
    """Return what the work gives, or why it could not be done.

    Raises only what ends the job anyway: that it was cancelled or has become pointless, and a lost database.
    """
    try:
        return work()
    except (JobCancelled, StoreError):
        raise
    except (MediaProcessorError, OSError) as error:
        control.check()
        problem = system_problem(error) if isinstance(error, OSError) else str(error)
        return Reason("target.failed", Sentence("The quality could not be measured: {problem}", problem=problem))


def _corrected(quality: FilmQuality, score: FilmScore, number: float) -> Reason:
    return Reason(
        "quality.corrected",
        Sentence(
            "The first result had {score} with {option} {before}; {number} corrects that.",
            score=f"{score.mean:.1f}",
            option=quality.option,
            before=f"{quality.chosen.number:g}",
            number=f"{number:g}",
        ),
    )
