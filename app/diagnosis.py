"""What this machine has for the work and what is missing, as ``doctor`` and a bug report tell it."""

from __future__ import annotations

import platform
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Iterable, Iterator, List, Tuple

from app.health import health_lines, kept_health
from app.readiness import Readiness
from core.encoders.listed import abilities_in_words
from core.programs.ffmpeg import HDR_SAFE
from core.reporting.health import ThreadHealth
from core.text.formatting import size_text, visible
from core.tools import ToolInfo, ToolName
from core.version import VERSION
from reports.text_table import table
from tools.resolver import ToolStatus

if TYPE_CHECKING:
    from app.data_folder import DataFolder


@dataclass(frozen=True)
class Diagnosis:
    """``free_space`` is the data folder's, in bytes; ``problems`` are the database's."""

    tools: Tuple[ToolStatus, ...]
    ready: Readiness
    data_dir: Path
    free_space: int
    database: Path
    problems: Tuple[str, ...]
    notices: Tuple[str, ...]
    threads: Tuple[ThreadHealth, ...]
    encoders: Tuple[str, ...]  # what those on graphics hardware have proven, a sentence each

    @property
    def healthy(self) -> bool:
        """Whether a film would be processed here now."""
        return not self.problems and not self.ready.holds


def diagnose(
    folder: DataFolder, tools: Tuple[ToolStatus, ...], encoders: Tuple[str, ...], ready: Readiness
) -> Diagnosis:
    """Put together what was found out with how the data folder is."""
    return Diagnosis(
        tools=tools,
        encoders=encoders,
        ready=ready,
        data_dir=folder.data_dir,
        free_space=shutil.disk_usage(folder.data_dir).free,
        database=folder.database.path,
        problems=folder.database.problems(),
        notices=folder.database.report.notices,
        threads=kept_health(folder.data_dir, time.time()),
    )


def diagnosis_text(found: Diagnosis) -> str:
    """The diagnosis for people."""
    return "\n".join(_lines(found))


def _lines(found: Diagnosis) -> Iterator[str]:
    yield f"MediaProcessor {VERSION}, Python {platform.python_version()}\n"
    headers = ("Tool", "Version", "Where", "Can do", "Path")
    yield table(headers, (_row(status) for status in found.tools))
    yield from _advice(found.tools)
    if found.encoders:
        yield "\nEncoders on graphics hardware:\n" + _listed(found.encoders)
    yield f"\nData folder  {visible(found.data_dir)} ({size_text(found.free_space)} free)"
    yield f"Database     {'; '.join(map(visible, found.problems)) or 'intact'}"
    if found.threads:
        yield "\n" + table(("Thread", "Last beat", ""), health_lines(found.threads))
    yield from map(visible, found.notices)
    if found.ready.limits:
        yield "\nWorth knowing:\n" + _listed(found.ready.limits)
    if found.healthy:
        yield "\nFilms can be processed here."
    else:
        yield "\nFilms cannot be processed here now:"
        database = (f"The database: {problem}" for problem in found.problems)
        yield _listed((*found.ready.holds, *database))


def _row(status: ToolStatus) -> Tuple[object, ...]:
    info = status.info
    if info is None:
        return (status.name.value, "missing", "", "", "")
    return (status.name.value, info.version, info.origin.value, _abilities(info), info.path)


def _abilities(info: ToolInfo) -> str:
    words = [*abilities_in_words(info.name, info.abilities)]
    if info.name == ToolName.FFMPEG and info.at_least(*HDR_SAFE):
        words.append("HDR")
    return ", ".join(words)


def _listed(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {visible(sentence)}" for sentence in sentences)


def _advice(statuses: Iterable[ToolStatus]) -> List[str]:
    return [
        f"- {visible(status.problem)} {visible(status.hint)}"
        for status in statuses
        if status.problem
    ]
