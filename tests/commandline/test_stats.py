from __future__ import annotations

import json
from pathlib import Path
from typing import List

import pytest

from app.program import Program
from commandline.entry import run
from core.events import JobState
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from store.jobs import JobStore
from tests.commandline.schemas import assert_valid


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a history."""
    folder = tmp_path / "data"
    with Program(folder) as parts:
        jobs = JobStore(parts.database)
        jobs.add([NewJob(Path("/films/<b>Film.mkv"))])
        job = jobs.claim_next("desk")
        assert job is not None
        facts = JobFacts(
            "film", "h264", "hevc", "1080p", "normal", 6000.0, (("encode", 60.0),), ("ac3",)
        )
        end = JobEnd(
            JobState.COMPLETED, original_size=2_000_000, processed_size=500_000, facts=facts
        )
        jobs.finish(job.id, end)
    return folder


def answer(data: Path, *words: str) -> int:
    return run(["--data-dir", str(data), *words], lambda parts: 0, print)


def test_figures_are_shown_for_people(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(data, "stats") == 0
    told = capsys.readouterr().out
    for word in ("Space saved", "1.5 MB", "75%", "h264", "1080p", "<b>Film.mkv"):
        assert word in told


def test_figures_are_told_to_programs_as_documented(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(data, "stats", "--json", "--since", "2020-01-31") == 0
    (line,) = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    assert_valid("stats", record)
    assert record["total"]["saved"] == 1_500_000
    assert record["audio_before"] == {"ac3": 1}
    assert record["top"][0]["film"] == "/films/<b>Film.mkv"


def test_an_empty_history_has_figures_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(tmp_path, "stats", "--json", "--rebuild") == 0
    assert_valid("stats", json.loads(capsys.readouterr().out))


def test_the_report_is_a_page(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "out.html"
    assert answer(data, "report", str(page), "--json") == 0
    assert_valid("report", json.loads(capsys.readouterr().out))
    assert "&lt;b&gt;Film" in page.read_text("utf-8")


def test_what_is_no_day_and_what_cannot_be_written_is_a_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words: List[List[str]] = [
        ["stats", "--since", "yesterday"],
        ["report", str(tmp_path / "none" / "x.html")],
    ]
    assert [answer(data, *several) for several in words] == [2, 2]
    told = capsys.readouterr().err.splitlines()
    assert "'yesterday' is no day; write it as 2" in told[0]
    assert len(told) == 2
