"""How far a film in chunks is as a whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import List, Optional

from hypothesis import given
from hypothesis import strategies as st

from core.chunk_progress import (
    ChunkCounts,
    ChunkPhase,
    ChunkProgress,
    MachineShare,
    counted,
    from_rows,
    rows_of,
    shares,
)
from core.chunks.progress import expected_size, film_progress
from core.progress import Progress


def done(
    number: int, *, size: int = 1000, seconds: float = 50.0, machine: str = ""
) -> ChunkProgress:
    return ChunkProgress(
        number,
        100.0 * number,
        100.0 * (number + 1),
        ChunkPhase.DONE,
        pictures=2400,
        machine=machine,
        size=size,
        seconds=seconds,
    )


def in_hand(number: int, machine: str = "") -> ChunkProgress:
    return ChunkProgress(
        number, 100.0 * number, 100.0 * (number + 1), ChunkPhase.IN_HAND, machine=machine
    )


def waiting(number: int) -> ChunkProgress:
    return ChunkProgress(number, 100.0 * number, 100.0 * (number + 1))


def test_the_percent_is_that_of_the_film_with_what_is_in_hand() -> None:
    chunks = (done(0), in_hand(1), in_hand(2), waiting(3))
    running = {
        1: Progress("encode", percent=50.0, frame=1200, fps=20.0, speed=0.8, output_size=600),
        2: Progress("encode", percent=10.0, frame=240, fps=22.0, speed=0.9, output_size=100),
    }
    found = film_progress("encode", chunks, running)
    assert found.percent == 40.0
    assert (found.frame, found.fps, found.output_size) == (2400 + 1200 + 240, 42.0, 1700)
    assert found.speed is not None
    assert round(found.speed, 6) == 1.7
    assert found.eta is not None
    assert round(found.eta, 3) == round(240 / 1.7, 3)
    assert [round(chunk.share, 2) for chunk in found.chunks] == [0.0, 0.5, 0.1, 0.0]
    assert found.chunks[1].size == 600


def test_a_film_that_is_not_joined_is_not_done() -> None:
    found = film_progress("encode", (done(0), done(1)), {})
    assert found.percent is not None
    assert 99.0 < found.percent < 100.0
    assert found.eta is None or found.eta == 0.0


def test_the_time_left_comes_from_finished_chunks_while_no_encoder_tells() -> None:
    found = film_progress("encode", (done(0, seconds=50.0), in_hand(1), waiting(2)), {})
    assert found.speed == 2.0
    assert found.eta == 100.0
    both = film_progress("encode", (done(0, seconds=50.0), in_hand(1), in_hand(2)), {})
    assert both.speed == 4.0


def test_the_expected_size_comes_from_finished_chunks() -> None:
    assert expected_size((done(0), in_hand(1), waiting(2), waiting(3))) is None
    assert expected_size((done(0), done(1, size=3000), waiting(2), waiting(3))) == 8000
    assert expected_size((done(0), done(1, size=3000), waiting(2), waiting(3)), beside=500) == 8500
    assert expected_size((done(0), done(1))) == 2000
    assert expected_size(()) is None


def test_two_chunks_of_a_hundred_tell_too_little_of_its_size() -> None:
    assert expected_size((done(0), done(1), *map(waiting, range(2, 100)))) is None


def test_each_machine_has_the_time_of_its_finished_chunks() -> None:
    chunks = (done(0, seconds=30.0), done(1, machine="b", seconds=70.0), done(2, seconds=20.0))
    assert shares((*chunks, in_hand(3, "c"))) == (
        MachineShare("b", 1, 70.0, 100.0),
        MachineShare("", 2, 50.0, 200.0),
    )


def test_finished_chunks_are_kept_with_their_job() -> None:
    chunks = (done(0, machine="b"), done(1), in_hand(2))
    assert from_rows(json.loads(json.dumps(rows_of(chunks)))) == chunks[:2]
    numbered = (replace(done(0), quality_number=22.25),)
    assert from_rows(json.loads(json.dumps(rows_of(numbered)))) == numbered
    earlier = [row[:-1] for row in rows_of(numbered)]  # of a version whose chunks had no number
    assert from_rows(earlier) == (done(0),)


def test_chunks_are_counted() -> None:
    chunks = (done(0), in_hand(1), waiting(2), waiting(3))
    assert counted(chunks) == ChunkCounts(4, 1, 1)
    assert counted(chunks).waiting == 2


@given(
    phases=st.lists(st.sampled_from(list(ChunkPhase)), max_size=30),
    percents=st.lists(st.one_of(st.none(), st.floats(0.0, 100.0)), min_size=30, max_size=30),
)
def test_no_film_passes_its_end_and_no_figure_is_nonsense(
    phases: List[ChunkPhase], percents: List[Optional[float]]
) -> None:
    chunks = tuple(
        ChunkProgress(number, 10.0 * number, 10.0 * number + 10.0, phase)
        for number, phase in enumerate(phases)
    )
    running = {
        chunk.number: Progress("encode", percent=percents[chunk.number])
        for chunk in chunks
        if chunk.phase is ChunkPhase.IN_HAND
    }
    found = film_progress("encode", chunks, running)
    assert found.percent is not None
    assert 0.0 <= found.percent < 100.0
    assert found.eta is None or found.eta >= 0.0
