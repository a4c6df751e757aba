"""Many films in sum, sorted and filtered; what is done with each is its plan's word."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plan import Reason
from core.planning.comparison import compare
from core.planning.forecast import Expected, Past
from core.planning.planner import build_plan
from core.planning.preview import (
    WORK,
    FilmPreview,
    PreviewOutcome,
    Tally,
    listed,
    preview_of,
    to_queue,
)
from core.queue.estimate import Measure, Pool, PoolKey
from core.queue.job import JobKind
from core.queue.overview import Estimate
from tests.core.commands_film import TOOLSET, encode
from tests.core.commands_film import plan as made_plan
from tests.core.made_media import COPY_PICTURE, SETTINGS, film, native, sound, text

NOTHING_KNOWN = Past({}, {})
KEY = PoolKey(Measure.FILM_SECOND, "", JobKind.SOFTWARE, "normal", "1080p")


def one(name: str = "A", outcome: PreviewOutcome = PreviewOutcome.COPY, **more: Any) -> FilmPreview:
    return FilmPreview(Path("/films") / f"{name}.mkv", outcome, **more)


def test_a_film_with_work_counts_what_is_dropped_and_carries_its_plan() -> None:
    media = film(sound("eng"), sound("fra"), text("fra"))
    found = preview_of(build_plan(media, native("eng"), COPY_PICTURE, TOOLSET), NOTHING_KNOWN)
    assert (found.outcome, found.kept, found.dropped) == (PreviewOutcome.COPY, 2, 2)
    assert found.has_work
    comparison = compare(found.plan_text)
    assert comparison is not None
    assert len(comparison.tracks) == 4


def test_an_encoded_picture_is_told_with_its_template() -> None:
    plan = replace(made_plan(encode("$ffmpeg -c:v libx265")), changes=(Reason("x", "It changes."),))
    found = preview_of(plan, NOTHING_KNOWN)
    assert (found.outcome, found.template) == (PreviewOutcome.ENCODE, "normal")
    assert found.message == "It changes."
    assert found.summary.startswith("Video")


def test_films_without_work_say_why_and_lose_nothing() -> None:
    media = replace(film(sound("eng"), sound("fra")), truncated=True)
    found = preview_of(build_plan(media, native("eng"), SETTINGS, TOOLSET), NOTHING_KNOWN)
    assert (found.outcome, found.dropped, found.kept) == (PreviewOutcome.LEFT_ALONE, 0, 3)
    assert "is incomplete" in found.message
    done = replace(film(sound("eng")), plan_signature="5e6f")
    plan = replace(made_plan(), media=done, changes=(), omissions=(Reason("plan.done", "Done."),))
    found = preview_of(plan, NOTHING_KNOWN)
    assert (found.outcome, found.message) == (PreviewOutcome.NOTHING, "Done.")


def test_what_was_tried_in_vain_is_not_work() -> None:
    media = film(sound("eng"), sound("fra"))
    plan = build_plan(media, native("eng"), COPY_PICTURE, TOOLSET)
    found = preview_of(plan, NOTHING_KNOWN, "It became larger.")
    assert (found.outcome, found.message) == (PreviewOutcome.NO_GAIN, "It became larger.")
    assert not found.has_work


def test_sums_hold_known_and_unknown_apart() -> None:
    tally = Tally()
    tally.add(one(size=100, dropped=2, expected=Expected(60.0)))
    tally.add(one(outcome=PreviewOutcome.ENCODE, size=1000, dropped=1))
    tally.add(one(outcome=PreviewOutcome.NOTHING, size=5000))
    sums = tally.sums({}, {})
    assert (sums.films, sums.with_work, sums.dropped) == (3, 2, 3)
    assert (sums.before, sums.unsized, sums.unsized_before) == (1100, 1, 1000)
    assert sums.after is not None
    assert sums.after.likely == 60
    assert (sums.time, sums.untimed) == (None, 2)
    assert sums.outcomes[PreviewOutcome.NOTHING] == 1


def test_nothing_sums_up_to_nothing() -> None:
    sums = Tally().sums({}, {})
    assert (sums.films, sums.after, sums.time) == (0, None, None)


def test_errors_of_single_films_even_out_and_common_ones_do_not() -> None:
    def width(spread: float, error: float) -> float:
        tally = Tally()
        for _film in range(100):
            tally.add(one(size=100, expected=Expected(60.0, spread, error)))
        after = tally.sums({}, {}).after
        assert after is not None
        return (after.high - after.low) / after.likely

    assert width(0.3, 0.0) < 0.15
    assert width(0.0, 0.3) > 0.8


def test_the_time_of_all_films_shares_the_slots() -> None:
    pool = Pool(0.0, 0.0, 0.0)
    for _job in range(100):
        pool = pool.plus(math.log(0.5))
    tally = Tally()
    for _film in range(10):
        likely = Estimate(400.0, 500.0, 600.0)
        tally.add(one(film_seconds=1000.0, pool=KEY, time=likely))
    times = [tally.sums({KEY: pool}, {JobKind.SOFTWARE: slots}).time for slots in (1, 2)]
    assert times[0] is not None
    assert times[1] is not None
    assert times[0].likely == pytest.approx(5000, rel=0.05)
    assert times[1].likely == pytest.approx(times[0].likely / 2)
    assert times[0].low < times[0].likely < times[0].high


FILMS = (
    one("b", size=3, expected=Expected(2.0)),
    one("A", PreviewOutcome.ENCODE, size=1),
    one("c", PreviewOutcome.UNREADABLE, message="It is broken."),
    one("d", size=2, expected=Expected(1.0), dropped=4),
)


@pytest.mark.parametrize(
    ("sort", "descending", "order"),
    [
        ("", False, [0, 1, 2, 3]),
        ("", True, [3, 2, 1, 0]),
        ("name", False, [1, 0, 2, 3]),
        ("size", True, [0, 3, 1, 2]),
        ("expected", False, [3, 0, 1, 2]),
        ("outcome", False, [1, 0, 3, 2]),
        ("dropped", True, [3, 0, 1, 2]),
    ],
)
def test_a_column_sorts_the_films(sort: str, descending: bool, order: list[int]) -> None:
    assert list(listed(FILMS, sort, descending=descending)) == order


def test_filters_by_outcome_and_text_apply_together() -> None:
    assert list(listed(FILMS, outcomes=WORK)) == [0, 1, 3]
    assert list(listed(FILMS, outcomes=WORK, text=str(Path("FILMS/D")))) == [3]
    assert list(listed(FILMS, outcomes=(PreviewOutcome.UNREADABLE,), text="nothing like it")) == []


def test_only_films_with_work_are_queued() -> None:
    names = [path.stem for path in to_queue(FILMS, None)]
    assert names == ["b", "A", "d"]
    assert [path.stem for path in to_queue(FILMS, [2, 3])] == ["d"]


@given(st.permutations(range(4)))
def test_sums_do_not_depend_on_the_order(order: list[int]) -> None:
    first, second = Tally(), Tally()
    for place in range(4):
        first.add(FILMS[place])
        second.add(FILMS[order[place]])
    assert first.sums({}, {}) == second.sums({}, {})
