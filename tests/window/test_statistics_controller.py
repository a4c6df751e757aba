"""The statistics tab in the whole window: figures come, charts are drawn, and both can be saved."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Tuple

import pytest

from core.events import JobState
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from core.reporting.statistics import StatisticsSpan
from store.jobs import JobStore
from tests.window_program import Program

pytestmark = pytest.mark.window


def end_job(program: Program, number: int) -> None:
    jobs = JobStore(program.parts.database)
    jobs.add([NewJob(Path(f"/films/{number}.mkv"))])
    job = jobs.claim_next("desk")
    assert job is not None
    facts = JobFacts(
        "film", "h264", "hevc", "1080p", "", 6000.0, (("encode", 60.0),), ("ac3",), ("opus",)
    )
    end = JobEnd(JobState.COMPLETED, original_size=2_000_000, processed_size=500_000, facts=facts)
    jobs.finish(job.id, end)
    after = jobs.get(job.id)
    assert after is not None
    program.window.services.manager.events.put(after.event)


def test_figures_and_charts_follow_what_ends(program: Program) -> None:
    tab = program.window.open_tab("statistics")
    program.until(lambda: tab.view.tiles and tab.view.tiles["Films"].cget("text") == "0", "zeros")
    chart = tab.view.charts[0][1]
    program.until(lambda: chart.find_all(), "the words of an empty chart")
    assert not chart.hints
    end_job(program, 1)
    program.until(lambda: tab.view.tiles["Films"].cget("text") == "1", "the film")
    assert tab.view.tiles["Space saved"].cget("text") == "1.5 MB"
    program.until(lambda: all(view.hints for _label, view in tab.view.charts), "every chart drawn")
    table = tab.view.table
    split = {table.item(head)["text"]: table.get_children(head) for head in table.get_children()}
    assert list(split) == ["Machine", "Content", "Video before", "Resolution"]
    assert [table.item(row)["text"] for (row,) in split.values()] == [
        "desk",
        "film",
        "h264",
        "1080p",
    ]
    assert table.item(split["Machine"][0])["values"][:4] == ["1", "0", "1.5 MB", "75%"]
    x1, y1, x2, y2 = chart.bbox(next(iter(chart.hints)))
    chart.event_generate("<Motion>", x=(x1 + x2) // 2, y=(y1 + y2) // 2)
    program.until(lambda: chart.find_withtag("hint"), "the hint under the mouse")


def test_a_span_shows_its_days_alone(program: Program) -> None:
    end_job(program, 1)
    with program.parts.database.transaction() as connection:
        connection.execute("UPDATE figures SET date = '2001-01-01'")
    tab = program.window.open_tab("statistics")
    program.until(lambda: tab.view.tiles and tab.view.tiles["Films"].cget("text") == "1", "all")
    tab.view.span.set(StatisticsSpan.WEEK.value)
    tab._refresh()
    program.until(lambda: tab.view.tiles["Films"].cget("text") == "0", "the week")


def test_table_picture_and_report_are_saved(program: Program) -> None:
    end_job(program, 1)
    tab = program.window.open_tab("statistics")
    program.until(lambda: tab.view.tiles and tab.view.tiles["Films"].cget("text") == "1", "figures")
    saves: Tuple[Tuple[str, str, Callable[[Path], None]], ...] = (
        ("a.csv", ".csv", tab._write_table),
        ("b.png", ".png", tab._write_png),
        ("c.html", ".html", tab._write_page),
    )
    for name, ending, write in saves:
        target = program.folder / name
        program.answers.save_as = lambda *_words, path=target: path  # type: ignore[method-assign]
        tab._save("Save", ending, write)
        program.until(lambda path=target: path.exists(), name)
    assert (program.folder / "b.png").read_bytes().startswith(b"\x89PNG")


def test_the_theme_reaches_the_charts(program: Program) -> None:
    end_job(program, 1)
    tab = program.window.open_tab("statistics")
    program.until(lambda: tab.view.charts and tab.view.charts[0][1].hints, "a chart")
    for theme in ("dark", "light"):
        program.parts.config.set("window.theme", theme)
        palette = program.window.look
        program.until(lambda: palette.palette.dark == (theme == "dark"), theme)  # noqa: B023
        chart = tab.view.charts[0][1]
        program.until(lambda: chart.cget("background") == palette.palette.window, "its ground")  # noqa: B023
