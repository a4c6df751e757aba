"""The number of a template: every family tells it, puts another there, and says its range."""

from __future__ import annotations

from typing import Iterator, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encoders.chain import named_texts
from core.encoders.chosen_templates import templates_of
from core.encoders.listed import families
from core.encoders.quality import CHOICES
from core.encoders.quality_number import (
    QualityNumber,
    quality_number,
    template_mark,
    with_number,
)
from core.encoders.templates import parse_template, template_words
from core.plan import Reason


def ffmpeg(options: str) -> str:
    return f"$ffmpeg -i $input {options} -filter:v:0 $filters $hdr $tracks $output"


def own(program: str, options: str) -> str:
    return f"${program} -i $input {options} $hdr $tracks -o $output"


def chosen_templates() -> Iterator[str]:
    for choice in CHOICES:
        for name, text in templates_of(choice).items():
            for _name, template in named_texts(name, text):
                yield template


def number_of(template: str) -> QualityNumber:
    found = quality_number(template)
    assert isinstance(found, QualityNumber), found
    return found


def test_every_template_that_a_choice_makes_has_a_number_within_its_range() -> None:
    met = set()
    for template in set(chosen_templates()):
        number = number_of(template)
        assert number.scale.lowest <= number.scale.ceiling <= number.value <= number.scale.floor
        assert number.scale.floor <= number.scale.highest
        assert with_number(template, number.value) == template
        moved = with_number(template, number.value + 2)
        assert number_of(moved).value == number.value + 2
        assert template_mark(moved) == template_mark(template)
        met.add(parse_template(template).family)
    assert met == {family for family in families() if family.scales}, "no family was forgotten"


@pytest.mark.parametrize(
    ("template", "option", "value", "changed"),
    [
        (ffmpeg("-c:v libx265 -crf 22.5"), "-crf", 22.5, "-crf 27"),
        (ffmpeg("-c:v libx265 -crf:v:0 22"), "-crf:v:0", 22, "-crf:v:0 27"),
        (ffmpeg("-c:v libx265 -crf 20 -crf:v 22"), "-crf:v", 22, "-crf 27 -crf:v 27"),
        (
            ffmpeg("-c:v libx265 -crf 30 -x265-params crf=22:aq-mode=3"),
            "-x265-params crf=",
            22,
            "-crf 30 -x265-params crf=27:aq-mode=3",
        ),
        (ffmpeg("-c:v libx265 -qp 22"), "-qp", 22, "-qp 27"),
        (
            ffmpeg("-c:v libsvtav1 -svtav1-params tune=0:crf=22.25"),
            "-svtav1-params crf=",
            22.25,
            "-svtav1-params tune=0:crf=27",
        ),
        (ffmpeg("-c:v libx264 -crf 22"), "-crf", 22, "-crf 27"),
        (ffmpeg("-c:v libvpx-vp9 -b:v 0 -crf 22"), "-crf", 22, "-b:v 0 -crf 27"),
        (ffmpeg("-c:v hevc_nvenc -rc vbr -cq 22 -b:v 0"), "-cq", 22, "-cq 27 -b:v 0"),
        (ffmpeg("-c:v hevc_nvenc -rc constqp -cq 9 -qp 22"), "-qp", 22, "-cq 9 -qp 27"),
        (ffmpeg("-c:v hevc_qsv -q:v 22"), "-q:v", 22, "-q:v 27"),
        (
            ffmpeg("-c:v av1_amf -rc cqp -qp_i 82 -qp_p 90 -qp_b 98"),
            "-qp_i",
            82,
            "-qp_i 27 -qp_p 35 -qp_b 43",
        ),
        (ffmpeg("-c:v hevc_amf -rc qvbr -qvbr_quality_level 22"), "-qvbr_quality_level", 22, "27"),
        (own("qsvenc", "-c hevc --la-icq 22"), "--la-icq", 22, "--la-icq 27"),
        (own("qsvenc", "-c hevc --cqp 22:24:26"), "--cqp", 22, "--cqp 27:29:31"),
        (own("nvencc", "-c av1 --vbr 0 --vbr-quality 22"), "--vbr-quality", 22, "quality 27"),
        (own("vceencc", "-c hevc --qvbr 22"), "--qvbr", 22, "--qvbr 27"),
    ],
)
def test_a_template_by_hand_with_such_an_option_takes_part_too(
    template: str, option: str, value: float, changed: str
) -> None:
    number = number_of(template)
    assert (number.option, number.value) == (option, value)
    assert changed in with_number(template, 27)
    assert number_of(with_number(template, 27)).value == 27


@pytest.mark.parametrize(
    "template",
    [
        ffmpeg("-c:v libx265 -b:v 4M"),
        ffmpeg("-c:v libx265 -crf 22 -b:v 4M"),
        ffmpeg("-c:v libx265 -x265-params bitrate=4000"),
        ffmpeg("-c:v libsvtav1 -svtav1-params rc=1:tbr=2000"),
        own("qsvenc", "-c hevc --vbr 4000"),
        own("qsvenc", "-c hevc --qvbr 4000 --qvbr-quality 22"),
        own("nvencc", "-c hevc --cbr 4000"),
        own("vceencc", "-c hevc --vbrhq 4000"),
    ],
)
def test_a_template_with_a_bit_rate_does_not_and_says_so(template: str) -> None:
    why = quality_number(template)
    assert isinstance(why, Reason)
    assert why.code == "target.bit_rate"
    assert "bit rate" in why.message


@pytest.mark.parametrize(
    "template",
    [
        ffmpeg("-c:v libx265"),
        ffmpeg("-c:v hevc_nvenc -cq 0"),  # the card chooses
        ffmpeg("-c:v hevc_videotoolbox -q:v 60"),  # higher is better there
        own("nvencc", "-c hevc --preset P5"),
    ],
)
def test_a_template_without_a_number_says_whose_it_lacks(template: str) -> None:
    why = quality_number(template)
    assert isinstance(why, Reason)
    assert why.code == "target.no_number"
    with pytest.raises(ValueError, match="input"):
        with_number(template, 22)


WORDS = st.lists(
    st.text(
        st.characters(whitelist_categories=("L", "N"), whitelist_characters=" =-_,"), max_size=8
    )
)


@given(titles=WORDS, comment=st.text("abc \"'-crf", max_size=12), double=st.booleans())
def test_all_else_stays_as_its_author_wrote_it(
    titles: Tuple[str, ...], comment: str, double: bool
) -> None:
    quote = '"' if double else "'"
    quoted = " ".join(f"-metadata {quote}{title}{quote}" for title in titles)
    text = (
        f"# {comment}\n$ffmpeg -i $input\n-c:v libx265 {quoted}\t-crf   {quote}22{quote}\n"
        f"  # -crf 30 {comment}\n$tracks $output\n"
    )
    assert number_of(text).value == 22
    moved = with_number(text, 25.5)
    assert moved == text.replace(f"{quote}22{quote}", "25.5")
    before, after = template_words(text), template_words(moved)
    assert [word for word in before if word != "22"] == [word for word in after if word != "25.5"]


def test_a_step_is_what_the_encoder_can_tell_apart() -> None:
    svt = number_of(ffmpeg("-c:v libsvtav1 -crf 30")).scale
    assert svt.nearest(30.4) == 30, "ffmpeg hands whole numbers on"
    assert number_of(ffmpeg("-c:v libsvtav1 -svtav1-params crf=30")).scale.nearest(30.4) == 30.5
    assert svt.nearest(3) == svt.ceiling
    assert svt.nearest(63) == svt.floor
