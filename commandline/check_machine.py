"""``check-machine``: every encoder that is here works on short films; the answer is for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional

from commandline.command import NoOptions, open_program, single
from commandline.exit_codes import DONE, FAILED
from commandline.long_work import ends_politely, progress_bar
from commandline.output import Output
from core.text.formatting import visible

if TYPE_CHECKING:
    from app.machine_check import MachineChecks
    from app.program import Program
    from core.reporting.machine_check import EncoderCheck, FilmCheck, MachineCheck


class _BarWatcher:
    """Moves the bar, where there is one."""

    def __init__(self, bar: Optional[Any]) -> None:
        self._bar = bar

    def progressed(self, doing: str, percent: float) -> None:
        if self._bar is not None:
            self._bar.set_description_str(visible(doing), refresh=False)
            self._bar.n = percent
            self._bar.refresh()


def run(program: Program, _options: NoOptions, output: Output) -> int:
    """Try every encoder and tell what was found; 1 where one that is here was not proved."""
    from app.interruptible import interruptible
    from app.machine_check import MachineChecks
    from core.reporting.machine_check import report

    checks = MachineChecks(program)
    with ends_politely(), progress_bar(output, "") as bar:
        watcher = _BarWatcher(bar)
        check = interruptible(lambda: checks.run(watcher), checks.control, "machine-check")
    output.record("check-machine", **_record(check, checks))
    text = report(check, checks.hide)
    output.text("\n".join(visible(line) for line in text.splitlines()))
    return DONE if check.healthy else FAILED


def _record(check: MachineCheck, checks: MachineChecks) -> Dict[str, object]:
    hide = checks.hide
    return {
        "ok": check.healthy,
        "verdict": check.verdict,
        "film": check.film,
        "encoders": [_encoder(encoder, checks) for encoder in check.encoders],
        "facts": {fact.key: hide(fact.value) for fact in check.facts},
    }


def _encoder(encoder: EncoderCheck, checks: MachineChecks) -> Dict[str, object]:
    return {
        "encoder": encoder.encoder,
        "family": encoder.family,
        "program": checks.hide(encoder.program),
        "absent": checks.hide(encoder.absent),
        "films": [_film(film, checks) for film in encoder.films],
    }


def _film(film: FilmCheck, checks: MachineChecks) -> Dict[str, object]:
    return {
        "film": film.feature.value,
        "outcome": film.outcome.value,
        "why": checks.hide(film.why),
        "pictures_a_second": _rounded(film.pictures_a_second),
        "times_realtime": _rounded(film.times_realtime),
        "share": _rounded(film.share),
        "seconds": round(film.seconds, 3),
    }


def _rounded(value: Optional[float]) -> Optional[float]:
    return None if value is None else round(value, 3)


COMMAND = single(open_program, NoOptions, run)
