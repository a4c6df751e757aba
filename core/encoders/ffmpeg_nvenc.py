"""hevc_nvenc and av1_nvenc in ffmpeg: HEVC and AV1 by an NVIDIA card.

The options are ffmpeg 9.0.2's own; no chip was there.
"""

from __future__ import annotations

from typing import ClassVar, Mapping, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.family import AnyText
from core.encoders.number_option import QP_26X, QP_AV1, NumberOption, NumberScale, for_picture
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.text.sentence import Sentence

_SPEEDS = ("p1", "p3", "p5", "p6", "p7")


class Nvenc(ByFfmpeg):
    """``-rc vbr -cq`` with ``-b:v 0`` holds the quality."""

    name = "ffmpeg, NVENC"
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc_nvenc", "av1": "av1_nvenc"}
    graphics = frozenset({Graphics.NVIDIA})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "-preset {preset} -tune hq -rc vbr -cq {number} -b:v 0",
            (28, 25, 23, 21),
            finer(dolby_vision=2, downscale=1),
            _SPEEDS,
        ),
        Codec.AV1: Scale(
            "-preset {preset} -tune hq -rc vbr -cq {number} -b:v 0",
            (35, 31, 28, 26),
            finer(dolby_vision=3, downscale=1),
            _SPEEDS,
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(for_picture("-qp"), quantiser, needs="constqp"),
            NumberOption(for_picture("-cq"), quality),
            NumberOption(for_picture("-qp"), quantiser),
        )
        for codec, quantiser, quality in (
            ("hevc", QP_26X, NumberScale(1, 51, ceiling=14, floor=36, step=0.25)),
            ("av1", QP_AV1, NumberScale(1, 63, ceiling=16, floor=46, step=0.25)),
        )
    }
    words = (
        ("hevc_nvenc", Sentence("H.265 (NVIDIA, ffmpeg)")),
        ("hevc_nvenc_10bit", Sentence("H.265 10 bit (NVIDIA, ffmpeg)")),
        ("av1_nvenc", Sentence("AV1 (NVIDIA, ffmpeg)")),
        ("av1_nvenc_10bit", Sentence("AV1 10 bit (NVIDIA, ffmpeg)")),
    )
    hardware = True
    driver_hints: ClassVar[Mapping[str, str]] = {
        "win32": Sentence("Where there is an NVIDIA card: install NVIDIA's current driver."),
        "": Sentence(
            "Where there is an NVIDIA card: install NVIDIA's own driver with its libraries (libcuda1 and "
            "libnvidia-encode1)."
        ),
    }
    trial_quality = ("-preset", "p1", "-rc", "vbr", "-cq", "30", "-b:v", "0")
    device_lines = AnyText(
        "Cannot load libcuda",
        "Cannot load nvcuda",
        "Cannot load libnvidia-encode",
        "Cannot load nvEncodeAPI",
        "No capable devices found",
        "OpenEncodeSessionEx failed",
        "CUDA_ERROR_",
        "Driver does not support the required nvenc API version",
        "minimum required Nvidia driver",
    )


FFMPEG_NVENC = Nvenc()
