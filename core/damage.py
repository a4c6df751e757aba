"""Where a film is damaged, by the errors of its decoders; pure.

An error before the first key frame, or in a last packet that is cut in half, is the edge of a recording and
not damage: nothing of it was ever there. Everything between is lost, for video up to the next key frame that
decodes without an error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from core.text.sentence import Listed, Sentence

# So long before its stream's last frame a complaint is about the packet that the end has cut: pictures are
# stored in another order than shown, and the tracks of one moment lie up to a second apart.
EDGE = 1.0
_HOLE = 2.5  # times as long as usual between two frames
_SKIPPED = 0.25  # seconds: less is how a track's first and last frames may lie
_SHOWN = 3  # places named in the sentence


@dataclass(frozen=True)
class Frame:
    """A decoded picture or piece of audio: its time in seconds, and whether its decoder reported an error."""

    stream: int
    video: bool
    time: float
    key: bool = True
    complaint: bool = False


@dataclass(frozen=True)
class Place:
    """A damaged stretch of a film, in seconds from its beginning."""

    start: float
    end: float


@dataclass(frozen=True)
class Damage:
    """All damaged places of a film, in order and disjoint."""

    places: Tuple[Place, ...] = ()

    @property
    def seconds(self) -> float:
        """Return how many seconds of the film are damaged."""
        return sum(place.end - place.start for place in self.places)

    def touches(self, start: float, end: float) -> bool:
        """Whether anything between these moments (seconds) is damaged."""
        return any(place.start < end and start < place.end for place in self.places)

    @property
    def sentence(self) -> Sentence:
        """Return the sentence for the user, with what can be done."""
        return Sentence(
            "{damage} are broken. Get it again (or let the setting verification.damage_seconds allow so "
            "much).",
            damage=self.where,
        )

    @property
    def where(self) -> Sentence:
        """``2.4 seconds at 0:12:31 and 1:40:07``; of many places the first ones."""
        moments: List[str] = [clock(place.start) for place in self.places[:_SHOWN]]
        more = len(self.places) - _SHOWN
        if more > 0:
            moments.append(Sentence("{number} more", number=more))
        moment = moments[0]
        if len(moments) > 1:
            before = Listed(moments[:-1])
            moment = Sentence("{moments} and {last}", moments=before, last=moments[-1])
        return Sentence(
            "{seconds} seconds at {moments}", seconds=round(self.seconds, 1), moments=moment
        )

    def __str__(self) -> str:
        return self.where


def clock(seconds: float) -> str:
    """Return a time in a film as players show it: ``1:02:03``."""
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def merged(places: Iterable[Place]) -> Tuple[Place, ...]:
    """Sort places and join those that touch."""
    found: List[Place] = []
    for place in sorted(places, key=lambda place: (place.start, place.end)):
        if found and place.start <= found[-1].end:
            found[-1] = Place(found[-1].start, max(found[-1].end, place.end))
        else:
            found.append(place)
    return tuple(found)


def damaged_places(
    frames: Sequence[Frame], *, first: float, last: Optional[float] = None
) -> Tuple[Place, ...]:
    """Return what is damaged between ``first`` and ``last`` (seconds) by these frames, in their order.

    ``last`` None: they reach the film's end, whose edge is left out.
    """
    places: List[Place] = []
    for shown in _by_stream(frames):
        end = max(frame.time for frame in shown) - EDGE if last is None else last
        places += [
            _place(shown, number)
            for number, frame in enumerate(shown)
            if frame.complaint and first <= frame.time < end
        ]
    return merged(places)


def _by_stream(frames: Iterable[Frame]) -> Iterable[Sequence[Frame]]:
    streams: Dict[int, List[Frame]] = {}
    for frame in frames:
        streams.setdefault(frame.stream, []).append(frame)
    return streams.values()


def holes(frames: Sequence[Frame], *, first: float, last: float) -> Tuple[Place, ...]:
    """Return where frames are missing between ``first`` and ``last`` (seconds), up to the next key frame.

    The decoder does not report what the container's reader skips.
    """
    places: List[Place] = []
    for shown in _by_stream(frames):
        steps = [after.time - before.time for before, after in zip(shown, shown[1:])]
        usual = sorted(steps)[len(steps) // 2] if steps else 0.0
        places += [
            _place(shown, number)
            for number, step in enumerate(steps, 1)
            if step > _HOLE * usual and first <= shown[number].time < last
        ]
    return merged(places)


def skipped(frames: Sequence[Frame]) -> Tuple[Place, ...]:
    """Return where all streams of these frames are silent at once: what a reader could make nothing of.

    It continues at a good beginning, so that no decoder complains. A pause in one stream alone is not damage.
    """
    common: Optional[List[Place]] = None
    for shown in _by_stream(frames):
        silent = _silences(shown)
        common = silent if common is None else _shared(common, silent)
    edge = max((frame.time for frame in frames), default=0.0) - EDGE
    return tuple(
        place
        for place in common or ()
        if _SKIPPED <= place.end - place.start < math.inf and place.start < edge
    )


def _silences(shown: Sequence[Frame]) -> List[Place]:
    """Where a stream has no frame, also before its first and behind its last."""
    times = sorted(frame.time for frame in shown)
    steps = sorted(after - before for before, after in zip(times, times[1:]))
    longest = _HOLE * steps[len(steps) // 2] if steps else 0.0
    moments = [-math.inf, *times, math.inf]
    pairs = zip(moments, moments[1:])
    return [Place(before, after) for before, after in pairs if after - before > longest]


def _shared(some: Sequence[Place], others: Sequence[Place]) -> List[Place]:
    """Return the intersection of two sorted lists of places."""
    both: List[Place] = []
    position = 0
    for place in some:
        while position < len(others) and others[position].end <= place.start:
            position += 1
        for other in others[position:]:
            if other.start >= place.end:
                break
            both.append(Place(max(place.start, other.start), min(place.end, other.end)))
    return both


def _place(shown: Sequence[Frame], number: int) -> Place:
    """From the frame before the complaint, behind which frames may be missing, to the next good beginning."""
    before = shown[max(0, number - 1)].time
    after = (frame for frame in shown[number + 1 :] if frame.key and not frame.complaint)
    end = next(after, shown[-1])
    return Place(min(before, shown[number].time), max(end.time, shown[number].time))


def ending_key_frame(frames: Sequence[Frame]) -> Optional[float]:
    """Return the moment of the last key frame of a picture from which the film's very end decodes.

    None where the frames have none, or where more of them is damaged than the last packets.
    """
    if damaged_places(frames, first=-math.inf) or skipped(frames):
        return None
    pictures = [frame for frame in frames if frame.video]
    if not pictures:
        return None
    edge = max(frame.time for frame in pictures) - EDGE
    keys = [frame.time for frame in pictures if frame.key and frame.time < edge]
    return max(keys, default=min(frame.time for frame in pictures))
