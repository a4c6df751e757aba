"""Which originals are kept, and where they and their films lie, however both were renamed since.

A film that is renamed is followed by the journal (``follow_film``, which watching calls). What was renamed
while nobody looked is found when it is asked for: an original and a result are known by their content.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from core.errors import RestoreError
from core.media.model import FileIdentity
from core.queue.kept_original import KeptOriginal
from core.settings.tree import FileSettings
from core.text.sentence import Sentence
from processing.filesystem import DOT_FOLDER, FileOperations, same_content, same_file
from store.connection import Database
from store.journal import Journal, JournalEntry, Original, Outcome, Stage
from store.seen_files import SeenFileStore
from store.watched_folders import WatchedFolderStore

FOLDER = "originals"  # in our dot folder, or in the folder that the user set
ENDING = ".original"
_SECONDS_A_DAY = 86400.0
_JUNCTION = 0xA0000003


def is_original(files: FileOperations, path: Path, entry: JournalEntry) -> bool:
    """Whether this file is the whole original of a swap: by its content, wherever it lies.

    Its time says nothing then: a copy of a library may have lost it. Where no content is known, size and
    time have to do.
    """
    known = entry.source_identity
    found = files.identity(path) if files.size(path) == known.size else None
    if found is None:
        return False
    return found.content == known.content if known.content else same_content(found, known)


def _left_an_original(entry: JournalEntry) -> bool:
    return entry.outcome is Outcome.REPLACED or entry.original is Original.HELD


def follow_film(journal: Journal, files: FileOperations, before: Path, after: Path) -> None:
    """Let the journal follow a film that was moved, so that its original can come back and expires."""
    for entry in journal.of_film(before):
        if entry.target == before and entry.original is Original.HELD:
            journal.follow(_moved(files, entry, after))


class Originals:
    """Finds what is kept; ``settings`` say where besides the films' own folders, and for how long."""

    def __init__(
        self, database: Database, journal: Journal, files: FileOperations, settings: FileSettings
    ) -> None:
        self._seen = SeenFileStore(database)
        self._watched = WatchedFolderStore(database)
        self._journal = journal
        self._files = files
        self._settings = settings

    def find(self, film: Path) -> JournalEntry:
        """Return the swap whose original is to come back for a film, with all paths as they are now.

        The film is known by its content, by its name, or by one that it had before. Raises RestoreError.
        """
        film = self._as_known(film)
        named = self._journal.of_film(film)
        if any(entry.stage is not Stage.DONE for entry in named):
            raise RestoreError(film, Sentence("it is being worked on. Wait for that to end."))
        now = self._files.identity(film)
        entry = (
            self._by_content(film, now) or self._by_name(named, now) or self._once_named(film, now)
        )
        if entry is None:
            raise RestoreError(film, self._why_not(film, named, now))
        found = self._located(entry)
        if found is None and self._files.taken(entry.holding):
            raise RestoreError(
                film,
                Sentence(
                    "another program wrote to what is kept as its original. It is {holding}.",
                    holding=entry.holding,
                ),
            )
        if found is None:
            raise RestoreError(
                film,
                Sentence(
                    "its original is not in {parent} any more, nor near it.",
                    parent=entry.holding.parent,
                ),
            )
        self._journal.follow(found)
        return found

    def below(self, folder: Path) -> Tuple[Path, ...]:
        """Return the films of a folder, by its name now or before, whose originals are kept."""
        self.search((folder,))
        gone = not folder.is_dir()
        held = self._journal.held()
        moved = self._moved_into(folder, held)
        films: Dict[Path, None] = {}
        for entry in reversed(held):
            names = [entry.target, entry.source]
            names += self._journal.former_names(entry.id) if gone else ()
            if entry.id in moved or any(folder in name.parents for name in names):
                films[moved.get(entry.id, entry.target)] = None
        if not films:  # a link may lead there
            real = _place(folder / "films").parent
            films = {e.target: None for e in held if real in _place(e.target).parents}
        return tuple(sorted(films))

    def all(self) -> Tuple[KeptOriginal, ...]:
        """Return every original that is kept, and those found beside films that no film is known for."""
        files = self.search()
        begun = self._journal.unfinished()
        back = (entry for entry in begun if entry.stage is Stage.RESTORING)
        kept = [*self.listed(), *self._kept(back)]
        for path in _unowned(files, self._owners()):
            size = self._files.size(path)
            if size is not None:
                kept.append(KeptOriginal(path, size))
        return tuple(kept)

    def listed(self) -> Tuple[KeptOriginal, ...]:
        """Return the originals that the journal knows, without a search for those that were moved."""
        return self._kept(self._journal.held())

    def search(self, folders: Sequence[Path] = ()) -> Tuple[Path, ...]:
        """Look for originals that are not where they were left, in these folders or in all that we know.

        One is taken for moved where its film's folder is gone or its film is not there, and only one file
        can be it; the journal follows then. Returns every kept file that was seen.
        """
        held = self._journal.held()
        lost = [entry for entry in held if not self._files.taken(entry.holding)]
        files = dict.fromkeys(self._kept_files(folders or self._every_folder(held)))
        files.update((path, None) for path in _renamed_places(lost))
        strays: Dict[Optional[int], List[Path]] = {}
        for path in _unowned(files, self._owners()):
            strays.setdefault(self._files.size(path), []).append(path)
        for entry in lost:
            alike = strays.get(entry.source_identity.size, [])
            if not alike or self._has_film(entry):
                continue  # somebody took its original away: what is like it elsewhere is not ours
            found = [path for path in alike if is_original(self._files, path, entry)]
            found = [path for path in found if path.name == entry.holding.name] or found
            if len(found) == 1:
                self._journal.follow(self._beside(entry, found[0]))
        return tuple(path for path in files if self._files.taken(path))

    def result_of(self, entry: JournalEntry) -> Optional[Path]:
        """Return where the result of a swap is now, under its name or another; None where it is not seen."""
        return entry.target if self._has_film(entry) else self._film_elsewhere(entry)

    def nearby(self, entry: JournalEntry) -> Optional[Path]:
        """Return where the original lies, as far as that can be seen without a search."""
        for path in (entry.holding, _holding_beside(entry.target, entry)):
            if is_original(self._files, path, entry):
                return path
        return None

    def _owners(self) -> Tuple[JournalEntry, ...]:
        """Return every entry whose holding is its own: also those that are on their way there or back."""
        return (*self._journal.held(), *self._journal.unfinished())

    # ---- which swap is meant

    def _as_known(self, film: Path) -> Path:
        """Return the film's name as the journal spells it; its folder may be reached by a link as well."""
        if not self._journal.of_film(film):
            for entry in self._journal.held():
                for name in (entry.target, entry.source):
                    if name.name == film.name and _place(name) == _place(film):
                        return name
        return film

    def _by_content(self, film: Path, now: Optional[FileIdentity]) -> Optional[JournalEntry]:
        entries = self._journal.held_for(now.content) if now is not None and now.content else ()
        for entry in entries:
            if entry.target == film:
                return entry
        for entry in entries:
            if not self._has_film(entry):
                return _moved(self._files, entry, film)
        return None

    def _by_name(
        self, named: Sequence[JournalEntry], now: Optional[FileIdentity]
    ) -> Optional[JournalEntry]:
        entry = next(filter(_left_an_original, named), None)
        if entry is None or entry.original is not Original.HELD:
            return None
        elsewhere = None if self._has_film(entry) else self._film_elsewhere(entry)
        if elsewhere is None:
            return entry
        # Under its name lies another film now, or none.
        return None if now is not None else _moved(self._files, entry, elsewhere)

    def _once_named(self, film: Path, now: Optional[FileIdentity]) -> Optional[JournalEntry]:
        if now is not None:  # another film has the name now
            return None
        return next(iter(self._journal.held_once_named(film)), None)

    def _why_not(
        self, film: Path, named: Sequence[JournalEntry], now: Optional[FileIdentity]
    ) -> str:
        for entry in (*named, *self._journal.held_once_named(film)):
            place = entry.target if self._has_film(entry) else self._film_elsewhere(entry)
            if entry.original is Original.HELD and place not in (None, film):
                return Sentence(
                    "it has no original; the film that had this name before is {place} now.",
                    place=place,
                )
        if any(entry.outcome is Outcome.REPLACED for entry in named):
            return Sentence("its original is not kept any more.")
        for entry in self._journal.held_for(now.content) if now is not None and now.content else ():
            return Sentence(
                "it is a copy of {target}, whose original is kept.", target=entry.target
            )
        unknown = next(self._unknown_beside(film), None)
        if unknown is not None:
            return Sentence(
                "no original of it is known. {unknown} may be it; it can be moved back by hand.",
                unknown=unknown,
            )
        return Sentence("no original of it is kept.")

    def _unknown_beside(self, film: Path) -> Iterator[Path]:
        beside = _files_in(film.parent / DOT_FOLDER / FOLDER)
        for path in _unowned(beside, self._owners()):
            if film.stem in path.name:
                yield path

    # ---- where its files are

    def _located(self, entry: JournalEntry) -> Optional[JournalEntry]:
        """Return the entry with the place of its original; None where that is nowhere to be found."""
        found = self.nearby(entry)
        if found is not None:
            return replace(entry, holding=found)
        near = self._kept_files((entry.target.parent,))
        far = self._kept_files(self._every_folder((entry,)))
        others = [other for other in self._owners() if other.id != entry.id]
        alike: List[Path] = []
        for path in chain(near, _renamed_places((entry,)), far):
            if is_original(self._files, path, entry) and _unowned((path,), others):
                alike.append(path)
                if path.name == entry.holding.name:
                    break
        if not alike:
            return None
        # The name tells which it is where another film had the same content.
        found = alike[-1] if alike[-1].name == entry.holding.name else alike[0]
        return (
            replace(entry, holding=found) if self._has_film(entry) else self._beside(entry, found)
        )

    def _beside(self, entry: JournalEntry, holding: Path) -> JournalEntry:
        """Return the entry of a film whose original was found; the film may lie beside it."""
        folder = holding.parent.parent.parent
        known = self._film_elsewhere(entry)
        if known is None and holding.parent.parent.name == DOT_FOLDER:
            films = (path for path in _files_in(folder) if self._is_result(path, entry))
            known = next(films, folder / entry.target.name)
        return replace(_moved(self._files, entry, known or entry.target), holding=holding)

    def _moved_into(self, folder: Path, entries: Iterable[JournalEntry]) -> Dict[int, Path]:
        """Return which films were moved into a folder unseen, by entry: their originals may lie elsewhere."""
        away: Dict[int, List[JournalEntry]] = {}
        for entry in entries:
            result = entry.result_identity
            if result is not None and self._files.size(entry.target) != result.size:
                away.setdefault(result.size, []).append(entry)
        moved: Dict[int, Path] = {}
        for place, names, _ in os.walk(folder if away else ""):
            names[:] = [name for name in names if not _is_junction(Path(place, name))]
            for path in _files_in(Path(place)):
                for entry in away.get(self._files.size(path) or 0, ()):
                    if self._is_result(path, entry):
                        moved.setdefault(entry.id, path)
        return moved

    def _film_elsewhere(self, entry: JournalEntry) -> Optional[Path]:
        """Return where the result of a swap was seen, other than under its name."""
        content = "" if entry.result_identity is None else entry.result_identity.content
        for _, path in self._seen.by_content(content) if content else ():
            if path != entry.target and self._is_result(path, entry):
                return path
        return None

    def _has_film(self, entry: JournalEntry) -> bool:
        return self._is_result(entry.target, entry)

    def _is_result(self, path: Path, entry: JournalEntry) -> bool:
        wanted = entry.result_identity
        if wanted is None or self._files.size(path) != wanted.size:
            return False
        found = self._files.identity(path)
        return found is not None and same_file(found, wanted)

    def _every_folder(self, entries: Iterable[JournalEntry]) -> Tuple[Path, ...]:
        """Return where originals may lie: below watched folders, and near where they were left."""
        folders = [folder.path for folder in self._watched.all()]
        folders += [Path(self._settings.holding_folder)] if self._settings.holding_folder else []
        folders += [entry.holding.parent.parent for entry in entries]
        return tuple(folders)

    def _kept_files(self, folders: Iterable[Path]) -> Iterator[Path]:
        """Every kept file in or below these folders; what cannot be read is passed over."""
        for folder in dict.fromkeys(folders):
            yield from _files_in(folder / FOLDER)
            for place, names, _ in os.walk(folder):
                names[:] = [name for name in names if not _is_junction(Path(place, name))]
                if DOT_FOLDER in names:
                    names.remove(DOT_FOLDER)
                    yield from _files_in(Path(place, DOT_FOLDER, FOLDER))

    def _kept(self, entries: Iterable[JournalEntry]) -> Tuple[KeptOriginal, ...]:
        seconds = self._settings.keep_original_days * _SECONDS_A_DAY
        former = self._journal.all_former_names()
        return tuple(
            KeptOriginal(
                entry.holding,
                entry.source_identity.size,
                self._files.taken(entry.holding),
                entry.target,
                entry.source,
                former.get(entry.id, ()),
                entry.swapped_at,
                None if entry.swapped_at is None else entry.swapped_at + seconds,
                entry.id,
                None if entry.result_identity is None else entry.result_identity.size,
            )
            for entry in entries
        )


