"""How far the chunks of a film are that waits to go on, as people are shown it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Tuple

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.chunks.chunk import ChunkPlan, ChunkProof
from store.chunks import ChunkSet, ChunkStore
from store.connection import Database


def waiting_chunks(database: Database, film: Path, job_id: int) -> Tuple[ChunkProgress, ...]:
    """Return the chunks that a job goes on with; none where it begins at the beginning."""
    sets = ChunkStore(database).of_film(film, job_id)
    own = [known for known in sets if known.job_id == job_id and known.finished]
    return chunks_in(max(own, key=lambda known: len(known.finished))) if own else ()


def chunks_in(known: ChunkSet) -> Tuple[ChunkProgress, ...]:
    """Return all chunks of a set; none where another version of the program wrote it."""
    try:
        plan = ChunkPlan.from_json(known.plan)
        pictures = {
            chunk.number: ChunkProof.from_json(chunk.proof).pictures for chunk in known.finished
        }
    except (KeyError, TypeError, ValueError):
        return ()
    finished = {chunk.number: chunk for chunk in known.finished}
    shown = []
    for chunk in plan.chunks:
        number = plan.quality_number(chunk.number)
        told = ChunkProgress(chunk.number, chunk.start, chunk.until, quality_number=number)
        stored = finished.get(chunk.number)
        if stored is not None:
            told = replace(
                told,
                phase=ChunkPhase.DONE,
                share=1.0,
                pictures=pictures[chunk.number],
                machine=stored.machine,
                size=stored.size,
                seconds=stored.seconds,
            )
        shown.append(told)
    return tuple(shown)
