"""How long the whole queue will take, with a band, from how long its films have taken so far.

The time of a job for each second of film (or, before it is analyzed, for each byte of the file) is assumed
to be log-normal within a pool: a machine, a kind of work, a template and a picture size. A pool with few
jobs is shrunk towards that of its kind on the machine, and that towards all jobs of the machine. The sum's
error has three parts: films differ among themselves (which evens out over many), a pool's mean is uncertain
(which does not even out), and the future differs from the past.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from core.queue.job import JobKind
from core.queue.overview import Estimate

_LEAN = 3.0  # how many jobs a parent's mean counts as
_LEAST_SPREAD = 0.3  # of the logarithm, while a pool has hardly any jobs
_DRIFT = 0.08  # relative drift between past and future
_BAND = 1.645  # standard deviations on both sides hold nine of ten


class Measure(str, Enum):
    """What a pool's times are counted for."""

    FILM_SECOND = "film second"
    BYTE = "byte"


@dataclass(frozen=True)
class PoolKey:
    """Which jobs a pool holds; "" for all of them."""

    measure: Measure
    instance_id: str
    kind: JobKind = JobKind.UNKNOWN
    template: str = ""
    resolution: str = ""


@dataclass(frozen=True)
class Pool:
    """``mean`` and ``squares`` (sum of squared deviations) of the logarithm of seconds a unit."""

    jobs: float
    mean: float
    squares: float

    def plus(self, value: float, most: float = 200.0) -> Pool:
        """Return the pool with one more value (Welford); old ones fade beyond ``most``."""
        jobs, squares = self.jobs, self.squares
        if jobs >= most:
            squares, jobs = squares * (most - 1) / jobs, most - 1
        jobs += 1
        step = value - self.mean
        mean = self.mean + step / jobs
        return Pool(jobs, mean, squares + step * (value - mean))


@dataclass(frozen=True)
class Waiting:
    """Jobs of one pool that wait: how many, the sum of their units and of the units' squares."""

    key: PoolKey
    jobs: int
    units: float
    squares: float


@dataclass(frozen=True)
class Guess:
    """The logarithm of seconds a unit: its mean, its spread among films, the error of the mean."""

    mean: float
    spread: float
    error: float


_Sums = Dict[JobKind, List[float]]  # seconds, their variance, the means' error


def estimate(
    waiting: Sequence[Waiting],
    running: Iterable[Tuple[JobKind, float]],
    pools: Mapping[PoolKey, Pool],
    limits: Mapping[JobKind, int],
    others: Mapping[str, Mapping[JobKind, int]] = MappingProxyType({}),
) -> Optional[Estimate]:
    """Return how long all of this takes; None where no speed is known.

    ``running`` are the kinds of jobs at work with the seconds that each still takes; ``limits`` how
    many of each kind run at the same time on the machine that the groups of ``waiting`` name, ``others``
    the same of the machines that work beside it, by instance. One whose speed is not known yet counts as
    fast as the first one whose is.
    """
    own = waiting[0].key.instance_id if waiting else ""
    machines = {own: limits, **others}
    at_work = tuple(running)
    alone: Dict[str, _Sums] = {}
    for machine in machines:
        sums = _alone(machine, waiting, at_work, pools, tuple(machines))
        if sums is None:
            return None
        alone[machine] = sums
    together = (
        _together([(alone[machine][kind], machines[machine].get(kind, 0)) for machine in machines])
        for kind in JobKind
    )
    return max(together, key=lambda ending: ending.likely)


def _alone(
    machine: str,
    waiting: Sequence[Waiting],
    running: Sequence[Tuple[JobKind, float]],
    pools: Mapping[PoolKey, Pool],
    known: Sequence[str],
) -> Optional[_Sums]:
    """How long it takes a machine with one slot of each kind; None where no machine's speed is known."""
    sums = {kind: [0.0, 0.0, 0.0] for kind in JobKind}
    for kind, seconds in running:
        sums[kind][0] += seconds
    for group in waiting:
        tries = (
            _split(replace(group, key=replace(group.key, instance_id=instance_id)), pools)
            for instance_id in dict.fromkeys((machine, *known))
        )
        parts = next((pools_tried for pools_tried in tries if pools_tried), None)
        if parts is None:
            return None
        for kind, share, guess in parts:
            _add(sums[kind], group, share, guess)
    return sums


