"""The end of a log that grows: its last lines first, then what is added."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import List, Tuple

FIRST_BYTES = 2_000_000  # of a log that is read from its end at first
_LEVEL = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) ")

Line = Tuple[str, str]  # level name (empty where the line belongs to the previous one) and text


class LogTail:
    """Reads one text log; not thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0
        self._file: Tuple[int, int] = (
            0,
            0,
        )  # device and number, to know a new file of the same name

    def read(self) -> Tuple[bool, Tuple[Line, ...]]:
        """Return the whole lines since the last call, and whether they begin a file again.

        A log that is not there has none. Raises OSError where it cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                found = os.fstat(file.fileno())
                anew = (found.st_dev, found.st_ino) != self._file or found.st_size < self._at
                if anew:
                    self._file = (found.st_dev, found.st_ino)
                    self._at = max(0, found.st_size - FIRST_BYTES)
                file.seek(self._at)
                data = file.read(FIRST_BYTES)
        except FileNotFoundError:
            return False, ()
        if anew and self._at:  # into the middle of a line
            skipped = data.find(b"\n") + 1
            self._at += skipped
            data = data[skipped:]
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        return anew, tuple(_lines(whole))


def _lines(data: bytes) -> List[Line]:
    found = []
    for line in data.splitlines():
        match = _LEVEL.match(line)
        found.append((match[1].decode() if match else "", line.decode("utf-8", "replace")))
    return found
