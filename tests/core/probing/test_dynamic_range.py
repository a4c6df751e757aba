"""The facts page's table of what MediaInfo says of each kind of HDR."""

from __future__ import annotations

from typing import Dict

from core.media.model import DolbyVision, HdrFormat
from core.media.probing.dynamic_range import dolby_vision, hdr_formats, other

PQ = "smpte2084"


def fields(format_: str, profile: str, settings: str, compatibility: str) -> Dict[str, str]:
    return {
        "hdr_format": format_,
        "hdr_format_profile": profile,
        "hdr_format_settings": settings,
        "hdr_format_compatibility": compatibility,
        "hdr_format_commercial": "HDR10 / HDR10",  # a trap: MediaInfo 24.12 says so of Dolby Vision 8.1
    }


def test_profile_5_has_no_base_that_others_can_show() -> None:
    found = fields("Dolby Vision", "dvhe.05", "BL+RPU", "")
    assert hdr_formats(found, "") == (HdrFormat.DOLBY_VISION,)
    assert dolby_vision(found) == DolbyVision(5, 0)


def test_profile_7_carries_an_enhancement_layer() -> None:
    found = fields("Dolby Vision / SMPTE ST 2086", "dvhe.07 / ", "BL+EL+RPU / ", "Blu-ray / HDR10")
    assert hdr_formats(found, PQ) == (HdrFormat.DOLBY_VISION, HdrFormat.HDR10)
    assert dolby_vision(found) == DolbyVision(7, 6, enhancement_layer=True)


def test_profiles_8_1_and_8_4_differ_in_compatibility_alone() -> None:
    hdr10 = fields("Dolby Vision / SMPTE ST 2086", "dvhe.08 / ", "BL+RPU / ", "HDR10 / HDR10")
    hlg = fields("Dolby Vision", "dvhe.08", "BL+RPU", "HLG")
    assert dolby_vision(hdr10) == DolbyVision(8, 1)
    assert dolby_vision(hlg) == DolbyVision(8, 4)
    assert hdr_formats(hlg, "arib-std-b67") == (HdrFormat.DOLBY_VISION, HdrFormat.HLG)


def test_av1_has_profile_10() -> None:
    assert dolby_vision(fields("Dolby Vision", "dav1.10", "BL+RPU", "HDR10")) == DolbyVision(10, 1)


def test_dolby_vision_of_mp4_keeps_its_profile_though_another_format_is_named_first() -> None:
    hevc = "SMPTE ST 2086 / Dolby Vision / SMPTE ST 2086"
    of_hevc = fields(hevc, "dvhe.08 / ", "BL+RPU / ", "HDR10 / HDR10 / HDR10")
    of_av1 = fields("SMPTE ST 2086 / Dolby Vision", "dav1.10", "BL+RPU", "HDR10 / HDR10")
    assert dolby_vision(of_hevc) == DolbyVision(8, 1)
    assert dolby_vision(of_av1) == DolbyVision(10, 1)


def test_hdr10_plus_with_and_without_dolby_vision() -> None:
    alone = fields("SMPTE ST 2094 App 4", "", "", "HDR10+ Profile A")
    assert hdr_formats(alone, PQ)[0] is HdrFormat.HDR10_PLUS
    both = fields(
        "Dolby Vision / SMPTE ST 2094 App 4", "dvhe.08 / ", "BL+RPU / ", "HDR10 / HDR10+ Profile B"
    )
    assert hdr_formats(both, PQ)[:2] == (HdrFormat.DOLBY_VISION, HdrFormat.HDR10_PLUS)


def test_hdr10_needs_mastering_data_else_it_is_plain_pq() -> None:
    assert hdr_formats({"hdr_format": "SMPTE ST 2086"}, PQ) == (HdrFormat.HDR10,)
    assert hdr_formats({}, PQ) == (HdrFormat.PQ,)


def test_hlg_and_sdr_have_no_format_field() -> None:
    assert hdr_formats({}, "arib-std-b67") == (HdrFormat.HLG,)
    assert hdr_formats({}, "bt709") == ()
    assert dolby_vision({}) is None


def test_dynamic_hdr_that_is_told_of_no_other_way_is_named() -> None:
    assert other({"hdr_format": "HDR Vivid / SMPTE ST 2086"}) == "HDR Vivid"
    assert other({"hdr_format": "SL-HDR2"}) == "SL-HDR2"
    known = "Dolby Vision / SMPTE ST 2086 / SMPTE ST 2094 App 4"
    assert other({"hdr_format": known}) == ""
    assert other({}) == ""
