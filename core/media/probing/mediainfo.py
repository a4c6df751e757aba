"""MediaInfo's answer as a MediaFile: every key as pymediainfo spells it, nothing read here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Sequence, Tuple, Union

from core.media.languages import UNDETERMINED, LanguageTag, parse_language
from core.media.model import (
    Attachment,
    AudioTrack,
    FileIdentity,
    MediaFile,
    ScanType,
    SubtitleTrack,
    TrackFlags,
    VideoTrack,
)
from core.media.probing import codecs, dynamic_range, rates
from core.media.probing.fields import Fields, number, seconds, text

# The segment tag that results carry, and its name among MediaInfo's keys.
SIGNATURE_TAG = "MEDIAPROCESSOR"

_CHAPTER_KEY = re.compile(r"^\d{2,}_\d{2}_\d{5}$")

# What editing programs write for a track's name when nobody gave one (MP4's hdlr box).
_HANDLER_NAMES = re.compile(
    r"^(?:.*\b(?:video|sound|audio|subtitle|text|media|data)[ _]?(?:media )?handler?"
    r"|core media (?:video|audio|text)|iso media file produced by .*)$",
    re.IGNORECASE,
)


def media_file(
    path: Path, tracks: Sequence[Fields], identity: FileIdentity, *, imdb_id: str, hard_links: int
) -> MediaFile:
    """The film that MediaInfo describes; it has no video tracks when the file is not a film."""
    general = next((track for track in tracks if track["track_type"] == "General"), {})
    shown = [track for track in tracks if track["track_type"] in ("Video", "Audio", "Text")]
    shown = [track for track in shown if not _is_caption(track)]
    shown.sort(key=_file_order)
    indexes = _indexes(shown)
    video: List[VideoTrack] = []
    audio: List[AudioTrack] = []
    subtitles: List[SubtitleTrack] = []
    covers: List[Attachment] = []
    for fields, index in zip(shown, indexes):
        kind = fields["track_type"]
        if kind == "Video" and _is_cover(fields):
            covers.append(_cover(fields, index))
        elif kind == "Video":
            video.append(video_track(fields, index, len(video) + 1))
        elif kind == "Audio":
            audio.append(audio_track(fields, index, len(audio) + 1))
        else:
            subtitles.append(subtitle_track(fields, index, len(subtitles) + 1))
    duration = _film_duration(video, audio, general)
    return MediaFile(
        path=path,
        identity=identity,
        container=text(general, "format").split(" / ")[0],
        duration=duration,
        video=tuple(video),
        audio=tuple(audio),
        subtitles=tuple(subtitles),
        attachments=(*covers, *_attachments(general)),
        chapter_count=_chapter_count(tracks),
        data_track_count=sum(track["track_type"] == "Other" for track in tracks),
        title=text(general, "title") or text(general, "movie_name"),
        imdb_id=imdb_id,
        bit_rate=round(identity.size * 8 / 1000 / duration, 3) if duration else None,
        hard_links=hard_links,
        truncated=text(general, "istruncated") == "Yes",
        plan_signature=text(general, SIGNATURE_TAG.lower()),
    )


def _file_order(fields: Fields) -> Tuple[int, ...]:
    """Where a track stands in the file: ``3``, or ``0-3`` (program and track) in transport streams."""
    order = re.findall(r"\d+", text(fields, "streamorder"))
    return tuple(int(part) for part in order) if order else (1 << 30,)


def _indexes(shown: Sequence[Fields]) -> List[int]:
    """ffmpeg's stream numbers as far as they can be told; ffprobe's replace them later."""
    orders = [_file_order(track)[-1] for track in shown]
    if len(set(orders)) == len(orders) and all(order < 1 << 30 for order in orders):
        return orders
    return list(range(len(shown)))


def _is_caption(fields: Fields) -> bool:
    captions = text(fields, "format").lower() in codecs.EMBEDDED_CAPTIONS
    return fields["track_type"] == "Text" and (captions or "A/53" in text(fields, "muxing_mode"))


def _is_cover(fields: Fields) -> bool:
    """A picture that was muxed as a video track: one frame, or a file name and an image's type."""
    codec = codecs.video_codec(text(fields, "format"))
    if codec not in codecs.PICTURE_CODECS:
        return False
    return text(fields, "mimetype").startswith("image/") or number(fields, "frame_count") == 1


