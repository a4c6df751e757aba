"""A data folder that is deleted, replaced or read-only while the program runs: said, and no film replaced."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from core.events import JobState, QueueState
from core.plan import Plan
from core.store_errors import StoreGone
from core.tools import Toolset
from processing.maker import MadeResult
from processing.pipeline import ResultMaker
from processing.process_tree import SystemClock
from store import opening
from store.connection import Database
from tests.processing.bench import Bench, open_bench
from tests.queue_service import Service, encoders

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows lets nobody delete or rename a file that is open"
)


def files_of(path: Path) -> Iterator[Path]:
    """A database's file and those beside it."""
    return (file for file in path.parent.iterdir() if file.name.startswith(path.name))


def deleted(database: Path) -> None:
    for file in files_of(database):
        file.unlink()


def renamed(database: Path) -> None:
    for file in list(files_of(database)):
        file.rename(file.with_name(f"old {file.name}"))


def replaced_by_a_copy(database: Path) -> None:
    other = database.with_name("copy")
    shutil.copyfile(database, other)
    other.replace(database)


GONE = [deleted, renamed, replaced_by_a_copy]


@pytest.mark.parametrize("deed", GONE)
def test_nothing_is_written_into_a_database_that_lost_its_name(
    tmp_path: Path, deed: Callable[[Path], None]
) -> None:
    path = tmp_path / "data.db"
    with Database(path, migrations=(("CREATE TABLE t (x)",),)) as database:
        with database.transaction() as connection:
            connection.execute("INSERT INTO t VALUES (1)")
        assert database.trouble() is None

        def write(then: Callable[[], object]) -> None:
            with database.transaction() as inside:
                inside.execute("INSERT INTO t VALUES (2)")
                then()

        with pytest.raises(StoreGone, match="deleted or replaced"):
            write(lambda: deed(path))
        with pytest.raises(StoreGone):
            write(lambda: None)
        assert isinstance(database.trouble(), StoreGone)
        with database.read() as connection:
            assert connection.execute("SELECT COUNT(*) FROM t").fetchone()[0] == 1


def test_a_database_that_comes_back_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "data.db"
    with Database(path, migrations=(("CREATE TABLE t (x)",),)) as database:
        with database.transaction():
            pass
        path.parent.rename(tmp_path / "elsewhere")
        assert database.trouble() is not None
        (tmp_path / "elsewhere").rename(path.parent)
        assert database.trouble() is None
        with database.transaction() as connection:
            connection.execute("INSERT INTO t VALUES (1)")


class Deleting(ResultMaker):
    """Makes the result, and meanwhile somebody deletes the database."""

    deed: Callable[[], None]

    def make(self, plan: Plan, *more: Any) -> MadeResult:
        made = super().make(plan, *more)
        self.deed()
        return made


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as bench:
        yield bench


@pytest.mark.parametrize("deed", GONE)
def test_no_film_is_replaced_without_a_journal(bench: Bench, deed: Callable[[Path], None]) -> None:
    bench.make()
    plan = bench.plan()
    maker = Deleting(
        bench.runner, bench.toolset, bench.settings, bench.files, SystemClock(), _log()
    )
    maker.deed = lambda: deed(bench.database.path)
    with pytest.raises(StoreGone):
        bench.processor.process(
            1, 1, plan, bench.control, bench.progress.append, bench.stages.append, maker
        )
    assert bench.visible() == [bench.film.name]
    assert bench.ours() == []


def _log() -> Any:
    import logging

    return logging.getLogger("tests.processing")


@pytest.mark.parametrize("deed", GONE)
def test_the_queue_says_at_once_that_its_database_is_gone_and_stands_still(
    service: Service, deed: Callable[[Path], None]
) -> None:
    (job_id,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    deed(service.bench.database.path)
    began = time.monotonic()
    service.until(lambda: service.notices(), "the sentence")
    assert time.monotonic() - began < 10
    (sentence,) = service.notices()
    assert str(service.bench.database.path) in sentence
    assert "deleted or replaced" in sentence
    stands_still = (QueueState.PAUSED, sentence)  # at the queue's next look, a moment later
    service.until(
        lambda: (service.manager.state, service.manager._control.present().reason) == stands_still,
        "the queue to stand still",
    )
    assert JobState.COMPLETED not in service.states(job_id)
    assert service.manager.shutdown(30)
    assert encoders(service) == []
    assert service.bench.visible() == ["Slow.mkv"]
    assert service.bench.ours() == []


def test_a_job_that_cannot_be_written_down_is_when_the_database_can_be_written_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job_id,) = service.manager.add(service.films(1))
    refusing, began = True, []
    real = Database._writing

    def writing(database: Database, *more: Any) -> Any:
        began.extend(service.bench.ours())  # the work has begun
        if refusing and began:
            error = sqlite3.OperationalError("attempt to write a readonly database")
            raise opening.store_error(database.path, error)
        return real(database, *more)

    monkeypatch.setattr(Database, "_writing", writing)
    monkeypatch.setattr("scheduling.job_outcomes.STORE_PAUSE", 0.1)
    service.manager.start()
    service.until(lambda: service.notices(), "the sentence")
    assert "its disk may be read-only" in service.notices()[0]
    refusing = False
    service.until(lambda: not service.manager.in_hand, "the end of the attempt")
    assert service.job(job_id).state is JobState.QUEUED, "it waits, and has not failed"
    assert service.manager.retry(job_id)
    service.until(lambda: service.job(job_id).state is JobState.COMPLETED, "the end")
    assert len(service.notices()) == 1, "the same sentence once"


# ---- the whole program


@pytest.mark.skipif(os.name == "nt", reason="see above")
def test_a_headless_run_whose_data_folder_is_deleted_ends_with_a_sentence_and_the_film_is_untouched(
    tmp_path: Path, bench: Bench
) -> None:
    film = bench.make(seconds=40)
    data = tmp_path / "data"
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, str(root / "main.py"), "--data-dir", str(data), "process", str(film)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        deadline = time.monotonic() + 60
        while not bench.ours():
            assert program.poll() is None, program.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        shutil.rmtree(data)
        told, wrong = program.communicate(timeout=60)
    assert program.returncode != 0
    assert "deleted or replaced, or its disk went away" in wrong
    assert "Traceback" not in wrong
    assert "completed" not in told
    assert bench.visible() == [film.name]
    assert bench.ours() == []
