"""Commands to a program that is at work: a second process asks, the first one does it."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import psutil
import pytest

from app.instance_lock import only_instance
from app.local_control import ControlListener
from commandline.parser import whole_grammar
from commandline.remote_call import handlers
from core.events import JobState
from store.connection import Database
from store.jobs import JobStore
from tests.commandline.calls import ROOT, Answer, call, film, one_sentence, records, start
from tests.films import make_film
from tests.queue_service import SLOW
from tests.window_program import Program
from views.palette import DARK, LIGHT

PATIENCE = 120.0  # seconds; others may load the machine
SETTINGS = {
    "processing.missing_mkvpropedit": "continue",
    "templates.normal": SLOW,
    "templates.normal_fallback": SLOW,
}


class Working:
    """A program without a window that watches, and works on a film which takes longer than any test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for key, value in SETTINGS.items():
            assert self.call("settings", "set", key, value).returncode == 0
        self.original = make_film(folder / "Slow.mkv", seconds=40)
        self.before = self.original.stat()
        self.process = start(folder, "--headless", "--watch")
        self.until((folder / "data" / "running.json").exists, "the program to listen")

    def call(self, *words: str) -> Answer:
        return call(self.folder, *words)

    def queue(self, *words: str) -> List[Dict[str, Any]]:
        """What a ``queue`` command shows that goes well."""
        answer = self.call("queue", *words, "--json")
        assert answer.returncode == 0, answer.stderr
        return records("queue", answer)

    def job(self, number: int = 1) -> Dict[str, Any]:
        """A job as ``queue list`` shows it."""
        states = [word for state in JobState for word in ("--state", state.value)]
        found = [record for record in self.queue("list", *states) if record.get("job_id") == number]
        return found[0] if found else {}

    def until(self, reached: Callable[[], Any], what: str) -> Any:
        """Wait until something is so, and return it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = reached()
            if found:
                return found
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.1)

    def begin(self) -> Dict[str, Any]:
        """Give it the film and wait until its encoder tells how far it is."""
        answer = self.call("process", str(self.original))
        assert answer.returncode == 0, answer.stderr
        found: Dict[str, Any] = self.until(lambda: self.told(), "progress in the list")
        return found

    def told(self) -> Dict[str, Any]:
        job = self.job()
        return job if job and job["percent"] is not None and job["fps"] else {}

    def encoders(self) -> List[psutil.Process]:
        """Its children that encode."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "libx265" in process.cmdline():
                    found.append(process)
        return found

    def encoder_is(self, *states: str) -> bool:
        with contextlib.suppress(psutil.Error):
            return [process.status() in states for process in self.encoders()] == [True]
        return False

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.communicate(timeout=PATIENCE)
        self.process.kill()
        self.process.wait()


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Working]:
    working = Working(tmp_path)
    yield working
    working.end()


def test_a_film_is_taken_paused_resumed_and_cancelled_from_a_second_process(
    working: Working,
) -> None:
    job = working.begin()
    assert job["state"] == "processing"
    assert 0 <= job["percent"] < 100
    shown = working.call("queue", "list").stdout
    assert " fps " in shown
    assert " %" in shown

    (paused,) = working.queue("pause", "1")
    assert paused["state"] == "paused"
    working.until(lambda: working.encoder_is(psutil.STATUS_STOPPED), "the encoder to stand still")
    refused = working.call("queue", "remove", "1")
    assert refused.returncode == 1
    assert refused.stderr == "Job 1 cannot be removed: it is paused.\n"

    (resumed,) = working.queue("resume", "1")
    assert resumed["state"] == "processing"
    moving = (psutil.STATUS_RUNNING, psutil.STATUS_SLEEPING)
    working.until(lambda: working.encoder_is(*moving), "the encoder to go on")

    (cancelled,) = working.queue("cancel", "1")
    assert cancelled["state"] == "cancelled"
    assert working.encoders() == []
    after = working.original.stat()
    assert (after.st_size, after.st_mtime_ns) == (
        working.before.st_size,
        working.before.st_mtime_ns,
    )


