"""What was seen in a watched folder is read bit by bit, and what nobody asks for comes last."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from core.media.seen_file import SeenFile, SeenKind
from core.settings.watched_folder import WatchedFolder
from store.connection import Database
from store.known_files import KnownFiles
from store.seen_files import SeenFileStore
from store.watched_folders import WatchedFolderStore

MANY = 700  # more than are looked for at once


class Seen:
    """A watched folder in the database, and the films that were seen in it."""

    def __init__(self, database: Database, root: Path) -> None:
        self.store = SeenFileStore(database, lambda: 1000.0)
        self.folder = WatchedFolderStore(database).add(WatchedFolder(root))

    def see(self, *films: str, mtime_ns: int = 1) -> None:
        """See films; their size is the length of their names."""
        self.store.keep([self._row(film, mtime_ns) for film in films])

    def _row(self, film: str, mtime_ns: int) -> SeenFile:
        directory, _, name = film.rpartition("/")
        return SeenFile(
            self.folder.id, directory, name, len(film), mtime_ns, 5, "", 0.0, SeenKind.FILM
        )

    def known(self, start: str = "", *, below: bool = True) -> KnownFiles:
        return self.store.known(self.folder.id, start, below=below)


def left(known: KnownFiles) -> Dict[str, List[str]]:
    """The directories that nobody has asked for, and the names in them."""
    return {directory: sorted(files) for directory, files in known.unasked()}


@pytest.fixture
def seen(database: Database, tmp_path: Path) -> Seen:
    return Seen(database, tmp_path / "films")


def test_a_directory_has_its_own_films_as_they_were_seen(seen: Seen) -> None:
    seen.see("film.mkv", "A/film.mkv", "A/other.mkv", "A/B/deep.mkv", mtime_ns=77)
    files = seen.known().files("A")
    assert sorted(files) == ["film.mkv", "other.mkv"]
    size, mtime_ns, file_id, row, missing = files["film.mkv"][:5]
    assert (size, mtime_ns, file_id, missing) == (len("A/film.mkv"), 77, 5, False)
    assert seen.store.mark_gone(seen.folder.id, [("A", [(row, "film.mkv")])]) == 1
    assert seen.known().files("A")["film.mkv"][4] == 1, "it is missing"
    assert seen.known().files("no such directory") == {}


def test_what_is_read_along_counts_as_asked_for_only_when_it_is(seen: Seen) -> None:
    seen.see("film.mkv", "A/a.mkv", "B/b.mkv", "C/c.mkv")
    known = seen.known()
    assert sorted(known.files("", ["A", "B"])) == ["film.mkv"]
    assert sorted(known.files("A", ["B"])) == ["a.mkv"]
    assert left(known) == {"B": ["b.mkv"], "C": ["c.mkv"]}


def test_all_that_nobody_asked_for_comes_however_much_it_is(seen: Seen) -> None:
    films = [f"{number:03}/film.mkv" for number in range(MANY)]
    seen.see(*films, "film.mkv")
    known = seen.known()
    known.files("")
    for number in range(0, MANY, 2):
        known.files(f"{number:03}")
    assert sorted(left(known)) == [f"{number:03}" for number in range(1, MANY, 2)]


def test_a_directory_that_was_first_seen_meanwhile_is_not_left_over(seen: Seen) -> None:
    seen.see("A/a.mkv")
    known = seen.known()
    known.files("A")
    seen.see("New/film.mkv")
    assert left(known) == {}


def test_of_a_part_of_the_folder_only_that_part_is_left_over(seen: Seen) -> None:
    seen.see("film.mkv", "A/a.mkv", "A/B/b.mkv", "A (1999)/other.mkv", "A0/other.mkv", "B/b.mkv")
    assert left(seen.known("A")) == {"A": ["a.mkv"], "A/B": ["b.mkv"]}
    assert left(seen.known("A", below=False)) == {"A": ["a.mkv"]}
    assert left(seen.known("", below=False)) == {"": ["film.mkv"]}


def test_another_watched_folder_is_none_of_it(seen: Seen, database: Database) -> None:
    other = Seen(database, Path("/elsewhere"))
    other.see("A/theirs.mkv")
    seen.see("A/ours.mkv")
    assert sorted(seen.known().files("A")) == ["ours.mkv"]
    assert left(seen.known()) == {"A": ["ours.mkv"]}


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_names_that_are_no_text_are_known(seen: Seen) -> None:
    directory, name = os.fsdecode(b"f\xfcnf"), os.fsdecode(b"\xe4.mkv")
    seen.see(f"{directory}/{name}", f"{directory}/plain.mkv", "A/a.mkv")
    known = seen.known()
    assert sorted(known.files("A", [directory])) == ["a.mkv"]
    assert sorted(known.files(directory)) == sorted([name, "plain.mkv"])
    assert left(seen.known()) == {"A": ["a.mkv"], directory: sorted([name, "plain.mkv"])}


def test_the_films_of_a_folder_are_counted_without_those_that_are_missing(
    seen: Seen, database: Database
) -> None:
    Seen(database, Path("/elsewhere")).see("theirs.mkv")
    assert (seen.store.count(seen.folder.id), seen.store.has_any(seen.folder.id)) == (0, False)
    seen.see("A/a.mkv", "A/b.mkv", "c.mkv")
    files = seen.known().files("A")
    gone = [(files[name][3], name) for name in ("a.mkv", "b.mkv")]
    seen.store.mark_gone(seen.folder.id, [("A", gone)])
    assert (seen.store.count(seen.folder.id), seen.store.has_any(seen.folder.id)) == (1, True)
    row = seen.known().files("")["c.mkv"][3]
    seen.store.mark_gone(seen.folder.id, [("", [(row, "c.mkv")])])
    assert (seen.store.count(seen.folder.id), seen.store.has_any(seen.folder.id)) == (0, False)
