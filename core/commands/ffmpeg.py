"""The ffmpeg commands: one pass over the film, in the order of the result."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import ffmpeg

from core.encoders.ffmpeg_other import FFMPEG_OTHER
from core.encoders.header_room import header_room
from core.encoders.opus import channel_filter, has_night_mode, mapping_family
from core.encoders.templates import Template, parse_template
from core.media.model import AudioTrack, TrackFlags, TrackKind, Trait, VideoTrack
from core.plan import OpusEncode, OutputTrack, Plan, SubtitleConvert, VideoEncode
from core.programs.ffmpeg import CONTROL
from core.rules.refusals import is_timeless
from core.tools import ToolInfo

_COPY_WORDS = ("$ffmpeg", "-i", "$input", "-c:v", "copy", "$tracks", "$output")
COPY_TEMPLATE = Template(FFMPEG_OTHER, _COPY_WORDS, encoder_name="copy", codec="", bit_depth=0)
# AV1 and VP9 streams tell no shape.
_SHAPE_WRITERS = {"hevc": "hevc_metadata", "h264": "h264_metadata"}
_DISPOSITIONS = (
    ("default", "default"),
    ("forced", "forced"),
    ("original", "original"),
    ("commentary", "comment"),
    ("hearing_impaired", "hearing_impaired"),
    ("visual_impaired", "visual_impaired"),
    ("text_descriptions", "descriptions"),
)


def file_argument(path: Path) -> str:
    """A path as ffmpeg takes it literally, whatever it holds: ``-``, ``:``, ``%``, a newline."""
    return f"file:{path}"


def program(path: Path, plan: Plan, selectors: Mapping[int, str]) -> Tuple[str, ...]:
    """What ``$ffmpeg`` stands for.

    Dolby's decoders squeeze the dynamic range for night-time listening unless told not to. A picture
    that is copied needs the times at which it is shown, which some containers do not have.
    """
    argv = [str(path), *CONTROL]
    copied = [
        track.source
        for track in plan.outputs
        if track.copied and isinstance(track.source, VideoTrack)
    ]
    begun_anywhere = (
        copied and plan.media.container == "MPEG-PS"
    )  # its first pictures have no times
    if begun_anywhere or any(is_timeless(source, plan.media) for source in copied):
        argv += ["-fflags", "+genpts"]
    for track in plan.outputs:
        if isinstance(track.conversion, OpusEncode) and has_night_mode(track):
            argv += [f"-drc_scale:{selectors[track.source.index]}", "0"]
    return tuple(argv)


def source_time_base(tool: Optional[ToolInfo]) -> str:
    """The value of ``-enc_time_base`` that keeps the source's own time stamps.

    Without it they move to the nearest frame of an assumed rate. It is -1 in ffmpeg 5 and 6, which
    ffmpeg 9 refuses; an unreadable version is a new one's nightly build.
    """
    old = tool is not None and bool(tool.numbers) and not tool.at_least(7)
    return "-1" if old else "demux"


def track_arguments(
    plan: Plan,
    selectors: Mapping[int, str],
    covers: Sequence[Path],
    time_base: str,
    *,
    room: bool = False,
    made: bool = False,
) -> Tuple[str, ...]:
    """What ``$tracks`` stands for in an ffmpeg command.

    ``selectors`` maps a stream's index in the film to where the command's input has it; ``covers``
    are files that hold the plan's attached pictures, in the plan's order; ``time_base`` is
    ``source_time_base``; ``room`` says that mkvpropedit is going to edit the header, ``made`` that the
    picture comes encoded.
    """
    source = ffmpeg.input("source")
    files = [attachment for attachment in plan.attachments if not attachment.picture_stream]
    attached = [file.index for file in files if file.index is not None]
    indexes = [*(track.source.index for track in plan.outputs), *attached]
    options = {
        "f": "matroska",
        "map_metadata": "0",
        "map_chapters": "0",
        "max_muxing_queue_size": "9999",
    }
    words = [f"title={plan.title}", f"MEDIAPROCESSOR={plan.signature}"]
    metadata = _repeated("-metadata", words)
    counts = dict.fromkeys(TrackKind, 0)
    for place, track in enumerate(plan.outputs):
        number = counts[track.kind]
        options.update(_track_options(track, place, number, plan.media.container))
        if isinstance(track.conversion, VideoEncode) and not made:
            options.update(encoded_picture(plan, track, track.conversion, number, time_base))
        title = header_room(plan) if place == 0 and room else track.title
        words = [f"language={track.language.alpha3_b}", f"title={title}"]
        if track.kind is TrackKind.VIDEO and number == 0:
            words += [f"TIMECODE={code}" for code in _time_codes(plan)]
        metadata += _repeated(f"-metadata:s:{place}", words)
        counts[track.kind] += 1
    if attached:
        options["c:t"] = "copy"
    encoded = {place for place, track in enumerate(plan.outputs) if not track.copied}
    matroska = plan.media.container == "Matroska"
    for place, index in enumerate(indexes):
        # mkvmerge's statistics are of the source's packets: no longer true of an encoded track, and
        # mkvpropedit deletes them. What muxers of other containers write is no person's word.
        stays = place not in encoded or (room and matroska)
        options[f"map_metadata:s:{place}"] = f"0:s:{selectors[index]}" if stays else "-1"
    streams = [source[selectors[index]] for index in indexes]
    argv: List[str] = ffmpeg.output(streams[0], *streams[1:], "result", **options).get_args()
    compiled = argv[2:-1]  # without "-i source" and "result"
    return (*compiled, *metadata, *_cover_options(plan, len(attached), covers))


def encoded_picture(
    plan: Plan, track: OutputTrack, encode: VideoEncode, number: int, time_base: str
) -> Dict[str, str]:
    """The options of a picture that is encoded, the ``number``-th of its command."""
    options = {f"enc_time_base:v:{number}": time_base, f"fps_mode:v:{number}": "passthrough"}
    if plan.media.container in ("Matroska", "WebM"):
        options.update(_pixel_shape(track, number))
    options.update(_captions(track, encode, number))
    return options


def _time_codes(plan: Plan) -> List[str]:
    """Where the film's time code track begins; Matroska has no place for the track."""
    codes = (trait.detail for trait in plan.media.traits if trait.trait is Trait.TIME_CODE)
    return [code for code in codes if code][:1]


