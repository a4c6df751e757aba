"""What would be done with one film: its plan and steps, as ``plan`` shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Sequence, Tuple

from core.commands import build_steps
from core.media.languages import UNDETERMINED, LanguageTag
from core.media.model import MediaFile
from core.media.track_text import conversion_text, details_text, flags_text, track_name
from core.plan import Plan, Reason
from core.planning.forecast import Past, expected_size, expected_time
from core.planning.plan_json import as_json, plan_record
from core.planning.planner import build_plan
from core.planning.summary import language_name, summary_of
from core.steps import Step
from core.text.formatting import duration_text, size_text, visible
from reports.shell_line import shell_line
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program

STAGED_NAME = "<job>-<attempt>.partial"  # the real one has the job's numbers


@dataclass(frozen=True)
class PlannedFilm:
    """A film's plan, and the steps that would be taken: none where it is refused or left as it is."""

    plan: Plan
    steps: Tuple[Step, ...]

    def record(self) -> Dict[str, Any]:
        """The plan for programs."""
        return plan_record(self.plan, self.steps)

    def text(self, past: Past) -> str:
        """The plan for people."""
        return _described(self.plan, self.steps, past)


def plan_film(program: Program, media: MediaFile, native: str) -> PlannedFilm:
    """Decide about a film, with the settings and tools of the moment."""
    settings, toolset = program.config.settings, program.toolset
    native_language = program.analyzer.native_language(media, native)
    plan = build_plan(media, native_language, settings, toolset)
    if plan.refused or plan.empty:
        return PlannedFilm(plan, ())
    staged = media.path.parent / ".mediaprocessor" / STAGED_NAME
    return PlannedFilm(plan, build_steps(plan, settings, toolset, staged))


def _described(plan: Plan, steps: Iterable[Step], past: Past) -> str:
    """What it comes to, the tracks with what becomes of them and why, then the commands."""
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
