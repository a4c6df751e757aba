"""Draw the program's icon: ``python scripts/make_icon.py`` writes assets/app_icon.ico and .png.

A strip of film with a play triangle, drawn from shapes in each size anew (a shrunken picture blurs
its perforations), with nothing but the standard library.
"""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path
from typing import List, Tuple

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)  # what Windows asks for from 100 % to 400 %
SAMPLES = 4  # a side: each pixel is the mean of 16 points

Color = Tuple[int, int, int, int]
CLEAR: Color = (0, 0, 0, 0)
WHITE: Color = (255, 255, 255, 255)
STRIP: Color = (24, 36, 58, 255)


def color_at(x: float, y: float) -> Color:
    """The picture's color at a point of the unit square, (0, 0) top left."""
    if not _rounded_box(x, y, 0.02, 0.98, 0.2):
        return CLEAR
    if x < 0.2 or x > 0.8:  # the film's edges with their perforations
        hole_x = x if x < 0.5 else 1 - x
        in_row = 0.14 < y < 0.86 and 0.22 < (y - 0.14) / 0.18 % 1 < 0.78
        in_hole = 0.075 < hole_x < 0.15 and in_row
        return WHITE if in_hole else STRIP
    if 0.38 < x < 0.70 and abs(y - 0.5) < 0.21 * (0.70 - x) / 0.32:
        return WHITE
    return (round(38 + 30 * y), round(132 - 40 * y), round(242 - 10 * y), 255)


def _rounded_box(x: float, y: float, low: float, high: float, radius: float) -> bool:
    away_x = max(low + radius - x, 0, x - (high - radius))
    away_y = max(low + radius - y, 0, y - (high - radius))
    return away_x * away_x + away_y * away_y <= radius * radius


def pixel(column: int, row: int, size: int) -> Color:
    """The mean color of one pixel, weighted by opacity."""
    points = [
        color_at((column + (i + 0.5) / SAMPLES) / size, (row + (j + 0.5) / SAMPLES) / size)
        for j in range(SAMPLES)
        for i in range(SAMPLES)
    ]
    opacity = sum(point[3] for point in points)
    if not opacity:
        return CLEAR
    red, green, blue = (
        round(sum(point[channel] * point[3] for point in points) / opacity) for channel in range(3)
    )
    return (red, green, blue, round(opacity / len(points)))


def png(size: int) -> bytes:
    """The icon as a PNG of ``size`` pixels a side (RGBA, no filter)."""
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel(column, row, size)) for column in range(size))
        for row in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def ico(pictures: List[Tuple[int, bytes]]) -> bytes:
    """An ICO file that holds the pictures as PNGs, which Windows reads since Vista."""
    offset = 6 + 16 * len(pictures)
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    for size, data in pictures:
        side = size % 256  # 0 stands for 256
        directory += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return directory + b"".join(data for _, data in pictures)


def main() -> int:
    """Write both files."""
    pictures = [(size, png(size)) for size in SIZES]
    ASSETS.mkdir(exist_ok=True)
    (ASSETS / "app_icon.ico").write_bytes(ico(pictures))
    (ASSETS / "app_icon.png").write_bytes(pictures[-1][1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
