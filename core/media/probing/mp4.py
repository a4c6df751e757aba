"""Which tracks of an MP4 or QuickTime file hide a part of themselves: edit lists (ISO/IEC 14496-12, 8.6).

A phone that trims a video leaves what was cut off in the file and hides it by an edit list. Decoders follow
the list, a copy of the packets does not: what was cut off would be back. No probe tells of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from core.media.model import MediaFile

Read = Callable[[int, int], bytes]  # position, largest number of bytes

CONTAINERS = ("MPEG-4", "QuickTime")
_MOST_BOXES = 4096  # beside each other: an end for damaged files
_MOST_EDITS = 1024
_CONFIGURATIONS = ((b"hvc1", b"hvcC"), (b"hev1", b"hvcC"), (b"dvh1", b"hvcC"), (b"av01", b"av1C"))
_PICTURE_ENTRY = 78  # bytes of a VisualSampleEntry before its boxes (ISO/IEC 14496-12, 12.1.3)
_LARGEST_PRIVATE = 64 * 1024  # bytes
# Seconds that may be hidden at the beginning: sound decoders need a run-up, a picture's are whole frames.
_HIDDEN = {b"vide": 0.08, b"soun": 0.25}


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int  # of the content
    end: int


def edited_tracks(read: Read, size: int) -> Dict[bytes, Tuple[bool, ...]]:
    """For pictures (``vide``) and sound (``soun``), in the file's order: whether a part is hidden.

    What is damaged or cut off counts as not hidden. Raises only what ``read`` raises.
    """
    found: Dict[bytes, List[bool]] = {kind: [] for kind in _HIDDEN}
    for film in _boxes(read, 0, size, b"moov"):
        for track in _boxes(read, film.start, film.end, b"trak"):
            kind = _kind(read, track)
            if kind in found:
                found[kind].append(_hides(read, track, _HIDDEN[kind]))
    return {kind: tuple(values) for kind, values in found.items()}


def codec_privates(read: Read, size: int) -> Tuple[bytes, ...]:
    """Each picture's decoder configuration (``hvcC``, ``av1C``), in order; empty where it has none."""
    return tuple(
        _private(read, track)
        for film in _boxes(read, 0, size, b"moov")
        for track in _boxes(read, film.start, film.end, b"trak")
        if _kind(read, track) == b"vide"
    )


def _private(read: Read, track: _Box) -> bytes:
    table = _inside(read, track, b"mdia", b"minf", b"stbl", b"stsd")
    for codec, configuration in _CONFIGURATIONS:
        for entry in _boxes(read, table.start + 8, table.end, codec) if table else ():
            start = entry.start + _PICTURE_ENTRY
            for box in _boxes(read, start, entry.end, configuration):
                return _content(read, box, _LARGEST_PRIVATE)
    return b""


def with_edits(media: MediaFile, edited: Dict[bytes, Tuple[bool, ...]]) -> MediaFile:
    """The film with what its edit lists hide; where the tracks cannot be told apart, any counts for all."""

    def of(kind: bytes, place: int, count: int) -> bool:
        told = edited.get(kind, ())
        return told[place] if len(told) == count else any(told)

    pictures, sounds = len(media.video), len(media.audio)
    return replace(
        media,
        video=tuple(
            replace(track, edited=of(b"vide", place, pictures))
            for place, track in enumerate(media.video)
        ),
        audio=tuple(
            replace(track, edited=of(b"soun", place, sounds))
            for place, track in enumerate(media.audio)
        ),
    )


def _boxes(read: Read, start: int, end: int, kind: bytes) -> Iterator[_Box]:
    """The boxes of this kind between two positions."""
    for _ in range(_MOST_BOXES):
        head = read(start, 16) if start + 8 <= end else b""
        if len(head) < 8:
            return
        size, width = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, width = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < width or start + size > end:
            return
        if head[4:8] == kind:
            yield _Box(kind, start + width, start + size)
        start += size


def _inside(read: Read, box: _Box, *path: bytes) -> Optional[_Box]:
    found: Optional[_Box] = box
    for kind in path:
        found = next(_boxes(read, found.start, found.end, kind), None) if found else None
    return found


def _content(read: Read, box: Optional[_Box], most: int) -> bytes:
    return read(box.start, min(box.end - box.start, most)) if box else b""


def _kind(read: Read, track: _Box) -> bytes:
    return _content(read, _inside(read, track, b"mdia", b"hdlr"), 12)[8:12]


def _hides(read: Read, track: _Box, allowed: float) -> bool:
    edits = _edits(_content(read, _inside(read, track, b"edts", b"elst"), 8 + 20 * _MOST_EDITS))
    shown = [(moment, rate) for moment, rate in edits if moment >= 0]  # -1: nothing for a while
    header = _content(read, _inside(read, track, b"mdia", b"mdhd"), 32)
    scale = int.from_bytes(header[20:24] if header[:1] == b"\x01" else header[12:16], "big")
    if not shown or not scale:
        return False
    first = _first_shown(_content(read, _inside(read, track, *_TO_TIMES), 16))
    late = (shown[0][0] - first) / scale > allowed
    return late or len(shown) > 1 or any(rate != 1 for _, rate in shown)


_TO_TIMES = (b"mdia", b"minf", b"stbl", b"ctts")


def _edits(content: bytes) -> Iterator[Tuple[int, int]]:
    """Where in the track each edit begins, in its own units, and how fast it is played."""
    long = content[:1] == b"\x01"
    width, whole = (8, 20) if long else (4, 12)
    count = int.from_bytes(content[4:8], "big")
    for number in range(min(count, _MOST_EDITS)):
        entry = content[8 + number * whole : 8 + (number + 1) * whole]
        if len(entry) < whole:
            return
        moment = int.from_bytes(entry[width : 2 * width], "big", signed=True)
        yield moment, int.from_bytes(entry[2 * width : 2 * width + 2], "big", signed=True)


def _first_shown(content: bytes) -> int:
    """How much later than it is decoded the first picture is shown, where pictures change places."""
    signed = content[:1] == b"\x01"
    return int.from_bytes(content[12:16], "big", signed=signed) if len(content) == 16 else 0
