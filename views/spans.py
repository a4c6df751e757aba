"""How long something took or takes, in the window's language."""

from __future__ import annotations

from typing import Optional

from core.text.formatting import duration_text
from views.numbers import decimal_text
from views.texts import _


def took_text(seconds: Optional[float]) -> str:
    """How long something took, with tenths where it was short; empty for None."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("{number} s").format(number=decimal_text(seconds))
    return duration_text(seconds)
