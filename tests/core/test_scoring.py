"""What is told of pictures' scores, and whether the pictures were the same ones."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.commands.scoring import (
    ScoredSide,
    Scoring,
    ScoringFiles,
    filter_text,
    read_scores,
    scoring_arguments,
    small_pictures,
)
from core.commands.stills import StillSource, score_arguments
from core.media.picture_stream import PictureStream
from core.target_quality.pairing import SMALL_BYTES, ShownPictures, pairing_problem
from core.target_quality.pooling import pooled
from core.target_quality.trial import Metric, Yardstick
from core.target_quality.xpsnr import as_vmaf

SCORES = st.lists(st.floats(0.0, 100.0), min_size=1, max_size=200)
CSV = "Frame,integer_adm2,vmaf,\n0,0.98,97.43,\n1,0.97,91.0,\n2,0.97,90.5,\n"
XPSNR = (
    "n:    1  XPSNR y: 33.5926  XPSNR u: 34.0175  XPSNR v: 34.1618\n"
    "n:    2  XPSNR y: inf  XPSNR u: inf  XPSNR v: inf\n"
    "\nXPSNR average, 2 frames  y: 36.0  u: 36.1  v: 36.2  (minimum: 36.0)\n"
)
DICE = random.Random(7)
# What moves: each picture is the one before, a little on.
PICTURES = tuple(
    bytes((column * 5 + number * 9) % 256 for column in range(SMALL_BYTES)) for number in range(30)
)


def run(times: Sequence[float], first: int = 0, noise: int = 0) -> ShownPictures:
    pictures = [
        bytes(min(255, max(0, pixel + DICE.randint(-noise, noise))) for pixel in picture)
        for picture in PICTURES[first : first + len(times)]
    ]
    return ShownPictures(tuple(times), tuple(pictures))


def film_rate(count: int, rounded: int = 6, late: float = 0.0) -> Sequence[float]:
    return [round(late + number * 1001 / 24000, rounded) for number in range(count)]


# ---- pooling


@given(SCORES, st.floats(1.0, 120.0))
def test_the_worst_second_is_never_better_than_the_mean(
    scores: Sequence[float], rate: float
) -> None:
    found = pooled(scores, rate)
    assert min(scores) - 1e-6 <= found.low <= found.mean + 1e-6 <= max(scores) + 2e-6


def test_a_second_counts_and_not_a_picture() -> None:
    scores = [95.0] * 48
    scores[10] = 23.0
    assert pooled(scores, 24000 / 1001).low == pytest.approx(92.0)
    scores[10:34] = [60.0] * 24
    assert pooled(scores, 24000 / 1001).low == pytest.approx(60.0)
    assert pooled([80.0, 90.0], 24.0).low == pytest.approx(85.0)


# ---- reading


def test_libvmafs_table_and_xpsnrs_lines_are_read() -> None:
    assert read_scores(Metric.VMAF, CSV) == (97.43, 91.0, 90.5)
    assert read_scores(Metric.XPSNR, XPSNR) == (33.5926, 100.0)


@pytest.mark.parametrize(
    "log",
    [
        "",
        "Frame,integer_adm2,\n0,0.98,\n",  # another table
        CSV.replace("1,0.97,91.0,\n", ""),  # a picture in the middle
        CSV[: CSV.rindex("90.5")],  # the disk was full
        CSV.replace("90.5", "nan"),
    ],
)
def test_half_a_table_is_no_score(log: str) -> None:
    with pytest.raises(ValueError, match="scores"):
        read_scores(Metric.VMAF, log)


def test_a_table_of_every_third_picture_is_none_of_every_picture() -> None:
    thirds = "Frame,vmaf,\n0,90.0,\n3,91.0,\n6,92.0,\n"
    assert read_scores(Metric.VMAF, thirds, every=3) == (90.0, 91.0, 92.0)
    with pytest.raises(ValueError, match="scores"):
        read_scores(Metric.VMAF, thirds)


# ---- the command


def graph(metric: Metric, *, lead: int = 0, count: int = 20, every: int = 1) -> str:
    yardstick = Yardstick(metric, "vmaf_v0.6.1", (640, 272))
    film = ScoredSide(Path("film.mkv"), 2, "bwdif", run_up=3.0, begin=5.0)
    result = ScoredSide(Path("span.mp4"), 0, grain=False)
    scoring = Scoring(yardstick, film, result, lead, count, True, 2, every)
    argv = scoring_arguments(Path("ffmpeg"), scoring, ScoringFiles(Path("span.mp4.7")))
    assert argv.index("-export_side_data") > argv.index("file:film.mkv")  # the result's alone
    return argv[argv.index("-filter_complex") + 1]


def test_pictures_meet_by_number_and_never_by_time() -> None:
    for metric in (Metric.VMAF, Metric.XPSNR):
        assert graph(metric).count("settb=1/25,setpts=N[") == 2


def test_the_first_input_is_the_result_for_vmaf_and_the_film_for_xpsnr() -> None:
    assert "[resultscored][filmscored]libvmaf=" in graph(Metric.VMAF)
    assert "[filmscored][resultscored]xpsnr=" in graph(Metric.XPSNR)


@pytest.mark.parametrize("metric", Metric)
def test_a_previews_places_are_scored_by_the_same_rules(metric: Metric) -> None:
    hdr = PictureStream(0, 418, 240, transfer="smpte2084")
    film, result = (StillSource(Path(name), hdr, 5.0) for name in ("film.mkv", "result.mkv"))
    argv = score_arguments(Path("ffmpeg"), metric, film, result)
    assert argv.index("-export_side_data") < argv.index("file:result.mkv")
    written = argv[argv.index("-filter_complex") + 1]
    xpsnr = metric is Metric.XPSNR
    assert ("[film][result]xpsnr" in written) is xpsnr
    assert ("yuv420p10le" in written) is not xpsnr
    assert written.count("settb=1/25,setpts=N") == 2


@given(st.integers(0, 60), st.integers(1, 300), st.integers(1, 7))
def test_the_last_picture_is_scored_whichever_are_left_out(
    lead: int, count: int, every: int
) -> None:
    side = ScoredSide(Path("film"), 0)
    yardstick = Yardstick(Metric.VMAF, "", (64, 64))
    scoring = Scoring(yardstick, side, side, lead, count, True, 1, every)
    last = scoring.passed + every * (scoring.scores - 1)
    assert last == lead + count - 1
    assert lead <= scoring.passed < lead + every


def test_a_filters_value_is_taken_literally_on_every_system() -> None:
    assert filter_text(r"C:\Films") == r"C\\:\\\\Films"
    assert filter_text("it's [1],2;3") == r"it\\\'s \[1\]\,2\;3"


def test_a_picture_that_was_cut_off_is_none() -> None:
    data = b"".join(PICTURES[:3])
    assert small_pictures(data) == PICTURES[:3]
    assert small_pictures(data[:-1]) == PICTURES[:2]


# ---- which pictures met


def test_the_same_pictures_pair_though_matroska_rounds_their_times() -> None:
    film, result = run(film_rate(20), noise=2), run(film_rate(20, rounded=3, late=1.4), noise=9)
    assert pairing_problem(film, result, 20) is None


def test_fewer_pictures_are_an_error_on_either_side() -> None:
    film, result = run(film_rate(20)), run(film_rate(19))
    assert pairing_problem(film, result, 20) == (
        "the result has 19 pictures there, the film has 20."
    )
    assert pairing_problem(result, film, 20) == (
        "the result has 20 pictures there, the film has 19."
    )
    assert pairing_problem(film, result, 19) is None


def test_a_result_of_constant_rate_is_not_the_film_of_variable_rate() -> None:
    uneven = [0.0, 0.042, 0.125, 0.167, 0.292, 0.334]
    assert "from its place" in str(pairing_problem(run(uneven), run(film_rate(6)), 6))
    assert pairing_problem(run(uneven), run(uneven), 6) is None


@pytest.mark.parametrize("first", [0, 2])
def test_pictures_that_are_one_off_are_noticed_though_their_times_fit(first: int) -> None:
    film, result = run(film_rate(20), first=1), run(film_rate(20), first=first, noise=4)
    assert "same numbers" in str(pairing_problem(film, result, 20))


def test_where_nothing_moves_noise_decides_nothing() -> None:
    still = tuple(PICTURES[:1]) * 20
    noisy = tuple(
        bytes(min(255, pixel + DICE.randint(0, 6)) for pixel in picture) for picture in still
    )
    times = tuple(film_rate(20))
    assert pairing_problem(ShownPictures(times, still), ShownPictures(times, noisy), 20) is None


# ---- XPSNR on VMAF's scale


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_more_xpsnr_is_never_less_vmaf(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert 0.0 <= as_vmaf(low) <= as_vmaf(high) <= 100.0
