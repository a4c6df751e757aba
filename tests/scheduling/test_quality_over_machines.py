"""A quality that is aimed at by several machines: one looks for a film's number, and no other does."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

from core.chunks.chunk import Chunk
from core.encoders.quality_number import encode_mark, number_in
from core.events import JobState
from core.plan import Plan
from core.queue.job import Job
from core.settings.tree import QueueSettings
from core.target_quality.film_quality import FilmQuality
from core.target_quality.known import QualityKey
from core.tools import ToolName, Toolset
from processing.chunks.encoding import ChunkEncoder, EncodedChunk
from store.job_records import JobRecords
from store.jobs import JobStore
from store.quality_scores import QualityScores
from store.verdicts import fingerprint
from tests.processing.bench import open_bench, with_section
from tests.processing.searched_film import FILMS_NUMBER, searched
from tests.scheduling.pair import NO_SLOTS, Master, Pair
from tests.scheduling.shared_films import queue_film

ONE_ENCODER = QueueSettings(gpu_jobs=0, software_jobs=1, remux_jobs=0)
TEMPLATE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 40 -x265-params log-level=none "
    "-filter:v:0 $filters $tracks $output"
)


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        bench.settings = with_section(bench.settings, "video", encode=True, target="90")
        bench.settings = with_section(
            bench.settings, "templates", normal=TEMPLATE, normal_fallback=TEMPLATE
        )
        pair = Pair(Master(bench))
        yield pair
        pair.end()


def completed(pair: Pair, job_id: int) -> Job:
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert job.state is JobState.COMPLETED, job
    return job


def test_a_slaves_search_comes_back_with_its_result_and_the_next_slave_is_told(
    pair: Pair, tmp_path: Path, toolset: Toolset, searches: List[Plan]
) -> None:
    bench = pair.master.bench
    job_id = queue_film(pair, size=(160, 96), seconds=2.0)
    copy = bench.folder / "Copy.mkv"
    shutil.copyfile(bench.film, copy)
    plan = bench.plan()
    encode = plan.video_encode
    assert encode is not None
    key = QualityKey(
        fingerprint(bench.film), encode_mark(encode), toolset.identity(ToolName.FFMPEG.value)
    )
    slave = pair.slave("laptop", tmp_path / "laptop", toolset, slots=ONE_ENCODER)
    pair.master.start()
    slave.start()
    assert completed(pair, job_id).instance_id == "laptop"
    assert len(searches) == 1
    quality = QualityScores(bench.database).quality(key, 90.0)
    assert quality is not None
    assert quality.score is not None, "the slave has measured its result"
    assert quality.chosen.trials

    # Another machine with the same tools, which has never seen the film.
    slave.stop()
    other = pair.slave("desktop", tmp_path / "desktop", toolset, slots=ONE_ENCODER)
    other.start()
    (second,) = pair.master.manager.add([copy])
    assert completed(pair, second).instance_id == "desktop"
    assert len(searches) == 1
    _plan, commands, _verification = JobStore(bench.database).details(second)
    assert f'"-crf", "{quality.chosen.number:g}"' in commands


@dataclass
class Cut:
    """A film that slaves alone make, in chunks; ``encoded`` are their numbers by the chunk's place."""

    pair: Pair
    job_id: int
    encoded: Dict[int, Optional[float]] = field(default_factory=dict)

    def make(self) -> FilmQuality:
        self.pair.master.start()
        for slave in self.pair.slaves:
            slave.start()
        completed(self.pair, self.job_id)
        return JobRecords(self.pair.master.bench.database).qualities([self.job_id])[self.job_id]


@pytest.fixture
def cut(pair: Pair, tmp_path: Path, toolset: Toolset, monkeypatch: pytest.MonkeyPatch) -> Cut:
    bench = pair.master.bench
    bench.settings = with_section(bench.settings, "processing", chunk_seconds=2.0)
    pair.master.limits = NO_SLOTS
    options = ["-g", "25", "-qp", "4"]
    made = Cut(pair, queue_film(pair, size=(160, 96), seconds=4.0, video_options=options))
    for name in ("attic", "cellar"):
        pair.slave(name, tmp_path / name, toolset, slots=ONE_ENCODER)
    encode = ChunkEncoder.encode

    def counted(self: ChunkEncoder, chunk: Chunk, into: Path, *rest: Any) -> EncodedChunk:
        if any(slave.folder in into.parents for slave in pair.slaves):
            made.encoded[chunk.number] = number_in(self._plan)
        return encode(self, chunk, into, *rest)

    monkeypatch.setattr(ChunkEncoder, "encode", counted)
    return made


def test_the_chunks_of_other_machines_have_the_films_number(cut: Cut, searches: List[Plan]) -> None:
    quality = cut.make()
    assert len(searches) == 1
    assert len(cut.encoded) >= 2
    assert set(cut.encoded.values()) == {quality.chosen.number} != {40}


def test_another_machine_makes_a_chunk_with_the_number_that_was_planned_for_it(
    cut: Cut, searches: List[Plan]
) -> None:
    searched(cut.pair.master.bench, (40.0, 95.0))
    quality = cut.make()
    assert searches == []
    lowered = {part.number for part in quality.parts}
    assert min(lowered) == FILMS_NUMBER - 3
    assert cut.encoded == {place: part.number for place, part in enumerate(quality.parts)}
