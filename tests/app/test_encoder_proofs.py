"""Which encoders are offered on a machine: asked by real encodes, once, and anew when there is a reason."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Sequence

import pytest

from app import encoder_prover
from app.encoder_proofs import EncoderProofs
from core.encoders.family import Feature
from core.encoders.proof import EncoderId, EncoderProof, Finding
from core.settings.tree import Settings, TemplateSettings, ToolSettings
from core.tools import ToolName, Toolset
from processing.runner import ProcessRunner
from store.connection import Database
from store.encoder_proofs import EncoderProofStore
from tests.stand_in import StandIn
from tools.resolver import find_tools

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")

HOUR, DAY = 3600.0, 86400.0
QSVENC = EncoderId(ToolName("QSVEncC"), "hevc")


class Machine:
    """A machine with a stand-in for QSVEncC, whose clock and driver are ours."""

    def __init__(self, folder: Path, database: Database, toolset: Toolset) -> None:
        ffmpeg = toolset.get(ToolName.FFMPEG)
        assert ffmpeg is not None
        self.stand_in = StandIn(folder / "bin", str(ffmpeg.path))
        self.now, self.driver = 1_000_000.0, "driver 1"
        self.folder = folder
        self._database = database
        self._others = toolset
        self.begin()

    def begin(self) -> None:
        """Start the program: what is kept is in its database alone."""
        store = EncoderProofStore(self._database)
        runner = ProcessRunner(low_priority=False)
        self.proofs = EncoderProofs(
            store, runner, self.folder, lambda: self.now, lambda: self.driver
        )

    @property
    def toolset(self) -> Toolset:
        """The programs as they are found."""
        found = find_tools(ToolSettings(qsvenc=str(self.stand_in.path)), ProcessRunner()).toolset
        qsvenc = found.get(ToolName("QSVEncC"))
        others = tuple(tool for tool in self._others.tools if tool.name != "QSVEncC")
        return Toolset((*others, qsvenc) if qsvenc else others)

    def offered(self) -> bool:
        """Whether a command would find that QSVEncC works."""
        proven = self.proofs.proven(self.toolset, Settings())
        return proven.can(ToolName("QSVEncC"), "hevc")

    @property
    def asked(self) -> int:
        """How many test encodes were made so far."""
        return len(self.stand_in.encodes)


@pytest.fixture
def machine(tmp_path: Path, toolset: Toolset, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    # Whether it encodes at all is enough here; every feature is proven in a test of its own.
    monkeypatch.setattr(encoder_prover, "FEATURES", ())
    database = Database(tmp_path / "test.db")
    yield Machine(tmp_path, database, toolset)
    database.close()


def test_an_encoder_is_asked_once_and_not_by_every_command(machine: Machine) -> None:
    for _command in range(3):
        assert machine.offered()
        machine.begin()
    assert machine.asked == 1


def test_without_graphics_it_is_not_offered_and_not_asked_again_for_a_while(
    machine: Machine,
) -> None:
    machine.stand_in.mode = "gone"
    assert not machine.offered()
    machine.now += 0.9 * HOUR
    assert not machine.offered()
    assert machine.asked == 1


def test_graphics_that_come_back_are_used_after_the_next_check(machine: Machine) -> None:
    machine.stand_in.mode = "gone"
    assert not machine.offered()
    machine.stand_in.mode = "works"
    machine.now += 1.1 * HOUR
    assert machine.offered()


@pytest.mark.parametrize("reason", ["driver", "version", "age", "find again", "device error"])
def test_it_is_asked_anew_where_there_is_a_reason(machine: Machine, reason: str) -> None:
    assert machine.offered()
    machine.stand_in.mode = "gone"
    assert machine.offered()
    if reason == "driver":
        machine.driver = "driver 2"
        machine.now += 11  # seconds: it is not looked at for every film
    elif reason == "version":
        machine.stand_in.update("8.23")
    elif reason == "age":
        machine.now += 8 * DAY
    elif reason == "find again":
        machine.proofs.forget()
    else:
        machine.proofs.lost(QSVENC, machine.toolset, "201")
    assert not machine.offered()


def test_device_errors_again_and_again_set_an_encoder_aside_although_its_tests_work(
    machine: Machine,
) -> None:
    assert machine.offered()
    machine.proofs.lost(QSVENC, machine.toolset, "a GPU hang.")
    assert machine.offered()
    machine.now += 60
    machine.proofs.lost(QSVENC, machine.toolset, "a GPU hang.")
    assert not machine.offered()
    machine.now += 1.1 * HOUR
    assert machine.offered()


def test_doctor_asks_anew_what_did_not_work_and_nothing_else(machine: Machine) -> None:
    machine.stand_in.mode = "gone"
    assert not machine.offered()
    machine.stand_in.mode = "works"
    proofs = machine.proofs.ask_all(machine.toolset, Settings(), doubting=True)
    assert [proof.offered for proof in proofs if proof.encoder == QSVENC] == [True]
    asked = machine.asked
    machine.proofs.ask_all(machine.toolset, Settings(), doubting=True)
    assert machine.asked == asked


def test_a_hang_costs_its_deadline_once(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_prover, "DEADLINE", 1.0)
    toolset = machine.toolset  # as another command found it, before it hung
    machine.stand_in.mode = "hangs"
    templates = replace(
        TemplateSettings(), normal_fallback=TemplateSettings().normal.replace("hevc", "av1")
    )
    settings = replace(Settings(), templates=templates)
    for _command in range(3):
        machine.begin()
        assert not machine.proofs.proven(toolset, settings).can(ToolName("QSVEncC"), "hevc")
    assert machine.asked == 1  # AV1 is on the same chip and was not even tried
    proofs = {proof.encoder.name: proof for proof in machine.proofs.ask_all(toolset, settings)}
    assert proofs["hevc"].answers[Feature.PICTURE].finding is Finding.SILENT
    assert "did not answer within 1 second" in proofs["hevc"].why_not
    assert proofs["av1"].silent


def test_what_a_template_names_is_asked_and_nothing_else(machine: Machine) -> None:
    machine.proofs.proven(machine.toolset, replace(Settings(), templates=_only_x265()))
    assert machine.asked == 0


def _only_x265() -> TemplateSettings:
    plain = TemplateSettings()
    text = plain.normal_fallback
    return replace(plain, normal=text, dolby_vision=text, downscale=text)


def test_every_feature_is_proven_by_a_result_that_passes_as_any_result_does(
    tmp_path: Path, toolset: Toolset
) -> None:
    ffmpeg = toolset.get(ToolName.FFMPEG)
    if ffmpeg is None or "libx265_10bit" not in ffmpeg.abilities:
        pytest.skip("needs an ffmpeg whose libx265 makes 10 bits")
    database = Database(tmp_path / "test.db")
    machine = Machine(tmp_path, database, toolset)
    hevc = next(
        proof
        for proof in machine.proofs.ask_all(machine.toolset, Settings())
        if proof.encoder == QSVENC
    )
    database.close()
    # The encoder behind the stand-in keeps no HDR10+, although it takes the option for it.
    assert hevc.answers[Feature.HDR10_PLUS].finding is Finding.FAILS
    assert "HDR10+" in hevc.answers[Feature.HDR10_PLUS].why
    assert hevc.proven == set(Feature) - {Feature.HDR10_PLUS}


def test_what_ffmpeg_lists_is_not_offered_on_a_machine_without_a_card(
    tmp_path: Path, toolset: Toolset
) -> None:
    ffmpeg = toolset.get(ToolName.FFMPEG)
    listed = [f"hevc_{family}" for family in ("nvenc", "qsv", "vaapi", "amf")]
    if ffmpeg is None or not ffmpeg.abilities.issuperset(listed):
        pytest.skip("needs an ffmpeg that lists the encoders of every card")
    if any(Path("/dev").glob("dri/renderD*")) or any(Path("/dev").glob("nvidia*")):
        pytest.skip("this machine has a card")
    database = Database(tmp_path / "test.db")
    proofs = EncoderProofs(EncoderProofStore(database), ProcessRunner(), tmp_path)
    answers: Sequence[EncoderProof] = proofs.ask_all(toolset, Settings())
    proven = proofs.with_all(toolset, Settings())
    database.close()
    assert not [proof.encoder for proof in answers if proof.offered]
    assert {proof.encoder.name for proof in answers} >= set(listed)
    assert not any(proven.can(ToolName.FFMPEG, name) for name in listed)
    assert proven.can(ToolName.FFMPEG, "libx265", "libopus")
    reasons: List[str] = [proof.why_not for proof in answers]
    assert any("libcuda" in reason for reason in reasons)
