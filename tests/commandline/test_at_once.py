"""What is answered before the program is loaded: its version, and what a program at work shows."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Set

import psutil
import pytest

from app.running_program import running_process
from commandline import at_once, remote_call
from commandline.commands import COMMANDS, load
from commandline.quit import StillAtWork
from commandline.remote_call import handlers
from core.queue.job import NewJob
from core.version import VERSION
from store.connection import Database
from store.jobs import JobStore
from tests.commandline.calls import ROOT, Answer, call, film, posix, records, start

DEADLINE = 120.0  # seconds; others may load the machine
# What no answer needs that is had at once, and what a list of jobs needs none of.
HEAVY = {"sqlite3", "tkinter", "ssl", "asyncio", "PIL", "argparse", "logging", "dataclasses"}
OTHERS = {"tkinter", "ssl", "asyncio", "PIL", "psutil", "config", "app.program", "core.events"}
OTHERS |= {"sharing", "cluster", "network", "tools", "processing.runner", "core.settings.tree"}


def loaded_by(*words: str) -> Set[str]:
    code = (
        "import sys, main\n"
        "try: code = main.main(sys.argv[1:])\n"
        "finally: print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return set(answer.stderr.split())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three jobs."""
    assert call(tmp_path, "queue", "list").returncode == 0
    database = Database(tmp_path / "data" / "mediaprocessor.db")
    JobStore(database).add(NewJob(Path(f"/films/Filme {number}.mkv")) for number in range(3))
    database.close()
    return tmp_path / "data"


@pytest.fixture
def at_work(data: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that is at work on it; its films wait."""
    assert call(data.parent, "queue", "pause").returncode == 0
    program = start(data.parent, "--headless", "--watch")
    deadline = time.monotonic() + DEADLINE
    while "No program" in call(data.parent, "queue", "list").stdout or not_yet(data):
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield program
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=DEADLINE)


def not_yet(data: Path) -> bool:
    return at_once.answer(["--data-dir", str(data), "queue", "list"]) is None


def by_itself(folder: Path, *words: str) -> Answer:
    """The same command by a start that asks nobody to show it whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at_once, "SHOWN", frozenset())
        return call(folder, *words)


def without_moment(answer: Answer) -> Answer:
    """An answer without when this machine was seen, which is the moment of the question."""
    return replace(answer, stdout=re.sub(r'("last_seen": )[0-9.]+', r"\1", answer.stdout))


def test_the_version_is_told_by_next_to_nothing() -> None:
    loaded = loaded_by("--version")
    assert "commandline.at_once" in loaded
    assert "commandline.entry" not in loaded
    assert not loaded & HEAVY


def test_the_version_is_the_same_however_it_is_asked_for(tmp_path: Path) -> None:
    short = call_alone(tmp_path, "--version")
    assert short.startswith("MediaProcessor ")
    assert call_alone(tmp_path, "--json", "--version") == short


