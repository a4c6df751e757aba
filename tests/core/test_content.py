from __future__ import annotations

import pytest

from core.content import SAMPLE, content_id, sample_offsets


@pytest.mark.parametrize("size", [0, 1, SAMPLE, 2 * SAMPLE, 10**12])
def test_samples_lie_at_head_middle_and_tail_within_the_file(size: int) -> None:
    head, middle, tail = sample_offsets(size)
    assert head == 0 <= middle <= tail
    assert tail == max(0, size - SAMPLE)


def test_the_identity_starts_with_the_size() -> None:
    assert content_id(700, (b"a",)).startswith("700-")


def test_where_one_sample_ends_and_the_next_begins_matters() -> None:
    assert content_id(3, (b"ab", b"c")) != content_id(3, (b"a", b"bc"))
