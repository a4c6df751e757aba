"""What broadcasters, cameras and studios put beside a picture: messages for H.264, HEVC, MPEG-2 and AV1.

No encoder here has an option for them, so they are written by the syntax tables of ITU-T H.264 and H.265
(annex D), ETSI TS 101 154 (annex B) and AV1 (5.8).
"""

from __future__ import annotations

from typing import Dict, Iterable, Tuple

Message = Tuple[int, bytes]  # payload type, content

_START = b"\x00\x00\x01"
_T35, _GRAIN, _PACKING, _TIME_CODE, _MASTERING, _LIGHT, _AMBIENT = 4, 19, 45, 136, 137, 144, 148


def bits(*fields: Tuple[int, int]) -> bytes:
    """(value, number of bits) one after the other, filled up with a 1 and zeros."""
    text = "".join(format(value, f"0{width}b") for value, width in fields)
    if len(text) % 8:
        text += "1" + "0" * (-len(text) % 8 - 1)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _grain(last: Tuple[int, int]) -> Message:
    """Additive noise on luma between 16 and 235."""
    model = ((0, 1), (0, 2), (0, 1), (0, 2), (4, 4), (1, 1), (0, 1), (0, 1), (0, 8), (0, 3))
    return _GRAIN, bits(*model, (16, 8), (235, 8), (0b000010100, 9), last)


def _side_by_side(last: Tuple[int, int]) -> Message:
    flags = ((0, 1),) * 6
    grid = ((0, 4),) * 4
    return _PACKING, bits(
        (1, 1), (0, 1), (3, 7), (0, 1), (1, 6), *flags, *grid, (0, 8), last, (0, 1)
    )


# In HEVC a flag says whether a message holds for the pictures that follow, in H.264 a count.
_PERSISTS = {"hevc": (1, 1), "h264": (0b010, 3)}
AFD: Message = (_T35, b"\xb5\x00\x31DTG1\x41\xfa")  # 16:9 letterbox in the middle
WHOLE_PICTURE: Message = (_T35, b"\xb5\x00\x31DTG1\x41\xf8")
BARS: Message = (_T35, b"\xb5\x00\x31GA94\x06\xcf\xc0\x14\xc0\xa0\xff")
VIVID: Message = (_T35, b"\x26\x00\x04\x00\x05\x01" + bytes(40))
SL_HDR: Message = (_T35, b"\xb5\x00\x3a\x00\x10" + bytes(40))
AMBIENT: Message = (_AMBIENT, bits((3140000, 32), (15635, 16), (16450, 16)))
_PRIMARIES = (13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450)
SCREEN: Tuple[Message, Message] = (
    (_MASTERING, bits(*((place, 16) for place in _PRIMARIES), (10000000, 32), (50, 32))),
    (_LIGHT, bits((1000, 16), (400, 16))),
)
GRAIN: Dict[str, Message] = {codec: _grain(last) for codec, last in _PERSISTS.items()}
SIDE_BY_SIDE: Dict[str, Message] = {codec: _side_by_side(last) for codec, last in _PERSISTS.items()}
_CLOCK = ((1, 2), (1, 1), (0, 1), (0, 5), (1, 1), (0, 1), (0, 1))
TIME_CODE: Message = (  # 10:11:12:03, in HEVC alone
    _TIME_CODE,
    bits(*_CLOCK, (3, 9), (12, 6), (11, 6), (10, 5), (0, 5)),
)


def with_messages(stream: bytes, codec: str, messages: Iterable[Message]) -> bytes:
    """An Annex B stream (a slice a picture) with the messages before each picture."""
    unit = (b"\x06" if codec == "h264" else b"\x4e\x01") + _escaped(
        b"".join(bytes((kind, len(content))) + content for kind, content in messages) + b"\x80"
    )
    result = b""
    for old in stream.split(_START)[1:]:
        old = old.rstrip(b"\x00") or old
        slices = (1, 5) if codec == "h264" else range(32)
        if (old[0] & 0x1F if codec == "h264" else old[0] >> 1 & 0x3F) in slices:
            result += _START + unit
        result += b"\x00" + _START + old
    return result


def _escaped(content: bytes) -> bytes:
    """With the bytes that keep a start code from appearing inside (H.264, 7.4.1)."""
    result, zeros = bytearray(), 0
    for byte in content:
        if zeros >= 2 and byte <= 3:
            result.append(3)
            zeros = 0
        result.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(result)


def with_mpeg2_afd(stream: bytes) -> bytes:
    """An MPEG-2 stream with AFD (16:9 letterbox) in the user data of each picture."""
    coding = b"\xb5"  # an extension; its first four bits say which
    result = b""
    for unit in stream.split(_START)[1:]:
        result += _START + unit
        if unit[:1] == coding and unit[1] >> 4 == 8:
            result += _START + b"\xb2DTG1\x41\xfa"
    return result


def with_av1_captions(stream: bytes, pair: bytes = b"\xc8\xe5") -> bytes:
    """A stream of AV1 (with temporal delimiters, as in an .obu file) with EIA-608 in each unit."""
    carrier = b"\xb5\x00\x31GA94\x03\x41\xff\xfc" + pair + b"\xff\x80"
    metadata = b"\x2a" + bytes((len(carrier) + 1, 4)) + carrier
    delimiter = b"\x12\x00"
    return stream.replace(delimiter, delimiter + metadata)
