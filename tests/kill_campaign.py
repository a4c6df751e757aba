"""Kills the program at every step of its work on a film, and at random moments, and counts losses.

``python -m tests.kill_campaign --runs N [--seed S]``: each scenario is run once to count its steps (each
write of the journal, each file operation, each report of progress), then once for every step with a SIGKILL
there, then ``N`` times with a SIGKILL at a random moment. Right after each kill the disk is judged as it
lies there; then the program is started again and must bring everything to its end. At some steps another
program (``tests.adversaries``) replaces, edits, renames or deletes the film before that. Exit code 1 when
anything was lost. Works with real tools, a real database and real child processes; POSIX only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple

import psutil

from analyzer import Analyzer
from core.media.model import FileIdentity, MediaFile
from core.plan import Plan
from core.planning.planner import build_plan
from core.protocol.node_commands import NodeCommand
from core.protocol.offer import JobOffer
from core.protocol.slave_result import SlaveResult
from core.queue.job_kind import kind_of
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings
from core.tools import ToolName, Toolset
from processing import process_tree
from processing.filesystem import DOT_FOLDER, FileOperations, same_file
from processing.holding import staging_folder
from processing.pipeline import ResultMaker
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import JobControl, Processor
from scheduling.running_jobs import Running
from sharing.remote_result import RemoteJob, RemoteResult, file_digest, remote_name
from store.connection import Database
from store.journal import Journal, JournalEntry, Original, Outcome
from tests.adversaries import ADVERSARIES, World
from tests.films import FFMPEG, AudioSpec, SubtitleSpec, make_film
from tests.processing.bench import LaterClock
from tools.resolver import find_tools

if sys.platform == "win32":
    raise ImportError("SIGKILL and fork are POSIX")

_SECONDS = 2.0
_ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -x265-params log-level=none $tracks $output"
)
_LOG = logging.getLogger("kill_campaign")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False


@dataclass(frozen=True)
class Scenario:
    """One kind of work; the killing begins with ``deed``, after what it needs was done unharmed."""

    name: str
    ending: str = ".mkv"
    deed: str = "process"  # process, restore, expire
    encode: bool = False
    links: bool = True  # whether the file system has hard links
    holding_elsewhere: bool = False  # on another disk
    work_elsewhere: bool = False
    keep_days: float = 14.0
    elsewhere_made: bool = False  # by another machine, that has handed it in
    renamed: bool = False  # the film's folder, before the deed
    numbers: bool = True  # whether the disk gives files the same numbers at each start


SCENARIOS = (
    Scenario("same name", encode=True),
    Scenario("other ending", ending=".mp4"),
    Scenario("no hard links", links=False),
    Scenario("no links, other ending", ending=".mp4", links=False),
    Scenario("original not kept", keep_days=0.0),
    Scenario("holding on another disk", holding_elsewhere=True),
    Scenario("both on other disks", ".mp4", holding_elsewhere=True, work_elsewhere=True),
    Scenario("restore", deed="restore"),
    Scenario("restore, other ending", ending=".mp4", deed="restore"),
    Scenario("restore from another disk", deed="restore", holding_elsewhere=True),
    Scenario("expiry", deed="expire"),
    Scenario("restore, renamed folder", ".mp4", deed="restore", renamed=True),
    Scenario("expiry, renamed folder", deed="expire", renamed=True),
    Scenario("no lasting numbers", links=False, numbers=False),
    Scenario("restore, no lasting numbers", ".mp4", deed="restore", links=False, numbers=False),
    Scenario("made by another machine", elsewhere_made=True),
    Scenario("made by another machine, other ending", ".mp4", elsewhere_made=True),
)


class Countdown:
    """Counts steps and dies at one of them; 0 means never."""

    def __init__(self, die_at: int = 0) -> None:
        self.die_at = die_at
        self.steps = 0
        self.armed = False

    def step(self) -> None:
        if self.armed:
            self.steps += 1
            if self.steps == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)


_OPERATIONS = (
    "make_folder",
    "remove_folders",
    "link",
    "replace",
    "overwrite",
    "exchange",
    "take",
    "move",
    "remove",
    "sync_file",
    "sync_folder",
    "create",
    "take_after",
)


class DeadlyFiles(FileOperations):
    """The file operations with a step after each (which is before the next)."""

    def __init__(self, countdown: Countdown, *, links: bool, numbers: bool = True) -> None:
        self._countdown = countdown
        self._links = links
        self._mount = 0 if numbers else os.getpid()
        for name in _OPERATIONS:
            setattr(self, name, self._stepping(getattr(self, name)))

    def _stepping(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **more: Any) -> Any:
            result = operation(*arguments, **more)
            self._countdown.step()
            return result

        return stepping

    def identity(self, path: Path) -> Optional[FileIdentity]:
        found = super().identity(path)
        return found and replace(found, inode=found.inode + self._mount)

    def link(self, existing: Path, new: Path) -> bool:
        return super().link(existing, new) if self._links else False

    def copy(self, old: Path, new: Path, keep_going: Callable[[], None] = lambda: None) -> None:
        self._countdown.step()
        if self._countdown.steps + 1 == self._countdown.die_at:
            new.write_bytes(old.read_bytes()[: old.stat().st_size // 2])
        self._countdown.step()
        super().copy(old, new, keep_going)
        self._countdown.step()


class DeadlyJournal(Journal):
    """The journal with a step after each write."""

    def __init__(self, database: Database, countdown: Countdown) -> None:
        super().__init__(database)
        self._countdown = countdown

    def write(self, entry: JournalEntry) -> JournalEntry:
        written = super().write(entry)
        self._countdown.step()
        return written

    def follow(self, moved: JournalEntry) -> bool:
        followed = super().follow(moved)
        self._countdown.step()
        return followed


@dataclass
class Bench:
    """One film in its own folder, with its own database."""

    scenario: Scenario
    root: Path
    elsewhere: Path
    toolset: Toolset
    film: Path = Path()
    target: Path = Path()
    sha256: str = ""
    original: bytes = b""

    def lay(self, sample: Path) -> None:
        """Lay the film out."""
        self.film = self.root / "library" / f"Film 'x' $(y){self.scenario.ending}"
        self.film.parent.mkdir(parents=True)
        self.elsewhere.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample, self.film)
        self.target = self.film.with_suffix(".mkv")
        self.sha256 = digest(self.film)
        self.original = self.film.read_bytes()

    def handle(self) -> BinaryIO:
        """Open the film for writing, wherever a kill has left it."""
        places = [self.film, *self.root.rglob("*.original"), *self.elsewhere.rglob("*.original")]
        places += [self.target, *self.root.rglob("*.aside")]
        return next(path for path in places if path.exists()).open("r+b")

    @property
    def settings(self) -> Settings:
        """Fast ones."""
        settings, scenario = Settings(), self.scenario
        return replace(
            settings,
            video=replace(settings.video, encode=scenario.encode),
            templates=replace(settings.templates, normal=_ENCODE, normal_fallback=_ENCODE),
            files=replace(
                settings.files,
                holding_folder=str(self.elsewhere) if scenario.holding_elsewhere else "",
                work_folder=str(self.elsewhere) if scenario.work_elsewhere else "",
                keep_original_days=scenario.keep_days,
            ),
            verification=replace(settings.verification, sample_points=2),
            processing=replace(
                settings.processing, missing_mkvpropedit=MissingPropeditPolicy.CONTINUE
            ),
        )

    def database(self) -> Database:
        """Open the database."""
        return Database(self.root / "jobs.db")

    def processor(
        self, database: Database, countdown: Countdown, clock: Optional[SystemClock] = None
    ) -> Tuple[Processor, Analyzer]:
        """Wire the program as ``main`` does, with the deadly disk and journal in it."""
        runner = ProcessRunner()
        analyzer = Analyzer(runner, self.toolset)
        processor = Processor(
            database,
            self.toolset,
            self.settings,
            runner,
            analyzer.analyze,
            clock or SystemClock(),
            _LOG,
            files=self._files(countdown),
            journal=DeadlyJournal(database, countdown),
        )
        return processor, analyzer

    def _files(self, countdown: Countdown) -> DeadlyFiles:
        return DeadlyFiles(countdown, links=self.scenario.links, numbers=self.scenario.numbers)

    def follow(self) -> None:
        """Look for the film where its folder was renamed to."""
        folder = self.film.parent.with_name("renamed library")
        if folder.is_dir():
            self.film, self.target = folder / self.film.name, folder / self.target.name

    def _rename(self) -> None:
        folder = self.film.parent.with_name("renamed library")
        if self.scenario.renamed and not folder.is_dir():
            self.film.parent.rename(folder)
        self.follow()

    def recover(self) -> None:
        """Start the program and end it again, twice."""
        for _ in range(2):
            with self.database() as database:
                handed_out = frozenset({1} if self.scenario.elsewhere_made else ())
                self.processor(database, Countdown())[0].recover(handed_out)

    def work(self, countdown: Countdown, attempt: int) -> None:
        """Do what the queue does with a job: analyse, plan, process; then the deed."""
        self.follow()
        with self.database() as database:
            processor, analyzer = self.processor(database, countdown)
            process_it = self.scenario.deed == "process"
            countdown.armed = process_it
            countdown.step()
            if attempt > 1:
                handed_out = frozenset({1} if self.scenario.elsewhere_made else ())
                processor.recover(handed_out)
            film = self.film if self.film.exists() else self.target
            restored = _last(database) is Outcome.RESTORED
            media = analyzer.analyze(film)
            if not media.plan_signature and not restored:
                self._process(processor, analyzer, media, attempt, countdown)
            self._rename()
            countdown.armed = True
            countdown.step()
            if self.scenario.deed == "restore" and _last(database) is not Outcome.RESTORED:
                processor.restore(self.target)
            if self.scenario.deed == "expire":
                processor.expire_originals()  # the look from which on time is counted
                later, _ = self.processor(database, countdown, LaterClock())
                later.find_moved_originals()
                later.expire_originals()

    def _process(
        self,
        processor: Processor,
        analyzer: Analyzer,
        media: MediaFile,
        attempt: int,
        countdown: Countdown,
    ) -> None:
        native = analyzer.native_language(media)
        plan = build_plan(media, native, self.settings, self.toolset)
        maker = self._node(plan, countdown) if self.scenario.elsewhere_made else None
        processor.process(
            1,
            1 if maker else attempt,  # it goes on under the attempt that it was handed out in
            plan,
            JobControl(),
            lambda progress: countdown.step(),
            lambda stage: countdown.step(),
            maker,
        )

    def _node(self, plan: Plan, countdown: Countdown) -> RemoteResult:
        """Another machine, which has handed its result in once; it does not make it a second time."""
        kept = self.root / "handed-in.json"
        if not kept.exists():
            result = staging_folder(plan.target) / remote_name(1, 1, "node")
            result.parent.mkdir(parents=True, exist_ok=True)
            made = ResultMaker(
                ProcessRunner(), self.toolset, self.settings, FileOperations(), SystemClock(), _LOG
            ).make(plan, result, JobControl(), lambda progress: None)
            digest_of = file_digest(result, lambda: None)
            size = result.stat().st_size
            report = SlaveResult(size, digest_of, True, plan.signature, None, made.commands, ())
            kept.with_suffix(".new").write_text(json.dumps(report.as_data()), "utf-8")
            kept.with_suffix(".new").replace(kept)
        offer = JobOffer(
            1, 1, 60.0, str(plan.media.path), plan.media.size, 0, "", plan.native_language,
            plan.signature, kind_of(plan), {},
        )  # fmt: skip
        job = RemoteJob(offer, "node", "Node", self.toolset)
        job.hand_in(json.loads(kept.read_text("utf-8")))
        files = self._files(countdown)
        return RemoteResult(job, self.settings, files, _NoNodes(), Running())


class _NoNodes:
    """A node that does as it is told, and is told nothing that matters."""

    def command(
        self, node_id: str, command: NodeCommand, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return {}


def _last(database: Database) -> Optional[Outcome]:
    entries = Journal(database).of_job(1)
    return entries[0].outcome if entries else None


def digest(path: Path) -> str:
    """SHA-256 of a whole file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class Tally:
    """What went wrong in a scenario, by kind; sentences for the log."""

    kills: int = 0
    problems: Dict[str, int] = field(default_factory=dict)
    details: List[str] = field(default_factory=list)

    def add(self, kind: str, detail: str) -> None:
        self.problems[kind] = self.problems.get(kind, 0) + 1
        self.details.append(f"{kind}: {detail}")