def _together(machines: Sequence[Tuple[List[float], int]]) -> Estimate:
    """What machines with so many slots do in the time in which all of it is done together."""
    working = [(sums, slots) for sums, slots in machines if slots > 0] or [(machines[0][0], 1)]
    if any(sums[0] <= 0 for sums, _slots in working):
        return Estimate(0.0, 0.0, 0.0)
    likely = 1 / sum(slots / sums[0] for sums, slots in working)
    deviation = 0.0
    for (total, variance, error), slots in working:
        share = likely * slots / total  # of the work that this machine does
        spread = math.sqrt(variance + error**2 + (_DRIFT * total) ** 2) / total
        deviation += share * spread * likely
    return band(likely, deviation)


def _split(group: Waiting, pools: Mapping[PoolKey, Pool]) -> List[Tuple[JobKind, float, Guess]]:
    """The kinds that a group's jobs will be of, with shares and guesses; those of the past, if unknown."""
    key = group.key
    if key.kind is not JobKind.UNKNOWN:
        guess = _guess(key, pools)
        return [] if guess is None else [(key.kind, 1.0, guess)]
    found = []
    for kind in JobKind:
        own = PoolKey(key.measure, key.instance_id, kind)
        guess = _guess(own, pools)
        if kind is not JobKind.UNKNOWN and own in pools and guess is not None:
            found.append((kind, pools[own].jobs, guess))
    total = sum(jobs for _kind, jobs, _guess in found)
    return [(kind, jobs / total, guess) for kind, jobs, guess in found]


def _guess(key: PoolKey, pools: Mapping[PoolKey, Pool]) -> Optional[Guess]:
    """What is known of a pool, from the whole machine down to the pool itself."""
    steps = (
        PoolKey(key.measure, key.instance_id),
        PoolKey(key.measure, key.instance_id, key.kind),
        PoolKey(key.measure, key.instance_id, key.kind, key.template),
        key,
    )
    return lean(pools.get(step) for step in dict.fromkeys(steps))


def seconds_a_unit(key: PoolKey, pools: Mapping[PoolKey, Pool]) -> Optional[float]:
    """Return what a job of this pool is expected to take for a unit; None where nothing is known."""
    guess = _guess(key, pools)
    return None if guess is None else _expected(guess)


def lean(pools: Iterable[Optional[Pool]]) -> Optional[Guess]:
    """Return what pools from the widest to the narrowest say; None where all of them are empty."""
    guess: Optional[Guess] = None
    for pool in pools:
        if pool is not None and pool.jobs > 0:
            guess = _lean(pool, guess)
    return guess


def _lean(pool: Pool, parent: Optional[Guess]) -> Guess:
    lean = _LEAN if parent is not None else 0.0
    jobs = pool.jobs + lean
    before = parent.mean if parent is not None else pool.mean
    mean = (pool.mean * pool.jobs + before * lean) / jobs
    wide = parent.spread if parent is not None else _LEAST_SPREAD
    spread = math.sqrt((pool.squares + wide**2 * _LEAN) / (pool.jobs + _LEAN))
    error = spread / math.sqrt(pool.jobs + (lean if lean else 0.0))
    return Guess(mean, spread, error)


def _add(sums: List[float], group: Waiting, share: float, guess: Guess) -> None:
    a_unit = _expected(guess)
    sums[0] += a_unit * group.units * share
    sums[1] += (math.exp(guess.spread**2) - 1) * a_unit**2 * group.squares * share
    if share < 1:  # how many of the films are of this kind is uncertain too
        sums[1] += a_unit**2 * group.squares * share * (1 - share)
    sums[2] += a_unit * group.units * share * math.sqrt(math.exp(guess.error**2) - 1)


def _expected(guess: Guess) -> float:
    """The mean of a log-normal distribution."""
    return math.exp(guess.mean + guess.spread**2 / 2)


def band(likely: float, deviation: float) -> Estimate:
    """Return the band of a log-normal sum with this mean and deviation."""
    if likely <= 0:
        return Estimate(0.0, 0.0, 0.0)
    spread = math.sqrt(math.log1p((deviation / likely) ** 2))
    middle = math.log(likely) - spread**2 / 2
    return Estimate(math.exp(middle - _BAND * spread), likely, math.exp(middle + _BAND * spread))
