"""A film with what its Matroska elements say (``core.media.probing.matroska``) joined to its tracks."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Optional, Sequence, Tuple, TypeVar

from core.media.languages import parse_language
from core.media.model import AudioTrack, MediaFile, SubtitleTrack, VideoTrack
from core.media.probing.matroska import Structure, TrackElements
from core.media.probing.mediainfo import own_name
from core.media.probing.subtitle_lines import with_lines

AnyTrack = TypeVar("AnyTrack", VideoTrack, AudioTrack, SubtitleTrack)

_KINDS = {1: "video", 2: "audio", 17: "subtitle"}
# Flags without a default: absent is another thing than no.
_WITHOUT_DEFAULT = (
    "original",
    "commentary",
    "hearing_impaired",
    "visual_impaired",
    "text_descriptions",
)
# Both eyes laced in one block (MVC), left or right first (RFC 9559, 18.10).
_LACED = (13, 14)
_UNKNOWN_UNIT = 4


def with_elements(media: MediaFile, structure: Structure) -> MediaFile:
    """The film with languages, stated flags, the shape of its pictures, and its subtitles' lines.

    Where the file has other tracks than ffmpeg shows, it comes back as it was.
    """
    entries = _entries(media, structure)
    if not entries:
        return media
    return replace(
        media,
        video=tuple(
            _pictured(track, entries[track.index]) for track in _told(media.video, entries)
        ),
        audio=_told(media.audio, entries),
        subtitles=tuple(
            _counted(track, structure.cues.get(entries[track.index].number), media.duration)
            for track in _told(media.subtitles, entries)
        ),
    )


def title(media: MediaFile, structure: Structure) -> str:
    """The film's own: ffmpeg takes that of a collection or a season for it where the film has none."""
    titles = [tag for tag in structure.tags if "TITLE" in tag.names and not tag.track_uids]
    foreign = titles and all(tag.of_another_level or tag.chapter_uids for tag in titles)
    return structure.title if structure.title or foreign else media.title


def codec_privates(media: MediaFile, structure: Structure) -> Dict[int, bytes]:
    """What each picture's decoder must know before the first packet, by the track's index."""
    entries = _entries(media, structure)
    return {track.index: entries[track.index].private for track in media.video if entries}


def _entries(media: MediaFile, structure: Structure) -> Sequence[TrackElements]:
    """The elements of ffmpeg's tracks, by index; none where the file has other tracks than it shows."""
    entries = [entry for entry in structure.tracks if entry.kind in _KINDS]
    unlike = any(
        track.index >= len(entries) or _KINDS[entries[track.index].kind] != track.kind.value
        for track in media.tracks
    )
    return () if unlike else entries


def _told(tracks: Sequence[AnyTrack], entries: Sequence[TrackElements]) -> Tuple[AnyTrack, ...]:
    return tuple(
        replace(
            track,
            language=parse_language(entries[track.index].effective_language),
            # ffprobe shows a tag TITLE of the track in its place, MediaInfo both in a row.
            title=own_name(entries[track.index].name) or track.title,
            flags=replace(track.flags, stated=_stated(entries[track.index])),
        )
        for track in tracks
    )


def _stated(entry: TrackElements) -> Tuple[str, ...]:
    return tuple(name for name in _WITHOUT_DEFAULT if getattr(entry, name) is not None)


def _pictured(track: VideoTrack, entry: TrackElements) -> VideoTrack:
    """The shape as the file has it: ffmpeg doubles the pixels of a picture that two eyes share."""
    left, top, right, bottom = entry.crop
    width, height = entry.pixel_size[0] - left - right, entry.pixel_size[1] - top - bottom
    track = replace(track, stereo_mode=entry.stereo_mode, cropped=any(entry.crop))
    if entry.stereo_mode in _LACED:
        track = replace(track, views=2)
    if not entry.stereo_mode or min(width, height) <= 0 or entry.display_unit == _UNKNOWN_UNIT:
        return track
    shape = (entry.display_size[0] or width) / (entry.display_size[1] or height)
    return replace(track, pixel_aspect=round(shape * height / width, 6))


def _counted(
    track: SubtitleTrack, cues: Optional[Tuple[int, Optional[float]]], duration: float
) -> SubtitleTrack:
    """By the index, which lists every line where it lists any; statistics can be of another file."""
    return track if cues is None else with_lines(track, *cues, duration)
