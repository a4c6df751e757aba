"""What the rules will not touch: films that cannot come out whole."""

from __future__ import annotations

import math
from typing import Iterator, Sequence

from core.model import AudioTrack, MediaFile, SubtitleTrack
from core.plan import Reason, TrackDecision
from core.rules import subtitles
from core.settings import HardLinkPolicy, Settings
from core.tools import ToolName, Toolset

# ffprobe's words for a codec that it does not know, and codecs that ffmpeg has no decoder for.
_UNKNOWN_CODECS = ("", "unknown", "none")
_UNDECODABLE_SOUND = ("ac4", "mpegh_3d_audio")


def of_file(media: MediaFile, settings: Settings) -> Iterator[Reason]:
    """Why the file as a whole is left alone."""
    if not media.tracks:
        yield Reason("refused.no_tracks", "No track of this file is recognised.")
    elif not media.video:
        yield Reason("refused.no_video", "This file has no picture.")
    if not math.isfinite(media.duration) or media.duration <= 0:
        yield Reason("refused.no_duration", "How long this film is cannot be told.")
    if media.truncated:
        yield Reason("refused.truncated", "This file is cut short: its end is missing.")
    if media.hard_links > 1 and settings.files.hard_links is HardLinkPolicy.SKIP:
        yield Reason(
            "refused.hard_links",
            "This file has more than one name on the disk and may still be seeding "
            "(the setting files.hard_links allows it).",
            f"{media.hard_links} names",
        )


def of_tracks(
    decisions: Sequence[TrackDecision], media: MediaFile, toolset: Toolset
) -> Iterator[Reason]:
    """Why the tracks that should stay cannot all be carried over."""
    for decision in decisions:
        track = decision.track
        if not decision.kept:
            continue
        unfit = track.codec in _UNKNOWN_CODECS
        if isinstance(track, AudioTrack):
            unfit = unfit or track.codec in _UNDECODABLE_SOUND
        elif isinstance(track, SubtitleTrack):
            unfit = not subtitles.can_be_carried(track)
        if unfit:
            yield Reason(
                "refused.track",
                f"{track.kind.value.capitalize()} {track.number} should stay, but ffmpeg cannot "
                "carry it into the result.",
                track.codec or "unknown codec",
            )
    yield from _compressed(media, toolset)


def _compressed(media: MediaFile, toolset: Toolset) -> Iterator[Reason]:
    """A ffmpeg built without zlib copies compressed packets as garbage, and says so only in its log."""
    ffmpeg = toolset.get(ToolName.FFMPEG)
    packed = [track for track in media.tracks if track.compression]
    if not packed or ffmpeg is None or "zlib" in ffmpeg.abilities:
        return
    track = packed[0]
    yield Reason(
        "refused.compression",
        f"{track.kind.value.capitalize()} {track.number} is compressed inside the file, which the "
        f"ffmpeg here cannot read; set tools.ffmpeg to one that was built with zlib.",
        track.compression,
    )
