from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.probing.captions import captions_in

H264, MPEG2 = b"\xb5\x00\x31GA94\x03", b"\x00\x00\x01\xb2GA94\x03"
DVD = b"\x00\x00\x01\xb2CC\x01\xf8"


@pytest.mark.parametrize("mark", [H264, MPEG2])
def test_words_and_commands_are_captions_and_empty_carriers_are_none(mark: bytes) -> None:
    empty = mark + b"\x42\xff" + b"\xfc\x80\x80" + b"\xf8\x12\x34" + b"\xff"
    assert captions_in(b"picture" + empty + b"picture") is False
    assert captions_in(empty + mark + b"\x41\xff\xfc\x94\x25\xff") is True
    assert captions_in(empty + mark + b"\x41\xff\xff\x22\x41\xff") is True  # CEA-708
    assert captions_in(mark + b"\x01\xff\xfc\x94\x25\xff") is False  # switched off


def test_captions_of_a_dvd_are_found() -> None:
    assert captions_in(DVD + b"\x84\xff\x80\x80\xfe\x80\x80") is False
    assert captions_in(DVD + b"\x84\xff\x94\x25\xfe\x80\x80") is True


def test_a_film_without_marks_has_none() -> None:
    assert captions_in(b"") is None
    assert captions_in(b"GA94" * 100) is None


@given(st.binary(max_size=60), st.sampled_from([H264, MPEG2, DVD]))
def test_any_bytes_behind_a_mark_are_read(data: bytes, mark: bytes) -> None:
    assert captions_in(mark + data) in (True, False)
    assert captions_in(data) in (None, True, False)