def fork_and_run(work: Callable[[], Any], kill_after: Optional[float] = None) -> Tuple[int, str]:
    """Run in a child process (imports are done already); return its signal or code, and its report."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        code = 0
        try:
            answer = json.dumps(work())
        except BaseException:  # noqa: BLE001 - the parent judges
            answer, code = traceback.format_exc(), 1
        os.write(writing, answer.encode("utf-8", "replace")[-60000:])
        os._exit(code)
    os.close(writing)
    if kill_after is not None:
        time.sleep(kill_after)  # the moment itself is what is tested
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(pid, 0)
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)), answer


def _identity(path: Path) -> Optional[FileIdentity]:
    return FileOperations().identity(path)


def judge_wreck(bench: Bench, tally: Tally) -> Set[str]:
    """Judge the disk as the kill left it; return the ids of the program's runs so far."""
    bench.follow()
    with bench.database() as database:
        entries = Journal(database).of_job(1)
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
    originals = [path for path in visible if digest(path) == bench.sha256]
    must_be_there = not (bench.scenario.keep_days == 0 or bench.scenario.deed == "expire")
    if must_be_there and not originals and not held:
        tally.add("original lost", f"{[str(path) for path in visible]}")
    return {entry.run for entry in entries}


def judge_end(bench: Bench, runs: Set[str], tally: Tally) -> None:
    """Judge the disk after the restart: everything done, nothing left over."""
    bench.follow()
    with bench.database() as database:
        journal = Journal(database)
        if journal.unfinished():
            tally.add("journal not finished", str(journal.unfinished()))
        last = journal.of_job(1)[0]
    visible = [path for path in bench.film.parent.iterdir() if path.is_file()]
    if bench.scenario.deed == "restore":
        if visible != [bench.film] or digest(bench.film) != bench.sha256:
            tally.add("not restored", str(visible))
    elif visible != [bench.target] or not _plays(bench.target):
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


