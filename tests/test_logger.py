from __future__ import annotations

import base64
import io
import logging
import os
import shutil
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List
from urllib.parse import quote

import pytest

import logger
from core.errors import ToolNotFound
from core.events import JobState
from core.queue.job import Job
from core.reporting.log_entry import LogEntry
from core.settings.tree import LogSettings
from core.text.sentence import Sentence
from reports.html_log_file import pages_of
from reports.log_entries import read_entries
from reports.log_files import JSON_LOG

log = logging.getLogger("mediaprocessor.test")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    hooks = sys.excepthook, threading.excepthook, logging.raiseExceptions
    yield
    logger.close_logging()
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, logging.raiseExceptions = hooks


@pytest.fixture
def console() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def folder(tmp_path: Path, console: io.StringIO) -> Path:
    logger.setup_logging(tmp_path / "logs", stream=console)
    return tmp_path / "logs"


def main_log(folder: Path) -> str:
    return (folder / logger.LOG_FILE).read_text(encoding="utf-8")


def everything(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.log*"))


def test_the_file_has_time_level_name_thread_and_message(folder: Path) -> None:
    log.info("Took in %s.", "Alien ü 🎬")
    line = main_log(folder)
    assert line.startswith("20")
    assert "INFO     mediaprocessor.test [MainThread] Took in Alien ü 🎬.\n" in line


def test_the_console_has_warnings_and_no_tracebacks(folder: Path, console: io.StringIO) -> None:
    log.info("quiet")
    try:
        raise KeyError("inner")  # noqa: TRY301
    except KeyError:
        log.exception("It went wrong.")
    assert console.getvalue() == "ERROR: It went wrong.\n"
    assert "Traceback" in main_log(folder)


def test_colours_are_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("WT_SESSION", "1")
    terminal = Terminal()
    logger.setup_logging(tmp_path, stream=terminal)
    log.warning("careful")
    assert terminal.getvalue() == "\033[33mWARNING: careful\033[0m\n"
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    logger.setup_logging(tmp_path, stream=plain)
    log.warning("careful")
    assert plain.getvalue() == "WARNING: careful\n"


def test_a_windowed_program_has_no_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    logger.setup_logging(tmp_path)
    log.error("nobody sees this")
    assert "nobody sees this" in main_log(tmp_path)


def test_setting_up_again_does_not_double_the_lines(folder: Path, console: io.StringIO) -> None:
    logger.setup_logging(folder, stream=console)
    log.warning("once")
    assert main_log(folder).count("once") == console.getvalue().count("once") == 1


def test_a_folder_that_cannot_be_used_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    with pytest.raises(OSError, match="logs"):
        logger.setup_logging(tmp_path / "logs")


def test_a_full_file_is_followed_by_a_new_one_and_old_ones_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, console: io.StringIO
) -> None:
    monkeypatch.setattr(logger, "LARGEST_FILE", 1000)
    monkeypatch.setattr(logger, "KEPT_FILES", 2)
    logger.setup_logging(tmp_path, stream=console)
    for number in range(100):
        log.info("line %d %s", number, "x" * 50)
    files = sorted(path.name for path in tmp_path.glob(f"{logger.LOG_FILE}*"))
    assert len(list(tmp_path.glob(f"{JSON_LOG}*"))) == 3
    assert files == [logger.LOG_FILE, f"{logger.LOG_FILE}.1", f"{logger.LOG_FILE}.2"]
    assert "line 99" in main_log(tmp_path)


def test_where_the_file_cannot_be_renamed_the_log_goes_on_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, console: io.StringIO
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("another process has it open")

    monkeypatch.setattr(logger, "LARGEST_FILE", 100)
    logger.setup_logging(tmp_path, stream=console)
    monkeypatch.setattr(os, "rename", refuse)
    for number in range(5):
        log.info("line %d %s", number, "x" * 50)
    assert [f"line {number} " in main_log(tmp_path) for number in range(5)] == [True] * 5


def test_a_job_has_a_log_of_its_own_with_every_line_of_its_tools(folder: Path) -> None:
    log.info("before")
    with logger.job_log(folder, 7) as path:
        log.info("Runs: %s", "ffmpeg -i Alien.mkv")
        log.debug("frame=1")
    log.info("after")
    text = path.read_text(encoding="utf-8")
    assert path == folder / "jobs" / "7.log"
    assert "Runs: ffmpeg -i Alien.mkv" in text
    assert "frame=1" in text
    assert "before" not in text
    assert "after" not in text
    assert "frame=1" not in main_log(folder)
    assert "Runs: ffmpeg" in main_log(folder)


