"""The estimate of the whole queue: its properties, and how often the truth lies in its band."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Dict, List

from hypothesis import given
from hypothesis import strategies as st

from core.queue.estimate import Measure, Pool, PoolKey, Waiting, estimate
from core.queue.job import JobKind

GPU, SOFTWARE, REMUX = JobKind.GPU, JobKind.SOFTWARE, JobKind.REMUX
LIMITS = {GPU: 1, SOFTWARE: 1, REMUX: 2}
EMPTY = Pool(0.0, 0.0, 0.0)
HD = PoolKey(Measure.FILM_SECOND, "here", SOFTWARE, "normal", "1080p")


def learned(pools: Dict[PoolKey, Pool], key: PoolKey, seconds: float, units: float) -> None:
    wider = (
        PoolKey(key.measure, key.instance_id, key.kind, key.template),
        PoolKey(key.measure, key.instance_id, key.kind),
        PoolKey(key.measure, key.instance_id),
    )
    for pool in dict.fromkeys((key, *wider)):
        pools[pool] = pools.get(pool, EMPTY).plus(math.log(seconds / units))


def waiting(key: PoolKey, units: List[float]) -> Waiting:
    return Waiting(key, len(units), sum(units), sum(length * length for length in units))


def test_without_a_history_nothing_is_said() -> None:
    assert estimate([waiting(HD, [3600.0])], [], {}, LIMITS) is None


def test_an_empty_queue_takes_no_time() -> None:
    found = estimate([], [], {}, LIMITS)
    assert found is not None
    assert (found.low, found.likely, found.high) == (0, 0, 0)


def test_films_like_the_past_ones_take_as_long_as_those() -> None:
    pools: Dict[PoolKey, Pool] = {}
    for _ in range(50):
        learned(pools, HD, seconds=1800.0, units=3600.0)
    found = estimate([waiting(HD, [3600.0] * 10)], [], pools, LIMITS)
    assert found is not None
    assert math.isclose(found.likely, 18000.0, rel_tol=0.02)
    assert 0.75 * found.likely < found.low < found.likely < found.high < 1.3 * found.likely


def test_a_kind_that_runs_twice_at_the_same_time_takes_half_as_long() -> None:
    pools: Dict[PoolKey, Pool] = {}
    key = replace(HD, kind=REMUX)
    for _ in range(20):
        learned(pools, key, 10.0, 100.0)
    queue = [waiting(key, [100.0] * 10)]
    one = estimate(queue, [], pools, {REMUX: 1})
    two = estimate(queue, [], pools, {REMUX: 2})
    assert one is not None
    assert two is not None
    assert math.isclose(one.likely, 2 * two.likely)


def test_the_kind_that_takes_longest_decides() -> None:
    pools: Dict[PoolKey, Pool] = {}
    for kind, seconds in ((SOFTWARE, 100.0), (REMUX, 1.0)):
        for _ in range(20):
            learned(pools, replace(HD, kind=kind), seconds, 100.0)
    slow = waiting(HD, [100.0] * 5)
    both = estimate([slow, waiting(replace(HD, kind=REMUX), [100.0] * 50)], [], pools, LIMITS)
    alone = estimate([slow], [], pools, LIMITS)
    assert both == alone


def test_a_running_film_counts_with_what_it_still_takes() -> None:
    found = estimate([], [(GPU, 120.0), (SOFTWARE, 60.0)], {}, LIMITS)
    assert found is not None
    assert found.likely == 120.0


def test_a_pool_with_few_films_leans_on_what_the_machine_usually_does() -> None:
    pools: Dict[PoolKey, Pool] = {}
    for _ in range(60):
        learned(pools, HD, 1000.0, 1000.0)
    rare = replace(HD, resolution="2160p")
    learned(pools, rare, 8000.0, 1000.0)
    found = estimate([waiting(rare, [1000.0])], [], pools, LIMITS)
    assert found is not None
    assert 1000 < found.likely < 8000


@given(
    st.lists(st.floats(1, 1e5), min_size=1, max_size=30),
    st.lists(st.floats(1, 1e5), min_size=1, max_size=30),
)
def test_the_band_holds_the_likely_and_more_films_never_take_less(
    past: List[float], queue: List[float]
) -> None:
    pools: Dict[PoolKey, Pool] = {}
    for seconds in past:
        learned(pools, HD, seconds, 1000.0)
    found = estimate([waiting(HD, queue)], [], pools, LIMITS)
    more = estimate([waiting(HD, [*queue, 500.0])], [], pools, LIMITS)
    assert found is not None
    assert more is not None
    assert 0 < found.low <= found.high
    assert found.low < found.likely * 1.0001
    assert more.likely > found.likely


def test_in_about_nine_of_ten_cases_the_truth_lies_in_the_band() -> None:
    """300 machines with pasts of 5 to 60 films and queues of 1 to 200, planned or known by size only."""
    chance = random.Random(11)
    inside = 0
    for _machine in range(300):
        speed, spread = chance.uniform(-1, 2), chance.uniform(0.1, 0.7)
        measure = chance.choice(list(Measure))
        key = replace(HD, measure=measure)
        pools: Dict[PoolKey, Pool] = {}
        for _film in range(chance.randint(5, 60)):
            units = chance.uniform(1000, 8000)
            learned(pools, key, units * math.exp(chance.gauss(speed, spread)), units)
        films = [chance.uniform(1000, 8000) for _film in range(chance.randint(1, 200))]
        truth = sum(units * math.exp(chance.gauss(speed, spread)) for units in films)
        asked = key if measure is Measure.FILM_SECOND else PoolKey(measure, "here")
        found = estimate([waiting(asked, films)], [], pools, LIMITS)
        assert found is not None
        inside += found.low <= truth <= found.high
    assert 0.82 <= inside / 300 <= 0.98


def test_two_machines_that_are_as_fast_take_half_the_time_and_a_slow_one_little_off_it() -> None:
    pools: Dict[PoolKey, Pool] = {}
    other, slow = replace(HD, instance_id="other"), replace(HD, instance_id="slow")
    for _ in range(50):
        learned(pools, HD, seconds=100.0, units=100.0)
        learned(pools, other, seconds=100.0, units=100.0)
        learned(pools, slow, seconds=900.0, units=100.0)
    queue = [waiting(HD, [100.0] * 90)]
    one_slot = {SOFTWARE: 1}
    alone = estimate(queue, [], pools, one_slot)
    both = estimate(queue, [], pools, one_slot, {"other": one_slot})
    with_slow = estimate(queue, [], pools, one_slot, {"slow": one_slot})
    assert alone is not None
    assert both is not None
    assert with_slow is not None
    assert math.isclose(both.likely, alone.likely / 2, rel_tol=0.02)
    assert math.isclose(with_slow.likely, alone.likely * 0.9, rel_tol=0.02)
    assert with_slow.low < with_slow.likely < with_slow.high


def test_a_machine_without_slots_of_a_kind_takes_none_of_it_and_a_new_one_counts_as_fast() -> None:
    pools: Dict[PoolKey, Pool] = {}
    for _ in range(20):
        learned(pools, HD, seconds=100.0, units=100.0)
    queue = [waiting(HD, [100.0] * 10)]
    alone = estimate(queue, [], pools, {SOFTWARE: 1})
    useless = estimate(queue, [], pools, {SOFTWARE: 1}, {"new": {REMUX: 4}})
    new = estimate(queue, [], pools, {SOFTWARE: 1}, {"new": {SOFTWARE: 1}})
    only = estimate(queue, [], pools, {SOFTWARE: 0}, {"new": {SOFTWARE: 1}})
    assert alone == useless == only
    assert alone is not None
    assert new is not None
    assert math.isclose(new.likely, alone.likely / 2)
