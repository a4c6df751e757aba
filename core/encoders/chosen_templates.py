"""The command templates that a choice of codec, quality, speed and graphics makes."""

from __future__ import annotations

from functools import lru_cache
from typing import Iterator, Mapping

from core.encoders.family import EncoderFamily, Way
from core.encoders.listed import families
from core.encoders.qsvenc import QSVENC
from core.encoders.quality import Choice, Graphics
from core.plan import ContentClass


@lru_cache(maxsize=None)
def templates_of(choice: Choice) -> Mapping[str, str]:
    """The texts by their names among the settings; a fall-back holds all templates after the first."""
    texts = {}
    for content in ContentClass:
        first, *others = [family.template(choice, content) for family in _families(choice, content)]
        texts[content.value] = first
        texts[f"{content.value}_fallback"] = "\n".join(others)
    return texts


def _families(choice: Choice, content: ContentClass) -> Iterator[EncoderFamily]:
    """The families in the order in which they are tried: the chosen graphics, then the processor."""
    for family in families():
        if choice.codec in family.scales and _is_wanted(family, choice.graphics):
            loses = family.hardware and family.way is Way.FFMPEG
            if not (loses and content is ContentClass.DOLBY_VISION):
                yield family


def _is_wanted(family: EncoderFamily, graphics: Graphics) -> bool:
    if not family.hardware or graphics is Graphics.ANY:
        return True
    return family is QSVENC if graphics is Graphics.QSVENC else graphics in family.graphics
