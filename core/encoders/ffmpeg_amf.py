"""hevc_amf and av1_amf in ffmpeg: HEVC and AV1 by AMD graphics.

The options are ffmpeg 9.0.2's own; no chip was there.
"""

from __future__ import annotations

import re
from typing import ClassVar, Mapping, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.number_option import QP_26X, QP_AV1, NumberOption, NumberScale, for_picture
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.text.sentence import Sentence

_SPEEDS = ("speed", "speed", "balanced", "quality", "quality")


class Amf(ByFfmpeg):
    """``-rc qvbr -qvbr_quality_level`` holds the quality; the numbers of ``-quality`` differ by codec."""

    name = "ffmpeg, AMF"
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc_amf", "av1": "av1_amf"}
    graphics = frozenset({Graphics.AMD})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "-quality {preset} -rc cqp -qp_i {number} -qp_p {predicted}",
            (26, 23, 21, 19),
            finer(dolby_vision=2, downscale=1),
            _SPEEDS,
            coarser_step=2,
        ),
        Codec.AV1: Scale(
            "-quality {preset} -rc cqp -qp_i {number} -qp_p {predicted} -qp_b {between}",
            (112, 100, 90, 80),
            finer(dolby_vision=8, downscale=4),
            _SPEEDS,
            coarser_step=8,
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(
                for_picture("-qp_i"),
                quantiser,
                followers=(*for_picture("-qp_p"), *for_picture("-qp_b")),
            ),
            NumberOption(
                for_picture("-qvbr_quality_level"), NumberScale(1, 51, ceiling=12, floor=34)
            ),
        )
        for codec, quantiser in (("hevc", QP_26X), ("av1", QP_AV1))
    }
    words = (
        ("hevc_amf", Sentence("H.265 (AMD, ffmpeg)")),
        ("hevc_amf_10bit", Sentence("H.265 10 bit (AMD, ffmpeg)")),
        ("av1_amf", Sentence("AV1 (AMD, ffmpeg)")),
        ("av1_amf_10bit", Sentence("AV1 10 bit (AMD, ffmpeg)")),
    )
    hardware = True
    driver_hints: ClassVar[Mapping[str, str]] = {
        "win32": Sentence("Where there are AMD graphics: install AMD's current driver."),
        "": Sentence(
            "Where there are AMD graphics: install AMD's driver with its AMF runtime (amf-amdgpu-pro)."
        ),
    }
    trial_quality = ("-quality", "speed", "-rc", "qvbr", "-qvbr_quality_level", "30")
    device_lines = re.compile(
        r"DLL (?:lib)?amfrt\S* failed to open|hardware device context \(AMF\)|Failed to initialize AMF"
        r"|CreateComponent\(.*\) failed|AMF_NO_DEVICE|AMF_DIRECTX_FAILED",
        re.IGNORECASE,
    )


FFMPEG_AMF = Amf()
