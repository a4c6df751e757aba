"""Which rows of a long table are chosen, by mouse and by keys, the way tables everywhere do it."""

from __future__ import annotations

from core.reporting.row_order import Ranges


class RowChoice:
    """Chosen rows by place; ``cursor`` is where the keyboard is, ``anchor`` where a range begins."""

    def __init__(self) -> None:
        self.ranges = Ranges()
        self.cursor = 0
        self.anchor = 0

    def only(self, place: int) -> None:
        """Choose one row."""
        self.ranges = Ranges.of((place,))
        self.cursor = self.anchor = place

    def toggle(self, place: int) -> None:
        """Choose one row more, or one less."""
        self.ranges = self.ranges.toggled(place)
        self.cursor = self.anchor = place

    def up_to(self, place: int) -> None:
        """Choose everything from the anchor to here."""
        first, last = sorted((self.anchor, place))
        self.ranges = Ranges(((first, last + 1),))
        self.cursor = place

    def everything(self, count: int) -> None:
        """Choose all rows, also those that are not on the screen."""
        self.ranges = Ranges(((0, count),)) if count else Ranges()

    def nothing(self) -> None:
        """Choose no row; the keyboard stays where it is."""
        self.ranges = Ranges()

    def keep_within(self, count: int) -> None:
        """Forget places that a table of ``count`` rows does not have."""
        self.ranges = self.ranges.within(count)
        self.cursor = max(0, min(self.cursor, count - 1))
        self.anchor = max(0, min(self.anchor, count - 1))
