"""Every other encoder in ffmpeg that a user's template may name."""

from __future__ import annotations

import re
from typing import ClassVar, Mapping, Sequence, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg, encoder_in
from core.encoders.family import Template
from core.encoders.number_option import QP_26X, QP_AV1, NumberOption, NumberScale, for_picture
from core.tools import ToolInfo

# Encoders that run on a chip (https://trac.ffmpeg.org/wiki/HWAccelIntro).
_ON_THE_CHIP = re.compile(r"_(?:qsv|nvenc|amf|vaapi|videotoolbox|mf|vulkan|v4l2m2m|d3d12va)$")
_KEEPS_CAPTIONS = ("libx264",)  # by -a53cc

_CRF_264 = NumberScale(0, 51, ceiling=12, floor=30, step=0.25)
_CRF_63 = NumberScale(0, 63, ceiling=12, floor=50)
# By encoder, since nothing else is known of them. VideoToolbox is left out: its higher numbers are better.
_NUMBERS: Mapping[str, Tuple[NumberOption, ...]] = {
    "libx264": (
        NumberOption(("-x264-params", "-x264opts"), _CRF_264, parameter="crf"),
        NumberOption(for_picture("-crf"), _CRF_264),
        NumberOption(for_picture("-qp"), QP_26X),
    ),
    "libaom-av1": (NumberOption(for_picture("-crf"), _CRF_63),),
    "libvpx-vp9": (NumberOption(for_picture("-crf"), _CRF_63),),
    "librav1e": (NumberOption(for_picture("-qp"), QP_AV1),),
    "h264_nvenc": (
        NumberOption(for_picture("-cq"), NumberScale(1, 51, ceiling=14, floor=36, step=0.25)),
    ),
    "h264_qsv": (NumberOption(for_picture("-global_quality"), QP_26X),),
    "h264_vaapi": (
        NumberOption(for_picture("-qp"), QP_26X),
        NumberOption(for_picture("-global_quality"), QP_26X),
    ),
}


class OtherFfmpeg(ByFfmpeg):
    """Known by its name alone: it is proven to keep nothing, and its bits are the user's word."""

    name = "ffmpeg"
    encoders: ClassVar[Mapping[str, str]] = {}
    formats = ("yuv420p10le", "yuv420p")
    keeps_captions_since = (8, 0)

    def claims(self, words: Sequence[str]) -> bool:  # noqa: ARG002
        """All that no other family does."""
        return True

    def is_encoder(self, name: str) -> bool:
        """Those on a chip, by the ending of their names; nothing is said of others."""
        return bool(_ON_THE_CHIP.search(name))

    def label(self, encoder_name: str, codec: str) -> str:  # noqa: ARG002
        """ffmpeg's name of the encoder."""
        return encoder_name

    def on_chip(self, words: Sequence[str]) -> bool:
        """By the ending of its name."""
        return bool(_ON_THE_CHIP.search(encoder_in(words)))

    def number_options(self, template: Template) -> Tuple[NumberOption, ...]:
        """Those of the encoders that are known to have one."""
        return _NUMBERS.get(template.encoder_name, ())

    def tells_bit_depth(self, template: Template) -> bool:  # noqa: ARG002
        """Nobody has asked."""
        return False

    def keeps_captions(self, template: Template, tool: ToolInfo) -> bool:
        """Of these, libx264 is the one that was seen to."""
        return self.writes_captions(template) and super().keeps_captions(template, tool)

    def writes_captions(self, template: Template) -> bool:
        """By its name."""
        return template.encoder_name in _KEEPS_CAPTIONS


FFMPEG_OTHER = OtherFfmpeg()
