"""The part of a film that one chunk is made from, for a machine that does not see the film."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Tuple

from core.chunks.chunk import Chunk, ChunkPlan
from core.commands.chunk_part import part_step
from core.commands.chunks import encoded_track
from core.plan import OutputTrack, Plan, VideoEncode
from processing.control import JobControl
from processing.step_tools import StepTools


class PartCutter:
    """Copies parts of one film; usable from any thread."""

    def __init__(self, tools: StepTools) -> None:
        self._tools = tools

    def cut(
        self, plan: Plan, chunks: ChunkPlan, chunk: Chunk, into: Path, control: JobControl
    ) -> None:
        """Write the part for a chunk to ``into``, as private as the film; raises what the tool meets."""
        step = part_step(plan, self._tools.toolset, chunks, chunk, into)
        self._tools.create(into, plan.media.path)
        self._tools.run(step, control, film=plan.media.path)


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
