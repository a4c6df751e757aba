"""The number for a film that is encoded once more."""

from __future__ import annotations

from typing import Optional

import pytest

from core.encoders.number_option import NumberScale
from core.plan import Reason
from core.target_quality.correction import corrected_number
from core.target_quality.film_quality import FilmQuality, FilmScore
from core.target_quality.model import Prior
from core.target_quality.trial import ChosenNumber, Metric, Span, SpanScore, Yardstick

CRF = NumberScale(0, 51, ceiling=12, floor=32, step=0.25)
TYPICAL = Prior(22, 4.0, 0.5, 0.18, 0.03)
SDR = Yardstick(Metric.VMAF, "vmaf_v0.6.1", (640, 360))


def film(mean: float, number: float = 26.0, *, relative: bool = False) -> FilmQuality:
    span = SpanScore(Span(0.0, 48, 1.0), mean, mean - 2, 1000, 2000)
    yardstick = Yardstick(SDR.metric, SDR.model, SDR.size, relative)
    chosen = ChosenNumber(number, 94.0, 94.0, 0.3, (), Reason("quality.found", ""))
    return FilmQuality("-crf", chosen, SDR, FilmScore(yardstick, (span,), 1.0))


@pytest.mark.parametrize(
    ("mean", "expected"), [(94.0, None), (92.6, None), (95.4, None), (91.0, 23.75), (96.5, 29.0)]
)
def test_only_a_film_that_misses_its_target_gets_another_number(
    mean: float, expected: Optional[float]
) -> None:
    assert corrected_number(film(mean), CRF, TYPICAL) == expected


def test_no_number_that_is_not_allowed_and_none_that_changes_nothing() -> None:
    assert corrected_number(film(80.0, number=12.5), CRF, TYPICAL) == CRF.ceiling
    assert corrected_number(film(80.0, number=12.0), CRF, TYPICAL) is None
    assert corrected_number(film(99.0, number=32.0), CRF, TYPICAL) is None


def test_a_result_that_would_not_be_small_enough_is_not_made() -> None:
    assert corrected_number(film(85.0), CRF, TYPICAL, largest=1.2) is None
    assert corrected_number(film(85.0), CRF, TYPICAL, largest=3.0) is not None
    assert corrected_number(film(97.0), CRF, TYPICAL, largest=0.9) is not None, "it gets smaller"


def test_a_relative_score_says_nothing_of_a_target() -> None:
    assert corrected_number(film(80.0, relative=True), CRF, TYPICAL) is None
