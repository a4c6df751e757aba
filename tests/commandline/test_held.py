"""Whatever keeps films waiting is a sentence and an exit code, whichever command one gives.

The table in docs/commandline.md (Running without a window) is this module.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Tuple

import psutil
import pytest

from core.events import JobState
from core.queue.job import NewJob
from reports.log_files import TEXT_LOG
from store.connection import Database
from store.jobs import JobStore
from tests.commandline.calls import Answer, call, film, records, start
from tests.queue_service import SLOW

PATIENCE = 120.0  # seconds; others may load the machine
_QUICK = {"processing.missing_mkvpropedit": "continue", "video.encode": "no"}
_NOW_CLOSED = "Mon-Sun 00:00-00:01" if time.localtime().tm_hour else "Mon-Sun 12:00-12:01"


class House:
    """A data folder with quick settings, and a film beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.set(_QUICK)
        self.film = film(folder / "Film.mkv")
        self.before = self.film.read_bytes()

    def call(self, *words: str) -> Answer:
        return call(self.folder, *words)

    def set(self, values: Dict[str, str]) -> None:
        for key, value in values.items():
            answer = self.call("settings", "set", key, value)
            assert answer.returncode == 0, answer.stderr

    def database(self) -> Database:
        return Database(self.folder / "data" / "mediaprocessor.db")

    @property
    def log(self) -> str:
        return (self.folder / "data" / "logs" / TEXT_LOG).read_text("utf-8")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def _tool(house: House) -> None:
    """A program that the user set is there no more."""
    gone = house.folder / ("ffprobe.exe" if os.name == "nt" else "ffprobe")
    gone.write_bytes(b"")
    gone.chmod(0o755)
    house.set({"tools.ffprobe": str(gone)})
    gone.unlink()


def _no_slots(house: House) -> None:
    house.set({f"queue.{kind}_jobs": "0" for kind in ("gpu", "software", "remux")})


Hold = Tuple[Callable[[House], None], str, bool]  # how, what is said, whether it holds the queue
HOLDS: Dict[str, Hold] = {
    "hours": (
        lambda house: house.set({"queue.schedule": _NOW_CLOSED}),
        "Outside working hours; it goes on",
        True,
    ),
    "a named program": (
        lambda house: house.set({"queue.pause_programs": psutil.Process().name()}),
        "is running; it goes on afterwards.",
        True,
    ),
    "a full disk": (
        lambda house: house.set({"queue.lowest_free_gigabytes": "100000"}),
        "are free for",
        True,
    ),
    "a slave's mode": (
        lambda house: house.set({"network.mode": "slave"}),
        "This machine works for its master",
        True,
    ),
    "no slots": (_no_slots, "queue.software_jobs 1", True),
    "a kind without slots": (
        lambda house: house.set({"queue.remux_jobs": "0"}),
        "Films whose video is copied have no slot. `settings set queue.remux_jobs 1`",
        False,
    ),
    "a missing tool": (_tool, "does not exist", False),
}


@pytest.mark.parametrize("name", sorted(HOLDS))
def test_a_film_that_waits_says_why_wherever_one_asks(house: House, name: str) -> None:
    how, sentence, holds_queue = HOLDS[name]
    how(house)

    planned = house.call("plan", str(house.film))
    if name not in ("a kind without slots", "a slave's mode"):  # others may do it
        assert sentence in planned.stderr
        assert planned.stderr.count("Nothing of this would be done here now") == 1

    processed = house.call("process", str(house.film))
    assert processed.returncode == 1
    assert sentence in processed.stdout + processed.stderr
    assert "1 film waits" in processed.stderr
    if holds_queue:
        assert sentence in house.log

    if name != "a slave's mode":  # which stays
        waiting = house.call("--headless")
        assert waiting.returncode == 1
        assert sentence in waiting.stdout + waiting.stderr
        assert "1 film waits" in waiting.stderr
        lines = (waiting.stdout + waiting.stderr).splitlines()
        told = next(line for line in lines if sentence in line)
        assert told[:2] == "20", "each line has its time"

    listed = house.call("queue", "list").stdout
    assert listed.startswith("No program is at work with this data folder: 1 queued.")
    examined = house.call("doctor")
    (record,) = records("doctor", house.call("doctor", "--json"))
    held = name not in ("a kind without slots", "a slave's mode")
    assert (examined.returncode, record["ok"]) == (int(held), not held)
    if name != "a slave's mode":
        assert sentence in examined.stdout
        assert any(sentence in told for told in record["holds" if held else "limits"])
    assert house.film.read_bytes() == house.before


def test_a_paused_film_is_told_by_a_run_of_the_queue_and_is_no_matter_of_other_films(
    house: House,
) -> None:
    with house.database() as database:
        store = JobStore(database)
        (other,) = store.add([NewJob(house.folder / "Other.mkv", size=1)])
        store.pause(other, paused=True)
    answer = house.call("--headless")
    assert answer.returncode == 1
    assert "1 film is paused; `queue resume JOB` lets it go on." in answer.stderr
    assert house.call("process", str(house.film)).returncode == 0