def test_the_whole_queue_is_paused_started_and_stopped_from_a_second_process(
    working: Working,
) -> None:
    working.begin()
    (now,) = working.queue("pause", "--minutes", "30")
    assert (now["state"], now["at_work"]) == ("paused", True)
    assert 29 * 60 < now["until"] - time.time() <= 30 * 60
    working.until(lambda: working.encoder_is(psutil.STATUS_STOPPED), "the encoder to stand still")

    (now,) = working.queue("start")
    assert (now["state"], now["until"]) == ("running", None)
    (now,) = working.queue("stop", "--after-current")
    assert now["state"] == "stopping"
    assert working.job()["state"] == "processing"

    working.queue("stop")
    working.until(lambda: working.job()["state"] == "queued", "the film to go back")
    assert working.queue("list")[0]["state"] == "stopped"
    (now,) = working.queue("start")
    assert now["state"] == "running"
    working.until(lambda: working.job()["state"] == "processing", "the film to begin anew")


def test_waiting_films_are_put_in_order_and_taken_out_while_another_is_at_work(
    working: Working,
) -> None:
    working.begin()
    working.queue("pause")
    films = [film(working.folder / f"Film {number}.mkv") for number in (2, 3, 4)]
    told = records("process", working.call("process", "--json", *map(str, films)))
    assert [record["job_id"] for record in told if record["type"] == "state"] == [2, 3, 4]
    working.queue("priority", "7", "3")
    working.queue("move", "--to", "top", "4")
    waiting = [
        record["job_id"] for record in working.queue("list") if record.get("state") == "queued"
    ]
    assert waiting[:3] == [4, 3, 2]
    working.queue("remove", "2")
    assert working.job(2) == {}
    # Job 1 is at work: it cannot be moved or tried again, which is said and not done.
    for words in (("move", "--to", "top", "1"), ("retry", "1")):
        answer = working.call("queue", *words)
        assert answer.returncode == 1
        assert one_sentence(answer.stderr)


def test_films_that_cannot_be_queued_are_told_to_who_asked(working: Working) -> None:
    working.begin()
    again = working.call("process", str(working.original))
    assert "already in the queue" in again.stdout
    missing = working.call("process", "No such film.mkv")
    assert missing.returncode == 1
    assert one_sentence(missing.stderr)


def test_names_count_from_where_the_command_was_given(working: Working) -> None:
    working.queue("stop")
    elsewhere = working.folder / "elsewhere"
    elsewhere.mkdir()
    given = film(elsewhere / "given.mkv")
    data = str(working.folder / "data")
    answer = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--data-dir", data, "process", given.name],
        cwd=elsewhere,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=PATIENCE,
        check=True,
    )
    assert working.job()["file"] == str(given)
    assert "queue start" in answer.stdout


def test_wrong_commands_are_answered_with_one_sentence_and_code_2(working: Working) -> None:
    for words, word in (
        (("cancel", "99"), "There is no job 99"),
        (("retry", "--all-failed", "1"), "not both"),
        (("cancel",), "at least one job"),
    ):
        answer = working.call("queue", *words)
        assert answer.returncode == 2
        assert word in answer.stderr
        assert one_sentence(answer.stderr)
    wrong = working.call("settings", "set", "queue.remux_jobs", "many")
    assert wrong.returncode == 2
    assert one_sentence(wrong.stderr)


def test_changed_settings_hold_at_once_in_the_program_that_is_at_work(working: Working) -> None:
    working.begin()
    # Outside its hours a queue pauses: the encoder of the running film stands still.
    hours = "Mon-Sun 00:00-00:01" if time.localtime().tm_hour else "Mon-Sun 12:00-12:01"
    answer = working.call("settings", "set", "queue.schedule", hours)
    assert answer.returncode == 0, answer.stderr
    working.until(lambda: working.encoder_is(psutil.STATUS_STOPPED), "the hours to hold")
    (now,) = [record for record in working.queue("list") if record["type"] == "queue"]
    assert now["state"] == "paused"
    assert "hours" in now["reason"]
    assert working.call("settings", "reset", "queue.schedule").returncode == 0
    moving = (psutil.STATUS_RUNNING, psutil.STATUS_SLEEPING)
    working.until(lambda: working.encoder_is(*moving), "the film to go on")


def test_what_is_asked_without_the_secret_is_not_done(working: Working) -> None:
    working.begin()
    address = json.loads((working.folder / "data" / "running.json").read_text("utf-8"))
    words = {"action": "cancel", "jobs": [1], "json": False}
    asked = {"ask": "command", "command": "queue", "words": words, "token": "0" * 64}
    with socket.create_connection(("127.0.0.1", address["port"]), timeout=PATIENCE) as connection:
        connection.sendall(json.dumps(asked).encode() + b"\n")
        assert connection.recv(100) == b""
    assert working.job()["state"] == "processing"


