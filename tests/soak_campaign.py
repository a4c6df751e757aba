"""Works off a library of short films while everything goes wrong, and counts what was lost.

``python -m tests.soak_campaign --jobs N [--seed S] [--json]``. A program of its own works on the queue, with
the real tools; meanwhile it is killed (SIGKILL) and started again, paused and resumed, as a whole and job by
job, films are cancelled, renamed and written to while they wait or are worked on. Afterwards every job must
be in a final state, every film there exactly once and playable, none done twice and nothing staged left
over. Exit code 1 otherwise. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple

from app.program import DATABASE_NAME, Program
from core.events import JobState
from core.queue.job import Job
from core.queue.retry import DELAYS
from store.connection import Database
from store.jobs import JobStore
from tests.films import FFMPEG, FFPROBE, AudioSpec, make_film

if sys.platform == "win32":
    raise ImportError("SIGKILL is POSIX")

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 1.0
FOLDERS = 10  # that the films lie in
IN_ONE = 0.6  # seconds between two mishaps, on average
SETTLED = DELAYS[1] + 60.0  # seconds: longer than a film that was put off twice waits
_WORKING = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)


def work(folder: Path) -> None:
    """The program: works on the queue and does what comes in by lines, until it is told to end."""
    with Program(folder) as parts:
        manager = parts.queue_manager()
        manager.recover()
        manager.start()
        verbs: Dict[str, Callable[[str], object]] = {
            "add": lambda name: manager.add([Path(name)]),
            "cancel": lambda number: manager.cancel(int(number)),
            "pause_job": lambda number: manager.pause_job(int(number)),
            "resume_job": lambda number: manager.resume_job(int(number)),
            "pause": lambda _nothing: manager.pause(),
            "resume": lambda _nothing: manager.resume(),
        }
        for line in sys.stdin:
            verb, _, rest = line.rstrip("\n").partition(" ")
            if verb == "quit":
                break
            verbs[verb](rest)
        manager.shutdown()


@dataclass
class Film:
    """One film of the library, wherever it is now; ``ident`` lies in the original's last bytes."""

    ident: bytes
    path: Path