def queue_film(house: House) -> None:
    with house.database() as database:
        JobStore(database).add([NewJob(house.film, size=1)])


def test_a_queue_that_was_paused_stays_so_without_a_window_and_says_it(house: House) -> None:
    paused = "The queue is paused; `queue resume` lets it go on."
    assert house.call("queue", "pause").returncode == 0
    queue_film(house)
    for words in (("--headless",), ("process", str(house.film))):
        answer = house.call(*words)
        assert answer.returncode == 1
        assert answer.stderr.count(paused) >= 1, words
        assert house.film.read_bytes() == house.before
    assert paused in house.call("queue", "list").stdout
    assert house.call("queue", "resume").returncode == 0
    assert house.call("--headless").returncode == 0
    assert house.film.read_bytes() != house.before


def test_a_watching_program_begins_paused_where_the_queue_was_and_goes_on_when_asked(
    house: House, begun: Callable[..., Running]
) -> None:
    assert house.call("queue", "pause").returncode == 0
    queue_film(house)
    program = begun("--headless", "--watch")
    seen = program.until("The queue is paused; `queue resume` lets it go on.")
    assert house.call("queue", "resume").returncode == 0
    program.until("Film.mkv: completed", program.until("The queue goes on.", seen))
    assert program.end() == 0


def test_a_result_that_waits_for_its_film_is_told(house: House) -> None:
    with house.database() as database:
        store = JobStore(database)
        (number,) = store.add([NewJob(house.film, size=1)])
        reason = "another program has it open. It will be tried again."
        store.put_off(number, time.time() + 3000, reason, JobState.SWAP_PENDING)
    answer = house.call("--headless")
    assert answer.returncode == 1
    assert reason in answer.stderr
    assert "1 film waits until 20" in answer.stderr


def test_a_result_whose_time_to_wait_is_over_is_not_left_by_a_run_of_the_queue(
    house: House,
) -> None:
    with house.database() as database:
        store = JobStore(database)
        (number,) = store.add([NewJob(house.film, size=1)])
        store.put_off(number, time.time() - 1, "it was in use.", JobState.SWAP_PENDING)
    answer = house.call("--headless")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "Film.mkv: completed" in answer.stdout


def test_a_film_whose_folder_is_away_waits_with_a_sentence(house: House) -> None:
    with house.database() as database:
        JobStore(database).add([NewJob(house.folder / "share" / "Film.mkv", size=1)])
    answer = house.call("--headless")
    assert answer.returncode == 1
    assert "1 film waits until 20" in answer.stderr
    assert f"{house.folder}" not in answer.stderr.split("1 film waits")[1], "named before already"


