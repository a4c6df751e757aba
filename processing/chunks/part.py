"""The part of a film that one chunk is made from, for a machine that does not see the film."""

from __future__ import annotations

import logging
import shlex
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Tuple

from core.chunks.chunk import Chunk, ChunkPlan
from core.commands.chunk_part import part_step
from core.commands.chunks import encoded_track
from core.plan import OutputTrack, Plan, VideoEncode
from core.settings.tree import Settings
from core.tools import Toolset
from logger import log_command, log_tool_line
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.runner import ProcessRunner
from processing.stall import Limits


class PartCutter:
    """Copies parts of one film; usable from any thread."""

    def __init__(
        self,
        runner: ProcessRunner,
        toolset: Toolset,
        settings: Settings,
        files: FileOperations,
        log: logging.Logger,
    ) -> None:
        self._runner = runner
        self._toolset = toolset
        self._settings = settings
        self._files = files
        self._log = log

    def cut(
        self, plan: Plan, chunks: ChunkPlan, chunk: Chunk, into: Path, control: JobControl
    ) -> None:
        """Write the part for a chunk to ``into``, as private as the film; raises what the tool meets."""
        step = part_step(plan, self._toolset, chunks, chunk, into)
        with suppress(FileExistsError):
            self._files.create(into, plan.media.path)
        log_command(self._log, step.name.value, shlex.join(step.commands[0].argv))
        limits = self._settings.processing
        self._runner.run_step(
            step,
            control=control,
            limits=Limits(limits.first_progress_seconds, limits.stall_seconds),
            on_line=lambda tool, line: log_tool_line(self._log, tool.value, line),
        )


def of_part(plan: Plan, chunks: ChunkPlan, part: Path) -> Tuple[Plan, ChunkPlan]:
    """Return the plan and the one chunk of ``chunks`` for a part instead of the film.

    The picture is the part's only track. Its stamps are the film's, and nothing need be sought in it.
    """
    (chunk,) = chunks.chunks
    track = encoded_track(plan)
    alone = replace(track, source=replace(track.source, index=0))
    outputs: Tuple[OutputTrack, ...] = tuple(
        alone if output is track else output
        for output in plan.outputs
        if output is track or not isinstance(output.conversion, VideoEncode)
    )
    there = replace(chunk, start=0.0, until=chunk.seconds)
    plan = replace(plan, outputs=outputs, media=replace(plan.media, path=part))
    return plan, replace(chunks, chunks=(there,))
