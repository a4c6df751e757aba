"""VCEEncC: HEVC and AV1 by an AMD card; read from its documents and source (9.13), not run."""

from __future__ import annotations

from typing import ClassVar, Mapping, Tuple

from core.encoders.family import AnyText, HarmlessOptions, Placeholder, Template
from core.encoders.number_option import ICQ, QP_26X, QP_AV1, NumberOption
from core.encoders.quality import Codec, Graphics, Scale, finer
from core.encoders.rigaya import Rigaya, RigayaProgram
from core.encoders.rigaya_options import VCEENCC_FLAGS, VCEENCC_VALUES
from core.errors import TemplateError
from core.programs.program import Package
from core.text.sentence import Sentence
from core.tools import ToolName

_HINT = Sentence("Only for AMD graphics; packages are at https://github.com/rigaya/VCEEnc/releases")
PROGRAM = RigayaProgram(
    ToolName("VCEEncC"),
    ("VCEEncC64", "VCEEncC", "vceencc"),
    Package(
        "VCEEnc",
        "https://github.com/rigaya/VCEEnc/releases",
        remark=Sentence("It is only for AMD graphics."),
    ),
    {"": _HINT, "darwin": Sentence("There is none for this system.")},
    driver_hints={
        "win32": Sentence("Where there are AMD graphics: install AMD's current driver."),
        "": Sentence(
            "Where there are AMD graphics: install AMD's amdgpu-pro driver with its AMF runtime "
            "(amf-amdgpu-pro)."
        ),
    },
    windows_folders=("VCEEnc", "VCEEncC", r"VCEEnc\VCEEncC\x64", r"Programs\VCEEnc"),
    windows_names=("VCEEncC64", "VCEEncC"),
    windows_product="vceenc",
    author_name="VCEEnc",
)
_QUALITY_MODES = ("--qvbr", "--qvbr-quality")

_SPEEDS = ("fast", "fast", "balanced", "slow", "slower")


class VceEncC(Rigaya):
    """No ``--icq``, no ``--quality``; ``--qvbr`` takes the quality, but never for 10 bits: ``--cqp`` does.

    Its ``--version`` does not tell whether it was built with libdovi, so Dolby Vision waits for a trial.
    """

    name = "VCEEnc"
    program = PROGRAM
    placeholder = Placeholder(
        "vceencc",
        Sentence(
            "The first word of a VCEEnc template: the program, with the options that report progress "
            "and choose the right reader."
        ),
        is_list=True,
    )
    codecs = ("h264", "hevc", "av1")
    encoders: ClassVar[Mapping[str, str]] = {"hevc": "hevc", "av1": "av1"}
    graphics = frozenset({Graphics.AMD})
    scales: ClassVar[Mapping[Codec, Scale]] = {
        Codec.HEVC: Scale(
            "--cqp {number}:{predicted}:{between} --preset {preset}",
            (26, 23, 21, 19),
            finer(dolby_vision=2, downscale=1),
            _SPEEDS,
            coarser_step=2,
        ),
        Codec.AV1: Scale(
            "--cqp {number}:{predicted}:{between} --preset {preset}",
            (112, 100, 90, 80),
            finer(dolby_vision=8, downscale=4),
            _SPEEDS,
            coarser_step=8,
        ),
    }
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {
        codec: (
            NumberOption(("--qvbr",), ICQ),
            NumberOption(("--qvbr-quality",), ICQ),
            NumberOption(("--cqp",), quantiser),
        )
        for codec, quantiser in (("hevc", QP_26X), ("h264", QP_26X), ("av1", QP_AV1))
    }
    bit_rate_options = ("--vbr", "--cbr", "--cbrhq", "--vbrhq")
    words = (
        ("hevc", Sentence("H.265 (AMD)")),
        ("hevc_10bit", Sentence("H.265 10 bit (AMD)")),
        ("av1", Sentence("AV1 (AMD)")),
        ("av1_10bit", Sentence("AV1 10 bit (AMD)")),
        ("hevc_dolby_vision", Sentence("Dolby Vision (AMD)")),
    )
    # Before it AV1's Dolby Vision came out wrong.
    lowest = (8, 32)
    harmless = HarmlessOptions(VCEENCC_FLAGS, VCEENCC_VALUES)
    device_lines = AnyText(
        "VCE unavailable",
        "Failed to load amfrt",
        "Failed to load libamfrt",
        "Failed to initialize AMF",
        "AMF_NO_DEVICE",
        "device lost",
    )

    def read(self, words: Tuple[str, ...], setting: str) -> Template:
        """Read a template; raises TemplateError where every film would fail."""
        template = super().read(words, setting)
        if template.bit_depth > 8 and any(word in _QUALITY_MODES for word in words):
            raise TemplateError(
                setting, Sentence("VCEEncC's --qvbr makes 8 bits only. Write --cqp for 10 bits.")
            )
        return template


VCEENCC = VceEncC()