def test_a_database_that_another_program_keeps_locked_is_a_sentence(house: House) -> None:
    path = house.folder / "data" / "mediaprocessor.db"
    with contextlib.closing(sqlite3.connect(str(path), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        answer = house.call("process", str(house.film))
    assert answer.returncode == 1
    assert "another program keeps it locked. Close that program" in answer.stderr


def test_a_path_that_is_not_there_begins_no_other_film(house: House) -> None:
    with house.database() as database:
        JobStore(database).add([NewJob(house.film, size=1)])
    answer = house.call("process", str(house.folder / "No such film.mkv"))
    assert answer.returncode == 1
    assert "No such film.mkv: it does not exist, or its drive is not connected." in answer.stderr
    assert house.film.read_bytes() == house.before


def test_an_empty_queue_is_well(house: House) -> None:
    answer = house.call("--headless")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "The queue is empty" in answer.stdout
    for record in records("process", house.call("--headless", "--json")):
        assert abs(record["time"] - time.time()) < PATIENCE


def test_pictures_that_no_template_can_encode_are_told_before_the_first_film(house: House) -> None:
    other = SLOW.replace("libx265", "hevc_nonsense")
    templates = {"templates.normal": other, "templates.normal_fallback": other}
    house.set({"video.encode": "yes", **templates})
    answer = house.call("process", str(house.film))
    assert answer.returncode == 0, answer.stderr
    assert "Videos are only copied. Template normal cannot be used" in answer.stdout
    examined = house.call("doctor")
    assert examined.returncode == 0, "films are processed, their pictures are not"
    assert "hevc_nonsense" in examined.stdout


def test_an_encoder_that_fails_is_found_by_the_doctor(house: House) -> None:
    broken = SLOW.replace("veryslow", "nonsense")
    templates = {"templates.normal": broken, "templates.normal_fallback": broken}
    house.set({"video.encode": "yes", **templates})
    answer = house.call("doctor")
    assert answer.returncode == 1
    assert "A small film that was made to try it out failed: ffmpeg failed" in answer.stdout


@pytest.mark.parametrize("key", ["files.work_folder", "files.holding_folder"])
def test_folders_that_went_away_are_found_by_the_doctor(house: House, key: str) -> None:
    gone = house.folder / "gone"
    gone.mkdir()
    house.set({key: str(gone)})
    gone.rmdir()
    answer = house.call("doctor")
    assert answer.returncode == 1
    assert f"{gone} is not there. Mend it, or `settings reset {key}`." in answer.stdout
    assert "is not there" in house.call("plan", str(house.film)).stderr


def test_a_watched_folder_that_went_away_is_told_by_the_doctor(house: House) -> None:
    library = house.folder / "library"
    library.mkdir()
    assert house.call("folders", "add", str(library)).returncode == 0
    library.rmdir()
    answer = house.call("doctor")
    assert answer.returncode == 0, "other films are processed"
    assert f"{library} is watched and is not there." in answer.stdout


# ---- programs that stay


class Running:
    """The program as a process of its own, whose lines are read as they come."""

    def __init__(self, house: House, *words: str) -> None:
        self.house = house
        self.lines: List[str] = []
        self.process = start(house.folder, *words)
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (self.process.stdout, self.process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Iterator[str]) -> None:
        self.lines.extend(line for line in stream)

    def until(self, words: str, after: int = 0) -> int:
        """Wait until a line holds these words; return how many lines there were by then."""
        deadline = time.monotonic() + PATIENCE
        while not any(words in line for line in self.lines[after:]):
            assert self.process.poll() is None, self.lines
            assert time.monotonic() < deadline, f"waited in vain for {words!r}: {self.lines}"
            time.sleep(0.05)
        return len(self.lines)

    def end(self) -> int:
        """End it as a service manager does; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(PATIENCE)
        return int(self.process.returncode)


@pytest.fixture
def begun(house: House) -> Iterator[Callable[..., Running]]:
    """Starts programs that are ended afterwards."""
    programs: List[Running] = []

    def begin(*words: str) -> Running:
        programs.append(Running(house, *words))
        return programs[-1]

    yield begin
    for program in programs:
        program.end()


posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@posix
def test_a_watching_program_tells_what_it_watches_and_when_it_is_held_and_goes_on(
    house: House, begun: Callable[..., Running]
) -> None:
    library, away = house.folder / "library", house.folder / "away"
    library.mkdir()
    away.mkdir()
    house.set({"monitor.still_seconds": "0", "queue.schedule": _NOW_CLOSED})
    program = begun("--headless", "--watch")
    seen = program.until("Outside working hours; it goes on")
    program.until("No folder is watched; `folders add PATH` watches one.")
    for folder in (library, away):
        assert house.call("folders", "add", str(folder)).returncode == 0
    program.until(f"Watches {library}: 0 films.")
    program.until(f"Watches {away}: 0 films.")
    away.rmdir()
    program.until(f"{away} is away (it is not there). Watching pauses")
    house.film.rename(library / "Film.mkv")
    program.until("Film.mkv: queued")
    listed = house.call("queue", "list").stdout
    assert listed.startswith("The queue waits: Outside working hours; it goes on"), listed
    assert house.call("settings", "reset", "queue.schedule").returncode == 0
    seen = program.until("The queue goes on.", seen)
    seen = program.until("Film.mkv: completed", seen)
    assert house.call("queue", "pause").returncode == 0
    seen = program.until("The queue is paused; `queue resume` lets it go on.", seen)
    assert house.call("queue", "resume").returncode == 0
    seen = program.until("The queue goes on.", seen)
    assert house.call("queue", "stop").returncode == 0
    program.until("The queue is stopped; `queue start` lets it begin.", seen)
    assert program.end() == 0, "it was told to end"
    told = [line for line in program.lines if "library" in line or "queue" in line]
    assert told
    assert all(line.startswith("20") for line in told), "each line has its time"
    assert sum("Outside working hours" in line for line in program.lines) == 1, "once"
    for words in ("Outside working hours", "The queue goes on.", "The queue is paused"):
        assert words in house.log


@posix
def test_a_run_that_is_told_to_stop_after_its_film_names_what_is_left(
    house: House, begun: Callable[..., Running]
) -> None:
    films = [house.film] + [house.folder / f"Film {number}.mkv" for number in range(2, 6)]
    for path in films[1:]:
        shutil.copy(house.film, path)
    program = begun("process", *map(str, films))
    program.until("Film.mkv: processing")
    assert house.call("queue", "stop", "--after-current").returncode == 0
    program.process.wait(PATIENCE)
    assert program.end() == 1
    assert any("The queue stops when what runs" in line for line in program.lines)
    assert any("Film.mkv: completed" in line for line in program.lines), program.lines
    assert any(
        re.match(r"\d films? waits?: The queue is stopped; `queue start`", line)
        for line in program.lines
    ), program.lines