@posix
@pytest.mark.parametrize("words", [["--version"], ["queue", "list"]], ids=["version", "list"])
def test_where_the_answer_does_not_fit_on_a_disk_one_sentence_says_so(
    data: Path, at_work: subprocess.Popen[str], words: List[str]
) -> None:
    argv = [sys.executable, str(ROOT / "main.py"), *words, "--data-dir", str(data)]
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run(
            argv[: -2 if words == ["--version"] else None],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert (answer.returncode, answer.stderr) == (1, "No space left on device.\n")


def call_alone(folder: Path, *words: str) -> str:
    argv = [sys.executable, str(ROOT / "main.py"), *words]
    return subprocess.run(
        argv, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8", check=True
    ).stdout


def test_a_list_of_jobs_loads_neither_settings_nor_what_films_are_processed_with(
    data: Path,
) -> None:
    loaded = loaded_by("queue", "list", "--data-dir", str(data))
    assert "commandline.queue_list" in loaded
    assert not loaded & OTHERS
    assert "commandline.queue" not in loaded


def test_a_plan_loads_neither_the_library_nor_what_orders_the_queue(tmp_path: Path) -> None:
    named = film(tmp_path / "film.mkv")
    loaded = loaded_by("plan", str(named), "--data-dir", str(tmp_path / "data"))
    assert "core.planning.planner" in loaded
    assert not loaded & {"scheduling.preview", "core.library.savings", "store.queue_order"}


@pytest.mark.parametrize(
    ("words", "begun"),
    [
        (["plan", "film.mkv"], True),
        (["--json", "analyze", "--data-dir", "data", "film.mkv"], True),
        (["plan", "--help"], False),
        (["queue", "list"], False),
    ],
)
def test_mediainfo_begins_before_a_command_that_looks_into_a_film_is_loaded(
    words: List[str], begun: bool
) -> None:
    code = (
        "import sys\n"
        "from commandline import entry\n"
        "entry._begin_mediainfo(sys.argv[1:])\n"
        "pool = sys.modules.get('mediainfo.pool')\n"
        "print(len(pool.SHARED.pids()) if pool else 0, 'core.media.model' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == [str(int(begun)), "False"]


def test_what_is_shown_for_others_is_what_the_rows_say() -> None:
    rows = {(name, row.name) for name in COMMANDS for row in load(name).actions if row.shows}
    assert rows == at_once.SHOWN


@pytest.mark.parametrize("json", [[], ["--json"]], ids=["table", "json"])
def test_a_program_at_work_shows_what_the_command_would_have_shown(
    data: Path, at_work: subprocess.Popen[str], json: List[str]
) -> None:
    folder = data.parent
    for words in (
        ["queue", "list"],
        ["queue", "list", "--limit", "2"],
        ["queue", "list", "--state", "failed"],
        ["settings", "list"],
        ["settings", "get", "queue.order"],
        ["presets", "list"],
        ["exclusions", "list"],
        ["messages", "list"],
        ["folders", "list"],
        ["network", "list"],
    ):
        assert at_once.answer(["--data-dir", str(data), *words, *json]) == 0, words
        there, here = call(folder, *words, *json), by_itself(folder, *words, *json)
        assert without_moment(there) == without_moment(here), words
    assert at_work.poll() is None


def test_such_an_answer_loads_no_database_and_no_grammar(
    data: Path, at_work: subprocess.Popen[str]
) -> None:
    loaded = loaded_by("queue", "list", "--data-dir", str(data))
    assert "app.running_program" in loaded
    assert not loaded & HEAVY
    assert at_work.poll() is None


def test_what_is_wrong_is_told_as_ever(data: Path, at_work: subprocess.Popen[str]) -> None:
    folder = data.parent
    for words in (["queue", "list", "--limit", "few"], ["settings", "get", "queue.colour"]):
        answer = call(folder, *words)
        assert answer == by_itself(folder, *words)
        assert answer.returncode == 2
        assert answer.stderr.count("\n") == 1
    assert at_work.poll() is None


def test_all_jobs_are_read_by_who_wants_them(data: Path, at_work: subprocess.Popen[str]) -> None:
    """A million lines would take the program at work from its own work."""
    words = ["--data-dir", str(data), "queue", "list", "--limit", "0"]
    assert at_once.answer(words) is None
    shown = records("queue", call(data.parent, "queue", "list", "--limit", "0", "--json"))
    assert len(shown) == 4
    assert at_work.poll() is None


def test_who_reads_another_clock_or_version_looks_itself(
    data: Path, at_work: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--data-dir", str(data), "queue", "list"]
    with monkeypatch.context() as patch:
        patch.setattr(at_once, "place_and_time", lambda: ["Asia/Tokyo", "JST", "JST", -32400, 0])
        assert at_once.answer(words) is None
    with monkeypatch.context() as patch:
        patch.setattr(at_once, "VERSION", "0.0.1")
        assert at_once.answer(words) is None
    assert at_once.answer(words) == 0
    assert at_work.poll() is None


@posix
def test_a_program_that_stands_still_holds_nobody_up(
    data: Path, at_work: subprocess.Popen[str]
) -> None:
    psutil.Process(at_work.pid).suspend()
    try:
        answer = call(data.parent, "queue", "list")
    finally:
        psutil.Process(at_work.pid).resume()
    assert answer.returncode == 0
    first, *_table = answer.stdout.splitlines()
    assert first.startswith("A program is at work with this data folder and does not answer now:")
    assert "Filme 2.mkv" in answer.stdout


@posix
def test_who_waits_for_a_program_that_stands_still_is_told_so_and_quit_waits_no_longer_than_it_may(
    data: Path, at_work: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_call, "_SILENCE", 0.2)
    psutil.Process(at_work.pid).suspend()
    try:
        began = time.monotonic()
        answer = call(data.parent, "quit", "--wait", "1")
        assert time.monotonic() - began < DEADLINE
    finally:
        psutil.Process(at_work.pid).resume()
    assert answer.returncode == 1
    told, ended, *rest = answer.stderr.splitlines()
    assert "has not answered yet" in told
    assert (ended, rest) == (str(StillAtWork(1)), [])


@posix
def test_an_answer_that_trickles_in_is_not_waited_for(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "_PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (data / "running.json").write_text(f'{{"port": {port}, "token": "x", "process": 1}}')
        trickle = subprocess.Popen(
            [sys.executable, "-c", _TRICKLE, str(server.fileno())], pass_fds=[server.fileno()]
        )
        try:
            began = time.monotonic()
            assert at_once.answer(["--data-dir", str(data), "queue", "list"]) is None
            assert time.monotonic() - began < DEADLINE / 2
        finally:
            trickle.kill()
            trickle.wait()


@posix
@pytest.mark.parametrize(
    "said",
    ["{}", '{"error": "what?"}', '{"code": "x", "output": 1, "errors": null}', "HTTP/1.1 400"],
)
def test_a_stranger_at_the_port_of_a_program_that_was_killed_is_not_taken_for_it(
    data: Path, said: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (data / "running.json").write_text(f'{{"port": {port}, "token": "x", "process": 1}}')
        stranger = subprocess.Popen(
            [sys.executable, "-c", _STRANGER, str(server.fileno()), said],
            pass_fds=[server.fileno()],
        )
        try:
            shown = call(data.parent, "queue", "list")
            paused = call(data.parent, "queue", "pause")
        finally:
            stranger.kill()
            stranger.wait()
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.count("Filme") == 3
    assert (paused.returncode, paused.stderr) == (0, "")


@posix
def test_a_pipe_with_the_name_of_the_address_holds_nobody_up(data: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(data / "running.json")
    assert running_process(data) == 0
    assert at_once.answer(["--data-dir", str(data), "queue", "list"]) is None


_STRANGER = """
import socket, sys
server = socket.socket(fileno=int(sys.argv[1]))
while True:
    connection, _ = server.accept()
    connection.recv(65536)
    connection.sendall(sys.argv[2].encode() + b"\\n")
    connection.close()
"""
_TRICKLE = """
import socket, sys, time
connection, _ = socket.socket(fileno=int(sys.argv[1])).accept()
while True:
    connection.sendall(b"{")
    time.sleep(0.1)
"""


def test_a_question_with_words_that_are_none_is_answered_by_nothing(tmp_path: Path) -> None:
    asked = {"words": ["process", "film.mkv"], "version": VERSION}
    clock = at_once.place_and_time()
    shown = handlers(None)[at_once.ASK_SHOWN]  # type: ignore[arg-type]
    assert shown({**asked, "clock": clock}) == {}
    assert shown({**asked, "words": ["queue", "list", "--help"], "clock": clock}) == {}
    assert shown({**asked, "words": ["queue", "list", "--dance"], "clock": clock}) == {}
    assert not list(tmp_path.iterdir())
