"""Small pictures that Tk reads itself, as PNG: icons, the box of a check button, the ground of a round one.

A picture has a palette: each of its pixels says how much of it each shape covers, and a row of colours
says what that looks like. So the shapes are worked out once, and other colours cost no pixel's work.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from math import hypot
from typing import Callable, Dict, List, Sequence, Tuple

_LEVELS = 15  # that a pixel at an edge can be covered by, so that 256 colours are enough
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _WITH_PALETTE = 0, 3  # kinds of colour
_AS_OPAQUE_AS_BRIGHT = bytes(range(256))
Shape = Callable[[float, float], float]  # how many pixels a point is outside, below 0: inside
Rows = Sequence[Sequence[Tuple[int, ...]]]  # of pixels: how much each shape covers, up to _LEVELS


class Drawing:
    """Shapes upon each other, as often as there are colours for them; raises ValueError for too many."""

    def __init__(self, rows: Rows) -> None:
        self._size = len(rows[0]), len(rows)
        numbers: Dict[Tuple[int, ...], int] = {}
        lines: Dict[int, bytes] = {}  # most rows of a stretched picture are the same one
        for row in rows:
            if id(row) not in lines:
                kinds = [numbers.setdefault(pixel, len(numbers)) for pixel in row]
                lines[id(row)] = b"\0" + bytes(kinds)
        self._kinds = tuple(numbers)
        self._pixels = zlib.compress(b"".join(lines[id(row)] for row in rows))

    def png(self, ground: str, *colors: str) -> bytes:
        """Return it in these colours, one for each shape, the lowest first, on an opaque ground."""
        below, shapes = _rgb(ground), [_rgb(color) for color in colors]
        table = bytearray()
        for kind in self._kinds:
            mixed = below
            for level, color in zip(kind, shapes):
                mixed = _mixed(mixed, color, level)
            table += bytes(mixed)
        return _png(self._size, _WITH_PALETTE, self._pixels, (b"PLTE", bytes(table)))


def drawn(width: int, height: int, *shapes: Shape) -> Rows:
    """Find out how much of each pixel the shapes cover."""
    return [
        [tuple(_covered(shape(x + 0.5, y + 0.5)) for shape in shapes) for x in range(width)]
        for y in range(height)
    ]


def rounded_box(size: float, inset: float, radius: float) -> Shape:
    """A square with round corners, ``inset`` pixels inside one of ``size`` pixels."""
    reach = size / 2 - inset - radius

    def outside(x: float, y: float) -> float:
        across, down = abs(x - size / 2) - reach, abs(y - size / 2) - reach
        if across <= 0 or down <= 0:
            return max(across, down) - radius
        return hypot(across, down) - radius

    return outside


def tick(size: float) -> Shape:
    """The sign of a box that is checked."""
    points = [(0.24 * size, 0.53 * size), (0.42 * size, 0.71 * size), (0.77 * size, 0.31 * size)]
    half = 0.075 * size

    def outside(x: float, y: float) -> float:
        return min(_distance(x, y, *line) for line in zip(points, points[1:])) - half

    return outside


def stretched(corners: Rows, width: int, height: int) -> Rows:
    """Make a picture larger by repeating its middle row and column."""
    across, down = _repeated(len(corners[0]), width), _repeated(len(corners), height)
    wide = [[row[x] for x in across] for row in corners]
    return [wide[y] for y in down]


def _repeated(length: int, wanted: int) -> List[int]:
    middle = length // 2
    places = list(range(length))
    return [*places[:middle], *[middle] * (wanted - length + 1), *places[middle + 1 :]]


def grey_png(size: int, mask: bytes) -> bytes:
    """A square of ``size`` pixels, a byte each."""
    lines = b"".join(b"\0" + mask[at : at + size] for at in range(0, len(mask), size))
    return _png((size, size), _GREY, zlib.compress(lines))


def grey_pixels(png: bytes) -> bytes:
    """The pixels of what ``grey_png`` has made."""
    size, _high = struct.unpack_from(">II", png, 16)
    rows = zlib.decompress(_stored(png))
    return b"".join(rows[at + 1 : at + 1 + size] for at in range(0, len(rows), size + 1))


def tinted_png(png: bytes, color: str, ground: str = "") -> bytes:
    """What ``grey_png`` has made in one colour: as opaque as it is bright, or on a ground."""
    size = struct.unpack_from(">II", png, 16)
    palette = [(b"PLTE", _between(ground or color, color))]
    if not ground:
        palette.append((b"tRNS", _AS_OPAQUE_AS_BRIGHT))
    return _png(size, _WITH_PALETTE, _stored(png), *palette)


@lru_cache(maxsize=32)
def _between(ground: str, color: str) -> bytes:
    """256 colours from one to the other."""
    channels = (
        [(under * (255 - level) + over * level) // 255 for level in range(256)]
        for under, over in zip(_rgb(ground), _rgb(color))
    )
    return bytes(value for pixel in zip(*channels) for value in pixel)


def _stored(png: bytes) -> bytes:
    (length,) = struct.unpack_from(">I", png, 33)
    return png[41 : 41 + length]


def _png(
    size: Tuple[int, ...], kind_of_color: int, pixels: bytes, *before: Tuple[bytes, bytes]
) -> bytes:
    header = struct.pack(">IIBBBBB", *size, 8, kind_of_color, 0, 0, 0)  # 8 bits each
    parts = ((b"IHDR", header), *before, (b"IDAT", pixels), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _rgb(color: str) -> Tuple[int, ...]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _covered(outside: float) -> int:
    return round(_LEVELS * min(1.0, max(0.0, 0.5 - outside)))


def _mixed(below: Tuple[int, ...], above: Tuple[int, ...], level: int) -> Tuple[int, ...]:
    rest = _LEVELS - level
    return tuple((under * rest + over * level) // _LEVELS for under, over in zip(below, above))


def _distance(x: float, y: float, start: Tuple[float, float], end: Tuple[float, float]) -> float:
    """From a point to a line between two points."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return hypot(x - start[0] - along * dx, y - start[1] - along * dy)
