"""Judges what a kill has left on the disk, and what became of the film in the end."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Set

from core.media.model import FileIdentity
from processing import process_tree
from processing.filesystem import DOT_FOLDER, FileOperations, same_file
from processing.runner import ProcessRunner
from store.journal import Journal, Original
from tests.adversaries import World
from tests.films import FFMPEG
from tests.kill_chunks import finished_chunks, picture_digest
from tests.kill_scene import Bench, Scenario, digest

if sys.platform == "win32":
    raise ImportError("SIGKILL and fork are POSIX")


@dataclass
class Tally:
    """What went wrong in a scenario, by kind; sentences for the log."""

    kills: int = 0
    problems: Dict[str, int] = field(default_factory=dict)
    details: List[str] = field(default_factory=list)

    def add(self, kind: str, detail: str) -> None:
        self.problems[kind] = self.problems.get(kind, 0) + 1
        self.details.append(f"{kind}: {detail}")


def _identity(path: Path) -> Optional[FileIdentity]:
    return FileOperations().identity(path)


def judge_wreck(bench: Bench, tally: Tally) -> Set[str]:
    """Judge the disk as the kill left it; return the ids of the program's runs so far."""
    bench.follow()
    with bench.database() as database:
        journal = Journal(database)
        entries = (*journal.of_job(1), *journal.of_job(2))
        bench.finished = frozenset(finished_chunks(database))
    visible = [path for path in bench.film.parent.iterdir() if path.is_file()]
    whole = 0
    for path in visible:
        found = _identity(path)
        is_result = any(
            entry.result_identity and found and same_file(found, entry.result_identity)
            for entry in entries
        )
        if is_result or digest(path) == bench.sha256:
            whole += 1
        else:
            tally.add("half a film visible", str(path))
    places = {entry.holding for entry in entries}
    # The folder was renamed, or the original was on its way between its two names.
    places.update(bench.film.parent.joinpath(DOT_FOLDER).rglob("*"))
    held = [path for path in places if path.is_file() and digest(path) == bench.sha256]
    if not whole and not held:
        tally.add("film lost", f"{[str(path) for path in visible]}")
    _judge_second(bench, tally)
    originals = [path for path in visible if digest(path) == bench.sha256]
    if not bench.scenario.lets_go and not originals and not held:
        tally.add("original lost", f"{[str(path) for path in visible]}")
    return {entry.run for entry in entries}


def _judge_second(bench: Bench, tally: Tally, *, visible: bool = False) -> None:
    """The original of the second film is there; ``visible``: under its own name."""
    if bench.second == Path():
        return
    places = [bench.second] if visible else bench.second.parent.rglob("*")
    wanted = bench.original + b"\0"
    if not any(path.is_file() and path.read_bytes() == wanted for path in places):
        tally.add("film lost", str(bench.second))


def judge_end(bench: Bench, runs: Set[str], tally: Tally) -> None:
    """Judge the disk after the restart: everything done, nothing left over."""
    bench.follow()
    with bench.database() as database:
        journal = Journal(database)
        if journal.unfinished():
            tally.add("journal not finished", str(journal.unfinished()))
        last = journal.of_job(bench.scenario.last_job)[0]
    visible = [path for path in bench.film.parent.iterdir() if path.is_file()]
    _judge_second(bench, tally, visible=True)
    if bench.scenario.restores:
        if visible != [bench.film] or digest(bench.film) != bench.sha256:
            tally.add("not restored", str(visible))
    elif visible != [bench.target] or not _plays(bench.target, bench.scenario.seconds):
        tally.add("job not finished", f"{visible} {last.stage} {last.outcome}")
    expected = Original.HELD if must_hold(bench.scenario) else None
    if expected and not (last.holding.exists() and digest(last.holding) == bench.sha256):
        tally.add("original not held", str(last.holding))
    kept = {last.holding} if expected else set()
    for folder in (bench.film.parent, bench.elsewhere):
        for path in folder.rglob("*"):
            if path.is_file() and path not in kept and path not in visible:
                tally.add("left over", str(path))
    if not kept and (bench.film.parent / ".mediaprocessor").exists():
        tally.add("left over", ".mediaprocessor")
    judge_orphans(runs, tally)
    if bench.scenario.chunks:
        _judge_chunks(bench, tally)


def _judge_chunks(bench: Bench, tally: Tally) -> None:
    """No finished chunk was made twice; the pictures are those of an undisturbed run."""
    begun = bench.chunk_log.begun()
    twice = {number for run in begun if run != "run 1" for number in begun[run] & bench.finished}
    if twice:
        tally.add("chunk made twice", f"{sorted(twice)} of {sorted(bench.finished)}: {begun}")
    found = picture_digest(bench.target) if bench.target.exists() else None
    if bench.pictures is not None and found != bench.pictures:
        tally.add("other pictures", f"{found}, undisturbed {bench.pictures}")


def judge_crossed(bench: Bench, world: World, tally: Tally) -> None:
    """Judge the disk after a kill, another program's work and a restart: nobody's film is lost."""
    with bench.database() as database:
        journal = Journal(database)
        entries = (*journal.of_job(1), *journal.of_job(2))
        open_ones = journal.unfinished()
    holding = {entry.holding.name for entry in entries}
    found = [*bench.film.parent.parent.rglob("*"), *bench.elsewhere.rglob("*")]
    films = [path for path in found if path.is_file() and _can_be_found(path, bench, holding)]
    there = {path.read_bytes() for path in films}
    original = {bench.original} - world.destroyed
    lost = world.required - there or (set() if bench.scenario.lets_go else original - there)
    if lost:
        tally.add("film lost", f"{len(lost)} of {[str(path) for path in films]}")
    if any(
        entry.source.parent.is_dir() and entry.job_id == 1
        for entry in open_ones
        if not bench.scenario.elsewhere_made
    ):
        tally.add("journal not finished", str(open_ones))


def _can_be_found(path: Path, bench: Bench, holding: Set[str]) -> bool:
    ours = DOT_FOLDER in path.parts or bench.elsewhere in path.parents
    return not ours or path.name in holding


def judge_orphans(runs: Set[str], tally: Tally) -> None:
    """Look for encoders that a dead run left behind."""
    for run in runs:
        deadline = time.monotonic() + 5
        while list(process_tree.of_run(run)) and time.monotonic() < deadline:
            time.sleep(0.02)
        for orphan in process_tree.of_run(run):
            tally.add("orphan", str(orphan))


def must_hold(scenario: Scenario) -> bool:
    """Whether the original waits in holding at the end."""
    return scenario.deed in ("process", "again") and scenario.keep_days > 0


def _plays(path: Path, seconds: float) -> bool:
    """Whether the film decodes without a word and lasts as long as it should."""
    runner = ProcessRunner()
    argv = [FFMPEG, "-v", "error", "-i", f"file:{path}", "-f", "null", "-progress", "pipe:1", "-"]
    answer = runner.capture(argv, timeout=60)
    times = [line for line in answer.stdout.splitlines() if line.startswith("out_time_us=")]
    return (
        answer.returncode == 0
        and not answer.stderr.strip()
        and bool(times)
        and abs(int(times[-1].partition("=")[2]) / 1e6 - seconds) < 0.3
    )
