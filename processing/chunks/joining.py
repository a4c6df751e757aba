"""The last pass: the picture from the finished chunks, everything else from the film."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from core.chunks.chunk import ChunkPlan, ChunkProof
from core.plan import Plan
from core.ports import Clock
from core.progress import ProgressListener
from core.settings.tree import Settings
from core.tools import Toolset
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.maker import MadeResult
from processing.runner import ProcessRunner


@dataclass(frozen=True)
class FinishedChunk:
    """A proved chunk and where it lies."""

    path: Path
    proof: ChunkProof


class ChunkJoiner:
    """Makes the result of one plan out of its chunks."""

    def __init__(
        self,
        runner: ProcessRunner,
        toolset: Toolset,
        settings: Settings,
        files: FileOperations,
        clock: Clock,
        log: logging.Logger,
    ) -> None:
        self._runner = runner
        self._toolset = toolset
        self._settings = settings
        self._files = files
        self._clock = clock
        self._log = log

    def join(
        self,
        plan: Plan,
        chunks: ChunkPlan,
        finished: Sequence[FinishedChunk],
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """Make ``output`` and prove it: number, times and the pictures at both sides of each seam.

        ``output`` is an empty file or what an earlier try has left there; ``finished`` are all chunks, in
        order. Raises JoinUnproven, and what the steps of ``processing.pipeline`` raise. The chunks stay.
        """
        raise NotImplementedError
