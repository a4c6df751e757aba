"""The queue tab without a queue: jobs are where their state belongs, and cards say how far they are."""

from __future__ import annotations

import tkinter as tk
from typing import List, Set

import pytest

from core.events import JobState, JobStateChanged
from core.progress import Progress
from views.command_list import COMMANDS
from views.commands import Registry
from views.queue_tab import QueueTab
from views.theme import Look

pytestmark = pytest.mark.window


@pytest.fixture
def cancelled() -> List[int]:
    return []


@pytest.fixture
def tab(root: tk.Tk, look: Look, cancelled: List[int]) -> QueueTab:
    registry = Registry(root)
    for command in COMMANDS:
        registry.add(command, lambda: None)
    one = QueueTab(root, look, registry, cancelled.append)
    one.pack(fill="both", expand=True)
    root.update()
    return one


def job(job_id: int, state: JobState, message: str = "") -> JobStateChanged:
    return JobStateChanged(job_id, state, f"/films/Film {job_id}.mkv", message, 2000, 500)


def rows(tab: QueueTab) -> List[List[str]]:
    tables = (tab.pending, tab.completed, tab.failed)
    return [list(table.tree.get_children()) for table in tables]


@pytest.mark.parametrize(
    ("state", "place"),
    [
        (JobState.QUEUED, [["1"], [], []]),
        (JobState.PAUSED, [["1"], [], []]),
        (JobState.SWAP_PENDING, [["1"], [], []]),
        (JobState.ANALYZING, [[], [], []]),
        (JobState.PROCESSING, [[], [], []]),
        (JobState.VERIFYING, [[], [], []]),
        (JobState.COMPLETED, [[], ["1"], []]),
        (JobState.FAILED, [[], [], ["1"]]),
        (JobState.SKIPPED, [[], [], ["1"]]),
        (JobState.CANCELLED, [[], [], ["1"]]),
    ],
)
def test_a_job_is_in_one_place(tab: QueueTab, state: JobState, place: List[List[str]]) -> None:
    for before in (JobState.QUEUED, JobState.PROCESSING, JobState.COMPLETED, JobState.FAILED):
        tab.show_job(job(1, before))
        tab.show_job(job(1, state))
        assert rows(tab) == place
        assert bool(tab.cards) == (not any(place))


def test_the_queue_keeps_its_order_and_the_history_has_the_newest_first(tab: QueueTab) -> None:
    for number in (2, 1, 3):
        tab.show_job(job(number, JobState.QUEUED))
    assert rows(tab)[0] == ["1", "2", "3"]
    for number in (2, 1, 3):
        tab.show_job(job(number, JobState.COMPLETED))
    assert rows(tab)[1] == ["3", "1", "2"]


def test_reasons_and_savings_are_shown(tab: QueueTab) -> None:
    tab.show_job(job(1, JobState.FAILED, "The disk is full."))
    tab.show_job(job(2, JobState.COMPLETED))
    assert "The disk is full." in tab.failed.tree.item("1", "values")
    assert "1.5 kB (75%)" in tab.completed.tree.item("2", "values")


def test_a_name_cannot_break_a_row(tab: QueueTab) -> None:
    tab.show_job(JobStateChanged(1, JobState.QUEUED, "/films/a\nb \udcff {c} $d.mkv"))
    assert tab.pending.tree.item("1", "values")[0] == "a\\nb \\udcff {c} $d.mkv"


def test_a_card_says_how_far_its_job_is(tab: QueueTab, cancelled: List[int]) -> None:
    tab.show_job(job(1, JobState.PROCESSING))
    tab.show_progress(1, Progress("encode", percent=10))
    progress = Progress("encode", 50.0, fps=24.04, speed=1.5, eta=65, output_size=1000)
    tab.show_progress(1, progress)
    tab.turn_ended()
    card = tab.cards[1]
    assert card.bar["value"] == 50
    told = card.line.cget("text")
    assert told == "Processing (encode) · 50 % · 24.0 fps · 1.50× · 1:05 left · 1.0 kB"
    tab.show_paused(True)
    assert card.line.cget("text") == "Paused · Processing (encode) · 50 %"
    card.cancel_button.invoke()
    assert cancelled == [1]


def test_a_new_stage_begins_with_an_empty_bar(tab: QueueTab) -> None:
    tab.show_job(job(1, JobState.PROCESSING))
    tab.show_progress(1, Progress("encode", percent=100))
    tab.turn_ended()
    tab.show_job(job(1, JobState.VERIFYING))
    assert tab.cards[1].bar["value"] == 0
    assert tab.cards[1].line.cget("text") == "Checking the result"


@pytest.mark.parametrize(
    ("state", "enabled"),
    [
        (JobState.QUEUED, {"job.cancel", "job.remove"}),
        (JobState.COMPLETED, {"job.retry", "job.remove"}),
        (JobState.FAILED, {"job.retry", "job.remove"}),
    ],
)
def test_only_what_makes_sense_for_the_selection_is_enabled(
    root: tk.Tk, tab: QueueTab, state: JobState, enabled: Set[str]
) -> None:
    tab.show_job(job(1, state))
    table = next(one for one in (tab.pending, tab.completed, tab.failed) if 1 in one)
    tab.sections.select(table)
    root.update()
    registry = tab._registry
    names = ("job.cancel", "job.retry", "job.remove")
    assert not any(registry.enabled(name) for name in names)
    table.tree.selection_set("1")
    root.update()
    assert {name for name in names if registry.enabled(name)} == enabled
    assert tab.selected == (1,)
    tab.drop_job(1)
    tab.turn_ended()
    root.update()
    assert not any(registry.enabled(name) for name in names)


def test_sections_count_their_films(tab: QueueTab) -> None:
    for number in range(3):
        tab.show_job(job(number, JobState.QUEUED))
    tab.turn_ended()
    titles = [tab.sections.tab(number, "text") for number in range(3)]
    assert titles == ["Pending (3)", "Completed", "Failed and skipped"]
