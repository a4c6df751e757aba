"""ffprobe's answer joined to what MediaInfo said: stream numbers, flags, layouts, attachments.

ffprobe decides what streams there are, since ffmpeg is what will read them; MediaInfo decides what
they are worth (true bit rates, HDR, languages with a region), see the facts of both in the docstrings.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import (
    Any,
    Container,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from core.errors import ProbeError
from core.media.languages import UNDETERMINED, LanguageTag, parse_language
from core.media.model import (
    Attachment,
    AudioTrack,
    DolbyVision,
    HdrFormat,
    MediaFile,
    ScanType,
    SubtitleTrack,
    TrackFlags,
    VideoTrack,
)
from core.media.probing import codecs, dynamic_range, mediainfo, rates
from core.media.probing.stream_matching import Stream, joined
from core.media.probing.subtitle_lines import with_lines
from core.text.sentence import Sentence

# Seconds that the last packet may end before the film does: a few frames, or one long audio packet.
_END_TOLERANCE = 0.25
_SIDES = (("left", "right"), ("top", "bottom"))


def completed(
    media: MediaFile, answer: Mapping[str, Any], decoded: Container[str] = ()
) -> MediaFile:
    """Return the film with what only ffprobe knows (``-show_streams -show_chapters -show_format``).

    ``decoded`` names codecs of covers that ffmpeg can read although this ffprobe could not.

    Raises ProbeError when ffmpeg does not find a picture or a sound that MediaInfo found, or when
    nothing tells how long the film is.
    """
    streams: Sequence[Stream] = answer.get("streams", ())
    tags = _tags(answer.get("format", {}))
    by_kind = _by_kind(streams, media)
    numbers = [stream["index"] for stream in streams if stream.get("codec_type") == "video"]
    start = min((_start(stream) for stream in by_kind["video"]), default=0.0)
    matroska = media.container in ("Matroska", "WebM")

    # ffmpeg's muxer writes a track's end for its duration, mkvmerge the length.
    ends = matroska and tags.get("encoder", "").startswith("Lavf")

    def length(duration: Optional[float], stream: Stream) -> Optional[float]:
        early = max(0.0, _start(stream)) if ends else 0.0
        return round(duration - early, 6) if duration and duration > early else duration

    def video(track: VideoTrack, stream: Stream) -> VideoTrack:
        found = _video(track, stream, matroska)
        position = numbers.index(stream["index"])
        return replace(found, ffmpeg_number=position, duration=length(found.duration, stream))

    def audio(track: AudioTrack, stream: Stream) -> AudioTrack:
        found = _audio(track, stream, matroska)
        delay = round(_start(stream) - start, 3)
        return replace(found, delay=delay, duration=length(found.duration, stream))

    chapters = len(answer.get("chapters", ()))
    whole = replace(
        media,
        video=joined(media, media.video, by_kind["video"], video, VideoTrack(0, 0, "", 0, 0)),
        audio=joined(media, media.audio, by_kind["audio"], audio, AudioTrack(0, 0, "", 0)),
        subtitles=joined(
            media, media.subtitles, by_kind["subtitle"], _subtitle, SubtitleTrack(0, 0, "")
        ),
        attachments=_attachments(media, by_kind.get("attachment", ()), by_kind["picture"], decoded),
        chapter_count=chapters,
        data_track_count=sum(
            not _is_chapter_track(stream, chapters) for stream in by_kind.get("data", ())
        ),
        title=tags.get("title", media.title),
        plan_signature=tags.get(mediainfo.SIGNATURE_TAG.lower(), media.plan_signature),
        flags_complete=True,
    )
    return rates.with_estimates(_with_duration(whole, answer.get("format", {})))


def _by_kind(streams: Sequence[Stream], media: MediaFile) -> Dict[str, List[Stream]]:
    """Return the streams by ffmpeg's type, with covers as "picture"."""
    covers = {attachment.index for attachment in media.attachments if attachment.picture_stream}
    by_kind: Dict[str, List[Stream]] = {"video": [], "audio": [], "subtitle": [], "picture": []}
    for stream in streams:
        kind = str(stream.get("codec_type"))
        if kind == "video" and _is_cover(stream, covers):
            kind = "picture"
        by_kind.setdefault(kind, []).append(stream)
    return by_kind


