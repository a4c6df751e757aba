"""By what a film is measured, and which films are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, FrozenSet, Union

import pytest

from core.encoders.chosen_templates import templates_of
from core.encoders.quality import Choice, Codec, Graphics
from core.media.model import HdrFormat, ScanType
from core.plan import ContentClass, Plan, Reason, VideoEncode
from core.target_quality.film_filters import film_filters
from core.target_quality.trial import Metric, Yardstick
from core.target_quality.yardstick import scored_pictures, yardstick_for
from tests.core.commands_film import FILM, VIDEO, out
from tests.core.commands_film import plan as plan_of

NEWER = frozenset({"libvmaf", "xpsnr", "libdav1d"})
OLDER = frozenset({"xpsnr"})
X265 = "$ffmpeg -i $input -c:v libx265 -crf 22 -pix_fmt $pixel_format {more} $tracks $output"


def plan(
    template: str = X265.format(more="-filter:v:0 $filters"),
    size: Any = None,
    codec: str = "hevc",
    **track: Any,
) -> Plan:
    source = replace(VIDEO, **track)
    width, height = size or (source.width, source.height)
    encode = VideoEncode(
        ContentClass.NORMAL, "normal", template, codec, width, height, 10, source.hdr_formats
    )
    return plan_of(media=replace(FILM, video=(source,)), outputs=(out(source, encode),))


def measured(film: Plan, abilities: FrozenSet[str] = NEWER) -> Yardstick:
    found = yardstick_for(film, abilities)
    assert isinstance(found, Yardstick)
    return found


def refused(found: Union[Yardstick, str, Reason]) -> str:
    assert isinstance(found, Reason)
    assert found.message.startswith("The quality is not measured: ")
    assert found.message.endswith(".")
    return found.code


def test_libvmaf_measures_where_ffmpeg_has_it_and_xpsnr_elsewhere() -> None:
    assert measured(plan()) == Yardstick(Metric.VMAF, "vmaf_v0.6.1", (1920, 1080))
    assert measured(plan(), OLDER) == Yardstick(Metric.XPSNR, "", (1920, 1080))
    assert refused(yardstick_for(plan(), frozenset({"ssim"}))) == "quality.metric"


@pytest.mark.parametrize(
    ("size", "model", "compared"),
    [
        ((640, 272), "vmaf_v0.6.1", (640, 272)),
        ((1080, 1920), "vmaf_v0.6.1", (1080, 1920)),
        ((2560, 1440), "vmaf_v0.6.1", (1920, 1080)),
        ((2560, 1068), "vmaf_v0.6.1", (1920, 800)),
        ((3840, 1600), "vmaf_4k_v0.6.1", (3840, 1600)),
        ((2160, 3840), "vmaf_4k_v0.6.1", (2160, 3840)),
        ((7680, 4320), "vmaf_4k_v0.6.1", (3840, 2160)),
    ],
)
def test_2160_lines_have_their_own_model_and_nothing_is_made_larger(
    size: Any, model: str, compared: Any
) -> None:
    found = measured(plan(width=size[0], height=size[1]))
    assert (found.model, found.size) == (model, compared)


def test_a_downscaled_film_is_compared_in_the_size_of_its_result() -> None:
    found = measured(plan(size=(1280, 720), width=3840, height=2160))
    assert (found.model, found.size) == ("vmaf_v0.6.1", (1280, 720))


@pytest.mark.parametrize("hdr", [HdrFormat.HDR10, HdrFormat.HLG, HdrFormat.DOLBY_VISION])
def test_hdr_is_relative_since_no_model_was_made_for_it(hdr: HdrFormat) -> None:
    assert measured(plan(hdr_formats=(hdr,))).relative
    assert not measured(plan()).relative


def test_what_cannot_be_measured_has_a_sentence() -> None:
    copied = plan_of()
    assert refused(yardstick_for(copied, NEWER)) == "quality.copied"
    assert refused(yardstick_for(plan(codec="av1"), OLDER)) == "quality.av1"
    assert refused(yardstick_for(plan(size_changes=True), NEWER)) == "quality.size_changes"
    assert refused(yardstick_for(plan(size=(64, 48)), NEWER)) == "quality.small"


def filters(more: str, size: Any = None, **track: Any) -> Union[str, Reason]:
    return film_filters(plan(X265.format(more=more), size, **track))


def test_the_film_goes_through_the_filters_that_the_encode_had() -> None:
    bwdif = "bwdif=mode=send_frame:deint=interlaced"
    interlaced = ScanType.INTERLACED_TFF
    assert filters("-filter:v:0 $filters") == "null"
    assert filters("-filter:v:0 $filters", scan_type=interlaced) == bwdif
    assert filters("-vf ${filters},hqdn3d=2", scan_type=interlaced) == f"{bwdif},hqdn3d=2"
    assert filters("-vf scale=$width:-2") == "scale=1920:-2"
    assert filters("", size=(1280, 720)) == "scale=1280:720:flags=lanczos"
    assert filters("-vf $filters,format=p010,hwupload") == "null"
    odd = filters("-vf $filters", width=853, height=477, size=(852, 476))
    assert odd == "crop=852:476:0:0"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("-vf $filters,fps=25", "quality.count"),
        ("-r 25", "quality.count"),
        ("-vf $filters,tmix=frames=3", "quality.count"),
        ("-vf $filters,drawtext=text=%{n}", "quality.filter"),
        ("-vf hue=h=t:enable='gt(t,10)'", "quality.filter"),
    ],
)
def test_pictures_that_are_not_the_films_are_not_measured(more: str, code: str) -> None:
    assert refused(filters(more)) == code


def test_a_chips_program_is_measured_unless_it_changes_pictures() -> None:
    texts = templates_of(Choice(codec=Codec.HEVC, graphics=Graphics.QSVENC))
    template = texts[ContentClass.NORMAL.value]
    assert film_filters(plan(template)) == "null"
    denoised = template.replace("-o $output", "--vpp-knn radius=3\n-o $output")
    assert refused(film_filters(plan(denoised))) == "quality.filter"


def test_every_third_picture_of_a_large_film_is_scored_and_all_of_a_small_one() -> None:
    small, large = measured(plan(width=1280, height=720)), measured(plan())
    assert [scored_pictures(yardstick, 100) for yardstick in (small, large)] == [1, 3]
    assert scored_pictures(large, 8) == 1
    assert scored_pictures(measured(plan(), OLDER), 100) == 1