def judge_crossed(bench: Bench, world: World, tally: Tally) -> None:
    """Judge the disk after a kill, another program's work and a restart: nobody's film is lost."""
    with bench.database() as database:
        journal = Journal(database)
        entries, open_ones = journal.of_job(1), journal.unfinished()
    holding = {entry.holding.name for entry in entries}
    found = [*bench.film.parent.parent.rglob("*"), *bench.elsewhere.rglob("*")]
    films = [path for path in found if path.is_file() and _can_be_found(path, bench, holding)]
    there = {path.read_bytes() for path in films}
    original = {bench.original} - world.destroyed
    may_go = bench.scenario.keep_days == 0 or bench.scenario.deed == "expire"
    lost = world.required - there or (set() if may_go else original - there)
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
    return scenario.deed == "process" and scenario.keep_days > 0


def _plays(path: Path) -> bool:
    """Whether the film decodes without a word and lasts as long as it should."""
    runner = ProcessRunner()
    argv = [FFMPEG, "-v", "error", "-i", f"file:{path}", "-f", "null", "-progress", "pipe:1", "-"]
    answer = runner.capture(argv, timeout=60)
    times = [line for line in answer.stdout.splitlines() if line.startswith("out_time_us=")]
    return (
        answer.returncode == 0
        and not answer.stderr.strip()
        and bool(times)
        and abs(int(times[-1].partition("=")[2]) / 1e6 - _SECONDS) < 0.3
    )


