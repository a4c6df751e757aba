"""What a new user is led through, with the real programs on real films."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

from app.encoder_trial import ENCODING, MAKING, EncoderTrials
from app.first_steps import FirstStepsServices
from app.program import Program
from core.errors import JobCancelled, UsageError
from core.planning.comparison import compare
from core.planning.preview import PreviewOutcome
from core.queue.job import NewJob
from core.settings.choices import FirstSteps
from core.settings.watched_folder import WatchedFolder
from core.tools import ToolName
from monitor import FolderList
from store.jobs import JobStore
from tests.films import AudioSpec, make_film

QUICK = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -x265-params log-level=none "
    "-pix_fmt $pixel_format -filter:v:0 $filters $hdr $tracks $output"
)


class Watcher:
    """Keeps what it hears of a trial."""

    def __init__(self) -> None:
        self.heard: List[Tuple[str, float]] = []

    def progressed(self, doing: str, percent: float) -> None:
        self.heard.append((doing, percent))


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Program]:
    with Program(tmp_path / "data") as parts:
        yield parts


@pytest.fixture
def steps(parts: Program) -> FirstStepsServices:
    return parts.first_steps()


def test_the_steps_are_due_in_a_new_data_folder_alone(
    parts: Program, steps: FirstStepsServices, tmp_path: Path
) -> None:
    assert steps.due()
    FolderList(parts.database).add(WatchedFolder(tmp_path))
    assert not steps.due()


def test_who_has_set_something_is_no_new_user(parts: Program, steps: FirstStepsServices) -> None:
    parts.config.set("files.keep_original_days", "3")
    assert not steps.due()


def test_who_has_films_in_the_queue_is_no_new_user(
    parts: Program, steps: FirstStepsServices
) -> None:
    JobStore(parts.database).add([NewJob(Path("/films/a.mkv"))])
    assert not steps.due()


@pytest.mark.parametrize("reached", [FirstSteps.SHOWN, FirstSteps.DONE])
def test_the_steps_are_due_once(
    parts: Program, steps: FirstStepsServices, reached: FirstSteps
) -> None:
    parts.config.set("window.first_steps", reached.value)
    assert not steps.due()


def test_a_missing_program_is_offered_or_said_where_it_is(steps: FirstStepsServices) -> None:
    (offer,) = steps.offers([ToolName.MKVPROPEDIT, ToolName.MKVMERGE])
    assert "MKVToolNix" in offer.title
    assert offer.argv or offer.hint
    assert steps.offers([]) == ()


def test_the_plan_is_of_the_first_film_that_needs_something(
    parts: Program, steps: FirstStepsServices, tmp_path: Path
) -> None:
    parts.config.change({"video.encode": "no", "metadata.enabled": "no"})
    library = tmp_path / "films"
    library.mkdir()
    (library / "A broken.mkv").write_bytes(b"no film")
    film = make_film(library / "B.mkv", audio=[AudioSpec("flac"), AudioSpec("ac3", language="fra")])
    plan = steps.plan([library])
    assert plan is not None
    assert plan.path == film
    assert plan.has_work
    shown = compare(plan.plan_text)
    assert shown is not None
    assert [track.kind for track in shown.tracks] == ["video", "audio", "audio"]
    assert all("opus" in track.after and track.reasons for track in shown.tracks[1:])


def test_where_no_film_is_there_is_no_plan(steps: FirstStepsServices, tmp_path: Path) -> None:
    assert steps.plan([]) is None
    assert steps.plan([tmp_path / "data"]) is None


def test_where_no_film_can_be_read_its_error_says_why(
    steps: FirstStepsServices, tmp_path: Path
) -> None:
    broken = tmp_path / "Broken.mkv"
    broken.write_bytes(b"no film")
    found = steps.plan([broken])
    assert found is not None
    assert found.outcome is PreviewOutcome.UNREADABLE
    assert "Broken.mkv" in found.message


def test_the_clip_is_encoded_by_the_template_that_films_take(
    parts: Program, steps: FirstStepsServices
) -> None:
    parts.config.change({"templates.normal": QUICK, "templates.normal_fallback": ""})
    watcher = Watcher()
    trial = steps.try_encoder(watcher)
    assert (trial.encoder, trial.template, trial.height) == ("libx265", "Normal content", 1080)
    assert trial.frames_a_second > 0
    assert {doing for doing, _percent in watcher.heard} == {MAKING, ENCODING}
    left = [
        folder.name for folder in parts.data_dir.iterdir() if folder.name.startswith("encoder-test")
    ]
    assert left == []


def test_the_fall_back_says_why_it_is_taken(parts: Program) -> None:
    parts.config.set("templates.normal_fallback", QUICK)
    if parts.toolset.get(ToolName("QSVEncC")) is not None:
        pytest.skip("QSVEnc works on this machine")
    trial = parts.first_steps().try_encoder(Watcher())
    assert trial.template == "Normal content, fallback"
    assert "QSVEnc" in " ".join(trial.objections)


def test_where_no_template_can_encode_that_is_said(
    parts: Program, steps: FirstStepsServices
) -> None:
    missing = QUICK.replace("libx265", "hevc_videotoolbox")
    parts.config.change({"templates.normal": missing, "templates.normal_fallback": ""})
    with pytest.raises(UsageError, match="hevc_videotoolbox"):
        steps.try_encoder(Watcher())


def test_a_test_of_the_encoder_can_be_stopped(parts: Program) -> None:
    trials = EncoderTrials(parts, parts.runner, parts.data_dir)

    class Canceller(Watcher):
        def progressed(self, doing: str, percent: float) -> None:
            if not self.heard:
                trials.cancel()
            super().progressed(doing, percent)

    canceller = Canceller()
    with pytest.raises(JobCancelled):
        trials.run(canceller)
    assert canceller.heard
