"""``doctor``: what this machine has for the work, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import platform
import shutil
import time
from dataclasses import asdict
from typing import Dict, Iterable, List, Tuple

from app.health import health_lines, kept_health
from app.program import Parts
from commandline.output import Output, table
from commandline.readiness import readiness
from core.text.formatting import size_text, visible
from core.tools import ToolInfo, ToolName
from core.version import VERSION
from tools.resolver import ToolStatus

# The abilities worth a word to people; with --json all are listed.
_TOLD = (
    ("libopus", "Opus"),
    ("libx265", "HEVC"),
    ("libx265_10bit", "HEVC 10 bit"),
    ("libsvtav1", "AV1"),
    ("libsvtav1_10bit", "AV1 10 bit"),
    ("hevc", "HEVC"),
    ("hevc_10bit", "HEVC 10 bit"),
    ("av1", "AV1"),
    ("av1_10bit", "AV1 10 bit"),
    ("libdovi", "Dolby Vision 7 to 8.1"),
)
_HDR_SAFE = (7, 1)  # ffmpeg from this release on keeps HDR when it encodes


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:  # noqa: ARG001
    """Examine everything, and encode a small picture; 1 when no film would be processed here now."""
    statuses = parts.tool_report.statuses
    problems = parts.database.problems()
    notices = parts.database.report.notices
    free = shutil.disk_usage(parts.data_dir).free
    ready = readiness(parts)
    healthy = not problems and not ready.holds
    threads = kept_health(parts.data_dir, time.time())
    output.record(
        "doctor",
        version=VERSION,
        python=platform.python_version(),
        ok=healthy,
        holds=ready.holds,
        limits=ready.limits,
        tools=[_record(one) for one in statuses],
        data_dir=parts.data_dir,
        free_space=free,
        database={"path": parts.database.path, "problems": problems},
        notices=notices,
        threads=[asdict(one) for one in threads],
    )
    output.text(f"MediaProcessor {VERSION}, Python {platform.python_version()}\n")
    headers = ("Tool", "Version", "Where", "Can do", "Path")
    output.text(table(headers, (_row(one) for one in statuses)))
    for line in _advice(statuses):
        output.text(line)
    output.text(f"\nData folder  {visible(parts.data_dir)} ({size_text(free)} free)")
    output.text(f"Database     {'; '.join(map(visible, problems)) or 'intact'}")
    if threads:
        output.text("\n" + table(("Thread", "Last beat", ""), health_lines(threads)))
    for notice in notices:
        output.text(visible(notice))
    if ready.limits:
        output.text("\nWorth knowing:\n" + _listed(ready.limits))
    if healthy:
        output.text("\nFilms can be processed here.")
    else:
        output.text("\nFilms cannot be processed here now:")
        output.text(_listed((*ready.holds, *(f"The database: {problem}" for problem in problems))))
    return int(not healthy)


def _record(status: ToolStatus) -> Dict[str, object]:
    info = status.info
    return {
        "name": status.name,
        "path": info.path if info else None,
        "version": info.version if info else "",
        "origin": info.origin if info else None,
        "abilities": info.abilities if info else (),
        "problem": status.problem,
        "hint": status.hint,
    }


def _row(status: ToolStatus) -> Tuple[object, ...]:
    info = status.info
    if info is None:
        return (status.name.value, "missing", "", "", "")
    return (status.name.value, info.version, info.origin.value, _abilities(info), info.path)


def _abilities(info: ToolInfo) -> str:
    told = [name for ability, name in _TOLD if ability in info.abilities]
    if info.name is ToolName.FFMPEG and info.at_least(*_HDR_SAFE):
        told.append("HDR")
    return ", ".join(told)


def _listed(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {visible(sentence)}" for sentence in sentences)


def _advice(statuses: Iterable[ToolStatus]) -> List[str]:
    return [f"- {visible(one.problem)} {visible(one.hint)}" for one in statuses if one.problem]
