"""Running the steps of one job by this machine's tools: logged, watched, and as private as the film."""

from __future__ import annotations

import logging
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from core.progress import ProgressListener, ProgressParser
from core.settings.tree import Settings
from core.steps import Step
from core.tools import Toolset
from logger import log_command, log_fields, log_tool_line
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.probing import Prober
from processing.runner import Forgives, ProcessRunner, StepResult
from processing.stall import limits_of


@dataclass(frozen=True)
class StepTools:
    """What makes results, chunks and parts of films; usable from any thread."""

    runner: ProcessRunner
    toolset: Toolset
    settings: Settings
    files: FileOperations
    log: logging.Logger

    def run(
        self,
        step: Step,
        control: JobControl,
        *,
        film: Path,
        parser: Optional[ProgressParser] = None,
        on_progress: Optional[ProgressListener] = None,
        forgives: Optional[Forgives] = None,
    ) -> StepResult:
        """Run a step of ``film``'s to its end; raises what ``ProcessRunner.run_step`` raises."""
        with log_fields(step=step.name.value):
            for path in step.scratch:
                self.create(path, film)
            for command in step.commands:
                log_command(self.log, step.name.value, shlex.join(command.argv))
            return self.runner.run_step(
                step,
                control=control,
                limits=limits_of(self.settings.processing),
                parser=parser,
                on_progress=on_progress,
                on_line=lambda tool, line: log_tool_line(self.log, tool.value, line),
                forgives=forgives,
            )

    def create(self, path: Path, film: Path) -> None:
        """Make an empty file with the film's rights, else a private film's pictures are everybody's."""
        with suppress(FileExistsError):
            self.files.create(path, film)

    def prober(self, control: JobControl, *, film: Optional[Path] = None) -> Prober:
        """What asks ffmpeg and ffprobe; with ``film``, files that they write are as private as that."""

        def create(path: Path) -> None:
            if film is not None:
                self.create(path, film)

        limits = limits_of(self.settings.processing)
        return Prober(self.runner, self.toolset, control, limits, create=create)
