"""How much time has passed, told by a clock that may be set wrongly and one that only runs with the machine.

The wall clock can jump: a battery that is empty, a time server that corrects it, a user who sets it.
What only it tells is believed up to a limit, and against the newest time that was believed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

_BELIEVED_AFTER = 86400.0  # seconds of work in which a strange time stays the same


@dataclass(frozen=True)
class ClockSeen:
    """The last look at both clocks, in seconds; ``newest`` is the newest time that was believed.

    ``monotonic`` is the machine's, which starts over at each of its starts. ``strange`` is for how many
    seconds of work the wall clock has told a time that is not believed.
    """

    newest: float
    monotonic: float
    strange: float = 0.0


def time_passed(
    seen: ClockSeen, now: float, monotonic: float, longest_gap: float
) -> Tuple[float, ClockSeen]:
    """Return how many seconds have passed since the last look, as far as that is sure, and this look.

    What the machine's own clock counts is sure. A gap that only the wall clock tells (the machine
    was off or asleep) counts up to ``longest_gap`` seconds, and not at all where it is longer: then it is
    more likely that the clock jumped.
    """
    ran = max(0.0, monotonic - seen.monotonic)
    gap = now - seen.newest - ran
    if 0.0 <= gap <= longest_gap:
        return ran + gap, ClockSeen(now, monotonic)
    strange = seen.strange + ran
    if strange >= _BELIEVED_AFTER:
        return ran, ClockSeen(now, monotonic)
    newest = seen.newest if gap < 0 else seen.newest + ran
    return ran, ClockSeen(newest, monotonic, strange)
