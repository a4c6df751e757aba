from __future__ import annotations

import pytest

from core.planning.projection import Projection

MB = 1_000_000
# A film of 100 minutes, whose picture has 4 GB; the result's sound takes 20 kB a second.
FILM = Projection(6000.0, 4000 * MB, 20_000.0)


def test_what_was_written_is_held_against_the_films_own_bytes() -> None:
    # A fifth of the time, and a tenth of the film's bytes: quiet so far.
    assert FILM.size(1200.0, 124 * MB, 400 * MB) == pytest.approx(1120 * MB, rel=0.01)


@pytest.mark.parametrize(
    ("time", "written", "read"),
    [
        (250.0, 50 * MB, 400 * MB),  # hardly begun
        (1200.0, 50 * MB, 100 * MB),  # credits so far: their bytes say nothing of the film's
        (1200.0, 20 * MB, 400 * MB),  # less than the sound alone will have taken
        (1200.0, 124 * MB, None),  # nobody counts what was read
        (1200.0, 124 * MB, 5000 * MB),  # more than the film was believed to have
        (3000.0, 0, 400 * MB),
    ],
)
def test_nothing_is_told_that_is_not_known(time: float, written: int, read: int) -> None:
    assert FILM.size(time, written, read) is None


def test_late_in_a_film_its_time_will_do() -> None:
    unknown = Projection(6000.0)
    assert unknown.size(4400.0, 600 * MB, None) is None
    assert unknown.size(4800.0, 800 * MB, None) == pytest.approx(1000 * MB, rel=0.01)
    assert unknown.size(6000.0, 900 * MB, None) == 900 * MB
    assert Projection(0.0).size(10.0, 900 * MB, None) is None
