"""Small pictures that Tk reads itself, as PNG: the box of a check button, and masks in one colour."""

from __future__ import annotations

import struct
import zlib
from typing import Dict, Tuple

_SAMPLES = 3  # in each direction of a pixel, for smooth edges


def check_png(size: int, ground: str, edge: str, mark: str = "") -> bytes:
    """A rounded box of ``size`` pixels with a border, and a tick where ``mark`` names a colour."""
    colors = {"ground": _rgb(ground), "edge": _rgb(edge), "mark": _rgb(mark or edge)}
    rows = bytearray()
    for y in range(size):
        rows.append(0)  # PNG: this row is stored as it is
        for x in range(size):
            rows += _pixel(x, y, size, colors, with_mark=bool(mark))
    return _png(size, 6, bytes(rows))


def grey_png(size: int, mask: bytes) -> bytes:
    """A square of ``size`` pixels, a byte each."""
    return _png(size, 0, b"".join(b"\0" + mask[at : at + size] for at in range(0, len(mask), size)))


def grey_pixels(png: bytes) -> bytes:
    """The pixels of what ``grey_png`` has made."""
    size, _high = struct.unpack_from(">II", png, 16)
    (length,) = struct.unpack_from(">I", png, 33)
    rows = zlib.decompress(png[41 : 41 + length])
    return b"".join(rows[at + 1 : at + 1 + size] for at in range(0, len(rows), size + 1))


def tinted_png(size: int, mask: bytes, color: str) -> bytes:
    """A square of one colour that is as opaque as the mask says."""
    tint = bytes(_rgb(color))
    made: Dict[bytes, bytes] = {}  # most rows of a button are the same

    def row(part: bytes) -> bytes:
        if part not in made:
            made[part] = b"\0" + b"".join(tint + part[at : at + 1] for at in range(size))
        return made[part]

    return _png(size, 6, b"".join(row(mask[at : at + size]) for at in range(0, len(mask), size)))


def round_mask(size: int, radius: int, inset: int) -> bytes:
    """How much of each pixel a square with round corners covers, ``inset`` pixels inside; a byte each."""
    reach = max(0.5, radius - inset)  # of the inner corner
    far = size - 1

    def covered(x: int, y: int) -> int:
        near = min(x, far - x) - inset, min(y, far - y) - inset
        if min(near) < 0:
            return 0
        if min(near) >= reach or max(near) >= reach:
            return 255
        hits = 0
        for step in range(_SAMPLES * _SAMPLES):
            u = reach - near[0] - (step % _SAMPLES + 0.5) / _SAMPLES
            v = reach - near[1] - (step // _SAMPLES + 0.5) / _SAMPLES
            hits += u <= 0 or v <= 0 or u * u + v * v <= reach * reach
        return round(255 * hits / _SAMPLES**2)

    corner = {
        (x, y): covered(x, y)
        for x in range(min(radius + 1, size))
        for y in range(min(radius + 1, size))
    }

    def value(x: int, y: int) -> int:
        folded = min(x, far - x), min(y, far - y)
        return corner[folded] if folded in corner else covered(x, y)

    def row(y: int) -> bytes:
        return bytes(value(x, y) for x in range(size))

    straight = row(size // 2)
    edges = range(radius + 1)
    return b"".join(row(y) if y in edges or far - y in edges else straight for y in range(size))


def layered_png(size: int, outer: bytes, edge: str, inner: bytes, fill: str) -> bytes:
    """A square whose ``outer`` mask has one colour and whose ``inner`` one lies over it in another."""
    below, above = _rgb(edge), _rgb(fill)
    made: Dict[Tuple[bytes, bytes], bytes] = {}

    def row(wide: bytes, narrow: bytes) -> bytes:
        if (wide, narrow) not in made:
            pixels = bytearray(b"\0")
            for alpha, share in zip(wide, narrow):
                pixels += bytes(
                    (under * (255 - share) + over * share) // 255
                    for under, over in zip(below, above)
                )
                pixels.append(alpha)
            made[wide, narrow] = bytes(pixels)
        return made[wide, narrow]

    starts = range(0, len(outer), size)
    rows = (row(outer[at : at + size], inner[at : at + size]) for at in starts)
    return _png(size, 6, b"".join(rows))


def _png(size: int, kind_of_color: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", size, size, 8, kind_of_color, 0, 0, 0)  # 8 bits each
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def _rgb(color: str) -> Tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _pixel(
    x: int, y: int, size: int, colors: dict[str, Tuple[int, int, int]], *, with_mark: bool
) -> bytes:
    total, inside = [0, 0, 0], 0
    for step in range(_SAMPLES * _SAMPLES):
        u = (x + (step % _SAMPLES + 0.5) / _SAMPLES) / size
        v = (y + (step // _SAMPLES + 0.5) / _SAMPLES) / size
        part = _part(u, v, with_mark)
        if part:
            inside += 1
            total = [sum_ + part_of_color for sum_, part_of_color in zip(total, colors[part])]
    if not inside:
        return bytes(4)
    alpha = round(255 * inside / (_SAMPLES * _SAMPLES))
    return bytes([*(round(channel / inside) for channel in total), alpha])


def _part(u: float, v: float, with_mark: bool) -> str:
    """Which part of the picture a point of the unit square belongs to; empty outside the box."""
    if _outside(u, v, margin=0.0, radius=0.2):
        return ""
    if (
        with_mark
        and min(
            _distance(u, v, (0.24, 0.53), (0.42, 0.71)), _distance(u, v, (0.42, 0.71), (0.77, 0.31))
        )
        < 0.075
    ):
        return "mark"
    return "edge" if _outside(u, v, margin=0.07, radius=0.14) else "ground"


def _outside(u: float, v: float, *, margin: float, radius: float) -> bool:
    reach = 0.5 - margin - radius
    du, dv = max(abs(u - 0.5) - reach, 0.0), max(abs(v - 0.5) - reach, 0.0)
    return du * du + dv * dv > radius * radius


def _distance(u: float, v: float, start: Tuple[float, float], end: Tuple[float, float]) -> float:
    """From a point to a line between two points."""
    du, dv = end[0] - start[0], end[1] - start[1]
    along = ((u - start[0]) * du + (v - start[1]) * dv) / (du * du + dv * dv)
    along = min(1.0, max(0.0, along))
    x, y = u - start[0] - along * du, v - start[1] - along * dv
    return float((x * x + y * y) ** 0.5)
