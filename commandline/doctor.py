"""``doctor``: what this machine has for the work, what is missing, and how to get it."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Dict

from commandline.command import NoOptions, open_program, single
from commandline.output import Output
from core.version import VERSION
from tools.resolver import ToolStatus

if TYPE_CHECKING:
    from app.program import Program


def run(program: Program, _options: NoOptions, output: Output) -> int:
    """Examine everything, and encode a small picture; 1 when no film would be processed here now."""
    from app.diagnosis import diagnosis_text  # which brings the queue along

    diagnosis = program.diagnose()
    output.record(
        "doctor",
        version=VERSION,
        python=platform.python_version(),
        ok=diagnosis.healthy,
        holds=diagnosis.ready.holds,
        limits=diagnosis.ready.limits,
        tools=[_record(status) for status in diagnosis.tools],
        data_dir=diagnosis.data_dir,
        free_space=diagnosis.free_space,
        database={"path": diagnosis.database, "problems": diagnosis.problems},
        notices=diagnosis.notices,
        threads=[asdict(thread) for thread in diagnosis.threads],
    )
    output.text(diagnosis_text(diagnosis))
    return int(not diagnosis.healthy)


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


COMMAND = single(open_program, NoOptions, run)
