"""The ends of a transfer on disk: a film that is read in pieces, and one that grows until it is right.

Everything here may wait for a disk, so it is called in threads. Nothing is synced to the disk: before it
continues, a transfer compares what is there with the sender's film, and a result is proved and synced later.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Optional, Type

from cluster import transfer
from cluster.transfer import Receiver, WholeDigest, chunk_digest, frame
from core.errors import NotEnoughSpace
from core.peer_errors import PeerError
from core.text.sentence import Sentence

PARTIAL = ".part"  # as staged files and downloads end that nobody may take for a film


class _Opened:
    """A file that is closed with its block."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._file.close()


class FilmReader(_Opened):
    """The sender's film; raises OSError where it cannot be read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb", buffering=0))
        self.size = os.fstat(self._file.fileno()).st_size  # bytes
        self.whole = WholeDigest()

    def begin(self, received: int, digest: str) -> int:
        """Return from where to send: from ``received`` where the beginning there is this film's, else 0."""
        if not 0 <= received <= self.size:
            return 0
        self.whole = _digest_of(self._file, received)
        if self.whole.text() == digest:
            return received
        self.whole = WholeDigest()
        return 0

    def frame(self, offset: int, length: int) -> bytes:
        """Return a piece of the film as it goes over the wire; pieces have to be asked for in order."""
        self._file.seek(offset)
        payload = _read(self._file, length)
        digest = chunk_digest(payload)
        self.whole.add(digest, length)
        return frame(offset, payload, digest)


class FilmWriter(_Opened):
    """The receiver's film, beside ``target`` under another name until it is right.

    Raises NotEnoughSpace, OSError.
    """

    def __init__(self, target: Path, size: int) -> None:
        demand_room(target, size)
        self._target = target
        self._partial = _partial(target)
        self._size = size
        if not self._partial.exists() and target.exists():
            target.replace(self._partial)  # it came whole, and the other end did not hear it
        # A private film is nobody else's while it comes; whoever takes it gives it the film's rights.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        super().__init__(os.fdopen(os.open(self._partial, flags, 0o600), "r+b"))
        there = os.fstat(self._file.fileno()).st_size
        if there != size:  # only whole pieces can be gone on from
            there = 0 if there > size else there - there % transfer.CHUNK
        self.have = _digest_of(self._file, there)
        self._receiver = Receiver(size, self.have)

    @property
    def received(self) -> int:
        """Return up to which byte the film is there."""
        return self._receiver.received

    def begin(self, start: int) -> None:
        """Go on after ``start``, which the sender has chosen; raises PeerError where that cannot be."""
        if start not in (0, self.have.length):
            raise PeerError(
                Sentence("The other machine sends a part of the film that is not wanted.")
            )
        if not start:
            self._receiver = Receiver(self._size)
        self._file.truncate(start)
        self._file.seek(start)

    def take(self, data: bytes) -> None:
        """Write a piece; raises PeerError where it is damaged or not the next."""
        self._file.write(self._receiver.take(data).payload)

    def finish(self, digest: str) -> None:
        """Give the film its name where it is the one that was sent; else drop it and raise PeerError."""
        self._file.close()
        try:
            self._receiver.check(digest)
        except PeerError:
            with contextlib.suppress(OSError):
                self._partial.unlink()
            raise
        self._partial.replace(self._target)


def demand_room(target: Path, size: int) -> None:
    """Raise NotEnoughSpace where ``size`` bytes, less what is there of them, do not fit beside ``target``."""
    there = max(
        (path.stat().st_size for path in (target, _partial(target)) if path.exists()), default=0
    )
    free = shutil.disk_usage(target.parent).free
    if free + there < size:
        raise NotEnoughSpace(target.parent, size - there, free)


def _partial(target: Path) -> Path:
    return target.with_name(target.name + PARTIAL)


def _digest_of(file: BinaryIO, length: int) -> WholeDigest:
    """Hash the first bytes of a file as its pieces are hashed."""
    whole = WholeDigest()
    file.seek(0)
    while whole.length < length:
        payload = _read(file, min(transfer.CHUNK, length - whole.length))
        whole.add(chunk_digest(payload), len(payload))
    return whole


def _read(file: BinaryIO, length: int) -> bytes:
    """Read so many bytes, in as many calls as the file needs; raises PeerError where there are fewer."""
    payload = file.read(length) or b""
    while len(payload) < length:
        more = file.read(length - len(payload))
        if not more:
            raise PeerError(Sentence("The film was cut short while it was sent."))
        payload += more
    return payload