def test_a_run_of_some_films_hears_commands_too_and_stays_while_it_is_paused(
    tmp_path: Path,
) -> None:
    call(tmp_path, "settings", "set", "processing.missing_mkvpropedit", "continue")
    call(tmp_path, "settings", "set", "video.encode", "no")
    films = [film(tmp_path / f"Film {number}.mkv") for number in range(3)]
    with start(tmp_path, "process", *map(str, films)) as process:
        deadline = time.monotonic() + PATIENCE
        while not (tmp_path / "data" / "running.json").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert call(tmp_path, "queue", "pause").stdout == "The queue pauses.\n"
        with Database(tmp_path / "data" / "mediaprocessor.db") as database:
            left = JobStore(database).page((JobState.QUEUED, JobState.PAUSED))
        assert process.poll() is None
        assert call(tmp_path, "queue", "resume").stdout == "The queue is at work.\n"
        process.communicate(timeout=PATIENCE)
    assert left, "all films were done before the pause"
    assert process.returncode == 0


def test_originals_come_back_and_folders_are_looked_through_by_the_program_that_watches(
    tmp_path: Path,
) -> None:
    """The film has another ending after it was processed: the original's name is what is told."""
    for key, value in (("processing.missing_mkvpropedit", "continue"), ("video.encode", "no")):
        assert call(tmp_path, "settings", "set", key, value).returncode == 0
    library = tmp_path / "library"
    library.mkdir()
    assert call(tmp_path, "folders", "add", str(library)).returncode == 0
    with start(tmp_path, "--headless", "--watch", "--json") as process:
        try:
            _until((tmp_path / "data" / "running.json").exists, "the program to listen")
            original = film(library / "Film.mp4", subtitles=())
            before = original.read_bytes()
            os.utime(original, (time.time() - 3600,) * 2)
            (told,) = records("folders", call(tmp_path, "folders", "scan", "--json"))
            assert told["films"] == 1
            _until(lambda: _states(tmp_path) == ["completed"], "the film's end")
            result = original.with_suffix(".mkv")
            assert result.exists()
            (came,) = records("restore", call(tmp_path, "restore", "--json", str(result)))
            assert came == {"type": "restored", "file": str(original), "asked": str(result)}
            assert original.read_bytes() == before
            assert not result.exists()
            again = call(tmp_path, "restore", str(library))
            assert (again.returncode, one_sentence(again.stderr)) == (1, True)
            # What came back on purpose is no new film.
            (told,) = records("folders", call(tmp_path, "folders", "scan", "--json", str(library)))
            assert (told["films"], told["queued"]) == (1, 0)
            missing = call(tmp_path, "folders", "scan", str(tmp_path / "elsewhere"))
            assert (missing.returncode, one_sentence(missing.stderr)) == (2, True)
            assert _states(tmp_path) == ["completed"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)


