"""HDR10+ and Dolby Vision as they stand in an HEVC stream, made up for test films.

Sources: SMPTE ST 2094-40 and CTA-861-H (HDR10+ as a T.35 message), ETSI GS CCM 001 (Dolby Vision's RPU),
ITU-T H.265 (NAL units). Every value is legal and means nothing: an untouched picture.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Sequence

_SLICES = range(32)  # NAL unit types that carry a picture
_SEI_PREFIX, _UNSPECIFIED_62 = b"\x4e\x01", b"\x7c\x01"
_T35 = 4  # payload type of a registered message


class _Bits:
    """Bits in the order in which they are written."""

    def __init__(self) -> None:
        self._bits: List[str] = []

    def put(self, width: int, *values: int) -> None:
        """Write numbers of so many bits; negative ones in two's complement."""
        for value in values:
            self._bits.append(f"{value & ((1 << width) - 1):0{width}b}")

    def golomb(self, *values: int) -> None:
        """Write ue(v): Exp-Golomb codes."""
        for value in values:
            digits = f"{value + 1:b}"
            self._bits.append("0" * (len(digits) - 1) + digits)

    def whole(self) -> bytes:
        """Return them as bytes, the last one filled up with zeros."""
        text = "".join(self._bits)
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")


def with_hdr10_plus(stream: bytes) -> bytes:
    """An HEVC stream (Annex B) with an HDR10+ message before every picture."""
    message = _hdr10_plus()
    payload = _SEI_PREFIX + _escaped(bytes([_T35, len(message)]) + message + b"\x80")
    return _joined(
        unit for nal in _units(stream) for unit in ((payload, nal) if _shows(nal) else (nal,))
    )


def with_dolby_vision(stream: bytes) -> bytes:
    """An HEVC stream (Annex B) with a Dolby Vision RPU, as of profile 8.1, after every picture."""
    rpu = _UNSPECIFIED_62 + _escaped(_rpu())
    return _joined(
        unit for nal in _units(stream) for unit in ((nal, rpu) if _shows(nal) else (nal,))
    )


def _units(stream: bytes) -> Iterator[bytes]:
    starts = [match.end() for match in re.finditer(b"\0\0\1", stream)]
    ends = [start - 3 for start in starts[1:]] + [len(stream)]
    for start, end in zip(starts, ends):
        yield stream[start:end].rstrip(b"\0")


def _joined(units: Iterator[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def _shows(unit: bytes) -> bool:
    return (unit[0] >> 1) & 63 in _SLICES


def _escaped(data: bytes) -> bytes:
    """Keep a start code from standing in the data."""
    written = bytearray()
    zeros = 0
    for byte in data:
        if zeros >= 2 and byte <= 3:
            written.append(3)
            zeros = 0
        written.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(written)


def _hdr10_plus() -> bytes:
    bits = _Bits()
    bits.put(8, 0xB5)  # United States
    bits.put(16, 0x003C, 1)  # SMPTE, ST 2094-40
    bits.put(8, 4, 1)  # application, its version
    bits.put(2, 1)  # windows
    bits.put(27, 400)  # the target's luminance
    bits.put(1, 0)
    bits.put(17, 1000, 1000, 1000, 500)  # largest of each colour, average
    distribution = (
        (1, 10),
        (5, 100),
        (10, 200),
        (25, 300),
        (50, 400),
        (75, 500),
        (90, 600),
        (95, 700),
        (99, 800),
    )
    bits.put(4, len(distribution))
    for percent, value in distribution:
        bits.put(7, percent)
        bits.put(17, value)
    bits.put(10, 0)  # bright pixels
    bits.put(1, 0, 0, 0)  # no mastering peaks, no tone mapping, no saturation
    return bits.whole()


# The BT.2020 matrices that every RPU of a plain HDR10 picture carries.
_YCC_TO_RGB = (9574, 0, 13802, 9574, -1540, -5348, 9574, 17610, 0)
_YCC_TO_RGB_OFFSET = (16777216, 134217728, 134217728)
_RGB_TO_LMS = (7222, 8771, 390, 2654, 12430, 1300, 0, 422, 15962)
_DENOMINATOR_BITS = 23


def _rpu() -> bytes:
    bits = _Bits()
    bits.put(6, 2)  # type
    bits.put(11, 18)  # format
    bits.put(4, 1, 0)  # profile, level
    _write_sequence(bits)
    bits.put(1, 1, 0)  # display data follow, no earlier RPU is used
    _write_mapping(bits)
    _write_display(bits)
    data = bits.whole()
    return b"\x19" + data + _crc32(data).to_bytes(4, "big") + b"\x80"


def _write_sequence(bits: _Bits) -> None:
    bits.put(1, 1, 0)  # it follows, no chroma filter
    bits.put(2, 0)  # coefficients are fixed point numbers
    bits.golomb(_DENOMINATOR_BITS)
    bits.put(2, 1)
    bits.put(1, 0)  # limited range
    bits.golomb(2, 2, 4)  # bits beyond 8 of base, enhancement, signal
    bits.put(1, 0)
    bits.put(3, 0)
    bits.put(1, 0, 1)  # no enhancement layer


def _write_mapping(bits: _Bits) -> None:
    bits.golomb(0, 0, 0)
    for _component in range(3):
        bits.golomb(0)  # two pivots
        bits.put(10, 0, 1023)
    bits.golomb(0, 0)  # one partition
    for _component in range(3):
        bits.golomb(0, 0)  # a polynomial of the first order
        bits.put(1, 0)
        for coefficient in (0, 2):  # 0 and 1 as se(v): what comes in goes out
            bits.golomb(coefficient)
            bits.put(_DENOMINATOR_BITS, 0)


def _write_display(bits: _Bits) -> None:
    bits.golomb(0, 0, 1)  # the scene begins anew
    bits.put(16, *_YCC_TO_RGB)
    bits.put(32, *_YCC_TO_RGB_OFFSET)
    bits.put(16, *_RGB_TO_LMS)
    bits.put(16, 65535, 0, 0)
    bits.put(32, 0)
    bits.put(5, 12)  # bits of the signal
    bits.put(2, 0, 0, 1)
    bits.put(12, 7, 3079)  # darkest and brightest of the master
    bits.put(10, 42)  # its screen's diagonal
    bits.golomb(0)  # no extensions


def _crc32(data: Sequence[int]) -> int:
    """The CRC of MPEG-2: not reflected, not inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _bit in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc
