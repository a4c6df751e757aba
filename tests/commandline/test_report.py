from __future__ import annotations

import io
import json
from typing import Any, Dict, List

from commandline.job_report import JobReport
from commandline.output import Output
from core.events import JobProgressed, JobState, JobStateChanged, ServiceNotice
from core.progress import Progress
from tests.commandline.schemas import assert_valid

EVENTS = (
    JobStateChanged(1, JobState.QUEUED, "/films/a\nb.mkv"),
    ServiceNotice("Two films were found."),
    JobStateChanged(1, JobState.PROCESSING, "/films/a\nb.mkv"),
    JobProgressed(1, Progress("encode", percent=50.0, fps=24.0, speed=1.5, eta=61)),
    JobStateChanged(1, JobState.COMPLETED, "/films/a\nb.mkv", "", 4_000_000, 1_000_000),
    JobStateChanged(2, JobState.FAILED, "/films/c.mkv", "It is no film.", 10),
)


class Terminal(io.StringIO):
    """A stream that claims to be watched."""

    def isatty(self) -> bool:
        return True


def told(*, as_json_lines: bool, errors: io.StringIO) -> str:
    stream = io.StringIO()
    report = JobReport(Output(as_json_lines=as_json_lines, stream=stream, errors=errors))
    for event in EVENTS:
        report.show(event)
    assert not report.finish(12.0)  # one has failed
    return stream.getvalue()


def test_programs_get_every_event_and_the_sums_as_documented() -> None:
    text = told(as_json_lines=True, errors=io.StringIO())
    records: List[Dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    for record in records:
        assert_valid("process", record)
    assert [record["type"] for record in records] == [
        "state",
        "notice",
        "state",
        "progress",
        "result",
        "result",
        "summary",
    ]
    assert records[3]["percent"] == 50.0
    assert records[-1] == {
        "type": "summary",
        "jobs": 2,
        "completed": 1,
        "failed": 1,
        "skipped": 0,
        "cancelled": 0,
        "waiting": 0,
        "original_size": 4_000_000,
        "processed_size": 1_000_000,
        "saved": 3_000_000,
        "seconds": 12.0,
    }


def test_people_read_states_a_table_and_the_sums() -> None:
    text = told(as_json_lines=False, errors=io.StringIO())
    assert r"a\nb.mkv: processing" in text
    assert "c.mkv: failed: It is no film." in text
    assert text.splitlines()[-1] == "1 completed, 1 failed, 3.0 MB (75%) saved, 0:12"


def test_a_bar_with_pace_is_drawn_only_where_somebody_watches() -> None:
    terminal = Terminal()
    told(as_json_lines=False, errors=terminal)
    assert "50%" in terminal.getvalue()
    assert "24.0 fps, 1.50x, ETA 1:01" in terminal.getvalue()
    pipe = io.StringIO()
    told(as_json_lines=False, errors=pipe)
    assert pipe.getvalue() == ""


def test_a_job_that_waits_and_an_error_that_belongs_to_no_job_are_not_well() -> None:
    output = Output(as_json_lines=False, stream=io.StringIO(), errors=io.StringIO())
    for event in (
        JobStateChanged(1, JobState.PAUSED, "a.mkv", "Waits: mkvpropedit was not found."),
        ServiceNotice("a.mkv is not there.", error=True),
    ):
        report = JobReport(output)
        report.show(event)
        assert not report.finish(1.0)


def test_a_job_that_is_tried_again_counts_once() -> None:
    stream = io.StringIO()
    report = JobReport(Output(as_json_lines=True, stream=stream, errors=io.StringIO()))
    for state in (JobState.FAILED, JobState.QUEUED, JobState.COMPLETED):
        report.show(JobStateChanged(1, state, "a.mkv"))
    assert report.finish(1.0)
    assert json.loads(stream.getvalue().splitlines()[-1])["jobs"] == 1


def test_a_program_that_runs_for_years_keeps_sums_alone() -> None:
    whole, folded = io.StringIO(), io.StringIO()
    for stream in (whole, folded):
        report = JobReport(Output(as_json_lines=True, stream=stream, errors=io.StringIO()))
        for event in EVENTS:
            report.show(event)
            if stream is folded:
                report.fold()
        assert report.unfinished([1]) == (stream is folded), "nothing is known of it any more"
        assert not report.finish(2.0)
    assert folded.getvalue() == whole.getvalue()
