"""One film whose chunks are made by several machines: who gets which, and what follows when one fails."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List

import pytest

from core.events import JobProgressed, JobState
from core.queue.job import Job
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.settings.tree import QueueSettings
from core.tools import Toolset
from tests.processing.bench import open_bench, with_section
from tests.scheduling.pair import Master, Pair, Slave
from tests.scheduling.shared_films import beside, queue_film

ONE_ENCODER = QueueSettings(gpu_jobs=0, software_jobs=1, remux_jobs=0)


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        bench.settings = with_section(bench.settings, "video", encode=True)
        bench.settings = with_section(bench.settings, "processing", chunk_seconds=2.0)
        pair = Pair(Master(bench, limits=ONE_ENCODER))
        yield pair
        pair.end()


def sharing_slave(pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "desktop") -> Slave:
    """A slave that sees the master's library under another name."""
    library = pair.master.bench.folder
    (tmp_path / f"mounted at {name}").symlink_to(library)
    mapping = PathMapping(str(library), str(tmp_path / f"mounted at {name}"))
    how = {"access": FilmAccess.SHARED_PATH, "sees": (mapping,), "slots": ONE_ENCODER}
    return pair.slave(name, tmp_path / name, toolset, **how)


def fetching_slave(pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "laptop") -> Slave:
    """A slave that is sent what it works on."""
    return pair.slave(name, tmp_path / name, toolset, slots=ONE_ENCODER)


def long_film(pair: Pair, name: str = "Film.mkv", seconds: float = 8.0) -> int:
    options = ["-g", "25", "-qp", "4"]
    return queue_film(pair, name, seconds=seconds, size=(160, 90), video_options=options)


def makers(pair: Pair) -> List[str]:
    """Who has made each chunk, as the last progress with all of them tells it; "" is this machine."""
    pair.master.notices()  # takes in what was told
    told = [event.progress.chunks for event in pair.master.told if isinstance(event, JobProgressed)]
    return [chunk.machine for chunk in [chunks for chunks in told if chunks][-1]]


def completed(pair: Pair, job_id: int) -> Job:
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert job.state is JobState.COMPLETED, job
    return job


def nothing_left(pair: Pair, slave: Slave) -> bool:
    return not (slave.left_over() or slave.store.all() or beside(pair))


def test_a_film_is_made_by_two_machines_that_would_be_idle_otherwise(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    slave = sharing_slave(pair, tmp_path, toolset)
    pair.master.start()
    slave.start()
    completed(pair, long_film(pair))
    assert set(makers(pair)) == {"", "desktop"}, makers(pair)
    pair.master.until(lambda: nothing_left(pair, slave), "tidying up")


@pytest.mark.parametrize("name", ["Film.mkv", "Film.mp4"])
def test_without_a_shared_folder_only_the_part_of_the_film_is_sent(
    pair: Pair, tmp_path: Path, toolset: Toolset, name: str
) -> None:
    slave = fetching_slave(pair, tmp_path, toolset)
    pair.master.start()
    slave.start()
    job_id = long_film(pair, name)
    size = pair.master.bench.film.stat().st_size
    completed(pair, job_id)
    assert "laptop" in makers(pair), makers(pair)
    assert slave.line.fetched
    assert all(0 < part < size * 0.9 for part in slave.line.fetched), (slave.line.fetched, size)
    pair.master.until(lambda: nothing_left(pair, slave), "tidying up")
