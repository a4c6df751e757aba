"""What a table is made of, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, NamedTuple, Optional, Sequence, Tuple


@dataclass(frozen=True)
class Column:
    """``name`` is what is sorted by; widths in pixels of a 96 dpi screen.

    A column that stretches shares what room the others leave and never gets narrower than ``least``.
    Where the room is not enough for all, columns go: the lowest ``gives_way`` first, those with 0 never.
    """

    name: str
    title: str
    width: int
    stretch: bool = False
    numeric: bool = False
    least: int = 70
    gives_way: int = 0
    always: bool = False  # the user cannot hide it


class Sign(NamedTuple):
    """An icon of ``views.icons`` and what its colour is for."""

    icon: str
    role: str = "text"


@dataclass(frozen=True)
class Row:
    """One row as it is shown.

    ``bar`` (percent) or ``sign``, and ``lead``, stand in the first column, if it is shown.
    """

    values: Tuple[str, ...]
    lead: str = ""
    bar: Optional[float] = None
    sign: Optional[Sign] = None
    tag: str = ""


@dataclass
class TableEvents:
    """What a table tells; each is called in Tk's thread."""

    need: Callable[[Sequence[int]], None] = lambda _ids: None
    sort: Callable[[str], None] = lambda _name: None
    chosen: Callable[[], None] = lambda: None
    opened: Callable[[int], None] = lambda _job_id: None
    dropped: Callable[[Optional[int]], None] = lambda _before: None  # None: behind the last
