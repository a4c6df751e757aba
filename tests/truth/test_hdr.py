"""Dynamic range: what the plan promises is measured on every frame, and nothing is labelled falsely."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, FrozenSet

import pytest

from core.media.model import HdrFormat
from core.plan import Plan
from core.settings.choices import LossyHdrPolicy
from core.tools import ToolName, Toolset
from tests.films import FFMPEG
from tests.truth.hdr import Picture, look
from tests.truth.hdr_films import SVT_AV1, encoding_settings, given, own
from tests.truth.pipeline import convert, deep_toolset, plain_toolset, plan_for
from tests.truth.sound import run

EVERY_FRAME = 100_000

HDR10, PLUS = HdrFormat.HDR10, HdrFormat.HDR10_PLUS
HLG, VISION = HdrFormat.HLG, HdrFormat.DOLBY_VISION


OWN: Dict[str, FrozenSet[HdrFormat]] = {
    "hdr10": frozenset({HDR10}),
    "hlg": frozenset({HLG}),
    "pq": frozenset({HdrFormat.PQ}),
}
CORPUS_FORMATS: Dict[str, FrozenSet[HdrFormat]] = {
    "hdr10.mkv": frozenset({HDR10}),
    "hdr10p.mkv": frozenset({HDR10, PLUS}),
    "hlg.mkv": frozenset({HLG}),
    "p5.mkv": frozenset({VISION}),
    "p7fel.mkv": frozenset({VISION, HDR10}),
    "p7mel.mkv": frozenset({VISION, HDR10}),
    "p81.mkv": frozenset({VISION, HDR10}),
    "p84.mkv": frozenset({VISION, HLG}),
    "real81.mkv": frozenset({VISION, HDR10}),
}
FILMS: Dict[str, Callable[[Path], Path]] = {
    **{f"own {name}": own(name) for name in OWN},
    **{name: given(name) for name in CORPUS_FORMATS},
}
FORMATS = {**{f"own {name}": formats for name, formats in OWN.items()}, **CORPUS_FORMATS}


@pytest.mark.parametrize("film", FILMS)
def test_the_formats_of_the_source_are_known(tmp_path: Path, film: str) -> None:
    plan = plan_for(FILMS[film](tmp_path), encoding_settings(), plain_toolset())
    assert frozenset(plan.media.video[0].hdr_formats) == FORMATS[film]


# Profile 5 is untagged in the sources; ffmpeg names its colours as what they are.
PROFILE_5 = ("bt2020", "smpte2084", "ipt-c2")


def assert_promise_kept(plan: Plan, source: Picture, result: Picture) -> None:
    """The result carries what the plan says, on every frame, and claims nothing more."""
    encode = plan.video_encode
    assert encode is not None
    promised = frozenset(encode.hdr_formats)
    assert result.frames == source.frames
    assert "10" in result.pixel_format
    assert (result.codec, result.color_range) == (encode.codec, source.color_range)
    colors = (result.primaries, result.transfer, result.matrix)
    assert colors in (PROFILE_5, (source.primaries, source.transfer, source.matrix))
    assert (colors == PROFILE_5) <= (encode.dolby_vision_profile == 5)
    if HDR10 in promised:
        assert result.mastering == source.mastering
        assert result.mastering
        assert result.light_level == source.light_level
    if VISION in promised:
        assert result.rpus == result.frames
        assert result.record is not None
        assert result.record[0] == encode.dolby_vision_profile
    else:
        assert (result.rpus, result.record) == (0, None)
    assert (result.dynamic == result.frames) == (PLUS in promised)


def assert_picture_unchanged(source: Path, result: Path) -> None:
    assert picture_packets(source) == picture_packets(result)
    assert look(result, EVERY_FRAME) == look(source, EVERY_FRAME)


def picture_packets(path: Path) -> bytes:
    """A hash of the picture's packets, Dolby Vision's included, without their times."""
    argv = [FFMPEG, "-v", "error", "-nostdin", "-i", f"file:{path}", "-map", "0:v:0", "-c", "copy"]
    return run([*argv, "-f", "hash", "-hash", "md5", "-"])


TOOLSETS = pytest.mark.parametrize(
    "toolset", [plain_toolset, deep_toolset], ids=["8-bit x265", "10-bit x265"]
)


@TOOLSETS
@pytest.mark.parametrize("film", FILMS)
def test_the_result_keeps_what_the_plan_promises(
    tmp_path: Path, film: str, toolset: Callable[[], Toolset]
) -> None:
    source = FILMS[film](tmp_path)
    result = convert(source, encoding_settings(), toolset())
    if result.plan.video_encode is None:
        assert result.plan.omissions, "the plan says why the picture is left as it is"
        assert_picture_unchanged(source, result.path)
        return
    assert frozenset(result.plan.video_encode.hdr_formats) == FORMATS[film]
    assert_promise_kept(result.plan, look(source, EVERY_FRAME), look(result.path, EVERY_FRAME))


@pytest.mark.parametrize("film", FILMS)
def test_eight_bits_never_touch_an_hdr_picture(tmp_path: Path, film: str) -> None:
    """One of the embedded ffmpegs has no more in libx265."""
    settings = encoding_settings(LossyHdrPolicy.DROP_DYNAMIC, dolby_vision_7=True)
    plan = plan_for(FILMS[film](tmp_path), settings, plain_toolset())
    assert plan.video_encode is None
    assert plan.omissions


ENCODED = ["own hdr10", "own hlg", "own pq", "hdr10.mkv", "hlg.mkv", "p5.mkv", "p81.mkv", "p84.mkv"]


@pytest.mark.parametrize("film", ENCODED)
def test_ten_bits_encode_what_they_keep(tmp_path: Path, film: str) -> None:
    plan = plan_for(FILMS[film](tmp_path), encoding_settings(), deep_toolset())
    assert plan.video_encode is not None, plan.omissions


@pytest.mark.parametrize("film", ["p7fel.mkv", "p7mel.mkv", "hdr10p.mkv"])
def test_what_no_ffmpeg_keeps_is_copied(tmp_path: Path, film: str) -> None:
    """Profile 7 would lose its enhancement layer, HDR10+ its curves."""
    plan = plan_for(FILMS[film](tmp_path), encoding_settings(), deep_toolset())
    assert plan.video_encode is None
    assert plan.omissions


@pytest.mark.parametrize("film", ["p7mel.mkv", "hdr10p.mkv"])
def test_what_the_user_gives_up_leaves_a_clean_result(tmp_path: Path, film: str) -> None:
    """No Dolby Vision record without its data: the label of ffmpeg before 7.1 that lies."""
    source = FILMS[film](tmp_path)
    settings = encoding_settings(LossyHdrPolicy.DROP_DYNAMIC, dolby_vision_7=True)
    result = convert(source, settings, deep_toolset())
    assert result.plan.video_encode is not None, result.plan.omissions
    assert result.plan.warnings
    assert_promise_kept(result.plan, look(source, EVERY_FRAME), look(result.path, EVERY_FRAME))


@pytest.mark.parametrize("film", ["own hdr10", "own hlg", "own pq"])
def test_an_av1_template_keeps_static_hdr_without_10_bit_x265(tmp_path: Path, film: str) -> None:
    source = FILMS[film](tmp_path)
    settings = encoding_settings()
    templates = replace(settings.templates, normal=SVT_AV1)
    result = convert(source, replace(settings, templates=templates))
    assert result.plan.video_encode is not None, result.plan.omissions
    assert_promise_kept(result.plan, look(source, EVERY_FRAME), look(result.path, EVERY_FRAME))


@pytest.mark.parametrize("film", FILMS)
def test_an_old_ffmpeg_never_touches_an_hdr_picture(tmp_path: Path, film: str) -> None:
    """Before 7.1 its encoders lose the mastering data and leave a false Dolby Vision label."""
    toolset = plain_toolset()
    old = Toolset(
        tuple(
            replace(tool, version="5.1.9", numbers=(5, 1, 9))
            if tool.name is ToolName.FFMPEG
            else tool
            for tool in toolset.tools
        )
    )
    plan = plan_for(
        FILMS[film](tmp_path), encoding_settings(LossyHdrPolicy.DROP_DYNAMIC, True), old
    )
    assert plan.video_encode is None
    assert plan.omissions
