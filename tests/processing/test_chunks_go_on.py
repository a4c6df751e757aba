"""A film in chunks whose work ends before it is done: the next attempt goes on where it was."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Iterator, List

import pytest

from core.errors import JobCancelled, NotEnoughSpace
from core.events import JobState
from core.tools import Toolset
from processing.filesystem import FileOperations
from processor import JobControl
from store.chunks import ChunkStore
from tests.processing.bench import Bench, StopsAt, fast_settings, open_bench, with_section


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        one.settings = with_section(
            fast_settings(encode=True), "processing", chunk_seconds=1.0, chunks_from_minutes=0.0
        )
        one.make(seconds=2.0, size=(160, 90))
        yield one


class _FullDisk(FileOperations):
    """Has room for a result, but not for chunks beside it."""

    def free_space(self, folder: Path) -> int:
        return 200_000


def _stop_after_the_first(bench: Bench) -> None:
    bench.progress = StopsAt(bench.control, 1)
    with pytest.raises(JobCancelled):
        bench.process()
    bench.control, bench.progress = JobControl(), []


def _finished(bench: Bench) -> List[int]:
    (known,) = ChunkStore(bench.database).all()
    return [chunk.number for chunk in known.finished]


def test_a_stopped_film_goes_on_with_its_finished_chunks(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    _stop_after_the_first(bench)
    assert bench.ours() == ["1.chunks/00001.chunk"]
    assert bench.visible() == ["Film.mkv"]
    bench.restarted().processor.recover()
    bench.files = _FullDisk()
    with pytest.raises(NotEnoughSpace):  # it waits, and what is finished stays
        bench.process(attempt=2)
    assert _finished(bench) == [0]

    bench.files = FileOperations()
    result = bench.process(attempt=3)
    assert "1 of 2 chunks were there; it goes on at 40 %." in caplog.messages
    assert bench.progress[0].percent == pytest.approx(40, abs=1)
    begun = {
        chunk.number for seen in bench.progress for chunk in seen.chunks if 0 < chunk.share < 1
    }
    assert 0 not in begun
    percents = [seen.percent for seen in bench.progress if seen.step == "encode"]
    assert percents == sorted(percents, key=lambda percent: percent or 0)
    assert (result.state, result.message) == (JobState.COMPLETED, "")
    assert bench.ours() == ["originals/1-3 Film.mkv.original"]
    assert ChunkStore(bench.database).empty
    took = dict(result.timings)["encode"]
    assert took > 0


def test_other_settings_begin_the_film_anew_and_its_user_is_told(bench: Bench) -> None:
    _stop_after_the_first(bench)
    bench.settings = with_section(bench.settings, "processing", chunks=False)
    result = bench.process(attempt=2)
    assert result.message == (
        "The settings for this film have changed: 1 finished chunk was removed, and the film starts from the "
        "beginning."
    )
    assert bench.ours() == ["originals/1-2 Film.mkv.original"]
    assert ChunkStore(bench.database).empty


def test_a_disk_without_room_for_chunks_has_the_film_in_one_piece(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    size = bench.film.stat().st_size

    class Tight(FileOperations):
        def free_space(self, folder: Path) -> int:
            return int(size * 1.5)

    bench.files = Tight()
    result = bench.process()
    assert result.state is JobState.COMPLETED
    told = "The video is encoded in one piece: there is not enough free space for chunks"
    assert any(told in message for message in caplog.messages)
    assert all(not seen.chunks for seen in bench.progress)
