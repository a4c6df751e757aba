"""Compares samples of a result with the film: same pictures and sound, except for what encoders change.

Pictures are compared in a small size, picture by picture number: noise and fine detail, which encoders
lose, average out there; what is shown, its colours and its movement do not. Sound is compared channel by
channel in blocks: how loud each is, and how high it sounds. Every floor is relative to what the film has
at that place, so that a dark, still or silent passage is held to what it is. (Measured on the whole
film corpus: docs/safety.md.)
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from operator import mul, sub
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from core.text.sentence import Sentence

WIDTH, HEIGHT = 32, 18  # of the small pictures, in pixels
_PLANE = WIDTH * HEIGHT
PICTURE_BYTES = 3 * _PLANE  # 8 bits each of luma and of both chroma planes, all of the same size

# How far a picture may be from the film's, in 8-bit steps (root mean square): so much of itself, and so
# much of the contrast that the film has there.
_LUMA, _LUMA_SHARE = 3.0, 0.2
_CHROMA, _CHROMA_SHARE = 2.5, 0.3
_MOVES = 2.0  # from here on a change between two pictures is movement
_STILL_SHARE = 0.15  # of the film's movement: less of it is none
_FLAT = 1.5  # contrast of a picture that shows nothing
_BLACK = 24  # luma; black is 16
_ALIKE = 1.0  # luma: below this no other moment can be told from the right one
_ENOUGH = 3  # pictures
# A single picture that is so many times farther away than most may be, from the film's and from those around
# it (at a cut a number may be one off), is none of the film's. One alone may be a flash.
_STRANGE, _AROUND, _STRANGERS = 3.0, 2, 2
_SHIFTED_SHARE = 0.5  # as much closer must another moment be than the right one

SOUND_RATE = 8000  # samples a second
BLOCK = 400  # samples: 50 ms
_SURROUND, _LFE = 6, 3  # from so many channels on, which of them is the LFE in Opus' layouts
_LOW = 40  # samples: 200 Hz
_SILENCE = -60.0  # dB of full scale: what is below counts as this
_HEARD = -45.0  # dB: from here on a channel's character is compared
_LOUDNESS = 10.0  # dB
_SILENT_SHARE = 0.2
_ENVELOPE = 7.0  # dB, the mean over the blocks
_PITCH = 0.6  # octaves
_PITCH_WEIGHT = 10.0  # dB an octave, in the distance between two sounds
_LEAST_OVERLAP = 8  # blocks
_NEAR_BLOCKS = 2  # as far may an encoder move the sound (100 ms)
_SAME_SOUND = 2.0  # dB: up to this distance it is found there
_OTHER_SOUND = 3.0  # dB: from this distance on a sound is looked for elsewhere


def picture_distance(first: bytes, second: bytes) -> float:
    """Return the root mean square difference of two planes of equal size, in 8-bit steps."""
    differences = list(map(sub, first, second))
    return math.sqrt(sum(map(mul, differences, differences)) / len(differences))


def contrast(plane: bytes) -> float:
    """Return the standard deviation of a plane, in 8-bit steps."""
    mean = sum(plane) / len(plane)
    return math.sqrt(max(0.0, sum(map(mul, plane, plane)) / len(plane) - mean * mean))


def _luma(picture: bytes) -> bytes:
    return picture[:_PLANE]


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


@dataclass(frozen=True)
class PictureComparison:
    """The result of comparing the pictures of one place; ``problem`` is a predicate, empty where all is well.

    The distances are medians, in 8-bit steps; ``luma_share`` and ``chroma_share`` are of what is allowed.
    """

    compared: int
    luma: float = 0.0
    chroma: float = 0.0
    luma_share: float = 0.0
    chroma_share: float = 0.0
    problem: str = ""
    strange: int = 0  # pictures that the film has not

    @property
    def doubtful(self) -> bool:
        """Whether more pictures of the same place could show what these do not: a shift, a standstill.

        Either leaves the pictures farther apart than an encoder does. A picture that the film has not may
        have others near it.
        """
        return self.compared < _ENOUGH or self.luma >= _ALIKE or self.strange > 0


def compare_pictures(
    film: Mapping[int, bytes], result: Mapping[int, bytes], rate: float, *, counted: bool = True
) -> PictureComparison:
    """Compare the small pictures of one place, by their numbers; ``rate`` in pictures a second.

    ``counted`` says that pictures of the same number are the same, and not only of about the same time.
    """
    numbers = sorted(set(film) & set(result))
    if not numbers:
        return PictureComparison(0)
    before = [film[number] for number in numbers]
    after = [result[number] for number in numbers]
    lumas = [picture_distance(_luma(old), _luma(new)) for old, new in zip(before, after)]
    luma, structure = _median(lumas), _median([contrast(_luma(picture)) for picture in before])
    luma_share = luma / (_LUMA + _LUMA_SHARE * structure)
    chroma, chroma_share = _chroma(before, after)
    problem, strange = "", 0
    if luma_share > 1 or chroma_share > 1:
        problem = _what_is_wrong(film, result, before, after, luma_share > 1, rate)
    else:
        strange = sum(_is_strange(film, number, result[number]) for number in numbers) * counted
        problem = (
            _stands_still(before, after)
            or _shifted(film, result, luma, rate)
            or (
                Sentence("has {strange} pictures that the film has not", strange=strange)
                if strange >= _STRANGERS
                else ""
            )
        )
    return PictureComparison(len(numbers), luma, chroma, luma_share, chroma_share, problem, strange)


def _is_strange(film: Mapping[int, bytes], number: int, picture: bytes) -> bool:
    """Whether a picture is far from the film's of that number, and from all around it."""
    return _is_far(film[number], picture) and all(
        _is_far(film[near], picture)
        for near in range(number - _AROUND, number + _AROUND + 1)
        if near in film
    )


