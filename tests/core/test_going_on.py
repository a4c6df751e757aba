"""What is said of films with finished chunks, and what stopping one would lose."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.chunks.origin import percent_of
from core.events import JobState
from core.progress import Progress
from core.queue.going_on import STOPPED, message_of
from core.queue.job import Job
from core.queue.work_in_hand import WorkInHand, seconds_in_chunks


def _job(state: JobState, message: str = "", share: float = 0.634) -> Job:
    return Job(1, Path("A.mkv"), state, 0.0, message=message, done_share=share)


@pytest.mark.parametrize(
    ("state", "message", "told"),
    [
        (JobState.QUEUED, "", "Goes on at 63 %."),
        (JobState.QUEUED, STOPPED, "Goes on at 63 %. Stopped."),
        (JobState.PAUSED, "", "Goes on at 63 %."),
        (JobState.FAILED, "It broke.", "It broke. Tried again, it goes on at 63 %."),
        (JobState.PROCESSING, "", ""),
        (JobState.COMPLETED, "Done.", "Done."),
    ],
)
def test_a_film_that_waits_with_finished_chunks_says_where_it_goes_on(
    state: JobState, message: str, told: str
) -> None:
    assert message_of(_job(state, message), message) == told
    assert message_of(_job(state, message, 0.0), message) == message


def test_a_share_is_never_rounded_up() -> None:
    assert [percent_of(share) for share in (0.0, 0.009, 0.63, 0.9999, 1.0)] == [0, 0, 63, 99, 100]


def test_stopping_a_film_in_chunks_loses_what_is_in_hand() -> None:
    done = ChunkProgress(0, 0.0, 120.0, ChunkPhase.DONE, share=1.0)
    in_hand = ChunkProgress(1, 120.0, 240.0, ChunkPhase.IN_HAND, share=0.5)
    progress = Progress("encode", percent=37.5, speed=0.5, chunks=(done, in_hand))
    assert seconds_in_chunks(progress) == 120.0
    assert seconds_in_chunks(Progress("encode", percent=37.5, speed=0.5)) is None
    work = WorkInHand(1, "A.mkv", seconds=360.0, in_chunks=120.0)
    assert (work.stopped.seconds, work.seconds) == (120.0, 360.0)
