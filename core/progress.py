"""How far a running tool is: one value for all tools, and feed-and-ask parsers of what they write.

A parser is fed the tool's output as it comes, cut anywhere, and asked for the latest state. It does
no I/O and never raises, whatever the tool writes. The percent never goes back, never passes 100 and
is never NaN.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Dict, Optional, Protocol, Tuple

from core.chunk_progress import ChunkProgress

# A projection from the first moments is worthless: headers and fonts are written up front, and an
# encoder spends its bits unevenly. From this share of the film on it is given.
ENOUGH_TO_PROJECT = 0.05
# Until a tool says that it has come to its end it has not, however long the film was thought to be: as much
# as is still shown as 99 %.
UNFINISHED = 99.4
# ffmpeg's time is that of the track that is farthest, and one line of a subtitle that is shown for an hour
# brings it there at once. Where it is so many times farther than the pictures (and a margin, as a share of
# the film, for sound that is muxed ahead), the pictures are right; a number of pictures that was guessed
# too high (telecine) is nearer than that.
_FAR_AHEAD, _AHEAD_MARGIN = 2.0, 0.02
_STANDS_STILL = 4  # reports with new pictures and the same time
# What a tool writes without an end of line is kept up to this length and cut there.
LONGEST_LINE = 4096


@dataclass(frozen=True)
class Progress:
    """Where a running step stands; None where the tool does not say.

    ``percent`` 0–100; ``speed`` in film seconds a second (1.0 is real time); ``eta`` in seconds;
    sizes in bytes; ``chunks`` where the film is encoded in several.
    """

    step: str
    percent: Optional[float] = None
    frame: Optional[int] = None
    fps: Optional[float] = None
    speed: Optional[float] = None
    eta: Optional[float] = None
    output_size: Optional[int] = None
    projected_size: Optional[int] = None
    chunks: Tuple[ChunkProgress, ...] = ()


class ProgressListener(Protocol):
    """Learns how far a running tool is, in the thread that reads the tool's output."""

    def __call__(self, progress: Progress, /) -> None:
        """Take in the newest state; must return quickly, for the tool's output waits meanwhile."""


class ProgressParser(Protocol):
    """What every parser offers."""

    @property
    def finished(self) -> bool:
        """Whether the tool said that it came to its end by itself; no proof of a good result."""

    def feed(self, text: str) -> None:
        """Take the next piece of the tool's output, of any length and cut anywhere."""

    def latest(self, step: str) -> Optional[Progress]:
        """The latest state under the name ``step``; None before the tool's first sign of life."""


class LineFeed(ABC):
    """Puts lines together from pieces, for parsers of lines; a line ends with CR, LF or both."""

    # As far as the percent goes before the tool has said that it is done.
    unfinished = UNFINISHED

    def __init__(self) -> None:
        self.finished = False
        self._pending = ""
        self._percent: Optional[float] = None

    def feed(self, text: str) -> None:
        """Take the next piece of the tool's output, of any length and cut anywhere."""
        *complete, rest = re.split("[\r\n]", text)
        for piece in complete:
            line = (self._pending + piece)[:LONGEST_LINE].strip()
            self._pending = ""
            if line:
                self._take_line(line)
        self._pending = (self._pending + rest)[:LONGEST_LINE]

    @abstractmethod
    def _take_line(self, line: str) -> None:
        """Take a whole line, without its end."""

    def _advance(self, share: Optional[float]) -> None:
        """Move the percent to this share of the film (0–1); unknown or smaller shares leave it."""
        if share is None:
            return
        percent = min(max(share * 100.0, 0.0), 100.0 if self.finished else self.unfinished)
        self._percent = percent if self._percent is None else max(self._percent, percent)


