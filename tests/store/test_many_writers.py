"""Many threads write while others read: nobody is turned away, and nothing is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import List

from core.events import JobState
from core.queue.job import NewJob
from store.connection import Database
from store.jobs import JobStore

WRITERS, WRITES = 20, 50
# Another program that holds the write lock again and again, as the command line may.
DISTURBER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
print("ready", flush=True)
until = time.monotonic() + 3
while time.monotonic() < until:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE jobs SET message = 'x' WHERE id = 0")
    time.sleep(0.02)
    connection.execute("COMMIT")
    time.sleep(0.005)
"""


def test_twenty_threads_write_fifty_times_each_while_a_reader_holds_the_database(
    tmp_path: Path,
) -> None:
    path = tmp_path / "queue.db"
    with Database(path) as database:
        jobs = JobStore(database)
        reader = sqlite3.connect(str(path), isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs").fetchone()  # from now on it holds what it saw
        errors: List[BaseException] = []

        def write(number: int) -> None:
            try:
                for turn in range(WRITES):
                    (job_id,) = jobs.add([NewJob(Path(f"/films/{number}-{turn}.mkv"))])
                    jobs.set_state(job_id, JobState.PROCESSING, step="encode")
            except BaseException as error:  # noqa: BLE001 - also what would end a thread
                errors.append(error)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
        with subprocess.Popen(
            [sys.executable, "-c", DISTURBER, str(path)], stdout=subprocess.PIPE
        ) as disturber:
            assert disturber.stdout is not None
            assert disturber.stdout.readline().strip() == b"ready"
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        assert errors == []
        assert disturber.returncode == 0
        assert reader.execute("SELECT count(*) FROM jobs").fetchone()[0] == 0
        reader.close()
        assert jobs.counts()[JobState.PROCESSING] == WRITERS * WRITES
        assert database.problems() == ()