def _with_duration(media: MediaFile, container: Mapping[str, Any]) -> MediaFile:
    """The end of the longest picture or sound, late starts counted; else what the container says."""
    ends = [track.duration for track in media.video if track.duration]
    ends += [track.duration + track.delay for track in media.audio if track.duration]
    duration = max(ends, default=0.0) or media.duration or _number(container, "duration") or 0.0
    if not duration:
        raise ProbeError(
            media.path, Sentence("its length is unknown; it was probably never finished.")
        )
    return replace(
        media, duration=round(duration, 6), bit_rate=round(media.size * 8 / 1000 / duration, 3)
    )


def beginning(answer: Mapping[str, Any]) -> float:
    """The file's first time stamp, in seconds."""
    return _number(answer.get("format", {}), "start_time") or 0.0


def reaches_end(media: MediaFile, answer: Mapping[str, Any]) -> bool:
    """Whether the last packets of picture and sound lie where the film ends, of ``packet=codec_type,
    pts_time,duration_time``. Subtitles do not count: one can be said to last longer than the film."""
    ends = [
        (_number(packet, "pts_time") or 0.0) + (_number(packet, "duration_time") or 0.0)
        for packet in answer.get("packets", ())
        if packet.get("codec_type") in ("video", "audio")
    ]
    return bool(ends) and max(ends) >= media.duration - _END_TOLERANCE


def _tags(owner: Mapping[str, Any]) -> Dict[str, str]:
    return {str(key).lower(): str(value) for key, value in owner.get("tags", {}).items()}


def _number(owner: Mapping[str, Any], key: str) -> Optional[float]:
    try:
        return float(owner[key])
    except (KeyError, TypeError, ValueError):
        return None


def _start(stream: Stream) -> float:
    return _number(stream, "start_time") or 0.0


def _is_cover(stream: Stream, shown_as_covers: Set[Optional[int]]) -> bool:
    """An attached picture, or a still one that somebody muxed as a track."""
    if stream.get("disposition", {}).get("attached_pic"):
        return True
    if stream.get("codec_name") not in codecs.PICTURE_CODECS:
        return False
    image = _tags(stream).get("mimetype", "").startswith("image/")
    return image or stream["index"] in shown_as_covers


def _is_chapter_track(stream: Stream, chapters: int) -> bool:
    """The text track in which QuickTime keeps the names of the chapters."""
    return bool(chapters) and stream.get("codec_tag_string") == "text"


def _attachments(
    media: MediaFile,
    files: Sequence[Stream],
    pictures: Sequence[Stream],
    decoded: Container[str],
) -> Tuple[Attachment, ...]:
    found = [
        Attachment(
            _tags(file).get("filename", ""),
            _tags(file).get("mimetype", ""),
            file["index"],
        )
        for file in files
    ]
    for picture in pictures:
        tags = _tags(picture)
        found.append(
            mediainfo.cover(
                str(picture.get("codec_name")),
                tags.get("filename", ""),
                tags.get("mimetype", ""),
                picture["index"],
                readable=bool(picture.get("width")) or picture.get("codec_name") in decoded,
            )
        )
    names = {attachment.name for attachment in found}
    unseen = [
        attachment
        for attachment in media.attachments
        if attachment.index is None and attachment.name not in names
    ]
    return (*sorted(found, key=lambda attachment: attachment.index or 0), *unseen)


def _flags(old: TrackFlags, stream: Stream) -> TrackFlags:
    """All flags; Matroska's default of "default" is yes, which both programs know."""
    told = stream.get("disposition", {})
    return TrackFlags(
        default=bool(told.get("default")),
        forced=old.forced or bool(told.get("forced")),
        original=bool(told.get("original")),
        commentary=bool(told.get("comment")),
        hearing_impaired=bool(told.get("hearing_impaired")),
        visual_impaired=bool(told.get("visual_impaired")),
        text_descriptions=bool(told.get("descriptions")),
        enabled=old.enabled,
    )