@dataclass
class Campaign:
    """The library, the program, and what happens to both."""

    root: Path
    jobs: int
    chance: random.Random
    did: Counter[str] = field(default_factory=Counter)
    problems: List[str] = field(default_factory=list)
    films: List[Film] = field(default_factory=list)
    program: Optional[subprocess.Popen[str]] = None
    paused: Set[int] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)  # how films failed

    @property
    def data(self) -> Path:
        """The program's data folder."""
        return self.root / "data"

    def run(self) -> None:
        """Set up, let everything go wrong, let the program come to its end, and judge."""
        self._make_library()
        self._start()
        self._say("add", str(self.root / "films"))
        with Database(self.data / DATABASE_NAME) as database:
            store = JobStore(database)
            self._until(lambda: sum(store.counts().values()) >= self.jobs, "the films in the queue")
            self._mishaps(store)
            self._until(lambda: self._all_final(store), "every job in a final state")
            self._end()
            self._judge(database)

    def _end(self) -> None:
        self._say("quit")
        assert self.program is not None
        self.program.wait(60)

    def print_table(self, took: float) -> None:
        """Print what happened and what was wrong, for people; ``took`` in seconds."""
        for name, count in sorted(self.did.items()):
            print(f"{name:<24} {count:>7,}")
        print(f"{'seconds':<24} {took:>7,.0f}")
        print(f"{'problems':<24} {len(self.problems):>7,}")
        for problem in self.problems[:50]:
            print(f"  {problem}")
        for failure in self.failures:
            print(f"failed: {failure}")

    def _make_library(self) -> None:
        self._make_films(self._kinds())
        with Program(self.data) as parts:
            settings = {
                "video.encode": "no",
                "verification.sample_points": "2",
                "processing.missing_mkvpropedit": "continue",
                "files.keep_original_days": "0",
                "queue.remux_jobs": "2",
                "queue.pause_on_battery": "no",
                "queue.lowest_free_gigabytes": "0",
            }
            for name, real in (("ffmpeg", FFMPEG), ("ffprobe", FFPROBE)):
                settings[f"tools.{name}"] = real
            parts.config.change(settings)

    def _kinds(self) -> List[Path]:
        return [
            make_film(
                self.root / f"kind {n}.mkv",
                seconds=SECONDS,
                audio=[AudioSpec(codec, channels, language="eng"), AudioSpec(language="fra")],
            )
            for n, (codec, channels) in enumerate((("ac3", 6), ("flac", 2), ("aac", 2)))
        ]

    def _make_films(self, kinds: Sequence[Path]) -> None:
        for number in range(self.jobs):
            folder = self.root / "films" / str(number % FOLDERS)
            folder.mkdir(parents=True, exist_ok=True)
            film = Film(b"film %08d" % number, folder / f"Film {number}.mkv")
            film.path.write_bytes(kinds[number % len(kinds)].read_bytes() + _void(film.ident))
            self.films.append(film)

    def _start(self) -> None:
        argv = [sys.executable, "-m", "tests.soak_campaign", "--work", str(self.data)]
        self.program = subprocess.Popen(
            argv, cwd=str(ROOT), stdin=subprocess.PIPE, text=True, bufsize=1
        )

    def _say(self, *words: str) -> None:
        assert self.program is not None
        assert self.program.stdin is not None
        with suppress(BrokenPipeError):
            self.program.stdin.write(" ".join(words) + "\n")

    def _mishaps(self, store: JobStore) -> None:
        """Each of them once, then at random, until nearly all films are done."""
        deeds = self._deeds()
        names = [deed for deed, weight in deeds for _ in range(weight)]
        first = self.chance.sample([deed for deed, _weight in deeds], len(deeds))
        last, moved = -1, time.monotonic()
        while True:
            counts = store.counts()
            done = sum(count for state, count in counts.items() if state.final)
            if sum(counts.values()) - done <= max(5, self.jobs // 50):
                return
            if done != last:
                last, moved = done, time.monotonic()
            if time.monotonic() - moved > SETTLED:
                self.problems.append(f"nothing moved for {SETTLED:.0f} s: {counts}")
                return
            time.sleep(self.chance.expovariate(1 / IN_ONE))
            (first.pop() if first else self.chance.choice(names))(store)

    def _deeds(self) -> Sequence[Tuple[Callable[[JobStore], None], int]]:
        """What goes wrong, and how often each beside the others."""
        return (
            (self._kill, 2),
            (self._pause_queue, 1),
            (self._pause_one, 3),
            (self._resume_one, 3),
            (self._cancel, 2),
            (self._rename, 4),
            (self._edit, 4),
        )

    def _kill(self, store: JobStore) -> None:
        assert self.program is not None
        self.program.send_signal(signal.SIGKILL)
        self.program.wait()
        self.did["killed"] += 1
        self._start()

    def _pause_queue(self, store: JobStore) -> None:
        self._say("pause")
        time.sleep(self.chance.uniform(0, 1))
        self._say("resume")
        self.did["queue paused"] += 1

    def _some(self, store: JobStore, *states: JobState) -> Optional[int]:
        found = store.page(states, limit=8)
        return self.chance.choice(found).id if found else None

    def _pause_one(self, store: JobStore) -> None:
        job_id = self._some(store, *_WORKING, JobState.QUEUED)
        if job_id is not None:
            self._say("pause_job", str(job_id))
            self.paused.add(job_id)
            self.did["job paused"] += 1

    def _resume_one(self, store: JobStore) -> None:
        job_id = self._some(store, JobState.PAUSED)
        if job_id is not None:
            self._say("resume_job", str(job_id))

    def _cancel(self, store: JobStore) -> None:
        job_id = self._some(store, *_WORKING, JobState.QUEUED)
        if job_id is not None:
            self._say("cancel", str(job_id))
            self.did["job cancelled"] += 1

    def _unfinished_film(self, store: JobStore) -> Optional[Film]:
        jobs = store.page([*_WORKING, JobState.QUEUED], limit=8)
        paths = {job.path for job in jobs}
        films = [film for film in self.films if film.path in paths]
        return self.chance.choice(films) if films else None

    def _rename(self, store: JobStore) -> None:
        """What a user or Sonarr does; the program is told of the new name, as its watcher tells it."""
        film = self._unfinished_film(store)
        if film is None:
            return
        new = film.path.with_name(f"{film.path.stem} r{self.did['film renamed']}.mkv")
        with suppress(FileNotFoundError):
            film.path.rename(new)
            film.path = new
            self.did["film renamed"] += 1
            self._say("add", str(new))

    def _edit(self, store: JobStore) -> None:
        film = self._unfinished_film(store)
        if film is not None:
            with suppress(FileNotFoundError), film.path.open("r+b") as file:
                file.seek(0, os.SEEK_END)
                file.write(_void(b"written to while in work"))
                self.did["film written to"] += 1

    def _all_final(self, store: JobStore) -> bool:
        """Whether all have ended; who is paused is told to go on."""
        for job in store.page([JobState.PAUSED], limit=50):
            self._say("resume_job", str(job.id))
        self._keep_running()
        return all(state.final or not count for state, count in store.counts().items())

    def _keep_running(self) -> None:
        assert self.program is not None
        if self.program.poll() is not None:
            self.problems.append("the program ended by itself")
            self._start()

    def _until(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + SETTLED
        while not reached():
            if time.monotonic() > deadline:
                self.problems.append(f"waited in vain for {what}")
                return
            time.sleep(0.2)

    def _judge(self, database: Database) -> None:
        known = {film.path for film in self.films}
        for film in self.films:
            if not film.path.exists():
                self.problems.append(f"lost: {film.path}")
        for path in (self.root / "films").rglob("*"):
            if path.is_file() and path not in known:
                self.problems.append(f"left over, or a film twice: {path}")
        with database.read() as connection:
            twice = connection.execute(
                "SELECT source, count(*) FROM journal WHERE swapped_at IS NOT NULL "
                "GROUP BY source HAVING count(*) > 1"
            ).fetchall()
            open_entries = connection.execute(
                "SELECT count(*) FROM journal WHERE stage <> 'done'"
            ).fetchone()[0]
        self.problems.extend(f"done twice: {row[0]}" for row in twice)
        if open_entries:
            self.problems.append(f"{open_entries} swaps are not finished")
        self.problems.extend(database.problems())
        self._judge_films()
        jobs = JobStore(database).page(list(JobState), limit=-1)
        states = Counter(job.state.value for job in jobs)
        self.did.update({f"jobs {state}": count for state, count in states.items()})
        self.problems.extend(f"not ended: {_told(job)}" for job in jobs if not job.state.final)
        self.failures = Counter(_told(job) for job in jobs if job.state is JobState.FAILED)

    def _judge_films(self) -> None:
        """Every film plays, and is either what it was or a result with our tag."""
        for film in self.films:
            if not film.path.exists():
                continue
            content = film.path.read_bytes()
            original = film.ident in content[-4096:]
            result = b"MEDIAPROCESSOR" in content
            if original == result:
                self.problems.append(f"neither the film nor its result: {film.path}")
            self.did["films done" if result else "films as they were"] += 1
            argv = [FFMPEG, "-v", "error", "-i", f"file:{film.path}", "-f", "null", "-"]
            played = subprocess.run(argv, stderr=subprocess.PIPE, check=False)
            if played.returncode:
                self.problems.append(f"does not play: {film.path}: {played.stderr[-200:]!r}")


def _told(job: Job) -> str:
    """How a job is and why, in a line."""
    waits = f", waits {job.not_before - time.time():.0f} s more" if job.not_before else ""
    return (
        f"{job.path.name}: {job.state.value}, attempt {job.attempt}, failed {job.failures}, put off "
        f"{job.delays} times{waits}; {job.error_code or '-'}: {job.error_message or job.message}"
    )


def _void(data: bytes) -> bytes:
    """An EBML element that players pass over (RFC 8794, section 11.3.2)."""
    return b"\xec" + bytes([0x80 | len(data)]) + data


def main() -> int:
    """Run the campaign and print its table; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.work)
        return 0
    logging.getLogger("mediaprocessor").addHandler(logging.NullHandler())
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    campaign = Campaign(folder, arguments.jobs, random.Random(arguments.seed))
    begin = time.monotonic()
    try:
        campaign.run()
    finally:
        if campaign.program is not None and campaign.program.poll() is None:
            campaign.program.kill()
        if not campaign.problems:
            shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - begin
    if arguments.json:
        figures = {**campaign.did, "seconds": round(took), "problems": campaign.problems}
        print(json.dumps({"campaign": "soak", **figures, "met": not campaign.problems}))
    else:
        campaign.print_table(took)
    return int(bool(campaign.problems))


if __name__ == "__main__":
    sys.exit(main())
