"""A family of encoders that no other file knows: found, planned, run, followed, verified, swapped."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

from app.encoder_proofs import EncoderProofs
from core.encoders import listed
from core.encoders.family import Feature, TrialEncode
from core.encoders.listed import abilities_in_words, encoding_programs, is_device_error
from core.encoders.templates import parse_template, placeholders
from core.errors import MachineTrouble
from core.events import JobState
from core.protocol.offer import toolset_data, toolset_from
from core.queue.job import JobKind
from core.queue.job_kind import kind_of
from core.settings.foreign_templates import foreign_word
from core.settings.tree import ToolSettings
from core.tools import ToolName, Toolset
from store.encoder_proofs import EncoderProofStore
from tests.films import FFMPEG, FFPROBE
from tests.processing.bench import Bench, digest, fast_settings, open_bench, with_section
from tests.processing.patchwork import PATCHWORK, TEMPLATE, install
from tools.resolver import clear_cache, find_tools

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its program is a script")

NAME = ToolName("patchwork")


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A program that knows the family, on a machine that has its program in PATH."""
    program = install(tmp_path / "bin", FFMPEG)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(listed, "FAMILIES", (PATCHWORK, *listed.FAMILIES))
    clear_cache()
    with open_bench(tmp_path, toolset) as made:
        made.toolset = find_tools(ToolSettings(FFMPEG, FFPROBE), made.runner).toolset
        made.settings = fast_settings(encode=True, template=TEMPLATE)
        yield made
    clear_cache()


def test_its_program_is_found_with_what_it_can_do_here(bench: Bench) -> None:
    found = bench.toolset.get(NAME)
    assert found is not None
    assert (found.version, found.numbers) == ("2.1", (2, 1))
    assert found.abilities == {"hevc"}
    assert abilities_in_words(NAME, found.abilities) == ("H.265 by looms",)
    assert NAME in encoding_programs()


def test_a_film_is_planned_run_followed_verified_and_swapped(bench: Bench) -> None:
    bench.make(seconds=6)
    plan = bench.plan()
    assert plan.video_encode is not None, plan.omissions
    assert kind_of(plan) is JobKind.GPU
    assert "with Patchwork HEVC" in plan.outputs[0].reasons[0].message
    result = bench.process(plan)
    assert result.state is JobState.COMPLETED
    assert result.commands[0][0].endswith("patchwork")
    shown = [at.percent for at in bench.progress if at.step == "encode" and at.percent]
    assert shown == sorted(shown)
    assert any(0 < percent < 99 for percent in shown)
    assert JobState.VERIFYING in bench.stages
    (entry,) = bench.journal.of_job(1)
    assert digest(entry.holding) == bench.sha256
    again = bench.analyzer.analyze(bench.film)
    assert [track.codec for track in again.tracks] == ["hevc", "opus", "subrip"]


def test_its_missing_hardware_is_the_machines_trouble_not_the_films(bench: Bench) -> None:
    template = TEMPLATE.replace("24", "99")
    bench.settings = fast_settings(encode=True, template=template)
    bench.make()
    with pytest.raises(MachineTrouble) as caught:
        bench.process()
    assert caught.value.tool == "patchwork"
    assert digest(bench.film) == bench.sha256
    assert is_device_error("patchwork", 77, ())
    assert is_device_error("patchwork", 1, ["PROBLEM no loom is free"])
    assert not is_device_error("patchwork", 1, ["PROBLEM the film is torn"])


def test_an_old_one_is_left_to_the_next_template(bench: Bench) -> None:
    program = install(bench.folder.parent / "bin", FFMPEG)
    program.write_text(program.read_text("utf-8").replace("2.1", "1.9"), encoding="utf-8")
    bench.toolset = find_tools(ToolSettings(FFMPEG, FFPROBE), bench.runner).toolset
    bench.settings = with_section(fast_settings(), "video", encode=True)
    bench.settings = with_section(bench.settings, "templates", normal=TEMPLATE)
    bench.make()
    plan = bench.plan()
    assert plan.video_encode is not None
    assert plan.video_encode.template_name == "normal_fallback"
    assert plan.omissions[0].message == (
        "patchwork 1.9 is too old to be relied on; 2.0 or newer is needed."
    )


def test_its_templates_are_checked_and_may_come_from_another_machine(bench: Bench) -> None:
    assert parse_template(TEMPLATE).family is PATCHWORK
    assert PATCHWORK.placeholder in placeholders()
    assert foreign_word(TEMPLATE) == ""
    assert foreign_word(TEMPLATE.replace("--fineness 24", "--log secret")) == "--log"
    assert toolset_from(toolset_data(bench.toolset)).can(NAME, "hevc")


def test_a_trial_makes_a_film_of_the_picture_alone(bench: Bench) -> None:
    bench.make()
    found, output = bench.toolset.get(NAME), bench.folder / "trial.mkv"
    assert found is not None
    trial = TrialEncode("hevc", bench.film, output, (320, 240))
    answer = bench.runner.capture(PATCHWORK.trial_arguments(found.path, trial), timeout=60)
    assert answer.returncode == 0, answer.stderr
    assert [track.codec for track in bench.analyzer.analyze(output).tracks] == ["hevc"]


def test_it_is_proven_on_a_machine_as_any_other(bench: Bench) -> None:
    proofs = EncoderProofs(EncoderProofStore(bench.database), bench.runner, bench.folder)
    answers = proofs.ask_all(bench.toolset, bench.settings)
    proof = next(proof for proof in answers if proof.encoder.family is PATCHWORK)
    assert proof.offered, proof.why_not
    assert proof.proven == {Feature.PICTURE}, "8 bits, and nothing that it does not do"
