"""The statistics as an HTML page and as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from html import escape
from pathlib import Path
from typing import Iterable, Sequence, Tuple

from core.ports import Translator
from core.reporting.statistics import Named, StatisticsReport, Sums
from core.reporting.statistics_charts import charts_of
from core.text.formatting import duration_text, size_text, visible
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
SPLIT_COLUMNS = ("Films", "Failed", "Saved", "Share", "Speed", "Time")
SPLIT_TITLES = ("Machine", "Content", "Video before", "Resolution", "Template")
_COLUMNS = "completed failed skipped size_before size_after saved seconds film_seconds".split(" ")


def statistics_page(report: StatisticsReport, made: str) -> str:
    """Return a page that needs nothing from outside; ``made`` is the day and time it was made at."""
    days = [name for name, _sums in report.periods]
    since = report.since or (days[0] if days else "")
    until = report.until or made[: len("2026-01-31")]
    span = f"{since} – {until}" if since or report.until else "nothing yet"
    tiles = "".join(
        f"<div class=tile>{escape(title)}<b>{escape(text)}</b></div>"
        for title, text in totals_of(report)
    )
    charts = "".join(
        f"<section><h2>{escape(chart.title)}</h2>{svg_of(chart)}</section>"
        for chart in charts_of(report)
    )
    tables = "".join(_table(title, rows) for title, rows in splits_of(report))
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width">'
        f"<title>MediaProcessor: statistics</title><style>{_STYLE}</style>"
        f"<h1>Statistics</h1><p>{escape(span)} · made {escape(made)}</p>"
        f"<div class=tiles>{tiles}</div><main>{charts}{tables}</main></html>\n"
    )


def totals_of(
    report: StatisticsReport,
    say: Translator = lambda text: text,
    write: Translator = lambda text: text,
) -> Tuple[Tuple[str, str], ...]:
    """Return the totals with their titles; ``say`` translates these, ``write`` the numbers."""
    total = report.total
    totals = (
        ("Films", f"{total.completed:,}"),
        ("Hours of film", f"{total.film_seconds / 3600:,.1f}"),
        ("Space saved", size_text(total.saved)),
        ("Savings in percent", f"{total.share:.0%}" if total.before else "–"),
        ("Failed", f"{total.failed:,}"),
        ("Hours of work", f"{total.seconds / 3600:,.1f}"),
    )
    return tuple((say(title), write(number)) for title, number in totals)


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


def write_csv(path: Path, report: StatisticsReport) -> None:
    """Write every sum as a table that spreadsheets open; raises FolderNotWritable."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["split by", "name", *_COLUMNS])
    groups: Iterable[Tuple[str, Named]] = (
        ("total", (("", report.total),)),
        ("day", report.periods),
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
            rows.writerow([title, harmless_cell(name), *figures, *times])
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


def _table(title: str, rows: Sequence[Sequence[str]]) -> str:
    cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    head = "".join(f"<th>{escape(heading)}</th>" for heading in (title, *SPLIT_COLUMNS))
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<section><table><tr>{head}</tr>{body}</table></section>"
