"""The statistics as an HTML page and as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Iterable, Optional, Sequence, Tuple

from core.ports import Translator
from core.reporting.page_language import ENGLISH, PageLanguage
from core.reporting.statistics import Named, StatisticsReport, Sums
from core.reporting.statistics_charts import charts_of
from core.text.formatting import duration_text, size_text, visible
from core.text.sentence import N_
from reports.svg import CSS, svg_of
from reports.whole_file import write_file

_STYLE = f"""
:root{{--text:#1f2328;--muted:#555d67;--grid:#d5d9e0;--ground:#fff;--card:#f3f4f6;
--first:#1a5fc4;--second:#b42318;--third:#8a939f}}
@media (prefers-color-scheme:dark){{:root{{--text:#dfe1e5;--muted:#a0a7b0;--grid:#42464c;
--ground:#1e1f22;--card:#26282b;--first:#6ea1f2;--second:#ff7b72;--third:#7d8590}}}}
body{{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground);
max-width:1200px;margin:2em auto;padding:0 1em}}
main{{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(500px,100%),1fr));gap:1em;
align-items:start}}
section,.tile{{background:var(--card);border-radius:8px;padding:1em;overflow-x:auto}}
.tiles{{display:flex;flex-wrap:wrap;gap:1em;margin-bottom:1em}}.tile b{{display:block;font-size:1.5em}}
h2{{font-size:1em;margin:0 0 .6em}}svg{{width:100%}}svg text{{font-size:13px}}
svg .text,svg .muted{{stroke:none}}
.area{{opacity:.35}}table{{border-collapse:collapse;width:100%}}
td,th{{text-align:right;padding:.2em .35em;white-space:nowrap;font-size:.93em}}
td:first-child,th:first-child{{text-align:left}}
td:first-child{{unicode-bidi:isolate;overflow-wrap:anywhere;white-space:normal;min-width:7em}}
tr+tr td{{border-top:1px solid var(--grid)}}{CSS}
"""
# What the tables of ``splits_of`` tell of each name.
SPLIT_COLUMNS = (N_("Films"), N_("Failed"), N_("Saved"), N_("Share"), N_("Speed"), N_("Time"))
SPLIT_TITLES = (
    *(N_("Machine"), N_("Content"), N_("Video before"), N_("Resolution"), N_("Template")),
)
# The table for spreadsheets: programs read these names, a person what they mean.
_COLUMNS = {
    "split by": N_("Split by"),
    "name": N_("Name"),
    "completed": N_("Completed"),
    "failed": N_("Failed"),
    "skipped": N_("Skipped"),
    "size_before": N_("Bytes before"),
    "size_after": N_("Bytes after"),
    "saved": N_("Bytes saved"),
    "seconds": N_("Seconds of work"),
    "film_seconds": N_("Seconds of film"),
    # At the end, so that what reads the columns by their place goes on.
    "scored": N_("Films measured"),
    "mean_difference": N_("Mean difference to the target"),
    "target_met": N_("Films near their target"),
}
_TOTAL, _DAY = "total", "day"
_GROUPS = {_TOTAL: N_("Total"), _DAY: N_("Day")}


def statistics_page(
    report: StatisticsReport, made: datetime, language: PageLanguage = ENGLISH
) -> str:
    """Return a page that needs nothing from outside; ``made`` is the day and time it was made at."""
    say, write = language.say, language.number
    title = say(N_("Statistics"))
    when = say(N_("made {moment}")).format(moment=language.moment(made))
    tiles = "".join(
        f"<div class=tile>{escape(title)}<b>{escape(text)}</b></div>"
        for title, text in totals_of(report, say, write)
    )
    charts = "".join(
        f"<section><h2>{escape(chart.title)}</h2>{svg_of(chart)}</section>"
        for chart in charts_of(report, say, write, language.period)
    )
    headings = tuple(map(say, SPLIT_COLUMNS))
    tables = "".join(
        _table((name, *headings), rows) for name, rows in splits_of(report, say, write)
    )
    return (
        f'<!DOCTYPE html><html lang="{escape(language.code)}"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width">'
        f"<title>MediaProcessor: {escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(_span(report, made, language))} · {escape(when)}</p>"
        f"<div class=tiles>{tiles}</div><main>{charts}{tables}</main></html>\n"
    )


def _span(report: StatisticsReport, made: datetime, language: PageLanguage) -> str:
    """From which day until which day the figures are."""
    days = [name for name, _sums in report.periods]
    since = report.since or (days[0] if days else "")
    if not since and not report.until:
        return language.say(N_("nothing yet"))
    until = report.until or made.date().isoformat()
    return f"{language.period(since)} – {language.period(until)}"


def totals_of(
    report: StatisticsReport,
    say: Translator = lambda text: text,
    write: Translator = lambda text: text,
) -> Tuple[Tuple[str, str], ...]:
    """Return the totals with their titles; ``say`` translates these, ``write`` the numbers.

    What films that were encoded for a quality have come to is told where there are any.
    """
    total = report.total
    totals = (
        (N_("Films"), f"{total.completed:,}"),
        (N_("Hours of film"), f"{total.film_seconds / 3600:,.1f}"),
        (N_("Space saved"), size_text(total.saved)),
        (N_("Savings in percent"), f"{total.share:.0%}" if total.before else "–"),
        (N_("Failed"), f"{total.failed:,}"),
        (N_("Hours of work"), f"{total.seconds / 3600:,.1f}"),
    )
    shown = [(say(title), write(number)) for title, number in totals]
    if total.mean_difference is not None:
        near = say(N_("{near} of {films}")).format(
            near=write(f"{total.target_met:,}"), films=write(f"{total.scored:,}")
        )
        difference = write(f"{total.mean_difference:+.1f}")
        shown.append((say(N_("Films near their target")), near))
        shown.append((say(N_("Mean difference to the target")), difference))
    return tuple(shown)


def splits_of(
    report: StatisticsReport,
    say: Translator = lambda text: text,
    write: Translator = lambda text: text,
) -> Tuple[Tuple[str, Tuple[Tuple[str, ...], ...]], ...]:
    """Return a table for each way to split the figures that has any name: its title and rows.

    A row is a name and what ``SPLIT_COLUMNS`` tell of it.
    """
    return tuple(
        (say(title), tuple((name, *map(write, figures)) for name, *figures in map(_row, names)))
        for title, names in _named(report)
        if any(name for name, _sums in names)
    )


def _row(named: Tuple[str, Sums]) -> Tuple[str, ...]:
    name, sums = named
    return (
        visible(name) or "–",
        f"{sums.completed:,}",
        f"{sums.failed:,}",
        size_text(sums.saved),
        f"{sums.share:.0%}" if sums.before else "–",
        f"{sums.speed:.1f}×" if sums.speed else "–",
        duration_text(sums.seconds),
    )


def write_csv(
    path: Path, report: StatisticsReport, language: Optional[PageLanguage] = None
) -> None:
    """Write every sum as a table that spreadsheets open; raises FolderNotWritable.

    Its headings are names for programs, or what they mean in a person's ``language``.
    """
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(map(language.say, _COLUMNS.values()) if language else _COLUMNS)
    groups: Iterable[Tuple[str, Named]] = (
        (_TOTAL, (("", report.total),)),
        (_DAY, report.periods),
        *_named(report),
    )
    for title, names in groups:
        for name, sums in names:
            figures = (
                sums.completed,
                sums.failed,
                sums.skipped,
                sums.before,
                sums.after,
                sums.saved,
            )
            times = (round(sums.seconds, 1), round(sums.film_seconds, 1))
            group = language.say(_GROUPS.get(title, title)) if language else title
            mean = sums.mean_difference
            scores = (sums.scored, "" if mean is None else round(mean, 2), sums.target_met)
            rows.writerow([group, harmless_cell(name), *figures, *times, *scores])
    # With the mark by which Excel knows UTF-8.
    write_file(path, text.getvalue().encode("utf-8-sig"))


def harmless_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    plain = visible(text)
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@") else plain


def _named(report: StatisticsReport) -> Tuple[Tuple[str, Named], ...]:
    splits = (
        report.machines,
        report.contents,
        report.codecs,
        report.resolutions,
        report.templates,
    )
    return tuple(zip(SPLIT_TITLES, splits))


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<section><table><tr>{head}</tr>{body}</table></section>"
