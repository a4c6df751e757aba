"""The curve of a film's quality: its score by the encoder's number, what was chosen, what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Tuple

from core.ports import Translator
from core.reporting.charts import Box, Line, Mark, Measure, Role, Text
from core.target_quality.film_quality import FilmQuality
from core.target_quality.told import tenths
from core.text.sentence import N_

_BEST = 100.0  # of the scale; what a picture lacks of it grows by the same factor with each number
_LEAST_LOSS = 0.05
_LEAST_SCORES = 2.0  # shown at least: two trials that are near each other are no cliff
_BESIDE = 0.7  # numbers left and right of the outermost points
_PIECES = 16  # straight ones, from a point to the next
_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_SMALL, _LARGE = 0.18, 0.3  # half a point's width, in lines of text


@dataclass(frozen=True)
class CurvePoint:
    """A number with its score; ``hint`` is what is said of it under the mouse."""

    number: float
    score: float
    hint: str


@dataclass(frozen=True)
class CurveWords:
    """What is written beside the curve, in its reader's language."""

    tried: str
    chosen: str
    measured: str
    target: str
    empty: str


@dataclass(frozen=True)
class QualityCurve:
    """What is drawn: what was tried, what was taken, and what the finished film has.

    ``error`` is that of ``measured``, one standard deviation.
    """

    trials: Tuple[CurvePoint, ...]
    chosen: Optional[CurvePoint]
    measured: Optional[CurvePoint]
    error: float
    target: float
    words: CurveWords
    write: Callable[[str], str] = str  # puts an English number into the user's language

    @property
    def points(self) -> Tuple[CurvePoint, ...]:
        """The curve's own, by their number: the trials, and what is expected of the chosen one."""
        points = {point.number: point for point in self.trials}
        if self.chosen is not None:
            points.setdefault(self.chosen.number, self.chosen)
        return tuple(points[number] for number in sorted(points))


def curve_of(
    quality: FilmQuality,
    say: Translator = lambda text: text,
    write: Translator = lambda text: text,
) -> QualityCurve:
    """Return a film's curve; ``say`` translates words, ``write`` numbers."""
    chosen, score = quality.chosen, quality.score

    def hint(number: float, value: float) -> str:
        shown = (write(f"{number:g}"), write(f"{tenths(value)}"))
        return f"{quality.option} {shown[0]}: {shown[1]}"

    worst = say(N_("worst second {low}"))
    trials = tuple(
        CurvePoint(
            trial.number,
            trial.mean,
            f"{hint(trial.number, trial.mean)}, {worst.format(low=write(f'{tenths(trial.low)}'))}",
        )
        for trial in chosen.trials
    )
    taken = measured = None
    if chosen.expected is not None:
        taken = CurvePoint(chosen.number, chosen.expected, hint(chosen.number, chosen.expected))
    if score is not None:
        off = f" ± {write(f'{tenths(score.error)}')}" if tenths(score.error) else ""
        number = round(quality.result_number, 2)
        told = f"{hint(number, score.mean)}{off}"
        measured = CurvePoint(number, score.mean, told)
    words = CurveWords(
        tried=say(N_("tried")),
        chosen=say(N_("chosen")),
        measured=say(N_("measured")),
        target=say(N_("target {score}")).format(score=write(f"{tenths(chosen.target)}")),
        empty=say(N_("Nothing was tried.")),
    )
    error = 0.0 if score is None else score.error
    return QualityCurve(trials, taken, measured, error, chosen.target, words, write)


def layout_curve(
    curve: QualityCurve, width: float, height: float, measure: Measure, line: float
) -> List[Mark]:
    """Return what is drawn on an area of this size (pixels); ``line`` is the height of a line of text."""
    shown = [*curve.points, *([] if curve.measured is None else [curve.measured])]
    if not shown:
        return [Text(width / 2, height / 2, curve.words.empty, Role.MUTED, "center")]
    frame = _Frame(curve, [point.number for point in shown], width, height, measure, line)
    marks = [*_legend(curve, measure, line), *frame.axes()]
    edge = frame.y(curve.target)
    marks.append(Line(frame.left, edge, frame.right, edge, Role.THIRD))
    marks.append(Text(frame.right, edge - line * 0.55, curve.words.target, Role.MUTED, "e"))
    marks += frame.curve()
    for point in curve.trials:
        marks.append(frame.box(point, _SMALL * line, Role.FIRST))
    if curve.chosen is not None:
        marks.append(frame.box(curve.chosen, _LARGE * line, Role.FIRST))
    if curve.measured is not None:
        marks += frame.bar(curve.measured, curve.error)
    return marks


