"""A film, a database and a processor in one folder, for tests that carry plans out."""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple, Type

import pytest

from analyzer import Analyzer
from core.damage import Damage
from core.events import JobState
from core.media.model import FileIdentity, NativeLanguage
from core.plan import Plan
from core.planning.planner import build_plan
from core.progress import Progress
from core.settings.tree import Settings
from core.tools import ToolInfo, ToolName, Toolset
from processing import process_tree
from processing.chunks.dealing import DealtFilms
from processing.filesystem import DOT_FOLDER, FileOperations
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import JobControl, JobResult, Processor
from queue_manager import JobContext
from store.connection import Database
from store.journal import Journal
from tests.films import AudioSpec, SubtitleSpec, make_film

FAST = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -x265-params log-level=none $tracks $output"
)
LAVISH = "$ffmpeg -i $input -c:v libx265 -preset ultrafast -qp 1 -x265-params log-level=none $tracks $output"


def with_section(settings: Settings, name: str, **values: Any) -> Settings:
    """The settings with some values of one section changed."""
    return replace(settings, **{name: replace(getattr(settings, name), **values)})


def fast_settings(*, encode: bool = False, template: str = FAST) -> Settings:
    """A new user's settings, made fast for tests."""
    settings = with_section(Settings(), "video", encode=encode)
    settings = with_section(settings, "templates", normal=template, normal_fallback=template)
    return with_section(settings, "verification", sample_points=2)


class LaterClock(SystemClock):
    """Forty days from now, on a machine that has run all the time: for expiry."""

    def now(self) -> float:
        return super().now() + 40 * 86400

    def monotonic(self) -> float:
        return super().monotonic() + 40 * 86400


class StopsAt(List[Progress]):
    """Cancels the job as soon as so many chunks are finished."""

    def __init__(self, control: JobControl, chunks: int) -> None:
        super().__init__()
        self._control = control
        self._chunks = chunks

    def append(self, progress: Progress) -> None:
        super().append(progress)
        done = [chunk for chunk in progress.chunks if chunk.phase.value == "done"]
        if len(done) >= self._chunks:
            self._control.cancel()


@dataclass
class Bench:
    """One film in ``folder``; ``progress`` and ``stages`` are what the processor reported."""

    folder: Path
    toolset: Toolset
    settings: Settings
    runner: ProcessRunner = field(default_factory=ProcessRunner)
    files: FileOperations = field(default_factory=FileOperations)
    clock: SystemClock = field(default_factory=SystemClock)
    control: JobControl = field(default_factory=JobControl)
    progress: List[Progress] = field(default_factory=list)
    stages: List[JobState] = field(default_factory=list)
    film: Path = Path()
    sha256: str = ""
    damage_of: Callable[[FileIdentity], Optional[Damage]] = lambda film: None
    in_chunks: DealtFilms = field(default_factory=DealtFilms)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.folder.parent / f"{self.folder.name}.db")
        self.journal = Journal(self.database)

    def make(self, name: str = "Film.mkv", seconds: float = 2.0, **more: Any) -> Path:
        """Make a film whose sound and picture are larger than they need to be."""
        codec = "flac" if name.endswith(".mkv") else "aac"
        arguments = {
            "audio": [AudioSpec(codec, bit_rate=None if codec == "flac" else 320)],
            "subtitles": [SubtitleSpec()] if name.endswith(".mkv") else [],
            "video_options": ["-g", "10", "-qp", "4"],
            **more,
        }
        return self.take(make_film(self.folder / name, seconds=seconds, **arguments))

    def take(self, film: Path) -> Path:
        """Make this file the bench's film."""
        self.film, self.sha256 = film, digest(film)
        return film

    @property
    def analyzer(self) -> Analyzer:
        """What looks into films."""
        return Analyzer(self.runner, self.toolset, damage_of=self.damage_of)

    @property
    def processor(self) -> Processor:
        """The processor, wired anew from what the bench holds now."""
        log = logging.getLogger("tests.processing")
        return self._wired(Processor, log, files=self.files, wait=lambda seconds: None)

    def equipment(self, kind: Type[Processor] = Processor) -> JobContext:
        """What a queue over this bench works with; it logs as the program does."""
        processor = self._wired(kind, logging.getLogger("mediaprocessor"))
        return JobContext(self.settings, self.toolset, self.analyzer, processor)

    def _wired(self, kind: Type[Processor], log: logging.Logger, **more: Any) -> Processor:
        return kind(
            self.database,
            self.toolset,
            self.settings,
            self.runner,
            self.analyzer.analyze,
            self.clock,
            log,
            films_in_chunks=self.in_chunks,
            **more,
        )

    def forty_days_later(self) -> None:
        """Let the time pass: from one look at the clocks to the next."""
        self.processor.expire_originals()
        self.clock = LaterClock()

    def plan(self, film: Optional[Path] = None) -> Plan:
        """What the rules say, with no native language known."""
        media = self.analyzer.analyze(film or self.film)
        return build_plan(media, NativeLanguage(), self.settings, self.toolset)

    def process(self, plan: Optional[Plan] = None, attempt: int = 1) -> JobResult:
        """Carry the plan out as job 1; raises what the processor raises."""
        return self.processor.process(
            1,
            attempt,
            plan or self.plan(),
            self.control,
            self.progress.append,
            self.stages.append,
        )

    def restarted(self) -> Bench:
        """The same folder and database, as the next start of the program sees them."""
        self.runner = ProcessRunner()
        self.files = FileOperations()
        return self

    def ours(self) -> List[str]:
        """What lies in our dot folder, hidden from media servers."""
        dot = self.folder / DOT_FOLDER
        return sorted(str(path.relative_to(dot)) for path in dot.rglob("*") if path.is_file())

    def visible(self) -> List[str]:
        """The films that a media server sees."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())

    def untouched(self) -> bool:
        """Whether the film is what it was, and nothing of ours lies beside it."""
        alone = self.visible() == [self.film.name] and not (self.folder / DOT_FOLDER).exists()
        return alone and digest(self.film) == self.sha256 and not self.journal.unfinished()


@contextmanager
def open_bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    """A bench with this machine's tools; skips the test where mkvpropedit is not installed."""
    if toolset.get(ToolName.MKVPROPEDIT) is None:
        pytest.skip("mkvpropedit is not installed")
    one = Bench(tmp_path / "library", toolset, fast_settings())
    yield one
    one.database.close()


def digest(path: Path) -> str:
    """SHA-256 of the whole file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replaced_tool(toolset: Toolset, name: ToolName, path: Path) -> Toolset:
    """The toolset with another program in one's place."""
    return Toolset(
        tuple(replace(tool, path=path) if tool.name is name else tool for tool in toolset.tools)
    )


def without_tool(toolset: Toolset, name: ToolName) -> Toolset:
    """The toolset of a machine that lacks one program."""
    return Toolset(tuple(tool for tool in toolset.tools if tool.name is not name))


def tool_path(toolset: Toolset, name: ToolName) -> str:
    """Where a program is."""
    tool: Optional[ToolInfo] = toolset.get(name)
    assert tool is not None
    return str(tool.path)


def fake_tool(path: Path, lines: Sequence[str]) -> Path:
    """A program that is a shell script."""
    path.write_text("\n".join(["#!/bin/bash", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return path


def leftovers(bench: Bench) -> Tuple[str, ...]:
    """Processes that the bench's runner started and that are still alive."""
    return tuple(str(process) for process in process_tree.of_run(bench.runner.run_id))
