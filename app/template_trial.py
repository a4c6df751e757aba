"""A template tried on a film before it is saved: its commands, and ten seconds really encoded.

The film is only read; what is cut and encoded stands in a folder of its own that goes afterwards.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

from app.ports import Equipper
from app.trial_folder import trial_folder
from core.commands import build_steps
from core.encoders.chain import parse_chain, texts_in
from core.encoders.listed import known_program
from core.encoders.template_parameters import left_out, question
from core.encoders.templates import parse_template
from core.errors import TemplateError, ToolFailed, ToolNotFound, UsageError
from core.media.model import MediaFile
from core.plan import Plan
from core.planning.planner import build_plan
from core.programs.program import FilmLength
from core.progress import ProgressListener, ProgressParser
from core.settings.tree import Settings
from core.steps import Step, StepName, ToolCommand
from core.text.sentence import Sentence, joined
from core.tools import ONLY_FILES, ToolInfo, ToolName, Toolset
from processing.control import JobControl
from processing.runner import ProcessRunner
from processing.stall import Limits
from reports.shell_line import shell_line
from scheduling.job_context import JobContext

CUT_SECONDS = 10.0
_ANSWER_SECONDS = 20.0  # an encoder can hang at a value that is none
TRIAL_LIMITS = Limits(first_progress=60.0, stall=120.0)


@dataclass(frozen=True)
class TemplateTrial:
    """What ten seconds have shown: ``share`` is the result's size by that of the same original part."""

    seconds: float  # of film
    took: float  # seconds of work
    frames_a_second: Optional[float]
    size: int  # bytes
    share: float
    source: Path = Path()  # the part of the film, and what was made of it: while they are kept
    result: Path = Path()


class TemplateTrials:
    """Made on what the program works with; every call waits, so call it beside Tk's thread."""

    def __init__(self, equipper: Equipper, runner: ProcessRunner, data_dir: Path) -> None:
        self._equipper = equipper
        self._runner = runner
        self._data_dir = data_dir
        self._control = JobControl()  # of the next trial or the running one
        self._kept = ExitStack()  # the files of the last trial, where they were to be kept

    def commands(self, film: Path, key: str, text: str) -> str:
        """The commands that this template, or each of a chain, makes of the film, as lines to read.

        Raises TemplateError, AnalysisError and their like; UsageError for a film that is left alone.
        """
        equipment = self._equipper.equip()
        media = equipment.analyzer.analyze(film)
        staged = film.parent / ".mediaprocessor" / "<result>.partial"

        def lines(template: str) -> str:
            toolset = _with_encoder(equipment.toolset, template)
            plan = _plan(equipment, media, toolset, key, template)
            steps = build_steps(plan, equipment.settings, toolset, staged)
            return "\n".join(
                shell_line(command.argv) for step in steps for command in step.commands
            )

        parse_chain(text, key)
        return "\n\n".join(map(lines, texts_in(text) or (text,)))

    def try_out(
        self,
        film: Path,
        key: str,
        text: str,
        on_progress: Optional[ProgressListener] = None,
        *,
        keep: bool = False,
    ) -> TemplateTrial:
        """Encode ten seconds from the middle, by the first template of a chain that works.

        ``on_progress`` comes on the calling thread. ``keep``: the trial's two files stay until the next
        trial, or until ``forget``.

        Raises what a job raises: ToolFailed with the tool's sentence, JobCancelled, TemplateError.
        """
        control = self._control
        *first, last = texts_in(text) or (text,)
        self.forget()
        try:
            for template in first:
                with suppress(ToolFailed, ToolNotFound, UsageError):  # as at work
                    return self._try_out(film, key, template, control, on_progress, keep)
            return self._try_out(film, key, last, control, on_progress, keep)
        finally:
            self._control = JobControl()

    def forget(self) -> None:
        """Remove the files of the last trial; those that a player has open go with a later one."""
        with suppress(OSError):
            self._kept.pop_all().close()

    def cancel(self) -> None:
        """End the running trial, or the one that is about to begin, from any thread."""
        self._control.cancel()

    def _try_out(
        self,
        film: Path,
        key: str,
        text: str,
        control: JobControl,
        on_progress: Optional[ProgressListener],
        keep: bool,
    ) -> TemplateTrial:
        equipment = self._equipper.equip()
        self._demand_known_parameters(equipment.toolset, key, text)
        media = equipment.analyzer.analyze(film)
        work = equipment.settings.files.work_folder or self._data_dir
        with ExitStack() as files:
            folder = files.enter_context(
                trial_folder("template-test-", Path(work), self._runner.run_id)
            )
            cut = folder / "cut.mkv"
            self._run(_cut(media, cut, equipment.toolset), control)
            part = equipment.analyzer.analyze(cut)
            toolset = _with_encoder(equipment.toolset, text)  # what it can do is now shown
            plan = _plan(equipment, part, toolset, key, text)
            result = folder / "result.mkv"
            began = time.monotonic()
            for step in build_steps(plan, equipment.settings, toolset, result):
                if step.name in (StepName.EXTRACT, StepName.ENCODE):
                    self._run(step, control, parser_of(step, part), on_progress)
            took = time.monotonic() - began
            size, rate = result.stat().st_size, part.video[0].frame_rate
            speed = part.duration * rate / took if rate and took > 0 else None
            if keep:
                self._kept = files.pop_all()
            share = size / max(1, part.size)
            return TemplateTrial(part.duration, took, speed, size, share, cut, result)

    def _demand_known_parameters(self, toolset: Toolset, key: str, text: str) -> None:
        """Raise TemplateError for what the encoder would leave out without a word."""
        template = parse_template(text, key)
        words, ffmpeg = question(template), toolset.get(ToolName.FFMPEG)
        answer = ""
        if words and ffmpeg is not None:
            captured = self._runner.capture((str(ffmpeg.path), *words), timeout=_ANSWER_SECONDS)
            answer = captured.stderr
        sentences = list(left_out(template, answer))
        if sentences:
            raise TemplateError(key, joined(sentences))

    def _run(
        self,
        step: Step,
        control: JobControl,
        parser: Optional[ProgressParser] = None,
        on_progress: Optional[ProgressListener] = None,
    ) -> None:
        self._runner.run_step(
            step, control=control, limits=TRIAL_LIMITS, parser=parser, on_progress=on_progress
        )


