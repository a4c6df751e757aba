"""Whether the queue may work now, and if not, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Callable, Optional, Sequence, Union

from core.settings.schedule import parse_schedule
from core.settings.tree import QueueSettings


def clock_text(at: float) -> str:
    """Return a time (seconds since the epoch) as the clock on the wall shows it."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Closed:
    """Why the queue pauses by itself; ``until`` in seconds since the epoch, None where nobody knows.

    ``lets_finish``: what runs comes to its end first, whatever the settings say.
    """

    reason: str
    until: Optional[float] = None
    lets_finish: bool = False


Condition = Callable[[], Union[str, Closed, None]]  # a sentence where the queue has to pause


class Gate:
    """Asks the working hours first, then each of ``conditions``."""

    def __init__(
        self,
        settings: Callable[[], QueueSettings],
        now: Callable[[], float],
        conditions: Sequence[Condition] = (),
    ) -> None:
        self._settings = settings
        self._now = now
        self._conditions = tuple(conditions)

    def closed(self) -> Optional[Closed]:
        """Return why the queue has to pause now; None where it may work."""
        outside = self._outside_hours()
        if outside is not None:
            return outside
        for condition in self._conditions:
            reason = condition()
            if reason:
                return reason if isinstance(reason, Closed) else Closed(reason)
        return None

    def _outside_hours(self) -> Optional[Closed]:
        schedule = parse_schedule(self._settings().schedule)
        local = datetime.fromtimestamp(self._now())  # noqa: DTZ006 - the clock on the wall
        if schedule.open_at(local):
            return None
        opens = schedule.next_change(local)
        if opens is None:
            return Closed("It is outside the working hours of the settings.")
        day = "" if opens.date() == local.date() else f"{opens:%A} "
        return Closed(
            f"Outside working hours; it goes on {day}at {opens:%H:%M}.", opens.timestamp()
        )
