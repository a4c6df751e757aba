"""What decoders say of a film by itself, frame by frame, as ffprobe tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Sequence

from core.damage import Frame
from core.tools import ToolName
from processing.error_lines import is_error

# ``-show_log``: a frame comes with what was said since the one before (ffprobe 8.1.2; with one thread).
OPTIONS = ("-show_log", "16")  # AV_LOG_ERROR
ENTRIES = (
    "frame=media_type,stream_index,pts_time,best_effort_timestamp_time,key_frame"
    ":log=message:format=start_time"
)
# Of packets and frames one after the other, as they are read and come out.
DECODED = "packet=flags:frame=media_type:subtitle=media_type:log=message"
_KINDS = ("video", "audio")


def read_frames(answer: Mapping[str, Any], origin: float) -> Sequence[Frame]:
    """Read ffprobe's frames of picture and sound; their times become those after ``origin`` (seconds)."""
    frames: List[Frame] = []
    complaint = False
    for found in answer.get("frames", []):
        logs = found.get("logs", [])
        complaint = complaint or any(_is_complaint(str(log.get("message", ""))) for log in logs)
        text = found.get("pts_time") or found.get("best_effort_timestamp_time")
        if found.get("media_type") not in _KINDS:
            continue
        try:
            time = float(text) - origin
        except (TypeError, ValueError):
            continue
        video = found["media_type"] == "video"
        key = bool(found.get("key_frame")) or not video
        frames.append(Frame(int(found["stream_index"]), video, time, key, complaint))
        complaint = False
    return frames


@dataclass(frozen=True)
class Decoded:
    """How many packets of a stream were read, and how many frames came out of them without a complaint."""

    packets: int
    good: int


def read_decoded(shown: Sequence[Mapping[str, Any]]) -> Decoded:
    """Read ffprobe's packets and frames, from the first key frame on: nothing is shown of what is before.

    All of them where there is none: in noise no parser finds any.
    """
    keys = (number for number, found in enumerate(shown) if found.get("flags", "").startswith("K"))
    counted = shown[next(keys, 0) :]
    frames = [found for found in counted if found["type"] != "packet"]
    good = [
        frame
        for frame in frames
        if not any(_is_complaint(str(log.get("message", ""))) for log in frame.get("logs", []))
    ]
    return Decoded(len(counted) - len(frames), len(good))


def _is_complaint(message: str) -> bool:
    return is_error(ToolName.FFMPEG, message)
