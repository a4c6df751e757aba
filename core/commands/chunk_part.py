"""The ffmpeg command that copies the part of a film which one of its chunks is made from.

The part keeps the film's own container, since that alone holds its times to the last digit: Matroska would
round MP4's to 1 ms, and NUT counts in a time base of its own (seen with ffmpeg 9.0.2). It begins at the key
frame before the chunk's, so that no picture of an open group lacks what it leans on, and all stamps are the
film's.
"""

from __future__ import annotations

from pathlib import Path
from typing import List

from core.chunks.chunk import Chunk, ChunkPlan
from core.commands import ffmpeg
from core.commands.chunks import encoded_track
from core.plan import Plan
from core.programs.ffmpeg import CONTROL
from core.steps import Step, StepName, ToolCommand
from core.tools import ToolName, Toolset

# The containers of which a part was found to have the film's own stamps, with ffmpeg's name of each.
_MUXERS = {"Matroska": "matroska", "WebM": "matroska", "MPEG-4": "mp4"}
_EARLY = 0.05  # seconds before a chunk's key frame: seeking there comes to the one before
# Seconds that are copied beyond a chunk's end: in an open group its last pictures are stored behind the key
# frame that begins the next chunk.
_BEYOND = 2.0


def has_parts(plan: Plan) -> bool:
    """Whether parts of this film can be copied out exactly."""
    return plan.media.container in _MUXERS


def part_step(plan: Plan, toolset: Toolset, chunks: ChunkPlan, chunk: Chunk, into: Path) -> Step:
    """Return the step that writes the part of the film for a chunk; only where ``has_parts``."""
    tool = toolset.get(ToolName.FFMPEG)
    program = str(tool.path) if tool else ToolName.FFMPEG.value
    muxer = _MUXERS[plan.media.container]
    argv: List[str] = [program, *CONTROL, "-copyts"]
    begin = chunk.start - _EARLY
    if chunk.start_stamp is not None and begin > 0:
        argv += ["-ss", f"{begin:.6f}"]
    else:
        begin = 0.0
    if chunk.end is not None:
        argv += ["-t", f"{chunk.end - begin + _BEYOND:.6f}"]
    argv += ["-i", ffmpeg.file_argument(plan.media.path)]
    argv += ["-map", f"0:{encoded_track(plan).source.index}", "-c", "copy"]
    argv += ["-map_metadata", "-1", "-map_chapters", "-1", "-avoid_negative_ts", "disabled"]
    if muxer == "mp4":
        base = str(chunks.time_base.denominator)
        argv += ["-movie_timescale", base, "-video_track_timescale", base, "-strict", "unofficial"]
    argv += ["-f", muxer, ffmpeg.file_argument(into)]
    return Step(StepName.REMUX, (ToolCommand(ToolName.FFMPEG, tuple(argv)),), into)
