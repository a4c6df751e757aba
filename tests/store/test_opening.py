from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Callable, Iterator

import pytest

from core.store_errors import StoreError
from store import opening
from store.connection import Database
from store.migrations import MIGRATIONS
from store.opening import FileNumber, file_number, replaced

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_700_000_000.0
ONE = (("CREATE TABLE films (name TEXT)",),)
TWO = (*ONE, ("ALTER TABLE films ADD COLUMN size INTEGER", "UPDATE films SET size = 1"))
BROKEN = (*ONE, ("ALTER TABLE films ADD COLUMN size INTEGER", "UPDATE nowhere SET size = 1"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.db"


def opened(path: Path, migrations: object = MIGRATIONS) -> Database:
    return Database(path, migrations=migrations, now=lambda: NOW)  # type: ignore[arg-type]


def filled(path: Path, rows: int = 2000) -> None:
    """A database of several hundred pages."""
    with opened(path) as database, database.transaction() as connection:
        for number in range(rows):
            connection.execute("INSERT INTO settings VALUES (?, ?)", (str(number), "x" * 200))


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_file_gets_every_table_of_the_specification(path: Path) -> None:
    with opened(path) as database, database.read() as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        assert {"settings", "jobs", "statistics", "api_keys"} <= tables
        keys = {row["name"] for row in connection.execute("PRAGMA table_info(api_keys)")}
    specified = (
        "id service instance_name url api_key last_used daily_uses last_reset_date last_error "
        "error_count is_active"
    )
    assert set(specified.split()) <= keys
    assert database.report.created
    assert database.report.backup is None
    assert version(path) == len(MIGRATIONS)


def test_opening_again_changes_nothing(path: Path) -> None:
    opened(path).close()
    before = path.read_bytes()
    with opened(path) as database:
        assert not database.report.created
        assert database.report.notices == ()
    assert path.read_bytes() == before


def test_missing_folders_are_made(tmp_path: Path) -> None:
    opened(tmp_path / "a" / "b" / "data.db").close()
    assert (tmp_path / "a" / "b" / "data.db").is_file()


def test_a_migration_keeps_the_rows_and_a_backup_of_the_file_before(path: Path) -> None:
    with opened(path, ONE) as database, database.transaction() as connection:
        connection.execute("INSERT INTO films VALUES ('Alien')")
    with opened(path, TWO) as database:
        with database.read() as connection:
            assert tuple(connection.execute("SELECT * FROM films").fetchone()) == ("Alien", 1)
        report = database.report
    assert report.migrated_from == 1
    assert report.backup is not None
    assert report.backup.parent == path.parent
    assert version(report.backup) == 1
    with closing(sqlite3.connect(report.backup)) as backup:
        assert backup.execute("SELECT * FROM films").fetchall() == [("Alien",)]


def test_a_failing_migration_leaves_the_old_version_whole(path: Path) -> None:
    with opened(path, ONE) as database, database.transaction() as connection:
        connection.execute("INSERT INTO films VALUES ('Alien')")
    with pytest.raises(StoreError, match="nowhere"):
        opened(path, BROKEN)
    assert version(path) == 1
    with opened(path, ONE) as database, database.read() as connection:
        assert tuple(connection.execute("SELECT * FROM films").fetchone()) == ("Alien",)


def test_two_backups_of_the_same_second_have_two_names(path: Path) -> None:
    opened(path, ONE).close()
    for _ in range(2):
        with pytest.raises(StoreError):
            opened(path, BROKEN)
    assert len([file for file in path.parent.iterdir() if ".backup-v1-" in file.name]) == 2


def test_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    opened(path, TWO).close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer MediaProcessor"):
        opened(path, ONE)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_programs_database_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        opened(path)
    assert path.read_bytes() == before


def damage_header(data: bytes) -> bytes:
    return b"\x13" * 100 + data[100:]


def cut_in_half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def overwrite_pages(data: bytes) -> bytes:
    return data[:8192] + b"\xa5" * 40960 + data[49152:]


def random_text(_data: bytes) -> bytes:
    return b"this is not a database, but somebody's notes\n"


@pytest.mark.parametrize("damage", [damage_header, cut_in_half, overwrite_pages, random_text])
def test_a_damaged_file_is_set_aside_whole_and_the_user_is_told(path: Path, damage: object) -> None:
    filled(path)
    broken = damage(path.read_bytes())  # type: ignore[operator]
    path.write_bytes(broken)
    with opened(path) as database:
        report = database.report
        assert report.set_aside is not None
        assert report.set_aside.name == "data.db.damaged-20231114-221320"
        assert report.set_aside.read_bytes() == broken
        assert report.created
        (notice,) = report.notices
        assert "damaged" in notice
        assert report.set_aside.name in notice
        assert database.problems() == ()


def spoil_a_leaf(path: Path) -> None:
    path.write_bytes(overwrite_pages(path.read_bytes()))


def test_a_large_file_that_was_closed_in_good_order_is_not_read_through(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_ALWAYS_CHECKED", 1000)
    filled(path)
    spoil_a_leaf(path)
    with opened(path) as database:
        assert database.report.set_aside is None


def test_a_large_file_is_read_through_when_the_program_died(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_ALWAYS_CHECKED", 1000)
    filled(path)
    spoil_a_leaf(path)
    path.with_name("data.db-wal").write_bytes(b"left behind")
    with opened(path) as database:
        assert database.report.set_aside is not None


def look_for_problems(database: Database) -> None:
    assert database.problems() != ()


def stumble_over_them(database: Database) -> None:
    with pytest.raises(StoreError, match="damaged"), database.read() as connection:
        connection.execute("SELECT * FROM jobs").fetchall()


@pytest.mark.parametrize("find", [look_for_problems, stumble_over_them])
def test_damage_that_was_met_while_running_is_set_aside_at_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch, find: Callable[[Database], None]
) -> None:
    monkeypatch.setattr(opening, "_ALWAYS_CHECKED", 1000)
    filled(path)
    spoil_a_leaf(path)
    with opened(path) as database:
        find(database)
    with opened(path) as database:
        assert database.report.set_aside is not None
    with opened(path) as database:
        assert database.report.notices == ()
    assert not path.with_name("data.db.check").exists()


def test_a_large_file_that_lost_its_end_is_found_at_every_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_ALWAYS_CHECKED", 1000)
    filled(path)
    path.write_bytes(cut_in_half(path.read_bytes()))
    with opened(path) as database:
        assert "its end is missing" in database.report.notices[0]


def test_the_log_of_a_damaged_file_goes_with_it(path: Path) -> None:
    path.write_bytes(b"\x13" * 8192)
    path.with_name("data.db-wal").write_bytes(b"log")
    path.with_name("data.db-shm").write_bytes(b"index")
    with opened(path) as database:
        aside = database.report.set_aside
    assert aside is not None
    assert aside.with_name(aside.name + "-wal").read_bytes() == b"log"
    assert aside.with_name(aside.name + "-shm").exists()


def test_a_second_damage_in_the_same_second_does_not_replace_the_first(path: Path) -> None:
    for number in range(2):
        path.write_bytes(b"broken %d" % number)
        opened(path).close()
    kept = sorted(file for file in path.parent.iterdir() if ".damaged-" in file.name)
    assert [file.read_bytes() for file in kept] == [b"broken 0", b"broken 1"]


def test_an_empty_file_is_begun_anew_with_a_notice(path: Path) -> None:
    path.touch()
    with opened(path) as database:
        assert "was empty" in database.report.notices[0]
        assert database.problems() == ()


def test_an_empty_file_with_a_log_is_set_aside_since_the_log_may_hold_the_last(path: Path) -> None:
    path.touch()
    path.with_name("data.db-wal").write_bytes(b"something")
    with opened(path) as database:
        aside = database.report.set_aside
    assert aside is not None
    assert aside.with_name(aside.name + "-wal").read_bytes() == b"something"


def test_a_folder_in_its_place_is_one_sentence(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="a folder has this name"):
        opened(path)
    assert path.is_dir()


def test_a_file_where_the_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="folder cannot be made"):
        opened(tmp_path / "data" / "data.db")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that any user can reach; pytest's own are for one user only."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


OPEN = """
import os, sys
from pathlib import Path
from core.store_errors import StoreError
from store import opening
import store.connection
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
try:
    store.connection.Database(Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="rights are POSIX here")
@pytest.mark.parametrize("there", [False, True])
def test_a_read_only_folder_is_one_sentence(shared_folder: Path, there: bool) -> None:
    path = shared_folder / "data.db"
    if there:
        opened(path).close()
        path.chmod(0o444)
    shared_folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.stdout.startswith(f"Database {path}: it cannot be "), done
    assert "Check the rights" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_migration_of_ten_thousand_rows_takes_well_under_ten_seconds(path: Path) -> None:
    with opened(path, ONE) as database, database.transaction() as connection:
        rows = [(f"Film {number}",) for number in range(10_000)]
        connection.executemany("INSERT INTO films VALUES (?)", rows)
    with opened(path, TWO) as database, database.read() as connection:
        assert connection.execute("SELECT sum(size) FROM films").fetchone()[0] == 10_000


@pytest.mark.parametrize(
    ("known", "now", "is_replaced"),
    [
        ((1, 2), (1, 2), False),
        ((1, 2), (1, 3), True),
        ((1, 2), (4, 2), True),
        ((1, 2), None, True),
        (None, (1, 2), True),
        (None, None, False),
        ((1, 2), (0, 0), False),  # on Windows, while somebody keeps the file from being opened
        ((0, 0), (1, 2), False),
    ],
)
def test_a_file_is_replaced_where_its_number_is_another_and_known(
    known: FileNumber, now: FileNumber, is_replaced: bool
) -> None:
    assert replaced(known, now) is is_replaced


@pytest.mark.parametrize("wanting", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_a_file_is_not_called_gone_where_this_program_has_no_room_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanting: int
) -> None:
    """Windows looks at a file by opening it; Wine is left with too many open ones."""
    path = tmp_path / "queue.db"
    path.touch()
    known = file_number(path)

    def without_room(_path: Path) -> None:
        raise OSError(wanting, os.strerror(wanting))

    monkeypatch.setattr(Path, "stat", without_room)
    assert not replaced(known, file_number(path))
    monkeypatch.undo()
    path.unlink()
    assert replaced(known, file_number(path))
