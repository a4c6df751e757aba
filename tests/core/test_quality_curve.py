"""The curve of a film's quality: every point lies where its number and its score say, inside the area."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Tuple

from hypothesis import given
from hypothesis import strategies as st

from core.reporting.charts import Box, Line, Mark, Role, Text
from core.reporting.quality_curve import curve_of, layout_curve
from core.target_quality.film_quality import FilmQuality
from tests.film_qualities import quality, trial

WIDTH, HEIGHT, LINE = 270.0, 210.0, 16.0


def drawn(film: FilmQuality, size: Tuple[float, float] = (WIDTH, HEIGHT)) -> List[Mark]:
    return layout_curve(curve_of(film), *size, lambda text: 7.0 * len(text), LINE)


def points(marks: List[Mark], role: Role) -> List[Box]:
    """Boxes with a hint: the legend's have none."""
    return [mark for mark in marks if isinstance(mark, Box) and mark.hint and mark.role is role]


def middle(box: Box) -> Tuple[float, float]:
    return (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2


def target_line(marks: List[Mark]) -> Line:
    (line,) = (mark for mark in marks if isinstance(mark, Line) and mark.role is Role.THIRD)
    return line


def test_a_higher_number_lies_right_and_a_lower_score_below() -> None:
    trials = points(drawn(quality()), Role.FIRST)[:3]
    assert [box.hint.split(",")[0] for box in trials] == [
        "-crf 22: 96.1",
        "-crf 27: 92.8",
        "-crf 25: 94.2",
    ]
    best, worst, chosen = map(middle, trials)
    assert best[0] < chosen[0] < worst[0]
    assert best[1] < chosen[1] < worst[1]


def test_the_target_lies_between_the_points_above_and_below_it() -> None:
    marks = drawn(quality())
    best, worst, _chosen = (middle(box)[1] for box in points(marks, Role.FIRST)[:3])
    assert best < target_line(marks).y1 < worst
    assert "target 94" in [mark.text for mark in marks if isinstance(mark, Text)]


def test_the_finished_film_stands_at_its_number_with_its_error() -> None:
    marks = drawn(quality((92.0, 94.0, 95.0, 96.0)))
    (film,) = points(marks, Role.TEXT)
    chosen = points(marks, Role.FIRST)[-1]
    assert middle(film)[0] == middle(chosen)[0]
    assert film.hint.startswith("-crf 25: 94.2 ± 0.9")
    bars = [mark for mark in marks if isinstance(mark, Line) and mark.role is Role.TEXT]
    assert min(bar.y1 for bar in bars) < middle(film)[1] < max(bar.y2 for bar in bars)


def test_a_film_that_was_not_measured_has_no_bar() -> None:
    marks = drawn(quality(None))
    assert points(marks, Role.TEXT) == []
    assert "measured" not in [mark.text for mark in marks if isinstance(mark, Text)]


def test_a_number_that_was_never_tried_is_on_the_curve_by_what_is_expected_of_it() -> None:
    film = quality()
    film = replace(film, chosen=replace(film.chosen, trials=(trial(22.0, 96.1),)))
    marks = drawn(film)
    tried, chosen = points(marks, Role.FIRST)
    pieces = [mark for mark in marks if isinstance(mark, Line) and mark.role is Role.FIRST]
    assert (pieces[0].x1, pieces[0].y1) == middle(tried)
    assert (round(pieces[-1].x2, 6), round(pieces[-1].y2, 6)) == tuple(
        round(place, 6) for place in middle(chosen)
    )


def test_where_nothing_was_tried_the_chart_says_so() -> None:
    film = quality(None)
    film = replace(film, chosen=replace(film.chosen, trials=(), expected=None))
    assert [mark.text for mark in drawn(film) if isinstance(mark, Text)] == ["Nothing was tried."]


@given(
    st.lists(
        st.tuples(st.integers(0, 120), st.floats(0, 100)),
        min_size=1,
        max_size=6,
        unique_by=lambda p: p[0],
    ),
    st.floats(60, 99),
    st.one_of(st.none(), st.lists(st.floats(0, 100), min_size=1, max_size=5)),
)
def test_all_lies_inside_the_area_whatever_was_tried(
    tried: List[Tuple[int, float]], target: float, means: List[float]
) -> None:
    film = quality(means, target)
    trials = tuple(trial(float(number), score) for number, score in tried)
    number, expected = tried[0]
    chosen = replace(film.chosen, trials=trials, number=float(number), expected=expected)
    for size in ((WIDTH, HEIGHT), (60.0, 80.0)):
        marks = drawn(replace(film, chosen=chosen), size)
        for mark in marks:
            if isinstance(mark, Line):
                assert min(mark.x1, mark.x2) >= -1
                assert max(mark.y1, mark.y2) <= size[1]
                assert min(mark.y1, mark.y2) >= 0
        if size[0] == WIDTH:
            for box in points(marks, Role.FIRST):
                assert 0 <= box.x1 < box.x2 <= WIDTH
                assert 0 <= box.y1 < box.y2 <= HEIGHT
