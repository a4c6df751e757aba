"""The finished film is measured by real tools, at places that the search did not use; that never fails it."""

from __future__ import annotations

import json
import logging
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Union

import pytest

from core.errors import JobCancelled
from core.plan import Plan, Reason
from core.progress import Progress
from core.steps import StepName
from core.target_quality.film_quality import FilmScore
from core.target_quality.trial import Span, Trial, Yardstick
from core.target_quality.yardstick import yardstick_for
from core.text.sentence import Sentence
from core.tools import ToolName
from processing.step_tools import StepTools
from processing.target_quality import afterwards
from processing.target_quality.afterwards import measure_result
from tests.film_qualities import quality, spans
from tests.films import FFMPEG
from tests.processing.bench import Bench, digest, fast_settings, open_bench, with_section
from tests.truth.pipeline import deep_toolset

TEMPLATE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 30 -x265-params log-level=none "
    "-pix_fmt $pixel_format -filter:v:0 $filters $hdr $tracks $output"
)
SECONDS, RATE = 16.0, 12


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    settings = fast_settings(encode=True, template=TEMPLATE)
    with open_bench(tmp_path, deep_toolset()) as bench:
        bench.settings = with_section(settings, "video", good_bits_per_pixel=0.0, target="90")
        yield bench


@pytest.fixture
def film(bench: Bench) -> Path:
    return bench.make(
        seconds=SECONDS, size=(160, 90), fps=str(RATE), video_options=["-g", "12", "-qp", "8"]
    )


def encoded(film: Path, name: str, *filters: str) -> Path:
    """What an encoder makes of a film, as a job's staged result lies beside it."""
    result = film.parent / name
    chosen = ",".join(filters) or "null"
    coded = [
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-crf",
        "36",
        "-x265-params",
        "log-level=none",
    ]
    argv = [
        FFMPEG,
        "-v",
        "error",
        "-nostdin",
        "-i",
        str(film),
        "-map",
        "0:v:0",
        "-vf",
        chosen,
        *coded,
    ]
    argv += ["-fps_mode", "passthrough", "-f", "matroska", str(result)]
    subprocess.run(argv, check=True, timeout=120)
    return result


class Measured:
    """One measurement of a film's result; ``progress`` is what was heard meanwhile."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.progress: List[Progress] = []
        log = logging.getLogger("tests.processing")
        self.tools = StepTools(bench.runner, bench.toolset, bench.settings, bench.files, log)
        self.plan: Plan = bench.plan()

    @property
    def yardstick(self) -> Yardstick:
        tool = self.bench.toolset.get(ToolName.FFMPEG)
        assert tool is not None
        yardstick = yardstick_for(self.plan, tool.abilities)
        assert isinstance(yardstick, Yardstick)
        return yardstick

    def score(self, result: Path, *used: Span) -> Union[FilmScore, Reason]:
        scores = tuple(
            replace(score, span=span) for score, span in zip(spans([0.0] * len(used)), used)
        )
        chosen = replace(quality().chosen, trials=(Trial(36.0, scores, 1.0),) if used else ())
        return measure_result(
            *(self.tools, self.plan, result, chosen, self.yardstick, self.bench.control),
            self.progress.append,
        )


def test_places_are_fresh_and_tell_what_the_whole_film_has(
    bench: Bench, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, measured = encoded(film, "1-1.partial"), Measured(bench)
    whole = measured.score(result)
    assert isinstance(whole, FilmScore)
    assert (whole.whole, whole.error) == (True, 0.0)
    assert sum(score.span.pictures for score in whole.spans) == SECONDS * RATE
    monkeypatch.setattr(afterwards, "_LEAST", 8.0)
    usual = measured.score(result)
    assert isinstance(usual, FilmScore)
    used = (usual.spans[0].span,)
    places = measured.score(result, *used)
    assert isinstance(places, FilmScore)
    assert not places.whole
    assert sum(score.span.weight for score in places.spans) == pytest.approx(1.0)
    for score in places.spans:
        assert all(abs(score.span.first - span.first) >= 4.0 for span in used)
    assert abs(places.mean - whole.mean) <= max(1.5, 3 * places.error)
    assert {progress.step for progress in measured.progress} == {StepName.MEASURE.value}
    percents = [progress.percent or 0.0 for progress in measured.progress]
    assert 0 <= min(percents) <= max(percents) <= 100
    assert not list(film.parent.glob("*.measure*"))
    assert digest(film) == bench.sha256


@pytest.mark.parametrize(
    "changed",
    [
        ("setpts=PTS-STARTPTS", "hflip"),  # other pictures
        ("select='not(between(n,60,70))'",),  # some are missing
    ],
)
def test_a_result_that_is_not_the_films_pictures_has_no_score_and_a_sentence(
    bench: Bench, film: Path, changed: List[str]
) -> None:
    result, measured = encoded(film, "1-1.partial", *changed), Measured(bench)
    score = measured.score(result)
    assert isinstance(score, Reason)
    assert isinstance(score.message, Sentence)
    assert score.message.startswith("The quality could not be measured: ")
    assert not list(film.parent.glob("*.measure*"))


def test_a_tool_that_fails_costs_the_score_alone(bench: Bench, film: Path) -> None:
    result, measured = film.parent / "1-1.partial", Measured(bench)
    result.write_bytes(b"no film")
    score = measured.score(result)
    assert isinstance(score, Reason)
    assert score.message.endswith(".")


def test_a_cancelled_job_measures_nothing_more(bench: Bench, film: Path) -> None:
    result, measured = encoded(film, "1-1.partial"), Measured(bench)
    bench.control.cancel()
    with pytest.raises(JobCancelled):
        measured.score(result)
    assert not list(film.parent.glob("*.measure*"))


def test_a_jobs_end_tells_the_score_and_keeps_it_in_the_journal(bench: Bench) -> None:
    bench.make(seconds=1.0, size=(192, 108), video_options=["-qp", "8"])
    result = bench.process()
    assert result.quality is not None
    assert result.quality.score is not None
    assert result.quality.difference is not None
    assert isinstance(result.message, Sentence)
    assert "with 90 as the target" in result.message or "the target 90" in result.message
    (entry,) = bench.journal.of_job(1)
    assert json.loads(entry.report)["quality"]["target"] == 90
