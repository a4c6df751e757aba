"""``library``: what the watched folders hold, what processing it would save, and which films are damaged."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List, Optional, Tuple

from commandline.command import open_program, single
from commandline.exit_codes import DONE, FAILED
from commandline.new_file import new_file
from commandline.numbers import count
from commandline.options import option, switch
from commandline.output import Output
from commandline.remote_call import call_running
from core.library.film import FilmHealth, LibraryFilm, LibraryState
from core.library.grouping import GroupBy, LibraryGroup, band_label
from core.library.progress import CheckProgress, LookProgress
from core.library.savings import LibrarySums, saving_text, sums_sentence
from core.queue.overview import Estimate
from core.text.formatting import counted, duration_text, size_text, visible
from reports.library_table import write_library
from reports.text_table import table
from store.library_pages import LibraryListing, LibraryPages, LibrarySort

if TYPE_CHECKING:
    from app.library import FilmLibrary
    from app.program import Program

_LOOK = 0.2  # seconds between two looks at how far it is
_NEWS = 10.0  # seconds between two lines that tell of it


@dataclass(frozen=True)
class LibraryOptions:
    """What ``library`` is asked for."""

    by: str = option(
        "--by",
        default="",
        choices=tuple(by.value for by in GroupBy),
        help="count films by what they have in common instead of listing them",
    )
    damaged: bool = switch("--damaged", help="only films that were found to be damaged")
    state: str = option(
        "--state",
        default="",
        choices=tuple(state.value for state in LibraryState),
        help="only films in this state",
    )
    text: str = option(
        "--text", default="", metavar="TEXT", help="only films with this in their path"
    )
    sort: str = option(
        "--sort",
        default=LibrarySort.FOLDER.value,
        choices=tuple(sort.value for sort in LibrarySort),
        help="the column to sort by (default folder)",
    )
    limit: int = option(
        "--limit",
        default=100,
        kind=count,
        metavar="N",
        help="show at most N films; 0: all (default 100)",
    )
    look: bool = switch("--look", help="first look into the films that nobody has looked into")
    check: bool = switch(
        "--check",
        help="first decode all films that were not checked, to find damaged ones; takes hours",
    )
    csv: str = option(
        "--csv", default="", metavar="FILE.csv", help="write a table of all these films"
    )


def run(program: Program, options: LibraryOptions, output: Output) -> int:
    """Show the library; 1 where looking or checking came to no end. Raises UsageError for a bad file name."""
    path = new_file(options.csv, ".csv") if options.csv else None
    library, listing = program.library(), _listing(options)
    asked = options.look or options.check
    code = call_running(program, "library", options, output) if asked else None
    told = code is not None
    if code is None:
        code = _work(library, options, output)
    library.store.update()
    if path is not None:
        write_library(path, library.pages.films(listing))
        output.text(f"{visible(path)} was written.")
    if not told:
        _show(library.pages, options, listing, output)
    return code


def at_work(program: Program, options: LibraryOptions, output: Output) -> int:
    """Let the program at work look into its films and check them, beside all else; answer at once."""
    library = program.library(program.manager_at_work())
    if options.look:
        library.look.start()
        output.text("The program at work looks into the films that nobody has looked into.")
    if options.check:
        library.checks.start()
        output.text("The program at work checks the films for damage.")
    library.store.update()
    _show(library.pages, options, _listing(options), output)
    return DONE


def _listing(options: LibraryOptions) -> LibraryListing:
    return LibraryListing(
        LibrarySort(options.sort),
        text=options.text,
        state=LibraryState(options.state) if options.state else None,
        health=FilmHealth.DAMAGED if options.damaged else None,
    )


# ---- looking and checking


def _work(library: FilmLibrary, options: LibraryOptions, output: Output) -> int:
    problems = []
    if options.look:
        library.look.start()
        try:
            problems.append(_follow_look(library, output).problem)
        finally:
            library.look.stop()
    if options.check:
        library.checks.start()
        try:
            problems.append(_follow_check(library, output).problem)
        finally:
            library.checks.stop()
    for problem in filter(None, problems):
        output.notice(problem, error=True)
    return FAILED if any(problems) else DONE


def _follow_look(library: FilmLibrary, output: Output) -> LookProgress:
    due = time.monotonic() + _NEWS
    while library.look.progress.running:
        time.sleep(_LOOK)
        progress = library.look.progress
        if time.monotonic() > due:
            due = time.monotonic() + _NEWS
            output.news(f"{progress.done:,} of {counted(progress.total, 'film')} looked into")
    return library.look.progress


def _follow_check(library: FilmLibrary, output: Output) -> CheckProgress:
    due = time.monotonic() + _NEWS
    while library.checks.progress.running:
        time.sleep(_LOOK)
        progress = library.checks.progress
        if time.monotonic() > due:
            due = time.monotonic() + _NEWS
            output.news(_check_line(progress))
    return library.checks.progress


def _check_line(progress: CheckProgress) -> str:
    line = f"{progress.done:,} of {counted(progress.total, 'film')} checked, {progress.damaged:,} damaged"
    if progress.film is not None:
        speed = f", {progress.speed:.1f}x" if progress.speed else ""
        line += f"; {progress.film.name} {progress.percent:.0f} %{speed}"
    return line if progress.left is None else f"{line}; {duration_text(progress.left)} left"


# ---- showing


def _show(
    pages: LibraryPages, options: LibraryOptions, listing: LibraryListing, output: Output
) -> None:
    sums = pages.sums(listing)
    output.record("library", **_sums_record(sums))
    output.text(f"{sums_sentence(sums)}.")
    if not sums.films:
        if not (options.damaged or options.state or options.text):
            output.text("Watch a folder (`folders add`) and have it scanned (`folders scan`).")
        return
    if options.by:
        by = GroupBy(options.by)
        groups = pages.groups(by, listing)
        for group in groups:
            output.record("library_group", by=by.value, label=_label(by, group), **vars(group))
        rows = [(_label(by, group), f"{group.films:,}", size_text(group.size)) for group in groups]
        output.text("\n" + table((by.value.capitalize(), "Films", "Size"), rows))
        return
    films = pages.films(listing, options.limit or -1)
    for film in films:
        output.record("library_film", **_film_record(film))
    headers: Tuple[str, ...] = (
        "Film",
        "Codec",
        "Picture",
        "HDR",
        "Length",
        "Size",
        "Languages",
        "Condition",
        "State",
    )
    headers += ("Saving", "")
    output.text("\n" + table(headers, [_row(film) for film in films]))
    if sums.films > len(films):
        output.text(f"… and {sums.films - len(films):,} more; --limit 0 shows all.")


def _label(by: GroupBy, group: LibraryGroup) -> str:
    if not group.value:
        return "not known"
    return str(band_label(int(group.value))) if by is GroupBy.SIZE else group.value


def _row(film: LibraryFilm) -> Tuple[object, ...]:
    facts = film.facts
    return (
        film.path,
        facts.codec,
        facts.resolution,
        facts.hdr,
        duration_text(facts.duration) if facts.duration else "",
        size_text(film.size),
        " ".join(facts.languages),
        film.health.value,
        film.state.value,
        saving_text(film.saving),
        visible(film.health_sentence or film.message),
    )


def _film_record(film: LibraryFilm) -> Dict[str, object]:
    facts, rate = film.facts, film.bit_rate
    places: List[Dict[str, float]] = [
        {"start": place.start, "end": place.end} for place in film.damage.places
    ]
    return {
        "file": film.path,
        "codec": facts.codec,
        "width": facts.width,
        "height": facts.height,
        "resolution": facts.resolution,
        "hdr": facts.hdr,
        "duration": facts.duration,
        "size": film.size,
        "bit_rate": None if rate is None else round(rate, 3),
        "languages": facts.languages,
        "state": film.state.value,
        "message": film.message,
        "saving": _band(film.saving),
        "condition": film.health.value,
        "condition_message": film.health_sentence,
        "damage": places,
    }


def _sums_record(sums: LibrarySums) -> Dict[str, object]:
    return {
        "films": sums.films,
        "size": sums.size,
        "with_work": sums.with_work,
        "saving": _band(sums.saving),
        "saving_unknown": {"films": sums.unsized, "size": sums.unsized_size},
        "not_looked_at": {"films": sums.unseen, "size": sums.unseen_size},
    }


def _band(estimate: Optional[Estimate]) -> Optional[Dict[str, float]]:
    if estimate is None:
        return None
    return {"low": estimate.low, "likely": estimate.likely, "high": estimate.high}


COMMAND = single(open_program, LibraryOptions, run, at_work)
