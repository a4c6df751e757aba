"""libx265 in ffmpeg: HEVC by the processor."""

from __future__ import annotations

from typing import ClassVar, FrozenSet, Mapping, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.family import Template
from core.encoders.number_option import QP_26X, NumberOption, NumberScale, for_picture
from core.encoders.quality import Codec, Scale, finer
from core.media.model import HdrFormat
from core.programs.ffmpeg import encodes_10_bit
from core.programs.program import Ask
from core.text.sentence import Sentence

# x265's buffer, which Dolby Vision demands, is set to HEVC's Main tier limits at levels 4.1 and 5.1 (H.265,
# table A.8), so that it never binds at sane qualities.
_FULL_HD_PIXELS = 1920 * 1088
_CRF = NumberScale(0, 51, ceiling=12, floor=32, step=0.25)
_VBV = {True: "20M", False: "40M"}


class X265(ByFfmpeg):
    """Some builds make 8 bits only, which their help tells."""

    name = "libx265"
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "libx265"}
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "-preset {preset} -crf {number}",
            (25, 22, 20, 18),
            finer(dolby_vision=2, downscale=1),
            ("superfast", "veryfast", "fast", "slow", "slower"),
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        "hevc": (
            NumberOption(("-x265-params",), _CRF, parameter="crf"),
            NumberOption(for_picture("-crf"), _CRF),
            NumberOption(("-x265-params",), QP_26X, parameter="qp"),
            NumberOption(for_picture("-qp"), QP_26X),
        ),
    }
    words = (
        ("libx265", Sentence("H.265 (CPU)")),
        ("libx265_10bit", Sentence("H.265 10 bit (CPU)")),
    )
    formats = ("yuv420p10le", "yuv420p")
    keeps = frozenset({HdrFormat.HDR10, HdrFormat.HLG, HdrFormat.DOLBY_VISION})
    keeps_captions_since = (8, 0)  # by -a53cc
    trial_quality = ("-preset", "ultrafast", "-crf", "30")

    def abilities(self, ask: Ask, found: FrozenSet[str]) -> FrozenSet[str]:
        """Whether it was built for 10 bits."""
        return deep_by_help("libx265", ask, found)

    def writes_captions(self, template: Template) -> bool:  # noqa: ARG002
        """It drops them by itself."""
        return True

    def hdr_options(self, formats: Tuple[HdrFormat, ...], size: Tuple[int, int]) -> Tuple[str, ...]:
        """Dolby Vision, and the buffer that it demands."""
        if HdrFormat.DOLBY_VISION not in formats:
            return ()
        buffer = _VBV[size[0] * size[1] <= _FULL_HD_PIXELS]
        return ("-dolbyvision", "1", "-maxrate", buffer, "-bufsize", buffer)


def deep_by_help(encoder: str, ask: Ask, found: FrozenSet[str]) -> FrozenSet[str]:
    """The ability of 10 bits, where this ffmpeg has the encoder and its help lists such pictures."""
    if encoder not in found:
        return frozenset()
    described = ask("-hide_banner", "-h", f"encoder={encoder}").stdout
    return frozenset({f"{encoder}_10bit"} if encodes_10_bit(described) else ())


LIBX265 = X265()
