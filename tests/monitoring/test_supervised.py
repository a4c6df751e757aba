"""The folders' threads are watched over: one that dies or hangs is replaced, and no other waits for it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Set

import pytest

from core.events import JobState
from core.settings.watched_folder import RootState, RootStatus, WatchedFolder
from monitoring.root import Root
from scheduling.supervision import Supervisor
from tests.monitoring.bench import Bench
from tests.queue_environment import Recorded

PATIENCE = 2.0  # seconds; a folder at rest would wait longer for an event if nobody minded


@pytest.fixture
def notices() -> List[str]:
    return []


@pytest.fixture
def supervisor(notices: List[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr("scheduling.supervision.INTERVAL", 0.2)
    supervisor = Supervisor(errors=Recorded(notices))
    yield supervisor
    supervisor.stop()


@pytest.fixture
def supervised(bench: Bench, supervisor: Supervisor) -> Iterator[Bench]:
    bench.monitor = bench.make_monitor(watchman=supervisor, patience=PATIENCE)
    supervisor.start()
    yield bench
    bench.monitor.stop()
    assert supervisor.health() == (), "threads that ended as they should are watched no longer"


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
    supervised.start_mediainfo()  # its start may take longer than the patience
    other = _other_folder(supervised)
    for number in range(20):  # more than there are processors
        supervised.put(f"share {number}.mkv")
    supervised.monitor.start()
    supervised.wait(lambda: supervised.looks, "the share to be looked into")
    (other.path / "film.mkv").write_bytes(supervised.new_content())
    try:
        away: List[RootStatus] = []

        def is_away() -> bool:  # for a moment, until the next thread gets into the folder
            away[:] = [supervised.status]
            return away[0].state is RootState.OFFLINE

        supervised.wait(is_away, "the share")
        assert away[0].message == f"{supervised.folder} does not answer."
        moved_no_more = f"Folder {supervised.folder} had not moved for "
        assert any(notice.startswith(moved_no_more) for notice in notices)
        supervised.wait(
            lambda: supervised.jobs.counts()[JobState.QUEUED] == 1, "the other folder's film"
        )
        supervised.wait(lambda: len(notices) >= 4, "more attempts")
        assert all(notice.startswith(moved_no_more) for notice in notices), "the other moves"
        threads = [thread for thread in threading.enumerate() if thread.name == "folder-1"]
        assert len(threads) <= 3, "a share that is away for days takes no thread more"
    finally:
        release.set()
    supervised.wait(lambda: supervised.jobs.counts()[JobState.QUEUED] == 21, "the share's films")
    supervised.wait(lambda: supervised.status.state is RootState.WATCHING, "the return")


def test_a_folder_at_rest_is_not_taken_for_one_that_hangs(
    supervised: Bench, supervisor: Supervisor, notices: List[str]
) -> None:
    supervised.start()
    beats: Set[float] = set()

    def rested() -> bool:
        beats.update(
            health.last_beat for health in supervisor.health() if health.name.startswith("Folder /")
        )
        return max(beats) - min(beats) > 2 * PATIENCE

    supervised.wait(rested, "twice the patience")
    assert notices == []


def test_what_a_thread_finds_that_was_given_up_does_not_hide_that_its_folder_is_away(
    bench: Bench,
) -> None:
    root = Root(bench.watched, bench.monitor._services)
    bench.put("film.mkv")

    def give_up(_path: Path) -> None:
        root.end()
        root.is_away("It does not answer.")

    bench.trouble = give_up
    assert root.scan_alone(lambda: None).queued == 1
    assert root.status.state is RootState.OFFLINE
    assert root.status.message == "It does not answer."


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
