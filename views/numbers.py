"""Numbers as the window's language writes them: ``1.234,5 GB`` in Dutch and Turkish."""

from __future__ import annotations

from typing import Optional

from core.text import formatting
from views.texts import in_digits


def size_text(size: Optional[float]) -> str:
    """Bytes in the unit that reads best (1 MB is a million bytes); empty for None."""
    return in_digits(formatting.size_text(size))


def saved_text(before: int, after: int) -> str:
    """How much smaller ``after`` is than ``before``, both in bytes: as a size and in percent."""
    return in_digits(formatting.saved_text(before, after))


def count_text(number: int) -> str:
    """A whole number with its thousands apart."""
    return in_digits(f"{number:,}")
