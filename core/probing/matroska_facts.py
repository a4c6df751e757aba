"""A film with what its Matroska header says (``core.probing.matroska``) joined to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional, Sequence, Tuple, TypeVar

from core.languages import parse_language
from core.model import AudioTrack, MediaFile, SubtitleTrack, VideoTrack
from core.probing.matroska import MatroskaHeader, PictureHeader, TrackHeader
from core.probing.subtitle_lines import with_lines

AnyTrack = TypeVar("AnyTrack", VideoTrack, AudioTrack, SubtitleTrack)


def with_header(media: MediaFile, header: MatroskaHeader) -> MediaFile:
    """The film with languages, stated flags, the shape of its pictures, and its subtitles' lines.

    Where the header has other tracks than ffmpeg shows, nothing is taken from it but what is of the file.
    """
    media = replace(
        media,
        segment_uid=header.segment_uid,
        linked=header.linked,
        editions=header.editions,
        ordered_chapters=header.ordered,
    )
    entries = [entry for entry in header.tracks if entry.kind]
    shown = [*media.tracks]
    if any(
        track.index >= len(entries) or entries[track.index].kind != track.kind.value
        for track in shown
    ):
        return media
    return replace(
        media,
        video=tuple(
            _pictured(one, entries[one.index].picture) for one in _told(media.video, entries)
        ),
        audio=_told(media.audio, entries),
        subtitles=tuple(
            _counted(one, header.cues.get(entries[one.index].number), media.duration)
            for one in _told(media.subtitles, entries)
        ),
    )


def _counted(
    track: SubtitleTrack, cues: Optional[Tuple[int, Optional[float]]], duration: float
) -> SubtitleTrack:
    """By the index, which lists every line where it lists any; statistics can be of another file."""
    return track if cues is None else with_lines(track, *cues, duration)


def _told(tracks: Sequence[AnyTrack], entries: Sequence[TrackHeader]) -> Tuple[AnyTrack, ...]:
    return tuple(
        replace(
            track,
            language=parse_language(entries[track.index].language),
            flags=replace(track.flags, stated=entries[track.index].stated),
        )
        for track in tracks
    )


def _pictured(track: VideoTrack, shown: PictureHeader) -> VideoTrack:
    """The shape as the header has it: ffmpeg doubles the pixels of a picture that two eyes share."""
    top, bottom, left, right = shown.crop
    width, height = shown.width - left - right, shown.height - top - bottom
    track = replace(track, stereo_mode=shown.stereo_mode, cropped=any(shown.crop))
    if shown.stereo_mode in (13, 14):
        track = replace(track, views=2)
    if not shown.stereo_mode or width <= 0 or height <= 0 or shown.display_unit == 4:
        return track
    shape = (shown.display_width or width) / (shown.display_height or height)
    return replace(track, pixel_aspect=round(shape * height / width, 6))