def _plan(equipment: JobContext, media: MediaFile, toolset: Toolset, key: str, text: str) -> Plan:
    native = equipment.analyzer.native_language(media)
    settings = _forced(equipment.settings, media, key, text)
    plan = build_plan(media, native, settings, toolset)
    if plan.refused:
        raise UsageError(
            Sentence(
                "This film is left alone: {reasons}",
                reasons=joined(reason.message for reason in plan.refusals),
            )
        )
    if plan.video_encode is None:
        reasons = [reason.message for reason in (*plan.omissions, *plan.warnings)]
        cannot = Sentence("This template cannot encode this film on this machine.")
        raise UsageError(joined([cannot, *reasons]))
    return plan


def _forced(settings: Settings, media: MediaFile, key: str, text: str) -> Settings:
    """Settings under which every film is encoded, and by this template whatever the film is."""
    parse_template(text, key)
    every = dict.fromkeys(vars(settings.templates), text)
    tag = media.path.stem if key.startswith("templates.downscale") else settings.video.downscale_tag
    video = replace(
        settings.video, encode=True, good_bits_per_pixel=0.0, dolby_vision_7=True, downscale_tag=tag
    )
    templates = replace(settings.templates, **every)
    return replace(settings, templates=templates, video=video)


def _with_encoder(toolset: Toolset, text: str) -> Toolset:
    """The same tools, and the encoder as it would be where it can run: commands can be read without it."""
    family = parse_template(text).family
    name = family.program.name
    have = toolset.get(name) or ToolInfo(name, Path(name.value))
    if not family.hardware:
        return toolset
    assumed = replace(
        have,
        numbers=max(have.numbers, family.lowest),
        abilities=have.abilities | family.all_abilities,
    )
    others = tuple(tool for tool in toolset.tools if tool.name != name)
    return Toolset((*others, assumed))


def _cut(media: MediaFile, cut: Path, toolset: Toolset) -> Step:
    ffmpeg = toolset.get(ToolName.FFMPEG)
    program = str(ffmpeg.path) if ffmpeg else ToolName.FFMPEG.value
    begin = max(0.0, media.duration / 2 - CUT_SECONDS / 2)
    argv: Tuple[str, ...] = (program, "-hide_banner", "-nostdin", "-v", "error", "-y")
    argv += (
        *ONLY_FILES,
        "-ss",
        f"{begin:.3f}",
        "-i",
        f"file:{media.path}",
        "-t",
        f"{CUT_SECONDS:.0f}",
    )
    argv += ("-map", "0:v:0", "-map", "0:a?", "-c", "copy", f"file:{cut}")
    return Step(StepName.REMUX, (ToolCommand(ToolName.FFMPEG, argv),), cut)


def parser_of(step: Step, media: MediaFile) -> ProgressParser:
    """Return what reads the progress of an encode of this film."""
    rate = media.video[0].frame_rate
    return known_program(step.commands[0].tool).progress(FilmLength(media.duration, rate))
