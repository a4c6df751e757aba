"""What would be done with many films, with totals; nothing is done."""

from __future__ import annotations

import json
import math
import zlib
from array import array
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, Callable, Collection, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from core.plan import Plan
from core.planning.forecast import Expected, Past, expected_size, expected_time, pool_key
from core.planning.plan_json import plan_text
from core.planning.summary import in_one_line, summarize
from core.queue.estimate import Pool, PoolKey, Waiting, band, estimate
from core.queue.job import JobKind
from core.queue.outcome import end_without_work
from core.queue.overview import Estimate
from core.text.composed import composed
from core.text.sentence import joined


class PreviewOutcome(str, Enum):
    """What becomes of a film as a whole."""

    ENCODE = "encode"  # the picture is re-encoded
    COPY = "copy"  # the picture is copied; sound, tracks or container change
    NAMES = "names"  # names, languages and flags alone
    NOTHING = "nothing"  # nothing needs doing
    NO_GAIN = "no gain"  # this very plan was tried and did not make it smaller
    LEFT_ALONE = "left alone"  # the rules do not touch it
    UNREADABLE = "unreadable"


WORK = (PreviewOutcome.ENCODE, PreviewOutcome.COPY, PreviewOutcome.NAMES)


@dataclass(frozen=True)
class FilmPreview:
    """One film; sizes in bytes, times in seconds. ``message`` says what changes, or why nothing does.

    ``plan`` is the kept form of the plan (``core.planning.plan_json.plan_text``), packed; b"" without one.
    """

    path: Path
    outcome: PreviewOutcome
    message: str = ""
    size: int = 0
    kept: int = 0  # tracks
    dropped: int = 0
    template: str = ""
    expected: Optional[Expected] = None
    time: Optional[Estimate] = None
    film_seconds: float = 0.0
    pool: Optional[PoolKey] = None
    plan: bytes = b""
    summary: str = ""  # what its plan comes to, where there is work to do

    @property
    def has_work(self) -> bool:
        """Whether something would be done with it."""
        return self.outcome in WORK

    @property
    def plan_text(self) -> str:
        """The plan as JSON text; "" without one."""
        return zlib.decompress(self.plan).decode("ascii") if self.plan else ""


@dataclass(frozen=True)
class FilmsFound:
    """How many films are examined."""

    total: int


@dataclass(frozen=True)
class PreviewNotice:
    """A sentence about something that is not a film."""

    message: str


@dataclass(frozen=True)
class PreviewEnded:
    """All films are done, or the user has cancelled; ``problem`` is a sentence or ""."""

    problem: str = ""


PreviewNews = Union[FilmPreview, FilmsFound, PreviewNotice, PreviewEnded]


def preview_of(plan: Plan, past: Past, no_gain: str = "") -> FilmPreview:
    """Return a plan's outcome; ``no_gain`` is the message of an earlier attempt with this plan."""
    media = plan.media
    outcome, message = outcome_of(plan, no_gain)
    text = plan_text(plan)
    found = FilmPreview(
        media.path,
        outcome,
        message,
        size=media.size,
        kept=len(media.tracks),
        film_seconds=media.duration,
        plan=zlib.compress(text.encode("ascii"), 1),
    )
    if outcome not in WORK:
        return found
    return replace(
        found,
        kept=len(plan.outputs),
        dropped=len(media.tracks) - len(plan.outputs),
        template=plan.video_encode.template_name if plan.video_encode else "",
        expected=expected_size(plan, past),
        time=expected_time(plan, past),
        pool=pool_key(plan, past),
        summary=in_one_line(summarize(json.loads(text))),
    )


def outcome_of(plan: Plan, no_gain: str = "") -> Tuple[PreviewOutcome, str]:
    """Return what becomes of a plan's film, and the sentence that says what changes or why nothing does."""
    end = end_without_work(plan)
    if end is not None:
        outcome = PreviewOutcome.LEFT_ALONE if plan.refused else PreviewOutcome.NOTHING
        return outcome, end.message
    if no_gain:
        return PreviewOutcome.NO_GAIN, no_gain
    return _work(plan), joined(reason.message for reason in plan.changes)


def _work(plan: Plan) -> PreviewOutcome:
    if plan.video_encode is not None:
        return PreviewOutcome.ENCODE
    return PreviewOutcome.NAMES if plan.properties_only else PreviewOutcome.COPY


