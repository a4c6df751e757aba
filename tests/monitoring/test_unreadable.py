"""A library that can only be read in part: what cannot be seen is not gone."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Iterator, List

import pytest

from core.media.seen_file import SeenFile, SeenKind
from core.settings.watched_folder import WatchedFolder
from monitoring.tree import TreeReader
from store.connection import Database
from store.known_files import KnownFiles
from store.seen_files import SeenFileStore, file_id_to_sql
from store.watched_folders import WatchedFolderStore
from tests.monitoring.bench import Bench

if sys.platform == "win32":
    pytest.skip("Windows' folders have no such rights", allow_module_level=True)

STRANGER = 65_023  # a user that no system has


@pytest.fixture
def library() -> Iterator[Path]:
    """A folder that every user gets to, with films in two folders."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for film in ("a/one.mkv", "b/two.mkv", "b/c/three.mkv"):
            (folder / film).parent.mkdir(parents=True, exist_ok=True)
            (folder / film).write_bytes(b"film")
        yield folder
        for below in filter(Path.is_dir, (folder / "b", folder / "b/c")):
            below.chmod(0o755)


@pytest.fixture
def known(library: Path, tmp_path: Path) -> Iterator[KnownFiles]:
    """All films of the library, as they were seen before."""
    with Database(tmp_path / "data.db") as database:
        store = SeenFileStore(database)
        folder = WatchedFolderStore(database).add(WatchedFolder(library))
        for film in sorted(library.rglob("*.mkv")):
            state = film.stat()
            store.keep(
                [
                    SeenFile(
                        folder.id,
                        film.parent.relative_to(library).as_posix(),
                        film.name,
                        state.st_size,
                        state.st_mtime_ns,
                        file_id_to_sql(state.st_ino),
                        film.name,
                        1.0,
                        SeenKind.FILM,
                    )
                ]
            )
        yield store.known(folder.id)


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["not readable", "names alone are readable"])
@pytest.mark.parametrize("closed", ["b", "b/c"])
def test_films_of_a_folder_that_cannot_be_read_are_not_gone(
    library: Path, known: KnownFiles, closed: str, mode: int
) -> None:
    errors: List[OSError] = []
    (library / closed).chmod(mode)
    reader = TreeReader(library, lambda _: True)
    user = os.geteuid()
    if user == 0:
        os.seteuid(STRANGER)
    try:
        listings = list(reader.read_all(known, errors.append))
    finally:
        os.seteuid(user)
    assert [listing.gone for listing in listings if listing.gone] == []
    assert {error.filename for error in errors} >= {str(library / closed)}


def gone(library: Path, known: KnownFiles) -> List[str]:
    listings = TreeReader(library, lambda _: True).read_all(known, lambda _: None)
    return [name for listing in listings for _, name in listing.gone]


def test_a_film_that_went_while_another_folder_was_closed_is_gone(
    library: Path, known: KnownFiles
) -> None:
    (library / "a/one.mkv").unlink()
    assert gone(library, known) == ["one.mkv"]


def test_all_films_of_folders_that_went_are_gone(library: Path, known: KnownFiles) -> None:
    shutil.rmtree(library / "b")
    assert sorted(gone(library, known)) == ["three.mkv", "two.mkv"]


def test_a_folder_that_goes_between_its_listing_and_its_reading_is_gone_with_its_films(
    library: Path, known: KnownFiles
) -> None:
    found: List[str] = []
    for listing in TreeReader(library, lambda _: True).read_all(known, lambda _: None):
        if listing.directory == "b":  # what is in it was listed and is read next
            shutil.rmtree(library / "b/c")
        found += [name for _, name in listing.gone]
    assert found == ["three.mkv"]


def test_a_share_that_goes_away_in_the_middle_of_a_scan_has_lost_no_film(bench: Bench) -> None:
    films = [f"{number}/film.mkv" for number in range(5)]
    for film in films:
        bench.put(film)
    assert bench.monitor.scan_once(bench.watched).queued == len(films)
    away = bench.place / "away"

    def unmount() -> None:  # after the first directory that was read
        if bench.folder.exists():
            bench.folder.rename(away)

    report = bench.monitor.scan_once(bench.watched, unmount)
    assert report.offline == f"{bench.folder} went away."
    assert report.gone == 0
    assert SeenFileStore(bench.database).count(bench.watched.id) == len(films)
    away.rename(bench.folder)
    report = bench.monitor.scan_once(bench.watched)
    assert (report.films, report.gone, report.queued, report.offline) == (len(films), 0, 0, "")


def test_files_that_a_mac_lays_beside_each_film_are_none(bench: Bench) -> None:
    """AppleDouble, on disks that cannot keep a Mac's attributes: as large as the film is small."""
    bench.put("film.mkv")
    bench.put("._film.mkv")
    bench.put("below/._other.mkv")
    bench.start()
    bench.wait_for_films("film.mkv")
