"""What finished chunks were made from, and what has changed where they fit no more."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import PurePath
from typing import Mapping, Sequence

from core.text.sentence import Sentence, counted_sentence

# Raised by a version of the program whose chunks do not fit those of the versions before.
_FORM = 1


@dataclass(frozen=True)
class ChunkOrigin:
    """All that decides about the bytes of a film's chunks; each part as text.

    ``content`` is the film's (``store.verdicts.fingerprint``), ``rules`` the plan's signature, ``command`` a
    hash of the encoder's command without the names of files, ``tool`` the encoder's name and version,
    ``length`` the chunks' wanted length in seconds.
    """

    content: str
    tool: str
    length: str
    command: str
    rules: str

    @property
    def key(self) -> str:
        """The same for chunks that fit each other, and no others."""
        import hashlib  # where a chunk is made; whoever lists jobs is spared OpenSSL

        text = json.dumps([_FORM, *(getattr(self, field.name) for field in fields(self))])
        return hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()

    def as_json(self) -> Mapping[str, str]:
        """For the database."""
        return asdict(self)


def command_mark(argv: Sequence[str], own_names: Sequence[PurePath]) -> str:
    """Return a hash of a command, whatever the film, its folder and the staged file are called.

    ``own_names`` are those files.
    """
    import hashlib

    digest = hashlib.blake2b(digest_size=16)
    names = sorted((str(name) for name in own_names), key=len, reverse=True)
    for word in argv:
        for name in names:
            word = word.replace(name, "\0")
        digest.update(word.encode("utf-8", "surrogatepass") + b"\1")
    return digest.hexdigest()


def why_discarded(before: Mapping[str, str], now: ChunkOrigin, finished: int) -> Sentence:
    """Return what the user is told where ``finished`` chunks do not fit any more."""
    changed = {name for name, value in now.as_json().items() if before.get(name) != value}
    if "content" in changed:
        return content_changed(finished)
    if "tool" in changed:
        return counted_sentence(
            "Another encoder, or another version of it, is used now ({tool}): {number} finished chunk was "
            "removed, and the video is encoded from the beginning.",
            "Another encoder, or another version of it, is used now ({tool}): {number} finished chunks "
            "were removed, and the video is encoded from the beginning.",
            finished,
            tool=now.tool,
        )
    return settings_changed(finished)


def content_changed(finished: int) -> Sentence:
    """Return what the user is told where finished chunks are of another film than this is now."""
    return counted_sentence(
        "The film has changed since it was begun: {number} finished chunk was removed, and the video "
        "is encoded from the beginning.",
        "The film has changed since it was begun: {number} finished chunks were removed, and the video "
        "is encoded from the beginning.",
        finished,
    )


def settings_changed(finished: int) -> Sentence:
    """Return what the user is told where other settings or rules have made finished chunks useless."""
    return counted_sentence(
        "The settings for this film have changed: {number} finished chunk was removed, and the film "
        "starts from the beginning.",
        "The settings for this film have changed: {number} finished chunks were removed, and the film "
        "starts from the beginning.",
        finished,
    )


def damaged(chunk: int, film: PurePath) -> Sentence:
    """Return the log's sentence on a chunk, counted from 0, whose bytes are not those that were proved."""
    return Sentence(
        "Chunk {number} of {film} is damaged or gone, and is made again.",
        number=chunk + 1,
        film=film,
    )


def other_number(chunk: int, film: PurePath) -> Sentence:
    """Return the log's sentence on a chunk that another version of the program made with another number."""
    return Sentence(
        "Chunk {number} of {film} was made with another number than it was to have, and is made again.",
        number=chunk + 1,
        film=film,
    )


def not_joined(problem: str) -> Sentence:
    """Return what the user is told where a film in chunks is made once more in one piece."""
    return Sentence(
        "The video is encoded once more, in one piece, because its chunks were of no use: {problem}",
        problem=problem,
    )


def taken_up(finished: int, chunks: int, share: float) -> Sentence:
    """Return the log's sentence on chunks that an earlier attempt has left."""
    return Sentence(
        "{finished} of {chunks} chunks were there; it goes on at {percent} %.",
        finished=finished,
        chunks=chunks,
        percent=percent_of(share),
    )


def goes_on(share: float) -> Sentence:
    """Return what the queue says of a film with finished chunks."""
    return Sentence("Goes on at {percent} %.", percent=percent_of(share))


def percent_of(share: float) -> int:
    """Return a share of a film as whole percents; never 100 before it is whole."""
    return min(99, int(share * 100 + 1e-9)) if share < 1 else 100