class FfmpegProgress(LineFeed):
    """Reads ``-progress pipe:1``: blocks of ``key=value`` that end with ``progress=…``.

    ``duration`` is the source's, in seconds; ``frame_total`` the number of frames of the picture, which
    decides where ffmpeg gives no time, or one that stands still or is far ahead; ``source_size`` in bytes: a
    result that already has more than that is projected at once, however early. (Keys, units and the
    ``N/A`` values: measured on ffmpeg 5.1 to 9.0; ``out_time_ms`` is microseconds as well.)
    """

    def __init__(
        self,
        duration: Optional[float],
        frame_total: Optional[int] = None,
        source_size: Optional[int] = None,
    ) -> None:
        super().__init__()
        self._duration = usable(duration)
        self._frame_total = usable(frame_total)
        self._source_size = source_size
        self._fields: Dict[str, str] = {}
        self._block: Optional[Dict[str, str]] = None
        self._done: Optional[float] = None  # share of the film, by the last block
        self._by_frames = False
        self._before = (0.0, 0.0)  # time and frame of the last block
        self._stood = 0

    def _take_line(self, line: str) -> None:
        key, equals, value = line.partition("=")
        if not equals:
            return
        key, value = key.strip(), value.strip()
        if key != "progress":
            self._fields[key] = value
            return
        self._block, self._fields = self._fields, {}
        self.finished = self.finished or value == "end"
        self._done = self._share(self._block)
        self._advance(self._done)

    def _share(self, block: Dict[str, str]) -> Optional[float]:
        """The share of the film that is done, by time or by pictures, whichever can be believed."""
        time, frame = _out_time(block), number_in(block.get("frame"))
        by_time = time / self._duration if time is not None and self._duration else None
        by_frames = frame / self._frame_total if frame is not None and self._frame_total else None
        self._stood = self._standing(time or 0.0, frame or 0.0)
        self._by_frames = by_frames is not None and (
            by_time is None
            or by_time > _FAR_AHEAD * by_frames + _AHEAD_MARGIN
            or self._stood >= _STANDS_STILL
        )
        return by_frames if self._by_frames else by_time

    def _standing(self, time: float, frame: float) -> int:
        """For how many blocks pictures have come and time has not passed."""
        (old_time, old_frame), self._before = self._before, (time, frame)
        if time > old_time:
            return 0
        return self._stood + (frame > old_frame)

    def latest(self, step: str) -> Optional[Progress]:
        """The state of the last whole block; None before the first one."""
        block = self._block
        if block is None:
            return None
        speed, done = self._speed(block), self._done
        eta = None
        if done is not None and self._duration and speed:
            eta = finite(max(1.0 - done, 0.0) * self._duration / speed)
        size = _whole(block.get("total_size"))
        return Progress(
            step=step,
            percent=self._percent,
            frame=_whole(block.get("frame")),
            fps=number_in(block.get("fps")),
            speed=speed,
            eta=eta,
            output_size=size,
            projected_size=self._projected(size),
        )

    def _speed(self, block: Dict[str, str]) -> Optional[float]:
        if self._by_frames and self._duration and self._frame_total:
            fps = number_in(block.get("fps"))
            return finite(fps * self._duration / self._frame_total) if fps else None
        return number_in(block.get("speed", "").rstrip("x"))

    def _projected(self, size: Optional[int]) -> Optional[int]:
        if size is None:
            return None
        share = min(self._done, 1.0) if self._done and self._duration else 0.0
        if share >= ENOUGH_TO_PROJECT:
            return round(size / share)
        return size if self._source_size and size > self._source_size else None


_MKVTOOLNIX_LINE = re.compile(r"^(?:Progress:|#GUI#progress) *([0-9]{1,3})%")
_MKVTOOLNIX_END = re.compile(r"^(?:Done\.$|Multiplexing took )")


class MkvtoolnixProgress(LineFeed):
    """Reads mkvmerge's and mkvpropedit's ``Progress: 42%`` and ``#GUI#progress 42%``."""

    unfinished = 100.0  # it measures its work itself

    def _take_line(self, line: str) -> None:
        match = _MKVTOOLNIX_LINE.match(line)
        if match:
            self._advance(int(match.group(1)) / 100.0)
        elif _MKVTOOLNIX_END.match(line):
            self.finished = True

    def latest(self, step: str) -> Optional[Progress]:
        """The last percent; None before the first one (a header edit shows none at all)."""
        return None if self._percent is None else Progress(step, percent=self._percent)


# Bounded in length, so that no garbage makes a number that arithmetic cannot hold.
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:e[+-]?[0-9]{1,2})?")
_OUT_TIME = re.compile(r"(-?)([0-9]{1,9}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,9})?)")


def number_in(text: Optional[str]) -> Optional[float]:
    """The number that a text is; None where it is none."""
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _whole(text: Optional[str]) -> Optional[int]:
    number = number_in(text)
    return None if number is None or number < 0 else int(number)


def scaled(text: Optional[str], factor: float) -> Optional[int]:
    """The number that a text is, times a factor."""
    number = number_in(text)
    return None if number is None else finite_int(number * factor)


def finite(number: float) -> Optional[float]:
    """The number, unless it is NaN or infinite."""
    return number if math.isfinite(number) else None


def finite_int(number: float) -> Optional[int]:
    """The whole number, unless it is NaN or infinite."""
    return int(number) if math.isfinite(number) else None


def usable(number: Optional[float]) -> Optional[float]:
    """None for what no share can be taken of: unknown, zero, negative, NaN or infinite."""
    return number if number is not None and math.isfinite(number) and number > 0 else None


def _out_time(block: Dict[str, str]) -> Optional[float]:
    """Seconds of the film that are written; what lies before its start counts as none."""
    for key in ("out_time_us", "out_time_ms"):
        number = number_in(block.get(key))
        if number is not None:
            return max(number / 1e6, 0.0)
    match = _OUT_TIME.fullmatch(block.get("out_time", ""))
    if match is None or match.group(1):
        return None if match is None else 0.0
    return int(match.group(2)) * 3600.0 + int(match.group(3)) * 60.0 + float(match.group(4))
