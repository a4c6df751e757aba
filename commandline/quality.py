"""``quality FILE…``: which number of its encoder gives a film the wanted quality; no film is changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Tuple

from commandline.command import open_program, single
from commandline.exit_codes import DONE, FAILED
from commandline.long_work import ends_politely, progress_bar
from commandline.numbers import quality_target
from commandline.options import arguments, option
from commandline.output import Output
from core.errors import MediaProcessorError
from core.planning.trial_size import expected_bytes
from core.progress import Progress
from core.target_quality.told import tenths, yardstick_name
from core.target_quality.trial import Trial
from core.text.formatting import duration_text, size_text, visible
from monitoring.spelling import full_path
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program
    from app.quality_trials import QualityAnswer, QualityTrials

_log = logging.getLogger("mediaprocessor")


@dataclass(frozen=True)
class QualityOptions:
    """What ``quality`` is asked for."""

    files: Tuple[str, ...] = arguments("FILE")
    target: str = option(
        "--target",
        default="",
        kind=quality_target,
        metavar="QUALITY",
        help="good, very good, as good as the original, or a number (VMAF); left out: that of the "
        "settings, or good",
    )


def run(program: Program, options: QualityOptions, output: Output) -> int:
    """Search each film's number; 1 where one could not be measured."""
    from app.quality_trials import QualityTrials

    trials = QualityTrials(program, program.runner, program.database, program.data_dir, _log)
    failed = False
    with ends_politely():
        for name in options.files:
            failed |= not _tell(trials, full_path(Path(name)), options.target, output)
    return FAILED if failed else DONE


def _tell(trials: QualityTrials, path: Path, wanted: str, output: Output) -> bool:
    """Search one film's number and show it; False where it could not be measured."""
    try:
        answer = _search(trials, path, wanted, output)
    except MediaProcessorError as error:
        output.error(error, file=path)
        return False
    output.record("quality", file=path, **_record(answer))
    output.text(describe(answer))
    return True


def _search(trials: QualityTrials, path: Path, wanted: str, output: Output) -> QualityAnswer:
    with progress_bar(output, path.name) as bar:

        def progressed(progress: Progress) -> None:
            if bar is not None and progress.percent is not None:
                bar.n = progress.percent
                bar.refresh()

        return trials.search(path, wanted, progressed)


def describe(answer: QualityAnswer) -> str:
    """The trials as a table, what would be taken and why."""
    quality = answer.quality
    chosen = quality.chosen
    wanted = f"{yardstick_name(quality.yardstick)} {tenths(chosen.target)}"
    lines = [visible(answer.plan.media.path), f"  Wanted: {wanted}", ""]
    if chosen.trials:
        headers = (quality.option, "Score", "Worst second", "Size to expect", "Of it", "Time", "")
        rows = [_row(answer, trial) for trial in _in_order(answer)]
        lines += [table(headers, rows, indent="  "), ""]
    taken = f"{quality.option} {chosen.number:g}"
    if chosen.expected is None:
        lines.append(f"  {taken} would be taken.")
    else:
        error = f" ± {tenths(chosen.error)}" if chosen.error else ""
        lines.append(
            f"  {taken} would be taken; {tenths(chosen.expected)}{error} is expected of it."
        )
    lines += [f"  {visible(sentence)}" for sentence in (chosen.reason.message, *answer.notes)]
    return "\n".join(lines) + "\n"


def _row(answer: QualityAnswer, trial: Trial) -> Tuple[object, ...]:
    size, whole = expected_bytes(answer.plan, trial), answer.plan.media.size
    return (
        f"{trial.number:g}",
        f"{trial.mean:.1f}",
        f"{trial.low:.1f}",
        size_text(size),
        f"{size / whole:.0%}" if size is not None and whole else "",
        duration_text(trial.seconds),
        "taken" if trial.number == answer.quality.chosen.number else "",
    )


def _in_order(answer: QualityAnswer) -> List[Trial]:
    return sorted(answer.quality.chosen.trials, key=lambda trial: trial.number)


def _record(answer: QualityAnswer) -> Dict[str, object]:
    quality = answer.quality
    chosen, yardstick = quality.chosen, quality.yardstick
    return {
        "target": chosen.target,
        "measure": None if yardstick is None else yardstick.metric.value,
        "model": None if yardstick is None else yardstick.model,
        "relative": yardstick is not None and yardstick.relative,
        "option": quality.option,
        "trials": [
            {
                "number": trial.number,
                "score": round(trial.mean, 3),
                "worst_second": round(trial.low, 3),
                "expected_size": expected_bytes(answer.plan, trial),
                "seconds": round(trial.seconds, 3),
                "spans": len(trial.spans),
            }
            for trial in _in_order(answer)
        ],
        "number": chosen.number,
        "expected": None if chosen.expected is None else round(chosen.expected, 3),
        "error": None if chosen.error is None else round(chosen.error, 3),
        "reason": {"code": chosen.reason.code, "message": str(chosen.reason.message)},
        "template_number": answer.template_number,
        "notes": [str(note) for note in answer.notes],
    }


COMMAND = single(open_program, QualityOptions, run)
