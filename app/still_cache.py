"""Keeps the stills that were made of films, up to a size; what was not looked at for longest goes first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional, Sequence, Union

LARGEST_CACHE = 256 * 1024 * 1024  # bytes; two stills of a film take 1 to 6 MB
_MAKING = "making-"


class StillCache:
    """Files by what they show; usable from every thread. Its folder may be removed at any time."""

    def __init__(self, folder: Path, largest: int = LARGEST_CACHE) -> None:
        self._folder = folder
        self._largest = largest

    @staticmethod
    def key(films: Sequence[Path], *what: Union[str, float]) -> str:
        """Return a name for something shown of these films as they are now; raises OSError."""
        parts = [str(part) for part in what]
        for film in films:
            status = film.stat()
            parts += [str(film), str(status.st_size), str(status.st_mtime_ns)]
        text = "\0".join(parts).encode("utf-8", errors="surrogateescape")
        return hashlib.sha256(text).hexdigest()[:32]

    def get(self, name: str) -> Optional[Path]:
        """Return a file that is kept, and keep it for longer."""
        path = self._folder / name
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    @contextmanager
    def making(self) -> Iterator[Path]:
        """Make a folder for the block; it is gone afterwards, whatever happens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_MAKING, dir=str(self._folder)) as folder:
            yield Path(folder)

    def keep(self, made: Path, name: str) -> Path:
        """Keep a file that was made under this name, and let go of what is too much."""
        path = self._folder / name
        made.replace(path)
        self._trim(path)
        return path

    def clear(self) -> None:
        """Remove what a program that was killed has left half made."""
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.name.startswith(_MAKING):
                    shutil.rmtree(path, ignore_errors=True)

    def _trim(self, newest: Path) -> None:
        kept = []
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                with contextlib.suppress(OSError):
                    status = path.stat()
                    if path.is_file() and path != newest:
                        kept.append((status.st_mtime_ns, status.st_size, path))
        room = self._largest
        with contextlib.suppress(OSError):
            room -= newest.stat().st_size
        for _time, size, path in sorted(kept, reverse=True):
            room -= size
            if room < 0:
                with contextlib.suppress(OSError):  # another thread shows it: the next time
                    path.unlink()