def _language(old: LanguageTag, stream: Stream) -> LanguageTag:
    """MediaInfo's, since ffprobe drops the region of an IETF tag; ffprobe's where it has none."""
    if old != UNDETERMINED:
        return old
    return parse_language(_tags(stream).get("language", "und"))


def _title(old: str, stream: Stream, *, matroska: bool) -> str:
    """ffprobe's where it has one: MediaInfo shows names with control characters as base64."""
    told = _tags(stream).get("title", "")
    return mediainfo.own_name(told) if told or matroska else old


def _bit_rate(
    track: Union[VideoTrack, AudioTrack], stream: Stream, *, matroska: bool
) -> rates.Rate:
    found = (track.bit_rate, track.bit_rate_source)
    told = _number(stream, "bit_rate")
    return rates.reconciled(found, told, _tags(stream), matroska=matroska)


def _video(track: VideoTrack, stream: Stream, matroska: bool) -> VideoTrack:
    rate, source = _bit_rate(track, stream, matroska=matroska)
    transfer = track.transfer or _color(stream, "color_transfer")
    dolby = track.dolby_vision or _dolby_vision(stream)
    across, down = (sum(_side_number(stream, f"crop_{side}") for side in pair) for pair in _SIDES)
    cropped = bool(across or down)  # ffmpeg cuts it off; MediaInfo does not know of MP4's
    return replace(
        track,
        codec=str(stream.get("codec_name") or ""),
        # What is decoded: a container's header may tell another size than the stream that lies in it.
        width=_pixels(stream, "width", across) or track.width,
        height=_pixels(stream, "height", down) or track.height,
        cropped=cropped,
        reordered=bool(stream.get("has_b_frames")),
        bit_depth=_bit_depth(stream) or track.bit_depth,
        chroma=_chroma(stream) or track.chroma,
        frame_rate=track.frame_rate or _ratio(stream, "avg_frame_rate", "/"),
        variable_frame_rate=_is_variable(track, stream, matroska=matroska),
        scan_type=_scan_type(track.scan_type, stream),
        rotation=track.rotation or -_side_number(stream, "rotation") % 360,
        pixel_aspect=_ratio(stream, "sample_aspect_ratio", ":") or track.pixel_aspect,
        color_primaries=track.color_primaries or _color(stream, "color_primaries"),
        transfer=transfer,
        color_matrix=track.color_matrix or _color(stream, "color_space"),
        color_range=track.color_range or _color(stream, "color_range"),
        hdr_formats=_hdr_formats(track, transfer, dolby),
        dolby_vision=dolby,
        bit_rate=rate,
        bit_rate_source=source,
        duration=track.duration or _duration(stream),
        language=_language(track.language, stream),
        title=_title(track.title, stream, matroska=matroska),
        flags=_flags(track.flags, stream),
        views=max(track.views, codecs.views(stream)),
    )


def _pixels(stream: Stream, key: str, cut: float) -> int:
    return max(0, int(stream.get(key) or 0) - int(cut))


def _is_variable(track: VideoTrack, stream: Stream, *, matroska: bool) -> bool:
    """MediaInfo's word, but in Matroska it says "variable" also where it merely did not read far enough;
    frames counted at the nominal rate are constant."""
    nominal = _ratio(stream, "r_frame_rate", "/")
    if not matroska or not nominal or not track.frame_rate:
        return track.variable_frame_rate
    return track.variable_frame_rate and abs(nominal - track.frame_rate) > nominal * 0.001


def _hdr_formats(
    track: VideoTrack, transfer: str, dolby: Optional[DolbyVision]
) -> Tuple[HdrFormat, ...]:
    found = list(track.hdr_formats)
    if dolby and HdrFormat.DOLBY_VISION not in found:
        found.insert(0, HdrFormat.DOLBY_VISION)
    if transfer != track.transfer:
        found += dynamic_range.hdr_formats({}, transfer)
    return tuple(found)


