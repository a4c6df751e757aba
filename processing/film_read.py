"""How much of a film's video ffmpeg has read by a certain time, from the packet table that it writes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import List, Optional, Tuple

from core.errors import ToolFailed
from processing.packets import Packet, parse_framehash

_CLOSE = 2.0  # seconds: ffmpeg tells a time by the end of what was read last


class FilmRead:
    """Follows a table of packets while it is written (``processing.packets.packet_outputs``)."""

    def __init__(self, table: Path) -> None:
        self._table = table
        self._offset = 0  # bytes of the table that were taken
        self._head = ""  # its first lines, which tell the unit of time
        self._first: Optional[float] = None
        self._later: List[Tuple[float, int]] = []  # time after the first packet's, and size
        self._bytes = 0
        self._last = 0.0  # seconds

    def bytes_until(self, time: float) -> Optional[int]:
        """Return the bytes of the packets up to ``time`` seconds; None where they are not known so far.

        ``time`` never goes back.
        """
        with suppress(OSError, ToolFailed):
            for packet in self._new():
                if packet.time is not None:
                    self._first = packet.time if self._first is None else self._first
                    self._later.append((packet.time - self._first, packet.size))
        self._last = max((at for at, _size in self._later), default=self._last)
        if self._last < time - _CLOSE:
            return None
        self._bytes += sum(size for at, size in self._later if at < time)
        self._later = [packet for packet in self._later if packet[0] >= time]
        return self._bytes

    def _new(self) -> Tuple[Packet, ...]:
        """The packets of the lines that are whole by now."""
        with self._table.open("rb") as file:
            file.seek(self._offset)
            found = file.read()
        whole = found[: found.rfind(b"\n") + 1]
        self._offset += len(whole)
        text = whole.decode("ascii", "replace")
        self._head += "".join(line for line in text.splitlines(True) if line.startswith("#tb "))
        return parse_framehash(self._head + text)
