"""Closed captions as a broadcaster puts them into a picture: EIA-608 in H.264's user data (ATSC A/53)."""

from __future__ import annotations

from typing import List, Sequence, Tuple

_START = b"\x00\x00\x01"
_ROLL_UP, _NULL = (0x14, 0x25), (0, 0)


def captioned(stream: bytes, text: str = "HELLO FROM LINE 21") -> bytes:
    """An H.264 stream (Annex B, a slice a picture, no B-frames) with a pair of bytes for each picture.

    Every picture has a carrier, as from a broadcaster; with no ``text`` all of them are empty.
    """
    pairs: List[Tuple[int, int]] = []
    if text:
        padded = text.encode("ascii") + b" " * (len(text) % 2)
        pairs = [_ROLL_UP, _ROLL_UP, *zip(padded[::2], padded[1::2])]
    result, picture = b"", 0
    for unit in stream.split(_START)[1:]:
        unit = unit.rstrip(b"\x00") or unit
        if unit[0] & 0x1F in (1, 5):
            result += _START + _carrier(pairs[picture] if picture < len(pairs) else _NULL)
            picture += 1
        result += b"\x00" + _START + unit
    return result


def _carrier(pair: Sequence[int]) -> bytes:
    """One SEI message with this pair in the first field."""
    odd = bytes(byte | (0x80 if bin(byte).count("1") % 2 == 0 else 0) for byte in pair)
    payload = b"\xb5\x00\x31GA94\x03" + bytes((0x40 | 1, 0xFF, 0xFC)) + odd + b"\xff"
    return b"\x06\x04" + bytes((len(payload),)) + payload + b"\x80"
