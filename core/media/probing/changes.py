"""What changes inside a recording: an announcement in stereo and 4:3, then the film in 5.1 and 16:9.

Both probes describe the beginning. So a few frames are decoded at places in the middle, in containers in
which this happens: what recorders and discs write. A recording that was put into another container is known
by its codecs, or by sound of a constant rate that has more bytes than that. Other films cost nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any, List, Mapping, Sequence, Tuple

from core.media.model import AudioTrack, BitRateSource, MediaFile, ScanType, VideoTrack
from core.media.probing.codecs import HEADER_RATE_CODECS

Frame = Mapping[str, Any]

# MediaInfo's names of what recorders, set-top boxes and discs write.
RECORDED = ("MPEG-TS", "BDAV", "MPEG-PS", "DVR-MS", "WTV")
_BROADCAST_PICTURES = ("mpeg1video", "mpeg2video")
_BROADCAST_SOUND = ("mp2",)
_OTHER_RATE = 0.03  # of the rate: what statistics may be away from a rate that is constant
ENTRIES = (
    "frame=media_type,stream_index,width,height,sample_aspect_ratio,interlaced_frame,top_field_first,"
    "channels,channel_layout,pkt_size,nb_samples:frame_side_data"
)
_PLACES = 12
_SECONDS = 0.8  # at each place: most groups of pictures of a broadcast begin once in it
# Key frames alone tell size, shape and fields, and cost little even in ultra-high definition.
OPTIONS = ("-skip_frame", "nokey")


def intervals(duration: float, start: float) -> str:
    """The places for ``-read_intervals``; ``start`` is the file's first time stamp, in seconds."""
    moments = (start + duration * (number + 0.5) / _PLACES for number in range(_PLACES))
    return ",".join(f"{moment:.3f}%+{_SECONDS}" for moment in moments)


def worth_a_look(media: MediaFile, streams: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a film is a recording, or was one; ``streams`` are ffprobe's."""
    return (
        media.container in RECORDED
        or any(
            track.codec in _BROADCAST_PICTURES or track.scan_type.interlaced
            for track in media.video
        )
        or any(track.codec in _BROADCAST_SOUND for track in media.audio)
        or any(_has_another_rate(stream) for stream in streams)
    )


def _has_another_rate(stream: Mapping[str, Any]) -> bool:
    """Whether sound of a constant rate was counted to have another one, on the whole."""
    if stream.get("codec_name") not in HEADER_RATE_CODECS:
        return False
    tags: Mapping[str, Any] = stream.get("tags", {})
    counted = [value for key, value in tags.items() if key.upper().split("-")[0] == "BPS"]
    try:
        told = float(stream["bit_rate"])
        return any(abs(float(value) - told) > _OTHER_RATE * told for value in counted)
    except (KeyError, ValueError):
        return False


def with_changes(media: MediaFile, frames: Sequence[Frame]) -> MediaFile:
    """The film as most of it is; of sound, with the most channels that were met.

    The shape of the picture is looked up in a recording alone: in other containers it is their header's.
    """

    def of(track_index: int) -> List[Frame]:
        return [frame for frame in frames if frame.get("stream_index") == track_index]

    return replace(
        media,
        video=tuple(
            _video(track, of(track.index), media.container in RECORDED) for track in media.video
        ),
        audio=tuple(_audio(track, of(track.index)) for track in media.audio),
    )


def _video(track: VideoTrack, frames: Sequence[Frame], recorded: bool) -> VideoTrack:
    sizes = {(frame["width"], frame["height"]) for frame in frames if frame.get("width")}
    shapes = Counter(
        shape for shape in (_ratio(frame.get("sample_aspect_ratio")) for frame in frames) if shape
    )
    woven = [frame for frame in frames if frame.get("interlaced_frame")]
    if woven and not track.scan_type.interlaced:
        top = sum(bool(frame.get("top_field_first")) for frame in woven) * 2 >= len(woven)
        scan = ScanType.INTERLACED_TFF if top else ScanType.INTERLACED_BFF
        track = replace(track, scan_type=scan)
    if recorded and shapes:
        shape = shapes.most_common(1)[0][0]
        if len(shapes) > 1 or abs(shape - track.pixel_aspect) > 0.01:
            track = replace(track, pixel_aspect=shape, shape_changes=True)
    return replace(track, size_changes=len(sizes) > 1)


def _audio(track: AudioTrack, frames: Sequence[Frame]) -> AudioTrack:
    counts = sorted({int(frame["channels"]) for frame in frames if frame.get("channels")})
    if not counts or counts == [track.channels]:
        return track
    most = max(*counts, track.channels)
    full = [frame for frame in frames if frame.get("channels") == most]
    if not full:  # the beginning alone has so many
        return replace(track, channels_met=(*counts, most))
    layouts = Counter(str(frame.get("channel_layout") or "") for frame in full)
    rates = [rate for rate in (_rate(frame, track.sampling_rate) for frame in full) if rate]
    known = bool(rates) and not track.lossless
    return replace(
        track,
        channels=most,
        channel_layout=layouts.most_common(1)[0][0].replace("unknown", ""),
        bit_rate=sum(rates) / len(rates) if known else None,
        bit_rate_source=BitRateSource.STREAM if known else BitRateSource.UNKNOWN,
        channels_met=tuple(sorted({*counts, track.channels})),
    )


def _rate(frame: Frame, sampling_rate: int) -> float:
    """kbit/s of one frame of sound; 0 where it does not tell."""
    try:
        return int(frame["pkt_size"]) * 8 * sampling_rate / int(frame["nb_samples"]) / 1000
    except (KeyError, ValueError, ZeroDivisionError):
        return 0.0


def _ratio(text: Any) -> float:
    parts: Tuple[str, ...] = tuple(str(text).split(":"))
    try:
        return round(float(parts[0]) / float(parts[1]), 6)
    except (IndexError, ValueError, ZeroDivisionError):
        return 0.0
