"""The search for a film's number alone: its trials and what would be taken, while the film stays as it is."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Tuple

from app.interruptible import interruptible
from app.ports import Equipper
from app.trial_folder import trial_folder
from core.encoders.quality_number import QualityNumber, quality_number
from core.errors import UsageError
from core.plan import Plan, Reason
from core.planning.planner import build_plan
from core.progress import ProgressListener
from core.settings.quality_target import OFF
from core.settings.tree import Settings
from core.target_quality.film_quality import FilmQuality
from core.text.sentence import Sentence, joined
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.runner import ProcessRunner
from processing.step_tools import StepTools
from processing.target_quality.aiming import Aimed, QualityAim
from store.connection import Database
from store.quality_scores import QualityScores

USUAL = "good"  # where the settings aim at no quality
_COPIED = Sentence("By the settings its picture is copied and not encoded.")


@dataclass(frozen=True)
class QualityAnswer:
    """What a search found: ``template_number`` is the template's own number, ``notes`` what else to know."""

    plan: Plan
    quality: FilmQuality
    template_number: float
    notes: Tuple[str, ...] = ()


class QualityTrials:
    """Made on what the program works with. Trials are remembered, so that a job does not make them again."""

    def __init__(
        self,
        equipper: Equipper,
        runner: ProcessRunner,
        database: Database,
        data_dir: Path,
        log: logging.Logger,
    ) -> None:
        self._equipper = equipper
        self._runner = runner
        self._scores = QualityScores(database)
        self._data_dir = data_dir
        self._log = log

    def search(self, film: Path, target: str, on_progress: ProgressListener) -> QualityAnswer:
        """Find the number that gives the film this quality; "" for that of the settings, or a good one.

        The film is only read. Whatever ends the call (Ctrl+C), all that it began has ended and its files are
        gone when it returns. ``on_progress`` comes in another thread. Raises UsageError for what is left
        alone or cannot be measured, and AnalysisError and their like.
        """
        control = JobControl()
        return interruptible(
            lambda: self._search(film, target, control, on_progress), control, "quality"
        )

    def _search(
        self, film: Path, target: str, control: JobControl, on_progress: ProgressListener
    ) -> QualityAnswer:
        equipment = self._equipper.equip()
        settings, toolset = equipment.settings, equipment.toolset
        media = replace(equipment.analyzer.analyze(film), plan_signature="")
        native = equipment.analyzer.native_language(media)
        usual = build_plan(media, native, settings, toolset)
        aiming = _aiming(settings, target)
        plan = build_plan(media, native, aiming, toolset)
        number = _demanded(plan)
        aim = QualityAim(self._scores, aiming)
        tools = StepTools(self._runner, toolset, settings, FileOperations(), self._log)
        work = settings.files.work_folder or self._data_dir
        with trial_folder("quality-test-", Path(work), self._runner.run_id) as folder:
            aimed = aim.find(plan, tools, folder / "result.partial", control, on_progress)
        notes = () if usual.video_encode is not None else (_COPIED,)
        return QualityAnswer(plan, _found(aimed), number.value, notes)


def _aiming(settings: Settings, target: str) -> Settings:
    """The user's settings, under which every picture is encoded for this quality."""
    wanted = target or (USUAL if settings.video.target == OFF else settings.video.target)
    video = replace(settings.video, encode=True, good_bits_per_pixel=0.0, target=wanted)
    return replace(settings, video=video)


def _demanded(plan: Plan) -> QualityNumber:
    """The number of the plan's template; raises UsageError where no quality can be aimed at."""
    if plan.refused:
        reasons = joined(reason.message for reason in plan.refusals)
        raise UsageError(Sentence("This film is left alone: {reasons}", reasons=reasons))
    encode = plan.video_encode
    if encode is None:
        why = [reason.message for reason in (*plan.omissions, *plan.warnings)]
        cannot = Sentence("This film's picture cannot be encoded on this machine.")
        raise UsageError(joined([cannot, *why]))
    number = quality_number(encode.template)
    if isinstance(number, Reason):
        raise UsageError(
            Sentence(
                "The template {template} aims at no quality: {reason}",
                template=encode.template_name,
                reason=number.message,
            )
        )
    return number


def _found(aimed: Aimed) -> FilmQuality:
    """What the search found; raises UsageError where nothing could be measured."""
    quality = aimed.quality
    if quality is None:
        raise UsageError(Sentence("This film's quality cannot be measured."))
    if quality.chosen.expected is None and not quality.chosen.trials:
        raise UsageError(quality.chosen.reason.message)
    return quality
