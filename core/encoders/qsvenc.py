"""QSVEncC: HEVC and AV1 by Intel graphics."""

from __future__ import annotations

from typing import ClassVar, Mapping, Tuple

from core.encoders.family import AnyText, HarmlessOptions, Placeholder
from core.encoders.number_option import ICQ, QP_26X, QP_AV1, NumberOption
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.encoders.rigaya import Rigaya, RigayaProgram
from core.encoders.rigaya_options import QSVENC_FLAGS, QSVENC_VALUES
from core.programs.program import Package
from core.text.sentence import Sentence
from core.tools import ToolName

_HINT = Sentence(
    "Only for Intel graphics; packages are at https://github.com/rigaya/QSVEnc/releases"
)
PROGRAM = RigayaProgram(
    ToolName("QSVEncC"),
    ("QSVEncC64", "QSVEncC", "qsvencc"),
    Package(
        "QSVEnc",
        "https://github.com/rigaya/QSVEnc/releases",
        remark=Sentence("It is only for Intel graphics."),
    ),
    {"": _HINT, "darwin": Sentence("There is none for this system.")},
    driver_hints={
        "win32": Sentence(
            "Where there are Intel graphics: install Intel's graphics driver, and switch them on in the "
            "firmware if a card of another maker is in use."
        ),
        "": Sentence(
            "Where there are Intel graphics: install intel-media-va-driver-non-free and libmfx-gen1.2, and "
            "let this account use /dev/dri (groups render and video)."
        ),
    },
    windows_folders=("QSVEnc", "QSVEncC", r"QSVEnc\QSVEncC\x64", r"Programs\QSVEnc"),
    windows_names=("QSVEncC64", "QSVEncC"),
    windows_product="qsvenc",
    setting="qsvenc",
    author_name="QSVEnc",
)

_SPEEDS = ("fastest", "fast", "higher", "best", "best")
_FINER_SPEEDS = ("fast", "higher", "best", "best", "best")


class QsvEnc(Rigaya):
    """As specified; 8.22's parser, muxer and sound were run, its pictures are read."""

    name = "QSVEnc"
    program = PROGRAM
    placeholder = Placeholder(
        "qsvenc",
        Sentence(
            "The first word of a QSVEnc template: the program, with the options that report progress "
            "and choose the right reader."
        ),
        is_list=True,
    )
    codecs = ("h264", "hevc", "av1", "vp9", "mpeg2")
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc", "av1": "av1"}
    graphics = frozenset({Graphics.INTEL})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "--icq {number} --quality {preset}",
            (26, 23, 21, 19),
            finer(dolby_vision=2, downscale=0),
            _SPEEDS,
            dolby_vision_presets=_FINER_SPEEDS,
        ),
        Codec.AV1: Scale(
            "--icq {number} --quality {preset}",
            (23, 20, 18, 16),
            finer(dolby_vision=2, downscale=0),
            _SPEEDS,
            dolby_vision_presets=_FINER_SPEEDS,
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(("--icq",), ICQ),
            NumberOption(("--la-icq",), ICQ),
            NumberOption(("--cqp",), quantiser),
        )
        for codec, quantiser in (("hevc", QP_26X), ("h264", QP_26X), ("av1", QP_AV1))
    }
    bit_rate_options = ("--vbr", "--cbr", "--qvbr", "--avbr", "--la", "--vcm")
    words = (
        ("hevc", Sentence("H.265 (Intel)")),
        ("hevc_10bit", Sentence("H.265 10 bit (Intel)")),
        ("av1", Sentence("AV1 (Intel)")),
        ("av1_10bit", Sentence("AV1 10 bit (Intel)")),
        ("libdovi", Sentence("Dolby Vision (Intel)")),
    )
    # Before it HEVC's Dolby Vision (7.75) and AV1's (7.83) came out wrong.
    lowest = (7, 83)
    dolby_vision_ability = "libdovi"
    harmless = HarmlessOptions(QSVENC_FLAGS, QSVENC_VALUES)
    device_lines = AnyText(
        "Intel GPU was not found",
        "QuickSyncVideo (hw encoding) unavailable",
        "failed to initialize session",
        "failed to create session",
        "lose the HW acceleration device",
        "device lost",
        "device was lost",
        "GPU hang",
        "device operation failed",
        "device failed",
    )


QSVENC = QsvEnc()
