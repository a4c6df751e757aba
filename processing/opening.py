"""A recording that begins within a group of pictures: what decoders say before its first key frame.

A recorder starts when the user does. Nothing can be shown of the pictures before the first key frame, and a
decoder complains about each of them. That is the film's own, and costs nothing; the same words later are
damage. (H.264: no parameter sets yet; MPEG-2: no sequence header yet; seen with ffmpeg 8.1.2 and 9.0.2.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Iterable, Mapping, Optional, Sequence

from core.progress import Progress
from core.text.tool_lines import plain

# What is read to find the first key frames; a group of pictures of a broadcast has a second or two.
OPENING_SECONDS = 20.0


@dataclass(frozen=True)
class Opening:
    """``key_frame`` and ``seconds`` are from the film's beginning: to the first key frame, and to where it
    decodes cleanly. ``lines`` are what a decoder says of the film up to there, without addresses."""

    key_frame: float
    seconds: float
    lines: FrozenSet[str]

    def explains(self, line: str, progress: Optional[Progress], duration: float) -> bool:
        """Whether a tool that is at ``progress`` in a film of ``duration`` seconds says it of the opening."""
        share = progress.percent if progress is not None and progress.percent else 0.0
        return share * duration / 100 <= self.seconds and plain(line) in self.lines


def key_frames(packets: Iterable[Mapping[str, str]]) -> Sequence[float]:
    """Seconds from the first packet of the picture to each key frame; empty where it begins with one.

    ``packets`` are ffprobe's, with pts_time, dts_time and flags, in the file's order.
    """
    moments = []
    for packet in packets:
        text = packet.get("pts_time") or packet.get("dts_time") or ""
        try:
            moments.append((float(text), packet.get("flags", "").startswith("K")))
        except ValueError:
            continue
    if not moments or moments[0][1]:
        return ()
    first = min(moment for moment, _ in moments)
    return [moment - first for moment, key in moments if key]