def _holding_beside(film: Path, entry: JournalEntry) -> Path:
    return film.parent / DOT_FOLDER / FOLDER / entry.holding.name


def _moved(files: FileOperations, entry: JournalEntry, film: Path) -> JournalEntry:
    """Return the entry of a film that lies at ``film`` now; its original may have come along."""
    source = film
    if entry.source != entry.target:
        same_stem = entry.source.stem == entry.target.stem
        source = film.with_name(film.stem + entry.source.suffix if same_stem else entry.source.name)
    holding, beside = entry.holding, _holding_beside(film, entry)
    if not files.taken(holding) and is_original(files, beside, entry):
        holding = beside
    staged = film.parent / DOT_FOLDER / entry.staged.name
    return replace(entry, source=source, target=film, staged=staged, holding=holding)


def _renamed_places(entries: Iterable[JournalEntry]) -> Iterator[Path]:
    """Every kept file where these would lie if one of the folders above their films was renamed.

    That is in the folders beside the missing one, the same way down.
    """
    ways: Dict[Tuple[Path, Tuple[str, ...]], None] = {}
    for entry in entries:
        dot = entry.holding.parent.parent
        folder, way = dot.parent, [dot.name, FOLDER]
        if dot.name != DOT_FOLDER or folder.is_dir():
            continue
        while not folder.is_dir() and folder != folder.parent:
            way.insert(0, folder.name)
            folder = folder.parent
        ways[folder, tuple(way[1:])] = None
    for folder, down in ways:
        for beside in _folders_in(folder):
            yield from _files_in(beside.joinpath(*down))


def _place(path: Path) -> Path:
    """Return a name with its folder's true path."""
    return Path(os.path.realpath(path.parent), path.name)


def _unowned(files: Iterable[Path], entries: Iterable[JournalEntry]) -> List[Path]:
    """Return the files that no entry has for its original, each once, however their folders are reached."""
    owned = {entry.holding for entry in entries}
    left = [path for path in files if path not in owned]
    taken = set(map(_place, owned)) if left else set()
    places: Dict[Path, Path] = {}
    for path in left:
        places.setdefault(_place(path), path)
    return [path for place, path in places.items() if place not in taken]


def _is_junction(folder: Path) -> bool:
    """Whether a folder is a junction, Windows' older kind of link: it may lead out, or round."""
    if sys.platform != "win32":
        return False
    try:
        return getattr(folder.lstat(), "st_reparse_tag", 0) == _JUNCTION
    except OSError:
        return True


def _files_in(folder: Path) -> List[Path]:
    """Return the plain files of a folder; none where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(
                Path(entry.path) for entry in found if entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return []


def _folders_in(folder: Path) -> List[Path]:
    """Return the folders in a folder; none where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(
                Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False)
            )
    except OSError:
        return []
