"""The QSVEnc command: alone where the result has the film's own order, else as one half of a pipe.

QSVEnc writes tracks in the order of the film, whatever order is asked for. Where the result's order
differs, or a track needs what only ffmpeg can do, QSVEnc copies the tracks into its pipe and ffmpeg
does the rest on the other side; the film is read once and the result written once either way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Tuple

from core.commands.audio import channel_filter, mapping_family
from core.commands.ffmpeg import has_night_mode, header_room
from core.media.model import AudioTrack, HdrFormat, Track, TrackKind
from core.plan import OpusEncode, OutputTrack, Plan, SubtitleConvert, VideoEncode
from core.text.windows_names import for_old_tools

# Extensions whose own readers take no audio, subtitles or colours along.
_OTHER_READERS = frozenset({".avi", ".avs", ".vpy", ".y4m", ".yuv"})


def program(path: Path, plan: Plan) -> Tuple[str, ...]:
    """What ``$qsvenc`` stands for."""
    argv = [str(path), "--log-level", "error,core_progress=info", "--log-opt", "color=off"]
    if plan.media.path.suffix.lower() in _OTHER_READERS:
        argv.append("--avsw")
    return tuple(argv)


def path_argument(path: Path) -> str:
    """A path that cannot be taken for an option."""
    return for_old_tools(path) if path.is_absolute() else f"./{path}"


def hdr_options(encode: VideoEncode) -> Tuple[str, ...]:
    """What ``$hdr`` stands for: the copy of all that the result must still carry."""
    formats = set(encode.hdr_formats) - {HdrFormat.SDR}
    argv: List[str] = []
    if formats:
        argv += ["--master-display", "copy", "--max-cll", "copy"]
    if HdrFormat.HDR10_PLUS in formats:
        argv += ["--dhdr10-info", "copy"]
    if HdrFormat.DOLBY_VISION in formats:
        argv += ["--dolby-vision-rpu", "copy", "--dolby-vision-profile", "copy"]
    return tuple(argv)


def does_it_alone(plan: Plan) -> bool:
    """Whether QSVEnc can write the result itself (mkvpropedit adds names, languages and flags)."""
    indexes = [track.source.index for track in plan.outputs]
    converted = any(isinstance(track.conversion, SubtitleConvert) for track in plan.outputs)
    pictures = any(one.picture_stream for one in plan.media.attachments)
    all_attached = len(plan.attachments) == len(plan.media.attachments)
    return indexes == sorted(indexes) and not converted and not pictures and all_attached


def whole_tracks(plan: Plan) -> Tuple[str, ...]:
    """What ``$tracks`` stands for when QSVEnc writes the result."""
    argv = [*_copied(plan, TrackKind.AUDIO, "--audio-copy")]
    for track in plan.outputs:
        if isinstance(track.conversion, OpusEncode) and isinstance(track.source, AudioTrack):
            argv += _opus(track, track.source, track.conversion)
    argv += _copied(plan, TrackKind.SUBTITLE, "--sub-copy")
    if plan.attachments:
        argv.append("--attachment-copy")
    argv += ["--video-metadata", f"title={header_room(plan)}"]
    argv += ["--chapter-copy", "--metadata", "copy"]
    argv += ["--metadata", f"MEDIAPROCESSOR={plan.signature}", "-f", "matroska"]
    return tuple(argv)


def _opus(track: OutputTrack, source: AudioTrack, opus: OpusEncode) -> List[str]:
    decoder = "#drc_scale=0" if has_night_mode(track) else ""
    codec = f"libopus:mapping_family={mapping_family(opus)}{decoder}"
    return [
        *("--audio-codec", f"{source.number}?{codec}"),
        *("--audio-bitrate", f"{source.number}?{opus.bit_rate}"),
        *("--audio-filter", f"{source.number}?{channel_filter(source, opus)}"),
    ]


def _copied(plan: Plan, kind: TrackKind, option: str) -> List[str]:
    numbers = [
        str(track.source.number) for track in plan.outputs if track.copied and track.kind is kind
    ]
    return [option, ",".join(numbers)] if numbers else []


def piped_tracks(plan: Plan) -> Tuple[str, ...]:
    """What ``$tracks`` stands for when ffmpeg takes over: every track that stays, as it is."""
    argv: List[str] = []
    for kind, option in ((TrackKind.AUDIO, "--audio-copy"), (TrackKind.SUBTITLE, "--sub-copy")):
        numbers = [str(track.number) for track in _in_pipe(plan) if track.kind is kind]
        argv += [option, ",".join(numbers)] if numbers else []
    if any(not one.picture_stream for one in plan.attachments):
        argv.append("--attachment-copy")
    return (*argv, "--chapter-copy", "-f", "matroska")


def _in_pipe(plan: Plan) -> List[Track]:
    """The tracks in the order in which QSVEnc writes them: by kind, then as in the film."""
    order = list(TrackKind)
    tracks = [track.source for track in plan.outputs]
    return sorted(tracks, key=lambda track: (order.index(track.kind), track.number))


def pipe_selectors(plan: Plan) -> Dict[int, str]:
    """Where the pipe has each stream of the film; attachments are all there, in their order."""
    selectors = {track.index: str(place) for place, track in enumerate(_in_pipe(plan))}
    files = [one for one in plan.media.attachments if not one.picture_stream]
    selectors.update(
        (one.index, f"t:{place}") for place, one in enumerate(files) if one.index is not None
    )
    return selectors
