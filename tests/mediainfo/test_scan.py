"""A library is looked through although MediaInfo hangs at some of what lies in it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from analyzer import Analyzer
from core.settings.tree import MonitorSettings
from core.settings.watched_folder import WatchedFolder
from core.tools import Toolset
from mediainfo.pool import MediaInfoPool
from monitor import Monitor
from processing.runner import ProcessRunner
from scheduling.watched_folder_queue import QueueIntake
from store.connection import Database
from store.jobs import JobStore
from tests.mediainfo.hooked import HOOKED
from tests.queue_environment import EventList, Receiver

HOUR = 3600.0


def test_films_that_hang_or_are_none_keep_no_other_out_of_the_queue(
    tmp_path: Path, film: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    content = film.read_bytes()
    for name in ("A", "computing", "held up", "M", "Z"):
        # A Void element that no other has, or they would be one film.
        (library / f"{name}.mkv").write_bytes(content + b"\xec\x88" + name.encode().ljust(8))
    (library / "playlist.mkv").write_text("#EXTM3U\na.mkv\n", "utf-8")
    for path in library.iterdir():
        os.utime(path, (time.time() - HOUR, time.time() - HOUR))
    pool = MediaInfoPool(HOOKED, limit=3.0)
    with Database(tmp_path / "data.db") as database:
        jobs = JobStore(database)
        intake = QueueIntake(database, Receiver(jobs.add), EventList())
        glances = Analyzer(ProcessRunner(), Toolset(), mediainfo_pool=pool).glances
        monitor = Monitor(database, intake, glances, MonitorSettings, lambda notice: None)
        report = monitor.scan_once(monitor.folders.add(WatchedFolder(library)))
        queued = sorted(job.path.stem for job in map(jobs.get, range(1, 9)) if job is not None)
        monitor.stop()
    pool.close()
    assert queued == ["A", "M", "Z"]
    assert (report.unfit, report.waiting) == (2, 1)  # what a slow disk held up is looked into later
