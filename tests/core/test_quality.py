"""What is behind the words of quality and speed, encoder by encoder; docs/quality.md has its source."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Tuple

import pytest

from core.encoders.chain import parse_chain
from core.encoders.chosen_templates import templates_of
from core.encoders.listed import families
from core.encoders.quality import (
    CHOICES,
    QUALITIES,
    SPEEDS,
    Choice,
    Codec,
    Graphics,
    Quality,
    Speed,
)
from core.encoders.templates import keeps_every_picture, parse_template
from core.plan import ContentClass
from core.settings.foreign_templates import foreign_word

HEVC, AV1 = Codec.HEVC, Codec.AV1

# By family and codec: the words of each quality, at normal speed, for normal content.
QUALITY: Dict[Tuple[str, Codec], str] = {
    ("QSVEnc", HEVC): "--icq 26 | --icq 23 | --icq 21 | --icq 19",
    ("QSVEnc", AV1): "--icq 23 | --icq 20 | --icq 18 | --icq 16",
    ("NVEnc", HEVC): "--qvbr 28 | --qvbr 25 | --qvbr 23 | --qvbr 21",
    ("NVEnc", AV1): "--qvbr 35 | --qvbr 31 | --qvbr 28 | --qvbr 26",
    ("VCEEnc", HEVC): "--cqp 26:28:30 | --cqp 23:25:27 | --cqp 21:23:25 | --cqp 19:21:23",
    ("VCEEnc", AV1): "--cqp 112:120:128 | --cqp 100:108:116 | --cqp 90:98:106 | --cqp 80:88:96",
    ("ffmpeg, QSV", HEVC): "-global_quality:v 26 | -global_quality:v 23 | -global_quality:v 21 | "
    "-global_quality:v 19",
    ("ffmpeg, QSV", AV1): "-global_quality:v 23 | -global_quality:v 20 | -global_quality:v 18 | "
    "-global_quality:v 16",
    ("ffmpeg, NVENC", HEVC): "-cq 28 -b:v 0 | -cq 25 -b:v 0 | -cq 23 -b:v 0 | -cq 21 -b:v 0",
    ("ffmpeg, NVENC", AV1): "-cq 35 -b:v 0 | -cq 31 -b:v 0 | -cq 28 -b:v 0 | -cq 26 -b:v 0",
    (
        "ffmpeg, AMF",
        HEVC,
    ): "-qp_i 26 -qp_p 28 | -qp_i 23 -qp_p 25 | -qp_i 21 -qp_p 23 | -qp_i 19 -qp_p 21",
    ("ffmpeg, AMF", AV1): "-qp_i 112 -qp_p 120 -qp_b 128 | -qp_i 100 -qp_p 108 -qp_b 116 | "
    "-qp_i 90 -qp_p 98 -qp_b 106 | -qp_i 80 -qp_p 88 -qp_b 96",
    ("ffmpeg, VAAPI", HEVC): "-rc_mode CQP -qp 26 | -rc_mode CQP -qp 23 | -rc_mode CQP -qp 21 | "
    "-rc_mode CQP -qp 19",
    (
        "ffmpeg, VAAPI",
        AV1,
    ): "-global_quality:v 112 | -global_quality:v 100 | -global_quality:v 90 | "
    "-global_quality:v 80",
    ("libx265", HEVC): "-crf 25 | -crf 22 | -crf 20 | -crf 18",
    ("libsvtav1", AV1): "-crf 37 | -crf 31 | -crf 27 | -crf 22",
}
# By family: the word of each speed, for normal content.
SPEED: Dict[str, str] = {
    "QSVEnc": "--quality fastest | fast | higher | best | best",
    "NVEnc": "--preset P1 | P3 | P5 | P6 | P7",
    "VCEEnc": "--preset fast | fast | balanced | slow | slower",
    "ffmpeg, QSV": "-preset veryfast | fast | slower | veryslow | veryslow",
    "ffmpeg, NVENC": "-preset p1 | p3 | p5 | p6 | p7",
    "ffmpeg, AMF": "-quality speed | speed | balanced | quality | quality",
    "libx265": "-preset superfast | veryfast | fast | slow | slower",
    "libsvtav1": "-preset 9 | 9 | 8 | 6 | 4",
}
BY_NAME = {family.name: family for family in families()}


def normal(name: str, choice: Choice) -> str:
    return BY_NAME[name].template(choice, ContentClass.NORMAL)


def test_every_family_that_a_choice_can_use_stands_here() -> None:
    scaled = {(family.name, codec) for family in families() for codec in family.scales}
    assert scaled == set(QUALITY)


@pytest.mark.parametrize(("name", "codec"), QUALITY, ids=[f"{n} {c.value}" for n, c in QUALITY])
def test_a_quality_is_the_encoders_own_number(name: str, codec: Codec) -> None:
    words = [part.strip() for part in QUALITY[name, codec].split("|")]
    for quality, expected in zip(QUALITIES, words):
        assert f" {expected}" in f" {normal(name, Choice(codec, quality))} ".replace("\n", " ")


@pytest.mark.parametrize("name", SPEED)
def test_a_speed_is_the_encoders_own_preset(name: str) -> None:
    option, *words = SPEED[name].replace(" | ", " ").split()
    for codec in BY_NAME[name].scales:
        for speed, word in zip(SPEEDS, words):
            assert f"{option} {word}" in normal(name, Choice(codec, speed=speed)).replace("\n", " ")


def test_every_choice_makes_templates_that_can_be_used_with_ten_bits_of_its_codec() -> None:
    for choice in (each for each in CHOICES if each.speed is Speed.NORMAL):
        for name, text in templates_of(choice).items():
            for template in parse_chain(text, f"templates.{name}"):
                assert (template.codec, template.bit_depth) == (choice.codec.value, 10)
                assert template.uses("hdr")
                if name.startswith("downscale"):
                    assert template.uses("filters") or template.uses("width")


def test_no_template_of_a_choice_is_refused_by_another_machine_or_changes_the_pictures() -> None:
    for family in families():
        for codec in family.scales:
            for quality in QUALITIES:
                for content in ContentClass:
                    text = family.template(Choice(codec, quality), content)
                    assert foreign_word(text) == ""
                    assert keeps_every_picture(text)


def test_what_is_better_has_a_lower_number_in_every_family() -> None:
    for family in families():
        for scale in family.scales.values():
            assert list(scale.numbers) == sorted(scale.numbers, reverse=True)
            assert len(set(scale.numbers)) == len(QUALITIES)


def test_the_page_on_quality_has_every_number_and_every_preset() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "quality.md").read_text("utf-8")
    for family in families():
        for scale in family.scales.values():
            assert f"| {' | '.join(map(str, scale.numbers))} |" in page, family.name
            for presets in (scale.presets, scale.dolby_vision_presets):
                assert f"| {' | '.join(presets)} |".casefold() in page.casefold() or not any(
                    presets
                )


def test_dolby_vision_gets_more_quality_and_a_smaller_picture_no_less() -> None:
    for family in families():
        for scale in family.scales.values():
            assert scale.finer[ContentClass.DOLBY_VISION] > 0
            assert scale.finer[ContentClass.DOWNSCALE] >= 0


# ---- today's templates, and whose graphics are tried in which order

TODAY = """\
$qsvenc -i $input
-c hevc --profile main10 --output-depth 10
--icq 23 --quality higher
--colormatrix auto --colorprim auto --transfer auto --colorrange auto --chromaloc auto
$hdr
$tracks
-o $output
"""
TODAY_FALLBACK = """\
$ffmpeg -i $input
-c:v libx265 -preset fast -crf 22 -pix_fmt $pixel_format
-filter:v:0 $filters
$hdr
$tracks
$output
"""


def test_a_new_users_templates_are_to_the_letter_what_they_always_were() -> None:
    assert templates_of(Choice(HEVC, Quality.BALANCED, Speed.NORMAL, Graphics.QSVENC)) == {
        "normal": TODAY,
        "normal_fallback": TODAY_FALLBACK,
        "dolby_vision": TODAY.replace("--icq 23 --quality higher", "--icq 21 --quality best"),
        "dolby_vision_fallback": TODAY_FALLBACK.replace("-crf 22", "-crf 20"),
        "downscale": TODAY.replace("$hdr", "--output-res ${width}x${height}\n$hdr"),
        "downscale_fallback": TODAY_FALLBACK.replace("-crf 22", "-crf 21"),
    }


@pytest.mark.parametrize(
    ("graphics", "codec", "encoders"),
    [
        (Graphics.QSVENC, HEVC, "QSVEnc HEVC, libx265"),
        (Graphics.QSVENC, AV1, "QSVEnc AV1, libsvtav1"),
        (Graphics.INTEL, HEVC, "QSVEnc HEVC, hevc_qsv, hevc_vaapi, libx265"),
        (Graphics.NVIDIA, HEVC, "NVEnc HEVC, hevc_nvenc, libx265"),
        (Graphics.NVIDIA, AV1, "NVEnc AV1, av1_nvenc, libsvtav1"),
        (Graphics.AMD, HEVC, "VCEEnc HEVC, hevc_amf, hevc_vaapi, libx265"),
        (Graphics.NONE, HEVC, "libx265"),
        (Graphics.NONE, AV1, "libsvtav1"),
        (
            Graphics.ANY,
            HEVC,
            "QSVEnc HEVC, NVEnc HEVC, VCEEnc HEVC, hevc_qsv, hevc_nvenc, hevc_amf, hevc_vaapi, libx265",
        ),
    ],
)
def test_the_processor_comes_after_the_graphics_that_were_chosen(
    graphics: Graphics, codec: Codec, encoders: str
) -> None:
    made = templates_of(Choice(codec, graphics=graphics))
    chain = [made["normal"], *(part for part in [made["normal_fallback"]] if part)]
    found = [template for text in chain for template in parse_chain(text, "templates.normal")]
    assert ", ".join(template.encoder.partition(" (")[0] for template in found) == encoders


def test_encoders_that_lose_dolby_vision_are_not_asked_for_it() -> None:
    made = templates_of(Choice(graphics=Graphics.ANY))
    first = parse_template(made["dolby_vision"])
    chain = parse_chain(made["dolby_vision_fallback"], "templates.dolby_vision_fallback")
    assert [template.encoder for template in (first, *chain)] == [
        "QSVEnc HEVC",
        "NVEnc HEVC",
        "VCEEnc HEVC",
        "libx265",
    ]
