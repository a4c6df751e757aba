"""``plan --csv FILE PATH…``: what would be done with many films, as a table; nothing is done."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TYPE_CHECKING, List, Optional, Sequence

from commandline.new_file import new_file
from commandline.output import Output
from core.errors import MediaProcessorError
from core.planning.preview import (
    FilmPreview,
    PreviewEnded,
    PreviewNews,
    PreviewNotice,
    PreviewOutcome,
    PreviewSums,
    Tally,
)
from core.queue.overview import Estimate
from core.text.formatting import counted, duration_text, size_text, visible
from monitoring.spelling import full_path
from reports.preview_table import write_preview
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program


def run(
    program: Program, csv: str, files: Sequence[str], native_language: str, output: Output
) -> int:
    """Look at all films and write the table; 1 where one cannot be read.

    Raises UsageError for a file that cannot be there, before any film is looked at.
    """
    path = new_file(csv, ".csv")
    films, complained = _look(program, files, native_language, output)
    tally = Tally()
    for film in films:
        tally.add(film)
    sums = tally.sums(*program.previews().pace())
    write_preview(path, films)
    output.record("preview", file=path, **_record(sums))
    output.text(_described(sums))
    output.text(f"{visible(path)} was written.")
    return int(complained or bool(sums.outcomes[PreviewOutcome.UNREADABLE]))


def _look(
    program: Program, files: Sequence[str], native_language: str, output: Output
) -> tuple[List[FilmPreview], bool]:
    inbox: queue.SimpleQueue[PreviewNews] = queue.SimpleQueue()
    paths = [full_path(Path(name)) for name in files]
    running = program.previews().start(paths, inbox.put, native_language)
    films: List[FilmPreview] = []
    complained = False
    try:
        while True:
            news = inbox.get()
            if isinstance(news, FilmPreview):
                films.append(news)
            elif isinstance(news, PreviewNotice):
                output.notice(news.message, error=True)
                complained = True
            elif isinstance(news, PreviewEnded):
                if news.problem:
                    raise MediaProcessorError(news.problem)
                return films, complained
    finally:
        running.cancel()


def _described(sums: PreviewSums) -> str:
    rows = [(outcome.value, f"{count:,}") for outcome, count in sums.outcomes.items() if count]
    rows += [("tracks dropped", f"{sums.dropped:,}")]
    if sums.after is not None:
        known = sums.before - sums.unsized_before
        after = sums.after
        change = f"{size_text(known)} would become about {size_text(after.likely)}"
        rows.append(("size", f"{change} ({size_text(after.low)} to {size_text(after.high)})"))
    if sums.unsized:
        rows.append(("size not known yet", f"{sums.unsized:,} ({size_text(sums.unsized_before)})"))
    if sums.time is not None:
        low, high = duration_text(sums.time.low), duration_text(sums.time.high)
        rows.append(("time", f"about {duration_text(sums.time.likely)} ({low} to {high})"))
    if sums.untimed:
        rows.append(("time not known yet", f"{sums.untimed:,}"))
    return table((counted(sums.films, "film"), ""), rows)


def _record(sums: PreviewSums) -> dict[str, object]:
    return {
        "films": sums.films,
        "outcomes": {outcome.value: count for outcome, count in sums.outcomes.items()},
        "dropped": sums.dropped,
        "size_before": sums.before,
        "size_after": _band(sums.after),
        "size_unknown": {"films": sums.unsized, "size": sums.unsized_before},
        "seconds": _band(sums.time),
        "seconds_unknown": {"films": sums.untimed},
    }


def _band(estimate: Optional[Estimate]) -> Optional[dict[str, float]]:
    if estimate is None:
        return None
    return {"low": estimate.low, "likely": estimate.likely, "high": estimate.high}
