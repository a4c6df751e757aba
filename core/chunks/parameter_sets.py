"""What a decoder must know before the first picture, taken out of a file's header; pure.

Chunks can be joined only where this is the same: no exit code and no warning tells of a joint that cannot
be decoded (run with ffmpeg 9.0.2 and mkvmerge 74). What an encoder says of itself there (SEI with its
settings, the processor's features) does not count.
"""

from __future__ import annotations

import hashlib
from typing import List, Tuple

_BOXES = {b"hvcC": "hevc", b"avcC": "h264", b"av1C": "av1", b"vpcC": "vp9"}
_SIZE = 4  # bytes before a box's name that tell its length
_HEVC_SETS = frozenset({32, 33, 34})  # VPS, SPS, PPS (H.265, table 7-1)
_HVCC_ARRAYS = 22  # bytes before the number of arrays (ISO/IEC 14496-15, 8.3.3.1)
_AV1C_HEADER = 4  # bytes before the OBUs (AV1 in ISOBMFF, 2.3.3)


def header_of(movie: bytes) -> Tuple[str, bytes]:
    """Return the codec, as ffmpeg names it, and the decoder's configuration in an MP4 file's ``moov`` box.

    Both are empty where there is none: the file's only track is a picture of ours, so that the first box of
    one of these names is meant.
    """
    for name, codec in _BOXES.items():
        place = movie.find(name)
        if place >= _SIZE:
            size = int.from_bytes(movie[place - _SIZE : place], "big")
            return codec, movie[place + len(name) : place - _SIZE + size]
    return "", b""


def parameter_sets(codec: str, data: bytes) -> str:
    """Return a hash of what a decoder must know, of a file's extradata in MP4's form.

    The same for all chunks of an encoder that needs nothing beforehand (VP9); empty where a header that
    must be there is missing or cannot be read.
    """
    try:
        sets = _sets(codec, data)
    except IndexError:
        return ""
    if codec != "vp9" and not sets:
        return ""
    digest = hashlib.sha256(codec.encode())
    for unit in sets:
        digest.update(len(unit).to_bytes(4, "big") + unit)
    return digest.hexdigest()


def _sets(codec: str, data: bytes) -> List[bytes]:
    if codec == "hevc":
        return _of_hevc(data)
    if codec == "h264":
        return _of_h264(data)
    if codec == "av1":
        return [data[_AV1C_HEADER:]] if len(data) > _AV1C_HEADER else []
    return []


def _of_hevc(data: bytes) -> List[bytes]:
    found: List[bytes] = []
    place = _HVCC_ARRAYS + 1
    for _ in range(data[_HVCC_ARRAYS]):
        kind, count = data[place] & 0x3F, int.from_bytes(data[place + 1 : place + 3], "big")
        place += 3
        for _ in range(count):
            place, unit = _unit(data, place)
            if kind in _HEVC_SETS:
                found.append(unit)
    return found


def _of_h264(data: bytes) -> List[bytes]:
    found: List[bytes] = []
    place = 5
    for mask in (0x1F, 0xFF):  # SPS, then PPS (ISO/IEC 14496-15, 5.3.3.1)
        count = data[place] & mask
        place += 1
        for _ in range(count):
            place, unit = _unit(data, place)
            found.append(unit)
    return found


def _unit(data: bytes, place: int) -> Tuple[int, bytes]:
    """Return where a unit ends, and the unit: 16 bits of length before it."""
    end = place + 2 + int.from_bytes(data[place : place + 2], "big")
    if end > len(data):
        raise IndexError(end)
    return end, data[place + 2 : end]
