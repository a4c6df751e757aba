from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.media.probing.matroska import Structure, structure


@given(st.binary(max_size=400))
def test_random_bytes_behind_a_right_head_are_left_out_and_never_fail(noise: bytes) -> None:
    data = bytes.fromhex("1A45DFA380" + "18538067" + "01FFFFFFFFFFFFFF") + noise
    found = structure(lambda offset, size: data[offset : offset + size], len(data))
    assert found is not None


def test_a_seek_head_that_points_at_itself_ends() -> None:
    def element(name: str, body: bytes) -> bytes:
        return bytes.fromhex(name) + bytes([0x80 | len(body)]) + body

    seek = element("53AB", bytes.fromhex("114D9B74")) + element("53AC", b"\x00")
    head = element("114D9B74", element("4DBB", seek))
    data = bytes.fromhex("1A45DFA380" + "18538067" + "01FFFFFFFFFFFFFF") + head
    assert structure(lambda o, n: data[o : o + n], len(data)) == Structure()
