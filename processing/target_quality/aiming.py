"""A film's number for the quality that is aimed at: known from before, or searched; and what came of it.

Nothing here fails a film. What cannot be measured leaves the template's own number, with the reason.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Optional, Protocol, Tuple, TypeVar, Union

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
from core.settings.tree import Settings
from core.steps import StepName
from core.store_errors import StoreError
from core.system_errors import system_problem
from core.target_quality.correction import corrected_number
from core.target_quality.film_quality import FilmQuality, FilmScore
from core.target_quality.known import FilmKind, QualityKey
from core.target_quality.lessons import prior_for
from core.target_quality.number_told import encoded_again, found_before, number_chosen, number_fixed
from core.target_quality.told import measured
from core.target_quality.trial import ChosenNumber, Trial, Yardstick
from core.target_quality.yardstick import yardstick_for
from core.text.sentence import Sentence
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.maker import MadeResult
from processing.step_tools import StepTools
from processing.swap import clear_scratch
from processing.target_quality.afterwards import measure_result
from processing.target_quality.chooser import QualityChooser, QualityWish
from processing.verify import size_limit
from store.quality_scores import QualityScores
from store.verdicts import fingerprint

# What follows the staged file's name, so that both go with it, however the job ends.
SEARCH_FOLDER, SECOND = ".search", ".again"
# How much room a second result needs beside the first, by its size.
_ROOM_AGAIN = 2.0

# Targets are VMAF of SDR. What an HDR film has is measured, and held against nothing.
_HDR = Reason(
    "target.hdr",
    Sentence("Its picture is HDR, for which no measure of quality was made."),
)
_GIVEN = Reason("quality.given", Sentence("Another machine has found its number before."))

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


class Encodes(Protocol):
    """Makes a result by a plan, as ``processing.pipeline`` does."""

    def __call__(self, plan: Plan, output: Path, /) -> MadeResult:
        """Make ``output``, an empty file; raises MediaProcessorError."""


class QualityAim:
    """Makes results that have the quality that is aimed at, as far as that can be had.

    ``scores`` is what is remembered; ``settings`` say how large a result may be, and whether a film that
    misses its target is encoded once more. ``given`` is the number that another machine has found.
    """

    def __init__(
        self, scores: QualityScores, settings: Settings, given: Optional[float] = None
    ) -> None:
        self._scores = scores
        self._settings = settings
        self._given = given

    def make(
        self,
        plan: Plan,
        tools: StepTools,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
        encode: Encodes,
        encode_again: Encodes,
    ) -> MadeResult:
        """Find the film's number, encode it, and see what it has.

        ``encode_again`` raises where the result would be of no use. Raises what ``encode`` does, and what
        ``find`` does.
        """
        began = time.monotonic()
        aimed = self.find(plan, tools, output, control, on_progress)
        searched = round(time.monotonic() - began, 3)
        made = encode(aimed.plan, output)
        made = replace(made, notices=(*aimed.told, *made.notices))
        if aimed.quality is None or made.plan.video_encode is None:
            return made
        made = replace(made, timings=((StepName.SEARCH.value, searched), *made.timings))
        made = self._measured(aimed, made, tools, output, control, on_progress)
        better = (
            self._corrected(aimed, made, output, tools)
            if self._settings.video.target_again
            else None
        )
        if better is None:
            return made
        second = output.with_name(output.name + SECOND)

        def once_more() -> MadeResult:
            tools.create(second, plan.media.path)
            made_again = encode_again(better.plan, second)
            return self._measured(better, made_again, tools, second, control, on_progress)

        try:
            made_again = _harmless(once_more, control)
            if isinstance(made_again, Reason) or not _nearer(made_again, made):
                self._remember(aimed, made.quality)
                return made
            tools.files.overwrite(second, output)
            return replace(made_again, notices=made.notices)
        finally:
            tools.files.remove(second)
            clear_scratch(tools.files, second)

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
            number,
            encode.target,
            key_of(fingerprint(plan.media.path), encode, tools.toolset),
            kind_of(plan.media, encode),
        )
        yardstick = _yardstick(plan, tools.toolset)
        if not isinstance(yardstick, Reason) and yardstick.relative:
            return _fixed(plan, film, yardstick, _HDR, tools)
        before = self._scores.quality(film.key, film.target)
        if before is not None:
            quality = replace(before, score=None, unmeasured=None, again=False, parts=())
            tools.log.info("%s", found_before(quality))
            return _with(plan, film, quality)
        if self._given is not None:
            nearest = number.scale.nearest(self._given)
            told = ChosenNumber(nearest, film.target, None, None, (), _GIVEN)
            measured_by = None if isinstance(yardstick, Reason) else yardstick
            return _with(plan, film, FilmQuality(number.option, told, measured_by))
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

    def remember_of(self, plan: Plan, toolset: Toolset, quality: FilmQuality) -> None:
        """Keep what another machine, with these tools, has found for a film of ours."""
        encode = plan.video_encode
        if encode is None or encode.target != quality.chosen.target:
            return
        if quality.chosen.expected is None or isinstance(quality_number(encode.template), Reason):
            return
        key = key_of(fingerprint(plan.media.path), encode, toolset)
        self._scores.remember(key, kind_of(plan.media, encode), quality)

    def _measured(
        self,
        aimed: Aimed,
        made: MadeResult,
        tools: StepTools,
        result: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """The result with what it has of the quality, or why that is not known."""
        quality = aimed.quality
        if quality is not None:
            quality = replace(quality, parts=made.parts)
        if quality is None or quality.yardstick is None:
            return replace(made, quality=quality)
        chosen, yardstick = quality.chosen, quality.yardstick

        def measure() -> Union[FilmScore, Reason]:
            return measure_result(tools, made.plan, result, chosen, yardstick, control, on_progress)

        score = _harmless(measure, control)
        if isinstance(score, Reason):
            quality = replace(quality, unmeasured=score)
        else:
            quality = replace(quality, score=score)
        tools.log.info("%s", measured(quality))
        self._remember(aimed, quality)
        return replace(made, quality=quality)

    def _corrected(
        self, aimed: Aimed, made: MadeResult, output: Path, tools: StepTools
    ) -> Optional[Aimed]:
        """How the film is encoded once more; None where it has its target, or could not come nearer."""
        film, quality, size = aimed.film, made.quality, tools.files.size(output)
        encode = aimed.plan.video_encode
        if film is None or quality is None or encode is None or not size:
            return None
        if quality.yardstick is None or quality.score is None:
            return None
        known = self._scores.known(film.key, film.kind)
        prior = prior_for(encode.template, film.number, known, quality.yardstick)
        room = size_limit(aimed.plan, self._settings) / size
        number = corrected_number(quality, film.number.scale, prior, room)
        if number is None or tools.files.free_space(output.parent) < _ROOM_AGAIN * size:
            return None
        chosen = replace(
            quality.chosen,
            number=number,
            expected=quality.chosen.target,
            reason=_missed(quality, quality.score, number),
        )
        better = replace(quality, chosen=chosen, score=None, again=True, parts=())
        self._scores.remember(film.key, film.kind, better)  # a restart begins with it
        tools.log.info("%s", encoded_again(better))
        return _with(aimed.plan, film, better)

    def _remember(self, aimed: Aimed, quality: Optional[FilmQuality]) -> None:
        """Keep it, where its number was found: one that only stayed is looked for by the next attempt."""
        found = quality is not None and quality.chosen.expected is not None
        if aimed.film is not None and quality is not None and found:
            self._scores.remember(aimed.film.key, aimed.film.kind, quality)

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
        share = size_limit(plan, self._settings) / max(1, plan.media.size)
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


def known_number(
    scores: QualityScores, plan: Plan, content: str, toolset: Toolset
) -> Optional[float]:
    """Return the number that is known for a film and the tools of a machine, or None."""
    encode = plan.video_encode
    if encode is None or encode.target is None:
        return None
    if isinstance(quality_number(encode.template), Reason):
        return None
    quality = scores.quality(key_of(content, encode, toolset), encode.target)
    return None if quality is None else quality.chosen.number


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


def key_of(content: str, encode: VideoEncode, toolset: Toolset) -> QualityKey:
    """Return under what a film's number is remembered, for these tools."""
    program = parse_template(encode.template).tool.value
    return QualityKey(content, encode_mark(encode), toolset.identity(program))


def _nearer(made: MadeResult, other: MadeResult) -> bool:
    """Whether a result came nearer to its target than another one."""
    differences = [
        quality.difference if quality is not None else None
        for quality in (made.quality, other.quality)
    ]
    mine, others = differences
    return mine is not None and others is not None and abs(mine) < abs(others)


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
        message = Sentence("The quality could not be measured: {problem}", problem=problem)
        return Reason("target.failed", message)


def _missed(quality: FilmQuality, score: FilmScore, number: float) -> Reason:
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
