"""Numbers as the window's language writes them: ``1.234,5 GB`` in Dutch and Turkish, ``%63`` in Turkish."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Optional

from core.text import formatting
from views import cldr


def size_text(size: Optional[float]) -> str:
    """Bytes in the unit that reads best (1 MB is a million bytes); empty for None."""
    text = formatting.size_text(size)
    if cldr.is_english() or not text:
        return text
    number, _space, unit = text.rpartition(" ")
    return cldr.with_unit(cldr.in_digits(number), unit)


def saved_text(before: int, after: int) -> str:
    """How much smaller ``after`` is than ``before``, both in bytes: as a size and in percent."""
    share = 100 * (before - after) / before if before else 0.0
    return f"{size_text(before - after)} ({percent_text(share)})"


def count_text(number: int) -> str:
    """A whole number with its thousands apart."""
    return cldr.in_digits(f"{number:,}")


def decimal_text(number: float, digits: int = 1) -> str:
    """A number with so many digits behind the comma."""
    return cldr.in_digits(f"{number:,.{digits}f}")


def percent_text(percent: float) -> str:
    """A share in whole percent; 63 is ``63%``."""
    return cldr.percent(round(percent))


def pace_text(speed: float, digits: int = 2) -> str:
    """How many times as fast as the film plays: ``1.25×``."""
    return f"{decimal_text(speed, digits)}×"


def moment_text(at: Optional[float], *, seconds: bool = False) -> str:
    """A moment (seconds since the epoch) as day and time of day here; empty for None."""
    return "" if at is None else cldr.moment(_here(at), seconds=seconds)


def day_text(at: Optional[float]) -> str:
    """The day of a moment (seconds since the epoch) here; empty for None."""
    return "" if at is None else cldr.day(_here(at))


def clock_text(at: float) -> str:
    """Return the time of day here of a moment (seconds since the epoch)."""
    return cldr.clock(_here(at))


def number_text(text: str) -> str:
    """An English number, size, pace or share (``63%``) as the language in use writes it."""
    if text.endswith("%") and text[:-1].isdigit():
        return percent_text(int(text[:-1]))
    number, _space, unit = text.rpartition(" ")
    if number and not cldr.is_english():
        return cldr.with_unit(cldr.in_digits(number), unit)
    return cldr.in_digits(text)


def _here(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc).astimezone()
