from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.probing.captions import captions_in, marked, tells_active_part

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


@pytest.mark.parametrize("mark", [b"\xb5\x00\x31DTG1", b"\x00\x00\x01\xb2DTG1"])
def test_a_part_of_the_picture_that_matters_is_told_of_and_all_of_it_is_nothing(
    mark: bytes,
) -> None:
    assert tells_active_part(b"picture" + mark + b"\x41\xfa")  # 16:9 in the middle
    assert not tells_active_part(mark + b"\x41\xf8")  # as coded
    assert not tells_active_part(mark + b"\x01\xfa")  # no format follows
    assert not tells_active_part(mark + b"\x41")  # cut off
    assert tells_active_part(mark + b"\x41\xf8" + mark + b"\x41\xf9")


@pytest.mark.parametrize("mark", [b"\xb5\x00\x31GA94\x06", b"\x00\x00\x01\xb2GA94\x06"])
def test_bars_are_told_of_where_one_is_named(mark: bytes) -> None:
    assert tells_active_part(mark + b"\xcf\xc0\x14")
    assert not tells_active_part(mark + b"\x0f")
    assert not tells_active_part(mark)


@pytest.mark.parametrize(
    "mark",
    [H264, MPEG2, DVD, b"\xb5\x00\x31DTG1", b"\x00\x00\x01\xb2DTG1", b"\xb5\x00\x31GA94\x06"],
)
def test_a_piece_is_left_out_only_where_it_has_no_mark(mark: bytes) -> None:
    assert marked(b"picture" + mark + b"\x42") == b"picture" + mark + b"\x42"
    assert marked(b"picture" + mark[:-2] + b"picture") == b""