class Campaign:
    """All runs of some scenarios."""

    def __init__(self, root: Path, elsewhere: Path, seed: int) -> None:
        self._root = root
        self._elsewhere = elsewhere
        self._random = random.Random(seed)
        self._count = 0
        tools = find_tools(Settings().tools, ProcessRunner()).toolset.tools
        # Without mkvpropedit a run is one process shorter; it only edits the staged file.
        self._toolset = Toolset(
            tuple(tool for tool in tools if tool.name is not ToolName.MKVPROPEDIT)
        )
        self._samples: Dict[str, Path] = {}

    def run(self, scenario: Scenario, *, steps: Optional[int], moments: int, crossed: int) -> Tally:
        """Kill at every step (or at ``steps`` of them, evenly) and at random moments.

        At about ``crossed`` of the steps another program comes as well before the next start.
        """
        tally = Tally()
        total, seconds = self._unharmed(scenario, tally)
        points = list(range(1, total + 1))
        if steps is not None and steps < total:
            points = sorted({1 + round(n * (total - 1) / max(steps - 1, 1)) for n in range(steps)})
        for point in points:
            self._killed(scenario, tally, f"step {point} of {total}", die_at=point)
        for point in points[:: max(1, len(points) // crossed)] if crossed else ():
            self._crossed(scenario, tally, point)
        for _ in range(moments):
            moment = self._random.uniform(0, seconds)
            self._killed(scenario, tally, f"after {moment:.3f} s", kill_after=moment)
        return tally

    def _bench(self, scenario: Scenario) -> Bench:
        self._count += 1
        if scenario.ending not in self._samples:
            subtitles = [] if scenario.ending == ".mp4" else [SubtitleSpec()]
            self._samples[scenario.ending] = make_film(
                self._root / f"sample{scenario.ending}",
                seconds=_SECONDS,
                audio=[AudioSpec("aac" if scenario.ending == ".mp4" else "flac", bit_rate=256)],
                subtitles=subtitles,
                video_options=["-g", "10", "-qp", "4"],
            )
        bench = Bench(
            scenario,
            self._root / str(self._count),
            self._elsewhere / str(self._count),
            self._toolset,
        )
        bench.lay(self._samples[scenario.ending])
        return bench

    def _unharmed(self, scenario: Scenario, tally: Tally) -> Tuple[int, float]:
        """Run to the end; return how many steps that has and how long it takes."""
        bench = self._bench(scenario)
        countdown = Countdown()

        def work() -> int:
            bench.work(countdown, 1)
            return countdown.steps

        began = time.monotonic()
        code, answer = fork_and_run(work)
        seconds = time.monotonic() - began
        if code:
            tally.add("the unharmed run failed", answer)
            return 0, seconds
        judge_end(bench, set(), tally)
        self._clear(bench)
        return int(answer), seconds

    def _killed(
        self,
        scenario: Scenario,
        tally: Tally,
        where: str,
        *,
        die_at: int = 0,
        kill_after: Optional[float] = None,
    ) -> None:
        bench = self._bench(scenario)
        before = len(tally.details)
        fork_and_run(lambda: bench.work(Countdown(die_at), 1), kill_after)
        tally.kills += 1
        runs = judge_wreck(bench, tally)
        code, answer = fork_and_run(lambda: bench.work(Countdown(), 2))
        if code:
            tally.add("the restart failed", answer)
        judge_end(bench, runs, tally)
        # Once more: a recovery of what is in order changes nothing.
        fork_and_run(lambda: bench.work(Countdown(), 3))
        judge_end(bench, runs, tally)
        self._ended(bench, tally, before, where)

    def _crossed(self, scenario: Scenario, tally: Tally, die_at: int) -> None:
        """Kill at a step, and let another program at the film before the next start."""
        bench = self._bench(scenario)
        before = len(tally.details)
        fork_and_run(lambda: bench.work(Countdown(die_at), 1))
        tally.kills += 1
        adversary = ADVERSARIES[die_at % len(ADVERSARIES)]
        bench.follow()
        with bench.handle() as handle:
            world = World(bench.film.parent.parent, bench.film, bench.target, handle)
            adversary.act(world)
        code, answer = fork_and_run(bench.recover)
        if code:
            tally.add("the restart failed", answer)
        judge_crossed(bench, world, tally)
        self._ended(bench, tally, before, f"step {die_at}, then a program {adversary.name}")

    def _ended(self, bench: Bench, tally: Tally, before: int, where: str) -> None:
        for number in range(before, len(tally.details)):
            tally.details[number] = f"{bench.scenario.name}, {where}: {tally.details[number]}"
        if len(tally.details) == before:
            self._clear(bench)

    @staticmethod
    def _clear(bench: Bench) -> None:
        shutil.rmtree(bench.root)
        shutil.rmtree(bench.elsewhere, ignore_errors=True)


def another_disk(root: Path) -> Optional[Path]:
    """A folder on another file system than ``root``; None where there is none."""
    for candidate in (Path("/dev/shm"), Path("/run"), Path.home()):
        usable = candidate.is_dir() and os.access(candidate, os.W_OK)
        if usable and candidate.stat().st_dev != root.stat().st_dev:
            return Path(tempfile.mkdtemp(prefix="mediaprocessor-kill-", dir=candidate))
    return None


def campaign(
    *,
    moments: int,
    seed: int,
    steps: Optional[int] = None,
    names: Tuple[str, ...] = (),
    crossed: int = 0,
) -> Iterator[Tuple[str, Tally]]:
    """Run the scenarios (all, or those named); yield each one's tally as it comes."""
    root = Path(tempfile.mkdtemp(prefix="mediaprocessor-kill-"))
    other = another_disk(root)
    clean = True
    chosen = [candidate for candidate in SCENARIOS if not names or candidate.name in names]
    chosen = [
        candidate
        for candidate in chosen
        if other or not (candidate.holding_elsewhere or candidate.work_elsewhere)
    ]
    try:
        work = Campaign(root, other or root / "elsewhere", seed)
        for number, scenario in enumerate(chosen):
            share = moments // len(chosen) + (number < moments % len(chosen))
            tally = work.run(scenario, steps=steps, moments=share, crossed=crossed)
            clean = clean and not tally.details
            yield scenario.name, tally
    finally:
        if clean:
            shutil.rmtree(root, ignore_errors=True)
        if other:
            shutil.rmtree(other, ignore_errors=True)


def main() -> int:
    """Run all and print a table; 1 when anything was lost, left over or not finished."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=60, help="kills at random moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="only this many steps of each scenario")
    parser.add_argument("--crossed", type=int, default=12, help="kills with another program after")
    parser.add_argument("--only", action="append", default=[], help="a scenario's name")
    arguments = parser.parse_args()
    psutil.cpu_percent()  # loads what the children need before they are forked
    began = time.monotonic()
    kills, bad = 0, 0
    print(f"{'scenario':<28}{'kills':>6}  problems", flush=True)
    for name, tally in campaign(
        moments=arguments.runs,
        seed=arguments.seed,
        steps=arguments.steps,
        names=tuple(arguments.only),
        crossed=arguments.crossed,
    ):
        problems = ", ".join(f"{kind}: {count}" for kind, count in tally.problems.items())
        print(f"{name:<28}{tally.kills:>6}  {problems or 'none'}", flush=True)
        kills, bad = kills + tally.kills, bad + len(tally.details)
        for detail in tally.details[:5]:
            print(detail, file=sys.stderr)
    print(f"{kills} kills in {time.monotonic() - began:.0f} s, seed {arguments.seed}, ", end="")
    print(f"{bad} problems")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
