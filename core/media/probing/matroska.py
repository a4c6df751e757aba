"""What a Matroska file says of itself and no probe repeats: read from its own elements (RFC 9559).

MediaInfo takes for a track's language whichever of its two elements stands last, ffprobe knows the older one
only, and neither tells a flag that is absent from one that is off. So the few elements that rules need are
read here. Clusters and attachments are stepped over: some kilobytes of a film are looked at. The cues, which
list every line of a subtitle, are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from core.media.model import Edition, Segment

# ``read(offset, size)``: at most ``size`` bytes from there; fewer at the end of the file.
Read = Callable[[int, int], bytes]

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_CUES, _SEEK_HEAD, _INFO, _TRACKS, _CHAPTERS, _TAGS = (
    0x1C53BB6B,
    0x114D9B74,
    0x1549A966,
    0x1654AE6B,
    0x1043A770,
    0x1254C367,
)
_WANTED = frozenset({_CUES, _SEEK_HEAD, _INFO, _TRACKS, _CHAPTERS, _TAGS})
_HEADER = 12  # bytes: the longest identifier and the longest size
_LARGEST = 16 * 1024 * 1024  # bytes of one element: a film's tags and chapters take kilobytes
_MOST_ELEMENTS = 512  # on the first level, before the first cluster: an end for damaged files
_MILLISECOND = 1_000_000  # nanoseconds: the clock of a file that does not tell its own
_DEEPEST = 16  # chapters within chapters, tags within tags


@dataclass(frozen=True)
class TrackElements:
    """One TrackEntry. None stands for an element that is absent, which is not the same as off."""

    number: int = 0
    uid: int = 0
    kind: int = 0  # 1 video, 2 audio, 17 subtitles
    codec: str = ""
    private: bytes = b""  # what a decoder must know before the first packet
    language: str = ""
    language_bcp47: str = ""
    default: Optional[bool] = None
    forced: Optional[bool] = None
    original: Optional[bool] = None
    commentary: Optional[bool] = None
    hearing_impaired: Optional[bool] = None
    visual_impaired: Optional[bool] = None
    text_descriptions: Optional[bool] = None
    enabled: Optional[bool] = None
    stereo_mode: int = 0  # RFC 9559, section 18.10: 0 is mono
    alpha: bool = False
    projection: int = 0  # 0 rectangular, 1 equirectangular, 2 cube map, 3 mesh
    pixel_size: Tuple[int, int] = (0, 0)
    crop: Tuple[int, int, int, int] = (0, 0, 0, 0)  # pixels at the left, top, right and bottom
    display_size: Tuple[int, int] = (0, 0)  # (0, 0) where the file does not say
    display_unit: int = 0  # 0 pixels, 1 centimetres, 2 inches, 3 aspect ratio
    additions: Tuple[int, ...] = ()  # BlockAddIDType: 0x6D766343 "mvcC", 0x64766343 "dvcC"…
    name: str = ""

    @property
    def effective_language(self) -> str:
        """The language by RFC 9559, 5.1.4.1.19: LanguageBCP47 alone where it is; without both English."""
        return self.language_bcp47 or self.language or "eng"


@dataclass(frozen=True)
class Tag:
    """One Tag: whom it is about, by their UIDs (none: the whole film), and the names in it."""

    track_uids: Tuple[int, ...] = ()
    edition_uids: Tuple[int, ...] = ()
    chapter_uids: Tuple[int, ...] = ()
    attachment_uids: Tuple[int, ...] = ()
    names: Tuple[str, ...] = ()
    nested: bool = False  # a tag holds tags
    level: int = 50  # TargetTypeValue: 50 the film, 60 its season or sequel, 70 its collection…

    @property
    def of_another_level(self) -> bool:
        """Whether it is of more than the film, or of one of its sets of chapters."""
        about = self.track_uids or self.chapter_uids or self.attachment_uids
        return bool(self.edition_uids) or (self.level != Tag.level and not about)


@dataclass(frozen=True)
class Structure:
    """All that was read."""

    segment: Segment = Segment()
    title: str = ""
    tracks: Tuple[TrackElements, ...] = ()
    tags: Tuple[Tag, ...] = ()
    # By a track's number: how many entries the index has, and seconds in all where every one tells its.
    cues: Mapping[int, Tuple[int, Optional[float]]] = field(default_factory=dict)


def structure(read: Read, size: int) -> Optional[Structure]:
    """Return what a file of ``size`` bytes says; None where it is no Matroska.

    What is damaged or cut off is left out. Raises nothing of its own, only what ``read`` raises.
    """
    elements = _level_one(read, size)
    if elements is None:
        return None
    info = _only(elements.get(_INFO, []))
    segment = Segment(
        uid=_first(info, 0x73A4).hex(),
        previous_uid=_first(info, 0x3CB923).hex(),
        next_uid=_first(info, 0x3EB923).hex(),
        editions=tuple(
            _edition(entry)
            for data in elements.get(_CHAPTERS, [])
            for name, entry in _children(data)
            if name == 0x45B9
        ),
    )
    return Structure(
        segment,
        title=_text(_first(info, 0x7BA9)),
        tracks=tuple(
            _track(entry)
            for data in elements.get(_TRACKS, [])
            for name, entry in _children(data)
            if name == 0xAE
        ),
        tags=tuple(
            _tag(entry)
            for data in elements.get(_TAGS, [])
            for name, entry in _children(data)
            if name == 0x7373
        ),
        cues=_cues(elements.get(_CUES, []), _number(_first(info, 0x2AD7B1)) or _MILLISECOND),
    )


# ---- where things are


def _level_one(read: Read, size: int) -> Optional[Dict[int, List[bytes]]]:
    """The wanted elements' contents: those before the first cluster, then what seek heads name."""
    begin = _segment_begin(read, size)
    if begin is None:
        return None
    found: Dict[int, List[bytes]] = {}
    read_from = set()

    def keep(offset: int, name: int, body: int, length: int) -> None:
        if name in _WANTED and offset not in read_from and length <= _LARGEST:
            read_from.add(offset)
            found.setdefault(name, []).append(read(body, length))

    offset = begin
    for _ in range(_MOST_ELEMENTS):
        header = _header(read(offset, _HEADER))
        if header is None or header[0] == _CLUSTER or header[2] is None or offset >= size:
            break
        name, width, length = header[0], header[1], header[2]
        keep(offset, name, offset + width, length)
        offset += width + length
    heads = 0
    while heads < len(found.get(_SEEK_HEAD, [])) and len(read_from) < _MOST_ELEMENTS:
        for name, position in _seeks(found[_SEEK_HEAD][heads]):
            header = _header(read(begin + position, _HEADER))
            if header is not None and header[0] == name and header[2] is not None:
                keep(begin + position, name, begin + position + header[1], header[2])
        heads += 1
    return found


