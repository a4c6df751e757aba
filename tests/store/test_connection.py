from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Callable, Iterator, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store_errors import StoreBusy, StoreError, StoreGone
from store import connection as connection_module
from store import opening
from store.connection import (
    Database,
    path_from_sql,
    path_to_sql,
    shown_text,
    text_from_sql,
    text_to_sql,
)
from tests.disks import disk_of_4_megabytes

ROOT = Path(__file__).resolve().parents[2]


def put(database: Database, key: str, value: str = "") -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO settings VALUES (?, ?)", (key, value))


def keys(database: Database) -> List[str]:
    with database.read() as connection:
        return [row[0] for row in connection.execute("SELECT key FROM settings ORDER BY key")]


@pytest.mark.skipif(sys.platform == "win32", reason="what is open cannot be deleted there")
def test_nothing_is_written_into_a_write_ahead_log_that_was_deleted(database: Database) -> None:
    put(database, "a")
    database.path.with_name("data.db-wal").unlink()
    for _ in range(2):
        with pytest.raises(StoreGone):
            put(database, "b")


def in_threads(count: int, work: Callable[[int], None]) -> List[BaseException]:
    errors: List[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - the test shows them all
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_twenty_threads_write_fifty_times_each_while_a_reader_holds_the_database(
    database: Database,
) -> None:
    def write(number: int) -> None:
        for turn in range(50):
            put(database, f"{number}-{turn}")

    with database.read() as reader:
        assert reader.execute("SELECT count(*) FROM settings").fetchone()[0] == 0
        assert in_threads(20, write) == []
        assert reader.execute("SELECT count(*) FROM settings").fetchone()[0] == 0
    assert len(keys(database)) == 1000
    assert database.problems() == ()


def test_every_thread_has_a_connection_of_its_own(database: Database) -> None:
    seen = []

    def look(_number: int) -> None:
        with database.read() as connection:
            seen.append(connection)

    assert in_threads(3, look) == []
    with database.read() as mine:
        assert len({id(connection) for connection in (mine, *seen)}) == 4


def test_connections_of_ended_threads_are_closed(database: Database) -> None:
    seen = []

    def look(_number: int) -> None:
        with database.read() as connection:
            seen.append(connection)

    in_threads(1, look)
    in_threads(1, look)  # opening the next one looks for threads that have ended
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        seen[0].execute("SELECT 1")


def test_an_exception_undoes_the_whole_block(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction() as connection:  # noqa: PT012
        connection.execute("INSERT INTO settings VALUES ('a', '')")
        raise KeyError
    assert keys(database) == []


def test_a_block_inside_another_is_part_of_it(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction():  # noqa: PT012
        put(database, "inner")
        raise KeyError
    assert keys(database) == []


def test_a_failed_inner_block_is_undone_alone(database: Database) -> None:
    with database.transaction():
        put(database, "kept")
        with pytest.raises(KeyError), database.transaction():  # noqa: PT012
            put(database, "undone")
            raise KeyError
    assert keys(database) == ["kept"]


def test_full_sync_is_asked_of_the_disk_and_taken_back(database: Database) -> None:
    def level(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    normal, full = 1, 2
    with database.transaction() as connection:
        assert level(connection) == normal
    with database.transaction(full_sync=True) as connection:
        assert level(connection) == full
    with database.read() as connection:
        assert level(connection) == normal


def test_full_sync_inside_a_lazy_transaction_is_a_mistake_that_shows(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError, match="outermost"):  # noqa: SIM117
        with database.transaction(full_sync=True):
            pass


def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError), database.read() as connection:
        connection.execute("INSERT INTO settings VALUES ('a', '')")
    put(database, "b")
    assert keys(database) == ["b"]


def test_a_select_alone_sees_what_is_written_before_it_and_writes_nothing(
    database: Database,
) -> None:
    statement = "SELECT value FROM settings WHERE key = ?"
    assert not database.select(statement, ("a",))
    with database.transaction():
        put(database, "a", "1")
        assert [row[0] for row in database.select(statement, ("a",))] == ["1"]
    assert [row[0] for row in database.select(statement, ("a",))] == ["1"]
    with pytest.raises(RuntimeError):
        database.select("DELETE FROM settings")
    assert keys(database) == ["a"]


def test_a_transaction_inside_a_read_is_a_mistake_that_shows(database: Database) -> None:
    with database.read(), pytest.raises(RuntimeError, match="inside read"):
        put(database, "a")


def test_broken_constraints_stay_what_they_are(database: Database) -> None:
    put(database, "a")
    with pytest.raises(sqlite3.IntegrityError):
        put(database, "a")


def test_wal_foreign_keys_and_normal_sync_are_on(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(database: Database) -> None:
    put(database, "a")
    with pytest.raises(StoreError, match="disk is full"), database.transaction() as connection:  # noqa: PT012
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        connection.execute("INSERT INTO settings VALUES ('big', ?)", ("x" * 1_000_000,))
    with database.read() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert keys(database) == ["a"]
    put(database, "b")


def test_a_full_disk_inside_a_nested_block_still_reads_as_one_sentence(database: Database) -> None:
    with pytest.raises(StoreError, match="disk is full"), database.transaction() as connection:  # noqa: PT012
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        put(database, "big", "x" * 1_000_000)


def test_a_disk_without_room_for_what_programs_share_is_full_and_not_broken(tmp_path: Path) -> None:
    with disk_of_4_megabytes(tmp_path / "disk") as disk:
        Database(disk / "data.db").close()
        with suppress(OSError), (disk / "rest").open("wb", buffering=0) as rest:
            while True:
                rest.write(bytes(4096))
        with pytest.raises(StoreError, match="the disk is full") as full:
            Database(disk / "data.db")
        assert "Free some space" in str(full.value)
        (disk / "rest").unlink()
        Database(disk / "data.db").close()


def test_after_close_there_is_a_sentence_and_no_open_file(tmp_path: Path) -> None:
    database = Database(tmp_path / "data.db")
    in_threads(2, lambda number: put(database, str(number)))
    database.close()
    with pytest.raises(StoreError, match="closed"):
        put(database, "a")
    assert [file.name for file in tmp_path.iterdir()] == ["data.db"]  # the log is folded in
    database.close()


def test_close_waits_for_what_another_thread_is_writing(database: Database) -> None:
    inside, closing = threading.Event(), threading.Event()

    def write(_number: int) -> None:
        with database.transaction() as connection:
            inside.set()
            assert closing.wait(10)
            connection.execute("INSERT INTO settings VALUES ('a', '')")

    writer = threading.Thread(target=write, args=(0,))
    writer.start()
    assert inside.wait(10)
    threading.Timer(0.05, closing.set).start()
    database.close()
    writer.join(10)
    with Database(database.path) as again:
        assert keys(again) == ["a"]


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


@pytest.fixture
def holder(database: Database) -> Iterator[subprocess.Popen[str]]:
    """Another process that keeps the database locked until it reads a line."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_of_another_process_is_waited_for(
    database: Database, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    real = opening.store_error

    def count(path: Path, error: sqlite3.Error) -> StoreError:
        tries.append(error)
        if len(tries) == 3 and holder.stdin:
            holder.stdin.write("\n")
            holder.stdin.flush()
        return real(path, error)

    with database.read() as connection:
        connection.execute("PRAGMA busy_timeout = 20")
    monkeypatch.setattr(opening, "store_error", count)
    put(database, "a")
    assert len(tries) >= 3
    assert keys(database) == ["a"]


def test_a_lock_that_never_ends_is_a_sentence_that_says_try_later(
    database: Database, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holder.poll() is None
    with database.read() as connection:
        connection.execute("PRAGMA busy_timeout = 20")
    monkeypatch.setattr(connection_module, "BUSY_PATIENCE", 0.1)
    with pytest.raises(StoreBusy, match="locked") as caught:
        put(database, "a")
    assert caught.value.transient


WRITE = """
import sys
from pathlib import Path
from store.connection import Database
database = Database(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 1_000_000):
    with database.transaction() as connection:
        connection.execute("INSERT INTO settings VALUES (?, 'first half')", (f"{number}a",))
        connection.execute("INSERT INTO settings VALUES (?, 'second half')", (f"{number}b",))
    print(number, flush=True)
"""


def test_killed_while_writing_nothing_that_was_committed_is_lost_and_nothing_is_half(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data.db"
    start = 0
    for lines in (1, 7, 40, 150):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE, str(path), str(start)],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=ROOT,
        ) as process:
            assert process.stdout
            told = [int(process.stdout.readline()) for _ in range(lines)]
            process.kill()
            told += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        with Database(path) as database:
            assert database.report.notices == ()
            assert database.problems() == ()
            found = set(keys(database))
        halves = {key[:-1] for key in found}
        assert found == {number + half for number in halves for half in "ab"}
        assert {str(number) for number in told} <= halves
        start = max(map(int, halves)) + 1


@given(st.binary(min_size=1, max_size=200).filter(lambda name: b"\0" not in name))
def test_any_name_that_a_disk_can_hold_comes_back(name: bytes) -> None:
    path = Path(name.decode("utf-8", "surrogateescape"))
    assert path_from_sql(path_to_sql(path)) == path


@given(st.text())
def test_text_comes_back_and_shown_text_can_always_be_stored(text: str) -> None:
    assert text_from_sql(text_to_sql(text)) == text
    shown_text(text + "\udcff").encode("utf-8")


def test_a_name_that_is_not_utf8_survives_the_database(database: Database) -> None:
    path = Path("/films/caf\udce9.mkv")
    with database.transaction() as connection:
        connection.execute("INSERT INTO settings VALUES ('path', ?)", (path_to_sql(path),))
    with database.read() as connection:
        assert path_from_sql(connection.execute("SELECT value FROM settings").fetchone()[0]) == path
