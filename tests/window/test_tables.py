"""The queue's tables in the whole window: laid out as the user left them, filtered, and films opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from core.events import JobState
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from tests.window_program import Program
from views.details_window import DetailsWindow
from window import opening

pytestmark = pytest.mark.window

LONG = "A film whose name is far too long for any column of a table in a small window (1999).mkv"


def queue_films(program: Program, *names: str) -> List[int]:
    """Films that wait, of 1 GB, 2 GB and so on, in folders of their own."""
    films = [
        NewJob(program.folder / "films" / str(number) / name, size=number * 1_000_000_000)
        for number, name in enumerate(names, 1)
    ]
    return list(program.jobs().add(films))


def failed_film(program: Program) -> int:
    """A film that failed and can be processed now."""
    film = program.film("Film.mkv")
    (job_id,) = program.jobs().add([NewJob(film)])
    end = JobEnd(JobState.FAILED, "There was no space.", "disk_full")
    program.jobs().finish(job_id, end)
    return int(job_id)


@pytest.fixture
def started(program: Program) -> Program:
    """The window on three films that wait; the codec of one is known."""
    ids = queue_films(program, LONG, "Second.mkv", "Third.mkv")
    program.jobs().keep_facts(ids[1], JobFacts(video_before="hevc"))
    program.root.geometry("900x600+0+0")
    read(program, "pending")
    program.until(lambda: program.cell("pending", 0, "name") == LONG, "the first row")
    return program


def read(program: Program, section: str) -> None:
    """Let the window see what was written behind its back."""
    program.queue.open(section)
    program.window.tab("queue").tables.changed({section}, ())
    program.until(lambda: program.table(section).count, "the films")


def test_a_long_name_is_whole_beside_the_mouse_and_a_hidden_column_stays_hidden(
    started: Program,
) -> None:
    table = started.table("pending")
    tree = table.tree
    started.until(lambda: tree.shown("0", "name").endswith("…"), "the ellipsis")
    assert int(tree.column("name", "width")) >= 220
    box: Any = tree.bbox("0", "name")
    tree.event_generate("<Motion>", x=box[0] + 9, y=box[1] + 9)
    started.until(lambda: tree.tips.window, "the whole name")
    assert tree.tips.window is not None
    assert [child.cget("text") for child in tree.tips.window.winfo_children()] == [LONG]
    table.hide_columns(("folder", "size"))
    started.close()
    started.open()
    table = started.table("pending")
    assert set(table.hidden) == {"folder", "size"}
    shown = {str(name) for name in table.tree["displaycolumns"]}
    assert shown & {"folder", "size", "name", "priority"} == {"name", "priority"}


def test_films_are_filtered_and_keep_their_place_in_the_queue(started: Program) -> None:
    view, table = started.queue.views["pending"], started.table("pending")

    def numbers() -> List[str]:
        return [str(table.tree.item(item, "text")).strip() for item in table.tree.get_children()]

    started.until(lambda: numbers() == ["1", "2", "3"], "the order")
    started.window.tab("queue").sort_rows("pending", "name")
    view.filter_bar.smallest.set("1.5")
    started.until(lambda: table.count == 2, "the larger ones")
    started.until(lambda: numbers() == ["2", "3"], "their places in the queue")
    assert started.cell("pending", 0, "priority") == "Normal"
    view.toggle_filter()
    started.until(lambda: "HEVC" in view.filter_bar.codec_box["values"], "the codecs")
    view.filter_bar.codec.set("HEVC")
    view.filter_bar.codec_box.event_generate("<<ComboboxSelected>>")
    started.until(lambda: table.count == 1, "the one film")
    assert view.sign.whole == "Filter: from 1.5 GB, HEVC"
    view.clear_button.invoke()
    started.until(lambda: table.count == 3, "all films")
    (paused,) = table.ids[:1]
    started.jobs().set_state(paused, JobState.PAUSED)
    view.filter.set("Paused")
    view._search()
    started.until(lambda: list(table.ids) == [paused], "the paused film")
    assert view.sign.whole == "Filter: Paused"


def test_a_failed_film_says_what_to_do_and_is_retried_from_its_details(program: Program) -> None:
    job_id = failed_film(program)
    read(program, "failed")
    controller = program.window.tab("queue").details
    controller.open(job_id)
    view: DetailsWindow = controller.open_windows[job_id].view
    program.until(lambda: view.facts, "the job")
    assert view.told.cget("text") == "Failed. There was no space."
    assert view.advice.cget("text") == "What to do: Free some space on that disk, then retry."
    view.retry_button.invoke()
    program.until(program.counts(failed=0, pending=1), "the film in the queue")
    program.until(lambda: view.advice.cget("text") == "", "no advice any more")
    assert view.retry_button.instate(["disabled"])


def test_a_film_and_its_folder_are_opened_from_its_row_and_its_details(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: List[Path] = []
    monkeypatch.setattr(opening, "open_with_system", shown.append)
    job_id = failed_film(program)
    film = program.folder / "films" / "Film.mkv"
    read(program, "failed")
    program.select("failed", job_id, "job.open")
    program.invoke("job.open")
    program.until(lambda: shown == [film], "the film in its player")
    program.invoke("job.open_folder")
    program.until(lambda: shown == [film, film.parent], "the folder")
    controller = program.window.tab("queue").details
    controller.open(job_id)
    program.until(lambda: controller.open_windows[job_id].view.facts, "the job")
    controller.open_windows[job_id].open_film()
    program.until(lambda: shown[2:] == [film], "the film again")
    film.unlink()
    program.invoke("job.open")
    status = program.window.status.view.message
    program.until(lambda: "is not there any more" in status.whole, "the sentence")
    assert len(shown) == 3
