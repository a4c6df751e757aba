"""How far a running tool is: one value for all tools, and a feed-and-ask parser for each.

A parser is fed the tool's output as it comes, cut anywhere, and asked for the latest state. It does
no I/O and never raises, whatever the tool writes. The percent never goes back, never passes 100 and
is never NaN.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Dict, Optional, Protocol

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
    sizes in bytes.
    """

    step: str
    percent: Optional[float] = None
    frame: Optional[int] = None
    fps: Optional[float] = None
    speed: Optional[float] = None
    eta: Optional[float] = None
    output_size: Optional[int] = None
    projected_size: Optional[int] = None


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


class _LineFeed:
    """Puts lines together from pieces; a line ends with CR, LF or both."""

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

    def _take_line(self, line: str) -> None:
        raise NotImplementedError

    def _advance(self, share: Optional[float]) -> None:
        """Move the percent to this share of the film (0–1); unknown or smaller shares leave it."""
        if share is None:
            return
        percent = min(max(share * 100.0, 0.0), 100.0 if self.finished else self.unfinished)
        self._percent = percent if self._percent is None else max(self._percent, percent)


class FfmpegProgress(_LineFeed):
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
        self._duration = _usable(duration)
        self._frame_total = _usable(frame_total)
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
        time, frame = _out_time(block), _number(block.get("frame"))
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
            eta = _finite(max(1.0 - done, 0.0) * self._duration / speed)
        size = _whole(block.get("total_size"))
        return Progress(
            step=step,
            percent=self._percent,
            frame=_whole(block.get("frame")),
            fps=_number(block.get("fps")),
            speed=speed,
            eta=eta,
            output_size=size,
            projected_size=self._projected(size),
        )

    def _speed(self, block: Dict[str, str]) -> Optional[float]:
        if self._by_frames and self._duration and self._frame_total:
            fps = _number(block.get("fps"))
            return _finite(fps * self._duration / self._frame_total) if fps else None
        return _number(block.get("speed", "").rstrip("x"))

    def _projected(self, size: Optional[int]) -> Optional[int]:
        if size is None:
            return None
        share = min(self._done, 1.0) if self._done and self._duration else 0.0
        if share >= ENOUGH_TO_PROJECT:
            return round(size / share)
        return size if self._source_size and size > self._source_size else None


_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Tested against QSVEncC 8.22's own lines; the bracketed percent is the demuxer's and runs ahead.
_QSVENC_LINE = re.compile(
    r"(?:\[(?P<pct>[0-9]{1,3}(?:\.[0-9]+)?)%\] )?(?P<frame>[0-9]{1,12})(?:/(?P<total>[0-9]{1,12}))? frames: "
    r"(?P<fps>[0-9.]+|inf|nan) fps, (?P<kbps>[0-9]{1,9}) kbps"
    r"(?:, remain (?P<remain>[0-9]{1,4}:[0-9]{2}:[0-9]{2}))?"
    r"(?:, afs drop [0-9]+/[0-9]+)?(?:, GPU [0-9]+%)?(?:, (?:MFX|VE) [0-9]+%)?(?:, VD [0-9]+%)?"
    r"(?:, est out size (?P<est>[0-9.]+)MB)?"
)
_QSVENC_END = re.compile(
    r"encoded (?P<frame>[0-9]{1,12}) frames, (?P<fps>[0-9.]+|inf|nan) fps, "
    r"(?P<kbps>[0-9.]+) kbps, (?P<size>[0-9.]+) MB"
)
_MEBIBYTE = 1024 * 1024  # what QSVEnc's MB are: 500 frames at 25 fps and 8496.18 kbit/s are 20.26


