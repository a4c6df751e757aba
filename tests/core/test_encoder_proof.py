"""What an encoder has proven: which abilities that gives, for how long it holds, and how it reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Mapping, Sequence

import pytest

from core.encoders.family import Feature, needed_features
from core.encoders.proof import (
    EncoderId,
    EncoderProof,
    FeatureAnswer,
    Finding,
    is_claim,
)
from core.media.model import HdrFormat
from core.tools import ToolName

NOW = 1_000_000.0
HOUR, DAY = 3600.0, 86400.0
WORKS = FeatureAnswer(Finding.WORKS)


def proof(answers: Mapping[Feature, FeatureAnswer], name: str = "hevc_nvenc") -> EncoderProof:
    return EncoderProof(EncoderId(ToolName.FFMPEG, name), "ffmpeg 9.0", "driver 1", NOW, answers)


ALL = proof(dict.fromkeys(Feature, WORKS))
TEN_BIT_ONLY = proof(
    {
        Feature.PICTURE: WORKS,
        Feature.TEN_BIT: WORKS,
        Feature.HDR10: FeatureAnswer(Finding.FAILS, "its mastering data is lost."),
        Feature.HDR10_PLUS: FeatureAnswer(Finding.UNTRIED, "no film could be made."),
    }
)
NO_CARD = proof({Feature.PICTURE: FeatureAnswer(Finding.FAILS, "Cannot load libcuda.so.1")})
HUNG = proof({Feature.PICTURE: FeatureAnswer(Finding.SILENT, "It did not answer.")})


def test_only_what_was_seen_to_work_is_an_ability() -> None:
    assert TEN_BIT_ONLY.abilities == {"hevc_nvenc", "hevc_nvenc_10bit"}
    assert ALL.abilities == {
        "hevc_nvenc",
        *(f"hevc_nvenc_{what}" for what in ("10bit", "hdr10", "hdr10plus", "dolby_vision")),
    }


@pytest.mark.parametrize("nothing", [NO_CARD, HUNG, proof({}), proof({Feature.TEN_BIT: WORKS})])
def test_an_encoder_without_a_picture_offers_nothing(nothing: EncoderProof) -> None:
    assert not nothing.offered
    assert nothing.abilities == frozenset()


def test_an_answer_holds_for_its_program_and_driver_alone() -> None:
    assert ALL.holds("ffmpeg 9.0", "driver 1", NOW + 1)
    assert not ALL.holds("ffmpeg 9.1", "driver 1", NOW + 1)
    assert not ALL.holds("ffmpeg 9.0", "driver 2", NOW + 1)


def test_what_works_holds_for_days_and_what_does_not_for_an_hour() -> None:
    for works in (ALL, TEN_BIT_ONLY):
        assert works.holds("ffmpeg 9.0", "driver 1", NOW + 6 * DAY)
        assert not works.holds("ffmpeg 9.0", "driver 1", NOW + 8 * DAY)
    for nothing in (NO_CARD, HUNG):
        assert nothing.holds("ffmpeg 9.0", "driver 1", NOW + 0.9 * HOUR)
        assert not nothing.holds("ffmpeg 9.0", "driver 1", NOW + 1.1 * HOUR)


def test_an_answer_from_a_time_to_come_is_not_believed() -> None:
    assert not ALL.holds("ffmpeg 9.0", "driver 1", NOW - 1)


def test_a_feature_that_hung_is_asked_again_soon() -> None:
    hung_later = replace(
        ALL, answers={Feature.PICTURE: WORKS, Feature.HDR10: FeatureAnswer(Finding.SILENT)}
    )
    assert hung_later.offered
    assert not hung_later.holds("ffmpeg 9.0", "driver 1", NOW + 2 * HOUR)


def test_the_answers_are_told_in_words() -> None:
    assert TEN_BIT_ONLY.words() == ("8 bit", "10 bit", "HDR10 fails", "HDR10+ not tried")
    assert NO_CARD.why_not == "Cannot load libcuda.so.1"
    assert ALL.why_not == ""


@pytest.mark.parametrize(
    ("tool", "name", "on_hardware", "family"),
    [
        ("ffmpeg", "hevc_nvenc", True, "ffmpeg, NVENC"),
        ("ffmpeg", "av1_vaapi", True, "ffmpeg, VAAPI"),
        ("ffmpeg", "hevc_vulkan", True, "ffmpeg"),
        ("ffmpeg", "libx265", False, "libx265"),
        ("ffmpeg", "libx264", False, "ffmpeg"),
        ("QSVEncC", "hevc", True, "QSVEnc"),
        ("QSVEncC", "h264", True, "QSVEnc"),
    ],
)
def test_an_encoder_knows_its_family_and_whether_it_needs_graphics(
    tool: str, name: str, on_hardware: bool, family: str
) -> None:
    encoder = EncoderId(ToolName(tool), name)
    assert (encoder.on_hardware, encoder.family.name) == (on_hardware, family)


@pytest.mark.parametrize(
    ("tool", "claims", "facts"),
    [
        (
            "ffmpeg",
            ("hevc_nvenc", "hevc_nvenc_10bit", "av1_qsv_dolby_vision", "h264_amf", "hevc_vulkan"),
            ("libx265", "libx265_10bit", "libopus", "aformat", "dovi_rpu", "libdav1d", "zlib"),
        ),
        ("QSVEncC", ("hevc", "hevc_10bit", "av1_hdr10plus", "vp9"), ("libdovi",)),
        ("mkvpropedit", (), ("mkvextract",)),
    ],
)
def test_what_a_program_says_of_its_graphics_is_a_claim_and_what_it_was_built_with_a_fact(
    tool: str, claims: Sequence[str], facts: Sequence[str]
) -> None:
    assert all(is_claim(ToolName(tool), name) for name in claims)
    assert not any(is_claim(ToolName(tool), name) for name in facts)


def test_every_dynamic_range_needs_its_own_proof() -> None:
    kept = (HdrFormat.SDR, HdrFormat.HDR10, HdrFormat.HDR10_PLUS, HdrFormat.DOLBY_VISION)
    assert list(needed_features(kept)) == [
        Feature.HDR10,
        Feature.HDR10_PLUS,
        Feature.DOLBY_VISION,
    ]
    assert list(needed_features((HdrFormat.HLG,))) == [Feature.HDR10]
