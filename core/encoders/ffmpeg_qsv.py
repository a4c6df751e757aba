"""hevc_qsv and av1_qsv in ffmpeg: HEVC and AV1 by Intel graphics.

The options are ffmpeg 9.0.2's own; no chip was there.
"""

from __future__ import annotations

from typing import ClassVar, Mapping, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.family import AnyText
from core.encoders.number_option import ICQ, QP_26X, NumberOption, for_picture
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.text.sentence import Sentence

_SPEEDS = ("veryfast", "fast", "slower", "veryslow", "veryslow")


class Qsv(ByFfmpeg):
    """``-global_quality:v`` is ICQ; it takes pictures from memory as they are."""

    name = "ffmpeg, QSV"
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc_qsv", "av1": "av1_qsv"}
    graphics = frozenset({Graphics.INTEL})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "-preset {preset} -global_quality:v {number}",
            (26, 23, 21, 19),
            finer(dolby_vision=2, downscale=0),
            _SPEEDS,
        ),
        Codec.AV1: Scale(
            "-preset {preset} -global_quality:v {number}",
            (23, 20, 18, 16),
            finer(dolby_vision=2, downscale=0),
            _SPEEDS,
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(for_picture("-global_quality"), ICQ),
            NumberOption((*for_picture("-q"), *for_picture("-qscale")), QP_26X),
        )
        for codec in ("hevc", "av1")
    }
    words = (
        ("hevc_qsv", Sentence("H.265 (Intel, ffmpeg)")),
        ("hevc_qsv_10bit", Sentence("H.265 10 bit (Intel, ffmpeg)")),
        ("av1_qsv", Sentence("AV1 (Intel, ffmpeg)")),
        ("av1_qsv_10bit", Sentence("AV1 10 bit (Intel, ffmpeg)")),
    )
    hardware = True
    driver_hints: ClassVar[Mapping[str, str]] = {
        "win32": Sentence("Where there are Intel graphics: install Intel's graphics driver."),
        "": Sentence(
            "Where there are Intel graphics: install intel-media-va-driver-non-free and libmfx-gen1.2, and "
            "let this account use /dev/dri (groups render and video)."
        ),
    }
    trial_quality = ("-preset", "veryfast", "-global_quality:v", "30")
    device_lines = AnyText(
        "Error creating a MFX session",
        "Error initializing an internal MFX session",
        "Error initializing an MFX session",
        "No device available for encoder",
        "device failed",
        "device was lost",
        "GPU hang",
    )


FFMPEG_QSV = Qsv()
