"""Times as the clock on the wall shows them."""

from __future__ import annotations

from datetime import datetime


def clock_text(at: float) -> str:
    """Return a time (seconds since the epoch) as the clock on the wall shows it."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"
