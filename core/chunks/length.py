"""How long a film's chunks are to be where several machines make them."""

from __future__ import annotations

_ROUNDS = (
    4  # chunks that each machine makes of a film: so many, that the end is about the same for all
)
SHORTEST = 10.0  # seconds; shorter ones cost more than they bring


def chunk_seconds(duration: float, wanted: float, machines: int) -> float:
    """Return the length to aim at, in seconds: the ``wanted`` one, or less for a film that is short.

    ``duration`` is the film's; ``machines`` is how many make it, this one included.
    """
    if machines <= 1:
        return wanted
    return min(wanted, max(SHORTEST, duration / (_ROUNDS * machines)))
