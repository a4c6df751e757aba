"""How much time has passed, by a wall clock that may be wrong and one that only runs with the machine.

The wall clock can jump: a battery that is empty, a time server that corrects it, a user who sets it.
Time that only the wall clock shows counts up to a limit, and from the newest time that was believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

_BELIEVED_AFTER = 86400.0  # seconds of work for which an implausible time has to persist


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