class _Frame:
    """Where numbers and scores lie on the area."""

    def __init__(
        self,
        curve: QualityCurve,
        numbers: Sequence[float],
        width: float,
        height: float,
        measure: Measure,
        line: float,
    ) -> None:
        self._curve, self._measure, self._line = curve, measure, line
        self._first, self._last = min(numbers) - _BESIDE, max(numbers) + _BESIDE
        scores = [point.score for point in curve.points] + [curve.target]
        if curve.measured is not None:
            scores += [curve.measured.score - curve.error, curve.measured.score + curve.error]
        self.ticks = _score_ticks(min(scores), max(scores))
        written = max(measure(self._written(tick)) for tick in self.ticks)
        self.left = written + line * 0.6
        self.right = width - line * 0.5
        self._top, self._bottom = line * 2.2, height - line * 1.5

    def x(self, number: float) -> float:
        """The place of a number."""
        share = (number - self._first) / (self._last - self._first)
        return self.left + share * (self.right - self.left)

    def y(self, score: float) -> float:
        """The place of a score."""
        lowest, highest = self.ticks[0], self.ticks[-1]
        share = (score - lowest) / (highest - lowest)
        return self._bottom - min(max(share, 0.0), 1.0) * (self._bottom - self._top)

    def axes(self) -> List[Mark]:
        """The grid with its scores, and the numbers below."""
        line, marks = self._line, []  # type: float, List[Mark]
        for tick in self.ticks:
            y = self.y(tick)
            marks.append(Line(self.left, y, self.right, y, Role.GRID))
            marks.append(Text(self.left - line * 0.3, y, self._written(tick), Role.MUTED, "e"))
        for number in self._numbers():
            x = self.x(number)
            marks.append(
                Text(x, self._bottom + line * 0.8, self._written(number), Role.MUTED, "center")
            )
        return marks

    def curve(self) -> List[Mark]:
        """The line through the points: what is lacking of the best grows evenly between two of them."""
        points, marks = self._curve.points, []  # type: Tuple[CurvePoint, ...], List[Mark]
        for before, after in zip(points, points[1:]):
            losses = [math.log(max(_LEAST_LOSS, _BEST - point.score)) for point in (before, after)]
            places = []
            for piece in range(_PIECES + 1):
                share = piece / _PIECES
                loss = math.exp(losses[0] + share * (losses[1] - losses[0]))
                number = before.number + share * (after.number - before.number)
                places.append((self.x(number), self.y(_BEST - loss)))
            for (x1, y1), (x2, y2) in zip(places, places[1:]):
                marks.append(Line(x1, y1, x2, y2, Role.FIRST, width=2.0))
        return marks

    def box(self, point: CurvePoint, half: float, role: Role) -> Box:
        """A point."""
        x, y = self.x(point.number), self.y(point.score)
        return Box(x - half, y - half, x + half, y + half, role, point.hint)

    def bar(self, point: CurvePoint, error: float) -> List[Mark]:
        """A point with how far off it may be."""
        x, cap = self.x(point.number), _LARGE * self._line
        upper, lower = self.y(point.score + error), self.y(point.score - error)
        return [
            Line(x, upper, x, lower, Role.TEXT, width=2.0),
            Line(x - cap, upper, x + cap, upper, Role.TEXT, width=2.0),
            Line(x - cap, lower, x + cap, lower, Role.TEXT, width=2.0),
            self.box(point, _SMALL * self._line, Role.TEXT),
        ]

    def _written(self, value: float) -> str:
        return self._curve.write(f"{tenths(value)}")

    def _numbers(self) -> Tuple[float, ...]:
        """Those that are written below: whole ones, as many as stand side by side."""
        first, last = math.ceil(self._first), math.floor(self._last)
        wide = max(self._measure(self._written(number)) for number in (first, last))
        fit = max(1.0, (self.right - self.left) / (wide + self._line))
        step = max(1, math.ceil((last - first + 1) / fit))
        return tuple(float(number) for number in range(first, last + 1, step))


def _score_ticks(lowest: float, highest: float) -> Tuple[float, ...]:
    """Round scores from below the lowest up to above the highest, about four; never above the scale."""
    missing = max(0.0, _LEAST_SCORES - (highest - lowest))
    lowest, highest = lowest - missing / 2, min(_BEST, highest + missing / 2)
    step = next((size for size in _STEPS if (highest - lowest) / size <= 4.0), _STEPS[-1])
    first = math.floor(lowest / step + 1e-9)
    last = max(first + 1, math.ceil(highest / step - 1e-9))
    return tuple(step * number for number in range(first, last + 1))


def _legend(curve: QualityCurve, measure: Measure, line: float) -> List[Mark]:
    marks: List[Mark] = []
    x, y = line * 0.3, line * 0.65
    entries = (
        (bool(curve.trials), curve.words.tried, _SMALL, Role.FIRST),
        (curve.chosen is not None, curve.words.chosen, _LARGE, Role.FIRST),
        (curve.measured is not None, curve.words.measured, _SMALL, Role.TEXT),
    )
    for present, word, half, role in entries:
        if present:
            size = half * line
            middle = x + _LARGE * line
            marks.append(Box(middle - size, y - size, middle + size, y + size, role))
            marks.append(Text(x + line * 0.8, y, word, Role.TEXT, "w"))
            x += measure(word) + line * 1.25
    return marks
