from __future__ import annotations

from pathlib import Path
from typing import Any, List, Mapping

from core.queue.job import JobKind
from sharing.slave.news import SlaveNews
from sharing.slave.task import SlaveTask
from store.slave_jobs import SlaveJob


def task(report: Mapping[str, Any]) -> SlaveTask:
    job = SlaveJob("attic", 1, 1, Path("result"), Path("folder"), report)
    return SlaveTask(job, JobKind.REMUX, r"Z:\films\A film.mkv")


def test_a_slave_tells_its_day_and_counts_what_it_made() -> None:
    told: List[str] = []
    news = SlaveNews(told.append)
    news.connected("Attic")
    news.no_film("")
    news.no_film("")
    news.no_film("The master's queue does not run.")
    news.begins(r"Z:\films\A film.mkv")
    news.ended(task({}), taken=True)
    news.ended(task({"error": {"message": "x265 failed."}}), taken=False)
    news.given_up(task({}))
    news.gone("The line was cut.")
    assert told == [
        "Connected with the master Attic; it is asked for films.",
        "The master Attic has no film for this machine.",
        "The master Attic has no film for this machine. The master's queue does not run.",
        "A film.mkv: begun for the master Attic",
        "A film.mkv: made, and handed in",
        "A film.mkv: not made: x265 failed.",
        "A film.mkv: given up",
        "The master Attic is gone: The line was cut. What is in work goes on.",
    ]
    assert news.sums == "1 film was made for the master Attic, 2 not."


def test_a_master_cannot_forge_lines_by_its_name_or_its_word() -> None:
    told: List[str] = []
    news = SlaveNews(told.append)
    news.connected("Attic\n2026-01-01 00:00:00 All is well\x1b[2J")
    news.no_film("No.\nYes.")
    assert not any("\n" in sentence or "\x1b" in sentence for sentence in told)
