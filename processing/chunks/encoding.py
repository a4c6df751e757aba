"""Making one chunk: the plan's own template and filters over a part of the film."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

from core.chunks.chunk import Chunk, ChunkPlan
from core.commands.chunks import ChunkFiles, chunk_step, encoded_track
from core.encoders.quality_number import plan_with_number
from core.errors import ToolFailed
from core.media.model import VideoTrack
from core.plan import Plan
from core.progress import FfmpegProgress, Progress, ProgressListener
from processing.control import JobControl
from processing.edges import Edges
from processing.packets import Packet, Pictures, as_pictures, parse_framehash
from processing.probing import without_seek_complaints
from processing.runner import Forgives
from processing.step_tools import StepTools

# What the decoders of HEVC and H.264 say as well where they come in between two key frames (8.1.2, 9.0.2).
_NO_REFERENCES = re.compile(
    r"Error constructing the frame RPS|Skipping invalid undecodable NALU|non-existing [PS]PS"
    r"|decode_slice_header error|no frame!|PPS id out of range|error while decoding MB|concealing"
)
CHUNK_SUFFIX = (
    ".mp4"  # ffmpeg's muxer keeps the picture's own time base in it, Matroska rounds to 1 ms
)


@dataclass(frozen=True)
class EncodedChunk:
    """A chunk that has not been proved yet.

    ``source`` are the film's packets in the span as ffmpeg saw them meanwhile, in seconds after the chunk's
    first picture; None where that is not known (a chunk that another machine made). ``decoded``: how many
    pictures of these very bytes that machine has decoded, where its word is taken for it.
    ``quality_number`` is the encoder's number, where a quality is aimed at.
    """

    chunk: Chunk
    path: Path
    source: Optional[Pictures] = None
    command: Tuple[str, ...] = ()
    seconds: float = 0.0  # that the encode took
    decoded: Optional[int] = None
    quality_number: Optional[float] = None


class ChunkEncoder:
    """Makes chunks of one plan on this machine."""

    def __init__(self, tools: StepTools, plan: Plan, chunks: ChunkPlan) -> None:
        self._tools = tools
        self._plan = plan
        self._chunks = chunks

    def encode(
        self, chunk: Chunk, into: Path, control: JobControl, on_progress: ProgressListener
    ) -> EncodedChunk:
        """Write the chunk to ``into``, an empty file or what an earlier try has left there.

        The progress is the chunk's own, from 0 to 100. Raises ToolFailed, ToolStalled, ToolNotFound and
        JobCancelled as every step does.
        """
        table = table_of(into)
        tools, film = self._tools, self._plan.media.path
        number = self._chunks.quality_number(chunk.number)
        plan = self._plan if number is None else plan_with_number(self._plan, number)
        step = chunk_step(plan, tools.toolset, self._chunks, chunk, ChunkFiles(into, table))
        tools.create(into, film)
        try:
            result = tools.run(
                step,
                control,
                film=film,
                parser=self._parser(chunk),
                on_progress=on_progress,
                forgives=self._forgives(chunk, control),
            )
            source = read_span(table, self._chunks, chunk)
        finally:
            tools.files.remove(table)
        argv = step.commands[0].argv
        seconds = result.seconds
        return EncodedChunk(chunk, into, source, argv, seconds, quality_number=number)

    def _forgives(self, chunk: Chunk, control: JobControl) -> Forgives:
        """What is no error: a decoder's words of the run-up, and of the film's first and last packets."""
        edges = Edges(self._plan, self._tools.prober(control))
        run_up, duration = _run_up(chunk), self._plan.duration

        def forgives(line: str, progress: Optional[Progress]) -> bool:
            if run_up(line, progress):
                return True
            share = (progress.percent or 0.0) / 100 if progress is not None else 0.0
            percent = 100 * (chunk.start + share * chunk.seconds) / duration if duration else 0.0
            in_film = Progress("") if progress is None else progress
            return edges.explain(line, replace(in_film, percent=min(100.0, percent)))

        return forgives

    def _parser(self, chunk: Chunk) -> FfmpegProgress:
        source = encoded_track(self._plan).source
        rate = source.frame_rate if isinstance(source, VideoTrack) else None
        return FfmpegProgress(chunk.seconds, round(chunk.seconds * rate) if rate else None)


def table_of(chunk: Path) -> Path:
    """Return where the table of the film's packets lies while a chunk is made."""
    return chunk.with_name(f"{chunk.name}.packets")


def read_span(table: Path, chunks: ChunkPlan, chunk: Chunk) -> Optional[Pictures]:
    """Return the film's packets that belong to the chunk, of a table that its encode has written.

    None where the table cannot be read or a packet has no time.
    """
    try:
        packets = parse_framehash(table.read_text("utf-8", errors="replace"))
    except (OSError, ToolFailed):
        return None
    found = as_pictures([packet for packet in packets if _belongs(packet, chunks, chunk)])
    return found if found.times else None


def _belongs(packet: Packet, chunks: ChunkPlan, chunk: Chunk) -> bool:
    if packet.time is None:
        return True
    stamp = round(packet.time / chunks.time_base) + chunks.begin_of(chunk)
    return chunk.holds(stamp)


def _run_up(chunk: Chunk) -> Forgives:
    """What a decoder says before a chunk's first picture is not about the chunk.

    It comes in at a key frame before it, whose group may lean on the one before that; in a transport
    stream anywhere.
    """

    def forgives(line: str, progress: Optional[Progress]) -> bool:
        begun = progress is not None and bool(progress.frame)
        lost = _NO_REFERENCES.search(line) or not without_seek_complaints([line])
        return chunk.number > 0 and not begun and bool(lost)

    return forgives
