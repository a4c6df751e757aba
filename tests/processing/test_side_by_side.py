"""Chunks of one film, encoded side by side on one machine where that is quicker."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from core.chunk_progress import ChunkCounts, counted
from core.chunks.side_by_side import EncoderKey, Load, Measured, Pace, Why
from core.events import JobState
from core.plan import Plan
from core.ports import TimeSource
from core.steps import StepName
from core.tools import Toolset
from processing.chunks.encoders_at_work import EncodersAtWork
from processing.chunks.load_meter import LoadMeter, Processes, Usage
from processing.chunks.side_by_side import MachineRoom, SideBySide
from processing.machine_limits import usable_cores
from store.connection import Database
from store.encoder_paces import EncoderPaceStore
from tests.processing.bench import FAST, Bench, fast_settings, with_section

CORES = usable_cores()
IDLE = Measured(Load(0.4 * CORES, 0.6 * CORES, 10**6), {1: Pace(4.0, 1000.0, 100.0)})


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Bench:
    settings = fast_settings(encode=True)
    more = {"chunk_seconds": 2.0, "chunks_from_minutes": 0.0}
    return Bench(tmp_path / "films", toolset, with_section(settings, "processing", **more))


def key_of(bench: Bench, plan: Plan) -> EncoderKey:
    encode = plan.video_encode
    assert encode is not None
    tool = bench.toolset.identity("ffmpeg")
    return EncoderKey(platform.node(), FAST, encode.width, encode.height, tool, CORES)


def most_in_hand(bench: Bench) -> int:
    return max(counted(progress.chunks).in_hand for progress in bench.progress)


def test_two_encoders_work_where_one_was_measured_to_leave_cores_idle(bench: Bench) -> None:
    bench.make(seconds=8)
    key = key_of(bench, bench.plan())
    EncoderPaceStore(bench.database).keep(key, IDLE)
    assert bench.process().state is JobState.COMPLETED
    assert most_in_hand(bench) >= 2  # a third is tried once two have shown what they gain
    assert EncoderPaceStore(bench.database).get(key).paces.keys() >= {2}
    assert bench.runner.encoders.of(bench.film) == 0
    joining = [progress for progress in bench.progress if progress.step == StepName.REMUX.value]
    assert counted(joining[-1].chunks) == ChunkCounts(4, 4, 0)


class Worked:
    """The seconds that a job was not held still."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Machine:
    """A machine with eight cores, on which one encoder uses so many."""

    used: float = 3.0
    others: float = 0.0  # cores that other programs use
    worked: Worked = field(default_factory=Worked)

    def usage(self, _processes: Processes) -> Usage:
        idle = 8.0 - self.used - self.others
        return Usage(self.used * self.worked.at, idle * self.worked.at, 10**8)

    def meter(self, worked: TimeSource) -> LoadMeter:
        return LoadMeter(worked, usage=self.usage)

    @property
    def room(self) -> MachineRoom:
        return MachineRoom(lambda: 8.0, lambda: 10**10, self.meter)


SOME = cast(Processes, ("a process",))


@pytest.fixture
def plan(bench: Bench) -> Plan:
    bench.make(seconds=2)
    return bench.plan()


def side_by_side(bench: Bench, plan: Plan, machine: Machine, **more: Any) -> SideBySide:
    at_work = more.pop("at_work", None) or EncodersAtWork()
    paces = EncoderPaceStore(bench.database)
    own = (plan, bench.toolset, paces, at_work, machine.worked)
    return SideBySide(*own, machine=machine.room, **more)


def make_chunk(side: SideBySide, machine: Machine, pictures: int, seconds: float) -> None:
    """One encoder after the other, which is looked at every second."""
    with side.encoder() as encoder:
        for _ in range(round(seconds)):
            machine.worked.at += 1.0
            side.saw(SOME)
        encoder.finished(pictures)


def test_the_first_chunk_measures_and_the_next_film_knows(bench: Bench, plan: Plan) -> None:
    machine = Machine(used=3.0)
    side = side_by_side(bench, plan, machine)
    assert side.encoders(30) == 1
    make_chunk(side, machine, 2400, 60.0)
    assert side.measured.load == Load(3.0, 5.0, 10**8)
    assert (side.encoders(30), side.choice.why) == (2, Why.TRYING)
    assert side.sentence() == "One encoder uses 3.0 of 8 cores: 2 are tried side by side."
    assert side_by_side(bench, plan, machine).encoders(30) == 2


def test_two_that_are_quicker_stay_and_two_that_are_not_go(bench: Bench, plan: Plan) -> None:
    for seconds, encoders in ((70.0, 3), (118.0, 1)):
        machine = Machine()
        bench.database.close()
        bench.database = Database(bench.folder / f"{encoders}.db")
        side = side_by_side(bench, plan, machine)
        make_chunk(side, machine, 2400, 60.0)
        with side.encoder() as first, side.encoder() as second:
            machine.worked.at += seconds
            first.finished(2400)
            second.finished(2400)
        assert side.encoders(30) == encoders


def test_a_machine_that_others_use_is_measured_again_later(bench: Bench, plan: Plan) -> None:
    machine = Machine(used=3.0, others=4.5)
    side = side_by_side(bench, plan, machine)
    make_chunk(side, machine, 2400, 60.0)
    assert (side.encoders(30), side.choice.why) == (1, Why.MEASURING)
    machine.others = 0.0
    machine.worked.at = 0.0
    again = side_by_side(bench, plan, machine)
    make_chunk(again, machine, 2400, 60.0)
    assert again.encoders(30) == 2


def test_films_at_the_same_time_share_the_encoders(bench: Bench, plan: Plan) -> None:
    machine, at_work = Machine(), EncodersAtWork()
    side = side_by_side(bench, plan, machine, at_work=at_work)
    make_chunk(side, machine, 2400, 60.0)
    at_work.begin("another film")
    assert side.encoders(30) == 1
    at_work.end("another film")
    assert side.encoders(30) == 2


def test_a_chunk_beside_another_film_tells_nothing_of_its_encoder(bench: Bench, plan: Plan) -> None:
    machine, at_work = Machine(), EncodersAtWork()
    side = side_by_side(bench, plan, machine, at_work=at_work)
    at_work.begin("another film")
    make_chunk(side, machine, 2400, 60.0)
    assert (side.measured.load, dict(side.measured.paces)) == (None, {})


def test_the_users_limit_and_a_templates_threads_hold(bench: Bench, plan: Plan) -> None:
    machine = Machine(used=3.0)
    make_chunk(side_by_side(bench, plan, machine), machine, 2400, 60.0)
    assert side_by_side(bench, plan, machine, most=1).encoders(30) == 1
    encode = plan.video_encode
    assert encode is not None
    few = encode.template.replace("log-level=none", "log-level=none:pools=3")
    bench.settings = fast_settings(encode=True, template=few)
    limited = side_by_side(bench, bench.plan(), machine)
    make_chunk(limited, machine, 2400, 60.0)
    assert (limited.encoders(30), limited.choice.why) == (1, Why.BUSY)
