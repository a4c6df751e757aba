"""What ffprobe and ffmpeg say about a file for its verification: ends of tracks, HDR data, errors.

Every call runs under the job's control, so that a cancel or a pause reaches it too.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from core.damage import EDGE, Frame, ending_key_frame
from core.errors import MachineTrouble, ToolFailed, ToolNotFound
from core.progress import FfmpegProgress, Progress, ProgressListener
from core.steps import Step, StepName, ToolCommand
from core.text.sentence import Sentence
from core.text.tool_lines import plain
from core.tools import ONLY_FILES, ToolInfo, ToolName, Toolset
from processing import complaints
from processing.complaints import Decoded
from processing.control import JobControl
from processing.ending import ENDING_SECONDS, SETTLES, Ending
from processing.error_lines import is_error
from processing.opening import OPENING_SECONDS, Opening, key_frames
from processing.runner import Forgives, ProcessRunner
from processing.stall import Limits
from processing.told_once import LineCallback
from processing.tool_trouble import ENDED, ended_from_outside

# How much of the end is read to find each track's last packet (seconds), as far as it must be: a
# soundtrack can end long before the picture. None reads the whole file.
_WINDOWS: Tuple[Optional[float], ...] = (2.0, 8.0, 60.0, 600.0, None)
_PROBE_SECONDS = 600.0
# What the decoders of H.264, HEVC and MPEG-2 say about frames before the key frame that was sought.
_REFERENCE_LOST = re.compile(
    r"co located POCs unavailable|Could not find ref with POC|mmco: unref short failure"
    r"|reference picture missing during reorder|Missing reference picture"
    r"|reference frames? .*exceeds max|illegal short term buffer state|Frame num gap"
    r"|warning: first frame is no keyframe|Invalid mb type in I Frame"
)
# Neither doubled nor dropped to keep a rate.
_EVERY_PICTURE = ("-fps_mode", "passthrough")
# The embedded ffmpeg knows AV1's headers, but decodes it in hardware only.
_CANNOT_DECODE = ("hardware accelerated AV1 decoding", "Failed to get pixel format")


@dataclass(frozen=True)
class StreamSpan:
    """Where a track begins and ends, in seconds on the file's own time line."""

    start: float
    end: float


@dataclass(frozen=True)
class Spans:
    """The spans of a file's streams, by ffmpeg's index; ``origin`` is the file's first time stamp."""

    origin: float
    streams: Mapping[int, StreamSpan]


@dataclass(frozen=True)
class PictureFacts:
    """What the first frames of a picture really carry."""

    dolby_vision_profile: Optional[int]  # of the container's record
    rpu: bool  # Dolby Vision data in the frames
    hdr10_plus: bool
    mastering_display: bool
    transfer: str
    frames: int  # how many were seen; none where this ffprobe cannot decode the codec


