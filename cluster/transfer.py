"""The transfer of a file between two machines, without sockets or files.

It goes in chunks, each in a frame with its place and its hash; the receiver says up to where it has them,
and the sender never runs further ahead than the window, so that memory stays flat whatever the size. The
hash of the whole is the hash of the chunks' hashes: one skip the bytes gives both. A transfer that
broke continues where it stopped, after the receiver has hashed what it has. Length and hash decide at the
end whether a file has come: an error message can never become a film.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Iterable, Optional, Tuple

from core.peer_errors import PeerError
from core.text.sentence import Sentence

CHUNK = 1024 * 1024  # bytes
WINDOW = 16 * CHUNK  # bytes that are under way at most
DIGEST_SIZE = 32  # bytes
_HEADER = struct.Struct(f">QI{DIGEST_SIZE}s")
LARGEST_FRAME = _HEADER.size + CHUNK


def chunk_digest(payload: bytes) -> bytes:
    """Return the hash of one chunk."""
    return hashlib.blake2b(payload, digest_size=DIGEST_SIZE).digest()


class WholeDigest:
    """The hash of a whole file, from its chunks in order."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=DIGEST_SIZE)
        self._length = 0

    @property
    def length(self) -> int:
        """Return how many bytes were counted in."""
        return self._length

    def add(self, digest: bytes, length: int) -> None:
        """Count in the next chunk by its hash."""
        self._hash.update(digest)
        self._length += length

    def text(self) -> str:
        """Return the hash so far, with the length in it, in hexadecimal."""
        whole = self._hash.copy()
        whole.update(self._length.to_bytes(8, "big"))
        return whole.hexdigest()


def whole_digest(chunks: Iterable[bytes]) -> WholeDigest:
    """Return the hash of what the chunks are together."""
    whole = WholeDigest()
    for chunk in chunks:
        whole.add(chunk_digest(chunk), len(chunk))
    return whole


def frame(offset: int, payload: bytes, digest: bytes) -> bytes:
    """Return a chunk as it goes over the wire; ``digest`` is its ``chunk_digest``."""
    return _HEADER.pack(offset, len(payload), digest) + payload


@dataclass(frozen=True)
class FilePart:
    """What a frame held: bytes that are known to be those that were sent, and where they belong."""

    offset: int
    payload: bytes
    digest: bytes


def read_frame(data: bytes) -> FilePart:
    """Read a frame; raises PeerError where it is damaged."""
    if not _HEADER.size < len(data) <= LARGEST_FRAME:
        raise PeerError(
            Sentence("A piece of a film has a wrong length; the transfer is begun again.")
        )
    offset, length, digest = _HEADER.unpack_from(data)
    payload = data[_HEADER.size :]
    if length != len(payload) or chunk_digest(payload) != digest:
        raise PeerError(
            Sentence("A piece of a film was damaged on its way; the transfer goes on from there.")
        )
    return FilePart(offset, payload, digest)


class Sender:
    """Says which bytes to send next; ``size`` is the file's, ``start`` where the receiver stands."""

    def __init__(self, size: int, start: int = 0) -> None:
        if not 0 <= start <= size or (start % CHUNK and start != size):
            raise PeerError(
                Sentence(
                    "The other machine wants to go on at byte {start} of {size}.",
                    start=start,
                    size=size,
                )
            )
        self._size = size
        self._next = start
        self._confirmed = start

    @property
    def finished(self) -> bool:
        """Whether the receiver has everything."""
        return self._confirmed == self._size

    @property
    def all_given(self) -> bool:
        """Whether ``next`` has given the last chunk."""
        return self._next >= self._size

    def next(self) -> Optional[Tuple[int, int]]:
        """Return place and length of the next chunk; None while the window is full, or at the end."""
        if self._next >= self._size or self._next - self._confirmed >= WINDOW:
            return None
        offset = self._next
        length = min(CHUNK, self._size - offset)
        self._next += length
        return offset, length

    def confirm(self, received: int) -> None:
        """The receiver has everything up to here; raises PeerError where that cannot be."""
        if not self._confirmed <= received <= self._next:
            raise PeerError(
                Sentence(
                    "The other machine confirmed byte {received}, which was never sent.",
                    received=received,
                )
            )
        self._confirmed = received


class Receiver:
    """Takes frames in their order; ``have`` is the hash of what an earlier try has left."""

    def __init__(self, size: int, have: Optional[WholeDigest] = None) -> None:
        self._size = size
        self._whole = have or WholeDigest()
        if self._whole.length > size:
            raise PeerError(
                Sentence("What is there of the film is longer than the film; it starts over.")
            )

    @property
    def received(self) -> int:
        """Return up to which byte the file is there."""
        return self._whole.length

    @property
    def complete(self) -> bool:
        """Whether the last byte is there; ``check`` says whether it is the right file."""
        return self.received == self._size

    def take(self, data: bytes) -> FilePart:
        """Return what is to be written; raises PeerError where it is damaged or not what comes next."""
        chunk = read_frame(data)
        if chunk.offset != self.received or chunk.offset + len(chunk.payload) > self._size:
            raise PeerError(
                Sentence("A piece of a film came out of its order; the transfer is begun again.")
            )
        self._whole.add(chunk.digest, len(chunk.payload))
        return chunk

    def check(self, digest: str) -> None:
        """Compare the whole with the sender's hash; raises PeerError where they differ."""
        if not self.complete or self._whole.text() != digest:
            raise PeerError(
                Sentence(
                    "The film that came over the network is not the one that was sent; it is sent again."
                )
            )
