"""By what a film's quality is measured: metric, model and size, or why it cannot be measured.

VMAF's default model was made for pictures of 1080 lines at three times their height, so nothing is compared
larger than that, but for results of 2160 lines, which have a model of their own. Nothing is made larger
either: a smaller film is judged as strictly as a large one, and in a fraction of the time. Neither model was
made for HDR: it is compared in its own transfer, result against film, and the score says nothing beside
that of another film (docs/quality.md).
"""

from __future__ import annotations

from typing import FrozenSet, Optional, Tuple, Union

from core.encoders.by_ffmpeg import AV1_DECODERS
from core.media.model import HdrFormat, VideoTrack
from core.plan import Plan, Reason, VideoEncode
from core.target_quality.film_filters import film_filters
from core.target_quality.reasons import unmeasured
from core.target_quality.trial import Metric, Yardstick
from core.text.sentence import Sentence

STANDARD_MODEL, LARGE_MODEL = "vmaf_v0.6.1", "vmaf_4k_v0.6.1"
_STANDARD, _LARGE = (1920, 1080), (3840, 2160)  # width and height, of a picture that is not upright
# From here on a picture is nearer to 2160 lines than to 1080.
_LARGE_FROM = (2560, 1440)
# Pixels, of either side: with less libvmaf's scales have nothing left (16 ended ffmpeg 9.0.2), and no film is
# smaller.
_LEAST = 64
# Pixels: VMAF of larger pictures takes long (12 of 1080 lines in a second of a processor's time), and a
# third of that where every third is scored. Three has nothing in common with an encoder's pyramids of 2, 4,
# 8 and 16 pictures, whose levels differ: every second one was 0.15 off, every third 0.06 (48 pictures of
# 1080 lines).
_EVERY_PICTURE = 1280 * 720
_ENOUGH = 24


def yardstick_for(plan: Plan, abilities: FrozenSet[str]) -> Union[Yardstick, Reason]:
    """Return how results of this plan are measured by an ffmpeg that can do this (``ToolInfo.abilities``).

    A Reason where they cannot be, with a sentence for the user.
    """
    encoded = [track for track in plan.outputs if isinstance(track.conversion, VideoEncode)]
    if not encoded:
        return unmeasured("copied", Sentence("the video is copied."))
    source, encode = encoded[0].source, encoded[0].conversion
    assert isinstance(source, VideoTrack)
    assert isinstance(encode, VideoEncode)
    metric = _metric(abilities)
    if metric is None:
        return unmeasured("metric", Sentence("this ffmpeg has neither libvmaf nor xpsnr."))
    problem = _unreadable(source, encode, abilities)
    if problem is not None:
        return problem
    filters = film_filters(plan)
    if isinstance(filters, Reason):
        return filters
    size = (encode.width, encode.height)
    large = _exceeds(size, _LARGE_FROM)
    model = (LARGE_MODEL if large else STANDARD_MODEL) if metric is Metric.VMAF else ""
    relative = source.hdr is not HdrFormat.SDR
    return Yardstick(metric, model, _within(size, _LARGE if large else _STANDARD), relative)


def scored_pictures(yardstick: Yardstick, pictures: int) -> int:
    """Return every which of so many pictures is scored: 1 for all of them."""
    width, height = yardstick.size
    large = width * height > _EVERY_PICTURE and yardstick.metric is Metric.VMAF
    return 3 if large and pictures >= _ENOUGH else 1


def _metric(abilities: FrozenSet[str]) -> Optional[Metric]:
    known = (Metric.VMAF, Metric.XPSNR)
    return next((metric for metric in known if metric.value in abilities), None)


def _unreadable(
    source: VideoTrack, encode: VideoEncode, abilities: FrozenSet[str]
) -> Optional[Reason]:
    if "av1" in (source.codec, encode.codec) and abilities.isdisjoint(AV1_DECODERS):
        return unmeasured("av1", Sentence("ffmpeg here cannot decode AV1 (it has no libdav1d)."))
    if min(encode.width, encode.height) < _LEAST:
        return unmeasured("small", Sentence("the picture is too small."))
    if source.size_changes:
        return unmeasured("size_changes", Sentence("its size changes inside the film."))
    return None


def _exceeds(size: Tuple[int, int], other: Tuple[int, int]) -> bool:
    return max(size) > max(other) or min(size) > min(other)


def _within(size: Tuple[int, int], largest: Tuple[int, int]) -> Tuple[int, int]:
    """Return the size, made smaller and even where it is larger, upright or not."""
    share = min(1.0, max(largest) / max(size), min(largest) / min(size))
    if share == 1.0:
        return size
    return max(2, round(size[0] * share / 2) * 2), max(2, round(size[1] * share / 2) * 2)
