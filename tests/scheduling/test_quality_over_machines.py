"""A quality that is aimed at by several machines: one looks for a film's number, and no other does."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Iterator, List, Optional

import pytest

from core.chunks.chunk import Chunk
from core.encoders.quality_number import encode_mark, number_in
from core.events import JobState
from core.plan import Plan
from core.queue.job import Job
from core.settings.tree import QueueSettings
from core.target_quality.known import QualityKey
from core.tools import ToolName, Toolset
from processing.chunks.encoding import ChunkEncoder, EncodedChunk
from store.job_records import JobRecords
from store.jobs import JobStore
from store.quality_scores import QualityScores
from store.verdicts import fingerprint
from tests.processing.bench import open_bench, with_section
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


def test_the_chunks_of_other_machines_have_the_films_number(
    pair: Pair,
    tmp_path: Path,
    toolset: Toolset,
    searches: List[Plan],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = pair.master.bench
    bench.settings = with_section(bench.settings, "processing", chunk_seconds=2.0)
    pair.master.limits = NO_SLOTS
    options = ["-g", "25", "-qp", "4"]
    job_id = queue_film(pair, size=(160, 96), seconds=4.0, video_options=options)
    encoded: List[Optional[float]] = []
    encode = ChunkEncoder.encode

    def counted(self: ChunkEncoder, chunk: Chunk, into: Path, *rest: Any) -> EncodedChunk:
        if slaves[0].folder in into.parents or slaves[1].folder in into.parents:
            encoded.append(number_in(self._plan))
        return encode(self, chunk, into, *rest)

    monkeypatch.setattr(ChunkEncoder, "encode", counted)
    slaves = [
        pair.slave(name, tmp_path / name, toolset, slots=ONE_ENCODER)
        for name in ("attic", "cellar")
    ]
    pair.master.start()
    for slave in slaves:
        slave.start()
    completed(pair, job_id)
    assert len(searches) == 1
    assert len(encoded) >= 2
    quality = JobRecords(bench.database).qualities([job_id])[job_id]
    assert set(encoded) == {quality.chosen.number} != {40}
