"""A preview in words: the table's columns and rows, and what all films come to."""

from __future__ import annotations

from enum import Enum
from typing import Optional, Tuple

from core.planning.preview import WORK, FilmPreview, PreviewOutcome, PreviewSums
from core.queue.overview import Estimate
from core.text.formatting import duration_text
from views.film_signs import OF_OUTCOMES
from views.numbers import count_text, saved_text, size_text
from views.shown import visible
from views.table_parts import Column, Row
from views.texts import N_, _, ngettext, pgettext

OUTCOMES = {
    PreviewOutcome.ENCODE: N_("Re-encode the video"),
    PreviewOutcome.COPY: N_("Copy the video"),
    PreviewOutcome.NAMES: N_("Names and flags only"),
    PreviewOutcome.NOTHING: N_("Nothing to do"),
    PreviewOutcome.NO_GAIN: N_("No smaller"),
    PreviewOutcome.LEFT_ALONE: N_("Skipped"),
    PreviewOutcome.UNREADABLE: N_("Unreadable"),
}
COLUMNS = (
    Column("name", N_("Film"), 300, stretch=True, least=240, always=True),
    Column("outcome", N_("Action"), 176),
    Column("dropped", N_("Removed"), 86, numeric=True, gives_way=2),
    Column("size", N_("Size"), 90, numeric=True, gives_way=5),
    Column("expected", N_("Expected"), 104, numeric=True),
    Column("time", N_("Time"), 88, numeric=True, gives_way=4),
    Column("message", N_("Why"), 240, stretch=True, least=140, gives_way=3),
    Column("folder", N_("Folder"), 120, stretch=True, least=90, gives_way=1),
)


def row_of(film: FilmPreview) -> Row:
    """A film as a row; what is not known yet stands as a question mark."""
    unknown = "?" if film.has_work else ""
    values = (
        film.path.name,
        _(OUTCOMES[film.outcome]),
        str(film.dropped) if film.has_work else "",
        size_text(film.size) if film.size else "",
        f"≈ {size_text(film.expected.likely)}" if film.expected else unknown,
        f"≈ {duration_text(film.time.likely)}" if film.time else unknown,
        visible(film.summary or film.message),
        str(film.path.parent),
    )
    tag = "error" if film.outcome is PreviewOutcome.UNREADABLE else "" if film.has_work else "muted"
    return Row(tuple(map(visible, values)), tag=tag, sign=OF_OUTCOMES[film.outcome])


def outcome_word(outcome: Enum) -> str:
    """Return what an outcome is called."""
    return _(OUTCOMES[PreviewOutcome(outcome)])


def filters() -> Tuple[Tuple[str, Tuple[PreviewOutcome, ...]], ...]:
    """The choices of what is shown: a text each and the outcomes that it stands for."""
    others = tuple(outcome for outcome in PreviewOutcome if outcome not in WORK)
    return (
        (pgettext("films", "All"), tuple(PreviewOutcome)),
        (_("To process"), WORK),
        (_("Nothing to do"), others),
        *((_(OUTCOMES[outcome]), (outcome,)) for outcome in PreviewOutcome),
    )


def sums_text(sums: PreviewSums) -> str:
    """What all films come to, in a few lines."""
    films = ngettext("{number} film", "{number} films", sums.films).format(
        number=count_text(sums.films)
    )
    work = ngettext("{number} to process", "{number} to process", sums.with_work).format(
        number=count_text(sums.with_work)
    )
    dropped = ngettext("{number} track removed", "{number} tracks removed", sums.dropped).format(
        number=count_text(sums.dropped)
    )
    return "\n".join(
        (f"{films}, {work}, {dropped}.", *((_sizes(sums), _times(sums)) if sums.with_work else ()))
    )


def _sizes(sums: PreviewSums) -> str:
    known = sums.before - sums.unsized_before
    told = []
    if sums.after is not None:
        likely = round(sums.after.likely)
        told.append(
            _(
                "Size: {before} would become about {after} ({low} to {high}), saving {saved}."
            ).format(
                before=size_text(known),
                after=size_text(likely),
                low=size_text(sums.after.low),
                high=size_text(sums.after.high),
                saved=saved_text(known, likely),
            )
        )
    if sums.unsized:
        text = ngettext(
            "No size estimate yet for {number} film ({size}).",
            "No size estimate yet for {number} films ({size}).",
            sums.unsized,
        )
        told.append(
            text.format(number=count_text(sums.unsized), size=size_text(sums.unsized_before))
        )
    return " ".join(told)


def _times(sums: PreviewSums) -> str:
    told = []
    if sums.time is not None:
        told.append(_("Time: about {band}.").format(band=_band(sums.time)))
    if sums.untimed:
        text = ngettext(
            "No time estimate yet for {number} film.",
            "No time estimate yet for {number} films.",
            sums.untimed,
        )
        told.append(text.format(number=count_text(sums.untimed)))
    return " ".join(told)


def _band(time: Estimate) -> str:
    return _("{likely} ({low} to {high})").format(
        likely=duration_text(time.likely),
        low=duration_text(time.low),
        high=duration_text(time.high),
    )


def progress_text(done: int, total: Optional[int], *, running: bool) -> str:
    """How far the look at the films has come."""
    if total is None:
        return _("Searching for films…") if running else ""
    if running:
        return _("{done} of {total} films").format(done=count_text(done), total=count_text(total))
    if done < total:
        return _("Stopped after {done} of {total} films").format(
            done=count_text(done), total=count_text(total)
        )
    return ""
