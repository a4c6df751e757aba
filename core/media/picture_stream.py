"""What ffprobe tells of a file's picture, as far as it takes to show single pictures of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

_FIELDS_SHOWN = ("tt", "bb", "tb", "bt")
_HDR = ("smpte2084", "arib-std-b67")
_HIGH = 576  # lines; more are BT.709 where nobody says otherwise
_DEFAULT_RATE = 25.0
SHOWN = (
    "format=start_time,duration:stream=index,codec_type,width,height,sample_aspect_ratio,"
    "field_order,avg_frame_rate,color_transfer,color_space,color_primaries"
    ":stream_disposition=attached_pic:stream_side_data=rotation,dv_profile"
)


@dataclass(frozen=True)
class PictureStream:
    """A picture's track: its ``index`` is ffmpeg's, its size in pixels as a viewer sees it.

    ``start`` is the first time stamp of the file and ``seconds`` its length; ``rate`` in pictures a second.
    """

    index: int
    width: int
    height: int
    start: float = 0.0
    seconds: float = 0.0
    rate: float = _DEFAULT_RATE
    transfer: str = ""
    matrix: str = "bt709"  # in the words of ffmpeg's scale
    interlaced: bool = False
    dolby_vision: Optional[int] = None  # its profile

    @property
    def hdr(self) -> bool:
        """Whether it has to be mapped to what a screen of today's desktop shows."""
        return self.transfer in _HDR


def read_picture_stream(answer: str, index: Optional[int] = None) -> Optional[PictureStream]:
    """Read ffprobe's JSON; ``index`` is the track that is meant, or the first. None without a picture."""
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    streams = [
        stream
        for stream in found.get("streams", ())
        if stream.get("codec_type") == "video"
        and not stream.get("disposition", {}).get("attached_pic")
        and stream.get("width")
    ]
    meant = [stream for stream in streams if stream.get("index") == index] or streams
    return _read(meant[0], found.get("format", {})) if meant else None


def _read(stream: Mapping[str, Any], file_format: Mapping[str, Any]) -> PictureStream:
    width, height = _shown_size(stream)
    side = stream.get("side_data_list", ())
    profiles = [entry["dv_profile"] for entry in side if "dv_profile" in entry]
    transfer = str(stream.get("color_transfer", ""))
    matrix = {"bt2020nc": "bt2020", "bt2020_ncl": "bt2020", "bt2020c": "bt2020"}.get(
        str(stream.get("color_space", "")), str(stream.get("color_space", ""))
    )
    if matrix not in ("bt709", "bt601", "smpte170m", "bt470bg", "smpte240m", "bt2020", "fcc"):
        matrix = "bt709" if int(stream["height"]) > _HIGH else "bt601"
    return PictureStream(
        index=int(stream["index"]),
        width=width,
        height=height,
        start=_number(file_format.get("start_time")) or 0.0,
        seconds=_number(file_format.get("duration")) or 0.0,
        rate=_ratio(str(stream.get("avg_frame_rate", ""))) or _DEFAULT_RATE,
        transfer=transfer,
        matrix=matrix,
        interlaced=stream.get("field_order") in _FIELDS_SHOWN,
        dolby_vision=profiles[0] if profiles else None,
    )


def _shown_size(stream: Mapping[str, Any]) -> Tuple[int, int]:
    """With the shape of the pixels, turned as ffmpeg turns it."""
    shape = _ratio(str(stream.get("sample_aspect_ratio", "")).replace(":", "/")) or 1.0
    width, height = round(int(stream["width"]) * shape), int(stream["height"])
    turned = [
        entry["rotation"] for entry in stream.get("side_data_list", ()) if "rotation" in entry
    ]
    return (height, width) if turned and round(float(turned[0])) % 180 == 90 else (width, height)


def _number(text: Any) -> Optional[float]:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _ratio(text: str) -> Optional[float]:
    above, _, below = text.partition("/")
    first, second = _number(above), _number(below)
    return first / second if first and second else None
