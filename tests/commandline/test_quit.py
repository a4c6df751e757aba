"""``quit``: the program at work ends, with or without a window, and its films go on at the next start."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from app.instance_lock import at_work
from commandline.quit import StillAtWork
from core.events import JobState, QueueState
from store.connection import Database
from store.jobs import JobStore
from store.queue_state import QueueStateStore
from tests.commandline.calls import ROOT, call, posix, records, start
from tests.films import make_film
from tests.queue_service import SLOW

PATIENCE = 120.0  # seconds; others may load the machine
SETTINGS = {
    "processing.missing_mkvpropedit": "continue",
    "templates.normal": SLOW,
    "templates.normal_fallback": SLOW,
}


class Machine:
    """A data folder whose encodes take longer than any test, and the program that runs on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: List[subprocess.Popen[str]] = []
        for key, value in SETTINGS.items():
            assert call(folder, "settings", "set", key, value).returncode == 0

    def film(self, seconds: float = 40) -> Path:
        return make_film(self.folder / "Slow.mkv", seconds=seconds)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return self.listening(start(self.folder, *words))

    def start_bare(self, *words: str) -> subprocess.Popen[str]:
        """As a service manager may: without a home, a terminal, or anything else that a user has."""
        argv = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(self.folder / "data")]
        process = subprocess.Popen(
            [*argv, *words],
            cwd="/",
            env={"PATH": os.environ["PATH"]},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        return self.listening(process)

    def listening(self, process: subprocess.Popen[str]) -> subprocess.Popen[str]:
        self.processes.append(process)
        self.until((self.folder / "data" / "running.json").exists, "the program to listen")
        return self.processes[-1]

    def until(self, reached: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.1)

    def quit(self, *words: str) -> List[Dict[str, Any]]:
        answer = call(self.folder, "quit", "--json", *words)
        assert answer.returncode == 0, answer
        return records("quit", answer)

    def states(self) -> List[JobState]:
        with Database(self.folder / "data" / "mediaprocessor.db") as database:
            return [job.state for job in JobStore(database).page(tuple(JobState), limit=-1)]

    def encoding(self) -> bool:
        return any(self.folder.glob(".mediaprocessor/**/*.partial"))

    def end(self) -> None:
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.terminate()
                process.communicate(timeout=PATIENCE)
            process.kill()
            process.wait()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.end()


@posix
def test_films_in_work_go_back_to_the_queue_and_the_next_start_goes_on_with_them(
    machine: Machine,
) -> None:
    original = machine.film()
    before = original.read_bytes()
    process = machine.start_bare("--headless", "--watch")
    assert call(machine.folder, "process", str(original)).returncode == 0
    machine.until(machine.encoding, "the encode")
    late = call(machine.folder, "quit", "--after-current", "--wait", "0")
    assert (late.returncode, late.stderr.strip()) == (1, str(StillAtWork(0)))
    ending, ended = machine.quit()  # a wish that came first does not stand in its way
    assert ending == {"type": "ending", "films": 1, "start_again": "--headless --watch"}
    assert ended["type"] == "ended"
    assert process.wait(PATIENCE) == 0
    assert not at_work(machine.folder / "data")
    assert machine.states() == [JobState.QUEUED]
    assert original.read_bytes() == before
    process = machine.start_bare(*str(ending["start_again"]).split())
    machine.until(machine.encoding, "the encode of the next start")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert machine.states() == [JobState.QUEUED]


def test_with_after_current_a_running_film_is_finished_and_what_process_named_beside_it_waits(
    machine: Machine,
) -> None:
    films = [machine.film(0.4), make_film(machine.folder / "Slower.mkv", seconds=40)]
    assert call(machine.folder, "settings", "set", "queue.software_jobs", "1").returncode == 0
    assert call(machine.folder, "queue", "start").returncode == 0
    process = machine.start("process", *map(str, films))
    machine.until(machine.encoding, "the encode")
    ending, _ended = machine.quit("--after-current")
    assert ending["start_again"] is None  # a command is not repeated
    assert process.wait(PATIENCE) == 1
    assert sorted(machine.states()) == [JobState.COMPLETED, JobState.QUEUED]
    with Database(machine.folder / "data" / "mediaprocessor.db") as database:
        state, _until = QueueStateStore(database).load()
    assert state is QueueState.RUNNING, "the next start does not go on"


@posix
@pytest.mark.window
def test_the_window_ends_without_a_question_and_goes_on_at_its_next_start(
    machine: Machine,
) -> None:
    for key, value in (("window.first_steps", "done"), ("queue.resume_at_start", "yes")):
        assert call(machine.folder, "settings", "set", key, value).returncode == 0
    process = machine.start("open", str(machine.film()))
    machine.until(lambda: machine.states() == [JobState.QUEUED], "the film in the queue")
    assert call(machine.folder, "queue", "start").returncode == 0
    machine.until(machine.encoding, "the encode")
    ending, _ended = machine.quit()
    assert (ending["films"], ending["start_again"]) == (1, "")
    assert process.wait(PATIENCE) == 0
    assert machine.states() == [JobState.QUEUED]
    process = machine.start("open")
    machine.until(machine.encoding, "the encode of the next start")
    process.send_signal(signal.SIGTERM)  # as at a logout
    assert process.wait(PATIENCE) == 0
    assert machine.states() == [JobState.QUEUED]
