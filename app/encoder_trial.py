"""How quick this machine is: a made-up clip encoded by the template that films would take here."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

from app.ports import Equipper, TrialWatcher
from app.sample_film import Clip
from app.template_trial import TRIAL_LIMITS, parser_of
from app.trial_folder import trial_folder
from core.commands import build_steps
from core.encoders.chain import setting_of
from core.encoders.templates import parse_template
from core.errors import ToolNotFound, UsageError
from core.media.model import MediaFile
from core.plan import Plan, VideoEncode
from core.planning.planner import build_plan
from core.progress import FfmpegProgress, Progress
from core.settings.fields import FIELDS
from core.settings.tree import Settings
from core.steps import Step, StepName, ToolCommand
from core.text.sentence import Sentence, joined
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.runner import ProcessRunner
from scheduling.job_context import JobContext

MAKING, ENCODING = "making", "encoding"
_LONG_ENOUGH = 20.0  # seconds after which a slow machine has shown how slow it is


USUAL = Clip(1920, 1080, 8)  # tells how quick a machine is
SMALL = Clip(640, 360, 1)  # tells whether it can at all


class _Enough(Exception):
    """The encode has gone on for long enough to tell its speed."""


@dataclass(frozen=True)
class EncoderTrial:
    """What the clip has shown: ``template`` is the label of the setting that films take here.

    ``objections`` say why it was not the one before it.
    """

    encoder: str
    template: str
    height: int
    frames_a_second: float
    objections: Tuple[str, ...] = ()


class EncoderTrials:
    """Every call waits, so call it beside Tk's thread; ``equipper`` knows the settings and tools of now."""

    def __init__(
        self,
        equipper: Equipper,
        runner: ProcessRunner,
        data_dir: Path,
        clip: Clip = USUAL,
    ) -> None:
        self._clip = clip
        self._equipper = equipper
        self._runner = runner
        self._data_dir = data_dir
        self._control = JobControl()  # of the next trial or the running one

    def run(self, watcher: Optional[TrialWatcher] = None) -> EncoderTrial:
        """Make a clip and encode it; ``watcher`` hears how far it is.

        Raises ToolNotFound without ffmpeg, UsageError where nothing here can encode, JobCancelled, and
        ToolFailed with the encoder's sentence.
        """
        control = self._control
        try:
            return self._run(control, watcher)
        finally:
            self._control = JobControl()

    def look(self) -> MediaFile:
        """Make a clip and look into it, as into every film; raises what a job raises."""
        equipment = self._equipper.equip()
        with self._folder(equipment) as folder:
            clip = folder / "clip.mkv"
            self._make(clip, equipment.toolset, self._control)
            return equipment.analyzer.analyze(clip)

    def cancel(self) -> None:
        """End the running trial, or the one that is about to begin, from any thread."""
        self._control.cancel()

    def _run(self, control: JobControl, watcher: Optional[TrialWatcher]) -> EncoderTrial:
        equipment = self._equipper.equip()
        with self._folder(equipment) as folder:
            clip, result = folder / "clip.mkv", folder / "result.mkv"
            self._make(clip, equipment.toolset, control, watcher)
            plan, encode = _plan(equipment, clip)
            fps: Optional[float] = None
            began = time.monotonic()

            def progressed(progress: Progress) -> None:
                nonlocal fps
                fps = progress.fps or fps
                _tell(watcher, ENCODING, progress)
                if fps and time.monotonic() - began > _LONG_ENOUGH:
                    raise _Enough

            steps = build_steps(plan, equipment.settings, equipment.toolset, result)
            encoding = next(step for step in steps if step.name is StepName.ENCODE)
            with suppress(_Enough):
                self._runner.run_step(
                    encoding,
                    control=control,
                    limits=TRIAL_LIMITS,
                    parser=parser_of(encoding, plan.media),
                    on_progress=progressed,
                )
            took = max(0.001, time.monotonic() - began)
        return _shown(plan, encode, fps or self._clip.pictures / took)

    def _folder(self, equipment: JobContext) -> AbstractContextManager[Path]:
        work = equipment.settings.files.work_folder or self._data_dir
        return trial_folder("encoder-test-", Path(work), self._runner.run_id)

    def _make(
        self,
        clip: Path,
        toolset: Toolset,
        control: JobControl,
        watcher: Optional[TrialWatcher] = None,
    ) -> None:
        ffmpeg = toolset.get(ToolName.FFMPEG)
        if ffmpeg is None:
            raise ToolNotFound(
                ToolName.FFMPEG.value, Sentence("Without it no film can be encoded.")
            )
        argv = (
            *(str(ffmpeg.path), "-hide_banner", "-nostdin", "-v", "error", "-y"),
            *("-progress", "pipe:1", "-nostats"),
            *("-f", "lavfi", "-i", self._clip.picture, "-f", "lavfi", "-i", self._clip.sound),
            *("-c:v", "mpeg4", "-q:v", "2", "-pix_fmt", "yuv420p", "-c:a", "ac3", f"file:{clip}"),
        )
        self._runner.run_step(
            Step(StepName.REMUX, (ToolCommand(ToolName.FFMPEG, argv),), clip),
            control=control,
            limits=TRIAL_LIMITS,
            parser=FfmpegProgress(self._clip.seconds, self._clip.pictures),
            on_progress=lambda progress: _tell(watcher, MAKING, progress),
        )


def _tell(watcher: Optional[TrialWatcher], doing: str, progress: Progress) -> None:
    if watcher is not None:
        watcher.progressed(doing, progress.percent or 0.0)


def _plan(equipment: JobContext, clip: Path) -> Tuple[Plan, VideoEncode]:
    media = equipment.analyzer.analyze(clip)
    native = equipment.analyzer.native_language(media, "eng")  # no service is asked about a clip
    plan = build_plan(media, native, _encoding(equipment.settings), equipment.toolset)
    encode = plan.video_encode
    if encode is None:
        reasons = [reason.message for reason in (*plan.refusals, *plan.omissions)]
        raise UsageError(joined([Sentence("Videos are only copied on this machine."), *reasons]))
    return plan, encode


def _encoding(settings: Settings) -> Settings:
    """The user's settings, under which every picture is encoded."""
    return replace(settings, video=replace(settings.video, encode=True, good_bits_per_pixel=0.0))


def _shown(plan: Plan, encode: VideoEncode, speed: float) -> EncoderTrial:
    template = parse_template(encode.template)
    return EncoderTrial(
        encoder=template.encoder,
        template=FIELDS[setting_of(encode.template_name)].label,
        height=encode.height,
        frames_a_second=speed,
        objections=tuple(
            reason.message
            for reason in plan.omissions
            if reason.code.startswith(("template.", "tool."))
        ),
    )
