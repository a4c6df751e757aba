from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.content import SAMPLE, content_id, sample_offsets, times_agree


@pytest.mark.parametrize("size", [0, 1, SAMPLE, 2 * SAMPLE, 10**12])
def test_samples_lie_at_head_middle_and_tail_within_the_file(size: int) -> None:
    head, middle, tail = sample_offsets(size)
    assert head == 0 <= middle <= tail
    assert tail == max(0, size - SAMPLE)


def test_the_identity_starts_with_the_size() -> None:
    assert content_id(700, (b"a",)).startswith("700-")


def test_where_one_sample_ends_and_the_next_begins_matters() -> None:
    assert content_id(3, (b"ab", b"c")) != content_id(3, (b"a", b"bc"))


SECOND = 10**9
HOUR = 3600 * SECOND
moments = st.integers(min_value=10**18, max_value=2 * 10**18)


@given(moments, st.sampled_from([100, 1_000, 10**7, SECOND, 2 * SECOND]))
def test_a_time_and_what_a_coarse_file_system_keeps_of_it_agree(time: int, grain: int) -> None:
    down = time - time % grain
    assert times_agree(time, down)
    assert times_agree(down, time)
    assert times_agree(time, down + grain) or time == down


@given(moments, st.integers(-104, 104))
def test_fat_shows_its_times_in_another_zone_quarters_of_an_hour_away(
    time: int, quarters: int
) -> None:
    kept = time - time % (2 * SECOND)
    shown = kept + quarters * HOUR // 4
    assert times_agree(time, shown)
    assert times_agree(kept, shown)


@given(moments, st.integers(1, 30 * HOUR))
def test_two_precise_times_agree_only_where_they_are_the_same(time: int, later: int) -> None:
    one = time - time % 100 + 1  # no multiple of any grain
    other = one + later - later % 100
    assert times_agree(one, other) == (one == other)


@given(moments)
def test_whole_seconds_that_are_no_zone_apart_do_not_agree(time: int) -> None:
    whole = time - time % (2 * SECOND)
    for later in (2 * SECOND, 60 * SECOND, 20 * 60 * SECOND, HOUR + 4 * SECOND, 27 * HOUR):
        assert not times_agree(whole, whole + later)
