"""A film in chunks that is killed at work: its store with a step after each write, and what is judged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Set, Tuple

from processing.chunks.sets import IN_HAND
from processing.runner import ProcessRunner
from store.chunks import ChunkSet, ChunkStore, StoredChunk
from store.connection import Database
from tests.films import FFMPEG
from tests.kill_steps import Countdown

SECONDS = 3.0  # of the film
CHUNK_SECONDS = 1.0


class DeadlyChunks(ChunkStore):
    """The store of chunks with a step after each write."""

    def __init__(self, database: Database, countdown: Countdown) -> None:
        super().__init__(database)
        self._countdown = countdown

    def begin(self, made: ChunkSet) -> ChunkSet:
        begun = super().begin(made)
        self._countdown.step()
        return begun

    def take(self, known: ChunkSet, now: ChunkSet) -> bool:
        taken = super().take(known, now)
        self._countdown.step()
        return taken

    def add(self, known: ChunkSet, chunk: StoredChunk) -> ChunkSet:
        grown = super().add(known, chunk)
        self._countdown.step()
        return grown

    def lose(self, known: ChunkSet, chunk: StoredChunk) -> ChunkSet:
        shrunk = super().lose(known, chunk)
        self._countdown.step()
        return shrunk

    def drop(self, known: ChunkSet) -> None:
        super().drop(known)
        self._countdown.step()


@dataclass
class ChunkLog:
    """Which chunks each run has begun; beside the film's disk, so that no power cut takes it."""

    path: Path
    run: str = ""
    _told: Set[str] = field(default_factory=set)

    def created(self, file: Path) -> None:
        """Note a file that was made, where it is one of a chunk in hand."""
        if file.suffix == IN_HAND and file.parent.suffix == ".chunks":
            line = f"{self.run} {int(file.name.partition('-')[0]) - 1}\n"
            if line not in self._told:
                self._told.add(line)
                with self.path.open("a") as log:
                    log.write(line)

    def begun(self) -> Dict[str, Set[int]]:
        """Return the numbers of the chunks that each run has begun."""
        found: Dict[str, Set[int]] = {}
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        for line in lines:
            run, _, number = line.rpartition(" ")
            found.setdefault(run, set()).add(int(number))
        return found


def finished_chunks(database: Database) -> Set[int]:
    """Return the numbers of the chunks that are known as finished."""
    return {chunk.number for known in ChunkStore(database).all() for chunk in known.finished}


def picture_digest(film: Path) -> Tuple[int, str]:
    """Return how many pictures a film has, and a hash over all of them, decoded."""
    options = ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"]
    argv = [FFMPEG, "-v", "error", "-i", f"file:{film}", *options]
    answer = ProcessRunner().capture(argv, timeout=60)
    lines = [line.split(",")[-1].strip() for line in answer.stdout.splitlines() if line[:1] != "#"]
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()
