"""The library in groups: by codec, resolution, size, folder or language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterable, List, Tuple

from core.text.sentence import Sentence

_GIGABYTE = 1_000_000_000
# Where one band of sizes ends and the next begins, in bytes.
_LIMITS = (1, 2, 5, 10, 20, 50)
SIZE_LIMITS = tuple(limit * _GIGABYTE for limit in _LIMITS)
_RESOLUTIONS = ("4320p", "2160p", "1440p", "1080p", "720p", "576p", "480p")


class GroupBy(str, Enum):
    """What films are grouped by."""

    CODEC = "codec"
    RESOLUTION = "resolution"
    SIZE = "size"
    FOLDER = "folder"
    LANGUAGE = "language"


@dataclass(frozen=True)
class LibraryGroup:
    """Films that have something in common: ``value`` is "" where it is not known; ``size`` in bytes.

    Of a size it is the number of its band, lowest first; of languages a BCP 47 tag.
    """

    value: str
    films: int
    size: int


def size_band(size: int) -> int:
    """Return the number of the band that a size in bytes lies in."""
    return sum(size >= limit for limit in SIZE_LIMITS)


def band_label(band: int) -> Sentence:
    """Return what a band of sizes is called."""
    if band <= 0:
        return Sentence("below {limit} GB", limit=_LIMITS[0])
    if band >= len(_LIMITS):
        return Sentence("{limit} GB and more", limit=_LIMITS[-1])
    return Sentence("{low} to {high} GB", low=_LIMITS[band - 1], high=_LIMITS[band])


def in_order(by: GroupBy, groups: Iterable[LibraryGroup]) -> Tuple[LibraryGroup, ...]:
    """Return groups as they are read: sizes and resolutions by their height, others by their bytes.

    What is not known comes last.
    """

    def rank(group: LibraryGroup) -> Tuple[object, ...]:
        unknown = not group.value
        if by is GroupBy.SIZE:
            return unknown, -int(group.value or 0), ""
        if by is GroupBy.RESOLUTION and group.value in _RESOLUTIONS:
            return unknown, _RESOLUTIONS.index(group.value) - len(_RESOLUTIONS), ""
        # Resolutions of other names, if ever, come behind the usual ones.
        return unknown, 0 if by is GroupBy.RESOLUTION else -group.size, group.value

    return tuple(sorted(groups, key=rank))


def by_language(combinations: Iterable[LibraryGroup]) -> List[LibraryGroup]:
    """Split groups whose values are lists with commas; a film in two languages counts for both."""
    found: Dict[str, List[int]] = {}
    for combination in combinations:
        for language in combination.value.strip(",").split(","):
            sums = found.setdefault(language, [0, 0])
            sums[0] += combination.films
            sums[1] += combination.size
    return [LibraryGroup(language, *sums) for language, sums in found.items()]


def common_folder(groups: Iterable[LibraryGroup]) -> str:
    """Return what the folders of these groups all begin with, up to a separator; "" for one alone."""
    names = sorted(group.value for group in groups)
    if len(names) < 2:
        return ""
    pairs = enumerate(zip(names[0], names[-1]))
    common = next((place for place, (low, high) in pairs if low != high), len(names[0]))
    return names[0][: max(names[0].rfind("/", 0, common), names[0].rfind("\\", 0, common)) + 1]
