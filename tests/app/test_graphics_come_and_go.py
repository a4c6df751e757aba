"""Graphics that go away under a film: it goes on with the next encoder, and costs one film's time at most."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Iterator

import pytest

from app import encoder_prover
from app.next_encoder import LossesAreTold
from app.program import Program
from core.encoders.family import Feature
from core.errors import DeviceTrouble
from core.plan import Plan
from core.planning.planner import build_plan
from core.queue.job import NewJob
from core.settings.tree import TemplateSettings
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.result import JobResult
from store.jobs import JobStore
from tests.films import make_film
from tests.stand_in import StandIn
from tools import resolver

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")

MAIN = Path(__file__).resolve().parents[2] / "main.py"
X265 = TemplateSettings().normal_fallback.replace("-preset fast", "-preset ultrafast")
NVENC = X265.replace("libx265 -preset ultrafast -crf 22", "hevc_nvenc")
SETTINGS = {
    "files.largest_ratio": "2",
    "video.good_bits_per_pixel": "0",
    "templates.normal_fallback": f"{NVENC}\n{X265}",  # no card: the second one of three is not offered
}


class House:
    """A program with its data, a stand-in for QSVEncC, and films."""

    def __init__(self, folder: Path, ffmpeg: str) -> None:
        self.folder = folder
        self.stand_in = StandIn(folder / "bin", ffmpeg)
        self.program = Program(folder / "data")
        self.program.config.change({**SETTINGS, "tools.qsvenc": str(self.stand_in.path)})

    def film(self, name: str = "Film") -> Path:
        path = self.folder / "films" / f"{name}.mkv"
        path.parent.mkdir(exist_ok=True)
        return make_film(path, seconds=2)

    def plan(self, film: Path) -> Plan:
        equipment = self.program.equip()
        media = equipment.analyzer.analyze(film)
        native = equipment.analyzer.native_language(media, "eng")
        return build_plan(media, native, equipment.settings, equipment.toolset)

    def carry_out(self, plan: Plan) -> JobResult:
        (job_id,) = JobStore(self.program.database).add([NewJob(plan.media.path)])
        processor = self.program.equip().processor
        return processor.process(
            job_id, 1, plan, JobControl(), lambda _progress: None, lambda _state: None
        )


@pytest.fixture
def house(tmp_path: Path, toolset: Toolset, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(encoder_prover, "FEATURES", (Feature.TEN_BIT,))
    ffmpeg = toolset.get(ToolName.FFMPEG)
    if ffmpeg is None or "libx265_10bit" not in ffmpeg.abilities:
        pytest.skip("needs an ffmpeg whose libx265 makes 10 bits")
    house = House(tmp_path, str(ffmpeg.path))
    yield house
    house.program.close()
    house.program.database.close()


def template(plan: Plan) -> str:
    encode = plan.video_encode
    return encode.template_name if encode else ""


def test_the_same_film_goes_on_with_the_next_encoder_that_works(house: House) -> None:
    film = house.film()
    plan = house.plan(film)
    assert template(plan) == "normal"
    house.stand_in.mode = "gone"
    result = house.carry_out(plan)
    assert result.message == (
        "QSVEncC hevc could not continue, so the film was started over with libx265. "
        "DRMLibVA::DRMLibVA: Intel GPU was not found."
    )
    assert "libx265" in result.commands[0]
    assert house.program.equip().analyzer.analyze(film).video[0].codec == "hevc"


def test_one_film_loses_its_time_and_the_next_ones_are_planned_without_the_graphics(
    house: House,
) -> None:
    first, second = house.plan(house.film("First")), house.film("Second")
    house.stand_in.mode = "gone"
    house.carry_out(first)
    asked = len(house.stand_in.encodes)
    plan = house.plan(second)
    assert template(plan) == "normal_fallback_2"
    assert house.carry_out(plan).message == ""
    assert len(house.stand_in.encodes) == asked


def test_films_that_were_planned_before_the_graphics_went_are_planned_again(house: House) -> None:
    """Films are planned ahead of the slots; each would lose its time, and say so, one after the other."""
    running, waiting = house.plan(house.film("First")), house.film("Second")
    manager = house.program.queue_manager()
    attempts = manager.shared.attempts
    (job_id,) = manager.submit([NewJob(waiting)])
    job = manager.shared.jobs.get(job_id)
    assert job is not None
    planned = attempts.plan(job)
    assert template(planned.plan) == "normal"
    attempts.keep(job_id, planned)
    house.stand_in.mode = "gone"
    house.carry_out(running)
    assert template(attempts.plan(job).plan) == "normal_fallback_2"


def test_a_film_goes_on_when_the_encoder_hangs_and_its_test_encode_does_as_well(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_prover, "DEADLINE", 2.0)
    plan = house.plan(house.film())
    house.program.config.change({"processing.first_progress_seconds": "2"})
    house.stand_in.mode = "hangs"
    result = house.carry_out(plan)
    assert "made no progress for 2 seconds" in result.message
    assert "started over with libx265." in result.message


def test_a_film_goes_on_when_the_encoders_program_is_not_there_any_more(house: House) -> None:
    plan = house.plan(house.film())
    house.stand_in.path.unlink()
    assert "started over with libx265." in house.carry_out(plan).message


def test_without_another_encoder_the_film_waits_and_is_untouched(house: House) -> None:
    house.program.config.change({"templates.normal_fallback": ""})
    film = house.film()
    before = film.read_bytes()
    plan = house.plan(film)
    house.stand_in.mode = "gone"
    with pytest.raises(DeviceTrouble, match="Intel GPU was not found") as error:
        house.carry_out(plan)
    assert error.value.transient
    assert film.read_bytes() == before


def test_a_machine_that_works_for_another_tells_it_what_is_left(house: House) -> None:
    """The film goes back to its master, which plans it by what this machine can do from then on."""
    plan, settings = house.plan(house.film()), house.program.config.settings
    toolset = house.program.tools_for_others(settings)
    assert toolset.can(ToolName("QSVEncC"), "hevc")
    house.stand_in.mode = "gone"
    losses = LossesAreTold(house.program.encoder_proofs, toolset)
    assert losses.after_device_error(plan, DeviceTrouble("QSVEncC", "no GPU")) is None
    assert not house.program.tools_for_others(settings).can(ToolName("QSVEncC"), "hevc")


def test_graphics_that_are_back_are_used_again_after_find_again(house: House) -> None:
    film = house.film()
    house.stand_in.mode = "gone"
    assert template(house.plan(film)) == "normal_fallback_2"
    house.stand_in.mode = "works"
    assert template(house.plan(film)) == "normal_fallback_2"  # the answer holds for a while
    statuses = {status.name: status for status in house.program.find_tools(again=True)}
    assert statuses[ToolName("QSVEncC")].problem == ""
    assert template(house.plan(film)) == "normal"


def test_a_program_that_hangs_costs_its_deadline_once_and_not_every_command(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "_ANSWER_SECONDS", 3.0)
    resolver.clear_cache()
    film = house.film()
    house.stand_in.mode = "hangs"
    for _command in range(3):
        with suppress(AttributeError):
            del house.program.tool_report
        resolver.clear_cache()  # as another process would begin
        assert template(house.plan(film)) == "normal_fallback_2"
    assert house.stand_in.starts == 1
    status = next(status for status in house.program.find_tools() if status.name == "QSVEncC")
    assert status.problem == f"{house.stand_in.path} does not answer."


def test_the_command_line_tells_it_in_one_sentence_and_asks_once_for_all_commands(
    house: House,
) -> None:
    films = [house.film("First"), house.film("Second")]
    assert template(house.plan(films[0])) == "normal"  # proven, and kept in the data folder
    house.program.close()
    house.program.database.close()
    house.stand_in.mode = "gone"
    asked = len(house.stand_in.encodes)
    told = []
    for film in films:
        argv = [sys.executable, str(MAIN), "--data-dir", str(house.folder / "data"), "process"]
        done = subprocess.run(
            [*argv, str(film)], capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told.append((done.stdout + done.stderr).count("started over with libx265"))
    assert told == [1, 0]
    assert len(house.stand_in.encodes) == asked + 2  # the film, and the question that followed
