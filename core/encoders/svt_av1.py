"""libsvtav1 in ffmpeg: AV1 by the processor."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, FrozenSet, Mapping, Tuple

from core.encoders.by_ffmpeg import ByFfmpeg
from core.encoders.number_option import NumberOption, NumberScale, for_picture
from core.encoders.quality import Codec, Scale, finer
from core.encoders.x265 import deep_by_help
from core.media.model import HdrFormat
from core.programs.program import Ask
from core.text.sentence import Sentence

_CRF = NumberScale(1, 63, ceiling=12, floor=50)


class SvtAv1(ByFfmpeg):
    """Keeps Dolby Vision 8 as profile 10."""

    name = "libsvtav1"
    encoders: ClassVar[Mapping[str, str]] = {"av1": "libsvtav1"}
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.AV1: Scale(
            "-preset {preset} -crf {number}",
            (37, 31, 27, 22),
            finer(dolby_vision=4, downscale=2),
            # From 10 on it warns of artifacts, and leaves old blocks standing (findings).
            ("9", "9", "8", "6", "4"),
        ),
    }
    # ffmpeg hands on whole numbers; the library itself takes quarters.
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        "av1": (
            NumberOption(("-svtav1-params",), replace(_CRF, step=0.25), parameter="crf"),
            NumberOption(for_picture("-crf"), _CRF),
            NumberOption(("-svtav1-params",), _CRF, parameter="qp"),
            NumberOption(for_picture("-qp"), _CRF),
        ),
    }
    words = (
        ("libsvtav1", Sentence("AV1 (CPU)")),
        ("libsvtav1_10bit", Sentence("AV1 10 bit (CPU)")),
    )
    formats = ("yuv420p10le", "yuv420p")
    keeps = frozenset({HdrFormat.HDR10, HdrFormat.HLG, HdrFormat.DOLBY_VISION})
    trial_quality = ("-preset", "12", "-crf", "40")

    def abilities(self, ask: Ask, found: FrozenSet[str]) -> FrozenSet[str]:
        """Whether it was built for 10 bits."""
        return deep_by_help("libsvtav1", ask, found)

    def hdr_options(
        self,
        formats: Tuple[HdrFormat, ...],
        size: Tuple[int, int],  # noqa: ARG002
    ) -> Tuple[str, ...]:
        """Dolby Vision."""
        return ("-dolbyvision", "1") if HdrFormat.DOLBY_VISION in formats else ()


LIBSVTAV1 = SvtAv1()
