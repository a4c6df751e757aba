"""Kept originals in words: the columns and rows of their table, its filters and sums."""

from __future__ import annotations

import math
import os
from typing import Optional, Sequence, Tuple

from core.reporting.kept_listing import KeptFilter, KeptRow, KeptState, KeptSums, soon
from views.film_signs import OF_KEPT
from views.numbers import count_text, day_text, saved_text, size_text
from views.shown import visible
from views.table_parts import Column, Row
from views.texts import N_, _, ngettext

COLUMNS = (
    Column("name", N_("Film"), 240, stretch=True),
    Column("size", N_("Original"), 84, numeric=True),
    Column("saved", N_("Saved"), 130, numeric=True),
    Column("since", N_("Replaced"), 106),
    Column("expires", N_("Kept until"), 212),
    Column("folder", N_("Folder"), 150, stretch=True),
)
STATES = {
    KeptState.MISSING: N_("Missing files"),
    KeptState.UNKNOWN: N_("Of unknown films"),
}
NONE = Row(("",) * len(COLUMNS))  # of an original that has gone, until the table is read again
_DAY = 86400.0


def row_of(row: KeptRow, now: float) -> Row:
    """An original as a row; ``now`` in seconds since the epoch."""
    folder, name = os.path.split(row.shown)
    values = (
        name,
        size_text(row.size),
        "" if row.result_size is None else saved_text(row.size, row.result_size),
        _day(row.since),
        _until(row, now),
        folder,
    )
    tag = {KeptState.KEPT: "", KeptState.MISSING: "error", KeptState.UNKNOWN: "muted"}[row.state]
    return Row(tuple(map(visible, values)), tag=tag, sign=OF_KEPT[row.state])


def filters(disks: Sequence[str], now: float) -> Tuple[Tuple[str, KeptFilter], ...]:
    """The choices of what is shown: a text each and what it stands for."""
    return (
        (_("All"), KeptFilter()),
        (_("Removed within 7 days"), KeptFilter(expires_before=soon(now))),
        *((_(text), KeptFilter(state=state)) for state, text in STATES.items()),
        *(
            (_("On {disk}").format(disk=visible(disk)), KeptFilter(disk=disk))
            for disk in disks
            if disk and len(disks) > 1
        ),
    )


def sums_text(sums: KeptSums) -> str:
    """What all originals come to, by disk where there are several."""
    if not sums.count:
        return ""
    told = ngettext(
        "{number} original, {size}; its film is {saved} smaller.",
        "{number} originals, {size}; their films are {saved} smaller.",
        sums.count,
    ).format(number=count_text(sums.count), size=size_text(sums.size), saved=size_text(sums.saved))
    if len(sums.by_disk) > 1:
        disks = ", ".join(f"{visible(disk)}: {size_text(size)}" for disk, size in sums.by_disk)
        told = f"{told} {disks}."
    if sums.missing:
        missing = ngettext("{number} file is missing.", "{number} files are missing.", sums.missing)
        told = f"{told} {missing.format(number=count_text(sums.missing))}"
    return told


def _until(row: KeptRow, now: float) -> str:
    if row.state is KeptState.MISSING:
        return _("The file is missing")
    expires = row.expires
    if expires is None:
        return _("Never removed")
    days = math.ceil((expires - now) / _DAY)
    if days <= 0:
        return _("{day} (any moment)").format(day=_day(expires))
    text = ngettext("{day} (in {number} day)", "{day} (in {number} days)", days)
    return text.format(day=_day(expires), number=count_text(days))


def _day(at: Optional[float]) -> str:
    return day_text(at)