def entries(folder: Path) -> List[LogEntry]:
    return list(read_entries([folder / JSON_LOG]))


def test_every_record_has_job_machine_and_step_as_fields(folder: Path) -> None:
    log.info("before")
    with logger.job_log(folder, 7), logger.log_fields(step="encode"):
        logging.getLogger("mediaprocessor.elsewhere").info("inside")
        with logger.log_fields(machine="other"):
            log.info("there")
    log.info("after", extra={"job": 8})
    before, inside, there, after = entries(folder)
    assert (before.job, before.step, before.machine) == (None, "", socket.gethostname())
    assert (inside.job, inside.step, inside.machine) == (7, "encode", socket.gethostname())
    assert (there.job, there.step, there.machine) == (7, "encode", "other")
    assert (after.job, after.step) == (8, "")


def test_a_thread_that_works_for_a_job_logs_for_it(folder: Path) -> None:
    with logger.job_log(folder, 7) as path:
        thread = threading.Thread(target=logger.with_log_fields(log.info), args=("in a thread",))
        thread.start()
        thread.join(10)
    assert entries(folder)[0].job == 7
    assert "in a thread" in path.read_text("utf-8")


def test_where_a_job_stands_is_told_with_film_and_sizes_as_fields(folder: Path) -> None:
    job = Job(7, Path("/films/Alien.mkv"), JobState.COMPLETED, 0.0)
    logger.log_state(replace(job, original_size=4_000_000, processed_size=1_000_000))
    logger.log_state(replace(job, state=JobState.FAILED, message="Its end is missing."))
    completed, failed = entries(folder)
    assert completed.message == "Job 7: completed. 3.0 MB (75%) saved."
    assert (completed.state, Path(completed.film).name) == ("completed", "Alien.mkv")
    assert (completed.original_size, completed.processed_size) == (4_000_000, 1_000_000)
    assert (failed.level, failed.message) == (
        logging.WARNING,
        "Job 7: failed. Its end is missing.",
    )


def test_secrets_reach_no_field_and_no_page(folder: Path) -> None:
    logger.add_secret("PL4nted-in-a-field")
    with logger.job_log(folder, 7), logger.log_fields(step="PL4nted-in-a-field"):
        logger.log_command(log, "encode", "ffmpeg -i https://u:PL4nted-in-a-field@host/x.mkv")
        logger.log_tool_line(log, "ffmpeg", "apikey=PL4nted-in-a-field")
        logger.log_verification(log, ("PL4nted-in-a-field",))
        log.info("x", extra={"film": "PL4nted-in-a-field", "machine": "PL4nted-in-a-field"})
    for path in folder.rglob("*.*"):
        assert "PL4nted" not in path.read_text("utf-8"), path
    (page,) = pages_of(folder)
    assert page.read_text("utf-8").count("***") >= 5


def test_settings_switch_the_page_off_and_on(folder: Path) -> None:
    logger.configure_logging(LogSettings(pages=False))
    log.info("not on the page")
    assert pages_of(folder) == ()
    logger.configure_logging(LogSettings(pages=True))
    log.info("on the page")
    assert "on the page" in pages_of(folder)[0].read_text("utf-8")


def test_a_log_that_cannot_be_written_is_a_sentence_for_the_user(folder: Path) -> None:
    assert logger.log_problem() == ""
    shutil.rmtree(folder)
    folder.touch()
    log.info("lost")
    assert logger.log_problem().startswith(f"The log cannot be written to {folder}")
    assert isinstance(logger.log_problem(), Sentence)  # so that the window says it in its language


def test_attempts_follow_each_other_in_one_log(folder: Path) -> None:
    for attempt in (1, 2):
        with logger.job_log(folder, 7):
            log.info("attempt %d", attempt)
    text = (folder / "jobs" / "7.log").read_text(encoding="utf-8")
    assert text.index("attempt 1") < text.index("attempt 2")


