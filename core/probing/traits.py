"""Which of the traits that some films have, this film has: from ffprobe's answer and Matroska's elements."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, Optional, Sequence

from core.model import FoundTrait, MediaFile, Trait
from core.probing.matroska import Structure

_ALPHA = re.compile(r"^(?:yuva|gbrap|rgba|bgra|argb|abgr|ya\d|pal8$|vuya|ayuv)")
# What mkvmerge writes about a track's packets, and muxers about themselves; not a person's words.
_STATISTICS = frozenset(
    {
        *("BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "SOURCE_ID"),
        *("ENCODER", "ALPHA_MODE", "STEREO_MODE", "HANDLER_NAME", "VENDOR_ID", "TIMECODE"),
    }
)
_TIME_CODE_TAG = "tmcd"


def found_in(
    media: MediaFile, answer: Mapping[str, Any], structure: Optional[Structure]
) -> Iterator[FoundTrait]:
    """Every trait that can be told without decoding."""
    if structure is not None:
        yield from _of_matroska(structure)
    streams: Sequence[Mapping[str, Any]] = answer.get("streams", ())
    pictures = {track.index for track in media.video}
    for stream in streams:
        if stream["index"] in pictures:
            yield from _of_picture(stream, structure is not None)
        elif stream.get("codec_tag_string") == _TIME_CODE_TAG:
            yield FoundTrait(Trait.TIME_CODE, None, _tags(stream).get("timecode", ""))
    programs = [program for program in answer.get("programs", ()) if program.get("streams")]
    if len(programs) > 1:
        yield FoundTrait(Trait.PROGRAMS, None, str(len(programs)))


def _of_matroska(structure: Structure) -> Iterator[FoundTrait]:
    segment = structure.segment
    if segment.ordered:
        yield FoundTrait(Trait.ORDERED_CHAPTERS)
    if not segment.plain:
        yield FoundTrait(Trait.CHAPTER_SETS, None, str(len(segment.editions)))
    about_tracks = sorted(
        {
            name
            for tag in structure.tags
            if tag.track_uids
            for name in tag.names
            if name.upper() not in _STATISTICS and not name.startswith("_STATISTICS")
        }
    )
    if about_tracks:
        yield FoundTrait(Trait.TRACK_TAGS, None, ", ".join(about_tracks))
    if any(tag.nested for tag in structure.tags):
        yield FoundTrait(Trait.NESTED_TAGS)


def _of_picture(stream: Mapping[str, Any], matroska: bool) -> Iterator[FoundTrait]:
    index = int(stream["index"])
    for side in stream.get("side_data_list", ()):
        kind = str(side.get("side_data_type", ""))
        if kind == "Stereo 3D" and side.get("type", "2D") != "2D":
            yield FoundTrait(Trait.STEREO, index, str(side.get("type", "")))
        elif kind == "Spherical Mapping":
            yield FoundTrait(Trait.PROJECTION, index, str(side.get("projection", "")))
        elif kind == "Frame Cropping" and matroska:
            edges = ("left", "top", "right", "bottom")
            pixels = [f"{edge} {side.get(f'crop_{edge}', 0)}" for edge in edges]
            yield FoundTrait(Trait.CROPPING, index, ", ".join(pixels))
    see_through = bool(_ALPHA.match(str(stream.get("pix_fmt", ""))))
    if see_through or _tags(stream).get("alpha_mode") == "1":
        yield FoundTrait(Trait.ALPHA, index, str(stream.get("pix_fmt", "")))


def _tags(stream: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(key).lower(): str(value) for key, value in stream.get("tags", {}).items()}
