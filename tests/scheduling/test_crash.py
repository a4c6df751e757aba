"""A queue whose program is killed: what was asked of it before still holds, and its work goes on."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator, List

import pytest

from app.program import Program
from core.events import JobState, QueueState
from core.queue.job import Job, NewJob, Where
from store.connection import Database
from store.job_order import JobOrder
from store.jobs import JobStore
from tests.films import AudioSpec, make_film

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds
SLOW = "$ffmpeg -i $input -c:v libx265 -preset veryslow -x265-params log-level=none:pools=1 $tracks $output"

# Works on the queue as the window does, until it is killed.
AT_WORK = """
import sys
from pathlib import Path
from app.program import Program
manager = Program(Path(sys.argv[1])).queue_manager()
manager.recover()
manager.start()
while True:
    manager.events.get()
"""

# Changes the order of the queue and says after each change what was asked for.
ORDERING = """
import json, random, sys
from pathlib import Path
from core.queue.job import Where
from store.connection import Database
from store.job_order import JobOrder
order = JobOrder(Database(Path(sys.argv[1])))
chance = random.Random(int(sys.argv[2]))
ids = range(1, int(sys.argv[3]) + 1)
while True:
    asked = [chance.sample(ids, 3), chance.choice(list(Where)).value, chance.randrange(3)]
    print(json.dumps(asked), flush=True)
    if asked[2]:
        order.move(asked[0], Where(asked[1]))
    else:
        order.set_priority(asked[0][:1], asked[0][1] % 3)
    print("done", flush=True)
"""


@pytest.fixture
def killed_at_end() -> Iterator[List[subprocess.Popen[str]]]:
    """Processes that do not outlive the test, with all that they started."""
    processes: List[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        kill(process)


def start(processes: List[subprocess.Popen[str]], code: str, *arguments: object) -> None:
    processes.append(
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
    )


def kill(process: subprocess.Popen[str]) -> None:
    """End a program at once, as a power cut does; its encoders may live on for a moment."""
    process.kill()
    process.wait(PATIENCE)
    if process.stdout is not None:
        process.stdout.close()


def until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes()).hexdigest()


def waiting(store: JobStore) -> List[int]:
    """The jobs that have a place in the queue, in its order."""
    return [job.id for job in store.page((JobState.QUEUED, JobState.PAUSED), limit=-1)]


def test_a_killed_program_goes_on_where_it_was(
    tmp_path: Path, killed_at_end: List[subprocess.Popen[str]]
) -> None:
    slow = make_film(tmp_path / "Slow.mkv", seconds=20, audio=[AudioSpec("flac")])
    films = [slow, *(tmp_path / f"Film {number}.mkv" for number in range(1, 6))]
    for film in films[1:]:
        make_film(film, seconds=1, audio=[AudioSpec("flac")])
    originals = {film: digest(film) for film in films}
    data = tmp_path / "data"
    with Program(data) as parts:
        for key in ("templates.normal", "templates.normal_fallback"):
            parts.config.set(key, SLOW)
        parts.config.set("queue.remux_jobs", "0")
        manager = parts.queue_manager()
        ids = manager.submit([NewJob(film) for film in films])
        manager.set_priority([ids[0]], 9)  # it runs first
        manager.set_priority([ids[5]], 5)
        manager.move([ids[4]], Where.TOP)
        manager.set_priority([ids[4]], 5)
        manager.place_before([ids[3]], ids[1])
        manager.pause_job(ids[3])
        order = waiting(JobStore(parts.database))
    assert order == [ids[0], ids[5], ids[4], ids[3], ids[1], ids[2]]

    start(killed_at_end, AT_WORK, data)
    with Database(data / "mediaprocessor.db") as database:
        until(lambda: _job(database, ids[0]).step == "encode", "the encode")
    kill(killed_at_end[-1])
    assert {film: digest(film) for film in films} == originals

    with Program(data) as parts:
        parts.config.set("video.encode", "no")  # so that the rest is quick
        parts.config.set("queue.remux_jobs", "2")
        manager = parts.queue_manager()
        manager.recover()
        store = JobStore(parts.database)
        assert waiting(store) == order
        assert _job(parts.database, ids[0]).attempt == 2
        assert {job_id: _job(parts.database, job_id).priority for job_id in ids} == dict(
            zip(ids, (9, 0, 0, 0, 5, 5))
        )
        manager.continue_as_before()
        assert manager.state is QueueState.RUNNING
        manager.run_until_idle(lambda event: None)
        assert manager.shutdown(PATIENCE)
        assert waiting(store) == [ids[3]], "only the film that the user paused waits"
        ended = store.page((JobState.COMPLETED,), limit=-1)
        assert sorted(job.id for job in ended) == sorted(set(ids) - {ids[3]})
    assert digest(films[3]) == originals[films[3]]
    assert not list(tmp_path.rglob("*.partial"))


def _job(database: Database, job_id: int) -> Job:
    job = JobStore(database).get(job_id)
    assert job is not None
    return job


@pytest.mark.parametrize("seed", range(3))
def test_a_change_of_the_order_is_whole_or_not_at_all_however_the_program_dies(
    tmp_path: Path, killed_at_end: List[subprocess.Popen[str]], seed: int
) -> None:
    count = 30
    path = tmp_path / "killed.db"
    with Database(path) as database:
        JobStore(database).add([NewJob(Path(f"/films/{number}.mkv")) for number in range(count)])
    start(killed_at_end, ORDERING, path, seed, count)
    process = killed_at_end[-1]
    assert process.stdout is not None
    asked: List[List[object]] = []
    done = 0
    chance = random.Random(seed)
    moment = chance.randrange(20, 60)
    pause = chance.random() * 0.005
    for line in process.stdout:
        if line.startswith("done"):
            done += 1
        else:
            asked.append(json.loads(line))
        if done == moment:
            time.sleep(pause)  # so that it dies at any point of the next change
            process.kill()
    process.wait(PATIENCE)
    assert done >= moment

    with Database(path) as database:
        found = waiting(JobStore(database))
    # What was acknowledged is there; of the last one that was not, all or nothing.
    possible = [expected_order(tmp_path, count, asked[:many], many) for many in (done, len(asked))]
    assert found in possible


def expected_order(folder: Path, count: int, asked: List[List[object]], name: int) -> List[int]:
    """The order that these changes lead to in a database that nobody kills."""
    with Database(folder / f"{name}.db") as database:
        JobStore(database).add([NewJob(Path(f"/films/{number}.mkv")) for number in range(count)])
        order = JobOrder(database)
        for ids, where, kind in asked:
            assert isinstance(ids, list)
            if kind:
                order.move(ids, Where(where))
            else:
                order.set_priority(ids[:1], ids[1] % 3)
        return waiting(JobStore(database))
