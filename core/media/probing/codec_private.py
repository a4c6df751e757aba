"""What a stream's own header in the container says that no probe repeats: layers in HEVC, film grain in AV1.

A second layer is another view (MV-HEVC) or what is transparent; every decoder here shows the first alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Mapping, Optional, Tuple

from core.media.model import FoundTrait, MediaFile, Trait

_VPS = 32  # H.265, table 7-1
_SEQUENCE_HEADER = 1  # AV1, 6.2.2


def with_privates(media: MediaFile, privates: Mapping[int, bytes]) -> MediaFile:
    """The film with the layers and the film grain that ``privates`` tell of, by a track's index."""
    found = media.traits
    pictures = []
    for track in media.video:
        private = privates.get(track.index, b"")
        if track.codec == "hevc":
            track = replace(track, views=max(track.views, layers(private)))
        elif track.codec == "av1" and has_film_grain(private):
            found = (*found, FoundTrait(Trait.FILM_GRAIN, track.index))
        pictures.append(track)
    return replace(media, video=tuple(pictures), traits=found)


def layers(hevc: bytes) -> int:
    """How many layers an HEVCDecoderConfigurationRecord tells of (ISO/IEC 14496-15, 8.3.3); 1 where none."""
    most = 1
    for unit in _units(hevc):
        if len(unit) >= 4 and (unit[0] >> 1) & 0x3F == _VPS:
            most = max(most, ((unit[2] & 0x03) << 4 | unit[3] >> 4) + 1)
    return most


def has_film_grain(av1: bytes) -> bool:
    """Whether an AV1CodecConfigurationRecord's sequence header lets pictures carry film grain.

    ``film_grain_params_present`` is the last bit before those that end the header (AV1, 5.5.1 and 5.3.4).
    """
    position = 4
    while position + 2 <= len(av1):
        kind, extended, sized = av1[position] >> 3 & 0x0F, av1[position] & 4, av1[position] & 2
        position += 2 if extended else 1
        told = _leb128(av1, position) if sized else (len(av1) - position, 0)
        if told is None:
            return False
        size, width = told
        position += width
        content = av1[position : position + size].rstrip(b"\x00")
        if kind == _SEQUENCE_HEADER and content:
            last = content[-1]
            ending = last & -last  # the 1 with which it ends
            before = content[-2] & 1 if ending == 0x80 and len(content) > 1 else last & ending << 1
            return bool(before)
        position += size
    return False


def _units(hevc: bytes) -> Iterator[bytes]:
    position = 23
    for _ in range(hevc[22] if len(hevc) > 22 else 0):
        count = int.from_bytes(hevc[position + 1 : position + 3], "big")
        position += 3
        for _ in range(count):
            size = int.from_bytes(hevc[position : position + 2], "big")
            if not size:
                return
            yield hevc[position + 2 : position + 2 + size]
            position += 2 + size


def _leb128(data: bytes, position: int) -> Optional[Tuple[int, int]]:
    """The number that begins there and how many bytes it takes (AV1, 4.10.5)."""
    value = 0
    for width, byte in enumerate(data[position : position + 8]):
        value |= (byte & 0x7F) << 7 * width
        if not byte & 0x80:
            return value, width + 1
    return None
