"""When a message may be sent: not in quiet hours, not too soon after another, not while a service fails."""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from core.settings.schedule import parse_schedule
from core.settings.tree import MessageSettings

FIRST_REST = 60.0  # seconds after a message that could not be sent
LONGEST_REST = 3600.0
OLDEST = 3 * 86400.0  # seconds: what could not be told for so long is no news any more


def is_quiet(settings: MessageSettings, local: datetime) -> bool:
    """Whether these are quiet hours by the clock on the wall; without any they never are."""
    text = settings.quiet_hours.strip()
    return bool(text) and parse_schedule(text).open_at(local)


def too_soon(settings: MessageSettings, now: float, sent_at: Optional[float]) -> bool:
    """Whether the last message was sent less than the user's pause ago.

    One of the future counts as none: the clock was set back.
    """
    return sent_at is not None and 0 <= now - sent_at < settings.pause_minutes * 60


def rest_after(failures: int) -> float:
    """Return for how many seconds an address rests after so many failures in a row."""
    return float(min(FIRST_REST * 2.0 ** min(failures - 1, 10), LONGEST_REST)) if failures else 0.0
