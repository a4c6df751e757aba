"""A result whose dynamic range is lost or faked is rejected, whatever made it.

The plan is the product's own and says what was promised; the result is spoilt on the way, as an older
ffmpeg, a wrong template or a muxer would spoil it.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Callable, Optional, Sequence, Tuple

import pytest

from analyzer import Analyzer
from core.commands import build_steps
from core.errors import VerificationFailed
from core.media.model import HdrFormat
from core.plan import OutputTrack, Plan, VideoEncode
from core.settings.choices import LossyHdrPolicy
from core.settings.tree import Settings
from core.steps import StepName
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.probing import Prober
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processing.stall import Limits
from processing.verify import Verification, Verifier
from tests.truth.hdr import look
from tests.truth.hdr_films import SVT_AV1, encoding_settings, given, own
from tests.truth.pipeline import plain_toolset, plan_for, quick
from tests.truth.sound import run

Spoil = Callable[[Tuple[str, ...]], Sequence[str]]
X265 = quick(Settings().templates.normal_fallback)


def with_template(settings: Settings, template: str) -> Settings:
    """The same template for every kind of content."""
    every = replace(settings.templates, normal=template, dolby_vision=template)
    return replace(settings, templates=every)


def make_and_verify(
    plan: Plan, settings: Settings, toolset: Toolset, staged: Path, spoil: Spoil
) -> Verification:
    """Run the plan's commands, the first one spoilt, and prove the result against the plan."""
    for step in build_steps(plan, settings, toolset, staged):
        for command in step.commands:
            spoilt = step.name in (StepName.ENCODE, StepName.REMUX)
            run(spoil(command.argv) if spoilt else command.argv)
    runner = ProcessRunner()
    honest = plain_toolset()
    prober = Prober(runner, honest, JobControl(), Limits(60.0, 60.0))
    analyzer = Analyzer(runner, honest)
    verifier = Verifier(
        prober, analyzer.analyze, settings, honest, SystemClock(), lambda progress: None
    )
    kept = frozenset(track.source.index for track in plan.outputs)
    return verifier.verify(plan, staged, verifier.demand_whole_source(plan, kept))


def unspoilt(argv: Tuple[str, ...]) -> Sequence[str]:
    return argv


def before_output(*options: str) -> Spoil:
    """Further options at the end, where they win over the earlier ones."""
    return lambda argv: [*argv[:-1], *options, argv[-1]]


def for_old_ffmpeg(argv: Tuple[str, ...]) -> Sequence[str]:
    """Without what ffmpeg 5 does not know: Dolby Vision in encoders, a time base by name."""
    words = ["-1" if word == "demux" else word for word in argv]
    if "-dolbyvision" in words:
        place = words.index("-dolbyvision")
        del words[place : place + 2]
    return [*words[:-1], "-x265-params", "log-level=error", words[-1]]


NO_STATIC = ",".join(
    f"sidedata=mode=delete:type={kind}"
    for kind in ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
)


def test_an_encode_that_keeps_hdr10_passes(tmp_path: Path) -> None:
    source = own("hdr10")(tmp_path)
    settings = with_template(encoding_settings(), SVT_AV1)
    plan = plan_for(source, settings, plain_toolset())
    staged = tmp_path / "result.mkv"
    assert make_and_verify(plan, settings, plain_toolset(), staged, unspoilt).checks


def test_lost_mastering_data_is_caught(tmp_path: Path) -> None:
    source = own("hdr10")(tmp_path)
    settings = with_template(encoding_settings(), SVT_AV1)
    plan = plan_for(source, settings, plain_toolset())
    staged = tmp_path / "result.mkv"
    with pytest.raises(VerificationFailed, match="mastering data is lost"):
        make_and_verify(
            plan, settings, plain_toolset(), staged, before_output("-filter:v:0", NO_STATIC)
        )
    assert not look(staged).mastering


@pytest.mark.parametrize("kind", ["hdr10", "hlg", "pq"])
def test_a_changed_transfer_is_caught(tmp_path: Path, kind: str) -> None:
    source = own(kind)(tmp_path)
    settings = with_template(encoding_settings(), SVT_AV1)
    plan = plan_for(source, settings, plain_toolset())
    sdr = before_output("-filter:v:0", "setparams=color_trc=bt709")
    with pytest.raises(VerificationFailed, match="transfer is bt709"):
        make_and_verify(plan, settings, plain_toolset(), tmp_path / "result.mkv", sdr)


def test_eight_bits_are_caught(tmp_path: Path) -> None:
    """What ffmpeg does, with rc 0 and in silence, when its libx265 has 8 bits only."""
    source = own("hdr10")(tmp_path)
    settings = with_template(encoding_settings(), SVT_AV1)
    plan = plan_for(source, settings, plain_toolset())
    shallow = before_output("-pix_fmt", "yuv420p")
    with pytest.raises(VerificationFailed, match="8 bits instead of 10"):
        make_and_verify(plan, settings, plain_toolset(), tmp_path / "result.mkv", shallow)


