"""Outcomes kept by a film's content, so that the same film is not tried again in vain."""

from __future__ import annotations

import json
import os
import stat
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import FrozenSet, Optional, Sequence, Tuple

from core.damage import Damage, Place
from core.errors import FileUnavailable, FilmGone, ProbeError
from core.media.content import SAMPLE, content_id, sample_offsets
from core.media.model import FileIdentity
from core.ports import TimeSource
from core.system_errors import system_problem
from core.text.sentence import Sentence
from store.connection import Database, shown_parts, shown_text, text_of_parts


class VerdictKind(str, Enum):
    """What is known about a content."""

    NO_GAIN = "no gain"  # this plan does not make it smaller
    RESULT = "result"  # this plan made it
    TOLD_NO_GAIN = "told no gain"  # the same, reported by another machine and not checked here
    TOOL = "tool cannot"  # this version of a tool cannot carry this plan out
    DAMAGED = "damaged"  # where it is broken, whatever the plan


# How long another machine's report is believed; then the film is tried again, here or elsewhere.
TOLD_SECONDS = 30 * 86400.0
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Verdict:
    """One remembered decision; ``decided_at`` in seconds since the epoch."""

    kind: VerdictKind
    message: str
    decided_at: float

    @property
    def no_gain(self) -> bool:
        """Whether the plan is known, or reported, not to make the film smaller."""
        return self.kind in (VerdictKind.NO_GAIN, VerdictKind.TOLD_NO_GAIN)


def fingerprint(path: Path) -> str:
    """Return the content's identity from three samples (192 KiB).

    Raises FilmGone where its folder is there without it, ProbeError for what is no file (a
    folder, a named pipe), else FileUnavailable.
    """
    return state_and_content(path)[1]


def state_and_content(path: Path) -> Tuple[os.stat_result, str]:
    """Return a file's state, and its ``fingerprint``; raises as that does."""
    name = os.fspath(path)  # a path object's own methods take as long as the system's answers
    try:
        state = os.stat(name)  # noqa: PTH116
        if not stat.S_ISREG(state.st_mode):  # who opens a pipe waits for its writer
            raise ProbeError(path, Sentence("it is not a regular file."))
        file = os.open(name, _READ)
        try:
            size = os.fstat(file).st_size
            samples = tuple(_sample(file, offset, size) for offset in sample_offsets(size))
        finally:
            os.close(file)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError) and not path.is_symlink()
        if gone and path.parent.is_dir():
            raise FilmGone(
                path, Sentence("it does not exist: it was moved, renamed or deleted.")
            ) from error
        raise FileUnavailable(
            path, Sentence("it cannot be read ({problem}).", problem=system_problem(error))
        ) from error
    return state, content_id(size, samples)


def _sample(file: int, offset: int, size: int) -> bytes:
    """Read a sample of a file of ``size`` bytes; some file systems give less at a time than is asked for."""
    os.lseek(file, offset, os.SEEK_SET)
    wanted, found = min(SAMPLE, size - offset), b""
    while len(found) < wanted:
        more = os.read(file, wanted - len(found))
        if not more:
            break
        found += more
    return found


class VerdictStore:
    """Verdicts by content and plan: another template or rule (another signature) is tried again.

    What is a tool's fault is bound to its name and version as well (``Toolset.identity``): another
    version of it is tried again.
    """

    def __init__(self, database: Database, now: TimeSource = time.time) -> None:
        self._database = database
        self._now = now

    def remember(
        self,
        content: str,
        signature: str,
        kind: VerdictKind,
        message: str = "",
        *,
        tool: str = "",
    ) -> None:
        """Keep a verdict; a later one about the same content, plan and ``tool`` replaces it."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO verdicts (content, signature, verdict, message, "
                "message_parts, decided_at) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(content, _key(signature, tool), kind.value, shown_text(message)),
                    *(shown_parts(message), self._now()),
                ),
            )

    def find(self, content: str, signature: str, *, tool: str = "") -> Optional[Verdict]:
        """Return what is known about this content under this plan (by this tool), or None.

        What another machine told is forgotten after ``TOLD_SECONDS``, and where its time cannot be right.
        """
        rows = self._database.select(
            "SELECT verdict, message, message_parts, decided_at FROM verdicts "
            "WHERE content = ? AND signature = ?",
            (content, _key(signature, tool)),
        )
        if not rows:
            return None
        row = rows[0]
        message = text_of_parts(row["message"], row["message_parts"])
        found = Verdict(VerdictKind(row["verdict"]), message, row["decided_at"])
        age = self._now() - found.decided_at
        if found.kind is VerdictKind.TOLD_NO_GAIN and not 0.0 <= age <= TOLD_SECONDS:
            return None
        return found

    def remember_damage(self, film: FileIdentity, damage: Damage) -> None:
        """Keep where a film is damaged, as it is now.

        A download that mends it changes bytes between the samples of its content: its time tells.
        """
        places = json.dumps([[place.start, place.end] for place in damage.places])
        self.remember(film.content, _damage(film), VerdictKind.DAMAGED, places)

    def damage(self, film: FileIdentity) -> Optional[Damage]:
        """Return where a film is damaged, as far as that was looked for since it last changed."""
        verdict = self.find(film.content, _damage(film))
        if verdict is None:
            return None
        return Damage(tuple(Place(*place) for place in json.loads(verdict.message)))

    def among(self, contents: Sequence[str], kind: VerdictKind) -> FrozenSet[str]:
        """Return of which of these contents (a few hundred) any plan came to this verdict."""
        marks = ", ".join("?" * len(contents))
        rows = self._database.select(
            f"SELECT content FROM verdicts WHERE content IN ({marks}) AND verdict = ?",  # noqa: S608
            (*contents, kind.value),
        )
        return frozenset(row[0] for row in rows)


def _damage(film: FileIdentity) -> str:
    """What stands in the place of a plan's signature."""
    return f"damage {film.mtime_ns}"


def _key(signature: str, tool: str) -> str:
    return f"{signature} by {tool}" if tool else signature
