"""Finished chunks on the disk: kept so that no crash loses one, taken up again, removed in the end.

They lie in ``.mediaprocessor/<job>.chunks/`` beside the film, or in the work folder. A chunk gets its name
there only once it is whole and synced; its row comes after that. Rows go after their files.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Callable, Optional, Set, Tuple

from core.chunks.chunk import Chunk, ChunkPlan, ChunkProof
from core.chunks.origin import (
    ChunkOrigin,
    content_changed,
    damaged,
    other_number,
    settings_changed,
    why_discarded,
)
from core.errors import MediaProcessorError
from core.ports import Clock
from core.text.sentence import Sentence
from processing import process_tree
from processing.filesystem import DOT_FOLDER, FileOperations
from processing.seal import hash_of
from store.chunks import NOBODY, ChunkSet, ChunkStore, Owner, StoredChunk
from store.verdicts import fingerprint

# Neither ending is a film's, nor what other programs would open.
FINISHED, IN_HAND = ".chunk", ".partial"
_FOLDER = re.compile(r"\d+(?:-\d+)?\.chunks")
_DAY = 86400.0  # seconds
FAILED_KEPT = 7 * _DAY  # for a film that failed and may be retried
# Of a folder that our journal never heard of, which may be another machine's, and of one that is not there.
_FOREIGN_KEPT = 30 * _DAY


class ChunkSets:
    """What ``store.chunks`` knows, and the files; for one run of the program."""

    def __init__(
        self,
        store: ChunkStore,
        files: FileOperations,
        clock: Clock,
        run_id: str,
        log: logging.Logger,
    ) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._log = log
        pid = os.getpid()
        self._owner = Owner(run_id, pid, process_tree.start_time(pid))

    # ---- taken up

    def take_up(
        self, origin: ChunkOrigin, film: Path, job_id: int, beside: Path
    ) -> Optional[ChunkSet]:
        """Return the set whose chunks fit, now this job's, each with the bytes that were proved; else None.

        ``beside`` is the folder that the result is made in. What is damaged or lacking is made again. All
        bytes are read: between the samples of a seal a disk may rot for as long as a film waits.
        """
        for known in self._store.of_key(origin.key):
            folder = self._found(known, film, beside)
            if folder is None or self._is_in_use(known):
                continue
            now = self._clock.now()
            mine = replace(
                known, film=film, job_id=job_id, folder=folder, owner=self._owner, used_at=now
            )
            if self._store.take(known, mine):
                try:
                    return self._proved(mine)
                except BaseException:
                    self.release(mine)
                    raise
        return None

    def begin(
        self, origin: ChunkOrigin, film: Path, job_id: int, beside: Path, plan: ChunkPlan
    ) -> ChunkSet:
        """Begin a set; its row is there before its folder."""
        number, folder = 1, beside / f"{job_id}.chunks"
        while self._files.taken(folder):
            number += 1
            folder = beside / f"{job_id}-{number}.chunks"
        made = ChunkSet(
            key=origin.key,
            made_from=origin.as_json(),
            content=origin.content,
            film=film,
            job_id=job_id,
            folder=folder,
            plan=plan.as_json(),
            owner=self._owner,
            used_at=self._clock.now(),
        )
        return self._store.begin(made)

    def path_for(self, known: ChunkSet, number: int, attempt: int) -> Path:
        """Make an empty file for a chunk, with the film's rights, and return its name."""
        self._files.make_folder(known.folder)
        path = known.folder / f"{number + 1:05d}-{attempt}{IN_HAND}"
        self._files.remove(path)
        self._files.create(path, known.film)
        return path

    def keep(
        self,
        known: ChunkSet,
        chunk: Chunk,
        made: Path,
        proof: ChunkProof,
        seconds: float,
        machine: str = "",
    ) -> ChunkSet:
        """Make a proved chunk last: synced, under its own name, then known. Return the set with it."""
        path = known.folder / f"{chunk.number + 1:05d}{FINISHED}"
        self._files.sync_file(made)
        self._files.remove(path)  # one whose row a crash has prevented, or that was damaged
        self._files.move(made, path)
        self._files.sync_folder(known.folder)
        if not known.finished:  # the folder itself, and the one that it lies in
            self._files.sync_folder(known.folder.parent)
            if known.folder.parent.name == DOT_FOLDER:
                self._files.sync_folder(known.folder.parent.parent)
        stored = StoredChunk(
            number=chunk.number,
            file=path.name,
            size=path.stat().st_size,
            seal=hash_of(path),
            film_seconds=chunk.seconds,
            seconds=seconds,
            proof=proof.as_json(),
            machine=machine,
        )
        return self._store.add(known, stored)

    def release(self, known: ChunkSet) -> None:
        """Let others have a set, and remove what is not finished in it."""
        with contextlib.suppress(
            OSError
        ):  # a disk that is away now: the next one to take it does this
            self._clear(known)
        self._store.take(known, replace(known, owner=NOBODY, used_at=self._clock.now()))

    def _found(self, known: ChunkSet, film: Path, beside: Path) -> Optional[Path]:
        """Where a set lies: as it is known, or where its film's folder was renamed to."""
        places = (known.folder, film.parent / DOT_FOLDER / known.folder.name)
        for place in (*places, beside / known.folder.name):
            if place.is_dir():
                return place
        return None

    def _is_in_use(self, known: ChunkSet) -> bool:
        owner = known.owner
        if owner.run == self._owner.run or not owner.run:
            return bool(owner.run)
        return self._lives(owner)

    def _lives(self, owner: Owner) -> bool:
        """Whether another program of this machine works with a set."""
        other = owner.pid != self._owner.pid
        return bool(owner.run) and other and process_tree.is_running(owner.pid, owner.started)

    def _proved(self, known: ChunkSet) -> ChunkSet:
        planned = ChunkPlan.from_json(known.plan)
        for chunk in known.finished:
            path = known.folder / chunk.file
            made_with = ChunkProof.from_json(chunk.proof).quality_number
            if self._files.size(path) != chunk.size or hash_of(path) != chunk.seal:
                known = self._lose(known, chunk, damaged(chunk.number, known.film))
            elif made_with != planned.quality_number(chunk.number):
                known = self._lose(known, chunk, other_number(chunk.number, known.film))
        self._clear(known)
        return known

    def _lose(self, known: ChunkSet, chunk: StoredChunk, why: Sentence) -> ChunkSet:
        """Forget a chunk that is of no use, so that it is made again; return the set without it."""
        self._files.remove(known.folder / chunk.file)
        self._log.warning("%s", why)
        return self._store.lose(known, chunk)

    def _clear(self, known: ChunkSet) -> None:
        """Remove what no row knows: the chunks that were in hand."""
        finished = {chunk.file for chunk in known.finished}
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for path in known.folder.iterdir():
                if path.name not in finished:
                    self._files.remove(path)

    # ---- removed

    def others_go(
        self, film: Path, job_id: int, origin: Optional[ChunkOrigin] = None
    ) -> Tuple[str, ...]:
        """Remove what was made of a film in another way than now; return what its user is told.

        None for ``origin``: no chunks are made of it any more.
        """
        told = []
        for known in self._store.of_film(film, job_id):
            if (origin and known.key == origin.key) or self._is_in_use(known):
                continue
            if self.discard(known) and known.finished:
                number = len(known.finished)
                told.append(
                    why_discarded(known.made_from, origin, number)
                    if origin
                    else settings_changed(number)
                )
        return tuple(told)

    def film_changed(self, film: Path, job_id: int) -> None:
        """Remove the chunks of a film that has another content now; the log says so."""
        try:
            content = fingerprint(film)
        except MediaProcessorError:
            return  # not to be read now: the next attempt finds out
        for known in self._store.of_film(film, job_id):
            stale = known.content != content and not self._is_in_use(known)
            if stale and self.discard(known) and known.finished:
                self._log.warning("%s", content_changed(len(known.finished)))

    def job_is_done(self, film: Path, job_id: int) -> None:
        """Remove a film's chunks, whose result is proved, or which nobody wants."""
        for known in self._store.of_film(film, job_id):
            if known.job_id == job_id and not self._lives(known.owner):
                self.discard(known)

    def discard(self, known: ChunkSet) -> bool:
        """Remove a set's files and then its row; False where its disk is not there now."""
        folder = self._found(known, known.film, known.folder.parent) or known.folder
        if not folder.is_dir() and not self._is_gone(known):
            return False
        try:
            with contextlib.suppress(FileNotFoundError):
                for path in folder.iterdir():
                    self._files.remove(path)
                folder.rmdir()
        except OSError as error:
            self._log.warning("%s could not be removed yet: %s", folder, error)
            return False
        self._files.remove_folders(folder.parent)
        self._store.drop(known)
        return True

    def _is_gone(self, known: ChunkSet) -> bool:
        """Whether a folder that is not there was removed, and not its disk taken away."""
        above = known.folder.parent
        there = above.parent if above.name == DOT_FOLDER else above
        return there.is_dir() or self._clock.now() - known.used_at > _FOREIGN_KEPT

    def recover(self, staging_folders: Set[Path], is_done: Callable[[int], bool]) -> None:
        """Tidy up after a run that crashed: chunks in hand, of finished jobs, and folders that no set knows.

        ``staging_folders`` are all in which we ever made a result; ``is_done`` tells of a job's number
        whether its result is in its place. What other programs that are alive work with stays as it is.
        """
        known_folders = set()
        for known in self._store.all():
            known_folders.add(known.folder)
            if is_done(known.job_id):
                self.job_is_done(known.film, known.job_id)
            elif not self._lives(known.owner) and (known.owner.run or not known.finished):
                self.release(known)
        for folder in staging_folders | {folder.parent for folder in known_folders}:
            self._drop_unknown(folder, known_folders)

    def sweep(self) -> None:
        """Remove the sets that no job goes on with: of films that are done, cancelled or gone."""
        since = self._clock.now() - FAILED_KEPT
        for known in self._store.all():
            wanted = self._is_in_use(known) or self._store.may_go_on(known, since)
            if not wanted and self.discard(known):
                self._log.info(
                    "The finished chunks of %s were removed: nothing goes on with them.", known.film
                )

    def _drop_unknown(self, folder: Path, known_folders: Set[Path]) -> None:
        try:
            found = [path for path in folder.iterdir() if _FOLDER.fullmatch(path.name)]
        except OSError:
            return  # not there, or away
        for path in found:
            with contextlib.suppress(OSError):
                if path not in known_folders and self._is_old(path):
                    for file in path.iterdir():
                        self._files.remove(file)
                    path.rmdir()
                    self._files.remove_folders(folder)

    def _is_old(self, folder: Path) -> bool:
        """Whether nothing was written there for so long that no machine can be at work in it."""
        times = [path.stat().st_mtime for path in (folder, *folder.iterdir())]
        return self._clock.now() - max(times) > _FOREIGN_KEPT