def test_jobs_that_run_side_by_side_do_not_mix(folder: Path) -> None:
    both = threading.Barrier(2, timeout=10)

    def run(job_id: int) -> None:
        with logger.job_log(folder, job_id):
            both.wait()
            log.info("this is job %d", job_id)
            both.wait()

    threads = [threading.Thread(target=run, args=(job_id,)) for job_id in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    for job_id, other in ((1, 2), (2, 1)):
        text = (folder / "jobs" / f"{job_id}.log").read_text(encoding="utf-8")
        assert f"this is job {job_id}" in text
        assert f"this is job {other}" not in text


def test_a_job_runs_even_where_its_log_cannot_be_written(folder: Path) -> None:
    (folder / "jobs").touch()
    done = []
    with logger.job_log(folder, 7):
        done.append(True)
    assert done
    assert "Job 7 has no log of its own" in main_log(folder)


def test_planted_secrets_reach_no_file_and_no_console(folder: Path, console: io.StringIO) -> None:
    secret = "PL4nted/key+with=odd&signs"
    logger.add_secret(secret)
    coded = base64.b64encode(b"user:" + secret.encode() + b"\n").decode()
    with logger.job_log(folder, 1):
        log.warning("plain %s", secret)
        log.warning(f"formatted {quote(secret, safe='')}")
        log.warning("in a dict %s", {"key": secret})
        log.warning("in base64 %s", coded)
        log.debug("tool says http://u:%s@host/?apikey=PL4nted", secret)
        log.warning("wrong arguments %d", secret)
        logging.getLogger("urllib3").warning("X-Api-Key: PL4nted")
        try:
            try:
                raise ValueError(secret)  # noqa: TRY301
            except ValueError as error:
                raise KeyError(f"second {secret}") from error
        except KeyError:
            log.exception("failed with %s", secret, stack_info=True)
    written = everything(folder) + console.getvalue()
    assert "***" in written
    assert "PL4nted" not in written
    assert coded[10:30] not in written
    assert quote(secret, safe="") not in written


def test_a_secret_in_a_source_line_of_a_traceback_is_hidden_too(folder: Path) -> None:
    logger.add_secret("in-the-source-line")
    try:
        raise ValueError("in-the-source-line")  # noqa: TRY301
    except ValueError:
        log.exception("failed")
    assert "in-the-source-line" not in everything(folder)


def test_texts_outside_of_logging_can_be_redacted_too() -> None:
    logger.add_secret("another-planted-one")
    assert logger.redact("an error with another-planted-one") == "an error with ***"


def test_a_name_cannot_forge_a_line_or_steer_the_terminal(
    folder: Path, console: io.StringIO
) -> None:
    log.warning("Took in %s", "a\n2026-01-01 00:00:00 ERROR forged\r\x1b[2J.mkv")
    lines = main_log(folder).splitlines()
    assert lines[1] == "    2026-01-01 00:00:00 ERROR forged\\r\\x1b[2J.mkv"
    assert "\x1b" not in console.getvalue()


def test_names_that_are_not_unicode_break_no_handler(tmp_path: Path) -> None:
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="cp1252", write_through=True)
    logger.setup_logging(tmp_path, stream=console)
    with logger.job_log(tmp_path, 1):
        log.warning("Took in %s", "caf\udce9 🎬.mkv")
        try:
            raise OSError("caf\udce9")  # noqa: TRY301
        except OSError:
            log.exception("failed")
    assert "caf\\udce9 🎬.mkv" in everything(tmp_path)
    assert b"caf\\udce9 \\U0001f3ac.mkv" in raw.getvalue()


def test_warnings_of_libraries_go_to_the_file(folder: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("library says", stacklevel=1)
    assert "library says" in main_log(folder)


def test_an_error_that_ends_a_thread_is_logged_and_told_in_one_sentence(folder: Path) -> None:
    told: List[str] = []
    logger.install_exception_hooks(told.append)

    def fail() -> None:
        raise ZeroDivisionError("apikey=PLANTED")

    thread = threading.Thread(target=fail, name="Worker-1")
    thread.start()
    thread.join(10)
    (sentence,) = told
    assert sentence.startswith("Thread Worker-1 ended by an unexpected error (ZeroDivisionError")
    assert "PLANTED" not in sentence
    assert "Traceback" in main_log(folder)
    assert "CRITICAL" in main_log(folder)


def test_the_former_hooks_are_put_back(folder: Path) -> None:
    former = sys.excepthook, threading.excepthook
    put_back = logger.install_exception_hooks(lambda sentence: None)
    assert threading.excepthook is not former[1]
    put_back()
    assert (sys.excepthook, threading.excepthook) == former


def test_a_thread_that_ends_itself_is_no_error(folder: Path) -> None:
    told: List[str] = []
    logger.install_exception_hooks(told.append)
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join(10)
    assert told == []


def test_our_own_errors_tell_their_own_sentence(folder: Path) -> None:
    told: List[str] = []
    logger.install_exception_hooks(told.append)
    error = ToolNotFound("mkvpropedit", "Install MKVToolNix.")
    sys.excepthook(type(error), error, None)
    assert told == ["mkvpropedit was not found. Install MKVToolNix."]


def test_an_interrupt_is_not_logged_as_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: List[str] = []
    logger.install_exception_hooks(told.append)
    monkeypatch.setattr(sys, "__excepthook__", lambda *_: None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert told == []
    assert main_log(folder) == ""