class Prober:
    """Asks ffprobe and ffmpeg about one job's files.

    ``create`` makes the file that a call is going to write, as private as the film.
    """

    def __init__(
        self,
        runner: ProcessRunner,
        toolset: Toolset,
        control: JobControl,
        limits: Limits,
        on_line: Optional[LineCallback] = None,
        create: Callable[[Path], object] = lambda _: None,
    ) -> None:
        self._runner = runner
        self._toolset = toolset
        self._control = control
        self._limits = limits
        self._on_line = on_line
        self._create = create

    def spans(self, path: Path, duration: float, streams: FrozenSet[int]) -> Spans:
        """Return where these streams begin and really end, by their packets.

        Headers prove nothing: a muxer writes the expected duration up front (facts measured on
        truncated files). A stream without a packet anywhere is missing from the answer.
        """
        found: Dict[int, StreamSpan] = {}
        origin = 0.0
        for window in _WINDOWS:
            whole = window is None or duration <= window  # some files cannot even be seeked to 0
            position = None if window is None or whole else duration - window
            answer = self._packets(path, position)
            origin = _seconds(answer.get("format", {}).get("start_time")) or 0.0
            starts = {
                stream["index"]: _seconds(stream.get("start_time"))
                for stream in answer.get("streams", [])
            }
            for index, end in _last_ends(answer.get("packets", [])).items():
                if index in streams:
                    start = starts.get(index)
                    found[index] = StreamSpan(origin if start is None else start, end)
            if whole or streams <= set(found):
                break
        return Spans(origin, found)

    def _packets(self, path: Path, position: Optional[float]) -> Mapping[str, Any]:
        interval = [] if position is None else ["-read_intervals", f"{position:.3f}%"]
        shown = "packet=stream_index,pts_time,dts_time,duration_time"
        shown += ":format=start_time:stream=index,start_time"
        return self.ask([*interval, "-show_entries", shown], path)

    def opening(self, path: Path, stream: int) -> Optional[Opening]:
        """Return what a decoder says before the picture's first key frame; None where it begins with one."""
        shown = ["-show_entries", "packet=pts_time,dts_time,flags"]
        picture = ["-select_streams", str(stream), *shown]
        begins = self.ask([*picture, "-read_intervals", "%+#1"], path).get("packets", [])
        if any(packet.get("flags", "").startswith("K") for packet in begins):
            return None
        answer = self.ask([*picture, "-read_intervals", f"%+{OPENING_SECONDS:g}"], path)
        keys = key_frames(answer.get("packets", []))
        if not keys:
            return None
        seconds = (keys[1] if len(keys) > 1 else keys[0]) + 1.0
        span = ["-t", f"{seconds:.3f}", "-i", f"file:{path}"]
        options = [*span, "-map", f"0:{stream}", "-map", "0:a?", "-f", "null", "-"]
        lines = self.errors(options, patient=True)
        return Opening(keys[0], seconds, frozenset(map(plain, lines)))

    def ending(self, path: Path, duration: float, streams: FrozenSet[int]) -> Optional[Ending]:
        """Return what a decoder says of these streams' last packets; None where more than they is damaged."""
        start = max(0.0, duration - ENDING_SECONDS)
        settled = start + SETTLES if start else start
        shown = [frame for frame in self.frames(path, start) if frame.stream in streams]
        begin = ending_key_frame([frame for frame in shown if frame.time >= settled])
        if begin is None:
            return None
        reached = max(frame.time for frame in shown)
        if reached < self.end(path, duration, streams) - 2 * EDGE:
            return None  # ffprobe gave up in the middle, where ffmpeg goes on
        seek = ["-ss", f"{begin:.6f}"] if begin > 0 else []
        maps = [word for index in sorted(streams) for word in ("-map", f"0:{index}")]
        options = [*seek, "-i", f"file:{path}", *maps, "-f", "null", "-"]
        return Ending(frozenset(map(plain, self.errors(options, patient=True))))

    def end(self, path: Path, duration: float, streams: FrozenSet[int]) -> float:
        """Return where the last of these streams ends, in seconds after the film's beginning."""
        spans = self.spans(path, duration, streams)
        return max((span.end for span in spans.streams.values()), default=0.0) - spans.origin

    def frames(self, path: Path, start: float, end: Optional[float] = None) -> Sequence[Frame]:
        """Decode picture and sound between two moments (seconds) and return all frames, with what was
        complained about."""
        stop = "" if end is None else f"{end:.3f}"
        interval = ["-read_intervals", f"{start:.3f}%{stop}"] if start or stop else []
        shown = ["-show_frames", "-show_entries", complaints.ENTRIES]
        answer = self.ask([*complaints.OPTIONS, *interval, *shown], path)
        origin = _seconds(answer.get("format", {}).get("start_time")) or 0.0
        return complaints.read_frames(answer, origin)

    def decoded(self, path: Path, stream: int, start: float, seconds: float) -> Decoded:
        """Decode a stream for so long from ``start`` on, in seconds after the film's beginning."""
        begin = ""
        if start:
            origin = self.ask(["-show_entries", "format=start_time"], path).get("format", {})
            begin = f"{start + (_seconds(origin.get('start_time')) or 0.0):.3f}"
        interval = f"{begin}%+{seconds:g}"
        shown = ["-select_streams", str(stream), "-read_intervals", interval]
        shown += ["-show_packets", "-show_frames", "-show_entries", complaints.DECODED]
        answer = self.ask([*complaints.OPTIONS, *shown], path)
        return complaints.read_decoded(answer.get("packets_and_frames", []))

    def has_packets(self, path: Path, stream: int) -> bool:
        """Whether the file holds anything of a stream, whatever ffmpeg's parsers make of it."""
        any_one = ["-fflags", "noparse", "-read_intervals", "%+#1", "-show_entries", "packet=size"]
        return bool(self.ask([*any_one, "-select_streams", str(stream)], path).get("packets"))

    def packet_times(self, path: Path, stream: int) -> Tuple[float, ...]:
        """Return the time of each packet of a stream, in seconds, as the file has them.

        ffmpeg's own muxers never let them go back.
        """
        shown = ["-select_streams", str(stream), "-show_entries", "packet=pts_time"]
        found = [
            _seconds(packet.get("pts_time")) for packet in self.ask(shown, path).get("packets", [])
        ]
        return tuple(time for time in found if time is not None)

    def picture(self, path: Path, stream: int) -> PictureFacts:
        """Return what the first frames of this stream carry."""
        shown = "frame=color_transfer,side_data_list:frame_side_data=side_data_type"
        shown += ":stream=color_transfer,side_data_list"
        shown += ":stream_side_data=side_data_type,dv_profile"
        answer = self.ask(
            ["-select_streams", str(stream), "-read_intervals", "%+#3", "-show_entries", shown],
            path,
        )
        stream_data, transfer = _side_data(answer.get("streams", []))
        frame_data, frame_transfer = _side_data(answer.get("frames", []))
        kinds = {str(side_data.get("side_data_type", "")) for side_data in frame_data}
        all_kinds = kinds | {str(side_data.get("side_data_type", "")) for side_data in stream_data}
        profiles = [
            side_data["dv_profile"] for side_data in stream_data if "dv_profile" in side_data
        ]
        return PictureFacts(
            dolby_vision_profile=int(profiles[0]) if profiles else None,
            rpu=any(kind.startswith("Dolby Vision") for kind in kinds),
            hdr10_plus=any("SMPTE2094-40" in kind for kind in kinds),
            mastering_display="Mastering display metadata" in all_kinds,
            transfer=transfer or frame_transfer,
            frames=len(answer.get("frames", [])),
        )

    def ask(self, options: Sequence[str], path: Path) -> Mapping[str, Any]:
        """Run ffprobe for its answer alone; what it complains about, the walk finds as well."""
        argv = [self._path(ToolName.FFPROBE), "-v", "quiet", *ONLY_FILES, *options]
        argv += ["-of", "json", f"file:{path}"]
        step = Step(StepName.VERIFICATION, (ToolCommand(ToolName.FFPROBE, tuple(argv)),), path)
        try:
            result = self._runner.run_step(
                step,
                control=self._control,
                limits=Limits(_PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS),
                on_line=self._on_line,
                keep_output=True,
            )
            answer = json.loads("\n".join(result.output))
        except ToolFailed as error:
            _demand_own_end(error)
            return {}
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    def written(self, options: Sequence[str]) -> Tuple[str, ...]:
        """Run ffmpeg for what it writes to its output, in lines; nothing where it fails."""
        argv = [self._path(ToolName.FFMPEG), "-hide_banner", "-nostdin", "-v", "error"]
        for option in options:
            argv += [*ONLY_FILES, option] if option == "-i" else [option]
        step = Step(StepName.VERIFICATION, (ToolCommand(ToolName.FFMPEG, (*argv, "-")),), Path())
        try:
            return self._runner.run_step(
                step,
                control=self._control,
                limits=Limits(_PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS),
                keep_output=True,
                forgives=lambda _line, _progress: True,
            ).output
        except ToolFailed as error:
            _demand_own_end(error)
            return ()

    @property
    def ffmpeg(self) -> Optional[ToolInfo]:
        """The ffmpeg that is asked; None where there is none."""
        return self._toolset.get(ToolName.FFMPEG)

    def walk(
        self,
        path: Path,
        duration: float,
        on_progress: ProgressListener,
        outputs: Sequence[str] = (),
        forgives: Optional[Forgives] = None,
    ) -> Tuple[str, ...]:
        """Read every packet without decoding; return the error lines. ``outputs`` are written as well."""
        options = ["-i", f"file:{path}", "-map", "0", "-c", "copy", "-f", "null", "-", *outputs]
        return self.errors(options, duration, on_progress, hear=forgives)

    def count_pictures(self, path: Path, stream: int, duration: float) -> Optional[int]:
        """Decode a picture to its end and return how many pictures it has; None where that fails."""
        parser = FfmpegProgress(duration)
        options = ["-i", f"file:{path}", "-map", f"0:{stream}"]
        options += [*_EVERY_PICTURE, "-f", "null", "-"]
        self.errors(options, parser=parser)
        latest = parser.latest(StepName.VERIFICATION.value)
        return latest.frame if latest and parser.finished else None

    def _make(self, output: Path) -> None:
        with contextlib.suppress(FileExistsError):
            self._create(output)

    def through_matroska(self, path: Path, stream: int, output: Path) -> None:
        """Write the packets of one stream as they are after a way through ffmpeg's Matroska muxer.

        What the container changes of a packet (start codes, headers, byte order) is changed then.
        """
        program = [self._path(ToolName.FFMPEG), "-hide_banner", "-nostdin", "-v", "error"]
        program += ONLY_FILES
        mux = [*program, "-i", f"file:{path}", "-map", f"0:{stream}", "-c", "copy"]
        hashed = [*program, "-y", "-i", "pipe:0", "-map", "0:0", "-c", "copy"]
        hashed += ["-f", "framehash", "-hash", "md5", f"file:{output}"]
        commands = (
            ToolCommand(ToolName.FFMPEG, (*mux, "-f", "matroska", "-")),
            ToolCommand(ToolName.FFMPEG, tuple(hashed)),
        )
        self._make(output)
        with contextlib.suppress(ToolFailed):  # it may complain about what the film is like
            self._runner.run_step(
                Step(StepName.VERIFICATION, commands, Path()),
                control=self._control,
                limits=Limits(_PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS),
                on_line=self._on_line,
            )

    def decode(
        self,
        path: Path,
        duration: float,
        on_progress: ProgressListener,
        *,
        picture: bool = True,
    ) -> Tuple[str, ...]:
        """Decode picture and sound to the end; return the error lines."""
        maps = ["-map", "0:V?"] if picture else []
        options = ["-i", f"file:{path}", *maps, "-map", "0:a?"]
        return self.errors([*options, "-f", "null", "-"], duration, on_progress)

    def decode_at(
        self, path: Path, position: float, seconds: float, *, picture: bool = True
    ) -> Tuple[str, ...]:
        """Decode a moment from the key frame before ``position`` on; return the error lines."""
        options = ["-noaccurate_seek", "-ss", f"{position:.3f}", "-i", f"file:{path}"]
        options += ["-t", f"{seconds:.3f}", *(["-map", "0:V?"] if picture else [])]
        return self.errors([*options, "-map", "0:a?", "-f", "null", "-"])

    def errors(
        self,
        options: Sequence[str],
        duration: Optional[float] = None,
        on_progress: Optional[ProgressListener] = None,
        parser: Optional[FfmpegProgress] = None,
        *,
        patient: bool = False,
        hear: Optional[Forgives] = None,
    ) -> Tuple[str, ...]:
        """Run ffmpeg with these inputs and outputs; return the error lines.

        A ``patient`` caller wants to hear all that it says, not the first error alone. ``hear`` is asked
        about each of them, and where it came.
        """
        argv = [self._path(ToolName.FFMPEG), "-hide_banner", "-nostdin", "-v", "error"]
        argv += ["-progress", "pipe:1", "-nostats", "-stats_period", "0.5", "-y"]
        for before, option in zip(("", *options), options):
            argv += [*ONLY_FILES, option] if option == "-i" else [option]
            if option.startswith("file:") and before != "-i":
                self._make(Path(option[len("file:") :]))
        step = Step(StepName.VERIFICATION, (ToolCommand(ToolName.FFMPEG, tuple(argv)),), Path())
        heard: List[str] = []

        def listen(line: str, _: Optional[Progress]) -> bool:
            heard.append(line)
            return True

        try:
            self._runner.run_step(
                step,
                control=self._control,
                limits=self._limits,
                parser=parser or FfmpegProgress(duration),
                on_progress=on_progress,
                on_line=self._on_line,
                forgives=listen if patient else hear,
            )
        except ToolFailed as error:
            _demand_own_end(error)
            lines = tuple(line for line in error.tail if is_error(ToolName.FFMPEG, line))
            return lines or (str(error),)
        return tuple(heard)

    def _path(self, name: ToolName) -> str:
        tool = self._toolset.get(name)
        if tool is None:
            raise ToolNotFound(
                name.value, Sentence("Install it or set its path; results are proved with it.")
            )
        return str(tool.path)