def old_ffmpeg_that_boasts() -> Toolset:
    """A real ffmpeg 5 with the version number of a newer one: what the version check keeps out."""
    path = shutil.which("ffmpeg")
    if path is None or b"version 5." not in run([path, "-version"]):
        pytest.skip("needs ffmpeg 5 in PATH, whose libx265 labels falsely")
    return Toolset(
        tuple(
            replace(
                tool,
                path=Path(path),
                version="8.0",
                numbers=(8, 0),
                abilities=tool.abilities | {"libx265", "libx265_10bit"},
            )
            if tool.name is ToolName.FFMPEG
            else tool
            for tool in plain_toolset().tools
        )
    )


@pytest.mark.parametrize("film", ["p81.mkv", "p84.mkv"])
def test_a_dolby_vision_label_without_its_data_is_caught(tmp_path: Path, film: str) -> None:
    toolset, source = old_ffmpeg_that_boasts(), given(film)(tmp_path)
    settings = with_template(encoding_settings(), X265)
    plan = plan_for(source, settings, toolset)
    assert plan.video_encode is not None, plan.omissions
    staged = tmp_path / "result.mkv"
    with pytest.raises(VerificationFailed, match="labelled Dolby Vision"):
        make_and_verify(plan, settings, toolset, staged, for_old_ffmpeg)
    found = look(staged)
    assert (found.record is not None, found.rpus) == (True, 0)


def test_a_dolby_vision_label_that_nobody_promised_is_caught(tmp_path: Path) -> None:
    toolset, source = old_ffmpeg_that_boasts(), given("p81.mkv")(tmp_path)
    settings = with_template(encoding_settings(), X265)
    plan = promising(plan_for(source, settings, toolset), (HdrFormat.HDR10,), None)
    with pytest.raises(VerificationFailed, match="instead of no Dolby Vision"):
        make_and_verify(plan, settings, toolset, tmp_path / "result.mkv", for_old_ffmpeg)


def promising(plan: Plan, formats: Tuple[HdrFormat, ...], profile: Optional[int]) -> Plan:
    """The same plan with another promise about the picture."""

    def changed(track: OutputTrack) -> OutputTrack:
        if not isinstance(track.conversion, VideoEncode):
            return track
        encode = replace(track.conversion, hdr_formats=formats, dolby_vision_profile=profile)
        return replace(track, conversion=encode)

    assert plan.video_encode is not None, plan.omissions
    return replace(plan, outputs=tuple(changed(track) for track in plan.outputs))


def test_lost_hdr10_plus_is_caught(tmp_path: Path) -> None:
    source = given("hdr10p.mkv")(tmp_path)
    settings = with_template(encoding_settings(LossyHdrPolicy.DROP_DYNAMIC), SVT_AV1)
    plan = plan_for(source, settings, plain_toolset())
    promised = promising(plan, (HdrFormat.HDR10, HdrFormat.HDR10_PLUS), None)
    with pytest.raises(VerificationFailed, match=r"HDR10\+ data is lost"):
        make_and_verify(promised, settings, plain_toolset(), tmp_path / "result.mkv", unspoilt)


COPIES = {
    "Dolby Vision record and data": ("p81.mkv", "dovi_rpu=strip=1", "no Dolby Vision"),
    "Dolby Vision data": ("p81.mkv", "filter_units=remove_types=62", "Dolby Vision data is lost"),
    "HDR10+": ("hdr10p.mkv", "filter_units=remove_types=39", r"HDR10\+ data is lost"),
}


@pytest.mark.parametrize("loss", COPIES)
def test_what_a_copied_picture_lost_is_caught(tmp_path: Path, loss: str) -> None:
    film, bitstream_filter, sentence = COPIES[loss]
    source = given(film)(tmp_path)
    settings = encoding_settings()
    plan = plan_for(source, settings, plain_toolset())
    assert plan.video_encode is None
    staged = tmp_path / "result.mkv"
    with pytest.raises(VerificationFailed, match=sentence):
        make_and_verify(
            plan, settings, plain_toolset(), staged, before_output("-bsf:v:0", bitstream_filter)
        )


@pytest.mark.parametrize("film", ["p5.mkv", "p7fel.mkv", "p81.mkv", "p84.mkv", "hdr10p.mkv"])
def test_a_faithful_copy_passes(tmp_path: Path, film: str) -> None:
    source = given(film)(tmp_path)
    settings = encoding_settings()
    plan = plan_for(source, settings, plain_toolset())
    staged = tmp_path / "result.mkv"
    assert make_and_verify(plan, settings, plain_toolset(), staged, unspoilt).checks
