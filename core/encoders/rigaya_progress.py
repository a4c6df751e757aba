"""How far QSVEncC, NVEncC and VCEEncC are: one line, redrawn on stderr. Tested against QSVEncC 8.22's own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Optional

from core.progress import (
    ENOUGH_TO_PROJECT,
    LineFeed,
    Progress,
    finite,
    finite_int,
    number_in,
    scaled,
    usable,
)
from core.text.ansi import without_ansi

# Tested against QSVEncC 8.22's own lines; the bracketed percent is the demuxer's and runs ahead.
_LINE = re.compile(
    r"(?:\[(?P<pct>[0-9]{1,3}(?:\.[0-9]+)?)%\] )?(?P<frame>[0-9]{1,12})(?:/(?P<total>[0-9]{1,12}))? frames: "
    r"(?P<fps>[0-9.]+|inf|nan) fps, (?P<kbps>[0-9]{1,9}) kbps"
    r"(?:, remain (?P<remain>[0-9]{1,4}:[0-9]{2}:[0-9]{2}))?"
    r"(?:, afs drop [0-9]+/[0-9]+)?(?:, GPU [0-9]+%)?(?:, (?:MFX|VE) [0-9]+%)?(?:, VD [0-9]+%)?"
    r"(?:, est out size (?P<est>[0-9.]+)MB)?"
)
_END = re.compile(
    r"encoded (?P<frame>[0-9]{1,12}) frames, (?P<fps>[0-9.]+|inf|nan) fps, "
    r"(?P<kbps>[0-9.]+) kbps, (?P<size>[0-9.]+) MB"
)
_MEBIBYTE = 1024 * 1024  # what their MB are: 500 frames at 25 fps and 8496.18 kbit/s are 20.26


class RigayaProgress(LineFeed):
    """Reads the line on stderr that the three draw, redrawn with CR and coloured even into a pipe.

    ``duration`` in seconds and ``frame_rate`` of the source; without them the percent is the demuxer's,
    which runs ahead on short films.
    """

    def __init__(self, duration: Optional[float], frame_rate: Optional[float]) -> None:
        super().__init__()
        self._frame_rate = usable(frame_rate)
        duration = usable(duration)
        self._frame_total = duration * self._frame_rate if duration and self._frame_rate else None
        self._state: Optional[Progress] = None

    def _take_line(self, line: str) -> None:
        line = without_ansi(line)
        match = _LINE.search(line)
        if match:
            self._take_running(match)
            return
        match = _END.search(line)
        if match:
            self.finished = True
            size = scaled(match.group("size"), _MEBIBYTE)
            self._take(match, None, output_size=size, projected_size=size)

    def _take_running(self, match: re.Match[str]) -> None:
        frame, fps = int(match.group("frame")), number_in(match.group("fps"))
        if self._frame_total is None:
            demuxed = number_in(match.group("pct"))
            self._advance(None if demuxed is None else demuxed / 100.0)
        eta = _clock_seconds(match.group("remain"))
        if self._frame_total is not None and fps:
            eta = finite(max(self._frame_total - frame, 0.0) / fps)
        size = None
        if self._frame_rate is not None:
            size = finite_int(int(match.group("kbps")) * 125.0 * frame / self._frame_rate)
        enough = self._frame_total is None or frame / self._frame_total >= ENOUGH_TO_PROJECT
        projected = scaled(match.group("est"), _MEBIBYTE) if enough else None
        self._take(match, eta, output_size=size, projected_size=projected)

    def _take(
        self,
        match: re.Match[str],
        eta: Optional[float],
        output_size: Optional[int],
        projected_size: Optional[int],
    ) -> None:
        frame, fps = int(match.group("frame")), number_in(match.group("fps"))
        if self._frame_total:
            self._advance(frame / self._frame_total)
        self._state = Progress(
            step="",
            percent=self._percent,
            frame=frame,
            fps=fps,
            speed=finite(fps / self._frame_rate) if fps and self._frame_rate else None,
            eta=eta,
            output_size=output_size,
            projected_size=projected_size,
        )

    def latest(self, step: str) -> Optional[Progress]:
        """The state of the last whole line; None before the first one (they wait 30 frames)."""
        return None if self._state is None else replace(self._state, step=step)


def _clock_seconds(text: Optional[str]) -> Optional[float]:
    if not text:
        return None
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600.0 + minutes * 60.0 + seconds