def _segment_begin(read: Read, size: int) -> Optional[int]:
    """Where the segment's content begins."""
    offset = 0
    header = _header(read(0, _HEADER))
    if header is None or header[0] != _EBML or header[2] is None:
        return None
    offset = header[1] + header[2]
    for _ in range(_MOST_ELEMENTS):  # a Void may lie between
        header = _header(read(offset, _HEADER))
        if header is None:
            return None
        if header[0] == _SEGMENT:
            return offset + header[1]
        if header[2] is None or offset >= size:
            return None
        offset += header[1] + header[2]
    return None


def _seeks(data: bytes) -> Iterator[Tuple[int, int]]:
    for name, entry in _children(data):
        if name == 0x4DBB:
            fields = dict(_children(entry))
            wanted = _number(fields.get(0x53AB, b""))
            if wanted in _WANTED and 0x53AC in fields:
                yield wanted, _number(fields[0x53AC])


# ---- what they say


def _track(data: bytes) -> TrackElements:
    fields = _all(data)
    video = _only(fields.get(0xE0, []))
    projection = _only(video.get(0x7670, []))
    return TrackElements(
        number=_number(_first(fields, 0xD7)),
        uid=_number(_first(fields, 0x73C5)),
        kind=_number(_first(fields, 0x83)),
        codec=_text(_first(fields, 0x86)),
        private=_first(fields, 0x63A2),
        language=_text(_first(fields, 0x22B59C)),
        language_bcp47=_text(_first(fields, 0x22B59D)),
        default=_flag(fields, 0x88),
        forced=_flag(fields, 0x55AA),
        original=_flag(fields, 0x55AE),
        commentary=_flag(fields, 0x55AF),
        hearing_impaired=_flag(fields, 0x55AB),
        visual_impaired=_flag(fields, 0x55AC),
        text_descriptions=_flag(fields, 0x55AD),
        enabled=_flag(fields, 0xB9),
        stereo_mode=_number(_first(video, 0x53B8)),
        alpha=_number(_first(video, 0x53C0)) == 1,
        projection=_number(_first(projection, 0x7671)),
        pixel_size=(_number(_first(video, 0xB0)), _number(_first(video, 0xBA))),
        crop=(
            _number(_first(video, 0x54CC)),
            _number(_first(video, 0x54BB)),
            _number(_first(video, 0x54DD)),
            _number(_first(video, 0x54AA)),
        ),
        display_size=(_number(_first(video, 0x54B0)), _number(_first(video, 0x54BA))),
        display_unit=_number(_first(video, 0x54B2)),
        additions=tuple(
            _number(_first(_all(mapping), 0x41E7)) for mapping in fields.get(0x41E4, [])
        ),
        name=_text(_first(fields, 0x536E)),
    )


