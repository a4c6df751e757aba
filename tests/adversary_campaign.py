"""Lets another program at the film between any two file operations, and counts what is lost.

``python -m tests.adversary_campaign [--json] [--stride N] [--only TEXT]``: swap, restore, abandon, expiry and
recovery, with the same and another ending, with holding on the same and on another disk, on file systems that
exchange two names and on those that do not. Before every single file operation, looks included, an adversary
replaces, edits, renames or deletes the film, the target or their folder. Then the program is started
again, twice. Every byte that anybody had put there must be there then: under a visible name, or as an
original of which the journal knows. What the adversary itself destroyed is not asked for. Each scenario is
also killed at every operation, with the adversary at work before the next start. Exit code 1 when
anything was lost, left over, unfinished or answered by a traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

from core.errors import MediaProcessorError
from core.media.model import FileIdentity, MediaFile
from core.settings.tree import Settings
from core.tools import Toolset
from processing import process_tree
from processing.filesystem import DOT_FOLDER, FileOperations
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import Processor
from store.connection import Database
from store.journal import Journal, JournalEntry, Stage
from tests.adversaries import ADVERSARIES, Adversary, World
from tests.processing.bench import LaterClock

_LOG = logging.getLogger("adversary_campaign")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False
_REPORT = json.dumps({"verification": {}, "commands": [], "timings": [], "plan_signature": ""})
_OPERATIONS = (
    *("identity", "taken", "names", "make_folder", "remove_folders", "link", "exchange"),
    *("rename_new", "remove", "copy", "sync_folder", "free_space"),
)


class Killed(BaseException):
    """The program dies here."""


@dataclass(frozen=True)
class Scenario:
    """One kind of work on one kind of disk."""

    deed: str  # swap, restore, abandon, expire
    ending: str = ".mkv"
    other_disk: bool = False  # of the holding folder
    disk: str = "exchange"  # or "no exchange" (Windows, NFS), "no links" (exFAT), "old share"
    keep_days: float = 14.0

    @property
    def name(self) -> str:
        """What is printed."""
        words = [self.deed, "same name" if self.ending == ".mkv" else "other ending", self.disk]
        words += ["other disk"] if self.other_disk else []
        return ", ".join(words + (["none kept"] if not self.keep_days else []))


def _scenarios() -> Iterator[Scenario]:
    for deed in ("swap", "restore", "abandon", "expire"):
        for ending in (".mkv", ".mp4"):
            for other_disk in (False, True):
                for disk in ("exchange", "no exchange", "no links", "old share"):
                    yield Scenario(deed, ending, other_disk, disk)
    for ending in (".mkv", ".mp4"):
        yield Scenario("swap", ending, keep_days=0.0)


SCENARIOS = tuple(_scenarios())


class WatchedFiles(FileOperations):
    """The file operations; ``before`` is called with the name of each just before it."""

    def __init__(self, scenario: Scenario, before: Callable[[str], None], apart: bool) -> None:
        self._disk = scenario.disk
        self._before = before
        self._apart = apart  # whether the other disk is really another one
        for name in _OPERATIONS:
            setattr(self, name, self._watched(name, getattr(self, name)))

    def _watched(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            self._before(name)
            if name == "copy":
                return operation(*arguments, lambda: self._before("copy under way"))
            return operation(*arguments)

        return watched

    def link(self, existing: Path, new: Path) -> bool:
        if self._parted(existing, new):
            return False
        return self._disk in ("exchange", "no exchange") and super().link(existing, new)

    def exchange(self, one: Path, other: Path) -> bool:
        return self._disk == "exchange" and super().exchange(one, other)

    def rename_new(self, old: Path, new: Path) -> bool:
        if self._parted(old, new):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(old))
        return self._disk != "old share" and super().rename_new(old, new)

    def _parted(self, one: Path, other: Path) -> bool:
        """Whether one of them is on the other disk, where there is no real one."""
        return not self._apart and ("elsewhere" in one.parts) != ("elsewhere" in other.parts)


def _never_probed(path: Path) -> MediaFile:
    raise AssertionError(f"{path} is not analysed here")


@dataclass
class Case:
    """One film, its result and its journal in folders of their own."""

    scenario: Scenario
    root: Path
    elsewhere: Path
    shared: Database
    world: World = field(init=False)
    answers: List[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        folder = self.root / "library" / "Film (2020)"
        folder.mkdir(parents=True)
        self.elsewhere.mkdir(parents=True)
        film, target = folder / f"Film{self.scenario.ending}", folder / "Film.mkv"
        film.write_bytes(b"original " * 400)
        just_now = time.time_ns() - 700_000_000  # what comes now differs by less than FAT can tell
        os.utime(film, ns=(just_now, just_now))
        staged = folder / DOT_FOLDER / "1-1.partial"
        staged.parent.mkdir()
        staged.write_bytes(b"result " * 300)
        self.world = World(self.root / "library", film, target, film.open("r+b"))
        self.runner = ProcessRunner()
        home = self.elsewhere if self.scenario.other_disk else staged.parent
        with self.database() as database:
            Journal(database).write(
                JournalEntry(
                    job_id=1,
                    attempt=1,
                    source=film,
                    target=target,
                    staged=staged,
                    holding=home / "originals" / f"1-1 {film.name}.original",
                    source_identity=_identity(film),
                    run=self.runner.run_id,
                    owner_pid=os.getpid(),
                    owner_started=process_tree.start_time(os.getpid()),
                    created_at=time.time(),
                    stage=Stage.VERIFIED,
                    result_identity=_identity(staged),
                    report=_REPORT,
                )
            )
        if self.scenario.deed in ("restore", "expire"):
            self.do("swap", lambda name: None)
            assert self.answers == ["it is done"], self.answers
            self.answers.clear()

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        """Yield the database, which all cases have in turn: opening it takes longer than the rest."""
        yield self.shared

    def close(self) -> None:
        """Remove everything."""
        with self.shared.transaction() as connection:
            connection.execute("DELETE FROM journal")
            connection.execute("DELETE FROM clock_seen")
        self.world.handle.close()
        shutil.rmtree(self.root)
        shutil.rmtree(self.elsewhere)

    def do(self, deed: str, before: Callable[[str], None], *, later: bool = False) -> None:
        """Do what the program does; what it answers is kept, a kill goes through."""
        settings = Settings()
        home = str(self.elsewhere) if self.scenario.other_disk else ""
        files = replace(
            settings.files, holding_folder=home, keep_original_days=self.scenario.keep_days
        )
        apart = self.root.stat().st_dev != self.elsewhere.stat().st_dev
        clock = SystemClock()
        with self.database() as database:
            if later or deed == "expire":  # time is counted from one look to the next
                held_time = Journal(database).held_time
                held_time.look(clock.now(), clock.monotonic(), 86400.0)
                clock = LaterClock()
                held_time.look(clock.now(), clock.monotonic(), 86400.0)
            processor = Processor(
                database,
                Toolset(()),
                replace(settings, files=files),
                self.runner,
                _never_probed,
                clock,
                _LOG,
                files=WatchedFiles(self.scenario, before, apart),
                wait=lambda seconds: None,
            )
            try:
                self._do(deed, processor, Journal(database))
            except MediaProcessorError as error:
                self.answers.append(str(error))
            except Exception as error:  # noqa: BLE001 - no traceback may reach a user
                self.answers.append(f"TRACEBACK {type(error).__name__}: {error}")

    def _do(self, deed: str, processor: Processor, journal: Journal) -> None:
        if deed == "recover":
            self.answers += [recovery.message for recovery in processor.recover()]
            return
        if deed == "swap":
            (entry,) = journal.unfinished()
            processor._swap(entry)  # the last step of ``Processor.process``
        elif deed == "restore":
            processor.restore(self.world.target)
        elif deed == "abandon":
            processor.abandon(self.world.film)
        elif deed == "expire":
            processor.expire_originals()
        self.answers.append("it is done")

    # ---- the judge

    def problems(self) -> Iterator[str]:
        """Say what is wrong after the end."""
        with self.database() as database:
            journal = Journal(database)
            waiting, held = journal.unfinished(), journal.held()
        for answer in self.answers:
            if not answer or answer.startswith("TRACEBACK"):
                yield f"no sentence: {answer}"
        if any(entry.source.parent.is_dir() for entry in waiting):
            yield f"journal not finished: {waiting[0].stage}"
        yield from self._lost({entry.holding.name for entry in held + waiting})
        if not waiting:
            yield from self._left_over({entry.holding.name for entry in held})
        yield from self._second_restore(held)

    def _everything(self) -> List[Path]:
        found = [*self.world.library.rglob("*"), *self.elsewhere.rglob("*")]
        return [path for path in found if path.is_file()]

    def _lost(self, held: Set[str]) -> Iterator[str]:
        there = {
            path.read_bytes()
            for path in self._everything()
            if path.name in held or not _is_ours(path, self.elsewhere)
        }
        for content in self.world.required - there:
            yield f"FILM LOST: {content[:24]!r}"
        original, result = b"original " * 400, b"result " * 300
        may_go = self.scenario.deed == "expire" or not self.scenario.keep_days
        for content in {original} - there - self.world.destroyed:
            if not may_go or result not in there | self.world.destroyed:
                yield f"FILM LOST: {content[:8]!r}"

    def _left_over(self, held: Set[str]) -> Iterator[str]:
        for path in self._everything():
            if _is_ours(path, self.elsewhere) and path.name not in held:
                yield f"left over: {path.name}"

    def _second_restore(self, held: Tuple[JournalEntry, ...]) -> Iterator[str]:
        """A restore that failed can be tried again once its cause is out of the way."""
        if self.scenario.deed != "restore" or not held or not held[0].holding.exists():
            return
        if held[0].holding.read_bytes() != b"original " * 400:
            return  # written to through an open handle
        film = held[0].source
        if not film.parent.is_dir():
            return  # renamed before the restore began
        for number, path in enumerate({film, held[0].target}):
            if path.exists():
                path.rename(path.with_name(f"away {number}"))
        self.world.film, self.world.target = film, held[0].target
        self.do("restore", lambda name: None)
        visible = [path for path in self._everything() if not _is_ours(path, self.elsewhere)]
        if b"original " * 400 not in {path.read_bytes() for path in visible}:
            yield f"the second restore failed: {self.answers[-1]}"

    def snapshot(self) -> Dict[str, str]:
        """What lies where."""
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in self._everything()
        }


def _is_ours(path: Path, elsewhere: Path) -> bool:
    return DOT_FOLDER in path.parts or elsewhere in path.parents


def _identity(path: Path) -> FileIdentity:
    found = FileOperations().identity(path)
    assert found is not None
    return found


@dataclass
class Tally:
    """What was tried and what went wrong."""

    tried: int = 0
    acted: int = 0
    lost: int = 0
    problems: List[str] = field(default_factory=list)


class Campaign:
    """All cases of some scenarios.

    ``stride``: only every so many-th operation; ``sample``: only so many cases of a scenario, at random.
    """

    def __init__(
        self, root: Path, elsewhere: Path, stride: int = 1, sample: Optional[int] = None
    ) -> None:
        self._root, self._elsewhere, self._stride = root, elsewhere, stride
        self._sample, self._random = sample, random.Random(1)
        self._count = 0
        self._database = Database(root / "jobs.db")

    def run(self, scenario: Scenario) -> Tally:
        """Try every adversary at every operation, alive and after a kill there."""
        tally = Tally()
        total = self._count_operations(scenario)
        cases = [
            (kind, adversary, point)
            for number, adversary in enumerate(ADVERSARIES)
            for point in range(1 + number % self._stride, total + 1, self._stride)
            for kind in (self._attacked, self._killed)
        ]
        if self._sample is not None:
            cases = self._random.sample(cases, min(self._sample, len(cases)))
        for kind, adversary, point in cases:
            kind(scenario, adversary, point, tally)
        return tally

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def case(self, scenario: Scenario) -> Case:
        self._count += 1
        name = str(self._count)
        return Case(scenario, self._root / name, self._elsewhere / name, self._database)

    def _count_operations(self, scenario: Scenario) -> int:
        names: List[str] = []
        case = self.case(scenario)
        case.do(scenario.deed, names.append)
        assert case.answers == ["it is done"], case.answers
        case.close()
        return len(names)

    def _attacked(self, scenario: Scenario, adversary: Adversary, point: int, tally: Tally) -> None:
        case, count = self.case(scenario), Counter(point)

        def before(name: str) -> None:
            if count.is_now(name, adversary):
                adversary.act(case.world)

        case.do(scenario.deed, before)
        self._judge(case, f"{adversary.name} before operation {point}", tally)

    def _killed(self, scenario: Scenario, adversary: Adversary, point: int, tally: Tally) -> None:
        """A kill at the operation; the adversary comes before the next start, or while that recovers."""
        case, count = self.case(scenario), Counter(point)

        def dying(name: str) -> None:
            if count.is_now(name):
                raise Killed

        with contextlib.suppress(Killed):
            case.do(scenario.deed, dying)
        later = point % 3 * 4  # operations of the recovery
        if not later:
            adversary.act(case.world)
        again = Counter(later)

        def before(name: str) -> None:
            if again.is_now(name, adversary):
                adversary.act(case.world)

        case.do("recover", before)
        self._judge(case, f"killed at {point}, {adversary.name} at {later} of recovery", tally)

    def _judge(self, case: Case, where: str, tally: Tally) -> None:
        for _ in range(2):
            case.do("recover", lambda name: None)
        before = case.snapshot()
        case.do("recover", lambda name: None)
        problems = [] if case.snapshot() == before else ["a recovery changed what was in order"]
        problems += case.problems()
        tally.tried += 1
        tally.acted += case.world.acts > 0
        tally.lost += any(problem.startswith("FILM LOST") for problem in problems)
        tally.problems += [f"{case.scenario.name}, {where}: {problem}" for problem in problems]
        case.close()


class Counter:
    """Tells when an operation's turn has come; a stubborn adversary's comes again and again."""

    def __init__(self, point: int) -> None:
        self._point = point
        self._seen = 0

    def is_now(self, name: str, adversary: Optional[Adversary] = None) -> bool:
        """Whether this operation is the one."""
        self._seen += 1
        stubborn = adversary is not None and adversary.stubborn
        spared = adversary is not None and adversary.spares == name
        now = self._seen >= self._point > 0 if stubborn else self._seen == self._point
        return now and not spared


def _disks() -> List[Path]:
    """Return folders to work in, on fast disks first."""
    found = (Path("/dev/shm"), Path("/run"), Path(tempfile.gettempdir()), Path.home())
    return [path for path in found if path.is_dir() and os.access(path, os.W_OK)]


def campaign(
    stride: int = 1, only: str = "", sample: Optional[int] = None
) -> Iterator[Tuple[Scenario, Tally]]:
    """Run the scenarios; yield each one's tally as it comes."""
    first, *others = _disks()
    second = next((other for other in others if other.stat().st_dev != first.stat().st_dev), first)
    root = Path(tempfile.mkdtemp(prefix="mediaprocessor-adversary-", dir=first))
    elsewhere = Path(tempfile.mkdtemp(prefix="mediaprocessor-adversary-", dir=second)) / "elsewhere"
    work = Campaign(root, elsewhere, stride, sample)
    try:
        for scenario in SCENARIOS:
            if only in scenario.name:
                yield scenario, work.run(scenario)
    finally:
        work.close()
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(elsewhere.parent, ignore_errors=True)


def main() -> int:
    """Run all and print a table, or one line of JSON; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--stride", type=int, default=1, help="only every N-th operation")
    parser.add_argument("--only", default="", help="a part of the scenarios' names")
    arguments = parser.parse_args()
    began, total = time.monotonic(), Tally()
    for scenario, tally in campaign(arguments.stride, arguments.only):
        total.tried, total.acted = total.tried + tally.tried, total.acted + tally.acted
        total.lost, total.problems = total.lost + tally.lost, total.problems + tally.problems
        if not arguments.json:
            wrong = len(tally.problems)
            print(f"{scenario.name:<50}{tally.tried:>7}{tally.lost:>6}{wrong:>6}", flush=True)
        for problem in tally.problems[:5]:
            print(problem, file=sys.stderr)
    figures = {
        "operations x adversaries": total.tried,
        "adversary acted": total.acted,
        "films lost": total.lost,
        "problems": len(total.problems),
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(figures) if arguments.json else figures)
    return int(bool(total.problems))


if __name__ == "__main__":
    sys.exit(main())
