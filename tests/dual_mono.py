"""AC-3 whose two channels are two programmes (1+1), which no encoder here makes (ATSC A/52, chapter 5)."""

from __future__ import annotations

from typing import Iterator, Tuple

_RATE_CODE, _FRAME_BYTES = 0x14, 768  # 192 kbit/s at 48 kHz; a frame has 1536 samples
_BLOCKS, _BAND_CODE, _BINS = (
    6,
    36,
    181,
)  # channel bandwidth code and what it means: 37 + 3 * (36 + 12)
_POLYNOMIAL = 0x8005


def dual_mono(seconds: float) -> bytes:
    """Noise in the first channel and silence in the second."""
    return _frame() * round(seconds * 48000 / 1536)


def _frame() -> bytes:
    text = "".join(format(value, f"0{width}b") for value, width in _fields())
    text += "0" * (_FRAME_BYTES * 8 - 16 - len(text))
    frame = bytearray(int(text, 2).to_bytes(_FRAME_BYTES - 2, "big") + b"\0\0")
    part = (_FRAME_BYTES >> 1) + (_FRAME_BYTES >> 3)  # the first sum covers 5/8 of the frame
    frame[2:4] = _sum_in_front(bytes(frame[4:part])).to_bytes(2, "big")
    frame[-2:] = _sum(bytes(frame[2:-2])).to_bytes(2, "big")
    return bytes(frame)


def _fields() -> Iterator[Tuple[int, int]]:
    """(value, bits) of everything but what fills the frame up."""
    yield from ((0x0B77, 16), (0, 16), (0, 2), (_RATE_CODE, 6))  # syncinfo; the sum comes later
    yield from ((8, 5), (0, 3), (0, 3), (0, 1))  # bsid, bsmod, acmod 1+1, no LFE
    for _ in range(2):
        yield from (
            (27, 5),
            (0, 1),
            (0, 1),
            (0, 1),
        )  # dialogue level; no compr, langcod, audprodinfo
    yield from (
        (0, 1),
        (1, 1),
        (0, 1),
        (0, 1),
        (0, 1),
    )  # copyright, original, no time codes, no addbsi
    for block in range(_BLOCKS):
        yield from ((0, 2), (0b10, 2))  # long blocks; dither (noise) in the first channel alone
        yield from ((0, 1), (0, 1))  # no dynamic range words
        first = block == 0
        yield from ((1, 1), (0, 1)) if first else ((0, 1),)  # coupling is off
        for _ in range(2):
            yield (1 if first else 0, 2)  # exponents: one for each bin, or as before
        if first:
            yield from ((_BAND_CODE, 6), (_BAND_CODE, 6))
            for _ in range(2):
                yield (4, 4)
                yield from ((62, 7),) * ((_BINS - 1) // 3)  # three times "no difference"
                yield (0, 2)
        yield from ((1, 1), (2, 2), (1, 2), (1, 2), (2, 2), (7, 3)) if first else ((0, 1),)
        # Signal-to-noise offsets of 0: no mantissas at all.
        yield from ((1, 1), (0, 6), *((0, 4), (4, 3)) * 2) if first else ((0, 1),)
        yield from ((0, 1), (0, 1))  # no delta bit allocation, nothing skipped


def _sum(data: bytes, start: int = 0) -> int:
    value = start
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ (_POLYNOMIAL if value & 0x8000 else 0)
            value &= 0xFFFF
    return value


def _sum_in_front(data: bytes) -> int:
    """The two bytes before ``data`` that make the sum of all 0: the division done backwards."""
    value = _sum(data)
    for _ in range((len(data) + 2) * 8):
        value = (value >> 1) ^ ((_POLYNOMIAL | 0x10000) >> 1 if value & 1 else 0)
    return value
