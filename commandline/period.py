"""``--since DAY`` and ``--until DAY`` of the commands that show what was achieved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Tuple

from commandline.options import option
from core.errors import UsageError


def since_option() -> str:
    """The option for the first day."""
    return option("--since", default="", metavar="DAY", help="the first day, as 2026-01-31")


def until_option() -> str:
    """The option for the last day."""
    return option("--until", default="", metavar="DAY", help="the last day")


def days(since: str, until: str) -> Tuple[str, str]:
    """The first and the last day in ISO's form, "" where open; raises UsageError for what is no day."""
    first, last = _day(since), _day(until)
    if first and last and first > last:
        raise UsageError(f"{first} comes after {last}; --since takes the first day.")
    return first, last


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day alone
    except ValueError:
        today = date.today()  # noqa: DTZ011 - the user's own day
        raise UsageError(f"{text!r} is no day; write it as {today.isoformat()}.") from None