def _cover(fields: Fields, index: int) -> Attachment:
    codec = codecs.video_codec(text(fields, "format"))
    return cover(codec, text(fields, "filename"), text(fields, "mimetype"), index)


def cover(
    codec: str, name: str, mime_type: str, index: int, *, readable: bool = True
) -> Attachment:
    """A picture that ffmpeg presents as a video stream, with a name and a type even if it has none."""
    return Attachment(
        name or f"cover.{'jpg' if codec == 'mjpeg' else codec}",
        mime_type or f"image/{'jpeg' if codec == 'mjpeg' else codec}",
        index,
        picture_stream=True,
        readable=readable,
    )


def _attachments(general: Fields) -> Tuple[Attachment, ...]:
    names = text(general, "attachments")
    return tuple(Attachment(name) for name in names.split(" / ") if name)


def _chapter_count(tracks: Sequence[Fields]) -> int:
    """The longest list: MP4 carries the same chapters twice, a transport stream's menus have none."""
    menus = [track for track in tracks if track["track_type"] == "Menu"]
    return max((sum(bool(_CHAPTER_KEY.match(key)) for key in menu) for menu in menus), default=0)


def _film_duration(
    video: Sequence[VideoTrack], audio: Sequence[AudioTrack], general: Fields
) -> float:
    """The longest picture or sound. The container's own figure can be that of a subtitle without an end,
    which lasts 49 days."""
    tracks: List[Union[VideoTrack, AudioTrack]] = [*video, *audio]
    durations = [track.duration for track in tracks if track.duration]
    return max(durations, default=0.0) or seconds(general, "duration") or 0.0


def language(fields: Fields) -> LanguageTag:
    """The track's language; MediaInfo knows Matroska's default (eng) and prefers the IETF element."""
    value = text(fields, "language_ietf") or text(fields, "language")
    return parse_language(value) if value else UNDETERMINED


def title(fields: Fields) -> str:
    """The track's name without what editing programs write there by themselves."""
    return own_name(text(fields, "title"))


def own_name(name: str) -> str:
    """The name, or nothing where it is one of those that programs write by themselves."""
    return "" if _HANDLER_NAMES.match(name) else name


def flags(fields: Fields) -> TrackFlags:
    """The two flags that MediaInfo reports; ffprobe adds the others."""
    return TrackFlags(
        default=text(fields, "default") == "Yes", forced=text(fields, "forced") == "Yes"
    )


def video_track(fields: Fields, index: int, count: int) -> VideoTrack:
    """One moving picture."""
    transfer = codecs.transfer(text(fields, "transfer_characteristics"))
    bit_rate, source = rates.from_mediainfo(fields)
    rate = number(fields, "frame_rate")
    return VideoTrack(
        index=index,
        number=count,
        codec=codecs.video_codec(
            text(fields, "format"), text(fields, "format_version"), text(fields, "codec_id")
        ),
        width=int(number(fields, "width") or 0),
        height=int(number(fields, "height") or 0),
        codec_profile=text(fields, "format_profile").split("@")[0],
        bit_depth=int(number(fields, "bit_depth") or 8),
        chroma=text(fields, "chroma_subsampling").split(" ")[0] or "4:2:0",
        frame_rate=rate,
        variable_frame_rate=text(fields, "frame_rate_mode") == "VFR",
        scan_type=scan_type(fields),
        rotation=number(fields, "rotation") or 0.0,
        pixel_aspect=number(fields, "pixel_aspect_ratio") or 1.0,
        stream_aspect=number(fields, "original_pixel_aspect_ratio"),
        timeless=text(fields, "codec_id").startswith("V_MS/VFW"),
        color_primaries=codecs.color_primaries(text(fields, "color_primaries")),
        transfer=transfer,
        color_matrix=codecs.color_matrix(text(fields, "matrix_coefficients")),
        color_range=codecs.color_range(text(fields, "color_range")),
        hdr_formats=dynamic_range.hdr_formats(fields, transfer),
        dolby_vision=dynamic_range.dolby_vision(fields),
        mastering_display=dynamic_range.mastering_display(fields),
        max_cll=dynamic_range.light(fields, "maximum_content_light_level"),
        max_fall=dynamic_range.light(fields, "maximum_frameaverage_light_level"),
        bit_rate=bit_rate,
        bit_rate_source=source,
        duration=seconds(fields, "duration"),
        language=language(fields),
        title=title(fields),
        flags=flags(fields),
        ffmpeg_number=count - 1,
        compression=_compression(fields),
        views=int(number(fields, "multiview_count") or 1),
        other_hdr=dynamic_range.other(fields),
    )


