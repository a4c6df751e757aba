"""Films are planned ahead for many machines at once, in the queue's order, and not offered for nothing."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from app.network_role import OWN_QUEUE_WAITS, own_queue_waits
from core.errors import NoGain
from core.events import JobState, QueueState
from core.media.model import MediaFile
from core.protocol.messages import MessageType
from core.protocol.slave_result import not_made
from core.queue.job import Job, JobKind
from core.settings.choices import NetworkMode
from core.settings.tree import Settings
from core.tools import ToolName, Toolset
from queue_manager import JobContext, QueueManager
from scheduling.slots import AHEAD
from sharing.master.planners import PATIENCE, InPlanning
from tests.processing.bench import open_bench, with_section
from tests.queue_environment import Holding, SetClock, Surroundings
from tests.queue_service import SLOW
from tests.scheduling.lone_node import a_node, offer_to
from tests.scheduling.pair import NO_SLOTS, ONE_EACH, Master, Pair
from tests.scheduling.shared_films import queue_film


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        yield pair
        pair.end()


class _Watched:
    """An analyzer that calls ``before`` with each film's name."""

    def __init__(self, real: Any, before: Callable[[str], object]) -> None:
        self._real = real
        self._before = before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def analyze(self, path: Path) -> MediaFile:
        self._before(path.name)
        found: MediaFile = self._real.analyze(path)
        return found


