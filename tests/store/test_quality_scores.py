"""What was measured of films is remembered by content, template and tool, and taught to others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.plan import Reason
from core.target_quality.film_quality import FilmQuality, FilmScore, NumberedPart
from core.target_quality.known import FilmKind, QualityKey
from core.target_quality.trial import ChosenNumber, Metric, Span, SpanScore, Trial, Yardstick
from core.text.sentence import Sentence
from store.connection import Database
from store.quality_scores import QualityScores

KEY = QualityKey("film", "encode", "ffmpeg 9.0.2")
KIND = FilmKind("libx265", "template", 640, 360, False, "h264", 0.1, "film")
VMAF = Yardstick(Metric.VMAF, "vmaf_v0.6.1", (640, 360))
XPSNR = Yardstick(Metric.XPSNR, "", (640, 360))
SPAN = SpanScore(Span(1.5, 48, 1.0), 94.25, 90.5, 1000, 2000)
TRIAL = Trial(22.5, (SPAN,), 3.25)
FOUND = Reason("quality.found", Sentence("Found in {trials} trials.", trials=1))
QUALITY = FilmQuality("-crf", ChosenNumber(22.5, 94.0, 94.25, 0.3, (TRIAL,), FOUND), VMAF)


@pytest.fixture
def scores(database: Database) -> QualityScores:
    return QualityScores(database)


def test_a_number_that_was_found_is_found_again_for_just_this(scores: QualityScores) -> None:
    scores.remember(KEY, KIND, QUALITY)
    assert scores.quality(KEY, 94.0) == QUALITY
    assert scores.quality(KEY, 92.0) is None
    for other in (
        replace(KEY, content="other"),
        replace(KEY, encode="other"),
        replace(KEY, tool="ffmpeg 9.1"),
    ):
        assert scores.quality(other, 94.0) is None


def test_the_finished_films_score_comes_beside_it(scores: QualityScores) -> None:
    scores.remember(KEY, KIND, QUALITY)
    measured = replace(QUALITY, score=FilmScore(VMAF, (SPAN, SPAN), 2.0))
    scores.remember(KEY, KIND, measured)
    assert scores.quality(KEY, 94.0) == measured


def test_a_killed_search_goes_on_with_the_trials_that_it_made(scores: QualityScores) -> None:
    scores.remember_trial(KEY, VMAF, TRIAL)
    scores.remember_trial(KEY, VMAF, replace(TRIAL, number=25.0))
    scores.remember_trial(KEY, VMAF, replace(TRIAL, seconds=9.0))
    scores.remember_trial(KEY, XPSNR, TRIAL)
    known = scores.known(KEY, KIND)
    assert {trial.number for trial in known.trials(VMAF)} == {22.5, 25.0}
    assert known.trials(XPSNR) == (TRIAL,)
    assert scores.known(replace(KEY, tool="another"), KIND).scored == ()


def test_other_films_teach_those_of_the_same_template_first(scores: QualityScores) -> None:
    other_template = replace(KIND, template="other template")
    scores.remember(replace(KEY, content="a"), KIND, QUALITY)
    scores.remember(replace(KEY, content="b"), other_template, QUALITY)
    scores.remember(replace(KEY, content="c"), replace(KIND, encoder="libsvtav1"), QUALITY)
    scores.remember(KEY, KIND, QUALITY)
    taught = scores.known(KEY, KIND).taught
    assert [film.kind for film in taught] == [KIND, other_template]
    assert taught[0].scored[0].trials == (TRIAL,)


def test_a_film_with_several_numbers_teaches_what_one_with_their_mean_would(
    scores: QualityScores,
) -> None:
    measured = replace(
        QUALITY, score=FilmScore(VMAF, (SPAN,), 2.0), parts=(NumberedPart(0.0, 9.0, 20.0),)
    )
    scores.remember(replace(KEY, content="a"), KIND, measured)
    (film,) = scores.known(KEY, KIND).taught
    assert (film.number, film.score) == (20.0, measured.score)


def test_old_trials_go_and_what_another_version_wrote_is_passed_over(database: Database) -> None:
    now = [0.0]
    scores = QualityScores(database, now=lambda: now[0])
    scores.remember_trial(KEY, VMAF, TRIAL)
    with database.transaction() as connection:
        connection.execute("UPDATE quality_trials SET trial = '{}'")
    assert scores.trials(KEY) == ()
    now[0] = 400 * 86400.0
    scores.remember_trial(KEY, XPSNR, TRIAL)
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM quality_trials").fetchone()[0] == 1
    scores.remember(KEY, KIND, QUALITY)
    with database.transaction() as connection:
        connection.execute("UPDATE quality_films SET quality = 'x', kind = '[]'")
    assert scores.quality(KEY, 94.0) is None
    assert scores.known(replace(KEY, content="other"), KIND).taught == ()
