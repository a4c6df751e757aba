"""Predicts the size of a film's result and the time it takes, from its plan and past jobs.

Where the picture is copied the size follows from the tracks' bit rates. Where it is encoded only the past
tells: what share of its size a film kept under the same template in the same picture size, shrunk
towards wider pools while there are few such films (``core.queue.estimate``). Without past jobs there is none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, Mapping, Optional, Tuple

from core.media.model import BitRateSource, SubtitleTrack, Track
from core.plan import OpusEncode, Plan
from core.queue.estimate import Measure, Pool, PoolKey, Waiting, band, estimate, lean
from core.queue.job_facts import facts_of
from core.queue.job_kind import kind_of
from core.queue.overview import Estimate

RatioKey = Tuple[str, str]  # the template and the picture size; "" for all of them

_BYTES = 125.0  # of a kilobit
_BITMAPS = 40.0  # kbit/s: about what subtitles of pictures take
_OPUS_ERROR = 0.15  # share by which Opus misses its rate
_GUESSED_RATE = 0.2  # share by which a bit rate that was read nowhere may be wrong
_OTHER_CONTAINER = 0.04  # share that the packing of other containers than Matroska takes
_TWO_SIDES = 1.645  # a bound of nine in ten, in standard deviations


@dataclass(frozen=True)
class Expected:
    """A size in bytes: most likely, and relative deviations, of this film alone and common to all alike."""

    likely: float
    spread: float = 0.0
    error: float = 0.0

    @property
    def range(self) -> Estimate:
        """The size with the bounds between which it lies in nine of ten cases."""
        return band(self.likely, self.likely * math.hypot(self.spread, self.error))


@dataclass(frozen=True)
class Past:
    """What past jobs have shown: times (``store.speeds``) and the share of the size that stayed."""

    speeds: Mapping[PoolKey, Pool]
    ratios: Mapping[RatioKey, Pool]
    instance_id: str = ""


def learn_ratio(
    ratios: Dict[RatioKey, Pool], template: str, resolution: str, before: int, after: int
) -> None:
    """Count an encoded film's sizes (bytes) in all its pools."""
    if before <= 0 or after <= 0 or not template:
        return
    value = math.log(after / before)
    for key in dict.fromkeys(((template, resolution), (template, ""), ("", ""))):
        ratios[key] = ratios.get(key, Pool(0.0, 0.0, 0.0)).plus(value)


def expected_size(plan: Plan, past: Past) -> Optional[Expected]:
    """Return the expected size of a plan's result; None where it cannot be predicted."""
    if plan.video_encode is None:
        return _of_tracks(plan)
    facts = facts_of(plan)
    keys = dict.fromkeys((("", ""), (facts.template, ""), (facts.template, facts.resolution)))
    guess = lean(past.ratios.get(key) for key in keys)
    if guess is None:
        return None
    likely = plan.media.size * math.exp(guess.mean + guess.spread**2 / 2)
    # A larger result is discarded.
    return Expected(min(likely, float(plan.media.size)), guess.spread, guess.error)


def pool_key(plan: Plan, past: Past) -> PoolKey:
    """Return the pool that a plan's job belongs to."""
    facts = facts_of(plan)
    return PoolKey(
        Measure.FILM_SECOND, past.instance_id, kind_of(plan), facts.template, facts.resolution
    )


def expected_time(plan: Plan, past: Past) -> Optional[Estimate]:
    """Return how long a plan's job takes on this machine, in seconds; None where it cannot be predicted."""
    seconds = plan.media.duration
    waiting = Waiting(pool_key(plan, past), 1, seconds, seconds**2)
    return estimate((waiting,), (), past.speeds, {})


def _of_tracks(plan: Plan) -> Optional[Expected]:
    """Return the film's size without dropped tracks, and with new audio in place of the old."""
    size, doubt = float(plan.media.size), 0.0
    kept = {track.source.index: track for track in plan.outputs}
    for track in plan.media.tracks:
        output = kept.get(track.index)
        if output is not None and output.copied:
            continue
        found = _bytes(track, plan.media.duration)
        if found is None:
            return None
        size -= found[0]
        doubt += found[1]
        if output is not None and isinstance(output.conversion, OpusEncode):
            opus = output.conversion.bit_rate * _BYTES * plan.media.duration
            size += opus
            doubt += opus * _OPUS_ERROR
    if plan.target != plan.media.path:
        doubt += plan.media.size * _OTHER_CONTAINER
    size = max(size, plan.media.size * 0.01)
    return Expected(size, doubt / _TWO_SIDES / size)


def _bytes(track: Track, duration: float) -> Optional[Tuple[float, float]]:
    """Return a track's size in bytes and its possible error; None where it is unknown."""
    if isinstance(track, SubtitleTrack):
        most = 0.0 if track.is_text else _BITMAPS * _BYTES * duration
        return most / 2, most / 2
    if track.bit_rate is None:
        return None
    found = track.bit_rate * _BYTES * duration
    sure = track.bit_rate_source in (BitRateSource.STREAM, BitRateSource.STATISTICS)
    return found, 0.0 if sure else found * _GUESSED_RATE
