"""A still as PNG: what Tk reads and what is kept. Not every ffmpeg reads or writes it, all do raw pixels."""

from __future__ import annotations

import struct
import zlib
from typing import Tuple

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_QUICK = 1  # zlib's level; a still of 1920x1080 takes 0.1 s


def to_png(size: Tuple[int, int], pixels: bytes) -> bytes:
    """Return a PNG of these pixels, three bytes each, row by row; raises ValueError if some are missing."""
    width, height = size
    row = 3 * width
    if len(pixels) != row * height or not pixels:
        raise ValueError(f"{len(pixels)} bytes are no picture of {width}x{height}")
    rows = b"".join(b"\0" + pixels[at : at + row] for at in range(0, len(pixels), row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, _QUICK)), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def from_png(data: bytes) -> Tuple[Tuple[int, int], bytes]:
    """Return size and pixels of what ``to_png`` has made; raises ValueError for anything else."""
    try:
        width, height, *kind = struct.unpack_from(">IIBBBBB", data, 16)
        (length,) = struct.unpack_from(">I", data, 33)
        rows = zlib.decompress(data[41 : 41 + length])
    except (struct.error, zlib.error) as error:
        raise ValueError("no still") from error
    row = 3 * width + 1
    if data[:8] != _SIGNATURE or kind != [8, 2, 0, 0, 0] or len(rows) != row * height:
        raise ValueError("no still")
    return (width, height), b"".join(rows[at + 1 : at + row] for at in range(0, len(rows), row))


def to_ppm(size: Tuple[int, int], pixels: bytes) -> bytes:
    """Return the same as PPM, which Tk reads fastest."""
    return b"P6\n%d %d\n255\n" % size + pixels
