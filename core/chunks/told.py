"""What the log says of a film in chunks on its way."""

from __future__ import annotations

from core.chunks.chunk import ChunkNumber
from core.text.sentence import Bytes, Seconds, Sentence


def cut_into(chunks: int, length: float) -> Sentence:
    """A film begins in so many chunks, each about ``length`` seconds long."""
    return Sentence(
        "The video is encoded in {chunks} chunks of about {length} each.",
        chunks=chunks,
        length=Seconds(length),
    )


def own_number(number: ChunkNumber, film: float) -> Sentence:
    """A chunk gets another number for its quality than ``film``, the film's."""
    return Sentence(
        "Chunk {chunk} gets number {number} in place of {film}. {reason}",
        chunk=number.chunk + 1,
        number=f"{number.value:g}",
        film=f"{film:g}",
        reason=number.reason.message,
    )


def chunk_done(
    number: int, chunks: int, pictures: int, size: int, seconds: float, machine: str
) -> Sentence:
    """A chunk is made and proved; ``number`` counts from 0, ``machine`` is "" for this one."""
    where = {
        "number": number + 1,
        "chunks": chunks,
        "pictures": pictures,
        "size": Bytes(size),
        "time": Seconds(seconds),
    }
    if machine:
        return Sentence(
            "Chunk {number} of {chunks} is done and proved: {pictures} pictures, {size}, {time} on "
            "{machine}.",
            machine=machine,
            **where,
        )
    return Sentence(
        "Chunk {number} of {chunks} is done and proved: {pictures} pictures, {size}, {time}.",
        **where,
    )


def chunks_joined(chunks: int) -> Sentence:
    """All chunks are in one film, which is not verified yet."""
    return Sentence("All {chunks} chunks are joined.", chunks=chunks)
