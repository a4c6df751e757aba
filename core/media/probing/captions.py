"""Closed captions (EIA-608 and 708) and AFD inside a picture: found in the file's bytes, without decoding.

No probe tells of them cheaply: ffprobe and MediaInfo see them only where they decode far enough. What
carries them (ATSC A/53 Part 4, table 6.7 and following; SCTE 128 for H.264) begins with bytes that stand
nowhere else.
"""

from __future__ import annotations

from typing import Iterator, Optional, Sequence, Tuple

# In the H.264 and HEVC stream (registered user data of ATSC), and in MPEG-2's user data.
_MARKS = (b"\xb5\x00\x31GA94\x03", b"\x00\x00\x01\xb2GA94\x03")
# DVDs keep the whole group's captions in front of it (field pairs of 0xFF or 0xFE with two bytes).
_DVD = b"\x00\x00\x01\xb2CC\x01\xf8"
CAPTIONED_CODECS = ("h264", "hevc", "mpeg2video", "av1")
# Which part of the picture matters (ETSI TS 101 154, B.3 and B.4): AFD, and bars beside or above it.
_FORMATS = (b"\xb5\x00\x31DTG1", b"\x00\x00\x01\xb2DTG1")
_BARS = (b"\xb5\x00\x31GA94\x06", b"\x00\x00\x01\xb2GA94\x06")
PIECE = 1024 * 1024  # bytes: a few pictures, even of a large film
# One of these is in each mark; hardly a film has any, and to look for them takes half of the time.
_WORDS = (b"GA94", b"DTG1", b"CC\x01\xf8")


def first_places(size: int) -> Tuple[int, ...]:
    """Where to look for marks: behind what may lie in front of the pictures."""
    return tuple(max(0, int(size * share) - PIECE // 2) for share in (0.25, 0.5))


def more_places(size: int) -> Tuple[int, ...]:
    """Where to look for words, where marks were found and nothing was said there."""
    return tuple(max(0, int(size * number / 13)) for number in range(1, 13))


def marked(data: bytes) -> bytes:
    """A piece of a film; empty where nothing in it can be a mark."""
    return data if any(word in data for word in _WORDS) else b""


def captions_in(data: bytes) -> Optional[bool]:
    """Whether words or commands are carried in this piece of a film; None where there are no marks."""
    found: Optional[bool] = None
    for pairs in _carriers(data):
        found = bool(found) or any(first & 0x7F or second & 0x7F for first, second in pairs)
        if found:
            return True
    return found


def tells_active_part(data: bytes) -> bool:
    """Whether this piece says that a part of the picture, not all of it, is what matters."""
    formats = (data[place : place + 2] for place in _after(data, _FORMATS))
    bars = (data[place : place + 1] for place in _after(data, _BARS))
    return any(
        len(two) == 2 and two[0] & 0x40 and two[1] & 0x0F not in (0, 8) for two in formats
    ) or any(bar and bar[0] & 0xF0 for bar in bars)


def _after(data: bytes, marks: Sequence[bytes]) -> Iterator[int]:
    for mark in marks:
        position = data.find(mark)
        while position >= 0:
            yield position + len(mark)
            position = data.find(mark, position + len(mark))


def _carriers(data: bytes) -> Iterator[Tuple[Tuple[int, int], ...]]:
    for place in _after(data, _MARKS):
        yield tuple(_triples(data, place))
    for place in _after(data, (_DVD,)):
        yield tuple(_dvd_pairs(data, place))


def _triples(data: bytes, position: int) -> Iterator[Tuple[int, int]]:
    """The valid pairs of one carrier, as far as they stand together (a transport packet may end)."""
    if position + 2 > len(data) or not data[position] & 0x40:
        return
    count = data[position] & 0x1F
    for start in range(position + 2, position + 2 + 3 * count, 3):
        if start + 2 >= len(data) or data[start] & 0xF8 != 0xF8:
            return
        if data[start] & 0x04:
            yield data[start + 1], data[start + 2]


def _dvd_pairs(data: bytes, position: int) -> Iterator[Tuple[int, int]]:
    """The pairs of a group of pictures; the first byte has how many fields there are."""
    if position >= len(data):
        return
    for number in range((data[position] & 0x3E) >> 1):
        start = position + 1 + 3 * number
        if start + 2 >= len(data) or data[start] & 0xFE != 0xFE:
            return
        yield data[start + 1], data[start + 2]
