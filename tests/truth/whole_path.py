"""One film through everything but the queue: analysis, plan, commands, verification, swap."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, List, Optional

import pytest

from analyzer import Analyzer
from core.events import JobState
from core.media.model import NativeLanguage
from core.plan import Plan
from core.planning.planner import build_plan
from core.progress import Progress
from core.queue.job import NewJob
from core.settings.tree import Settings
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import JobResult, Processor
from store.connection import Database
from store.jobs import JobStore
from tests.truth.pipeline import toolset_with


@dataclass
class Workshop:
    """A processor over a database of its own; ``seen`` is what it reported about the last film."""

    database: Database
    settings: Settings
    toolset: Toolset
    runner: ProcessRunner
    seen: List[Progress] = field(default_factory=list)
    stages: List[JobState] = field(default_factory=list)

    def plan(self, film: Path) -> Plan:
        """What the rules say about a film, with no native language known."""
        media = Analyzer(self.runner, self.toolset).analyze(film)
        return build_plan(media, NativeLanguage(), self.settings, self.toolset)

    def carry_out(self, plan: Plan) -> JobResult:
        """Raises what the processor raises."""
        analyzer = Analyzer(self.runner, self.toolset)
        processor = Processor(
            self.database,
            self.toolset,
            self.settings,
            self.runner,
            analyzer.analyze,
            SystemClock(),
            logging.getLogger("tests"),
        )
        self.seen.clear()
        self.stages.clear()
        (job_id,) = JobStore(self.database).add([NewJob(plan.media.path)])
        return processor.process(
            job_id, 1, plan, JobControl(), self.seen.append, self.stages.append
        )


@contextmanager
def workshop(
    folder: Path, settings: Settings, toolset: Optional[Toolset] = None
) -> Iterator[Workshop]:
    """A workshop whose database lies in ``folder``; skips the test where mkvpropedit is not installed."""
    chosen = toolset or toolset_with()
    if chosen.get(ToolName.MKVPROPEDIT) is None:
        pytest.skip("mkvpropedit is not installed")
    database = Database(folder / "test.db")
    try:
        yield Workshop(database, settings, chosen, ProcessRunner())
    finally:
        database.close()
