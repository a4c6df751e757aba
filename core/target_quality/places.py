"""Which spans of a film stand for all of it: chosen by what the film holds.

A picture's score hangs on how much there is in it, which the film's own bytes tell before anything is
encoded. So the film's places are put in the order of their bytes and divided into equal shares, each stood
for by the place in its middle: what is simple in a film, what is rich in it and what lies between count for
what they are of it, wherever they are. Tried on eleven films and sixty that were put together of their pieces
(docs/quality-figures.md): places like the average of equal pieces of time promised 1 VMAF too much where
those are mixed, since what is hard to encode loses more than what is simple gains; their middles were free of
that, and less exact.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import List, Optional, Sequence, Tuple

from core.target_quality.trial import Span

# What a trial's spans may be of a film; beyond that all of it is encoded, which has no error at all.
_NEARLY_ALL = 0.7
_FURTHEST_KEY = 30.0  # seconds between a span and the key frame that decoding begins at
_UNREAD = 1.0  # seconds without a picture in a place or behind it; more was not read


@dataclass(frozen=True)
class Lengths:
    """How a span is encoded, in seconds: ``span`` is compared, ``lead`` and ``tail`` are not.

    After a lead the encoder's rate control and references are as in the film, and before a tail its
    look-ahead is. The lead is longer than the 32 pictures that SVT-AV1 orders into one pyramid: with 24 its
    spans scored 0.15 too high, with 36 by 0.03; x265's with 24 by 0.02 too low (docs/quality.md). With as
    much encoded, spans of 2 s tell more of a film than those of 4 or 6: there are more of them.
    """

    span: float = 2.0
    lead: float = 1.5
    tail: float = 0.5

    @property
    def encoded(self) -> float:
        """All of it."""
        return self.lead + self.span + self.tail


LENGTHS = Lengths()


@dataclass(frozen=True)
class PicturePacket:
    """A picture as the film's container has it: ``stamp`` in the track's time base, ``size`` in bytes."""

    stamp: int
    size: int
    is_key: bool


@dataclass(frozen=True)
class SpanPlace:
    """A span with what is encoded around it.

    ``first`` is the span's first picture and ``key`` the key frame that decoding begins at, both in seconds
    after the film's beginning. Stamps are in the picture's time base: ``first_stamp`` the span's first,
    ``begin_stamp`` the first encoded picture's, ``end_stamp`` that of the first one behind; None: there is
    none, since the film begins or ends there. ``density``: bytes a picture of the film's own around here.
    """

    first: float
    seconds: float
    pictures: int
    key: float
    first_stamp: int
    begin_stamp: Optional[int]
    end_stamp: Optional[int]
    encoded: float  # seconds
    density: float
    weight: float = 0.0

    @property
    def span(self) -> Span:
        """What is measured."""
        return Span(self.first, self.pictures, self.weight)


@dataclass(frozen=True)
class Survey:
    """What was read of a film's picture: ``places`` that could be encoded, in order, all over the film.

    ``seconds`` is the picture's length, ``whole`` the place that is all of it.
    """

    places: Tuple[SpanPlace, ...]
    seconds: float
    time_base: Fraction
    first_stamp: int
    whole: SpanPlace


@dataclass(frozen=True)
class Track:
    """Where the film's picture lies in time; ``origin`` is the film's beginning on its clock, in seconds."""

    time_base: Fraction
    first_stamp: int
    origin: float

    def time_of(self, stamp: int) -> float:
        """Seconds after the film's beginning."""
        return float(stamp * self.time_base) - self.origin

    def whole(self, seconds: float, pictures: int) -> SpanPlace:
        """The place that is the whole film."""
        first = self.time_of(self.first_stamp)
        return SpanPlace(
            first, seconds, pictures, first, self.first_stamp, None, None, seconds, 1.0, weight=1.0
        )


