"""One film whose chunks are made by several machines: who gets which, and what follows when one fails."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List

import pytest

from core.events import JobProgressed, JobState
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.settings.tree import QueueSettings
from core.tools import Toolset
from store.jobs import JobStore
from tests.processing.bench import open_bench, with_section
from tests.scheduling.pair import NO_SLOTS, Master, Pair, Slave
from tests.scheduling.shared_films import beside, queue_film

ONE_ENCODER = QueueSettings(gpu_jobs=0, software_jobs=1, remux_jobs=0)


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        bench.settings = with_section(bench.settings, "video", encode=True)
        bench.settings = with_section(bench.settings, "processing", chunk_seconds=3.0)
        pair = Pair(Master(bench, limits=ONE_ENCODER))
        yield pair
        pair.end()


def sharing_slave(pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "desktop") -> Slave:
    """A slave that sees the master's library under another name."""
    library = pair.master.bench.folder
    (tmp_path / f"mounted at {name}").symlink_to(library)
    mapping = PathMapping(str(library), str(tmp_path / f"mounted at {name}"))
    return pair.slave(
        name,
        tmp_path / name,
        toolset,
        access=FilmAccess.SHARED_PATH,
        sees=(mapping,),
        slots=ONE_ENCODER,
    )


def long_film(pair: Pair, seconds: float = 24.0) -> int:
    return queue_film(pair, seconds=seconds, size=(160, 90), video_options=["-g", "25", "-qp", "4"])


def makers(pair: Pair) -> List[str]:
    """Who has made each chunk, as the last progress with all of them tells it; "" is this machine."""
    pair.master.notices()  # takes in what was told
    shown = [event.progress.chunks for event in pair.master.told if isinstance(event, JobProgressed)]
    return [chunk.machine for chunk in [chunks for chunks in shown if chunks][-1]]


def test_a_film_is_made_by_two_machines_that_would_be_idle_otherwise(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    slave = sharing_slave(pair, tmp_path, toolset)
    pair.master.start()
    slave.start()
    job_id = long_film(pair)
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert job.state is JobState.COMPLETED, job
    assert set(makers(pair)) == {"", "desktop"}, makers(pair)
    pair.master.until(lambda: not slave.left_over() and not slave.store.all(), "tidying up")
    assert not beside(pair)