def _edition(data: bytes) -> Edition:
    fields = _all(data)
    atoms = list(_atoms(fields.get(0xB6, []), _DEEPEST))
    top = len(fields.get(0xB6, []))
    return Edition(
        uid=_number(_first(fields, 0x45BC)),
        hidden=bool(_number(_first(fields, 0x45BD))),
        default=bool(_number(_first(fields, 0x45DB))),
        ordered=bool(_number(_first(fields, 0x45DD))),
        chapters=len(atoms),
        nested=len(atoms) > top,
        hidden_chapters=sum(bool(_number(_first(atom, 0x98))) for atom in atoms),
        linked=tuple(uid.hex() for atom in atoms for uid in atom.get(0x6E67, ())),
        languages=max((len(atom.get(0x80, ())) for atom in atoms), default=0),
    )


def _atoms(chapters: List[bytes], depth: int) -> Iterator[Dict[int, List[bytes]]]:
    for data in chapters:
        fields = _all(data)
        yield fields
        if depth:
            yield from _atoms(fields.get(0xB6, []), depth - 1)


def _tag(data: bytes) -> Tag:
    fields = _all(data)
    targets = _only(fields.get(0x63C0, []))

    def uids(name: int) -> Tuple[int, ...]:
        return tuple(uid for uid in map(_number, targets.get(name, ())) if uid)  # 0: all of them

    return Tag(
        track_uids=uids(0x63C5),
        edition_uids=uids(0x63C9),
        chapter_uids=uids(0x63C4),
        attachment_uids=uids(0x63C6),
        names=tuple(_tag_names(fields.get(0x67C8, []), _DEEPEST)),
        nested=any(0x67C8 in _all(tag) for tag in fields.get(0x67C8, [])),
        level=_number(_first(targets, 0x68CA)) or Tag.level,
    )


def _tag_names(tags: List[bytes], depth: int) -> Iterator[str]:
    for data in tags:
        fields = _all(data)
        yield _text(_first(fields, 0x45A3))
        if depth:
            yield from _tag_names(fields.get(0x67C8, []), depth - 1)


def _cues(elements: List[bytes], tick: int) -> Dict[int, Tuple[int, Optional[float]]]:
    """Entries and seconds of each track; a ``tick`` of the file's clock in nanoseconds."""
    sums: Dict[int, Tuple[int, Optional[float]]] = {}
    positions = (
        dict(_children(entry))
        for data in elements
        for name, point in _children(data)
        if name == 0xBB
        for inner, entry in _children(point)
        if inner == 0xB7
    )
    for position in positions:
        number = _number(position.get(0xF7, b""))
        count, lasted = sums.get(number, (0, 0.0))
        known = lasted is not None and 0xB2 in position
        more = _number(position[0xB2]) * tick / 1e9 if known else 0.0
        sums[number] = (count + 1, (lasted or 0.0) + more if known else None)
    return sums


# ---- EBML (RFC 8794)


def _header(data: bytes) -> Optional[Tuple[int, int, Optional[int]]]:
    """Identifier, bytes of the header and of the content (None: unknown) of the element that begins here."""
    name_width = _width(data, 4)
    if not name_width:
        return None
    size_width = _width(data[name_width:], 8)
    if not size_width:
        return None
    name = int.from_bytes(data[:name_width], "big")
    value = int.from_bytes(data[name_width : name_width + size_width], "big")
    mask = (1 << (7 * size_width)) - 1
    length = value & mask
    return name, name_width + size_width, None if length == mask else length


def _width(data: bytes, most: int) -> int:
    """How many bytes the number takes that begins here; 0 where there is none."""
    width = 9 - data[0].bit_length() if data and data[0] else 0
    return width if width <= min(most, len(data)) else 0


def _children(data: bytes) -> Iterator[Tuple[int, bytes]]:
    offset = 0
    while offset < len(data):
        header = _header(data[offset : offset + _HEADER])
        if header is None or header[2] is None:
            return
        name, width, length = header[0], header[1], header[2]
        body = data[offset + width : offset + width + length]
        if len(body) < length:
            return  # cut off
        yield name, body
        offset += width + length


def _all(data: bytes) -> Dict[int, List[bytes]]:
    fields: Dict[int, List[bytes]] = {}
    for name, body in _children(data):
        fields.setdefault(name, []).append(body)
    return fields


def _only(elements: List[bytes]) -> Dict[int, List[bytes]]:
    return _all(elements[0]) if elements else {}


def _first(fields: Dict[int, List[bytes]], name: int) -> bytes:
    return fields[name][0] if name in fields else b""


def _number(data: bytes) -> int:
    return int.from_bytes(data[:8], "big")


def _flag(fields: Dict[int, List[bytes]], name: int) -> Optional[bool]:
    return bool(_number(fields[name][0])) if name in fields else None


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")