def scan_type(fields: Fields) -> ScanType:
    """Progressive or which field comes first; MBAFF and PAFF count as interlaced."""
    kind = text(fields, "scan_type").split(" / ")
    if not {"Interlaced", "MBAFF", "PAFF"} & set(kind):
        return ScanType.PROGRESSIVE
    order = text(fields, "scan_order").split(" / ")[0]
    orders = {"TFF": ScanType.INTERLACED_TFF, "BFF": ScanType.INTERLACED_BFF}
    return orders.get(order, ScanType.INTERLACED)


def audio_track(fields: Fields, index: int, count: int) -> AudioTrack:
    """One sound track."""
    codec = codecs.audio_codec(
        text(fields, "format"),
        profile=text(fields, "format_profile"),
        codec_id=text(fields, "codec_id"),
        bit_depth=int(number(fields, "bit_depth") or 16),
        settings=" ".join(text(fields, f"format_settings__{key}") for key in ("endianness", "sign"))
        + text(fields, "format_profile"),
    )
    bit_rate, source = rates.from_mediainfo(fields, codec)
    return AudioTrack(
        index=index,
        number=count,
        codec=codec,
        channels=_channels(fields),
        channel_layout=codecs.channel_layout(text(fields, "channel_layout")),
        commercial_name=text(fields, "commercial_name"),
        lossless=is_lossless(codec, text(fields, "compression_mode"), _features(fields)),
        object_audio=_has_objects(fields),
        bit_rate=bit_rate,
        bit_rate_source=source,
        sampling_rate=int(number(fields, "sampling_rate") or 48000),
        delay=seconds(fields, "delay_relative_to_video") or 0.0,
        duration=seconds(fields, "duration"),
        language=language(fields),
        title=title(fields),
        flags=flags(fields),
        compression=_compression(fields),
        dual_mono=text(fields, "channel_positions") == "Dual mono",
    )


def _features(fields: Fields) -> List[str]:
    return text(fields, "format_additionalfeatures").split()


def is_lossless(codec: str, compression_mode: str = "", features: Sequence[str] = ()) -> bool:
    """Whether nothing of the sound was thrown away: by codec, or DTS with its lossless extension."""
    return (
        codec in codecs.LOSSLESS_CODECS
        or codec.startswith("pcm_")
        or "XLL" in features
        or compression_mode == "Lossless"
    )


def _has_objects(fields: Fields) -> bool:
    name = text(fields, "commercial_name")
    return (
        bool({"JOC", "16-ch", "X"} & set(_features(fields))) or "Atmos" in name or "DTS:X" in name
    )


def _channels(fields: Fields) -> int:
    """The number of channels; ``8 / 6`` is a lossless extension over its core, the first counts."""
    first = number(fields, "channel_s")
    if first is None:  # "Object Based / 8"
        counts = re.findall(r"\d+", text(fields, "channel_s"))
        first = float(max(map(int, counts), default=0))
    return int(first)


def subtitle_track(fields: Fields, index: int, count: int) -> SubtitleTrack:
    """One subtitle track."""
    return SubtitleTrack(
        index=index,
        number=count,
        codec=codecs.subtitle_codec(text(fields, "format"), text(fields, "codec_id")),
        language=language(fields),
        title=title(fields),
        flags=flags(fields),
        duration=seconds(fields, "duration"),
        compression=_compression(fields),
    )


def _compression(fields: Fields) -> str:
    """How Matroska packed the packets (``zlib``); MP4 keeps other things under this key."""
    mode = text(fields, "muxing_mode").lower()
    return mode if mode in ("zlib", "bzlib", "lzo") else ""
