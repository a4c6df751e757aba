"""The folders' threads are watched over: one that dies or hangs is replaced, and no other waits for it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List

import pytest

from core.events import JobState
from core.settings.watched_folder import RootState, WatchedFolder
from scheduling.supervision import Supervisor
from tests.monitoring.bench import Bench
from tests.queue_environment import Recorded

PATIENCE = 1.0  # seconds


@pytest.fixture
def notices() -> List[str]:
    return []


@pytest.fixture
def supervised(bench: Bench, notices: List[str]) -> Iterator[Bench]:
    supervisor = Supervisor(errors=Recorded(notices))
    bench.monitor = bench.make_monitor(watchman=supervisor, patience=PATIENCE)
    supervisor.start()
    yield bench
    bench.monitor.stop()
    assert supervisor.health() == (), "threads that ended as they should are watched no longer"
    supervisor.stop()


def _other_folder(bench: Bench) -> WatchedFolder:
    other = bench.place / "other"
    other.mkdir()
    return bench.monitor.folders.add(replace(bench.watched, id=0, path=other))


def test_a_folder_whose_thread_hangs_is_away_and_another_folder_goes_on(
    supervised: Bench, notices: List[str]
) -> None:
    release = threading.Event()

    def hang(path: Path) -> None:
        if path.name.startswith("share"):
            release.wait(60.0)

    supervised.trouble = hang
    other = _other_folder(supervised)
    for number in range(20):  # more than there are processors
        supervised.put(f"share {number}.mkv")
    supervised.monitor.start()
    supervised.wait(lambda: supervised.looks, "the share to be looked into")
    (other.path / "film.mkv").write_bytes(supervised.new_content())
    try:
        supervised.wait(lambda: supervised.status.state is RootState.OFFLINE, "the share")
        assert supervised.status.message == f"{supervised.folder} does not answer."
        moved_no_more = f"Folder {supervised.folder} had not moved for "
        assert any(notice.startswith(moved_no_more) for notice in notices)
        supervised.wait(
            lambda: supervised.jobs.counts()[JobState.QUEUED] == 1, "the other folder's film"
        )
        supervised.wait(lambda: len(notices) >= 5, "more attempts")
        threads = [thread for thread in threading.enumerate() if thread.name == "folder-1"]
        assert len(threads) <= 3, "a share that is away for days takes no thread more"
    finally:
        release.set()
    supervised.wait(lambda: supervised.jobs.counts()[JobState.QUEUED] == 21, "the share's films")
    supervised.wait(lambda: supervised.status.state is RootState.WATCHING, "the return")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_folder_whose_thread_died_is_watched_again(supervised: Bench, notices: List[str]) -> None:
    def die(path: Path) -> None:
        if len(supervised.looks) == 1:
            raise SystemExit  # ends a thread without a word

    supervised.trouble = die
    supervised.put("film.mkv")
    supervised.monitor.start()
    supervised.wait_for_films("film.mkv")
    assert notices == [f"Folder {supervised.folder} had ended unexpectedly and was restarted."]


def test_a_folder_that_is_not_watched_any_more_is_not_missed(
    supervised: Bench, notices: List[str]
) -> None:
    supervised.start()
    other = _other_folder(supervised)
    supervised.monitor.reload()
    supervised.wait(lambda: len(supervised.monitor.statuses()) == 2, "the other folder")
    supervised.monitor.folders.remove(other.id)
    supervised.monitor.reload()
    supervised.put("film.mkv", age=0)
    supervised.wait_for_films("film.mkv")
    assert notices == []
