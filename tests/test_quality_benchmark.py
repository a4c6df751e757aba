"""The pure parts of the benchmark of quality: curves, errors, bytes, and methods on films that are known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Dict, List, Set, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.curves import Curve, Scale, errors, saving
from benchmarks.quality.films import RATE, RECIPES, Clip, Recipe
from benchmarks.quality.known_films import KnownFilm, put_together
from benchmarks.quality.methods import Library, as_ab_av1, as_optimisarr, fixed
from benchmarks.quality.tables import free_errors, outcomes_by_method, search_share
from benchmarks.quality.truth import Coded, encoders
from core.encoders.quality import Speed
from core.target_quality.places import Lengths, PicturePacket

_SECONDS = 60
_X265 = encoders(Speed.NORMAL)[0]


def _film(name: str, loss: float, slope: float, uneven: float = 0.0) -> KnownFilm:
    """A film that lacks ``loss`` of 100 at number 25, its second half ``uneven`` times more."""
    pictures = _SECONDS * RATE
    whole: Dict[int, Coded] = {}
    for number in (16, 20, 25, 31):
        lack = loss * math.exp(slope * (number - 25))
        vmaf = tuple(
            100 - lack * (1 + uneven * (picture >= pictures // 2)) for picture in range(pictures)
        )
        size = round(40_000 * math.exp(-0.12 * number))
        whole[number] = Coded(
            vmaf, (40.0,) * pictures, (size,) * pictures, (60.0, 12.0), (50.0, 10.0)
        )
    packets = tuple(
        PicturePacket(picture, 9000 if picture < pictures // 2 else 18000, picture % 48 == 0)
        for picture in range(pictures)
    )
    recipe = Recipe(name, "made", (854, 480), (Clip("made.mp4", pictures),), "nothing")
    return KnownFilm(recipe, Path(f"{name}.mkv"), _X265, packets, whole)


def _films() -> List[KnownFilm]:
    return [_film("clean", 3.0, 0.08), _film("hard", 9.0, 0.10, 0.5), _film("easy", 1.5, 0.09, 1.0)]


def test_a_curve_goes_through_its_points() -> None:
    curve = Curve((16, 20, 25, 31), (97.0, 96.0, 93.0, 85.0), Scale.SCORE)
    assert [round(curve.at(number), 6) for number in curve.numbers] == [97.0, 96.0, 93.0, 85.0]


@given(st.lists(st.floats(0.5, 6.0), min_size=3, max_size=3), st.floats(10.0, 40.0))
def test_a_curve_through_falling_scores_falls_everywhere(drops: List[float], number: float) -> None:
    values = (98.0, 98.0 - drops[0], 98.0 - sum(drops[:2]), 98.0 - sum(drops))
    curve = Curve((16, 20, 25, 31), values, Scale.SCORE)
    assert curve.at(number + 0.3) <= curve.at(number) + 1e-9


def test_scores_that_lack_by_a_factor_are_met_exactly_between_the_points() -> None:
    def score(number: float) -> float:
        return 100 - 4 * math.exp(0.09 * (number - 25))

    curve = Curve((16, 20, 25, 31), tuple(map(score, (16, 20, 25, 31))), Scale.SCORE)
    assert curve.at(22.5) == pytest.approx(score(22.5), abs=1e-6)
    assert curve.at(36.0) == pytest.approx(score(36.0), abs=1e-6)
    assert curve.where(score(27.3)) == pytest.approx(27.3, abs=1e-6)


def test_a_straight_line_between_points_would_be_off() -> None:
    """So the scale of a score matters: the plain curve of the same points is another one."""
    points = (16.0, 31.0), (98.0, 86.0)
    assert abs(Curve(*points, Scale.SCORE).at(23.5) - Curve(*points).at(23.5)) > 1.0


@pytest.mark.parametrize("numbers", [(20.0,), (20.0, 20.0), (25.0, 20.0)])
def test_points_that_are_no_curve_are_refused(numbers: Tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="curve"):
        Curve(numbers, tuple(95.0 for _ in numbers))


def test_errors_tell_mean_bias_worst_and_spread() -> None:
    found = errors([1.0, -1.0, 2.0, 0.0])
    assert (found.mean, found.bias, found.worst) == (1.0, 0.5, 2.0)
    assert found.spread == pytest.approx(math.sqrt(1.25))
    with pytest.raises(ValueError, match="nothing"):
        errors([])


def test_bytes_are_saved_where_an_easy_film_gets_a_poorer_number() -> None:
    scores = {film.recipe.name: film.all[0] for film in _films()}
    sizes = {film.recipe.name: film.all[2] for film in _films()}
    chosen = {name: curve.where(94.0) for name, curve in scores.items()}
    saved = saving(scores, sizes, chosen)
    assert saved.worst == pytest.approx(94.0)
    assert saved.fixed == pytest.approx(min(chosen.values()), abs=1e-6)
    assert saved.share > 0.1
    same = saving(scores, sizes, dict.fromkeys(scores, 22.0))
    assert same.share == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("target", [92.0, 94.0, 96.0])
def test_our_search_meets_the_target_on_films_whose_curve_is_known(target: float) -> None:
    for film in _films():
        made = Library(remembers=False).outcome(film, target)
        assert made.held or abs(made.error) <= 1.0


def test_a_method_is_told_what_the_whole_film_has_and_not_what_its_samples_had() -> None:
    film = _film("uneven", 4.0, 0.09, uneven=1.0)
    sampled = as_ab_av1(film, 94.0)
    assert sampled.true == pytest.approx(film.all[0].at(sampled.number))
    assert sampled.coded == sampled.trials * 20 * RATE


def test_the_other_programs_samples_reach_the_target_on_an_even_film() -> None:
    film = _film("even", 4.0, 0.09)
    for made in (as_ab_av1(film, 94.0), as_optimisarr(film, 94.0)):
        assert made.true >= 94.0
        assert film.all[0].at(made.number + 5) < 94.0


def test_optimisarr_keeps_the_templates_number_where_nothing_passes() -> None:
    film = _film("hopeless", 60.0, 0.02)
    assert as_optimisarr(film, 96.0).number == _X265.balanced


def test_films_that_a_limit_holds_count_in_no_error() -> None:
    film = _film("hopeless", 60.0, 0.02)
    made = Library(remembers=False).outcome(film, 96.0)
    assert made.held
    assert free_errors([made]) == []


def test_a_taught_library_needs_fewer_trials() -> None:
    films = [_film(f"film {number}", 3.0 + number * 0.1, 0.09) for number in range(4)]
    methods = outcomes_by_method(films, [94.0])
    untaught, taught = (
        sum(outcome.trials for outcome in methods[name])
        for name in ("ours, a third of the film", "the same, 20 films taught")
    )
    assert taught < untaught


def test_one_number_for_all_spreads_as_the_films_do() -> None:
    films = _films()
    methods = outcomes_by_method(films, [94.0])
    spread = errors([outcome.error for outcome in methods["one number for all"]]).spread
    assert spread > 3 * errors(free_errors(methods["ours"])).spread
    assert fixed(films[0], 94.0, 25.0).true == pytest.approx(97.0)


def test_a_search_of_a_long_film_costs_its_trials_share() -> None:
    films = _films()
    once, twice = search_share(films, 1.0), search_share(films, 2.0)
    assert twice == pytest.approx(2 * once)
    # 25 spans: 4 s of each encoded, 2 s compared, which takes a fifth of what encoding takes.
    assert once == pytest.approx((100 + 50 / 5) / 6000)


def test_no_picture_of_a_clip_is_used_twice_in_a_film() -> None:
    for recipe in RECIPES:
        used: Set[Tuple[str, int]] = set()
        for part in recipe.parts:
            if isinstance(part, Clip):
                last = part.first + part.pictures * part.step
                pictures = {(part.name, number) for number in range(part.first, last)}
                assert not used & pictures, recipe.name
                used |= pictures
        assert 59 <= recipe.pictures / RATE <= 120


@pytest.mark.parametrize(
    ("score", "numbers"), [(91.0, (16, 20, 25)), (94.0, (20, 25, 31)), (98.5, (25, 31, 36))]
)
def test_whole_films_are_encoded_around_the_scores_of_interest(
    score: float, numbers: Tuple[int, ...]
) -> None:
    found = _X265.around(score)
    assert found == numbers


def test_a_film_put_together_has_the_scores_of_its_pieces() -> None:
    films = _films()
    film = put_together(films, seed=3, seconds=120)
    assert film.recipe.pictures == 120 * RATE == len(film.packets)
    scores = [other.all[0].at(25) for other in films]
    assert min(scores) - 4 < film.all[0].at(25) < max(scores) + 1
    assert put_together(films, seed=3, seconds=120).packets == film.packets
    assert film.packets[0].is_key


def test_all_pictures_are_in_their_places_where_a_film_is_long() -> None:
    film = put_together(_films(), seed=1, seconds=1500)
    places = film.survey(Lengths()).places
    assert len(places) == 120
    assert all(place.pictures == 2 * RATE for place in places)
