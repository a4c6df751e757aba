"""How wide a table's columns are in the room that there is, and which go where it is too little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Sequence


@dataclass(frozen=True)
class Wish:
    """How wide a column would be, in pixels; one that does not stretch is never narrower nor wider."""

    width: int
    least: int
    stretch: bool
    gives_way: int


def column_widths(wishes: Sequence[Wish], room: int) -> List[int]:
    """Return each column's width for a table that is so wide, in pixels; 0 for those that go."""
    there = list(range(len(wishes)))
    while sum(wishes[place].least for place in there) > room:
        going = [place for place in there if wishes[place].gives_way]
        if not going:
            break
        there.remove(min(going, key=lambda place: wishes[place].gives_way))
    spare = room - sum(wishes[place].least for place in there)
    gone = [place for place in range(len(wishes)) if place not in there]
    for place in sorted(gone, key=lambda place: -wishes[place].gives_way):
        if wishes[place].least <= spare:  # a narrower one than that for which it went
            there.append(place)
            spare -= wishes[place].least
    widths = [wish.least if place in there else 0 for place, wish in enumerate(wishes)]
    elastic = [place for place in there if wishes[place].stretch]
    left = room - sum(widths[place] for place in there if place not in elastic)
    while elastic:
        wished = sum(wishes[place].width for place in elastic)
        wide = {place: wishes[place].width * left // wished for place in elastic}
        short = [place for place in elastic if wide[place] < wishes[place].least]
        if not short:
            widths = [wide.get(place, width) for place, width in enumerate(widths)]
            break
        left -= sum(wishes[place].least for place in short)
        elastic = [place for place in elastic if place not in short]
    return widths
