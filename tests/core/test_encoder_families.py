"""The families one by one: templates, commands, abilities, lowest versions, and their hardware's trouble."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import List, Tuple

import pytest

from core.encoders.family import EncoderFamily, TrialEncode
from core.encoders.listed import (
    FAMILIES,
    abilities_in_words,
    families_of,
    is_device_error,
    program_of,
)
from core.encoders.nvencc import PROGRAM as NVENCC
from core.encoders.rigaya import Rigaya
from core.encoders.templates import family_of, parse_template, runs_on_chip
from core.encoders.vceencc import PROGRAM as VCEENCC
from core.errors import ConfigError, TemplateError
from core.media.model import HdrFormat, VideoTrack
from core.protocol.offer import apply_master_settings, toolset_data, toolset_from
from core.rules.video import VideoDecision, decide_video
from core.settings.foreign_templates import foreign_word
from core.settings.tree import Settings, TemplateSettings
from core.tools import ToolInfo, ToolName, Toolset
from tests.core.commands_film import encode, plan, steps
from tests.core.sample_films import FFMPEG, HDR10, HDR10_PLUS, P81, QSVENC, SDR, film

DOCUMENTS = Path(__file__).with_name("documented_options")
BY_FFMPEG = (
    "$ffmpeg -i $input -c:v {} -pix_fmt $pixel_format -filter:v:0 $filters $hdr $tracks $output"
)
OWN = "{} -i $input -c {} --output-depth 10 --output-res ${{width}}x${{height}} $hdr $tracks -o $output"
CHIPS = ("qsv", "nvenc", "amf", "vaapi")


def by_ffmpeg(encoder: str) -> str:
    return BY_FFMPEG.format(encoder)


def decide(text: str, tool: ToolInfo, track: VideoTrack = SDR) -> VideoDecision:
    templates = TemplateSettings(
        normal=text, normal_fallback="", dolby_vision=text, dolby_vision_fallback=""
    )
    settings = Settings(templates=templates)
    return decide_video(track, film(track), settings, Toolset((tool,)))


def codes(decision: VideoDecision) -> List[str]:
    assert decision.encode is None
    return [reason.code for reason in decision.omissions]


# ---- templates


def test_each_family_has_a_name_of_its_own_and_its_encoders_are_told_apart() -> None:
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    told = [
        family.label(name, codec) for family in FAMILIES for codec, name in family.encoders.items()
    ]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_template_of_each_encoder_is_its_familys(family: EncoderFamily) -> None:
    for codec, name in family.encoders.items():
        start = f"${family.placeholder.name}"
        text = by_ffmpeg(name) if start == "$ffmpeg" else OWN.format(start, name)
        template = parse_template(text)
        assert template.family is family
        assert (template.codec, template.bit_depth) == (codec, 10)
        assert runs_on_chip(text) is family.hardware
        assert foreign_word(text) == ""


@pytest.mark.parametrize("name", ["h264_nvenc", "hevc_videotoolbox", "hevc_mf", "hevc_vulkan"])
def test_another_encoder_on_a_chip_takes_a_slot_of_the_chip(name: str) -> None:
    assert runs_on_chip(by_ffmpeg(name))
    assert not runs_on_chip(by_ffmpeg("libx264"))


@pytest.mark.parametrize(
    "words",
    [
        "-global_quality 25",
        "-q 5",
        "-compression_level 4",
        "-tag hvc1",
        "-vbr off",
        "-cutoff 8000",
    ],
)
@pytest.mark.parametrize("encoder", ["hevc_qsv", "hevc_vaapi", "libx265"])
def test_an_option_that_would_reach_the_sound_names_the_picture(encoder: str, words: str) -> None:
    option = words.split()[0]
    text = by_ffmpeg(encoder).replace("$hdr", f"{words} $hdr")
    with pytest.raises(TemplateError) as caught:
        parse_template(text, "templates.normal")
    assert str(caught.value) == (
        f"Setting templates.normal: {option} also reaches the audio encoder, which fails or changes "
        f"because of it. Write {option}:v."
    )
    parse_template(text.replace(option, f"{option}:v"))


def test_vaapi_names_its_chip_and_hands_the_pictures_over() -> None:
    conversion = encode(by_ffmpeg("hevc_vaapi"))
    argv = steps(plan(conversion))[0].commands[0].argv
    assert argv[argv.index("-vaapi_device") + 1] == "/dev/dri/renderD128"
    assert argv.index("-vaapi_device") < argv.index("-i")
    assert argv[argv.index("-filter:v:0") + 1] == "format=p010,hwupload"
    assert argv[argv.index("-pix_fmt") + 1] == "vaapi"
    small = encode(by_ffmpeg("hevc_vaapi"), size=(1280, 720))
    argv = steps(plan(replace(small, bit_depth=8)))[0].commands[0].argv
    assert argv[argv.index("-filter:v:0") + 1] == (
        "scale=1280:720:flags=lanczos,format=nv12,hwupload"
    )


def test_a_vaapi_template_may_name_another_chip_and_hand_over_by_itself() -> None:
    text = (
        "$ffmpeg -vaapi_device /dev/dri/renderD129 -i $input -c:v hevc_vaapi "
        "-filter:v:0 $filters,hqdn3d,format=p010,hwupload $hdr $tracks $output"
    )
    assert parse_template(text).bit_depth == 10
    argv = steps(plan(encode(text)))[0].commands[0].argv
    assert argv.count("-vaapi_device") == 1
    assert argv[argv.index("-filter:v:0") + 1] == "null,hqdn3d,format=p010,hwupload"
    assert foreign_word(text) == ""
    assert foreign_word(text.replace("/dev/dri/renderD129", "/dev/sda")) == "-vaapi_device /dev/sda"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("-filter:v:0 $filters", ""), "only takes video from the GPU's memory"),
        (("$pixel_format", "p010le"), "does not take -pix_fmt p010le"),
    ],
)
def test_a_vaapi_template_that_could_never_run_is_refused(
    wrong: Tuple[str, str], sentence: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(by_ffmpeg("av1_vaapi").replace(*wrong))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("encoder", "deep", "flat"),
    [
        ("libx265", "yuv420p10le", "yuv420p"),
        ("libsvtav1", "yuv420p10le", "yuv420p"),
        ("hevc_nvenc", "p010le", "nv12"),
        ("av1_qsv", "p010le", "nv12"),
        ("hevc_amf", "p010le", "nv12"),
    ],
)
def test_each_encoder_gets_pictures_as_it_takes_them(encoder: str, deep: str, flat: str) -> None:
    conversion = encode(by_ffmpeg(encoder))
    for bits, pixel_format in ((10, deep), (8, flat)):
        argv = steps(plan(replace(conversion, bit_depth=bits)))[0].commands[0].argv
        assert argv[argv.index("-pix_fmt") + 1] == pixel_format


def test_a_mode_of_vceencc_that_makes_no_ten_bits_is_refused_for_them() -> None:
    text = OWN.format("$vceencc", "hevc").replace("$hdr", "--qvbr 24 $hdr")
    with pytest.raises(TemplateError) as caught:
        parse_template(text)
    assert "Write --cqp for 10 bits." in str(caught.value)
    parse_template(text.replace("--qvbr 24", "--cqp 22:24:26"))
    parse_template(text.replace("--output-depth 10", ""))


# ---- what is believed


def test_ten_bits_of_a_chip_are_believed_where_they_were_seen() -> None:
    text = by_ffmpeg("hevc_nvenc")
    listed = replace(FFMPEG, abilities=frozenset({"hevc_nvenc"}))
    decision = decide(text, listed)
    assert decision.encode is not None
    assert decision.encode.bit_depth == 8
    seen = replace(FFMPEG, abilities=frozenset({"hevc_nvenc", "hevc_nvenc_10bit"}))
    decision = decide(text, seen)
    assert decision.encode is not None
    assert decision.encode.bit_depth == 10


@pytest.mark.parametrize(
    ("text", "tool", "abilities", "sentence"),
    [
        (by_ffmpeg("hevc_nvenc"), FFMPEG, (), "hevc_nvenc is not proven to work here."),
        (
            by_ffmpeg("hevc_nvenc").replace("$pixel_format", "p010le"),
            FFMPEG,
            ("hevc_nvenc",),
            "hevc_nvenc is not proven to make 10 bits here.",
        ),
        (OWN.format("$qsvenc", "av1"), QSVENC, (), "QSVEncC av1 is not proven to work here."),
        (by_ffmpeg("libx265"), FFMPEG, (), "ffmpeg here has no libx265."),
        (
            by_ffmpeg("libx265").replace("$pixel_format", "yuv420p10le"),
            FFMPEG,
            ("libx265",),
            "libx265 here does not make 10 bits.",
        ),
    ],
)
def test_an_encoder_that_is_listed_and_has_not_worked_is_not_called_missing(
    text: str, tool: ToolInfo, abilities: Tuple[str, ...], sentence: str
) -> None:
    decision = decide(text, replace(tool, abilities=frozenset(abilities)))
    assert [reason.message for reason in decision.omissions] == [
        f"Template normal cannot be used: {sentence}"
    ]


def test_hdr_of_a_chip_is_believed_where_it_was_seen_and_dolby_vision_never() -> None:
    text = by_ffmpeg("hevc_nvenc")
    able = replace(FFMPEG, abilities=frozenset({"hevc_nvenc", "hevc_nvenc_10bit"}))
    assert codes(decide(text, able, HDR10)) == ["tool.hdr_unproven"]
    seen = replace(able, abilities=able.abilities | {"hevc_nvenc_hdr10"})
    assert decide(text, seen, HDR10).encode is not None
    assert codes(decide(text, seen, HDR10_PLUS)) == ["tool.hdr10plus_lost"]
    assert codes(decide(text, seen, P81)) == ["tool.dolby_vision_lost"]


def own_tool(name: str, numbers: Tuple[int, ...], *abilities: str) -> ToolInfo:
    version = ".".join(map(str, numbers))
    return ToolInfo(
        ToolName(name),
        Path(name),
        version,
        numbers,
        abilities=frozenset(("hevc", "hevc_10bit", *abilities)),
    )


@pytest.mark.parametrize(
    ("start", "name", "lowest", "older"),
    [
        ("$qsvenc", "QSVEncC", (7, 83), (7, 82)),
        ("$nvencc", "NVEncC", (8, 0), (7, 82)),
        ("$vceencc", "VCEEncC", (8, 32), (8, 31)),
    ],
)
def test_each_family_has_a_lowest_version_and_a_sentence_for_it(
    start: str, name: str, lowest: Tuple[int, ...], older: Tuple[int, ...]
) -> None:
    text = OWN.format(start, "hevc")
    assert decide(text, own_tool(name, lowest)).encode is not None
    decision = decide(text, own_tool(name, older))
    old, new = ".".join(map(str, older)), ".".join(map(str, lowest))
    assert [reason.message for reason in decision.omissions] == [
        f"{name} {old} is too old to be relied on; {new} or newer is needed."
    ]


def test_an_ffmpeg_that_does_not_know_our_options_encodes_nothing() -> None:
    old = replace(FFMPEG, version="4.4.2", numbers=(4, 4, 2))
    assert codes(decide(by_ffmpeg("libx265"), old)) == ["tool.too_old"]
    nightly = replace(FFMPEG, version="N-1-gabc", numbers=())
    assert decide(by_ffmpeg("libx265"), nightly).encode is not None


@pytest.mark.parametrize(
    ("start", "name", "needed", "code"),
    [
        ("$qsvenc", "QSVEncC", "libdovi", "tool.no_libdovi"),
        ("$nvencc", "NVEncC", "libdovi", "tool.no_libdovi"),
        ("$vceencc", "VCEEncC", "hevc_dolby_vision", "tool.hdr_unproven"),
    ],
)
def test_dolby_vision_asks_for_what_keeps_it(start: str, name: str, needed: str, code: str) -> None:
    text = OWN.format(start, "hevc")
    seen = {"hevc_hdr10", "hevc_dolby_vision", needed}
    assert codes(decide(text, own_tool(name, (9, 99), *(seen - {needed})), P81)) == [code]
    assert decide(text, own_tool(name, (9, 99), *seen), P81).encode is not None


# ---- the three programs of one author


NVENC_ABOUT = """NVEncC (x64) 9.32 (r3500) by rigaya, Aug 22 2026 (gcc 13.3.0/Linux)
  [NVENC API v13.0, CUDA 12.8]
  libdovi    : enabled