def _repeated(option: str, values: Sequence[str]) -> List[str]:
    """One option several times, which ffmpeg-python 0.2.0 cannot write."""
    return [word for value in values for word in (option, value)]


def _track_options(track: OutputTrack, place: int, number: int, container: str) -> Dict[str, str]:
    kind = {TrackKind.VIDEO: "v", TrackKind.AUDIO: "a", TrackKind.SUBTITLE: "s"}[track.kind]
    which = f"{kind}:{number}"
    options = {f"disposition:{place}": dispositions(track.flags)}
    conversion = track.conversion
    if isinstance(conversion, OpusEncode) and isinstance(track.source, AudioTrack):
        options[f"c:{which}"] = "libopus"
        options[f"b:{which}"] = f"{conversion.bit_rate}k"
        options[f"filter:{which}"] = channel_filter(track.source, conversion)
        options[f"mapping_family:{which}"] = str(mapping_family(conversion))
    elif isinstance(conversion, SubtitleConvert):
        options[f"c:{which}"] = conversion.codec
    elif track.copied:
        options[f"c:{which}"] = "copy"
    packs = container == "AVI" or (isinstance(track.source, VideoTrack) and track.source.timeless)
    if track.copied and track.codec == "mpeg4" and packs:
        options[f"bsf:{which}"] = "mpeg4_unpack_bframes"  # DivX packs two frames into one
    return options


def _pixel_shape(track: OutputTrack, number: int) -> Dict[str, str]:
    """The true shape of a pixel where two eyes share a picture.

    ffmpeg shows each pixel as wide or high as both eyes' together, which is right for Matroska's
    muxer alone: the stream itself is put right behind the encoder. Some programs write the shape of one
    eye's picture into the container, as RFC 9559 has it (18.10), and some that of both.
    """
    source, written = track.source, _SHAPE_WRITERS.get(track.codec)
    if not isinstance(source, VideoTrack) or not source.stereo_mode or written is None:
        return {}
    shape = Fraction(source.stream_aspect or source.pixel_aspect).limit_denominator(255)
    return {
        f"bsf:v:{number}": f"{written}=sample_aspect_ratio={shape.numerator}/{shape.denominator}"
    }


def _captions(track: OutputTrack, encode: VideoEncode, number: int) -> Dict[str, str]:
    """What keeps closed captions inside the picture, where the encoder drops them by itself."""
    captioned = isinstance(track.source, VideoTrack) and track.source.captions
    template = parse_template(encode.template)
    if not captioned or not template.family.writes_captions(template):
        return {}
    return {f"a53cc:v:{number}": "1"}


def dispositions(flags: TrackFlags) -> str:
    """All flags of a track as ffmpeg names them; those left out are cleared."""
    return "+".join(name for flag, name in _DISPOSITIONS if getattr(flags, flag)) or "0"


def _cover_options(plan: Plan, before: int, covers: Sequence[Path]) -> List[str]:
    pictures = [attachment for attachment in plan.attachments if attachment.picture_stream]
    argv = _repeated("-attach", [file_argument(path) for path in covers])
    for number, picture in enumerate(pictures, start=before):
        name, mime = picture.name or "cover.jpg", picture.mime_type or "image/jpeg"
        argv += _repeated(f"-metadata:s:t:{number}", [f"filename={name}", f"mimetype={mime}"])
    return argv


def extract_arguments(path: Path, plan: Plan, covers: Sequence[Path]) -> Tuple[str, ...]:
    """The command that writes each attached picture, untouched, into a file of its own."""
    argv = [str(path), *CONTROL, "-i", file_argument(plan.media.path)]
    pictures = [attachment for attachment in plan.attachments if attachment.picture_stream]
    for picture, cover in zip(pictures, covers):
        argv += ["-map", f"0:{picture.index}", "-c", "copy", "-frames:v", "1"]
        argv += ["-f", "image2pipe", file_argument(cover)]
    return tuple(argv)
