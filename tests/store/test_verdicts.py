from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from core.errors import FileUnavailable, FilmGone, ProbeError
from core.media.content import SAMPLE
from processing.filesystem import FileOperations
from store.connection import Database
from store.verdicts import Verdict, VerdictKind, VerdictStore, fingerprint


def test_a_verdict_is_found_by_content_and_plan(database: Database) -> None:
    store = VerdictStore(database, lambda: 5.0)
    store.remember("700-ab", "plan", VerdictKind.NO_GAIN, "Too large.")
    assert store.find("700-ab", "plan") == Verdict(VerdictKind.NO_GAIN, "Too large.", 5.0)
    assert store.find("700-ab", "another plan") is None
    assert store.find("701-ab", "plan") is None


def test_a_later_verdict_replaces_the_earlier(database: Database) -> None:
    store = VerdictStore(database)
    store.remember("c", "s", VerdictKind.NO_GAIN)
    store.remember("c", "s", VerdictKind.RESULT)
    found = store.find("c", "s")
    assert found is not None
    assert found.kind is VerdictKind.RESULT


def test_which_contents_of_many_are_results_is_one_question(database: Database) -> None:
    store = VerdictStore(database)
    store.remember("a", "plan", VerdictKind.RESULT)
    store.remember("b", "plan", VerdictKind.NO_GAIN)
    asked = ["a", "b", *map(str, range(254))]
    assert store.among(asked, VerdictKind.RESULT) == {"a"}
    assert store.among([], VerdictKind.RESULT) == frozenset()


def test_the_same_content_is_known_under_another_name(tmp_path: Path) -> None:
    data = os.urandom(5 * SAMPLE)
    (tmp_path / "a.mkv").write_bytes(data)
    (tmp_path / "b.mkv").write_bytes(data)
    assert fingerprint(tmp_path / "a.mkv") == fingerprint(tmp_path / "b.mkv")


@pytest.mark.parametrize("place", [0, 5 * SAMPLE // 2, 5 * SAMPLE - 1])
def test_another_byte_at_head_middle_or_tail_is_another_content(tmp_path: Path, place: int) -> None:
    film = tmp_path / "a.mkv"
    data = bytearray(5 * SAMPLE)
    film.write_bytes(data)
    before = fingerprint(film)
    data[place] = 1
    film.write_bytes(data)
    assert fingerprint(film) != before


@pytest.mark.parametrize("size", [0, 1, SAMPLE - 1, SAMPLE, SAMPLE + 1])
def test_small_files_have_an_identity_too(tmp_path: Path, size: int) -> None:
    film = tmp_path / "a.mkv"
    film.write_bytes(b"x" * size)
    assert fingerprint(film).startswith(f"{size}-")


def test_only_the_samples_are_read(tmp_path: Path) -> None:
    film = tmp_path / "a.mkv"
    with film.open("wb") as file:
        file.truncate(300_000_000_000)  # sparse: reading it all would take minutes
    assert fingerprint(film).startswith("300000000000-")


def test_a_folder_and_a_pipe_with_a_films_name_are_no_films_and_not_waited_for(
    tmp_path: Path,
) -> None:
    folder, pipe = tmp_path / "folder.mkv", tmp_path / "pipe.mkv"
    folder.mkdir()
    if sys.platform != "win32":
        os.mkfifo(pipe)
    for path in filter(Path.exists, (folder, pipe)):
        with pytest.raises(ProbeError, match="not a regular file") as found:
            fingerprint(path)
        assert not found.value.transient
        identity = FileOperations().identity(path)
        assert identity is not None
        assert not identity.content


def test_a_film_that_was_renamed_just_now_is_gone_and_one_whose_folder_is_away_is_waited_for(
    tmp_path: Path,
) -> None:
    with pytest.raises(FilmGone, match="renamed"):
        fingerprint(tmp_path / "gone.mkv")
    with pytest.raises(FileUnavailable, match="cannot be read") as away:
        fingerprint(tmp_path / "away" / "film.mkv")
    assert away.value.transient
