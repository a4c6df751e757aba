from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.media.probing.codec_private import has_film_grain, layers

_HVCC = bytes(22)


def hvcc(*units: bytes) -> bytes:
    """A record with one array of parameter sets."""
    listed = b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)
    return _HVCC + b"\x01\x20" + len(units).to_bytes(2, "big") + listed


def vps(count: int) -> bytes:
    most = count - 1
    return bytes((0x40, 0x01, 0x0C | most >> 4, (most & 0x0F) << 4 | 0x01, 0xFF))


def av1c(header: bytes) -> bytes:
    """A record with a temporal delimiter before the sequence header."""
    return b"\x81\x08\x0c\x00" + b"\x12\x00" + b"\x0a" + bytes((len(header),)) + header


def test_layers_are_those_of_the_video_parameter_set() -> None:
    assert layers(hvcc(vps(1))) == 1
    assert layers(hvcc(vps(2))) == 2
    assert layers(hvcc(b"\x42\x01\xff\xff\xff", vps(20))) == 20


def test_without_a_video_parameter_set_there_is_one_layer() -> None:
    assert layers(b"") == 1
    assert layers(hvcc(b"\x42\x01\xff\xff\xff")) == 1


def test_film_grain_is_the_last_bit_before_the_end_of_the_sequence_header() -> None:
    assert has_film_grain(av1c(b"\x55\x03\x00"))  # …1, then the ending 1, then a byte of nothing
    assert not has_film_grain(av1c(b"\x55\x01"))
    assert has_film_grain(av1c(b"\x01\x80"))  # the bit lies in the byte before
    assert not has_film_grain(av1c(b"\x02\x80"))
    assert has_film_grain(av1c(b"\x55\x30"))


def test_without_a_sequence_header_there_is_no_film_grain() -> None:
    assert not has_film_grain(b"")
    assert not has_film_grain(b"\x81\x08\x0c\x00")
    assert not has_film_grain(b"\x81\x08\x0c\x00\x0a\x80\x80")


@given(st.binary(max_size=80))
def test_damaged_headers_are_read_without_an_error(data: bytes) -> None:
    assert 1 <= layers(data) <= 64
    assert layers(hvcc(data)) >= 1
    assert has_film_grain(data) in (True, False)
    assert has_film_grain(av1c(data)) in (True, False)
