"""Proving a finished chunk: as many pictures as the film has there, in their places, and joinable."""

from __future__ import annotations

from typing import Optional

from core.chunks.chunk import ChunkPlan, ChunkProof
from core.plan import Plan
from processing.chunks.encoding import EncodedChunk
from processing.probing import Prober


def prove(
    plan: Plan,
    chunks: ChunkPlan,
    made: EncodedChunk,
    prober: Prober,
    neighbour: Optional[ChunkProof] = None,
) -> ChunkProof:
    """Return what the chunk is; raises ChunkUnproven with what is wrong.

    All pictures are decoded. Where ``made.source`` is not known, the film's packets in the span are read.
    ``neighbour`` is any other proof of the same film: both must have the same parameter sets.
    """
    raise NotImplementedError