"""
VCE_ABOUT = "VCEEncC (x64) 9.13 (r1500) by rigaya, Aug 15 2026 (VC 1944/Win)"


def test_nvencc_and_vceencc_tell_their_versions_as_qsvencc_does() -> None:
    assert NVENCC.version(NVENC_ABOUT) == ("9.32 (r3500)", (9, 32))
    assert NVENCC.version(NVENC_ABOUT.replace("NVEncC", "NVEnc")).numbers == (9, 32)
    assert VCEENCC.version(VCE_ABOUT).numbers == (9, 13)


def test_what_a_card_has_proven_is_told_in_words() -> None:
    assert abilities_in_words("NVEncC", frozenset({"hevc", "hevc_10bit", "av1", "libdovi"})) == (
        "H.265 (NVIDIA)",
        "H.265 10 bit (NVIDIA)",
        "AV1 (NVIDIA)",
        "Dolby Vision (NVIDIA)",
    )


def documented(program: str) -> List[str]:
    text = (DOCUMENTS / f"{program}.txt").read_text("utf-8")
    return [word for line in text.splitlines() if line[:1] != "#" for word in line.split()]


@pytest.mark.parametrize("family", [family for family in FAMILIES if isinstance(family, Rigaya)])
def test_every_option_that_we_give_is_in_the_programs_document(family: Rigaya) -> None:
    known = documented(family.program.name)
    trial = TrialEncode("hevc", Path("/in.mkv"), Path("/out.mkv"), (64, 64), 10, tuple(HdrFormat))
    text = OWN.format(f"${family.placeholder.name}", "hevc")
    formats = (HdrFormat.DOLBY_VISION, HdrFormat.HDR10, HdrFormat.HDR10_PLUS)
    whole = steps(plan(encode(text, *formats, profile=8)))[0].commands[0].argv
    given = (*whole, *family.trial_arguments(Path("program"), trial))
    options = {word for word in given if word.startswith("-") and word.strip("-") != ""}
    assert options - set(known) == set()


@pytest.mark.parametrize("name", ["NVEncC", "VCEEncC"])
def test_what_another_machine_may_write_is_in_the_programs_document(name: str) -> None:
    (family,) = families_of(name)
    assert (family.harmless.flags | family.harmless.values) - set(documented(name)) == set()


@pytest.mark.parametrize("option", ["--icq", "--quality"])
@pytest.mark.parametrize("start", ["$nvencc", "$vceencc"])
def test_what_only_qsvenc_has_is_no_option_of_the_others(start: str, option: str) -> None:
    text = OWN.format(start, "hevc").replace("$hdr", f"{option} 23 $hdr")
    assert foreign_word(text) == option
    assert foreign_word(text.replace(start, "$qsvenc")) == ""


# ---- the hardware's trouble


@pytest.mark.parametrize("name", ["QSVEncC", "NVEncC", "VCEEncC"])
@pytest.mark.parametrize("returncode", [201, 4294967241, -55, 4294967275])
def test_a_lost_chip_is_known_by_the_exit_code_on_every_system(name: str, returncode: int) -> None:
    assert is_device_error(name, returncode, ())
    assert not is_device_error(name, 1, ("Error: Unknown option: --x",))
    assert not is_device_error("ffmpeg", returncode, ())


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("ffmpeg", "[hevc_nvenc @ 0x55c1] Cannot load libcuda.so.1"),
        ("ffmpeg", "[hevc_nvenc @ 0x55c1] Cannot load nvcuda.dll"),
        ("ffmpeg", "[hevc_qsv @ 0x55fc] Error creating a MFX session: -9."),
        ("ffmpeg", "[AMF @ 0x7fd6] DLL libamfrt64.so.1 failed to open"),
        ("ffmpeg", "[AMF @ 0x7fd6] DLL amfrt64.dll failed to open"),
        ("ffmpeg", "[VAAPI @ 0x55a6] No VA display found for device /dev/dri/renderD128."),
        ("QSVEncC", "DRMLibVA::DRMLibVA: Intel GPU was not found"),
        ("NVEncC", "CUDA not available."),
        ("VCEEncC", "Failed to load amfrt64.dll."),
    ],
)
def test_what_a_program_says_of_a_missing_chip_is_known(program: str, line: str) -> None:
    assert is_device_error(program, 1, ("something before", line))


def test_a_films_own_fault_is_no_devices() -> None:
    for line in ("Invalid data found when processing input", "Unrecognized option 'x'."):
        assert not is_device_error("ffmpeg", 183, (line,))


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_a_family_whose_chip_cannot_be_used_names_the_driver_not_the_download(system: str) -> None:
    for family in FAMILIES:
        if family.hardware and not (system == "win32" and family.name.endswith("VAAPI")):
            hint = family.driver_hint(system)
            assert "driver" in hint, family.name
            assert "https://" not in hint


# ---- other machines


def test_a_family_that_only_another_machine_knows_is_passed_over() -> None:
    told = toolset_data(Toolset((FFMPEG, own_tool("QSVEncC", (8, 22)))))
    told["WarpEncC"] = {"path": "/w", "version": "1", "numbers": [1], "abilities": ["hevc"]}
    assert [tool.name for tool in toolset_from(told).tools] == ["ffmpeg", "QSVEncC"]
    assert program_of("WarpEncC") is None
    assert family_of("$warpenc -i $input $tracks -o $output") is None


def test_a_template_of_a_family_that_is_not_known_here_is_refused_with_a_sentence() -> None:
    text = OWN.format("$warpenc", "hevc")
    with pytest.raises(Exception, match="must begin with") as caught:
        apply_master_settings(Settings(), {"templates.normal": text})
    assert "cannot be used here" in str(caught.value)
    assert isinstance(caught.value.__cause__, (ConfigError, TemplateError))
