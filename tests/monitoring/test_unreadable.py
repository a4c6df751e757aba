"""A library that can only be read in part: what cannot be seen is not gone."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from core.media.seen_file import KnownFile
from monitoring.tree import TreeReader
from store.seen_files import file_id_to_sql
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
        for below in ("b", "b/c"):
            (folder / below).chmod(0o755)


def known(library: Path) -> Dict[str, Dict[str, KnownFile]]:
    """All films of the library, as they were seen before."""
    rows: Dict[str, Dict[str, KnownFile]] = {}
    for number, film in enumerate(sorted(library.rglob("*.mkv")), 1):
        state = film.stat()
        row = KnownFile(
            state.st_size, state.st_mtime_ns, file_id_to_sql(state.st_ino), number, False
        )
        rows.setdefault(film.parent.relative_to(library).as_posix(), {})[film.name] = row
    return rows


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["not readable", "names alone are readable"])
@pytest.mark.parametrize("closed", ["b", "b/c"])
def test_films_of_a_folder_that_cannot_be_read_are_not_gone(
    library: Path, closed: str, mode: int
) -> None:
    errors: List[OSError] = []
    before = known(library)
    (library / closed).chmod(mode)
    reader = TreeReader(library, lambda _: True)
    user = os.geteuid()
    if user == 0:
        os.seteuid(STRANGER)
    try:
        listings = list(reader.read_all(before, errors.append))
    finally:
        os.seteuid(user)
    assert [listing.gone for listing in listings if listing.gone] == []
    assert {error.filename for error in errors} >= {str(library / closed)}


def test_a_film_that_went_while_another_folder_was_closed_is_gone(library: Path) -> None:
    before = known(library)
    (library / "a/one.mkv").unlink()
    listings = list(TreeReader(library, lambda _: True).read_all(before, lambda _: None))
    assert [name for listing in listings for _, name in listing.gone] == ["one.mkv"]


def test_files_that_a_mac_lays_beside_each_film_are_none(bench: Bench) -> None:
    """AppleDouble, on disks that cannot keep a Mac's attributes: as large as the film is small."""
    bench.put("film.mkv")
    bench.put("._film.mkv")
    bench.put("below/._other.mkv")
    bench.start()
    bench.wait_for_films("film.mkv")
