"""What a Matroska file's own header says, read from its bytes: what no tool tells, or tells wrongly.

ffprobe ignores LanguageBCP47, MediaInfo takes whichever language stands last, and neither tells a flag
that is absent from one that is 0. A few kilobytes are read: the header, and what its index points to. Cues
list each line of a subtitle. (RFC 8794 for the bytes, RFC 9559 for the elements.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

Read = Callable[[int, int], bytes]  # position, largest number of bytes

_EBML, _SEGMENT, _SEEK_HEAD, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0x1F43B675
_INFO, _TRACKS, _CHAPTERS, _CUES = 0x1549A966, 0x1654AE6B, 0x1043A770, 0x1C53BB6B
_LARGEST = {_INFO: 1 << 20, _TRACKS: 8 << 20, _CHAPTERS: 8 << 20, _CUES: 32 << 20}
_SEEK, _SEEK_ID, _SEEK_POSITION = 0x4DBB, 0x53AB, 0x53AC
_MOST_ELEMENTS = 64  # before the first cluster; a real file has ten
_HEADER = 12  # bytes that an element's id and size take at most
_KINDS = {1: "video", 2: "audio", 17: "subtitle"}
_STATED = {
    0x55AE: "original",
    0x55AF: "commentary",
    0x55AB: "hearing_impaired",
    0x55AC: "visual_impaired",
    0x55AD: "text_descriptions",
}
_TIMESTAMP_SCALE = 1_000_000  # nanoseconds, where the file says nothing


@dataclass(frozen=True)
class PictureHeader:
    """How a picture is to be shown. Sizes and cropping in pixels; 0: not stated."""

    stereo_mode: int = 0
    width: int = 0
    height: int = 0
    display_width: int = 0
    display_height: int = 0
    display_unit: int = 0  # 0 pixels, 1 centimetres, 2 inches, 3 aspect ratio, 4 unknown
    crop: Tuple[int, int, int, int] = (0, 0, 0, 0)  # top, bottom, left, right


@dataclass(frozen=True)
class TrackHeader:
    """One TrackEntry; ``stated`` are the flags without a default that it sets, to 0 or 1."""

    number: int
    kind: str  # video, audio, subtitle, or empty for what ffmpeg shows no stream of
    language: str  # as RFC 9559 has it: LanguageBCP47, else Language, else its default eng
    stated: Tuple[str, ...] = ()
    picture: PictureHeader = PictureHeader()


@dataclass(frozen=True)
class MatroskaHeader:
    """A file's header. ``cues`` are a track's entries in the index: how many, and seconds in all."""

    tracks: Tuple[TrackHeader, ...] = ()
    segment_uid: str = ""  # hexadecimal
    linked: bool = (
        False  # it names a segment before or after it, or its chapters play another file's
    )
    editions: int = 0
    ordered: bool = False
    cues: Mapping[int, Tuple[int, Optional[float]]] = field(default_factory=dict)


class _Element(NamedTuple):
    id: int
    start: int  # of its content
    end: Optional[int]  # None: not stated, as in a live recording


def read_header(read: Read, size: int) -> Optional[MatroskaHeader]:
    """Read the header of a Matroska file of ``size`` bytes; None where it is none or is damaged."""
    try:
        found = _top_level(read, size)
        if _TRACKS not in found:
            return None
        info, chapters = found.get(_INFO, b""), found.get(_CHAPTERS, b"")
        values = dict(_children(info))
        editions = [part for id_, part in _children(chapters) if id_ == 0x45B9]
        return MatroskaHeader(
            tracks=tuple(
                _track(dict(_children(part)))
                for id_, part in _children(found[_TRACKS])
                if id_ == 0xAE
            ),
            segment_uid=values.get(0x73A4, b"").hex(),
            linked=0x3CB923 in values or 0x3EB923 in values or any(map(_plays_others, editions)),
            editions=len(editions),
            ordered=any(_number(dict(_children(one)).get(0x45DD, b"")) == 1 for one in editions),
            cues=_cue_sums(found.get(_CUES, b""), _number(values.get(0x2AD7B1, b""))),
        )
    except (LookupError, ValueError):
        return None


def _top_level(read: Read, size: int) -> Dict[int, bytes]:
    """The contents of the elements that count: those before the first cluster, and what is pointed to."""
    head = _element_at(read, 0, size)
    if head.id != _EBML or head.end is None:
        return {}
    segment = _element_at(read, head.end, size)
    if segment.id != _SEGMENT:
        return {}
    found: Dict[int, bytes] = {}
    pointed: List[Tuple[int, int]] = []

    def take(element: _Element) -> None:
        if element.id == _SEEK_HEAD:
            pointed.extend(_seeks(_content(read, element, 1 << 16)))
        elif element.id in _LARGEST and element.id not in found:
            found[element.id] = _content(read, element, _LARGEST[element.id])

    position = segment.start
    for _ in range(_MOST_ELEMENTS):
        if position >= size:
            break
        element = _element_at(read, position, size)
        if element.id == _CLUSTER or element.end is None:
            break
        take(element)
        position = element.end
    visited: Set[int] = set()
    for wanted, place in pointed:  # which grows where it points to a second index
        at = segment.start + place
        if at in visited or at >= size or len(visited) == _MOST_ELEMENTS:
            continue
        visited.add(at)
        element = _element_at(read, at, size)
        if element.id == wanted and element.end is not None:
            take(element)
    return found


def _seeks(content: bytes) -> Iterator[Tuple[int, int]]:
    for id_, part in _children(content):
        if id_ == _SEEK:
            entry = dict(_children(part))
            yield _number(entry[_SEEK_ID]), _number(entry[_SEEK_POSITION])


def _element_at(read: Read, position: int, size: int) -> _Element:
    data = read(position, _HEADER) if position < size else b""
    id_, length = _vint(data, 0, keep_marker=True)
    content, width = _vint(data, length)
    start = position + length + width
    unknown = content == (1 << 7 * width) - 1
    return _Element(id_, start, None if unknown else start + content)


def _content(read: Read, element: _Element, largest: int) -> bytes:
    assert element.end is not None
    length = element.end - element.start
    if length > largest:
        return b""
    data = read(element.start, length)
    if len(data) < length:
        raise ValueError("The file ends within its header.")
    return data


def _children(content: bytes) -> Iterator[Tuple[int, bytes]]:
    position = 0
    while position < len(content):
        id_, length = _vint(content, position, keep_marker=True)
        size, width = _vint(content, position + length)
        start = position + length + width
        if start + size > len(content):
            raise ValueError("An element is larger than what it is in.")
        yield id_, content[start : start + size]
        position = start + size


def _vint(data: bytes, position: int, *, keep_marker: bool = False) -> Tuple[int, int]:
    """A number of variable length and how many bytes it takes."""
    first = data[position]
    if first == 0:
        raise ValueError("No number begins with eight zero bits.")
    width = 9 - first.bit_length()
    if position + width > len(data):
        raise ValueError("A number is cut short.")
    value = int.from_bytes(data[position : position + width], "big")
    return (value if keep_marker else value - (1 << 7 * width)), width


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")


def _words(content: bytes) -> str:
    return content.rstrip(b"\0").decode("utf-8", "replace")


def _track(values: Mapping[int, bytes]) -> TrackHeader:
    shown = dict(_children(values.get(0xE0, b"")))

    def pixels(id_: int) -> int:
        return _number(shown.get(id_, b""))

    return TrackHeader(
        number=_number(values.get(0xD7, b"")),
        kind=_KINDS.get(_number(values.get(0x83, b"")), ""),
        language=_words(values.get(0x22B59D, b"")) or _words(values.get(0x22B59C, b"")) or "eng",
        stated=tuple(name for id_, name in _STATED.items() if id_ in values),
        picture=PictureHeader(
            stereo_mode=pixels(0x53B8),
            width=pixels(0xB0),
            height=pixels(0xBA),
            display_width=pixels(0x54B0),
            display_height=pixels(0x54BA),
            display_unit=pixels(0x54B2),
            crop=(pixels(0x54BB), pixels(0x54AA), pixels(0x54CC), pixels(0x54DD)),
        ),
    )


def _plays_others(edition: bytes) -> bool:
    """Whether a chapter of this edition is played from another file (by segment or edition UID)."""
    waiting = [edition]
    while waiting:
        for id_, part in _children(waiting.pop()):
            if id_ == 0x6E67:
                return True
            if id_ == 0xB6:
                waiting.append(part)
    return False


def _cue_sums(cues: bytes, scale: int) -> Dict[int, Tuple[int, Optional[float]]]:
    """Entries a track, and the seconds that they last where every one says so."""
    second = 1e9 / (scale or _TIMESTAMP_SCALE)
    sums: Dict[int, Tuple[int, Optional[float]]] = {}
    positions = (
        dict(_children(part))
        for id_, point in _children(cues)
        if id_ == 0xBB
        for inner, part in _children(point)
        if inner == 0xB7
    )
    for position in positions:
        number = _number(position.get(0xF7, b""))
        count, lasted = sums.get(number, (0, 0.0))
        known = lasted is not None and 0xB2 in position
        sums[number] = (
            count + 1,
            (lasted or 0) + _number(position[0xB2]) / second if known else None,
        )
    return sums
