"""NVEncC: HEVC and AV1 by an NVIDIA card; read from its documents and source (9.32), not run."""

from __future__ import annotations

from typing import ClassVar, Mapping, Tuple

from core.encoders.family import AnyText, HarmlessOptions, Placeholder
from core.encoders.number_option import QP_26X, QP_AV1, NumberOption, NumberScale
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.encoders.rigaya import Rigaya, RigayaProgram
from core.encoders.rigaya_options import NVENCC_FLAGS, NVENCC_VALUES
from core.programs.program import Package
from core.text.sentence import Sentence
from core.tools import ToolName

_HINT = Sentence("Only for NVIDIA cards; packages are at https://github.com/rigaya/NVEnc/releases")
PROGRAM = RigayaProgram(
    ToolName("NVEncC"),
    ("NVEncC64", "NVEncC", "nvencc"),
    Package(
        "NVEnc",
        "https://github.com/rigaya/NVEnc/releases",
        remark=Sentence("It is only for NVIDIA cards."),
    ),
    {"": _HINT, "darwin": Sentence("There is none for this system.")},
    driver_hints={
        "win32": Sentence("Where there is an NVIDIA card: install NVIDIA's current driver."),
        "": Sentence(
            "Where there is an NVIDIA card: install NVIDIA's own driver with its library for encoding "
            "(libnvidia-encode1)."
        ),
    },
    windows_folders=("NVEnc", "NVEncC", r"NVEnc\NVEncC\x64", r"Programs\NVEnc"),
    windows_names=("NVEncC64", "NVEncC"),
    windows_product="nvenc",
    author_name="NVEnc",
)

_SPEEDS = ("P1", "P3", "P5", "P6", "P7")


class NvEncC(Rigaya):
    """``--qvbr`` takes the quality, not a bit rate; there are neither ``--icq`` nor ``--quality``."""

    name = "NVEnc"
    program = PROGRAM
    placeholder = Placeholder(
        "nvencc",
        Sentence(
            "The first word of an NVEnc template: the program, with the options that report progress "
            "and choose the right reader."
        ),
        is_list=True,
    )
    codecs = ("h264", "hevc", "av1")
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc", "av1": "av1"}
    graphics = frozenset({Graphics.NVIDIA})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "--qvbr {number} --preset {preset}",
            (28, 25, 23, 21),
            finer(dolby_vision=2, downscale=1),
            _SPEEDS,
        ),
        Codec.AV1: Scale(
            "--qvbr {number} --preset {preset}",
            (35, 31, 28, 26),
            finer(dolby_vision=3, downscale=1),
            _SPEEDS,
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(("--qvbr",), quality),
            NumberOption(("--vbr-quality",), quality),
            NumberOption(("--cqp",), quantiser),
        )
        for codec, quantiser, quality in (
            ("hevc", QP_26X, NumberScale(1, 51, ceiling=14, floor=36, step=0.25)),
            ("h264", QP_26X, NumberScale(1, 51, ceiling=14, floor=36, step=0.25)),
            ("av1", QP_AV1, NumberScale(1, 63, ceiling=16, floor=46, step=0.25)),
        )
    }
    words = (
        ("hevc", Sentence("H.265 (NVIDIA)")),
        ("hevc_10bit", Sentence("H.265 10 bit (NVIDIA)")),
        ("av1", Sentence("AV1 (NVIDIA)")),
        ("av1_10bit", Sentence("AV1 10 bit (NVIDIA)")),
        ("libdovi", Sentence("Dolby Vision (NVIDIA)")),
    )
    # Before it AV1's Dolby Vision came out wrong, and readers other than avhw and avsw lost its profile.
    lowest = (8, 0)
    dolby_vision_ability = "libdovi"
    harmless = HarmlessOptions(NVENCC_FLAGS, NVENCC_VALUES)
    device_lines = AnyText(
        "CUDA not available",
        "No NVEnc support",
        "Failed to initialize CUDA",
        "Failed to load nvcuda",
        "Failed to load nvEncodeAPI",
        "NV_ENC_ERR_NO_ENCODE_DEVICE",
        "NV_ENC_ERR_UNSUPPORTED_DEVICE",
        "NV_ENC_ERR_DEVICE_NOT_EXIST",
        "CUDA_ERROR_NO_DEVICE",
        "device lost",
    )


NVENCC = NvEncC()
