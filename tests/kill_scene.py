"""A film, a program that can be killed at each step of its work on it, and what a scenario asks for."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Callable, FrozenSet, Mapping, Optional, Tuple

from analyzer import Analyzer
from app.kept_originals import restore_each
from core.media.model import FileIdentity, MediaFile
from core.plan import Plan
from core.planning.planner import build_plan
from core.protocol.node_commands import NodeCommand
from core.protocol.offer import JobOffer
from core.protocol.slave_result import SlaveResult
from core.queue.job_kind import kind_of
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings
from core.tools import Toolset
from processing.filesystem import FileOperations
from processing.holding import staging_folder
from processing.pipeline import ResultMaker
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import JobControl, Processor
from scheduling.running_jobs import Running
from sharing.remote_result import RemoteJob, RemoteResult, file_digest, remote_name
from store.connection import Database
from store.journal import Journal, JournalEntry, Outcome
from tests.kill_chunks import CHUNK_SECONDS, ChunkLog, DeadlyChunks
from tests.kill_chunks import SECONDS as SECONDS_IN_CHUNKS
from tests.kill_quality import DeadlyScores, remember_a_wrong_number
from tests.kill_steps import Countdown
from tests.processing.bench import LaterClock

if sys.platform == "win32":
    raise ImportError("SIGKILL and fork are POSIX")

SECONDS = 2.0
_ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 28 -x265-params log-level=none "
    "$tracks $output"
)
_LOG = logging.getLogger("kill_campaign")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False


@dataclass(frozen=True)
class Scenario:
    """One kind of work; the killing begins with ``deed``, after what it needs was done unharmed."""

    name: str
    ending: str = ".mkv"
    deed: str = "process"  # process, restore, restore many, expire, free, again
    encode: bool = False
    links: bool = True  # whether the file system has hard links
    holding_elsewhere: bool = False  # on another disk
    work_elsewhere: bool = False
    keep_days: float = 14.0
    elsewhere_made: bool = False  # by another machine, that has handed it in
    renamed: bool = False  # the film's folder, before the deed
    numbers: bool = True  # whether the disk gives files the same numbers at each start
    chunks: bool = False  # whether the film is encoded in several
    target: str = "off"  # the quality that is aimed at
    missed: bool = False  # whether the film's number is wrong, so that it is encoded once more

    @property
    def seconds(self) -> float:
        """The film's length."""
        return SECONDS_IN_CHUNKS if self.chunks else SECONDS

    @property
    def lets_go(self) -> bool:
        """Whether the original goes on purpose."""
        return self.keep_days == 0 or self.deed in ("expire", "free")

    @property
    def restores(self) -> bool:
        """Whether the original has its name again at the end."""
        return self.deed in ("restore", "restore many")

    @property
    def last_job(self) -> int:
        """The job after which the film is judged."""
        return 2 if self.deed == "again" else 1


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
    Scenario("restore many", deed="restore many"),
    Scenario("freeing", deed="free"),
    Scenario("freeing, other ending", ".mp4", deed="free"),
    Scenario("freeing on another disk", deed="free", holding_elsewhere=True),
    Scenario("freeing, renamed folder", deed="free", renamed=True),
    Scenario("again", deed="again", encode=True),
    Scenario("again, other ending", ".mp4", deed="again"),
    Scenario("again from another disk", deed="again", holding_elsewhere=True),
    Scenario("no lasting numbers", links=False, numbers=False),
    Scenario("restore, no lasting numbers", ".mp4", deed="restore", links=False, numbers=False),
    Scenario("in chunks", encode=True, chunks=True),
    Scenario("in chunks, on another disk", ".mp4", encode=True, chunks=True, work_elsewhere=True),
    Scenario("a quality is aimed at", encode=True, target="very good"),
    Scenario("a quality is missed", encode=True, target="very good", missed=True),
    Scenario("aimed, on another disk", ".mp4", encode=True, target="good", work_elsewhere=True),
    Scenario("made by another machine", elsewhere_made=True),
    Scenario("made by another machine, other ending", ".mp4", elsewhere_made=True),
)


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

    def __init__(
        self,
        countdown: Countdown,
        *,
        links: bool,
        numbers: bool = True,
        chunk_log: Optional[ChunkLog] = None,
    ) -> None:
        self._countdown = countdown
        self._chunk_log = chunk_log
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

    def create(self, path: Path, original: Path) -> str:
        if self._chunk_log is not None:
            self._chunk_log.created(path)
        return super().create(path, original)

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
    second: Path = Path()  # another film beside it, of the deeds that take many
    run: str = ""  # which of the program's runs this is
    finished: FrozenSet[int] = frozenset()  # the chunks that were finished when it was killed
    log_folder: Optional[Path] = None  # where a power cut does not reach
    pictures: Optional[Tuple[int, str]] = None  # of the result of an undisturbed run

    def lay(self, sample: Path) -> None:
        """Lay the film out."""
        self.film = self.root / "library" / f"Film 'x' $(y){self.scenario.ending}"
        self.film.parent.mkdir(parents=True)
        self.elsewhere.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sample, self.film)
        self.target = self.film.with_suffix(".mkv")
        self.sha256 = digest(self.film)
        self.original = self.film.read_bytes()
        if self.scenario.deed == "restore many":
            self.second = self.root / "more" / f"Second{self.scenario.ending}"
            self.second.parent.mkdir()
            # A byte more makes it a film of its own.
            self.second.write_bytes(self.original + b"\0")

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
            video=replace(
                settings.video, encode=scenario.encode, target=scenario.target, target_again=True
            ),
            templates=replace(settings.templates, normal=_ENCODE, normal_fallback=_ENCODE),
            files=replace(
                settings.files,
                holding_folder=str(self.elsewhere) if scenario.holding_elsewhere else "",
                work_folder=str(self.elsewhere) if scenario.work_elsewhere else "",
                keep_original_days=scenario.keep_days,
            ),
            verification=replace(settings.verification, sample_points=2),
            processing=replace(
                settings.processing,
                missing_mkvpropedit=MissingPropeditPolicy.CONTINUE,
                chunks=scenario.chunks,
                chunk_seconds=CHUNK_SECONDS,
                chunks_from_minutes=0.0,
            ),
        )

    def database(self) -> Database:
        """Open the database."""
        return Database(self.root / "jobs.db")

    def processor(
        self, database: Database, countdown: Countdown, clock: Optional[SystemClock] = None
    ) -> Tuple[Processor, Analyzer]:
        """Wire the program as ``main`` does, with the deadly disk and journal in it."""
        runner = ProcessRunner(low_priority=False)
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
            chunks=DeadlyChunks(database, countdown),
            scores=DeadlyScores(database, countdown),
        )
        return processor, analyzer

    def _files(self, countdown: Countdown) -> DeadlyFiles:
        return DeadlyFiles(
            countdown,
            links=self.scenario.links,
            numbers=self.scenario.numbers,
            chunk_log=replace(self.chunk_log, run=self.run) if self.scenario.chunks else None,
        )

    @property
    def chunk_log(self) -> ChunkLog:
        """Which chunks each run has begun."""
        folder = self.log_folder or self.root.parent
        return ChunkLog(folder / f"{self.root.name}.chunks.log")

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
        self.run = f"run {attempt}"
        with self.database() as database:
            processor, analyzer = self.processor(database, countdown)
            process_it = self.scenario.deed == "process"
            countdown.armed = process_it
            countdown.step()
            if attempt > 1:
                handed_out = frozenset({1} if self.scenario.elsewhere_made else ())
                processor.recover(handed_out)
            film = self.film if self.film.exists() else self.target
            restored = last_outcome(database) is Outcome.RESTORED
            media = analyzer.analyze(film)
            if not media.plan_signature and not restored:
                self._process(processor, analyzer, media, attempt, countdown)
            if self.scenario.deed == "restore many" and last_outcome(database, 2) is None:
                second = analyzer.analyze(self.second)
                self._process(processor, analyzer, second, attempt, countdown, 2)
            self._rename()
            countdown.armed = True
            countdown.step()
            self._do_with_the_original(database, processor, analyzer, attempt, countdown)
            if self.scenario.deed == "expire":
                processor.expire_originals()  # the look from which on time is counted
                later, _ = self.processor(database, countdown, LaterClock())
                later.find_moved_originals()
                later.expire_originals()

    def _do_with_the_original(
        self,
        database: Database,
        processor: Processor,
        analyzer: Analyzer,
        attempt: int,
        countdown: Countdown,
    ) -> None:
        deed, journal = self.scenario.deed, Journal(database)
        if deed == "restore" and last_outcome(database) is not Outcome.RESTORED:
            processor.restore(self.target)
        elif deed == "restore many":
            restore_each(processor, processor.originals())
        elif deed == "free":
            for entry in journal.held():
                processor.freeing.free(entry.id)
        elif deed == "again" and last_outcome(database, job_id=2) is not Outcome.REPLACED:
            film = processor.again.bring_back(self.target)
            self._process(processor, analyzer, analyzer.analyze(film), attempt, countdown, 2)

    def _process(
        self,
        processor: Processor,
        analyzer: Analyzer,
        media: MediaFile,
        attempt: int,
        countdown: Countdown,
        job_id: int = 1,
    ) -> None:
        native = analyzer.native_language(media)
        plan = build_plan(media, native, self.settings, self.toolset)
        if self.scenario.missed:
            with self.database() as database:
                remember_a_wrong_number(database, plan, self.toolset)
        maker = self._node(plan, countdown) if self.scenario.elsewhere_made else None
        processor.process(
            job_id,
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
        job = RemoteJob(offer, "node", "Node", self.toolset, JobControl())
        job.hand_in(json.loads(kept.read_text("utf-8")))
        files = self._files(countdown)
        return RemoteResult(job, self.settings, files, _NoNodes(), Running())


class _NoNodes:
    """A node that does as it is told, and is told nothing that matters."""

    def command(
        self, node_id: str, command: NodeCommand, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return {}


def last_outcome(database: Database, job_id: int = 1) -> Optional[Outcome]:
    entries = Journal(database).of_job(job_id)
    return entries[0].outcome if entries else None


def digest(path: Path) -> str:
    """SHA-256 of a whole file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
