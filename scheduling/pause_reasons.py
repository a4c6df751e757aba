"""Whether the queue may work now, and if not, why and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Protocol, Sequence, Tuple, Union

from core.ports import Clock
from core.queue.job import JobKind
from core.settings.schedule import parse_schedule
from core.settings.source import SettingsSource
from core.text.sentence import Sentence

_DAYS = (
    Sentence("Monday"),
    Sentence("Tuesday"),
    Sentence("Wednesday"),
    Sentence("Thursday"),
    Sentence("Friday"),
    Sentence("Saturday"),
    Sentence("Sunday"),
)


@dataclass(frozen=True)
class PauseReason:
    """Why the queue pauses by itself; ``until`` in seconds since the epoch, None where nobody knows.

    ``lets_finish``: what runs comes to its end first, whatever the settings say. ``kinds``: only films of
    these have to wait; empty: all.
    """

    reason: str
    until: Optional[float] = None
    lets_finish: bool = False
    kinds: Tuple[JobKind, ...] = ()


class Condition(Protocol):
    """Something that can hold the queue."""

    def pause_reason(self) -> Union[str, PauseReason, None]:
        """Return why the queue has to pause now; None where it need not. May take a moment."""


class PauseReasons:
    """Asks the working hours first, then each of ``conditions``."""

    def __init__(
        self,
        settings: SettingsSource,
        clock: Clock,
        conditions: Sequence[Condition] = (),
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._conditions = tuple(conditions)

    def current(self) -> Optional[PauseReason]:
        """Return why the queue has to pause now; None where it may work."""
        outside = self._outside_hours()
        if outside is not None:
            return outside
        for condition in self._conditions:
            reason = condition.pause_reason()
            if reason:
                return reason if isinstance(reason, PauseReason) else PauseReason(reason)
        return None

    def _outside_hours(self) -> Optional[PauseReason]:
        schedule = parse_schedule(self._settings.settings.queue.schedule)
        local = datetime.fromtimestamp(self._clock.now())  # noqa: DTZ006 - the clock on the wall
        if schedule.open_at(local):
            return None
        opens = schedule.next_change(local)
        if opens is None:
            return PauseReason(Sentence("It is outside the working hours of the settings."))
        time = format(opens, "%H:%M")
        if opens.date() == local.date():
            why = Sentence("Outside working hours; it goes on at {time}.", time=time)
        else:
            why = Sentence(
                "Outside working hours; it goes on {day} at {time}.",
                day=_DAYS[opens.weekday()],
                time=time,
            )
        return PauseReason(why, opens.timestamp())