def watch(pair: Pair, before: Callable[[str], object]) -> None:
    real = pair.master.equipment

    def equipment() -> JobContext:
        context = real()
        return replace(context, analyzer=_Watched(context.analyzer, before))  # type: ignore[arg-type]

    pair.master.equipment = equipment  # type: ignore[method-assign]
    pair.master.manager, pair.master.work = pair.master._new()


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core plans one film at a time")
def test_with_two_machines_there_two_films_are_planned_at_the_same_time(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    together = threading.Barrier(2)
    watch(pair, lambda name: together.wait(60.0))
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(2)]
    for name in ("one", "other"):
        node = pair.slave(name, tmp_path / name, toolset)
        node.told = node.facts().as_data()
        pair.master.work.joined(node.line.node)
    pair.master.start()
    pair.master.until(
        lambda: all(pair.master.job(job_id).kind.value for job_id in ids), "both plans"
    )
    assert not together.broken


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core plans one film at a time")
def test_a_film_that_is_planned_sooner_does_not_overtake_the_one_above_it(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    released = threading.Event()
    watch(pair, lambda name: name.startswith("First") and released.wait(60.0))
    first, second = queue_film(pair, "First.mkv"), queue_film(pair, "Second.mkv")
    node = a_node(pair, tmp_path, toolset)
    for name in ("two", "three"):
        other = pair.slave(name, tmp_path / name, toolset)
        other.told = other.facts().as_data()
        pair.master.work.joined(other.line.node)
    pair.master.start()
    began = time.monotonic()
    pair.master.until(lambda: pair.master.job(second).kind.value, "the second's plan")
    answer = node.line.ask(MessageType.JOB_REQUEST, {"free": ["remux"], "holding": []})
    in_time = time.monotonic() - began < PATIENCE / 2
    released.set()
    if in_time:  # else the first had its time
        assert "offer" not in answer
        assert offer_to(pair, node)["job"] == first


def test_what_is_planned_is_filled_up_again_after_several_were_given_out(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(AHEAD + 4)]
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    jobs = pair.master.manager.shared.jobs
    pair.master.until(lambda: jobs.planned_ahead() >= AHEAD, "the first plans")
    given: List[List[int]] = []
    for _ in range(10):
        offer = offer_to(pair, node, given)
        given.append([offer["job"], offer["attempt"]])
    assert [job for job, _attempt in given] == ids[:10]
    pair.master.until(
        lambda: all(pair.master.job(job_id).kind.value for job_id in ids), "the last plans"
    )


def test_a_film_that_takes_long_to_plan_holds_up_nobody_for_ever() -> None:
    clock = SetClock(since=0.0)
    planning = InPlanning(clock)
    planning.begin(Job(7, Path("/films/A.mkv"), JobState.ANALYZING, 0.0, priority=1, position=3.0))
    planning.begin(Job(8, Path("/films/B.mkv"), JobState.ANALYZING, 0.0, priority=0, position=1.0))
    assert planning.first() == (-1, 3.0, 7)
    clock.since = PATIENCE
    assert planning.first() is None
    planning.begin(Job(9, Path("/films/C.mkv"), JobState.ANALYZING, 0.0, position=2.0))
    assert planning.first() == (0, 2.0, 9)
    planning.end(9)
    assert planning.first() is None


def test_a_film_that_is_known_to_become_no_smaller_is_offered_to_nobody(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    report = not_made(NoGain(offer["size"], 2 * offer["size"])).as_data()
    names = {"job": offer["job"], "attempt": offer["attempt"]}
    node.line.ask(MessageType.JOB_COMPLETE, {**names, "report": report})
    pair.master.until_state(job_id, JobState.SKIPPED)
    pair.master.until(lambda: pair.master.manager.retry(job_id), "its thread to let go of it")
    told: List[Dict[str, Any]] = []

    def ended() -> bool:
        question = {"free": ["remux"], "holding": []}
        told.append(dict(node.line.ask(MessageType.JOB_REQUEST, question)))
        return pair.master.job(job_id).state is JobState.SKIPPED

    pair.master.until(ended, "the end of the second try")
    assert not any("offer" in answer for answer in told)


def test_a_machine_that_becomes_a_slave_finishes_its_own_film_and_begins_no_other(
    tmp_path: Path, toolset: Toolset
) -> None:
    with open_bench(tmp_path, toolset) as bench:
        settings = with_section(bench.settings, "video", encode=True)
        bench.settings = with_section(settings, "templates", normal=SLOW, normal_fallback=SLOW)
        mode = [Settings()]
        master = Master(bench, limits=NO_SLOTS)
        master.manager = manager = QueueManager(
            bench.database,
            Surroundings(master.equipment, lambda: ONE_EACH),
            conditions=(Holding(lambda: own_queue_waits(mode[0])),),
        )
        pair = Pair(master)
        first = queue_film(pair, "First.mkv", seconds=4.0)
        second = queue_film(pair, "Second.mkv", seconds=4.0)
        manager.start()
        master.until_state(first, JobState.PROCESSING)
        mode[0] = with_section(Settings(), "network", mode=NetworkMode.SLAVE)
        master.until(lambda: manager.state is QueueState.PAUSED, "the queue to wait")
        assert manager.overview().reason == OWN_QUEUE_WAITS
        assert master.until_state(first, JobState.COMPLETED, JobState.FAILED).state is (
            JobState.COMPLETED
        )
        assert master.job(second).state is JobState.QUEUED
        assert manager.shutdown(30.0)


@pytest.mark.corpus
def test_a_dolby_vision_film_goes_to_a_machine_whose_tools_keep_it_and_to_no_other(
    pair: Pair, tmp_path: Path, toolset: Toolset, corpus: Path
) -> None:
    bench = pair.master.bench
    bench.settings = with_section(Settings(), "video", encode=True)
    film = bench.folder / "Film.mkv"
    shutil.copyfile(corpus / "hdr" / "p81.mkv", film)
    weak = a_node(pair, tmp_path, with_ffmpeg(toolset, 6, 1), "weak")
    able = a_node(pair, tmp_path, with_ffmpeg(toolset, 7, 1), "able")
    question = {"free": ["gpu", "software", "remux"], "holding": []}
    pair.master.start()
    (job_id,) = pair.master.manager.add([film])
    pair.master.until(lambda: pair.master.job(job_id).kind.value, "the plan")
    assert pair.master.job(job_id).kind is JobKind.SOFTWARE
    assert "offer" not in weak.line.ask(MessageType.JOB_REQUEST, question)
    assert able.line.ask(MessageType.JOB_REQUEST, question)["offer"]["job"] == job_id


def with_ffmpeg(toolset: Toolset, *numbers: int) -> Toolset:
    """The same tools with ffmpeg of another version, and no other encoder."""
    version = ".".join(map(str, numbers))
    return Toolset(
        tuple(
            replace(tool, numbers=numbers, version=version)
            if tool.name is ToolName.FFMPEG
            else tool
            for tool in toolset.tools
            if tool.name is not ToolName("QSVEncC")
        )
    )


def a_machine(pair: Pair, folder: Path, toolset: Toolset, largest: int = 0) -> None:
    """A machine that comes and takes films up to so many bytes; 0: all."""
    node = pair.slave(folder.name, folder, toolset, largest=largest)
    node.told = node.facts().as_data()
    pair.master.work.joined(node.line.node)


def test_a_film_that_no_machine_could_do_is_planned_as_soon_as_one_comes_that_can(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    a_machine(pair, tmp_path / "small", toolset, largest=1)
    pair.master.start()
    pair.master.until(lambda: pair.master.job(job_id).not_before, "the film to wait")
    a_machine(pair, tmp_path / "large", toolset)
    pair.master.until(lambda: pair.master.job(job_id).kind.value, "its plan", seconds=30.0)


def test_a_machine_that_comes_while_none_is_found_is_not_overlooked(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    a_machine(pair, tmp_path / "small", toolset, largest=1)
    came: List[str] = []

    def away() -> Dict[str, Any]:
        if not came:
            came.append("large")
            a_machine(pair, tmp_path / "large", toolset)
        return {}

    pair.master.work._nodes.offline_machines = away  # type: ignore[method-assign]
    pair.master.start()
    pair.master.until(lambda: pair.master.job(job_id).kind.value, "its plan", seconds=30.0)
    assert came
