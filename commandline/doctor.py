"""``doctor``: what this machine has for the work, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import platform
from dataclasses import asdict
from typing import Dict

from app.diagnosis import diagnosis_text
from app.program import Parts
from commandline.output import Output
from core.version import VERSION
from tools.resolver import ToolStatus


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:  # noqa: ARG001
    """Examine everything, and encode a small picture; 1 when no film would be processed here now."""
    found = parts.diagnose()
    output.record(
        "doctor",
        version=VERSION,
        python=platform.python_version(),
        ok=found.healthy,
        holds=found.ready.holds,
        limits=found.ready.limits,
        tools=[_record(status) for status in found.tools],
        data_dir=found.data_dir,
        free_space=found.free_space,
        database={"path": found.database, "problems": found.problems},
        notices=found.notices,
        threads=[asdict(thread) for thread in found.threads],
    )
    output.text(diagnosis_text(found))
    return int(not found.healthy)


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