class QsvencProgress(_LineFeed):
    """Reads QSVEnc's line on stderr, redrawn with CR and coloured even into a pipe.

    ``duration`` in seconds and ``frame_rate`` of the source; without them the percent is the demuxer's,
    which runs ahead on short films.
    """

    def __init__(self, duration: Optional[float], frame_rate: Optional[float]) -> None:
        super().__init__()
        self._frame_rate = _usable(frame_rate)
        duration = _usable(duration)
        self._frame_total = duration * self._frame_rate if duration and self._frame_rate else None
        self._state: Optional[Progress] = None

    def _take_line(self, line: str) -> None:
        line = _ANSI.sub("", line)
        match = _QSVENC_LINE.search(line)
        if match:
            self._take_running(match)
            return
        match = _QSVENC_END.search(line)
        if match:
            self.finished = True
            size = _scaled(match.group("size"), _MEBIBYTE)
            self._take(match, None, output_size=size, projected_size=size)

    def _take_running(self, match: re.Match[str]) -> None:
        frame, fps = int(match.group("frame")), _number(match.group("fps"))
        if self._frame_total is None:
            demuxed = _number(match.group("pct"))
            self._advance(None if demuxed is None else demuxed / 100.0)
        eta = _clock_seconds(match.group("remain"))
        if self._frame_total is not None and fps:
            eta = _finite(max(self._frame_total - frame, 0.0) / fps)
        size = None
        if self._frame_rate is not None:
            size = _finite_int(int(match.group("kbps")) * 125.0 * frame / self._frame_rate)
        enough = self._frame_total is None or frame / self._frame_total >= ENOUGH_TO_PROJECT
        projected = _scaled(match.group("est"), _MEBIBYTE) if enough else None
        self._take(match, eta, output_size=size, projected_size=projected)

    def _take(
        self,
        match: re.Match[str],
        eta: Optional[float],
        output_size: Optional[int],
        projected_size: Optional[int],
    ) -> None:
        frame, fps = int(match.group("frame")), _number(match.group("fps"))
        if self._frame_total:
            self._advance(frame / self._frame_total)
        self._state = Progress(
            step="",
            percent=self._percent,
            frame=frame,
            fps=fps,
            speed=_finite(fps / self._frame_rate) if fps and self._frame_rate else None,
            eta=eta,
            output_size=output_size,
            projected_size=projected_size,
        )

    def latest(self, step: str) -> Optional[Progress]:
        """The state of the last whole line; None before the first one (QSVEnc waits 30 frames)."""
        return None if self._state is None else replace(self._state, step=step)


_MKVTOOLNIX_LINE = re.compile(r"^(?:Progress:|#GUI#progress) *([0-9]{1,3})%")
_MKVTOOLNIX_END = re.compile(r"^(?:Done\.$|Multiplexing took )")


class MkvtoolnixProgress(_LineFeed):
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


def _number(text: Optional[str]) -> Optional[float]:
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _whole(text: Optional[str]) -> Optional[int]:
    number = _number(text)
    return None if number is None or number < 0 else int(number)


def _scaled(text: Optional[str], factor: float) -> Optional[int]:
    number = _number(text)
    return None if number is None else _finite_int(number * factor)


def _finite(number: float) -> Optional[float]:
    return number if math.isfinite(number) else None


def _finite_int(number: float) -> Optional[int]:
    return int(number) if math.isfinite(number) else None


def _usable(number: Optional[float]) -> Optional[float]:
    """None for what no share can be taken of: unknown, zero, negative, NaN or infinite."""
    return number if number is not None and math.isfinite(number) and number > 0 else None


def _out_time(block: Dict[str, str]) -> Optional[float]:
    """Seconds of the film that are written; what lies before its start counts as none."""
    for key in ("out_time_us", "out_time_ms"):
        number = _number(block.get(key))
        if number is not None:
            return max(number / 1e6, 0.0)
    match = _OUT_TIME.fullmatch(block.get("out_time", ""))
    if match is None or match.group(1):
        return None if match is None else 0.0
    return int(match.group(2)) * 3600.0 + int(match.group(3)) * 60.0 + float(match.group(4))


def _clock_seconds(text: Optional[str]) -> Optional[float]:
    if not text:
        return None
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600.0 + minutes * 60.0 + seconds
