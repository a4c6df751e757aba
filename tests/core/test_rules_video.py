"""When the picture is encoded, with which template, and when it is safer left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.model import (
    HdrFormat,
    MediaFile,
    ScanType,
    VideoTrack,
)
from core.media.picture_size import result_size
from core.plan import ContentClass
from core.rules.video import VideoDecision, bits_per_pixel, decide_video
from core.settings.choices import LossyHdrPolicy
from core.settings.tree import Settings, TemplateSettings, VideoSettings
from core.tools import ToolInfo, Toolset
from tests.core.sample_films import (
    FFMPEG,
    HDR10,
    HDR10_PLUS,
    HLG,
    OLD_FFMPEG,
    P5,
    P7,
    P81,
    P81_PLUS,
    P84,
    QSVENC,
    SDR,
    SHALLOW,
    X265,
    dolby,
    film,
)


def decide(
    track: VideoTrack = SDR, *tools: ToolInfo, media: Optional[MediaFile] = None, **video: Any
) -> VideoDecision:
    settings = Settings(video=VideoSettings(**video))
    return decide_video(track, media or film(track), settings, Toolset(tools or (FFMPEG, QSVENC)))


def why_not(decision: VideoDecision) -> List[str]:
    assert decision.encode is None
    return [reason.code for reason in (*decision.reasons, *decision.omissions)]


def template(decision: VideoDecision) -> str:
    assert decision.encode is not None, decision.omissions
    return decision.encode.template_name


# When at all


def test_nothing_is_encoded_when_the_user_switched_it_off() -> None:
    assert why_not(decide(encode=False)) == ["video.off"]


def test_a_small_picture_in_a_good_codec_stays() -> None:
    small = replace(SDR, codec="hevc", bit_rate=3000.0)  # 0.060 bits a pixel
    decision = decide(small)
    assert why_not(decision) == ["video.good_already"]
    assert decision.reasons[0].matched == "0.06 bits per pixel, below 0.07"
    assert template(decide(replace(small, bit_rate=4000.0))) == "normal"
    assert template(decide(replace(small, codec="h264"))) == "normal"
    assert template(decide(small, target_codecs=("av1",))) == "normal"


def test_the_limit_follows_size_and_frame_rate() -> None:
    hevc = replace(SDR, codec="hevc", bit_rate=6000.0)
    assert template(decide(hevc)) == "normal"
    assert why_not(decide(replace(hevc, width=3840, height=2160))) == ["video.good_already"]
    assert why_not(decide(replace(hevc, frame_rate=60.0))) == ["video.good_already"]


def test_an_unknown_bit_rate_is_what_the_sound_leaves() -> None:
    unknown = replace(SDR, codec="hevc", bit_rate=None)
    media = film(unknown, bit_rate=3448.0)
    rate = bits_per_pixel(unknown, media)
    assert rate == pytest.approx(3_000_000 / (1920 * 1080 * 24))
    assert why_not(decide(unknown, media=media)) == ["video.good_already"]
    whole_file = film(unknown, duration=1.0)  # 125 MB in a second
    assert template(decide(unknown, media=whole_file)) == "normal"


def test_a_bit_rate_that_cannot_be_known_does_not_keep_the_picture() -> None:
    unknown = replace(SDR, codec="hevc", bit_rate=None)
    assert template(decide(unknown, media=film(unknown, duration=0.0))) == "normal"


def test_a_films_second_picture_is_never_encoded() -> None:
    second = replace(SDR, index=2, number=2)
    media = film(video=(SDR, second))
    assert why_not(decide(second, media=media)) == ["video.second"]
    assert template(decide(SDR, media=media)) == "normal_fallback"


# Which template


def test_the_main_template_wins_where_its_program_is_able() -> None:
    decision = decide(SDR)
    assert template(decision) == "normal"
    assert decision.encode is not None
    assert (decision.encode.codec, decision.encode.bit_depth) == ("hevc", 10)
    assert decision.omissions == ()


def test_without_intel_graphics_the_fall_back_does_it_and_the_plan_says_why() -> None:
    decision = decide(SDR, FFMPEG)
    assert template(decision) == "normal_fallback"
    assert [reason.code for reason in decision.omissions] == ["template.tool_missing"]
    unable = replace(QSVENC, abilities=frozenset({"hevc"}))
    decision = decide(SDR, FFMPEG, unable)
    assert template(decision) == "normal_fallback"
    assert "is not proven to make 10 bits here" in decision.omissions[0].message


def test_without_any_able_program_the_picture_is_copied() -> None:
    bare = replace(FFMPEG, abilities=frozenset({"libopus"}))
    assert why_not(decide(SDR, bare)) == [
        *("video.copied", "template.tool_missing", "template.ability_missing")
    ]


def test_an_empty_fall_back_means_copy() -> None:
    settings = Settings(templates=TemplateSettings(normal_fallback="  "))
    decision = decide_video(SDR, film(), settings, Toolset((FFMPEG,)))
    assert why_not(decision) == ["video.copied", "template.tool_missing"]


def test_a_template_with_a_mistake_is_passed_over_and_named() -> None:
    settings = Settings(templates=TemplateSettings(normal="$qsvenc -i $input"))
    decision = decide_video(SDR, film(), settings, Toolset((FFMPEG, QSVENC)))
    assert template(decision) == "normal_fallback"
    assert "templates.normal" in decision.omissions[0].message


@pytest.mark.parametrize(
    "path", ["/films/Film [Downscale].mkv", "/films/Film [downscale] (2020)/Film.mkv"]
)
def test_the_downscale_tag_counts_in_the_name_and_in_its_folder(path: str) -> None:
    large = replace(SDR, width=3840, height=2160)
    decision = decide(large, media=film(large, path))
    assert template(decision) == "downscale"
    assert decision.encode is not None
    assert decision.encode.content_class is ContentClass.DOWNSCALE
    assert (decision.encode.width, decision.encode.height) == (1920, 1080)


def test_a_folder_further_up_is_no_tag() -> None:
    large = replace(SDR, width=3840, height=2160)
    media = film(large, "/films/[downscale]/Film/Film.mkv")
    assert template(decide(large, media=media)) == "normal"


def test_a_tagged_small_picture_is_not_blown_up() -> None:
    media = film(path="/films/Film [downscale].mkv")
    decision = decide(SDR, media=media)
    assert template(decision) == "normal"
    assert [reason.code for reason in decision.omissions] == ["video.small_already"]


def test_a_tagged_film_shrinks_even_when_it_is_small_and_in_a_good_codec() -> None:
    large = replace(SDR, codec="hevc", width=3840, height=2160, bit_rate=1000.0)
    assert template(decide(large, media=film(large, "/f/x [downscale].mkv"))) == "downscale"


def test_a_tagged_dolby_vision_film_keeps_its_dolby_vision() -> None:
    large = replace(P81, width=3840, height=2160)
    decision = decide(large, media=film(large, "/f/x [downscale].mkv"))
    assert template(decision) == "downscale"
    assert decision.encode is not None
    assert HdrFormat.DOLBY_VISION in decision.encode.hdr_formats


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((3840, 2160), (1920, 1080)),
        ((3840, 1600), (1920, 800)),
        ((4096, 1716), (1920, 804)),
        ((2160, 3840), (1080, 1920)),
        ((1920, 1080), (1920, 1080)),
        ((1281, 721), (1280, 720)),
    ],
)
def test_a_picture_fits_the_screen_and_keeps_its_shape(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert result_size(replace(SDR, width=size[0], height=size[1]), 1080) == wanted


@given(
    st.integers(16, 8192),
    st.integers(16, 8192),
    st.sampled_from([0.0, 90.0, 180.0, 270.0]),
    st.sampled_from([1.0, 64 / 45, 16 / 15, 8 / 9]),
    st.one_of(st.none(), st.integers(144, 4320)),
)
def test_every_result_is_even_upright_and_never_larger(
    width: int, height: int, rotation: float, aspect: float, lines: Optional[int]
) -> None:
    track = replace(SDR, width=width, height=height, rotation=rotation, pixel_aspect=aspect)
    turned = (height, width) if rotation % 180 else (width, height)
    result = result_size(track, lines)
    assert all(side % 2 == 0 and side >= 2 for side in result)
    assert all(new <= old for new, old in zip(result, turned))


# What must not be lost


@pytest.mark.parametrize("track", [HDR10, HDR10_PLUS, HLG, P5, P81, P84, P81_PLUS])
def test_qsvenc_keeps_every_kind_of_hdr(track: VideoTrack) -> None:
    encode = decide(track).encode
    assert encode is not None
    assert encode.hdr_formats == track.hdr_formats
    assert encode.bit_depth == 10
    record = track.dolby_vision
    assert encode.dolby_vision_profile == (record.profile if record else None)


@pytest.mark.parametrize("track", [HDR10, HLG, P5, P81, P84])
def test_a_new_ffmpeg_keeps_all_but_hdr10_plus(track: VideoTrack) -> None:
    encode = decide(track, FFMPEG).encode
    assert encode is not None
    assert encode.hdr_formats == track.hdr_formats


@pytest.mark.parametrize("track", [HDR10, HDR10_PLUS, HLG, P5, P7, P81, P84, P81_PLUS])
@pytest.mark.parametrize("policy", list(LossyHdrPolicy))
def test_an_ffmpeg_before_7_1_touches_no_hdr(track: VideoTrack, policy: LossyHdrPolicy) -> None:
    decision = decide(track, OLD_FFMPEG, lossy_hdr=policy, dolby_vision_7=True)
    assert "tool.hdr_lost" in why_not(decision)


def test_an_ffmpeg_before_7_1_still_encodes_sdr() -> None:
    assert template(decide(SDR, OLD_FFMPEG)) == "normal_fallback"


@pytest.mark.parametrize("track", [HDR10, HLG, P5, P81])
def test_an_encoder_built_for_8_bits_touches_no_hdr(track: VideoTrack) -> None:
    assert "template.bit_depth" in why_not(decide(track, SHALLOW))


def test_an_encoder_built_for_8_bits_takes_8_bits_and_leaves_10() -> None:
    encode = decide(SDR, SHALLOW).encode
    assert encode is not None
    assert encode.bit_depth == 8
    assert "template.bit_depth" in why_not(decide(replace(SDR, bit_depth=10), SHALLOW))


@pytest.mark.parametrize("track", [HDR10_PLUS, P81_PLUS])
def test_hdr10_plus_is_given_up_only_when_the_user_said_so(track: VideoTrack) -> None:
    assert "tool.hdr10plus_lost" in why_not(decide(track, FFMPEG))
    decision = decide(track, FFMPEG, lossy_hdr=LossyHdrPolicy.DROP_DYNAMIC)
    assert decision.encode is not None
    assert decision.encode.hdr_formats == (HdrFormat.HDR10,)
    assert decision.encode.dolby_vision_profile is None
    assert "video.hdr_dropped" in [warning.code for warning in decision.warnings]


def test_dolby_vision_8_4_falls_back_to_hlg() -> None:
    settings = Settings(
        video=VideoSettings(lossy_hdr=LossyHdrPolicy.DROP_DYNAMIC),
        templates=TemplateSettings(dolby_vision_fallback=""),
    )
    old = replace(QSVENC, version="7.70", numbers=(7, 70))
    decision = decide_video(P84, film(P84), settings, Toolset((FFMPEG, old)))
    assert "tool.too_old" in why_not(decision)


def test_profile_5_has_nothing_to_fall_back_to() -> None:
    settings = Settings(video=VideoSettings(lossy_hdr=LossyHdrPolicy.DROP_DYNAMIC))
    av1 = replace(
        settings.templates,
        dolby_vision="",
        dolby_vision_fallback="$ffmpeg -i $input -c:v libsvtav1 -pix_fmt yuv420p10le $hdr $tracks $output",
    )
    decision = decide_video(P5, film(P5), replace(settings, templates=av1), Toolset((FFMPEG,)))
    assert "tool.profile_5" in why_not(decision)


def test_profile_7_becomes_8_1_only_when_the_user_said_so() -> None:
    assert why_not(decide(P7)) == ["video.copied", "video.dolby_vision_7"]
    decision = decide(P7, dolby_vision_7=True)
    assert decision.encode is not None
    assert decision.encode.dolby_vision_profile == 8
    assert "video.enhancement_layer" in [warning.code for warning in decision.warnings]


def test_av1_carries_dolby_vision_as_profile_10() -> None:
    settings = Settings(
        templates=TemplateSettings(
            dolby_vision="$ffmpeg -i $input -c:v libsvtav1 -pix_fmt yuv420p10le $hdr $tracks $output"
        )
    )
    encode = decide_video(P81, film(P81), settings, Toolset((FFMPEG,))).encode
    assert encode is not None
    assert (encode.codec, encode.dolby_vision_profile) == ("av1", 10)


@pytest.mark.parametrize(
    ("track", "code"),
    [
        (dolby(8, 2), "video.dolby_vision_unproven"),
        (dolby(8, None), "video.dolby_vision_unproven"),
        (dolby(4, 2), "video.dolby_vision_unproven"),
        (replace(dolby(10, 1), codec="av1"), "video.dolby_vision_unproven"),
        (replace(dolby(9, 2), codec="h264"), "video.dolby_vision_unproven"),
        (dolby(8, 1, rpu=False), "video.dolby_vision_label"),
        (replace(P81, dolby_vision=None), "video.dolby_vision_unknown"),
    ],
)
def test_unproven_dolby_vision_is_copied(track: VideoTrack, code: str) -> None:
    assert why_not(decide(track)) == ["video.copied", code]


def test_an_old_qsvenc_leaves_every_film_to_ffmpeg() -> None:
    old = replace(QSVENC, version="7.82", numbers=(7, 82))
    assert template(decide(P81, FFMPEG, old)) == "dolby_vision_fallback"
    decision = decide(HDR10, FFMPEG, old)
    assert template(decision) == "normal_fallback"
    assert [reason.message for reason in decision.omissions] == [
        "QSVEncC 7.82 is too old to be relied on; 7.83 or newer is needed."
    ]


def test_dolby_vision_asks_for_a_qsvenc_that_was_built_with_libdovi() -> None:
    without = replace(QSVENC, abilities=QSVENC.abilities - {"libdovi"})
    decision = decide(P81, FFMPEG, without)
    assert template(decision) == "dolby_vision_fallback"
    assert "was built without libdovi" in decision.omissions[0].message
    assert template(decide(HDR10, FFMPEG, without)) == "normal"


@pytest.mark.parametrize(
    ("track", "missing", "said"),
    [
        (HDR10, "hevc_hdr10", "HDR10"),
        (HLG, "hevc_hdr10", "HDR10"),
        (HDR10_PLUS, "hevc_hdr10plus", "HDR10+"),
        (P81, "hevc_dolby_vision", "Dolby Vision"),
    ],
)
def test_what_a_chip_has_not_proven_here_it_does_not_get(
    track: VideoTrack, missing: str, said: str
) -> None:
    unproven = replace(QSVENC, abilities=QSVENC.abilities - {missing})
    decision = decide(track, FFMPEG, unproven)
    assert decision.encode is None or template(decision).endswith("_fallback")
    assert f"QSVEnc is not proven to keep {said} on this machine." in [
        reason.message for reason in decision.omissions
    ]


def test_a_chain_of_three_is_used_in_its_order() -> None:
    x265 = TemplateSettings().normal_fallback
    nvenc = x265.replace("libx265", "hevc_nvenc")
    chain = Settings(templates=replace(TemplateSettings(), normal_fallback=f"{nvenc}\n{x265}"))
    card = replace(FFMPEG, abilities=FFMPEG.abilities | {"hevc_nvenc", "hevc_nvenc_10bit"})
    for tools, name in (
        ((QSVENC, card), "normal"),
        ((card,), "normal_fallback"),
        ((FFMPEG,), "normal_fallback_2"),
    ):
        decision = decide_video(SDR, film(), chain, Toolset(tools))
        assert template(decision) == name
    shallow = replace(card, abilities=card.abilities - {"hevc_nvenc_10bit"})
    deep = decide_video(replace(SDR, bit_depth=10), film(), chain, Toolset((shallow,)))
    assert template(deep) == "normal_fallback_2"


def test_a_template_without_hdr_placeholder_or_10_bits_is_for_sdr() -> None:
    plain = (
        "$ffmpeg -i $input -c:v libx265 -pix_fmt yuv420p10le -filter:v:0 $filters $tracks $output"
    )
    settings = Settings(templates=TemplateSettings(normal=plain, normal_fallback=""))
    tools = Toolset((FFMPEG,))
    assert template(decide_video(SDR, film(), settings, tools)) == "normal"
    assert "template.no_hdr" in why_not(decide_video(HDR10, film(HDR10), settings, tools))
    eight = plain.replace("-pix_fmt yuv420p10le", "$hdr")
    settings = Settings(templates=TemplateSettings(normal=eight, normal_fallback=""))
    assert "template.bit_depth" in why_not(decide_video(HDR10, film(HDR10), settings, tools))


def test_another_ffmpeg_encoder_is_not_trusted_with_hdr() -> None:
    text = "$ffmpeg -i $input -c:v hevc_qsv -pix_fmt p010le $hdr $tracks $output"
    settings = Settings(templates=TemplateSettings(normal=text, normal_fallback=""))
    able = Toolset((replace(FFMPEG, abilities=frozenset({"hevc_qsv", "hevc_qsv_10bit"})),))
    assert template(decide_video(SDR, film(), settings, able)) == "normal"
    assert "tool.hdr_unproven" in why_not(decide_video(HDR10, film(HDR10), settings, able))


# Odd pictures


@pytest.mark.parametrize(
    "track",
    [
        replace(SDR, scan_type=ScanType.INTERLACED_TFF),
        replace(SDR, rotation=90.0),
        replace(SDR, variable_frame_rate=True),
        replace(SDR, width=1919),
        replace(SDR, pixel_aspect=64 / 45),
    ],
)
def test_what_qsvenc_is_not_proven_with_goes_to_ffmpeg(track: VideoTrack) -> None:
    decision = decide(track)
    assert template(decision) == "normal_fallback"
    assert [reason.code for reason in decision.omissions] == ["tool.unproven"]


def test_a_turned_picture_comes_out_upright_and_an_odd_one_even() -> None:
    encode = decide(replace(SDR, rotation=90.0)).encode
    assert encode is not None
    assert (encode.width, encode.height) == (1080, 1920)
    encode = decide(replace(SDR, width=1919, height=1079)).encode
    assert encode is not None
    assert (encode.width, encode.height) == (1918, 1078)


def test_an_interlaced_picture_needs_a_template_with_filters_and_an_able_ffmpeg() -> None:
    interlaced = replace(SDR, scan_type=ScanType.INTERLACED)
    assert "video.deinterlaced" in [warning.code for warning in decide(interlaced).warnings]
    plain = "$ffmpeg -i $input -c:v libx265 $tracks $output"
    settings = Settings(templates=TemplateSettings(normal=plain, normal_fallback=""))
    decision = decide_video(interlaced, film(interlaced), settings, Toolset((FFMPEG,)))
    assert "template.no_filters" in why_not(decision)
    unable = replace(FFMPEG, abilities=X265 - {"bwdif"})
    assert "template.ability_missing" in why_not(decide(interlaced, unable))


def test_fewer_colours_and_bits_are_said_beforehand() -> None:
    decision = decide(replace(SDR, chroma="4:2:2", bit_depth=12))
    assert [warning.code for warning in decision.warnings] == ["video.chroma", "video.bit_depth"]


def test_an_av1_film_needs_an_ffmpeg_that_reads_av1() -> None:
    av1 = replace(SDR, codec="av1")
    assert template(decide(av1, FFMPEG)) == "normal_fallback"
    assert "tool.av1_unread" in why_not(decide(av1, replace(FFMPEG, abilities=X265 - {"libdav1d"})))


@given(
    st.sampled_from([SDR, HDR10, HDR10_PLUS, HLG, P5, P7, P81, P84, P81_PLUS]),
    st.lists(st.sampled_from([FFMPEG, OLD_FFMPEG, SHALLOW, QSVENC]), max_size=2),
    st.sampled_from(list(LossyHdrPolicy)),
    st.booleans(),
)
def test_hdr_is_never_lost_without_consent_and_never_8_bit(
    track: VideoTrack, tools: List[ToolInfo], policy: LossyHdrPolicy, seven: bool
) -> None:
    settings = Settings(video=VideoSettings(lossy_hdr=policy, dolby_vision_7=seven))
    decision = decide_video(track, film(track), settings, Toolset(tuple(tools)))
    assert decision.reasons
    if decision.encode is None:
        return
    if track.hdr is not HdrFormat.SDR:
        assert decision.encode.bit_depth >= 10
        assert set(decision.encode.hdr_formats) != {HdrFormat.SDR}
    if policy is LossyHdrPolicy.COPY:
        assert set(track.hdr_formats) <= set(decision.encode.hdr_formats)
