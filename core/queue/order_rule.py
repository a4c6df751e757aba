"""The order of waiting films by a rule: each has a position, lowest first; films that the user moved stay.

A position is written once, when a film is queued or the rule changes; the queue's next film is found by it,
whatever the rule. It is in millions of bytes or in days, so that a double holds a film between any two.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from core.settings.choices import QueueOrder

# What the user moves to an end lies beyond all positions that a rule gives.
FARTHEST = 1e7
_MEGABYTE = 1e6
_DAY = 86400.0
# Of a film of which nothing is known: the share that encoding usually saves, so that a large one is not last.
_USUAL_SAVING = 0.4


def position_of(
    rule: QueueOrder,
    number: int,
    *,
    size: Optional[int] = None,
    saving: Optional[int] = None,
    film_time: Optional[float] = None,
    added_at: float = 0.0,
) -> float:
    """Return a job's position by a rule; ``number`` is its place among all that were ever queued.

    ``size`` and ``saving`` in bytes, the times in seconds since the epoch.
    """
    if rule is QueueOrder.LARGEST:
        position = -(size or 0) / _MEGABYTE
    elif rule is QueueOrder.SAVING:
        expected = saving if saving is not None else (size or 0) * _USUAL_SAVING
        position = -expected / _MEGABYTE
    elif rule is QueueOrder.OLDEST:
        position = (film_time if film_time is not None else added_at) / _DAY
    else:
        return float(number)
    return max(-FARTHEST, min(FARTHEST, position))


def in_rule_order(
    jobs: Sequence[Tuple[int, Optional[float]]], *, ends_beyond: bool
) -> List[Tuple[int, float]]:
    """Return jobs of one priority in their new order, each with its position.

    ``jobs`` are numbers with positions by the rule, in the order that holds until now; None for one that the
    user has placed: it keeps its place in the list. With ``ends_beyond`` those placed last also come after
    what is queued later.
    """
    sorted_jobs = iter(
        sorted((position, number) for number, position in jobs if position is not None)
    )
    order: List[Tuple[int, Optional[float]]] = []
    for number, position in jobs:
        if position is None:
            order.append((number, None))
        else:
            position, number = next(sorted_jobs)
            order.append((number, position))
    return _with_positions(order, ends_beyond=ends_beyond)


def _with_positions(
    order: Sequence[Tuple[int, Optional[float]]], *, ends_beyond: bool
) -> List[Tuple[int, float]]:
    """Give each placed job a position between its neighbours'."""
    found: List[Tuple[int, float]] = []
    placed: List[int] = []
    before: Optional[float] = None
    for number, position in order:
        if position is None:
            placed.append(number)
            continue
        found += _between(placed, before, position)
        placed, before = [], position
        found.append((number, position))
    end = FARTHEST if ends_beyond or before is None else before
    last = max(end, before if before is not None else end)
    found += [(number, last + place) for place, number in enumerate(placed, 1)]
    return found


def _between(
    placed: Sequence[int], before: Optional[float], after: float
) -> List[Tuple[int, float]]:
    count = len(placed)
    if before is None:
        first = min(-FARTHEST, after)
        return [(number, first - count + place) for place, number in enumerate(placed)]
    step = (after - before) / (count + 1)
    return [(number, before + step * place) for place, number in enumerate(placed, 1)]
