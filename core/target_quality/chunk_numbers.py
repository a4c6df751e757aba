"""The numbers of a film's chunks: the film's, or a lower one where a place in the chunk is too poor with it.

None gets a higher one. Tried on real films (docs/quality.md), that saved 1 % where the film's mean stayed as
it was, and scenes that no trial had seen fell by up to 3.
"""

from __future__ import annotations

import math
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from core.chunks.chunk import Chunk, ChunkNumber
from core.encoders.number_option import NumberScale
from core.plan import Reason
from core.target_quality.model import PERFECT, Curve, log_loss
from core.target_quality.search import share_of_source
from core.target_quality.told import tenths
from core.target_quality.trial import ChosenNumber, SpanScore
from core.text.sentence import Sentence

# Of VMAF's scale: what half of all viewers see. A scene so far below what was asked for is seen as poor.
FLOOR_BELOW = 6.0
REACH = 3.0  # how far a chunk's number may lie below the film's
# How much the natural logarithm of what a picture lacks of 100 may change at a seam by the number alone: so
# no seam of these films changed by more than 1.5 (one number with x265, two with SVT-AV1).
_AT_SEAM = 0.11
# What the logarithm of the size does at most while the loss shrinks by e: 0.8 to 2.4 in these films.
_GROWTH_BY_LOSS = 2.4
# Encoders that write the number into headers which all chunks of a film must share: x264's PPS holds the
# quantiser that its CRF begins with (run with ffmpeg 9.0.2; those of x265 and SVT-AV1 are the same).
NUMBER_IN_HEADERS = frozenset({"libx264"})
_FILMS = Reason("chunks.films_number", Sentence("It has the film's number."))
_HEADERS = Reason(
    "chunks.number_in_headers",
    Sentence(
        "It has the film's number, which its encoder writes into headers that all chunks share."
    ),
)
_NEAR = Reason(
    "chunks.near_number",
    Sentence("It comes near to the chunk beside it, so that the seam is not seen."),
)


_NO_ROOM = Reason(
    "chunks.size",
    Sentence("It has the film's number, since the film would become larger than it may be."),
)


def films_numbers(
    chunks: Sequence[Chunk], film: float, encoder: str = ""
) -> Tuple[ChunkNumber, ...]:
    """Return the film's number for each chunk; ``encoder`` is the encoder's name."""
    reason = _HEADERS if encoder in NUMBER_IN_HEADERS else _FILMS
    return tuple(ChunkNumber(chunk.number, film, reason) for chunk in chunks)


def chunk_numbers(
    chunks: Sequence[Chunk],
    chosen: ChosenNumber,
    curve: Curve,
    scale: NumberScale,
    largest_share: Optional[float] = None,
) -> Tuple[ChunkNumber, ...]:
    """Return each chunk's number, in order.

    A chunk in which a place was measured that would lie below the floor (``FLOOR_BELOW`` under the target)
    with the film's number gets a lower one, so that it does not, as far as ``REACH`` allows; the numbers
    beside it come near enough to it. All others have the film's, and all where the picture might become
    larger than ``largest_share`` of the source's.
    """
    floor, film = chosen.target - FLOOR_BELOW, chosen.number
    measured = _nearest(chosen)
    worst = [_worst(chunk, measured, film, curve) for chunk in chunks]
    wanted = [_number_for(score, floor, film, curve, scale) for score in worst]
    numbers = _near_each_other(wanted, curve, scale)
    if largest_share is not None and _share(chunks, numbers, chosen, curve) > largest_share:
        return tuple(
            ChunkNumber(chunk.number, film, _FILMS if number == film else _NO_ROOM)
            for chunk, number in zip(chunks, numbers)
        )
    return tuple(
        ChunkNumber(chunk.number, number, _reason(number, asked, film, score, floor))
        for chunk, number, asked, score in zip(chunks, numbers, wanted, worst)
    )


def _nearest(chosen: ChosenNumber) -> Tuple[Tuple[float, SpanScore], ...]:
    """Each place as it was measured with the number nearest to the chosen one, and that number.

    A film that was tried as a whole has none.
    """
    found: Dict[Tuple[float, int], Tuple[float, SpanScore]] = {}
    for trial in sorted(chosen.trials, key=lambda trial: -abs(trial.number - chosen.number)):
        for score in trial.spans if len(trial.spans) > 1 else ():
            found[score.span.first, score.span.pictures] = (trial.number, score)
    return tuple(found.values())


def _worst(
    chunk: Chunk,
    measured: Iterable[Tuple[float, SpanScore]],
    film: float,
    curve: Curve,
) -> float:
    """The poorest place in a chunk, with the film's number; PERFECT where none was measured in it."""
    scores = (
        _moved(score.mean, film - number, curve)
        for number, score in measured
        if chunk.start <= score.span.first < chunk.until
    )
    return min(scores, default=PERFECT)


def _moved(score: float, steps: float, curve: Curve) -> float:
    """A place's score with a number so much higher: what it lacks of 100 grows as the film's does."""
    return PERFECT - math.exp(log_loss(score) + curve.slope * steps)


def _number_for(score: float, floor: float, film: float, curve: Curve, scale: NumberScale) -> float:
    """The highest number, the film's at most, with which such a place has the floor; within reach."""
    if score >= floor:
        return film
    steps = (log_loss(score) - log_loss(floor)) / curve.slope
    lower = math.ceil(steps / scale.step - 1e-9) * scale.step
    return max(film - min(lower, REACH), scale.ceiling)


def _near_each_other(wanted: Sequence[float], curve: Curve, scale: NumberScale) -> List[float]:
    """Lower each number that lies too far above the one beside it."""
    apart = max(1, math.floor(_AT_SEAM / curve.slope / scale.step + 1e-9)) * scale.step
    numbers = list(wanted)
    for places in (range(1, len(numbers)), range(len(numbers) - 2, -1, -1)):
        for place in places:
            numbers[place] = min(numbers[place], numbers[place - places.step] + apart)
    return numbers


def _share(
    chunks: Sequence[Chunk], numbers: Sequence[float], chosen: ChosenNumber, curve: Curve
) -> float:
    """How large the picture may become, by the source's."""
    film, grows = chosen.number, _GROWTH_BY_LOSS * curve.slope
    nearest = min(chosen.trials, key=lambda trial: abs(trial.number - film), default=None)
    if nearest is None:
        return 0.0
    seconds = sum(chunk.seconds for chunk in chunks)
    grown = sum(
        chunk.seconds * math.exp(grows * (film - number)) for chunk, number in zip(chunks, numbers)
    )
    one_number = share_of_source(nearest) * math.exp(grows * max(0.0, nearest.number - film))
    return one_number * grown / seconds


def _reason(number: float, wanted: float, film: float, score: float, floor: float) -> Reason:
    if number == film:
        return _FILMS
    if number < wanted:
        return _NEAR
    return Reason(
        "chunks.floor",
        Sentence(
            "A scene in it would have {score} with the film's number, and is to have {floor}.",
            score=tenths(score),
            floor=tenths(floor),
        ),
    )
