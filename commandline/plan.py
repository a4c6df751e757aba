"""``plan FILE…``: what would be done with a film and why; the same code as doing it, stopped before."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from commandline.command import open_program, single
from commandline.native_language import check_language, native_language_option
from commandline.options import arguments, option
from commandline.output import Output
from core.errors import MediaProcessorError
from monitoring.spelling import full_path

if TYPE_CHECKING:
    from app.program import Program

# What is needed once a film has been looked into.
_AFTER_THE_LOOK = (
    "commandline.planned_film",
    "scheduling.past",
    "app.readiness",
    "scheduling.conditions",
)


@dataclass(frozen=True)
class PlanOptions:
    """What ``plan`` is asked for; raises UsageError for a language that is none."""

    files: Tuple[str, ...] = arguments("FILE")
    csv: str = option(
        "--csv",
        default="",
        metavar="FILE.csv",
        help="write a table of these films, and of all films in these folders, with the sizes and "
        "times to expect",
    )
    native_language: str = native_language_option()

    def __post_init__(self) -> None:
        check_language(self.native_language)


def run(program: Program, options: PlanOptions, output: Output) -> int:
    """Show each file's plan; 1 when one could not be made."""
    if options.csv:
        from commandline import plan_csv  # which brings the threads and the table along

        code = plan_csv.run(program, options.csv, options.files, options.native_language, output)
    else:
        code = _show(program, options, output)
    holds = program.readiness().holds_at_once()
    if holds:
        others = f" (and {len(holds) - 1} more)" if len(holds) > 1 else ""
        output.notice(
            f"Nothing of this would be done here now{others}: {holds[0]} `doctor` tells all.",
            error=True,
        )
    return code


def _show(program: Program, options: PlanOptions, output: Output) -> int:
    failed = False
    analyzer = program.analyzer
    # While other programs look into the first film. Not a daemon: Python's end would cut it off.
    threading.Thread(target=_load, name="planner-loading").start()
    for name in options.files:
        path = full_path(Path(name))
        try:
            media = analyzer.analyze(path)
            from commandline import planned_film

            planned = planned_film.plan_film(program, media, options.native_language)
        except MediaProcessorError as error:
            output.error(error, file=path)
            failed = True
            continue
        output.record("plan", file=path, **planned.record())
        if not output.json:
            output.text(planned.text(program.past()))
    return int(failed)


def _load() -> None:
    for module in _AFTER_THE_LOOK:
        import_module(module)


COMMAND = single(open_program, PlanOptions, run)
