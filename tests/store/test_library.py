"""The library in the database: films as the watched folders hold them, what is known of each, and sums."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

import pytest

from core.damage import Damage, Place
from core.events import JobState
from core.library.film import (
    FilmFacts,
    FilmHealth,
    FilmLook,
    FilmOutlook,
    LibraryFilm,
    LibraryState,
)
from core.library.grouping import GroupBy
from core.media.model import FileIdentity
from core.media.seen_file import KnownFile, SeenFile, SeenKind
from core.planning.forecast import Expected
from core.planning.preview import PreviewOutcome
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from core.settings.watched_folder import WatchedFolder
from core.text.sentence import Sentence
from store.connection import Database
from store.jobs import JobStore
from store.library import LibraryStore
from store.library_pages import LibraryListing, LibraryPages, LibrarySort
from store.migrations import MIGRATIONS
from store.seen_files import SeenFileStore
from store.watched_folders import WatchedFolderStore

GB = 1_000_000_000
_FACTS = FilmFacts("h264", 1920, 1080, "1080p", "", 6000.0, ("en",))
_ALL = LibraryListing()


class Shelf:
    """A watched folder without films on a disk."""

    def __init__(self, database: Database, root: Path) -> None:
        self.root = root
        self.folder = WatchedFolderStore(database).add(WatchedFolder(root))
        self.seen = SeenFileStore(database)
        self.library = LibraryStore(database)
        self.pages = LibraryPages(database)
        self.jobs = JobStore(database)

    def put(
        self, place: str, size: int = GB, mtime: int = 1, kind: SeenKind = SeenKind.FILM
    ) -> Path:
        directory, _, name = place.rpartition("/")
        row = SeenFile(self.folder.id, directory, name, size, mtime, 0, ascii(place), 60.0, kind)
        self.seen.keep([row])
        self.library.update()
        return self.root / directory / name

    def look(
        self,
        path: Path,
        outlook: FilmOutlook,
        facts: FilmFacts = _FACTS,
        size: int = GB,
        mtime: int = 1,
    ) -> bool:
        return self.library.keep(FilmLook(path, FileIdentity(size, mtime), facts, outlook, "mark"))

    def films(self, listing: LibraryListing = _ALL) -> List[LibraryFilm]:
        return self.pages.films(listing)

    def names(self, listing: LibraryListing = _ALL) -> List[str]:
        return [film.path.name for film in self.films(listing)]

    def encoded(self, before: int, after: int, template: str = "AV1") -> None:
        """An encode of the past, from which the next ones are estimated."""
        (job,) = self.jobs.add([NewJob(Path(f"/past/{before}-{after}-{template}.mkv"))])
        facts = JobFacts("film", "h264", "av1", "1080p", template, 6000.0, (("encode", 600.0),))
        end = JobEnd(JobState.COMPLETED, original_size=before, processed_size=after, facts=facts)
        self.jobs.finish(job, end)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Database(tmp_path / "library.db") as database:
        yield Shelf(database, tmp_path / "films")


ENCODE = FilmOutlook(PreviewOutcome.ENCODE, "It is encoded.", "AV1")


def test_films_of_watched_folders_are_there_with_their_whole_path(shelf: Shelf) -> None:
    paths = [shelf.put("A.mkv"), shelf.put("Series/One/B.mkv"), shelf.put("Series/C.mkv")]
    assert {film.path for film in shelf.films()} == set(paths)
    assert {film.state for film in shelf.films()} == {LibraryState.UNKNOWN}


def test_what_only_has_a_films_name_is_no_film_of_the_library(shelf: Shelf) -> None:
    shelf.put("sample.mkv", kind=SeenKind.NO_FILM)
    assert shelf.films() == []


def test_what_is_known_of_a_film_stays_until_the_file_changes_or_goes(shelf: Shelf) -> None:
    path = shelf.put("A.mkv")
    assert shelf.look(path, ENCODE)
    (film,) = shelf.films()
    shelf.library.keep_health(film, FilmHealth.DAMAGED, Damage((Place(1.0, 2.5),)))
    assert not shelf.library.update(), "nothing has changed"
    (film,) = shelf.films()
    assert (film.state, film.facts.codec, film.message) == (
        LibraryState.TO_PROCESS,
        "h264",
        "It is encoded.",
    )
    assert film.damage == Damage((Place(1.0, 2.5),))
    shelf.put("A.mkv", mtime=2)
    (film,) = shelf.films()
    assert (film.state, film.facts.codec, film.health) == (
        LibraryState.UNKNOWN,
        "",
        FilmHealth.UNKNOWN,
    )
    known = KnownFile.of(shelf.seen.known(shelf.folder.id).files("")["A.mkv"])
    shelf.seen.mark_gone(shelf.folder.id, [("", [(known.id, "A.mkv")])])
    assert shelf.library.update()
    assert shelf.films() == []


def test_a_look_at_the_film_as_it_was_before_is_not_kept(shelf: Shelf) -> None:
    path = shelf.put("A.mkv", mtime=2)
    assert not shelf.look(path, ENCODE, mtime=1)
    assert not shelf.look(shelf.root / "other.mkv", ENCODE)


def test_a_folder_that_is_watched_no_longer_takes_its_films_along(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.put("A.mkv")
    with Database(tmp_path / "library.db") as database:
        WatchedFolderStore(database).remove(shelf.folder.id)
    assert shelf.films() == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of bytes are POSIX")
def test_a_name_that_is_no_unicode_is_the_one_on_the_disk(shelf: Shelf) -> None:
    name = os.fsdecode(b"caf\xe9.mkv")
    path = shelf.put(f"Folder/{name}")
    assert [film.path for film in shelf.films()] == [path]
    assert shelf.look(path, ENCODE)
    (group,) = shelf.pages.groups(GroupBy.FOLDER, LibraryListing())
    assert group.value == str(shelf.root / "Folder")


def test_the_state_says_where_a_film_stands(shelf: Shelf) -> None:
    outlooks = {
        "encode.mkv": ENCODE,
        "nothing.mkv": FilmOutlook(PreviewOutcome.NOTHING, "Nothing needs doing."),
        "gain.mkv": FilmOutlook(PreviewOutcome.NO_GAIN, "It did not become smaller."),
        "unread.mkv": FilmOutlook(PreviewOutcome.UNREADABLE, "It is no film."),
        "queued.mkv": ENCODE,
    }
    for name, outlook in outlooks.items():
        shelf.look(shelf.put(name), outlook)
    shelf.put("ours.mkv", kind=SeenKind.RESULT)
    shelf.put("new.mkv")
    shelf.jobs.add([NewJob(shelf.root / "queued.mkv")])
    assert {film.path.stem: film.state.value for film in shelf.films()} == {
        "encode": "to process",
        "nothing": "left alone",
        "gain": "left alone",
        "unread": "not readable",
        "queued": "pending",
        "ours": "processed",
        "new": "not looked at",
    }
    assert shelf.names(LibraryListing(state=LibraryState.PENDING)) == ["queued.mkv"]


def test_a_file_that_turns_out_to_be_our_result_keeps_what_is_known_of_it(shelf: Shelf) -> None:
    shelf.look(shelf.put("A.mkv"), ENCODE)
    shelf.put("A.mkv", kind=SeenKind.RESULT)
    (film,) = shelf.films()
    assert (film.state, film.facts.codec) == (LibraryState.PROCESSED, "h264")


def test_a_sentence_comes_back_with_what_it_was_made_of(shelf: Shelf) -> None:
    told = Sentence("{name} is in the way.", name="A.ass")
    shelf.look(shelf.put("A.mkv"), FilmOutlook(PreviewOutcome.LEFT_ALONE, told))
    (film,) = shelf.films()
    assert isinstance(film.message, Sentence)
    assert (film.message, film.message.template) == ("A.ass is in the way.", told.template)


def _many(shelf: Shelf) -> None:
    for name, size, codec, height, languages in (
        ("Movies/a.mkv", 30 * GB, "h264", 2160, ("en", "fr")),
        ("Movies/b.mkv", 4 * GB, "hevc", 1080, ("en",)),
        ("Series/c.mkv", GB // 2, "h264", 1080, ("nl",)),
        ("d.mkv", 3 * GB, "h264", 1080, ("en",)),
    ):
        facts = FilmFacts(codec, height * 16 // 9, height, f"{height}p", "", 3600.0, languages)
        shelf.look(shelf.put(name, size), ENCODE, facts, size)
    shelf.put("Series/new.mkv", 2 * GB)


def groups_of(shelf: Shelf, by: GroupBy) -> List[Tuple[str, int, float]]:
    found = shelf.pages.groups(by, LibraryListing())
    return [(group.value, group.films, group.size / GB) for group in found]


def test_films_are_counted_by_what_they_have_in_common(shelf: Shelf) -> None:
    _many(shelf)
    assert groups_of(shelf, GroupBy.CODEC) == [("h264", 3, 33.5), ("hevc", 1, 4), ("", 1, 2)]
    assert groups_of(shelf, GroupBy.RESOLUTION) == [
        ("2160p", 1, 30),
        ("1080p", 3, 7.5),
        ("", 1, 2),
    ]
    assert groups_of(shelf, GroupBy.SIZE) == [("5", 1, 30), ("2", 3, 9), ("0", 1, 0.5)]
    assert groups_of(shelf, GroupBy.LANGUAGE) == [
        ("en", 3, 37),
        ("fr", 1, 30),
        ("nl", 1, 0.5),
        ("", 1, 2),
    ]
    root = shelf.root
    assert groups_of(shelf, GroupBy.FOLDER) == [
        (str(root / "Movies"), 2, 34),
        (str(root), 1, 3),
        (str(root / "Series"), 2, 2.5),
    ]


@pytest.mark.parametrize("by", GroupBy)
def test_a_group_lists_as_many_films_as_it_counts(shelf: Shelf, by: GroupBy) -> None:
    _many(shelf)
    for group in shelf.pages.groups(by, LibraryListing()):
        listing = LibraryListing(by=by, value=group.value)
        exact = by is not GroupBy.FOLDER or group.value != str(shelf.root)
        if exact:  # a watched folder lists what lies below it as well
            assert len(shelf.films(listing)) == group.films, group


def test_so_many_folders_are_too_many_to_choose_from_and_the_watched_one_stands_for_them(
    shelf: Shelf,
) -> None:
    rows = [
        SeenFile(shelf.folder.id, f"Film {n}", "a.mkv", GB, 1, 0, str(n), 60.0, SeenKind.FILM)
        for n in range(61)
    ]
    shelf.seen.keep(rows)
    shelf.library.update()
    assert groups_of(shelf, GroupBy.FOLDER) == [(str(shelf.root), 61, 61)]


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        (LibrarySort.NAME, ["a", "b", "c", "d", "new"]),
        (LibrarySort.SIZE, ["c", "new", "d", "b", "a"]),
        (LibrarySort.CODEC, ["new", "a", "c", "d", "b"]),
        (LibrarySort.RESOLUTION, ["new", "b", "c", "d", "a"]),
        (LibrarySort.SAVING, ["new", "c", "d", "b", "a"]),
    ],
)
def test_the_list_is_sorted_by_any_column(
    shelf: Shelf, sort: LibrarySort, wanted: Sequence[str]
) -> None:
    _many(shelf)
    shelf.encoded(10 * GB, 4 * GB)
    assert [name[:-4] for name in shelf.names(LibraryListing(sort))] == list(wanted)


@pytest.mark.parametrize("sort", LibrarySort)
def test_every_order_can_be_turned_round(shelf: Shelf, sort: LibrarySort) -> None:
    _many(shelf)
    up, down = (shelf.names(LibraryListing(sort, descending)) for descending in (False, True))
    assert up == down[::-1]


def test_what_is_searched_for_is_part_of_the_path_whatever_it_is_made_of(shelf: Shelf) -> None:
    shelf.put("100%/a.mkv")
    shelf.put("100_/b.mkv")
    assert shelf.names(LibraryListing(text="100%")) == ["a.mkv"]
    assert shelf.names(LibraryListing(text="100_")) == ["b.mkv"]


def test_what_would_be_saved_follows_from_films_of_the_past(shelf: Shelf) -> None:
    _many(shelf)
    before = shelf.pages.sums(LibraryListing())
    assert (before.saving, before.with_work, before.unsized, before.unseen) == (None, 4, 4, 1)
    for number in range(8):
        shelf.encoded(10 * GB + number, 4 * GB)
    after = shelf.pages.sums(LibraryListing())
    assert after.unsized == 0
    assert after.saving is not None
    assert after.saving.low < after.saving.likely < after.saving.high
    assert after.saving.likely == pytest.approx(0.6 * 37.5 * GB, rel=0.1)
    rows = [film.saving for film in shelf.films() if film.saving is not None]
    assert sum(row.likely for row in rows) == pytest.approx(after.saving.likely, rel=0.001)
    # Films that differ among themselves even out: the band of all is narrower than the sum of the bands.
    assert after.saving.low > sum(row.low for row in rows)


def test_where_the_picture_is_copied_the_plan_itself_tells_the_size(shelf: Shelf) -> None:
    copied = FilmOutlook(PreviewOutcome.COPY, expected=Expected(0.8 * GB, 0.0, 0.01))
    shelf.look(shelf.put("A.mkv"), copied)
    (film,) = shelf.films()
    assert film.saving is not None
    assert film.saving.likely == pytest.approx(0.2 * GB)
    sums = shelf.pages.sums(LibraryListing())
    assert sums.saving is not None
    assert sums.saving.likely == pytest.approx(0.2 * GB)


def test_a_result_of_ours_saves_nothing_more(shelf: Shelf) -> None:
    shelf.encoded(10 * GB, 4 * GB)
    shelf.look(shelf.put("A.mkv", kind=SeenKind.RESULT), ENCODE)
    assert shelf.pages.sums(LibraryListing()).with_work == 0
    assert [film.saving for film in shelf.films()] == [None]


def test_films_that_were_looked_at_with_other_settings_are_looked_at_again(shelf: Shelf) -> None:
    shelf.look(shelf.put("A.mkv"), ENCODE)
    shelf.put("B.mkv")
    folder = shelf.folder.id
    waiting = shelf.library.to_look_at(folder, "mark", 0, 10)
    assert [film.path.name for film in waiting] == ["B.mkv"]
    assert len(shelf.library.to_look_at(folder, "another mark", 0, 10)) == 2
    assert shelf.library.count_to_look_at({folder: "mark"}) == 1


def test_films_are_checked_once_and_damaged_ones_are_listed(shelf: Shelf) -> None:
    for name in "abc":
        shelf.put(f"{name}.mkv")
    first, second, third = shelf.library.to_check(0, 10)
    shelf.library.keep_health(first, FilmHealth.SOUND)
    shelf.library.keep_health(second, FilmHealth.DAMAGED, Damage((Place(60.0, 62.0),)))
    assert shelf.library.to_check(0, 10) == (third,)
    (damaged,) = shelf.films(LibraryListing(health=FilmHealth.DAMAGED))
    assert damaged.path.name == "b.mkv"
    assert "2.0 seconds at 0:01:00" in damaged.health_sentence
    counts = shelf.library.counts_of_health()
    assert counts[FilmHealth.SOUND] == (1, GB)
    assert counts[FilmHealth.UNKNOWN] == (1, GB)
    shelf.library.forget_health()
    assert len(shelf.library.to_check(0, 10)) == 3


def test_the_wish_to_check_films_outlives_the_program(shelf: Shelf, tmp_path: Path) -> None:
    assert not shelf.library.check_wished
    shelf.library.wish_check(wanted=True)
    with Database(tmp_path / "library.db") as again:
        assert LibraryStore(again).check_wished
    shelf.library.wish_check(wanted=False)
    assert not shelf.library.check_wished


def test_a_database_of_before_follows_what_it_had_not_taken_over(tmp_path: Path) -> None:
    """Until version 22 the library compared all rows; from then on changes are noted as they come."""
    path = tmp_path / "queue.db"
    with Database(path, migrations=MIGRATIONS[:22]) as old:
        folder = WatchedFolderStore(old).add(WatchedFolder(tmp_path)).id
        names = ("new.mkv", "known.mkv")
        SeenFileStore(old).keep(
            [SeenFile(folder, "", name, GB, 1, 0, name, 60.0, SeenKind.FILM) for name in names]
        )
        with old.transaction() as connection:
            connection.execute(
                "INSERT INTO library_films (directory_id, name, path, folder_id, root, shelf, size, "
                "mtime_ns, kind, codec) SELECT 1, column1, column1, 1, '', '', ?, 1, 'film', 'av1' "
                "FROM (VALUES ('known.mkv'), ('gone.mkv'))",
                (GB,),
            )
    with Database(path) as database:
        library, pages = LibraryStore(database), LibraryPages(database)
        assert library.update()
        assert not library.update()
        found = {film.path.name: film.facts.codec for film in pages.films(_ALL)}
        assert found == {"known.mkv": "av1", "new.mkv": ""}
