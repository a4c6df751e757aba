"""What doctor and the tools' page say of encoders: proven, not usable and what to install, or left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Sequence

import pytest

from app.proven_tools import encoder_lines, idle_encoders, proven_statuses
from core.encoders.chosen_templates import templates_of
from core.encoders.family import Feature
from core.encoders.proof import EncoderId, EncoderProof, FeatureAnswer, Finding
from core.encoders.quality import Choice, Graphics
from core.settings.tree import Settings, TemplateSettings
from core.tools import ToolInfo, ToolName, Toolset
from tools.resolver import ToolReport, ToolStatus

FFMPEG = ToolInfo(
    ToolName.FFMPEG,
    Path("ffmpeg"),
    "9.0",
    (9, 0),
    abilities=frozenset({"libx265", "libopus", "hevc_nvenc", "hevc_nvenc_10bit", "av1_nvenc"}),
)
QSVENC = ToolInfo(
    ToolName("QSVEncC"), Path("qsvencc"), "8.22", (8, 22), abilities=frozenset({"hevc", "libdovi"})
)
REPORT = ToolReport(
    Toolset((FFMPEG, QSVENC)),
    tuple(ToolStatus(tool.name, tool, "", "Get it from there.") for tool in (FFMPEG, QSVENC)),
)
NO_CARD = {Feature.PICTURE: FeatureAnswer(Finding.FAILS, "Cannot load libcuda.so.1")}
WORKS = {
    Feature.PICTURE: FeatureAnswer(Finding.WORKS),
    Feature.TEN_BIT: FeatureAnswer(Finding.WORKS),
    Feature.HDR10: FeatureAnswer(Finding.FAILS, "its mastering data is lost."),
    Feature.HDR10_PLUS: FeatureAnswer(Finding.UNTRIED, "No film with HDR10+ can be made here."),
}
NVENC = "$ffmpeg -i $input -c:v hevc_nvenc -filter:v:0 $filters $hdr $tracks $output"


def proof(tool: ToolInfo, name: str, answers: object) -> EncoderProof:
    return EncoderProof(EncoderId(tool.name, name), "p", "d", 0.0, answers)  # type: ignore[arg-type]


def statuses(
    proofs: Sequence[EncoderProof], settings: Settings, system: str
) -> Sequence[ToolStatus]:
    return proven_statuses(REPORT, proofs, settings, system)


def test_what_a_program_lists_and_has_not_proven_is_not_among_its_abilities() -> None:
    proofs = [proof(FFMPEG, "hevc_nvenc", WORKS), proof(FFMPEG, "av1_nvenc", NO_CARD)]
    ffmpeg, qsvenc = statuses(proofs, Settings(), "linux")
    assert ffmpeg.info is not None
    assert qsvenc.info is not None
    assert ffmpeg.info.abilities == {"libx265", "libopus", "hevc_nvenc", "hevc_nvenc_10bit"}
    assert qsvenc.info.abilities == {"libdovi"}


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_who_has_the_program_and_no_graphics_is_told_of_the_driver_not_of_the_download(
    system: str,
) -> None:
    _ffmpeg, qsvenc = statuses([proof(QSVENC, "hevc", NO_CARD)], Settings(), system)
    assert qsvenc.problem == (
        "QSVEncC hevc does not work here and is not used. Cannot load libcuda.so.1"
    )
    assert "driver" in qsvenc.hint
    assert "https://" not in qsvenc.hint


def test_an_encoder_in_ffmpeg_that_a_template_names_is_a_problem_of_ffmpeg() -> None:
    proofs = [proof(FFMPEG, "hevc_nvenc", NO_CARD)]
    named = replace(Settings(), templates=replace(TemplateSettings(), normal_fallback=NVENC))
    assert statuses(proofs, Settings(), "linux")[0].problem == ""
    ffmpeg = statuses(proofs, named, "linux")[0]
    assert (
        ffmpeg.problem == "hevc_nvenc does not work here and is not used. Cannot load libcuda.so.1"
    )
    assert "NVIDIA" in ffmpeg.hint


def test_what_is_proven_is_told_feature_by_feature_and_the_rest_in_one_sentence() -> None:
    proofs = [
        proof(FFMPEG, "hevc_nvenc", WORKS),
        proof(FFMPEG, "av1_nvenc", NO_CARD),
        proof(QSVENC, "hevc", NO_CARD),
    ]
    proven, others = encoder_lines(proofs)
    assert proven == (
        "hevc_nvenc is proven here: 8 bit, 10 bit; HDR10 fails (its mastering data is lost.); "
        "HDR10+ not tried (No film with HDR10+ can be made here.)."
    )
    assert others == "No test encode worked with av1_nvenc, QSVEncC hevc."


def test_who_has_graphics_that_no_template_names_is_told_how_to_use_them() -> None:
    works, fails = proof(FFMPEG, "hevc_nvenc", WORKS), proof(QSVENC, "hevc", NO_CARD)
    (told,) = idle_encoders([works, fails], Settings())
    assert "no template names hevc_nvenc." in told
    assert "`settings set video.graphics any`" in told
    chosen = TemplateSettings(**templates_of(Choice(graphics=Graphics.ANY)))
    assert list(idle_encoders([works, fails], Settings(templates=chosen))) == []
    assert list(idle_encoders([fails], Settings())) == []
    assert list(idle_encoders([proof(QSVENC, "hevc", WORKS), works], Settings())) == []
