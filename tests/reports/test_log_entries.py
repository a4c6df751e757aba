from __future__ import annotations

import io
import json
import logging
from dataclasses import replace
from pathlib import Path

import logger
from core.reporting.log_entry import EntryKind
from reports.log_entries import (
    entries_of_job,
    entries_of_json,
    json_line,
    logged_commands,
    read_entries,
)
from tests.reports.entries import HOSTILE, small_day, text

log = logging.getLogger("mediaprocessor.test")


def test_json_lines_come_back_as_they_were_written() -> None:
    day = [
        *small_day(),
        text(
            "With all.", level=logging.CRITICAL, trace="Traceback…", thread="worker-1", machine="pc"
        ),
    ]
    lines = [json_line(entry) for entry in day]
    assert [
        replace(log_entry, time=round(log_entry.time, 3)) for log_entry in entries_of_json(lines)
    ] == day


def test_a_line_tells_time_with_its_zone_and_only_what_there_is() -> None:
    found = json.loads(json_line(small_day()[0]))
    assert found["time"][10:19] == "T14:00:00"
    assert found["time"][-6] in "+-"
    assert found["level"] == "INFO"
    assert "job" not in found
    assert "trace" not in found


def test_a_line_that_is_cut_off_or_foreign_is_passed_over() -> None:
    good = json_line(text("Good."))
    lines = [good[:40], "", "[]", "7", '{"time": "x"}', "[" * 5000, good, '{"a": 1}']
    assert [log_entry.message for log_entry in entries_of_json(lines)] == ["Good."]


def test_a_name_stays_inside_its_line() -> None:
    for name in HOSTILE:
        assert "\n" not in json_line(text(name, film=name))


def test_the_log_of_a_job_comes_back_as_entries(tmp_path: Path) -> None:
    logger.setup_logging(tmp_path, stream=io.StringIO())
    try:
        with logger.job_log(tmp_path, 7) as path:
            logger.log_command(log, "encode", "ffmpeg -i x.mkv")
            logger.log_tool_line(log, "ffmpeg", "frame=1")
            logger.log_verification(log, ("tracks (0.1 s)", "size (0.0 s)"))
            log.warning("two\nlines")
    finally:
        logger.close_logging()
    command, tool, verified, warning = read_entries([path], job=7)
    assert command.message == "encode: ffmpeg -i x.mkv"
    assert (tool.kind, tool.source, tool.message) == (EntryKind.TOOL, "ffmpeg", "frame=1")
    assert verified.message.splitlines()[1].strip() == "tracks (0.1 s)"
    assert (warning.level, warning.message, warning.job) == (logging.WARNING, "two\n    lines", 7)
    assert 0 <= command.time - path.stat().st_mtime + 60 < 120


def test_what_stands_before_the_first_line_of_a_job_is_passed_over() -> None:
    lines = ["half a line\n", "2026-11-24 14:00:00,250 INFO     Whole.\n"]
    (entry,) = entries_of_job(3, lines)
    assert entry.message == "Whole."
    assert entry.time % 1 == 0.25


def test_a_file_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    assert list(read_entries([tmp_path / "none.jsonl"])) == []


def test_the_last_attempts_commands_are_read_off_a_jobs_log(tmp_path: Path) -> None:
    lines = (
        "2026-01-01 10:00:00,000 INFO     Job 7, attempt 1: /films/a.mkv",
        "2026-01-01 10:00:01,000 INFO     encode: ffmpeg -i old",
        "2026-01-01 10:00:02,000 INFO     Job 7, attempt 2: /films/a.mkv",
        "2026-01-01 10:00:03,000 INFO     remux: ffmpeg -i 'a film' -c copy x",
        "2026-01-01 10:00:04,000 DEBUG    encode: a line of a tool's own",
        "2026-01-01 10:00:05,000 INFO     properties: mkvpropedit x",
        "2026-01-01 10:00:06,000 INFO     The result passed 8 checks.",
    )
    path = tmp_path / "7.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = logged_commands(read_entries((path,), job=7))
    assert found == ("ffmpeg -i 'a film' -c copy x", "mkvpropedit x")