def _is_far(film_picture: bytes, result_picture: bytes) -> bool:
    for start, steps, share in (
        (0, _LUMA, _LUMA_SHARE),
        (_PLANE, _CHROMA, _CHROMA_SHARE),
        (2 * _PLANE, _CHROMA, _CHROMA_SHARE),
    ):
        plane = film_picture[start : start + _PLANE]
        allowed = steps + share * contrast(plane)
        if picture_distance(plane, result_picture[start : start + _PLANE]) > _STRANGE * allowed:
            return True
    return False


def _chroma(before: Sequence[bytes], after: Sequence[bytes]) -> Tuple[float, float]:
    """Return the larger of both planes' distances and its share of what is allowed."""
    found = []
    for start in (_PLANE, 2 * _PLANE):
        planes = [
            (old[start : start + _PLANE], new[start : start + _PLANE])
            for old, new in zip(before, after)
        ]
        distance = _median([picture_distance(old, new) for old, new in planes])
        structure = _median([contrast(old) for old, _ in planes])
        found.append((distance / (_CHROMA + _CHROMA_SHARE * structure), distance))
    share, distance = max(found)
    return distance, share


def _what_is_wrong(
    film: Mapping[int, bytes],
    result: Mapping[int, bytes],
    before: Sequence[bytes],
    after: Sequence[bytes],
    luma: bool,
    rate: float,
) -> str:
    middle = after[len(after) // 2]
    if contrast(_luma(middle)) < _FLAT and contrast(_luma(before[len(before) // 2])) > _FLAT:
        dark = sum(_luma(middle)) / _PLANE < _BLACK
        grey = all(abs(value - 128) < 8 for value in middle[_PLANE:])
        return Sentence("is black") if dark and grey else Sentence("is of one colour")
    if not luma:
        return Sentence("has other colours than the film")
    distance = _mean_distance(film, result, 0) or 0.0
    return (
        _stands_still(before, after)
        or _shifted(film, result, distance, rate)
        or Sentence("is another one than the film's")
    )


def _stands_still(before: Sequence[bytes], after: Sequence[bytes]) -> str:
    """Movement over the whole place, not from picture to picture, where grain would be movement."""
    first = len(before) // 4  # it may begin to stand still in the first of them
    moves = picture_distance(_luma(before[first]), _luma(before[-1]))
    moved = picture_distance(_luma(after[first]), _luma(after[-1]))
    still = moves > _MOVES and moved < _STILL_SHARE * moves
    return Sentence("stands still while the film's moves") if still else ""


def _mean_distance(
    film: Mapping[int, bytes], result: Mapping[int, bytes], lag: int
) -> Optional[float]:
    pairs = [
        (film[number + lag], picture) for number, picture in result.items() if number + lag in film
    ]
    if not pairs:
        return None
    return sum(picture_distance(_luma(old), _luma(new)) for old, new in pairs) / len(pairs)


def _shifted(
    film: Mapping[int, bytes], result: Mapping[int, bytes], distance: float, rate: float
) -> str:
    """Whether the result's pictures are those that the film has at another moment."""
    if distance < _ALIKE:
        return ""
    span = max(film) - min(film)
    lags = [lag for lag in range(-span, span + 1) if abs(lag) > 1]
    found = [
        (value, lag) for lag in lags if (value := _mean_distance(film, result, lag)) is not None
    ]
    near = [_mean_distance(film, result, lag) for lag in (-1, 0, 1)]
    least_near = min((value for value in near if value is not None), default=distance)
    least, lag = min(found, default=(math.inf, 0))
    if least < _SHIFTED_SHARE * least_near:
        return _moved(lag / rate)
    return ""


def _moved(lag: float) -> Sentence:
    """It comes so many seconds earlier (or later, below 0)."""
    seconds = round(abs(lag), 1)
    if lag < 0:
        return Sentence("comes {seconds} seconds later than the film's", seconds=seconds)
    return Sentence("comes {seconds} seconds earlier than the film's", seconds=seconds)


@dataclass(frozen=True)
class Sound:
    """One channel of a sample: loudness (dB of full scale) and pitch (octaves) of each block."""

    loudness: Tuple[float, ...]
    pitch: Tuple[float, ...]
    level: float  # dB over the whole sample


def channels_of(samples: array[float], channels: int) -> Tuple[Sound, ...]:
    """Divide interleaved samples (1.0 is full scale) into channels and blocks."""
    return tuple(
        _low_channel(samples[number::channels])
        if number == _LFE and channels >= _SURROUND
        else _channel(samples[number::channels], BLOCK)
        for number in range(channels)
    )


def _low_channel(samples: Sequence[float]) -> Sound:
    """What Opus keeps of an LFE channel: below 400 Hz. Two means over 40 samples leave less than that."""
    quick = _means(samples, _LOW, _LOW // 4)
    sound = _channel(_means(quick, 4, 4), BLOCK // _LOW)
    return Sound(sound.loudness, (0.0,) * len(sound.pitch), sound.level)


def _means(samples: Sequence[float], width: int, step: int) -> Sequence[float]:
    return [
        sum(samples[start : start + width]) / width
        for start in range(0, len(samples) - width + 1, step)
    ]


def _channel(samples: Sequence[float], size: int) -> Sound:
    loudness: List[float] = []
    pitch: List[float] = []
    total = 0.0
    for start in range(0, len(samples) - size + 1, size):
        block = samples[start : start + size]
        steps = list(map(sub, block[1:], block[:-1]))
        # A constant is no sound, and Opus leaves it out: old recordings and cheap converters have one.
        offset = sum(block) / size
        energy = max(0.0, sum(map(mul, block, block)) / size - offset * offset)
        change = sum(map(mul, steps, steps)) / size
        total += energy
        loudness.append(_decibels(energy))
        # The square root of change over energy is 2 sin(pi f / rate) of a tone of the frequency f.
        pitch.append(0.5 * math.log2((change + 1e-9) / (energy + 1e-9)))
    blocks = max(1, len(loudness))
    return Sound(tuple(loudness), tuple(pitch), _decibels(total / blocks))


def _decibels(energy: float) -> float:
    return max(_SILENCE, 10.0 * math.log10(energy + 1e-12))


def sound_distance(film: Sound, result: Sound, lag: int = 0) -> Optional[float]:
    """Return how far two channels are apart, in dB, the result ``lag`` blocks earlier; None if silent."""
    pairs = [
        (number, number + lag)
        for number in range(len(result.loudness))
        if 0 <= number + lag < len(film.loudness)
    ]
    heard = [
        (mine, theirs)
        for mine, theirs in pairs
        if max(result.loudness[mine], film.loudness[theirs]) > _HEARD
    ]
    if len(heard) < 4:
        return None
    loudness = sum(abs(result.loudness[mine] - film.loudness[theirs]) for mine, theirs in heard)
    both = [
        (mine, theirs)
        for mine, theirs in heard
        if min(result.loudness[mine], film.loudness[theirs]) > _HEARD
    ]
    pitch = sum(abs(result.pitch[mine] - film.pitch[theirs]) for mine, theirs in both)
    return loudness / len(heard) + _PITCH_WEIGHT * pitch / max(1, len(both))


@dataclass(frozen=True)
class SoundComparison:
    """The result of comparing a track's audio at one place; ``problem`` is a predicate, or empty.

    ``level`` is the largest difference in loudness of any channel and ``distance`` the largest distance,
    both in dB.
    """

    compared: int = 0  # blocks of all channels
    level: float = 0.0
    distance: float = 0.0
    problem: str = ""


def compare_sound(
    film: Sequence[Sound], result: Sequence[Sound], others: Sequence[Sequence[Sound]] = ()
) -> SoundComparison:
    """Compare a track's channels with the film's; ``others`` are the film's other tracks there."""
    if not any(before.loudness for before in film):
        return SoundComparison()
    level = distance = 0.0
    problem = ""
    for number, (before, after) in enumerate(zip(film, result), 1):
        level = max(level, abs(after.level - before.level))
        problem = problem or _loudness_problem(number, before, after)
    # What is too little to be compared in its place is not looked for beside it.
    own = _track_distance(film, result, (0,))
    if own is not None:
        own = _track_distance(film, result, _near_lags())
    distance = own or 0.0
    if not problem and own is not None and own > _OTHER_SOUND:
        problem = _elsewhere(film, result, others, own)
    if not problem and distance > _ENVELOPE:
        silent = _falls_silent(film, result)
        problem = (
            Sentence("falls silent where the film's does not")
            if silent
            else Sentence("sounds other than the film's")
        )
    blocks = sum(len(before.loudness) for before in film)
    return SoundComparison(blocks, level, distance, problem)


def _loudness_problem(number: int, film: Sound, result: Sound) -> str:
    gain = result.level - film.level
    if gain < -_LOUDNESS and film.level > _HEARD:
        if result.level <= _SILENCE + 5:
            return Sentence("is silent in channel {number}, where the film's is not", number=number)
        return Sentence(
            "is {gain} dB too quiet in channel {number}", gain=round(-gain), number=number
        )
    if gain > _LOUDNESS and result.level > _HEARD:
        return Sentence(
            "is {gain} dB too loud in channel {number}", gain=round(gain), number=number
        )
    return ""


def _falls_silent(film: Sequence[Sound], result: Sequence[Sound]) -> bool:
    """Whether a good part of what is heard in the film is silence in the result."""
    pairs = [
        (before, after)
        for film_channel, result_channel in zip(film, result)
        for before, after in zip(film_channel.loudness, result_channel.loudness)
        if before > _HEARD
    ]
    silent = sum(1 for _, after in pairs if after <= _SILENCE + 5)
    return silent > len(pairs) * _SILENT_SHARE


def _near_lags() -> Sequence[int]:
    return range(-_NEAR_BLOCKS, _NEAR_BLOCKS + 1)


def _track_distance(
    film: Sequence[Sound], result: Sequence[Sound], lags: Sequence[int]
) -> Optional[float]:
    """Return the distance of two tracks at the best of these lags, by their loudest channels."""

    def mean(lag: int) -> Optional[float]:
        found = [
            sound_distance(film_channel, result_channel, lag)
            for film_channel, result_channel in zip(film, result)
        ]
        heard = [value for value in found if value is not None]
        return sum(heard) / len(heard) if heard else None

    values = [value for lag in lags if (value := mean(lag)) is not None]
    return min(values, default=None)


def _elsewhere(
    film: Sequence[Sound],
    result: Sequence[Sound],
    others: Sequence[Sequence[Sound]],
    own: float,
) -> str:
    for other in others:
        if len(other) == len(result):
            distance = _track_distance(other, result, _near_lags())
            if distance is not None and distance < min(_SHIFTED_SHARE * own, _SAME_SOUND):
                return Sentence("is another track's sound")
    blocks = len(film[0].loudness) if film else 0
    farthest = max(0, blocks - _LEAST_OVERLAP)
    lags = [lag for lag in range(-farthest, farthest + 1) if abs(lag) > _NEAR_BLOCKS]
    by_lag: Dict[int, float] = {}
    for lag in lags:
        distance = _track_distance(film, result, (lag,))
        if distance is not None:
            by_lag[lag] = distance
    if by_lag:
        lag = min(by_lag, key=lambda lag: by_lag[lag])
        if by_lag[lag] < min(_SHIFTED_SHARE * own, _SAME_SOUND):
            return _moved(lag * BLOCK / SOUND_RATE)
    return ""
