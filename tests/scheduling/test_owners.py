"""Who changes what: each thing in hand has one owner, and nobody puts a function into another object."""

from __future__ import annotations

import ast
import threading
from dataclasses import fields
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

from core.events import JobState
from core.progress import Progress
from core.queue.job import JobKind
from scheduling.running_jobs import Running, RunningJobs
from scheduling.slots import Slots
from tests.product import ROOT
from tests.queue_environment import QueueLimits

MODULES = [
    path
    for name in ("scheduling", "sharing", "queue_manager.py", "network.py")
    for path in ((ROOT / name).rglob("*.py") if (ROOT / name).is_dir() else [ROOT / name])
]


def changes(path: Path) -> Iterator[Tuple[str, str]]:
    """What a module assigns to attributes of other objects than ``self``: the object and the attribute."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
                    owner = part.value.id if isinstance(part.value, ast.Name) else "an attribute"
                    if owner != "self":
                        yield owner, part.attr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_object_offers_a_function_of_its_own_to_be_replaced_by_another(path: Path) -> None:
    replaceable = [
        f"{node.target.attr} (line {node.lineno})"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Attribute)
        and not node.target.attr.startswith("_")
        and any(
            isinstance(part, ast.Name) and part.id == "Callable"
            for part in ast.walk(node.annotation)
        )
    ]
    assert replaceable == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_job_in_hand_is_changed_by_its_owner_alone(path: Path) -> None:
    found = list(changes(path))
    if path.name != "running_jobs.py":
        names = {field.name for field in fields(Running)}
        assert not {(owner, name) for owner, name in found if owner == "running" and name in names}
    if path.name != "jobs.py":
        state = {"job", "kind", "held_by_master", "progress"}  # of sharing.slave.task.SlaveTask
        assert not {(owner, name) for owner, name in found if owner == "task" and name in state}


# ---- the jobs in hand


@pytest.fixture
def jobs() -> RunningJobs:
    return RunningJobs()


def test_progress_is_written_under_the_queues_lock(jobs: RunningJobs) -> None:
    running = jobs.begin(1, Running())
    progress = Progress("encode", percent=10.0)
    thread = threading.Thread(target=jobs.progressed, args=(1, progress))
    with jobs.changed:
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert running.progress is None
    thread.join(20.0)
    assert jobs.progress() == {1: progress}


def test_who_lets_go_of_a_job_does_not_take_it_from_its_successor(jobs: RunningJobs) -> None:
    first, second = jobs.begin(1, Running()), jobs.begin(1, Running())
    jobs.end(1, first)
    assert jobs.get(1) is second
    jobs.end(1, second)
    assert not jobs


def test_what_other_machines_have_goes_on_at_the_programs_end_alone(jobs: RunningJobs) -> None:
    here, there = jobs.begin(1, Running()), jobs.begin(2, Running(node="attic"))
    jobs.give_all_back()
    assert [job.handed_over for job in (here, there)] == [False, False]
    jobs.end_all()
    jobs.give_all_back()
    assert there.handed_over
    assert not here.handed_over
    assert [job.cancelled for job in (here, there)] == [False, False], (
        "their user has cancelled none"
    )


def test_a_slot_is_taken_by_one_job_and_not_by_what_holds_none(jobs: RunningJobs) -> None:
    slots = Slots(QueueLimits())
    first = jobs.begin(1, Running())
    for job_id, other in enumerate((Running(node="attic"), Running(planning=True)), 2):
        jobs.begin(job_id, other)
        assert not other.holds_slot
    second = jobs.begin(4, Running())
    limit = slots.limit(JobKind.REMUX)
    taken: List[bool] = [jobs.take_slot(first, JobKind.REMUX, slots)]
    taken.append(jobs.take_slot(second, JobKind.REMUX, slots))
    assert taken == [True, limit > 1]
    assert jobs.take_slot(first, JobKind.REMUX, slots), "its own slot is not in its way"


def test_what_its_user_paused_stands_still_when_the_queue_goes_on(jobs: RunningJobs) -> None:
    mine, other = jobs.begin(1, Running()), jobs.begin(2, Running())
    there = jobs.begin(3, Running(node="attic"))
    mine.pause(JobState.PROCESSING)
    jobs.hold(True, others=False)
    assert [running.control.paused for running in (mine, other, there)] == [True, True, False]
    jobs.hold(False, others=True)
    assert [running.control.paused for running in (mine, other, there)] == [True, False, False]
    assert jobs.unpause(mine) is JobState.PROCESSING
    assert not mine.control.paused


def test_what_holds_all_jobs_holds_one_that_begins_later_too(jobs: RunningJobs) -> None:
    jobs.hold(True, others=False)
    mine, there = jobs.begin(1, Running()), jobs.begin(2, Running(node="attic"))
    planned = jobs.begin(3, Running(planning=True))
    assert [running.control.paused for running in (mine, there, planned)] == [True, False, False]
    mine.pause(JobState.PROCESSING)
    jobs.unpause(mine)
    assert mine.control.paused, "its user lets it go on, and the queue does not"
