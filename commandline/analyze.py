"""``analyze FILE…``: what a film is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import List, Optional, Tuple

from commandline.output import Output, table
from commandline.parts import Parts
from core.errors import MediaProcessorError
from core.figures import duration_text, size_text, visible
from core.model import AudioTrack, MediaFile, Track, TrackFlags, VideoTrack


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Describe each file; 1 when one of them could not be understood."""
    failed = False
    for name in arguments.files:
        path = Path(name).absolute()
        try:
            media = parts.analyzer.analyze(path)
        except MediaProcessorError as error:
            output.error(error, file=path)
            failed = True
            continue
        output.record("media", file=path, media=media)
        output.text(describe(media))
    return int(failed)


def describe(media: MediaFile) -> str:
    """The film in a heading and a table of its tracks."""
    facts = [media.container, duration_text(media.duration), size_text(media.size)]
    if media.chapter_count:
        facts.append(f"{media.chapter_count} chapters")
    if media.attachments:
        facts.append(f"{len(media.attachments)} attachments")
    if media.imdb_id:
        facts.append(media.imdb_id)
    if media.truncated:
        facts.append("cut short: bytes are missing at its end")
    rows = [
        (
            track.index,
            track.kind.value,
            track.codec,
            track_details(track),
            track.language,
            track.title,
            flags_text(track.flags),
        )
        for track in media.tracks
    ]
    headers = ("#", "Kind", "Codec", "Details", "Language", "Title", "Flags")
    heading = f"{visible(media.path)}\n  {visible(', '.join(facts))}"
    return f"{heading}\n{table(headers, rows, indent='  ')}\n"


def track_details(track: Track) -> str:
    """What tells a track from others of its codec: size and HDR, layout and bit rate."""
    if isinstance(track, VideoTrack):
        return ", ".join(_picture(track))
    if isinstance(track, AudioTrack):
        return ", ".join(_sound(track))
    return "text" if track.is_text else "pictures"


def _picture(track: VideoTrack) -> List[str]:
    details = [f"{track.width}x{track.height}", f"{track.bit_depth} bit"]
    if track.frame_rate:
        details.append(f"{track.frame_rate:g} fps")
    details.extend(one.value for one in track.hdr_formats)
    if track.dolby_vision:
        details.append(f"profile {track.dolby_vision.profile}")
    if track.scan_type.interlaced:
        details.append(track.scan_type.value)
    return details + _rate(track.bit_rate)


def _sound(track: AudioTrack) -> List[str]:
    details = [track.channel_layout or f"{track.channels} channels"]
    if track.object_audio:
        details.append("sound objects")
    elif track.lossless:
        details.append("lossless")
    return details + _rate(track.bit_rate)


def _rate(bit_rate: Optional[float]) -> List[str]:
    return [] if bit_rate is None else [f"{bit_rate:.0f} kbit/s"]


def flags_text(flags: TrackFlags) -> str:
    """The names of the flags that are set, and of ``enabled`` where it is not."""
    named: Tuple[Tuple[bool, str], ...] = (
        (flags.default, "default"),
        (flags.forced, "forced"),
        (flags.original, "original"),
        (flags.commentary, "commentary"),
        (flags.hearing_impaired, "hearing impaired"),
        (flags.visual_impaired, "visual impaired"),
        (flags.text_descriptions, "text descriptions"),
        (not flags.enabled, "not enabled"),
    )
    return ", ".join(name for is_set, name in named if is_set)
