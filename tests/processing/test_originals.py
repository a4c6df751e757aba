"""Originals of films that were renamed or moved: they are found, come back and expire; nothing else is."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

from core.errors import RestoreError
from core.settings.watched_folder import WatchedFolder
from core.tools import Toolset
from scheduling.housekeeping import Housekeeping
from scheduling.watched_folder_queue import QueueIntake
from store.connection import Database
from store.journal import Journal, Original, Stage
from store.watched_folders import WatchedFolderStore
from tests.processing.bench import Bench, digest, fast_settings, with_section
from tests.queue_environment import EventList, Receiver, Surroundings

OLD, NEW = "Film (2020)", "Movie [2020]"


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    """A film that was processed, in a folder of its own below a library."""
    one = Bench(tmp_path / "library" / OLD, toolset, fast_settings())
    yield one
    one.database.close()


def processed(bench: Bench, name: str = "Film.mkv") -> Path:
    """Process a film; return the result."""
    bench.make(name)
    return bench.process().path


def renamed_folder(bench: Bench) -> Path:
    """What Radarr does when a title changes; return the new folder."""
    return bench.folder.rename(bench.folder.with_name(NEW))


def told(bench: Bench, before: Path, after: Path) -> None:
    """Watching sees that a film was renamed."""
    QueueIntake(bench.database, Receiver(), EventList()).film_moved(before, after)


def only_originals(bench: Bench, folder: Path) -> bool:
    """Whether nothing but the original is in the folder, whatever its name."""
    (found,) = [path for path in folder.rglob("*") if path.is_file()]
    return digest(found) == bench.sha256


@pytest.mark.parametrize("asked", [OLD, NEW])
@pytest.mark.parametrize("watched", [True, False])
def test_the_original_of_a_film_in_a_renamed_folder_comes_back_by_old_and_new_name(
    bench: Bench, asked: str, watched: bool
) -> None:
    film = processed(bench)
    folder = renamed_folder(bench)
    if watched:
        told(bench, film, folder / "Film.mkv")
    assert bench.processor.restore(folder.parent / asked / "Film.mkv") == folder / "Film.mkv"
    assert only_originals(bench, folder)
    assert not (folder / ".mediaprocessor").exists()


@pytest.mark.parametrize("watched", [True, False])
def test_a_film_with_another_ending_comes_back_under_its_new_title_and_old_ending(
    bench: Bench, watched: bool
) -> None:
    film = processed(bench, "Film.mp4")
    new = renamed_folder(bench) / "Film.mkv"
    new = new.rename(new.with_name("Movie 1080p.mkv"))
    if watched:
        told(bench, film, new)
    assert bench.processor.restore(new) == new.with_suffix(".mp4")
    assert only_originals(bench, new.parent)


def test_a_film_that_was_moved_twice_comes_back_by_its_first_name(bench: Bench) -> None:
    first = processed(bench)
    second = renamed_folder(bench) / "Film.mkv"
    told(bench, first, second)
    third = second.rename(second.with_name("Movie.mkv"))
    told(bench, second, third)
    assert bench.processor.restore(first) == third
    assert only_originals(bench, third.parent)


def test_a_film_that_left_its_folder_gets_its_original_from_there(bench: Bench) -> None:
    film = processed(bench)
    other = bench.folder.parent / "elsewhere"
    other.mkdir()
    shutil.move(str(film), str(other / "Film.mkv"))
    assert bench.processor.restore(other / "Film.mkv") == other / "Film.mkv"
    assert digest(other / "Film.mkv") == bench.sha256
    assert list(bench.folder.iterdir()) == []


def test_an_original_in_the_folder_that_is_set_waits_until_its_film_is_found(
    bench: Bench, tmp_path: Path
) -> None:
    holding = tmp_path / "kept"
    holding.mkdir()
    bench.settings = with_section(bench.settings, "files", holding_folder=str(holding))
    film = processed(bench)
    new = renamed_folder(bench) / "Film.mkv"
    with pytest.raises(RestoreError, match="is not there"):
        bench.processor.restore(film)
    assert bench.journal.unfinished() == ()
    assert bench.processor.restore(new) == new
    assert only_originals(bench, new.parent)
    assert list(holding.rglob("*.original")) == []


def test_a_season_in_a_renamed_series_keeps_its_originals(bench: Bench) -> None:
    bench.folder = bench.folder.parent / "Series" / "S01"
    bench.folder.mkdir(parents=True)
    film = processed(bench)
    series = bench.folder.parent.rename(bench.folder.parent.with_name("Series (2020)"))
    assert bench.processor.restore(film) == series / "S01" / "Film.mkv"


def test_a_library_that_was_copied_to_another_disk_keeps_its_originals(bench: Bench) -> None:
    if sys.platform == "win32":
        pytest.skip("the second disk is a POSIX system's memory")
    from tests.kill_campaign import another_disk

    film = processed(bench)
    place = another_disk(bench.folder)
    if place is None:
        pytest.skip("there is no second disk")
    try:
        new = Path(shutil.copytree(bench.folder, place / "library"))
        shutil.rmtree(bench.folder)
        os.utime(next(new.glob(".mediaprocessor/originals/*")), (1e9, 1e9))  # its time was lost
        assert bench.processor.restore(new / film.name) == new / film.name
        assert only_originals(bench, new)
    finally:
        shutil.rmtree(place)


@pytest.mark.parametrize("watched", [True, False])
def test_the_original_of_a_renamed_folder_expires(bench: Bench, watched: bool) -> None:
    film = processed(bench)
    folder = renamed_folder(bench)
    if watched:
        told(bench, film, folder / "Film.mkv")
    bench.forty_days_later()
    bench.processor.find_moved_originals()
    assert bench.processor.expire_originals() == (folder / "Film.mkv",)
    assert [path.name for path in folder.iterdir()] == ["Film.mkv"]


def test_the_queue_looks_for_moved_originals_before_any_expires(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.housekeeping._FIRST", 0.0)
    processed(bench)
    folder = renamed_folder(bench)
    bench.forty_days_later()
    look = Housekeeping(Surroundings(bench.equipment), bench.database, bench.clock)
    look()
    assert [path.name for path in folder.iterdir()] == ["Film.mkv"]


def test_only_the_original_itself_expires_in_a_renamed_folder(bench: Bench) -> None:
    processed(bench)
    (kept,) = renamed_folder(bench).glob(".mediaprocessor/originals/*")
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    bench.forty_days_later()
    bench.processor.find_moved_originals()
    assert bench.processor.expire_originals() == ()
    assert kept.exists()


def test_an_original_that_lies_in_a_backup_as_well_stays_there(bench: Bench) -> None:
    processed(bench)
    backup = Path(shutil.copytree(bench.folder, bench.folder.parent / "backup" / OLD))
    WatchedFolderStore(bench.database).add(WatchedFolder(bench.folder.parent))
    shutil.rmtree(bench.folder / ".mediaprocessor")
    bench.forty_days_later()
    bench.processor.find_moved_originals()
    bench.processor.expire_originals()
    (kept,) = backup.glob(".mediaprocessor/originals/*")
    assert digest(kept) == bench.sha256


def test_two_files_that_may_be_a_lost_original_are_both_left_alone(bench: Bench) -> None:
    processed(bench)
    library = bench.folder.parent
    shutil.copytree(bench.folder, library / "one")
    bench.folder.rename(library / "two")
    bench.forty_days_later()
    bench.processor.find_moved_originals()
    assert bench.processor.expire_originals() == ()
    assert len(list(library.rglob("*.original"))) == 2


def test_an_original_is_not_given_to_another_film_that_took_the_old_name(bench: Bench) -> None:
    film = processed(bench)
    new = film.rename(film.with_name("Renamed.mkv"))
    told(bench, film, new)
    film.write_bytes(b"another film")
    with pytest.raises(RestoreError, match=r"that had this name before is .*Renamed\.mkv now"):
        bench.processor.restore(film)
    assert film.read_bytes() == b"another film"
    assert bench.processor.restore(new) == new


def test_a_copy_of_a_result_has_no_original(bench: Bench) -> None:
    film = processed(bench)
    copy = bench.folder.parent / "copy.mkv"
    shutil.copy2(film, copy)
    with pytest.raises(RestoreError, match=r"it is a copy of .*Film\.mkv, whose"):
        bench.processor.restore(copy)
    bench.processor.restore(film)


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("name", ["Film.mkv", "Film.mp4"])
def test_an_original_whose_time_was_lost_comes_back(
    bench: Bench, tmp_path: Path, name: str, elsewhere: bool
) -> None:
    if elsewhere:
        bench.settings = with_section(bench.settings, "files", holding_folder=str(tmp_path))
    film = processed(bench, name)
    (entry,) = bench.journal.held()
    os.utime(entry.holding, (1e9, 1e9))
    assert bench.processor.restore(film) == film.with_name(name)
    assert only_originals(bench, bench.folder)


@pytest.mark.parametrize("asked", ["Film.mkv", "Film.mp4"])
@pytest.mark.parametrize("over_link", [True, False])
def test_a_film_whose_folder_is_reached_by_a_link_as_well_is_one_film(
    bench: Bench, over_link: bool, asked: str
) -> None:
    link = bench.folder.with_name("link")
    try:
        link.symlink_to(bench.folder, target_is_directory=True)
    except OSError:
        pytest.skip("this user may not make links")
    real = bench.folder
    bench.folder, other = (link, real) if over_link else (real, link)
    film = processed(bench, "Film.mp4")
    WatchedFolderStore(bench.database).add(WatchedFolder(other))
    assert [kept.film for kept in bench.processor.originals()] == [film]
    assert bench.processor.restorable_below(other) == (film,)
    assert bench.processor.restore(other / asked) == film.with_suffix(".mp4")
    assert only_originals(bench, real)


def two_equal_films(bench: Bench) -> Path:
    """Process two films of the same content in two folders; return the second folder."""
    bench.make()
    other = bench.folder.with_name("Other")
    other.mkdir()
    shutil.copy2(bench.film, other / "Film.mkv")
    bench.process()
    bench.processor.process(
        2, 1, bench.plan(other / "Film.mkv"), bench.control, lambda _: None, lambda _: None
    )
    return other


def test_a_film_never_gets_the_original_that_another_film_of_the_same_content_waits_for(
    bench: Bench,
) -> None:
    other = two_equal_films(bench)
    shutil.rmtree(other)
    with pytest.raises(RestoreError, match="is not in"):
        bench.processor.restore(other / "Film.mkv")
    kept, gone = bench.processor.originals()
    assert (kept.film, kept.there, gone.film, gone.there) == (
        bench.film,
        True,
        other / "Film.mkv",
        False,
    )
    assert bench.processor.restore(bench.film) == bench.film
    assert only_originals(bench, bench.folder)


def test_films_of_the_same_content_in_renamed_folders_get_their_own_originals(
    bench: Bench,
) -> None:
    other = two_equal_films(bench)
    second = other.rename(other.with_name("A new name"))
    first = renamed_folder(bench)
    assert bench.processor.restore(bench.film) == first / "Film.mkv"
    assert bench.processor.restore(other / "Film.mkv") == second / "Film.mkv"
    assert only_originals(bench, first)
    assert only_originals(bench, second)


def test_a_renamed_folder_is_restored_at_once_although_its_originals_lie_elsewhere(
    bench: Bench, tmp_path: Path
) -> None:
    bench.settings = with_section(bench.settings, "files", holding_folder=str(tmp_path / "kept"))
    (tmp_path / "kept").mkdir()
    processed(bench, "Film.mp4")
    new = renamed_folder(bench)
    (film,) = bench.processor.restorable_below(new)
    assert bench.processor.restorable_below(new.parent) == (film,)
    assert film == new / "Film.mkv"
    assert bench.processor.restore(film) == new / "Film.mp4"
    assert only_originals(bench, new)


def test_two_films_that_changed_names_get_their_own_originals(bench: Bench) -> None:
    one = processed(bench, "One.mkv")
    ours = bench.sha256
    other = processed(bench, "Other.mkv")
    passing = one.rename(one.with_name("passing"))
    one = other.rename(one)
    other = passing.rename(other)
    assert bench.processor.restore(other) == other
    assert digest(other) == ours
    assert bench.processor.restore(one) == one
    assert digest(one) == bench.sha256


def test_a_film_that_was_processed_twice_comes_back_in_two_steps(bench: Bench) -> None:
    film = processed(bench)
    first = digest(film)
    content = film.read_bytes()
    bench.settings = fast_settings(encode=True)
    plan = bench.plan()
    bench.process(plan, attempt=2)
    assert film.read_bytes() != content
    new = renamed_folder(bench) / "Film.mkv"
    assert bench.processor.restore(new) == new
    assert digest(new) == first
    assert bench.processor.restore(new) == new
    assert only_originals(bench, new.parent)


def test_all_that_is_kept_is_told_with_size_day_and_names(bench: Bench) -> None:
    film = processed(bench, "Film.mp4")
    new = renamed_folder(bench) / "Film.mkv"
    (kept,) = bench.processor.originals()
    assert (kept.film, kept.original) == (new, new.with_suffix(".mp4"))
    assert kept.former_names == (film, film.with_suffix(".mp4"))
    assert (digest(kept.path), kept.size) == (bench.sha256, kept.path.stat().st_size)
    assert kept.there
    assert kept.kept_since is not None
    assert kept.expires_at == kept.kept_since + 14 * 86400
    kept.path.unlink()
    assert [original.there for original in bench.processor.originals()] == [False]


def test_an_original_whose_own_disk_is_away_is_not_counted_as_gone(
    bench: Bench, tmp_path: Path
) -> None:
    holding = tmp_path / "disk"
    holding.mkdir()
    bench.settings = with_section(bench.settings, "files", holding_folder=str(holding))
    film = processed(bench)
    bench.forty_days_later()
    away = holding.rename(tmp_path / "away")
    assert bench.processor.expire_originals() == ()
    holding.mkdir()  # a mount point without its disk
    assert bench.processor.expire_originals() == ()
    holding.rmdir()
    away.rename(holding)
    bench.processor.restore(film)
    assert only_originals(bench, bench.folder)


@pytest.mark.parametrize("stage", [Stage.VERIFIED, Stage.RESTORING])
def test_an_original_on_its_way_is_never_told_as_unknown(bench: Bench, stage: Stage) -> None:
    film = processed(bench)
    (entry,) = bench.journal.held()
    bench.journal.write(replace(entry, stage=stage))
    WatchedFolderStore(bench.database).add(WatchedFolder(bench.folder.parent))
    told = [(kept.path, kept.film) for kept in bench.processor.originals()]
    assert told == ([(entry.holding, film)] if stage is Stage.RESTORING else [])


def test_an_original_of_a_lost_database_is_told_and_never_removed(
    bench: Bench, tmp_path: Path
) -> None:
    film = processed(bench)
    (entry,) = bench.journal.held()
    bench.database.close()
    bench.database = Database(tmp_path / "new.db")
    bench.journal = Journal(bench.database)
    WatchedFolderStore(bench.database).add(WatchedFolder(bench.folder.parent))
    (kept,) = bench.processor.originals()
    assert (kept.path, kept.film, kept.expires_at) == (entry.holding, None, None)
    bench.forty_days_later()
    bench.processor.find_moved_originals()
    assert bench.processor.expire_originals() == ()
    with pytest.raises(RestoreError, match=r"1-1 Film\.mkv\.original may be it"):
        bench.processor.restore(film)
    assert digest(entry.holding) == bench.sha256


def test_the_journal_never_follows_a_film_whose_original_is_gone(bench: Bench) -> None:
    film = processed(bench)
    (entry,) = bench.journal.held()
    entry.holding.unlink()
    assert bench.processor.expire_originals() == ()
    bench.forty_days_later()
    bench.processor.expire_originals()
    assert bench.journal.of_job(1)[0].original is Original.REMOVED
    told(bench, film, film.with_name("new.mkv"))
    assert bench.journal.of_job(1)[0].target == film
