"""Joins ffprobe's streams to MediaInfo's tracks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, List, Mapping, Sequence, Tuple, TypeVar

from core.errors import ProbeError
from core.media.model import AudioTrack, MediaFile, SubtitleTrack, VideoTrack
from core.media.track_text import track_name
from core.text.sentence import Sentence

Stream = Mapping[str, Any]
AnyTrack = TypeVar("AnyTrack", VideoTrack, AudioTrack, SubtitleTrack)


def joined(
    media: MediaFile,
    tracks: Sequence[AnyTrack],
    streams: Sequence[Stream],
    update: Callable[[AnyTrack, Stream], AnyTrack],
    blank: AnyTrack,
) -> Tuple[AnyTrack, ...]:
    """Return each stream with its track, numbered again; one that MediaInfo missed gets a blank track.

    Raises ProbeError where a picture or a sound has no stream, or a stream has no known codec.
    """
    pairs = _pairs(tracks, streams)
    for track in tracks:
        if not any(track is matched for matched, _ in pairs) and not isinstance(
            track, SubtitleTrack
        ):
            raise ProbeError(
                media.path,
                Sentence(
                    "ffmpeg does not find {track} ({codec}) that the file should have; it is damaged or "
                    "starts with foreign bytes.",
                    track=track_name(track),
                    codec=track.codec,
                ),
            )
    found: List[AnyTrack] = []
    for number, stream in enumerate(streams, 1):
        old = next((track for track, paired in pairs if paired is stream), blank)
        found.append(replace(update(old, stream), index=stream["index"], number=number))
    for track in found:
        if not track.codec:
            raise ProbeError(
                media.path,
                Sentence(
                    "{track} is in a format that ffmpeg does not know.", track=track_name(track)
                ),
            )
    return tuple(found)


def _pairs(tracks: Sequence[AnyTrack], streams: Sequence[Stream]) -> List[Tuple[AnyTrack, Stream]]:
    """Match tracks and streams: by number and codec, then by order and codec, then by order alone where
    as many of both are left."""
    left_tracks, left = list(tracks), list(streams)
    pairs: List[Tuple[AnyTrack, Stream]] = []
    for same_number in (True, False):
        for track in tuple(left_tracks):
            for stream in left:
                numbered = stream["index"] == track.index or not same_number
                if numbered and stream.get("codec_name") == track.codec:
                    pairs.append((track, stream))
                    left_tracks.remove(track)
                    left.remove(stream)
                    break
    if len(left_tracks) == len(left):
        pairs += zip(left_tracks, left)
    return pairs
