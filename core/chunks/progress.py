"""How far a film in chunks is as a whole, from its finished chunks and those in hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable, Mapping, Optional, Sequence

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.progress import UNFINISHED, Progress, usable

# Finished chunks tell of the whole film's size from this share of it on, and not before there are two of
# them: the opening of a film says little of its storms.
_ENOUGH, _CHUNKS_ENOUGH = 0.05, 2


def film_progress(
    step: str,
    chunks: Sequence[ChunkProgress],
    running: Mapping[int, Progress],
    *,
    beside: int = 0,
) -> Progress:
    """Return the progress of the film that these chunks make up.

    ``running`` is what the encoders of chunks in hand told last, by the chunk's number; ``beside`` the bytes
    that all tracks but the picture are expected to take. A chunk's own percent counts for its length.
    """
    shown = tuple(_with_share(chunk, running.get(chunk.number)) for chunk in chunks)
    total = sum(chunk.length for chunk in shown)
    made = sum(chunk.made for chunk in shown)
    at_work = [
        running[chunk.number]
        for chunk in shown
        if chunk.phase is ChunkPhase.IN_HAND and chunk.number in running
    ]
    share = made / total if total > 0 else 0.0
    speed = _sum(progress.speed for progress in at_work) or _speed_before(shown)
    sizes = [chunk.size for chunk in shown if chunk.phase is ChunkPhase.DONE and chunk.size]
    written = sum(sizes) + sum(progress.output_size or 0 for progress in at_work)
    frames = [chunk.pictures or 0 for chunk in shown if chunk.phase is ChunkPhase.DONE]
    frames += [progress.frame or 0 for progress in at_work]
    return Progress(
        step,
        percent=min(100.0 * share, UNFINISHED),
        frame=sum(frames) or None,
        fps=_sum(progress.fps for progress in at_work),
        speed=speed,
        eta=(total - made) / speed if speed else None,
        output_size=written or None,
        projected_size=expected_size(shown, beside),
        chunks=shown,
    )


def expected_size(chunks: Sequence[ChunkProgress], beside: int = 0) -> Optional[int]:
    """Return the bytes that the whole result will have, by its finished chunks; None where these say little.

    ``beside`` is what all other tracks take.
    """
    done = [chunk for chunk in chunks if chunk.phase is ChunkPhase.DONE and chunk.size]
    total = sum(chunk.length for chunk in chunks)
    known = sum(chunk.length for chunk in done)
    if total <= 0 or known <= 0:
        return None
    settled = len(done) >= _CHUNKS_ENOUGH and known / total >= _ENOUGH
    if not settled and len(done) < len(chunks):
        return None
    return beside + round(sum(chunk.size or 0 for chunk in done) * total / known)


def _with_share(chunk: ChunkProgress, progress: Optional[Progress]) -> ChunkProgress:
    if chunk.phase is not ChunkPhase.IN_HAND or progress is None or progress.percent is None:
        return chunk
    share = min(progress.percent, 100.0) / 100.0
    return replace(chunk, share=share, size=progress.output_size)


def _speed_before(chunks: Sequence[ChunkProgress]) -> Optional[float]:
    """Seconds of film a second that the finished chunks were made at, times the encoders at work now."""
    done = [chunk for chunk in chunks if chunk.phase is ChunkPhase.DONE and chunk.seconds]
    took = sum(chunk.seconds or 0.0 for chunk in done)
    at_work = sum(chunk.phase is ChunkPhase.IN_HAND for chunk in chunks)
    return usable(max(1, at_work) * sum(chunk.length for chunk in done) / took) if took else None


def _sum(figures: Iterable[Optional[float]]) -> Optional[float]:
    """The sum of those that are known; None where none is."""
    return usable(sum(figure for figure in figures if figure))
