"""``plan FILE…``: what would be done with a film and why; the same code as doing it, stopped before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Iterable, List, Sequence, Tuple

from commandline.command import open_program, single
from commandline.native_language import check_language, native_language_option
from commandline.options import arguments, option
from commandline.output import Output
from core.commands import build_steps
from core.dataclass import dataclass
from core.errors import MediaProcessorError
from core.media.languages import UNDETERMINED, LanguageTag
from core.media.track_text import conversion_text, details_text, flags_text, track_name
from core.plan import Plan, Reason
from core.planning.forecast import Past, expected_size, expected_time
from core.planning.plan_json import as_json, plan_record
from core.planning.planner import build_plan
from core.planning.summary import language_name, summary_of
from core.steps import Step
from core.text.formatting import duration_text, size_text, visible
from monitoring.spelling import full_path
from reports.shell_line import shell_line
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program

STAGED_NAME = "<job>-<attempt>.partial"  # the real one has the job's numbers


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
    for name in options.files:
        path = full_path(Path(name))
        try:
            plan, steps = _prepare(program, path, options.native_language)
        except MediaProcessorError as error:
            output.error(error, file=path)
            failed = True
            continue
        output.record("plan", file=path, **plan_record(plan, steps))
        if not output.json:
            output.text(describe(plan, steps, program.past()))
    return int(failed)


def _prepare(program: Program, path: Path, native: str) -> Tuple[Plan, Tuple[Step, ...]]:
    media = program.analyzer.analyze(path)
    settings = program.config.settings
    native_language = program.analyzer.native_language(media, native)
    plan = build_plan(media, native_language, settings, program.toolset)
    if plan.refused or plan.empty:
        return plan, ()
    staged = path.parent / ".mediaprocessor" / STAGED_NAME
    return plan, build_steps(plan, settings, program.toolset, staged)


def describe(plan: Plan, steps: Iterable[Step], past: Past) -> str:
    """The plan for people: what it comes to, tracks with what becomes of them and why, then the commands."""
    media, native = plan.media, plan.native_language
    summary = summary_of(plan, expected_size(plan, past), expected_time(plan, past))
    lines = [
        visible(media.path),
        f"  {visible(media.container)}, {duration_text(media.duration)}, {size_text(media.size)}",
        f"  Original language: {_language(native.language)} ({visible(native.reason)})",
        *(f"    {visible(source)}" for source in _several(native.sources)),
        "",
        *(f"  {visible(line)}" for line in summary),
        "",
        table(
            ("Track", "Codec", "Details", "Language", "Title", "", "Why"),
            _decision_rows(plan),
            indent="  ",
        ),
    ]
    lines += _reasons("Skipped because:", plan.refusals)
    if not plan.refused:
        if not plan.empty:
            lines += ["", *_result_lines(plan)]
            lines += _reasons("Changes:", plan.changes)
        lines += _reasons("Not done:", plan.omissions)
    lines += _reasons("Warnings:", plan.warnings)
    for step in steps:
        lines += ["", f"  Step {step.name.value}:"]
        lines += [
            "    " + shell_line(command.argv) + (" |" if number < len(step.commands) else "")
            for number, command in enumerate(step.commands, 1)
        ]
    return "\n".join(lines) + "\n"


def _decision_rows(plan: Plan) -> List[Tuple[object, ...]]:
    rows: List[Tuple[object, ...]] = []
    for decision in plan.decisions:
        track = decision.track
        why = decision.rejections or decision.notes
        rows.append(
            (
                track_name(track),
                track.codec,
                details_text(as_json(track)),
                _language(track.language),
                track.title,
                "keep" if decision.kept else "drop",
                "; ".join(_reason_text(reason) for reason in why),
            )
        )
    return rows


def _language(language: LanguageTag) -> str:
    return "unknown" if language == UNDETERMINED else str(language_name(str(language)))


def _result_lines(plan: Plan) -> List[str]:
    rows = [
        (
            track_name(track.source),
            conversion_text(as_json(track)),
            _language(track.language),
            track.title,
            flags_text(as_json(track.flags)),
            "; ".join(_reason_text(reason) for reason in track.reasons),
        )
        for track in plan.outputs
    ]
    headers = ("From", "Becomes", "Language", "Title", "Flags", "Why")
    return [f"  Result: {visible(plan.target.name)}", table(headers, rows, indent="  ")]


def _several(sources: Sequence[str]) -> Sequence[str]:
    """What each source says; nothing where one alone was heard, which the reason tells already."""
    return sources if len(sources) > 1 else ()


def _reasons(heading: str, reasons: Iterable[Reason]) -> List[str]:
    lines = [f"    - {visible(_reason_text(reason))}" for reason in reasons]
    return ["", f"  {heading}", *lines] if lines else []


def _reason_text(reason: Reason) -> str:
    matched = f' [{reason.code}: "{reason.matched}"]' if reason.matched else f" [{reason.code}]"
    return reason.message + matched


COMMAND = single(open_program, PlanOptions, run)
