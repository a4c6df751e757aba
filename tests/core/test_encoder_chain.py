"""A chain of templates: one text, any number of templates, each with its name and its faults."""

from __future__ import annotations

from dataclasses import replace
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encoders.chain import named_texts, parse_chain, setting_of, texts_in
from core.encoders.templates import FFMPEG_NORMAL, QSVENC_NORMAL
from core.errors import ConfigError, TemplateError
from core.peer_errors import ForeignTemplate
from core.settings.fields import find_field
from core.settings.foreign_templates import demand_harmless
from core.settings.tree import TemplateSettings

NVENC = "$ffmpeg -i $input\n-c:v hevc_nvenc -pix_fmt p010le\n-filter:v:0 $filters\n$hdr\n$tracks\n$output\n"


def test_the_one_template_of_earlier_versions_is_a_chain_of_one_to_the_letter() -> None:
    for text in (FFMPEG_NORMAL, f"# mine\n{QSVENC_NORMAL}\n\n", f"  {NVENC}"):
        assert texts_in(text) == (text,)
        assert named_texts("normal_fallback", text) == (("normal_fallback", text),)


@pytest.mark.parametrize("empty", ["", " \n", "\n\n"])
def test_an_empty_text_is_a_chain_of_none(empty: str) -> None:
    assert texts_in(empty) == ()
    assert parse_chain(empty, "templates.normal_fallback") == ()


@given(st.lists(st.sampled_from([FFMPEG_NORMAL, QSVENC_NORMAL, NVENC]), min_size=2, max_size=6))
def test_every_template_of_a_chain_comes_out_in_its_place(chain: List[str]) -> None:
    for between in ("", "\n", "\n\n# and then\n"):
        text = between.join(chain)
        found = parse_chain(text, "templates.normal_fallback")
        alone = [parse_chain(template, "templates.normal_fallback")[0] for template in chain]
        assert [template.words for template in found] == [template.words for template in alone]


def test_each_template_has_a_name_that_leads_to_its_setting() -> None:
    names = [name for name, _text in named_texts("normal_fallback", NVENC + FFMPEG_NORMAL + NVENC)]
    assert names == ["normal_fallback", "normal_fallback_2", "normal_fallback_3"]
    assert {setting_of(name) for name in names} == {"templates.normal_fallback"}
    assert setting_of("dolby_vision") == "templates.dolby_vision"


def test_a_fault_in_a_later_template_says_in_which_one_it_is() -> None:
    faulty = NVENC + FFMPEG_NORMAL.replace("$tracks\n", "")
    with pytest.raises(TemplateError, match=r"in template 2 of 2, \$tracks is missing"):
        find_field("templates.normal_fallback").parse(faulty)


def test_the_first_template_of_a_content_is_one_template() -> None:
    with pytest.raises(ConfigError, match="may stand only once"):
        find_field("templates.normal").parse(NVENC + FFMPEG_NORMAL)


def test_the_templates_of_our_own_chain_are_our_users_will() -> None:
    reads_a_file = FFMPEG_NORMAL.replace("-preset fast", "-stats_enc_pre /etc/stats")
    own = replace(TemplateSettings(), normal_fallback=NVENC + reads_a_file)
    for name, text in named_texts("normal_fallback", own.normal_fallback):
        demand_harmless(name, text, own)
    with pytest.raises(ForeignTemplate):
        demand_harmless("normal", reads_a_file, TemplateSettings())
