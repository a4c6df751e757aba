"""Unpacks a response piece by piece, so that a decompression bomb is noticed before it is large.

By hand, since the HTTP library unpacks whatever the server chose, a whole piece at once.
"""

from __future__ import annotations

import zlib
from typing import Any

from core.text.sentence import Sentence

ACCEPTED = "gzip, deflate"
_MOST_TIMES = 200  # largest ratio; lists of films become 5 to 20 times as large
_FREE = (
    1024 * 1024
)  # bytes below which the ratio is not checked: short repetitive answers pack well
_STEP = 65536  # bytes unpacked at once
_EITHER = zlib.MAX_WBITS | 32  # gzip or zlib, by the header
_NAMES = frozenset({"gzip", "x-gzip", "deflate"})


class Unpacker:
    """Takes a response's bytes as they arrive; ``encoding`` is its Content-Encoding, ``largest`` in bytes.

    Raises ValueError with what is wrong, as the end of a sentence about the server.
    """

    def __init__(self, encoding: str, largest: int) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", *_NAMES):
            raise ValueError(Sentence("its answer is packed in a way that was not asked for"))
        self._largest = largest
        self._unzip: Any = zlib.decompressobj(_EITHER) if name in _NAMES else None
        self._packed = 0
        self._found = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._unzip is None:
            self._packed += len(piece)
            self._take(piece)
            return
        try:
            self._unpack(piece)
        except zlib.error:
            raise ValueError(Sentence("its answer is packed wrongly")) from None

    def finish(self) -> bytes:
        """Return the whole answer."""
        if self._unzip is not None and self._packed:
            self._take(self._unzip.flush())  # a few bytes: all input is unpacked
            if not self._unzip.eof:
                raise ValueError(Sentence("its answer breaks off"))
        return bytes(self._found)

    def _unpack(self, piece: bytes) -> None:
        first = not self._packed
        self._packed += len(piece)
        while piece:
            if self._unzip.eof:  # another member of a gzip file follows
                self._unzip = zlib.decompressobj(_EITHER)
            try:
                data = self._unzip.decompress(piece, _STEP)
            except zlib.error:
                if not first:
                    raise
                # Some servers send deflate without its zlib header.
                self._unzip = zlib.decompressobj(-zlib.MAX_WBITS)
                data = self._unzip.decompress(piece, _STEP)
            first = False
            self._take(data)
            piece = self._unzip.unconsumed_tail or self._unzip.unused_data

    def _take(self, data: bytes) -> None:
        self._found += data
        if len(self._found) > self._largest:
            raise ValueError(Sentence("its answer is too large"))
        if len(self._found) > max(_FREE, self._packed * _MOST_TIMES):
            raise ValueError(Sentence("its answer is packed so densely that it is none"))
