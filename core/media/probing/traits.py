"""Which of the traits that some films have, this one has: by ffprobe, its container's elements and tracks.

What stands in the picture's own stream is seen in its first key frame, which ffprobe decodes while it reads
the header anyway.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Container, Iterator, Mapping, Optional, Sequence

from core.media.model import FoundTrait, MediaFile, Trait
from core.media.probing import stereo
from core.media.probing.matroska import Structure

_FRAMES = (
    *("-show_frames", "-show_entries", "frame=stream_index,pts_time,side_data_list"),
    *("-export_side_data", "film_grain"),
)
# What makes ffprobe show, beside the header, what the first frames carry; and where those are of sound, the
# picture's first key frame. (Beside the header ``-skip_frame`` would make it tell false starts: 8.1.2.)
FIRST_FRAMES = (*_FRAMES, "-read_intervals", "%+#2")
FIRST_OF_PICTURE = (
    *_FRAMES,
    *("-select_streams", "v:0", "-read_intervals", "%+#2", "-skip_frame", "nokey"),
)
_ALPHA = re.compile(r"^(?:yuva|gbrap|rgba|bgra|argb|abgr|ya\d|pal8$|vuya|ayuv)")
# What mkvmerge writes about a track's packets, and muxers about themselves; not a person's words.
_STATISTICS = frozenset(
    {
        *("BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "SOURCE_ID"),
        *("LANGUAGE", "CREATION_TIME"),
        *("ENCODER", "ALPHA_MODE", "STEREO_MODE", "HANDLER_NAME", "VENDOR_ID", "TIMECODE"),
    }
)
_TIME_CODE_TAG = "tmcd"
# ffprobe's names of what a frame carries (seen with 8.1.2).
_IN_FRAMES = {
    "Film grain parameters": Trait.FILM_GRAIN,
    "Ambient viewing environment": Trait.AMBIENT_LIGHT,
    "Active format description": Trait.ACTIVE_FORMAT,
    "SMPTE 12-1 timecode": Trait.PICTURE_TIME_CODE,
    "Stereo 3D": Trait.FRAME_PACKING,
}
_WHOLE_FRAME = (0, 8)  # formats that say no more than that all of the picture matters
_EARLIER = 0.1  # seconds of sound before the picture; less is a codec's run-up


def found_in(
    media: MediaFile, answer: Mapping[str, Any], structure: Optional[Structure]
) -> Iterator[FoundTrait]:
    """Every trait that the answer and the elements tell of; ``of_tracks`` tells the rest."""
    if structure is not None:
        yield from _of_matroska(structure)
    yield from _of_frames(media, answer)
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


def shows_pictures(answer: Mapping[str, Any]) -> bool:
    """Whether a frame of a picture is among the answer's."""
    kinds = {stream["index"]: stream.get("codec_type") for stream in answer.get("streams", ())}
    return any(
        kinds.get(frame.get("stream_index")) == "video" for frame in answer.get("frames", ())
    )


def with_frames(media: MediaFile, frames: Sequence[Mapping[str, Any]]) -> MediaFile:
    """The film with what frames of its middle carry; a recording seldom begins with a whole picture."""
    known = {(found.trait, found.track) for found in media.traits}
    told = any(found.trait is Trait.STEREO for found in media.traits)
    more = [
        found
        for found in _of_frames(media, {"frames": frames})
        if (found.trait, found.track) not in known
        and not (told and found.trait is Trait.FRAME_PACKING)
    ]
    return replace(media, traits=(*media.traits, *more))


def of_tracks(media: MediaFile) -> Iterator[FoundTrait]:
    """What the finished tracks tell."""
    if media.data_track_count:
        yield FoundTrait(Trait.DATA_TRACKS, None, str(media.data_track_count))
    for picture in media.video:
        told = {
            Trait.CAPTIONS: picture.captions,
            Trait.VIEWS: picture.views > 1,
            Trait.OTHER_HDR: bool(picture.other_hdr),
            Trait.STATIC_HDR: bool(picture.max_cll or picture.mastering_display),
            Trait.SHAPE_CHANGES: picture.shape_changes,
            Trait.SIZE_CHANGES: picture.size_changes,
            Trait.HIDDEN_PART: picture.edited,
        }
        detail = {Trait.OTHER_HDR: picture.other_hdr}
        for trait in (trait for trait, present in told.items() if present):
            yield FoundTrait(trait, picture.index, detail.get(trait, ""))
    for sound in media.audio:
        told = {
            Trait.DUAL_MONO: sound.dual_mono,
            Trait.CHANNELS_CHANGE: bool(sound.channels_met),
            Trait.HIDDEN_PART: sound.edited,
        }
        for trait in (trait for trait, present in told.items() if present):
            yield FoundTrait(trait, sound.index)


def _of_frames(media: MediaFile, answer: Mapping[str, Any]) -> Iterator[FoundTrait]:
    """One of each kind for each picture. Stereo 3D that the container tells of is no other thing."""
    pictures = {track.index for track in media.video}
    told = {stream["index"] for stream in answer.get("streams", ()) if stereo.side_data(stream)}
    found = {
        (_IN_FRAMES[kind], frame["stream_index"]): _frame_detail(side)
        for frame in answer.get("frames", ())
        for side in frame.get("side_data_list", ())
        for kind in (str(side.get("side_data_type", "")),)
        if kind in _IN_FRAMES
        and frame.get("stream_index") in pictures
        and side.get("active_format") not in _WHOLE_FRAME
    }
    for (trait, index), detail in found.items():
        if trait is not Trait.FRAME_PACKING or index not in told:
            yield FoundTrait(trait, index, detail)
    sounds = [sound.index for sound in media.audio]
    earliest = _first_time(answer, sounds)
    for index in pictures:
        first = _first_time(answer, [index])
        if first is not None and earliest is not None and first - earliest > _EARLIER:
            yield FoundTrait(Trait.LATE_PICTURE, index)


def _first_time(answer: Mapping[str, Any], indexes: Container[int]) -> Optional[float]:
    """When the first frame of these tracks is shown or heard; a header may tell another moment."""
    times = (
        float(frame["pts_time"])
        for frame in answer.get("frames", ())
        if frame.get("stream_index") in indexes and "pts_time" in frame
    )
    return min(times, default=None)


def _frame_detail(side: Mapping[str, Any]) -> str:
    codes = [str(code.get("value", "")) for code in side.get("timecodes", ())]
    return str(side.get("active_format", next(iter(codes), "")))


def _of_matroska(structure: Structure) -> Iterator[FoundTrait]:
    segment = structure.segment
    if segment.uid:
        yield FoundTrait(Trait.SEGMENT)
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
    if any(tag.chapter_uids for tag in structure.tags):
        yield FoundTrait(Trait.CHAPTER_TAGS)
    if any(tag.of_another_level for tag in structure.tags):
        yield FoundTrait(Trait.TAG_LEVELS)


def _of_picture(stream: Mapping[str, Any], matroska: bool) -> Iterator[FoundTrait]:
    index = int(stream["index"])
    eyes = stereo.side_data(stream)
    if eyes is not None:
        trait = Trait.OTHER_STEREO if stereo.has_no_mode(eyes) else Trait.STEREO
        yield FoundTrait(trait, index, str(eyes.get("type", "")))
    for side in stream.get("side_data_list", ()):
        kind = str(side.get("side_data_type", ""))
        if kind == "Spherical Mapping":
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
