"""A template tried before it is saved, with the real tools on a real film."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from app.program import Program
from app.template_trial import TemplateTrials
from core.encoders import templates
from core.errors import JobCancelled, TemplateError, ToolFailed
from core.progress import Progress
from tests.films import AudioSpec, make_film
from tests.processing.bench import digest

QUICK = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 30 -pix_fmt $pixel_format "
    "-filter:v:0 $filters $hdr $tracks $output"
)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Program]:
    with Program(tmp_path / "data") as parts:
        parts.config.set("metadata.enabled", "no")
        yield parts


@pytest.fixture
def trials(parts: Program) -> TemplateTrials:
    return TemplateTrials(parts, parts.runner, parts.data_dir)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "A Film.mkv", seconds=2, audio=[AudioSpec("ac3", 2)])


def test_the_commands_are_those_of_the_film(trials: TemplateTrials, film: Path) -> None:
    shown = trials.commands(film, "templates.normal", QUICK)
    assert "libx265" in shown
    assert "-crf 30" in shown
    assert "A Film.mkv" in shown


def test_commands_of_an_encoder_that_is_not_here_can_be_read(
    trials: TemplateTrials, film: Path
) -> None:
    shown = trials.commands(film, "templates.normal", templates.QSVENC_NORMAL)
    assert "--icq 23" in shown


def test_the_downscaling_template_downscales_every_film(parts: Program, tmp_path: Path) -> None:
    film = make_film(tmp_path / "Big.mkv", seconds=1, audio=[AudioSpec("ac3", 2)])
    parts.config.set("video.downscale_height", "144")
    trials = TemplateTrials(parts, parts.runner, parts.data_dir)
    shown = trials.commands(film, "templates.downscale", templates.QSVENC_DOWNSCALE)
    assert "--output-res" in shown
    assert "x144" in shown


def test_a_part_is_really_encoded_and_nothing_stays(
    parts: Program, trials: TemplateTrials, film: Path
) -> None:
    before = digest(film)
    trial = trials.try_out(film, "templates.normal", QUICK)
    assert trial.size > 1000
    assert trial.share > 0
    assert trial.frames_a_second is not None
    assert 1.5 < trial.seconds < 2.5
    assert digest(film) == before
    assert not list(parts.data_dir.glob("template-test-*"))


def test_what_the_tool_says_is_told(trials: TemplateTrials, film: Path) -> None:
    bad = QUICK.replace("-crf 30", "-crf 30 -nonsense_option 1")
    with pytest.raises(ToolFailed, match="nonsense_option"):
        trials.try_out(film, "templates.normal", bad)


@pytest.mark.parametrize(
    ("encoder", "option", "problem"),
    [
        ("libx265", "-x265-params bframs=3:log-level=error", "'bframs' and would go on without it"),
        ("libx265", "-x265-params bframes=many:log-level=error", "'bframes: many'"),
        ("libsvtav1", "-svtav1-params tuning=1", "'tuning: 1'"),
        ("libsvtav1", "-crf 28.5", r"28\.5 would be 28. Write -svtav1-params crf=28\.5"),
    ],
)
def test_what_the_encoder_would_leave_out_without_a_word_is_told(
    trials: TemplateTrials, film: Path, encoder: str, option: str, problem: str
) -> None:
    spelled = QUICK.replace("libx265 -preset ultrafast -crf 30", f"{encoder} -preset 8 {option}")
    with pytest.raises(TemplateError, match=problem):
        trials.try_out(film, "templates.normal", spelled)


def test_parameters_that_the_encoder_knows_are_tried(trials: TemplateTrials, film: Path) -> None:
    known = QUICK.replace("-crf 30", "-crf 30.5 -x265-params bframes=2:log-level=error")
    assert trials.try_out(film, "templates.normal", known).size > 1000


def test_a_trial_is_cancelled(parts: Program, trials: TemplateTrials, film: Path) -> None:
    def cancel(_progress: Progress) -> None:
        trials.cancel()

    slow = QUICK.replace("ultrafast", "placebo")
    with pytest.raises(JobCancelled):
        trials.try_out(film, "templates.normal", slow, cancel)
    assert not list(parts.data_dir.glob("template-test-*"))


def test_a_template_that_is_wrong_is_refused(trials: TemplateTrials, film: Path) -> None:
    with pytest.raises(TemplateError):
        trials.commands(film, "templates.normal", "$ffmpeg -i $input")