def _dolby_vision(stream: Stream) -> Optional[DolbyVision]:
    for side in stream.get("side_data_list", ()):
        if "dv_profile" in side:
            return DolbyVision(
                profile=int(side["dv_profile"]),
                compatibility=side.get("dv_bl_signal_compatibility_id"),
                enhancement_layer=bool(side.get("el_present_flag")),
                rpu=bool(side.get("rpu_present_flag", 1)),
            )
    return None


def _side_number(stream: Stream, key: str) -> float:
    for side in stream.get("side_data_list", ()):
        if key in side:
            return float(side[key])
    return 0.0


def _color(stream: Stream, key: str) -> str:
    value = str(stream.get(key, ""))
    return "" if value in ("unknown", "unspecified", "reserved") else value


def _bit_depth(stream: Stream) -> Optional[int]:
    pixels = str(stream.get("pix_fmt", ""))
    deep = re.search(r"(\d\d)(?:le|be)$", pixels)
    if deep:
        return int(deep.group(1))
    return 8 if pixels.startswith(("yuv", "nv12")) else None


def _chroma(stream: Stream) -> str:
    found = re.match(r"yuva?j?(4)(\d)(\d)p", str(stream.get("pix_fmt", "")))
    return ":".join(found.groups()) if found else ""


def _ratio(stream: Stream, key: str, sign: str) -> Optional[float]:
    over, _, under = str(stream.get(key, "")).partition(sign)
    try:
        return (float(over) / float(under)) or None
    except (ValueError, ZeroDivisionError):
        return None


def _scan_type(old: ScanType, stream: Stream) -> ScanType:
    if old is not ScanType.INTERLACED:
        return old
    first = str(stream.get("field_order", ""))[:1]
    return {"t": ScanType.INTERLACED_TFF, "b": ScanType.INTERLACED_BFF}.get(first, old)


def _duration(stream: Stream) -> Optional[float]:
    seconds = _number(stream, "duration")
    if seconds:
        return seconds
    found = re.match(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)$", _tags(stream).get("duration", ""))
    if not found:
        return None
    hours, minutes, rest = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def _audio(track: AudioTrack, stream: Stream, matroska: bool) -> AudioTrack:
    rate, source = _bit_rate(track, stream, matroska=matroska)
    codec = str(stream.get("codec_name") or "")
    profile = str(stream.get("profile", ""))
    layout = str(stream.get("channel_layout", ""))
    return replace(
        track,
        codec=codec,
        channels=int(stream.get("channels") or 0) or track.channels,
        channel_layout="" if layout == "unknown" else layout,
        lossless=track.lossless or mediainfo.is_lossless(codec) or "DTS-HD MA" in profile,
        object_audio=track.object_audio or "Atmos" in profile or "DTS:X" in profile,
        bit_rate=rate,
        bit_rate_source=source,
        sampling_rate=int(_number(stream, "sample_rate") or track.sampling_rate),
        duration=track.duration or _duration(stream),
        language=_language(track.language, stream),
        title=_title(track.title, stream, matroska=matroska),
        flags=_flags(track.flags, stream),
    )


def _packets(stream: Stream) -> Optional[int]:
    """How many packets there are, by the container's table (MP4) or mkvmerge's statistics."""
    tags = _tags(stream)
    told = [tags[key] for key in tags if key.split("-")[0] == "number_of_frames"]
    count = str(stream.get("nb_frames") or next(iter(told), ""))
    return int(count) if count.isdecimal() else None


def _subtitle(track: SubtitleTrack, stream: Stream) -> SubtitleTrack:
    """A codec that ffmpeg has no name for (WebVTT as mkvmerge writes it) keeps MediaInfo's."""
    codec = str(stream.get("codec_name") or "")
    known = codec not in ("", "unknown", "none")
    found = replace(
        track,
        codec=codec if known else track.codec or "unknown",
        readable=known,
        duration=track.duration or _duration(stream),
        language=_language(track.language, stream),
        title=_tags(stream).get("title", track.title),
        flags=_flags(track.flags, stream),
    )
    return with_lines(found, _packets(stream))
