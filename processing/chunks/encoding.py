"""Making one chunk: the plan's own template and filters over a part of the film."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple

from core.chunks.chunk import Chunk, ChunkPlan
from core.plan import Plan
from core.progress import ProgressListener
from core.settings.tree import Settings
from core.tools import Toolset
from processing.control import JobControl
from processing.packets import Pictures
from processing.runner import ProcessRunner

CHUNK_SUFFIX = (
    ".mp4"  # ffmpeg's muxer keeps the picture's own time base in it, Matroska rounds to 1 ms
)


@dataclass(frozen=True)
class EncodedChunk:
    """A chunk that has not been proved yet.

    ``source`` are the film's packets in the span as ffmpeg saw them meanwhile; None where that is not known
    (a chunk that another machine made).
    """

    chunk: Chunk
    path: Path
    source: Optional[Pictures] = None
    command: Tuple[str, ...] = ()
    seconds: float = 0.0  # that the encode took


class ChunkEncoder:
    """Makes chunks of one plan on this machine."""

    def __init__(
        self,
        runner: ProcessRunner,
        toolset: Toolset,
        settings: Settings,
        log: logging.Logger,
        plan: Plan,
        chunks: ChunkPlan,
    ) -> None:
        self._runner = runner
        self._toolset = toolset
        self._settings = settings
        self._log = log
        self._plan = plan
        self._chunks = chunks

    def encode(
        self, chunk: Chunk, into: Path, control: JobControl, on_progress: ProgressListener
    ) -> EncodedChunk:
        """Write the chunk to ``into``, an empty file or what an earlier try has left there.

        The progress is the chunk's own, from 0 to 100. Raises ToolFailed, ToolStalled, ToolNotFound and
        JobCancelled as every step does.
        """
        raise NotImplementedError