def _demand_own_end(error: ToolFailed) -> None:
    """Raise MachineTrouble where the system ended the tool: then it says nothing of the file."""
    if ended_from_outside(error.returncode):
        raise MachineTrouble(error.tool, ENDED) from error


def cannot_decode(lines: Sequence[str]) -> bool:
    """Whether these error lines say that this ffmpeg has no decoder, rather than a bad picture."""
    return any(known in line for line in lines for known in _CANNOT_DECODE)


def without_seek_complaints(lines: Sequence[str]) -> Tuple[str, ...]:
    """Return the error lines that decoding from the middle of an open group does not explain.

    A picture that leans on frames before the key frame cannot have them after a seek; the film as
    it was makes its decoder say so, too, but at other places where its container seeks otherwise.
    """
    return tuple(line for line in lines if not _REFERENCE_LOST.search(line))


def _last_ends(packets: Sequence[Mapping[str, Any]]) -> Dict[int, float]:
    ends: Dict[int, float] = {}
    for packet in packets:
        time = _seconds(packet.get("pts_time"))
        if time is None:
            time = _seconds(packet.get("dts_time"))
        index = packet.get("stream_index")
        if time is not None and isinstance(index, int):
            end = time + (_seconds(packet.get("duration_time")) or 0.0)
            ends[index] = max(end, ends.get(index, end))
    return ends


def _side_data(items: Sequence[Mapping[str, Any]]) -> Tuple[List[Mapping[str, Any]], str]:
    data = [side_data for item in items for side_data in item.get("side_data_list", [])]
    transfer = next((str(item["color_transfer"]) for item in items if "color_transfer" in item), "")
    return data, transfer


def _seconds(text: object) -> Optional[float]:
    try:
        return float(str(text))
    except ValueError:
        return None