@dataclass(frozen=True)
class PreviewSums:
    """What all films come to. ``before`` are the bytes of films with work, of which ``unsized`` films
    with ``unsized_before`` bytes have no expected size; ``untimed`` films have no expected time.
    """

    films: int = 0
    with_work: int = 0
    dropped: int = 0
    before: int = 0
    after: Optional[Estimate] = None  # bytes, of those whose size is expected
    unsized: int = 0
    unsized_before: int = 0
    time: Optional[Estimate] = None  # seconds
    untimed: int = 0
    outcomes: Mapping[PreviewOutcome, int] = field(default_factory=dict)


class Tally:
    """Sums up films, one at a time."""

    def __init__(self) -> None:
        self._outcomes = dict.fromkeys(PreviewOutcome, 0)
        self._dropped = self._before = self._sized = 0
        self._unsized = self._unsized_before = self._untimed = 0
        self._likely = self._variance = self._error = 0.0
        self._waiting: Dict[PoolKey, List[float]] = {}

    def add(self, film: FilmPreview) -> None:
        """Count one film more."""
        self._outcomes[film.outcome] += 1
        if not film.has_work:
            return
        self._dropped += film.dropped
        self._before += film.size
        if film.expected is None:
            self._unsized += 1
            self._unsized_before += film.size
        else:
            self._sized += 1
            self._likely += film.expected.likely
            self._variance += (film.expected.likely * film.expected.spread) ** 2
            self._error += film.expected.likely * film.expected.error
        if film.time is None or film.pool is None:
            self._untimed += 1
            return
        group = self._waiting.setdefault(film.pool, [0, 0.0, 0.0])
        group[0] += 1
        group[1] += film.film_seconds
        group[2] += film.film_seconds**2

    def sums(self, speeds: Mapping[PoolKey, Pool], limits: Mapping[JobKind, int]) -> PreviewSums:
        """Return the sums; ``limits`` says how many films of each kind are processed at the same time."""
        after = None
        if self._sized:
            after = band(self._likely, math.hypot(math.sqrt(self._variance), self._error))
        time = None
        if self._waiting:
            groups = [Waiting(key, int(sums[0]), *sums[1:]) for key, sums in self._waiting.items()]
            time = estimate(groups, (), speeds, limits)
        return PreviewSums(
            sum(self._outcomes.values()),
            sum(self._outcomes[outcome] for outcome in WORK),
            self._dropped,
            self._before,
            after,
            self._unsized,
            self._unsized_before,
            time,
            self._untimed,
            dict(self._outcomes),
        )


_NEVER = float("inf")
_SORTS: Dict[str, Callable[[FilmPreview], Any]] = {
    "name": lambda film: film.path.name.casefold(),
    "outcome": lambda film: list(PreviewOutcome).index(film.outcome),
    "dropped": lambda film: film.dropped,
    "size": lambda film: film.size,
    "expected": lambda film: film.expected.likely if film.expected else _NEVER,
    "time": lambda film: film.time.likely if film.time else _NEVER,
    "message": lambda film: film.message.casefold(),
    "folder": lambda film: str(film.path).casefold(),
}


def listed(
    films: Sequence[FilmPreview],
    sort: str = "",
    *,
    descending: bool = False,
    outcomes: Collection[PreviewOutcome] = tuple(PreviewOutcome),
    text: str = "",
) -> array[int]:
    """Return the places of the films that are shown, in their order; ``text`` is part of the path.

    ``sort`` is a column of the table; "" and unknown ones leave the films as they came.
    """
    wanted = composed(text).casefold()
    places = [
        place
        for place, film in enumerate(films)
        if film.outcome in outcomes
        and (not wanted or wanted in composed(str(film.path)).casefold())
    ]
    key = _SORTS.get(sort)
    if key is not None:
        places.sort(key=lambda place: key(films[place]), reverse=descending)
    elif descending:
        places.reverse()
    return array("q", places)


def to_queue(films: Sequence[FilmPreview], places: Optional[Sequence[int]]) -> Tuple[Path, ...]:
    """Return the films with work among these places, or of all where that is None."""
    chosen = films if places is None else [films[place] for place in places]
    return tuple(film.path for film in chosen if film.has_work)
