"""How many encoders of one film work side by side on a machine, decided by what was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chunks.side_by_side import (
    MOST,
    EncoderChoice,
    Load,
    Measured,
    Pace,
    Room,
    Why,
    choice_sentence,
    choose,
    encoders_at,
    share_of,
    thread_limit,
)

GIGABYTE = 10**9
ROOM = Room(cores=8.0, free_memory=16 * GIGABYTE, at_work=1, chunks=30)
IDLE = Load(used=3.0, idle=5.0, memory=GIGABYTE)


def paces(*totals: float, chunks: float = 4.0) -> Measured:
    """Pictures a second of 1, 2, 3… encoders together."""
    return Measured(
        IDLE,
        {
            encoders: Pace(chunks, 1000.0, 1000.0 * encoders / total)
            for encoders, total in enumerate(totals, 1)
        },
    )


def test_one_encoder_works_until_it_is_measured() -> None:
    assert choose(Measured(), ROOM) == EncoderChoice(1, Why.MEASURING)


def test_an_encoder_that_uses_the_cores_stays_alone() -> None:
    busy = Measured(Load(used=7.4, idle=0.5, memory=GIGABYTE), {1: Pace(1, 100, 10)})
    assert choose(busy, ROOM) == EncoderChoice(1, Why.BUSY)


def test_two_cores_of_which_one_encoder_uses_nearly_all_get_no_second() -> None:
    busy = Measured(Load(used=1.7, idle=0.3, memory=GIGABYTE), {1: Pace(1, 100, 10)})
    assert choose(busy, replace(ROOM, cores=2.0)) == EncoderChoice(1, Why.BUSY)


def test_cores_that_others_used_meanwhile_say_nothing_of_the_encoder() -> None:
    contended = Measured(Load(used=3.0, idle=1.0, memory=GIGABYTE), {1: Pace(1, 100, 10)})
    assert choose(contended, ROOM) == EncoderChoice(1, Why.MEASURING)


def test_a_second_is_tried_once_a_chunk_of_one_alone_is_finished() -> None:
    assert choose(Measured(IDLE), ROOM) == EncoderChoice(1, Why.MEASURING)
    assert choose(paces(20.0), ROOM) == EncoderChoice(2, Why.TRYING)


def test_a_second_is_judged_by_two_finished_chunks() -> None:
    one_chunk = replace(paces(20.0, 30.0), paces={**paces(20.0).paces, 2: Pace(1, 300, 20)})
    assert choose(one_chunk, ROOM) == EncoderChoice(2, Why.TRYING)


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ((20.0, 20.5), EncoderChoice(1, Why.QUICKEST)),
        ((20.0, 15.0), EncoderChoice(1, Why.QUICKEST)),
        ((20.0, 32.0), EncoderChoice(3, Why.TRYING)),
        ((20.0, 32.0, 32.5), EncoderChoice(2, Why.QUICKEST)),
        ((20.0, 32.0, 40.0), EncoderChoice(3, Why.QUICKEST)),
    ],
)
def test_one_more_stays_where_finished_chunks_come_quicker(
    totals: Tuple[float, ...], expected: EncoderChoice
) -> None:
    assert choose(paces(*totals), ROOM) == expected


def test_the_users_own_limit_holds() -> None:
    assert choose(paces(20.0, 32.0, 40.0), replace(ROOM, most=1)) == EncoderChoice(1, Why.SETTING)
    assert choose(paces(20.0, 32.0, 40.0), replace(ROOM, most=2)) == EncoderChoice(2, Why.SETTING)


def test_a_limit_of_the_user_makes_no_busy_encoder_two() -> None:
    busy = Measured(Load(used=7.8, idle=0.2, memory=GIGABYTE), {1: Pace(1, 100, 10)})
    assert choose(busy, replace(ROOM, most=4)) == EncoderChoice(1, Why.BUSY)


def test_never_more_than_free_memory_takes() -> None:
    small = replace(ROOM, free_memory=int(1.2 * GIGABYTE))
    assert choose(paces(20.0, 32.0, 40.0), small) == EncoderChoice(1, Why.MEMORY)
    assert choose(paces(20.0, 32.0, 40.0), replace(small, at_work=2)) == EncoderChoice(
        2, Why.MEMORY
    )
    assert choose(paces(20.0, 32.0, 40.0), replace(small, free_memory=0)) == EncoderChoice(
        1, Why.MEMORY
    )


def test_never_more_than_there_are_chunks() -> None:
    assert choose(paces(20.0, 32.0, 40.0), replace(ROOM, chunks=2)) == EncoderChoice(2, Why.CHUNKS)


def test_a_chip_encodes_one_chunk_at_a_time_unless_the_user_wants_and_measures_more() -> None:
    chip = replace(ROOM, on_chip=True)
    assert choose(paces(20.0, 32.0, 40.0), chip) == EncoderChoice(1, Why.CHIP)
    wanted = replace(chip, most=2)
    assert choose(paces(20.0), wanted) == EncoderChoice(2, Why.TRYING)
    assert choose(paces(20.0, 20.2), wanted) == EncoderChoice(1, Why.QUICKEST)
    assert choose(paces(20.0, 38.0), wanted) == EncoderChoice(2, Why.SETTING)


def test_encoders_of_other_films_count() -> None:
    three = EncoderChoice(3, Why.QUICKEST)
    assert [share_of(three, others) for others in (0, 1, 2, 5)] == [3, 2, 1, 1]


def test_a_chunk_counts_for_the_encoders_that_were_there_meanwhile() -> None:
    assert [encoders_at(mean) for mean in (1.0, 1.15, 1.5, 1.9, 2.6, 0.0)] == [
        *(1, 1, None, 2, None, None)
    ]


def test_older_chunks_fade() -> None:
    pace = Pace()
    for _ in range(200):
        pace = pace.plus(100, 10.0)
    for _ in range(80):
        pace = pace.plus(100, 5.0)
    assert pace.chunks <= 41
    assert pace.rate > 17


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        (("-c:v", "libx265", "-preset", "slow"), None),
        (("-threads", "4", "-c:v", "libx264"), 4),
        (("-threads", "0"), None),
        (("-x265-params", "aq-mode=3:pools=3:frame-threads=2"), 3),
        (("-x265-params", "pools=2,2"), 4),
        (("-x265-params", "pools=none"), None),
        (("-svtav1-params", "tune=0:lp=2"), 2),
        (("-threads", "6", "-x265-params", "pools=2"), 2),
    ],
)
def test_threads_that_the_user_limits_are_not_worked_around(
    words: Tuple[str, ...], limit: int
) -> None:
    assert thread_limit(words) == limit


def test_the_log_says_what_decided() -> None:
    busy = Measured(Load(7.4, 0.5, GIGABYTE))
    assert choice_sentence(EncoderChoice(1, Why.BUSY), busy, 8.0) == (
        "One encoder uses 7.4 of 8 cores: chunks are encoded one after the other."
    )
    assert choice_sentence(EncoderChoice(2, Why.TRYING), paces(20.0), 8.0) == (
        "One encoder uses 3.0 of 8 cores: 2 are tried side by side."
    )
    assert choice_sentence(EncoderChoice(1, Why.MEASURING), Measured(), 8.0) == ""


FIGURES = st.floats(0.0, 128.0)


@given(
    used=FIGURES,
    idle=FIGURES,
    memory=st.integers(0, 2**40),
    totals=st.lists(st.floats(0.1, 1000.0), max_size=10),
    room=st.builds(
        Room,
        cores=st.floats(0.1, 128.0),
        free_memory=st.integers(-1, 2**40),
        at_work=st.integers(0, 10),
        chunks=st.integers(0, 300),
        most=st.integers(0, 16),
        on_chip=st.booleans(),
    ),
)
def test_whatever_was_measured_the_limits_hold(
    used: float, idle: float, memory: int, totals: List[float], room: Room
) -> None:
    measured = Measured(Load(used, idle, memory), paces(*totals).paces)
    encoders = choose(measured, room).encoders
    assert 1 <= encoders <= MOST
    assert encoders <= max(1, room.chunks)
    assert not room.most or encoders <= room.most
    assert encoders <= max(1, room.at_work) or memory * (encoders - room.at_work) <= max(
        0, room.free_memory
    )
