"""Chunks of one film, encoded side by side on one machine where that is quicker."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from core.chunk_progress import counted
from core.chunks.side_by_side import EncoderKey, Load, Measured, Pace
from core.events import JobState
from core.plan import Plan
from core.tools import Toolset
from processing.machine_limits import usable_cores
from store.encoder_paces import EncoderPaceStore
from tests.processing.bench import FAST, Bench, fast_settings, with_section

IDLE = Measured(Load(0.3, 0.7, 10**6), {1: Pace(4.0, 1000.0, 100.0)})


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Bench:
    settings = fast_settings(encode=True)
    more = {"chunk_seconds": 2.0, "chunks_from_minutes": 0.0}
    return Bench(tmp_path / "films", toolset, with_section(settings, "processing", **more))


def key_of(bench: Bench, plan: Plan) -> EncoderKey:
    encode = plan.video_encode
    assert encode is not None
    tool = bench.toolset.identity("ffmpeg")
    return EncoderKey(platform.node(), FAST, encode.width, encode.height, tool, usable_cores())


def most_in_hand(bench: Bench) -> int:
    return max(counted(progress.chunks).in_hand for progress in bench.progress)


def test_one_encoder_at_a_time_while_nothing_was_measured(bench: Bench) -> None:
    bench.make(seconds=8)
    assert bench.process().state is JobState.COMPLETED
    assert len(bench.progress[-1].chunks or bench.progress[0].chunks) > 2
    assert most_in_hand(bench) == 1


def test_two_encoders_work_where_one_was_measured_to_leave_cores_idle(bench: Bench) -> None:
    bench.make(seconds=12)
    key = key_of(bench, bench.plan())
    EncoderPaceStore(bench.database).keep(key, IDLE)
    assert bench.process().state is JobState.COMPLETED
    assert most_in_hand(bench) == 2
    assert EncoderPaceStore(bench.database).get(key).paces.keys() >= {1, 2}
    assert bench.runner.encoders.of(bench.film) == 0


def test_the_users_limit_keeps_it_at_one(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "processing", encoders_side_by_side=1)
    bench.make(seconds=8)
    EncoderPaceStore(bench.database).keep(key_of(bench, bench.plan()), IDLE)
    assert bench.process().state is JobState.COMPLETED
    assert most_in_hand(bench) == 1
