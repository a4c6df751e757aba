from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import pytest

from core.queue.job import JobKind
from core.settings.tree import QueueSettings
from scheduling.slots import AHEAD, Slots
from tests.queue_environment import QueueLimits

LIMITS = QueueLimits(QueueSettings(gpu_jobs=1, software_jobs=0, remux_jobs=2))


@dataclass
class Planned:
    """So many films are planned, of whatever kind."""

    count: int = 0

    def planned_ahead(self, kinds: Sequence[JobKind]) -> int:
        return self.count


def test_a_kind_is_free_until_as_many_run_as_the_user_allows() -> None:
    slots = Slots(LIMITS)
    assert slots.total == 3
    assert slots.free([JobKind.REMUX, JobKind.GPU]) == (JobKind.REMUX,)
    assert slots.free([JobKind.UNKNOWN]) == (JobKind.GPU, JobKind.REMUX)


@pytest.mark.parametrize("planned", [0, AHEAD - 1, AHEAD, AHEAD + 1])
def test_so_many_films_are_planned_ahead_and_no_more(planned: int) -> None:
    kinds = Slots(LIMITS).claimable([], Planned(planned))
    assert (JobKind.UNKNOWN in kinds) == (planned < AHEAD)
    assert JobKind.GPU in kinds


def test_films_of_a_kind_without_slots_do_not_keep_others_from_being_planned() -> None:
    class Ahead:
        def planned_ahead(self, kinds: Sequence[JobKind]) -> int:
            return 10 * AHEAD if JobKind.SOFTWARE in kinds else 0

    assert JobKind.UNKNOWN in Slots(LIMITS).claimable([], Ahead())


def test_one_film_is_analyzed_at_a_time() -> None:
    slots = Slots(LIMITS)
    assert JobKind.UNKNOWN not in slots.claimable([JobKind.UNKNOWN], Planned())
    assert slots.claimable([JobKind.REMUX, JobKind.REMUX, JobKind.GPU], Planned()) == ()
