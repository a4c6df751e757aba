"""A file's picture as it is stored: size, times and bytes of its packets, as ffprobe tells them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

from processing.probing import Prober

_SHOWN = "packet=pts_time,dts_time,size,flags:stream=width,height:format=start_time"


@dataclass(frozen=True)
class StoredPicture:
    """A file's picture as ffprobe tells it.

    ``origin`` is the file's first time stamp, ``times`` and ``sizes`` those of the packets that were asked
    for, on the file's own clock, in the order of the times. ``timed``: each tells when its picture is shown;
    else that of its decoding has to do.
    """

    path: Path
    index: int
    origin: float
    size: Tuple[int, int]
    times: Tuple[float, ...]
    sizes: Tuple[int, ...]
    timed: bool

    def bytes_between(self, begin: float, end: float) -> int:
        """The bytes of what is shown from ``begin`` up to ``end``."""
        return sum(size for time, size in zip(self.times, self.sizes) if begin <= time < end)


def stored_picture(
    prober: Prober, path: Path, index: int, interval: str = ""
) -> Optional[StoredPicture]:
    """Read the packets of a stream, within ffprobe's ``interval`` where there is one.

    None where there is no such picture.
    """
    within = ["-read_intervals", interval] if interval else []
    answer = prober.ask([*within, "-select_streams", str(index), "-show_entries", _SHOWN], path)
    try:
        stream = answer["streams"][0]
        size = int(stream["width"]), int(stream["height"])
        packets = sorted(map(_packet, filter(_is_shown, answer["packets"])))
    except (KeyError, IndexError, ValueError):
        return None
    return StoredPicture(
        path=path,
        index=index,
        origin=_number(answer.get("format", {}), "start_time") or 0.0,
        size=size,
        times=tuple(time for time, _, _ in packets),
        sizes=tuple(size for _, size, _ in packets),
        timed=bool(packets) and all(timed for _, _, timed in packets),
    )


def _is_shown(packet: Mapping[str, Any]) -> bool:
    return "D" not in str(packet.get("flags", ""))  # discarded: hidden by an edit list


def _packet(packet: Mapping[str, Any]) -> Tuple[float, int, bool]:
    """Return a packet's time, size, and whether the time is that of its picture."""
    shown, decoded = _number(packet, "pts_time"), _number(packet, "dts_time")
    time = shown if shown is not None else decoded
    return time or 0.0, int(packet["size"]), shown is not None


def _number(entry: Mapping[str, Any], key: str) -> Optional[float]:
    try:
        return float(entry[key])
    except (KeyError, TypeError, ValueError):
        return None