def trial_seconds(duration: float) -> float:
    """Return how much of a film is encoded for one trial, in seconds; the film's length where it is short.

    With 100 s of a film of 100 minutes, two trials and what measuring them takes stay below a tenth of its
    encode, also where measuring takes as long as encoding (SVT-AV1 with small pictures).
    """
    wanted = min(100.0, max(60.0, duration * 0.02))
    return duration if wanted >= _NEARLY_ALL * duration else wanted


def places_in(
    packets: Sequence[PicturePacket],
    track: Track,
    starts: Sequence[float],
    lengths: Lengths,
    end: float,
) -> Tuple[SpanPlace, ...]:
    """Return the places whose spans begin at the first pictures from ``starts`` on, as far as they can.

    ``packets`` are in the order in which they are shown, with gaps where nothing was read; ``end`` is where
    the picture ends, in seconds.
    """
    times = [track.time_of(packet.stamp) for packet in packets]
    found = (_place(packets, times, track, start, lengths, end) for start in starts)
    return tuple(place for place in found if place is not None)


def _place(
    packets: Sequence[PicturePacket],
    times: Sequence[float],
    track: Track,
    start: float,
    lengths: Lengths,
    end: float,
) -> Optional[SpanPlace]:
    first = bisect.bisect_left(times, start)
    begin = bisect.bisect_left(times, start - lengths.lead)
    behind = bisect.bisect_left(times, start + lengths.span)
    until = start + lengths.span + lengths.tail
    stop = bisect.bisect_left(times, until)
    if behind <= first or times[first] - start > _UNREAD:
        return None
    key = next((number for number in range(begin, -1, -1) if packets[number].is_key), None)
    if key is None or times[begin] - times[key] > _FURTHEST_KEY:
        return None
    ends_with_film = stop == len(packets)
    unread = end - times[-1] if ends_with_film else times[stop] - until
    if unread > _UNREAD:
        return None
    seen = range(key, stop)
    return SpanPlace(
        first=times[first],
        seconds=lengths.span,
        pictures=behind - first,
        key=times[key],
        first_stamp=packets[first].stamp,
        begin_stamp=None if packets[begin].stamp <= track.first_stamp else packets[begin].stamp,
        end_stamp=None if ends_with_film else packets[stop].stamp,
        encoded=(end if ends_with_film else times[stop]) - times[begin],
        density=sum(packets[number].size for number in seen) / len(seen),
    )


def choose_places(
    survey: Survey, seconds: float, lengths: Lengths = LENGTHS, avoid: Sequence[Span] = ()
) -> Tuple[SpanPlace, ...]:
    """Return places that are encoded in about ``seconds`` together, in order; their weights add up to 1.

    ``avoid``: spans that were used before, which fresh places keep clear of where enough others are left. The
    same survey gives the same places. A film of which nearly all would be encoded is one place as a whole.
    """
    number = max(1, int(seconds / lengths.encoded))
    if seconds >= _NEARLY_ALL * survey.seconds:
        return (survey.whole,)
    fresh = [place for place in survey.places if not _overlaps(place, avoid)]
    places = fresh if len(fresh) >= number else list(survey.places)
    if not places:
        return (survey.whole,) if seconds >= survey.seconds / 2 else ()
    shares = _shares(sorted(places, key=_by_density), min(number, len(places)))
    chosen = (replace(share[len(share) // 2], weight=len(share) / len(places)) for share in shares)
    return tuple(sorted(chosen, key=lambda place: place.first))


def _overlaps(place: SpanPlace, spans: Sequence[Span]) -> bool:
    return any(abs(place.first - span.first) < place.seconds for span in spans)


def _shares(places: Sequence[SpanPlace], number: int) -> List[Sequence[SpanPlace]]:
    """Divide the places into shares of equal length, in their order."""
    borders = [round(share * len(places) / number) for share in range(number + 1)]
    return [places[begin:end] for begin, end in zip(borders, borders[1:])]


def _by_density(place: SpanPlace) -> Tuple[float, float]:
    return place.density, place.first
