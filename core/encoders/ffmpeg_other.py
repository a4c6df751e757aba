"""Every other encoder in ffmpeg that a user's template may name."""

from __future__ import annotations

import re
from typing import ClassVar, Mapping, Sequence

from core.encoders.by_ffmpeg import ByFfmpeg, encoder_in
from core.encoders.family import Template
from core.tools import ToolInfo

# Encoders that run on a chip (https://trac.ffmpeg.org/wiki/HWAccelIntro).
_ON_THE_CHIP = re.compile(r"_(?:qsv|nvenc|amf|vaapi|videotoolbox|mf|vulkan|v4l2m2m|d3d12va)$")
_KEEPS_CAPTIONS = ("libx264",)  # by -a53cc


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