# Each command that changes something or needs the queue, as it is given while a program is at work.
ASKED = {
    "process": "process FILM",
    "restore": "restore FILM",
    "originals free": "originals free --all",
    "exclusions add": "exclusions add FOLDER/more",
    "exclusions remove": "exclusions remove FOLDER/more",
    "folders scan": "folders scan",
    "folders add": "folders add FOLDER/more",
    "folders change": "folders change FOLDER/library --flat",
    "folders remove": "folders remove FOLDER/more",
    "settings set": "settings set queue.remux_jobs 3",
    "settings reset": "settings reset queue.remux_jobs",
    "settings import": "settings import FOLDER/settings.json",
    "presets save": "presets save Evening",
    "presets use": "presets use Evening",
    "presets export": "presets export Evening FOLDER/preset.json",
    "presets import": "presets import FOLDER/preset.json --replace",
    "presets remove": "presets remove Evening",
    "setup import": "setup import FOLDER/setup.json",
    "apis add": "apis add omdb",
    "apis remove": "apis remove sonarr Nobody",
    "library": "library --look --check",
    "stats": "stats --rebuild",
    "queue move": "queue move --to top 1",
    "queue order": "queue order oldest",
    "queue priority": "queue priority 2 1",
    "queue spread": "queue spread 1",
    "queue start": "queue start",
    "queue stop": "queue stop --after-current",
    "queue pause": "queue pause --minutes 5",
    "queue resume": "queue resume",
    "queue retry": "queue retry 1",
    "queue again": "queue again 1",
    "queue cancel": "queue cancel 1",
    "queue remove": "queue remove 1",
    "network pair-code": "network pair-code",
    "network pair": "network pair 127.0.0.1:1 AAAAA-BBBBB",
    "network revoke": "network revoke Nobody",
    "network forget": "network forget Nobody",
    "network doctor": "network doctor",
    "network map": "network map /theirs FOLDER",
    "network unmap": "network unmap /theirs",
    "network tell": "network tell Nobody pause",
    "network slots": "network slots Nobody --gpu 1",
    "network log": "network log Nobody",
    "network phone": "network phone",
    "messages add": "messages add Mail",
    "messages change": "messages change Mail --off",
    "messages remove": "messages remove Mail",
}
# What only looks, and runs beside.
LOOKS = {
    *(
        "open",
        "analyze",
        "plan",
        "originals list",
        "exclusions list",
        "log",
        "bundle",
        "doctor",
        "check-machine",
        "report",
    ),
    "quit",  # tests/commandline/test_quit.py
    *("settings list", "settings get", "settings export", "setup export", "folders list"),
    "presets list",
    *("apis list", "apis test", "apis status", "apis webhook", "queue list"),
    *("messages list", "messages test", "quality"),
    *("network list", "network discover"),
}


def test_no_command_is_turned_away_by_a_program_that_is_at_work(tmp_path: Path) -> None:
    assert set(ASKED) | LOOKS == set(_commands(whole_grammar()))
    original = film(tmp_path / "Film.mkv")
    for name in ("library", "more"):
        (tmp_path / name).mkdir()
    for words in (
        "folders add library",
        "settings export settings.json",
        "setup export setup.json",
    ):
        assert call(tmp_path, *words.split()).returncode == 0
    with start(tmp_path, "--headless", "--watch") as process:
        try:
            _until((tmp_path / "data" / "running.json").exists, "the program to listen")
            for line in ASKED.values():
                words = line.replace("FILM", str(original)).replace("FOLDER", str(tmp_path))
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(sys, "stdin", io.StringIO("abcdef01"))
                    answer = call(tmp_path, *words.split())
                assert "already working" not in answer.stderr, line
                assert answer.returncode in (0, 1, 2), answer
            assert process.poll() is None
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)


def _commands(parser: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    """Every command of a grammar, with its actions."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name
    for action in below:
        for word, subparser in action.choices.items():
            yield from _commands(subparser, f"{name} {word}".strip())


def _states(folder: Path) -> List[str]:
    """The states of all jobs."""
    words = [word for state in JobState for word in ("--state", state.value)]
    found = records("queue", call(folder, "queue", "list", "--json", *words))
    return [record["state"] for record in found if record["type"] == "job"]


def _until(reached: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)


@pytest.mark.window
def test_an_open_window_shows_settings_and_films_that_come_from_outside(program: Program) -> None:
    def outside(*words: str) -> str:
        with start(program.folder, *words) as process:
            program.until(lambda: process.poll() is not None, f"the answer to {words}")
            shown, told = process.communicate()
        assert process.returncode == 0, told
        return shown

    assert program.window.look.palette == LIGHT
    form = program.window.open_tab("settings").view
    data = program.parts.data_dir
    with only_instance(data), ControlListener(data, handlers(program.parts)):
        outside("settings", "set", "window.theme", "dark")
        program.until(lambda: program.window.look.palette == DARK, "the other colours")
        outside("settings", "set", "queue.remux_jobs", "3")
        program.until(lambda: form.field("queue.remux_jobs").text == "3", "the field's new value")
        exported = program.folder / "settings.json"
        outside("settings", "export", str(exported))
        outside("settings", "reset", "queue.remux_jobs")
        program.until(lambda: form.field("queue.remux_jobs").text != "3", "the default")
        outside("settings", "import", str(exported))
        program.until(lambda: form.field("queue.remux_jobs").text == "3", "the imported value")
        assert "queue start" in outside("process", str(program.film("From outside.mkv")))
        program.until(program.counts(pending=1), "the film in the table")
        outside("queue", "start")
        program.until(program.counts(completed=1, pending=0), "the film's end")
