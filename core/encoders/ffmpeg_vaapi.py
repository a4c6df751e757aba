"""hevc_vaapi and av1_vaapi in ffmpeg: HEVC and AV1 by Intel and AMD graphics under Linux.

The options are ffmpeg 9.0.2's own; no chip was there. The encoders take pictures from the chip's memory only,
so the family names the chip before the film and hands the pictures over at the end of ``$filters``.
"""

from __future__ import annotations

from typing import ClassVar, Mapping, Sequence, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.family import FILTERS, PIXEL_FORMAT, AnyText, Template, last_value
from core.encoders.number_option import QP_26X, QP_AV1, NumberOption, for_picture
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.errors import TemplateError
from core.text.sentence import Sentence

DEVICE = "/dev/dri/renderD128"  # the first chip; a template may name another
_NAMES_DEVICE = ("-vaapi_device", "-init_hw_device", "-hwaccel_device")
_HANDS_OVER = ("hwupload", "hwmap")


class Vaapi(ByFfmpeg):
    """``-rc_mode ICQ -global_quality:v`` holds the quality where the driver can, else ``-rc_mode CQP``."""

    name = "ffmpeg, VAAPI"
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc_vaapi", "av1": "av1_vaapi"}
    graphics = frozenset({Graphics.INTEL, Graphics.AMD})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "-rc_mode CQP -qp {number}",
            (26, 23, 21, 19),
            finer(dolby_vision=2, downscale=1),
        ),
        Codec.AV1: Scale(
            "-rc_mode CQP -global_quality:v {number}",
            (112, 100, 90, 80),
            finer(dolby_vision=8, downscale=4),
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(for_picture("-qp"), quantiser),
            NumberOption(for_picture("-global_quality"), quantiser),
        )
        for codec, quantiser in (("hevc", QP_26X), ("av1", QP_AV1))
    }
    words = (
        ("hevc_vaapi", Sentence("H.265 (VAAPI)")),
        ("hevc_vaapi_10bit", Sentence("H.265 10 bit (VAAPI)")),
        ("av1_vaapi", Sentence("AV1 (VAAPI)")),
        ("av1_vaapi_10bit", Sentence("AV1 10 bit (VAAPI)")),
    )
    hardware = True
    driver_hints: ClassVar[Mapping[str, str]] = {
        "": Sentence(
            "Where there are graphics: install their driver for VA-API (mesa-va-drivers for AMD, "
            "intel-media-va-driver-non-free for Intel), and let this account use /dev/dri (groups render and "
            "video)."
        ),
    }
    formats = ("p010", "nv12")
    trial_quality = ("-rc_mode", "CQP", "-global_quality:v", "30")
    device_lines = AnyText(
        "No VA display found",
        "Failed to initialise VAAPI",
        "Device creation failed",
        "No usable encoding profile found",
        "No usable encoding entrypoint found",
        "Failed to create encode pipeline",
        "Failed to end picture encode",
    )

    def read(self, words: Tuple[str, ...], setting: str) -> Template:
        """Read a template; raises TemplateError where the chip would never get a picture."""
        template = super().read(words, setting)
        if not template.uses(FILTERS.name) and not _hands_over(words):
            raise TemplateError(
                setting,
                Sentence(
                    "{encoder_name} only takes video from the GPU's memory. Write -filter:v:0 $filters, "
                    "which hands them over (your own filters before it).",
                    encoder_name=template.encoder_name,
                ),
            )
        pixel_format = last_value(words, "-pix_fmt", "-pix_fmt:v", "-pix_fmt:v:0")
        if pixel_format not in ("", "vaapi", *PIXEL_FORMAT.spellings):
            raise TemplateError(
                setting,
                Sentence(
                    "{encoder_name} does not take -pix_fmt {pixel_format}. Write -pix_fmt $pixel_format.",
                    encoder_name=template.encoder_name,
                    pixel_format=pixel_format,
                ),
            )
        return template

    def bit_depth(self, words: Sequence[str]) -> int:
        """Bits of the result, by what is handed over."""
        if any(_hands_over((word,)) and "p010" in word for word in words):
            return 10
        return super().bit_depth(words)

    def before_input(self, words: Sequence[str]) -> Tuple[str, ...]:
        """The chip, unless the template names one."""
        return () if any(option in words for option in _NAMES_DEVICE) else ("-vaapi_device", DEVICE)

    def filters(self, needed: str, bit_depth: int, template: Template) -> str:
        """The filters with the pictures handed over behind them, unless the template does that."""
        if _hands_over(template.words):
            return needed
        over = f"format={super().pixel_format(bit_depth)},hwupload"
        return over if needed == "null" else f"{needed},{over}"

    def pixel_format(self, bit_depth: int) -> str:  # noqa: ARG002
        """Pictures in the chip's memory, whatever their bits."""
        return "vaapi"


def _hands_over(words: Sequence[str]) -> bool:
    return any(name in word for word in words for name in _HANDS_OVER)


FFMPEG_VAAPI = Vaapi()
