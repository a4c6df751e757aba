"""Quality in a user's words: codec, quality and speed, and what each encoder has behind these words.

An encoder's ``Scale`` stands in the file of its family. Where its numbers come from: docs/quality.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Mapping, Tuple

if TYPE_CHECKING:  # the settings know these words, and need no plan for them
    from core.plan import ContentClass


class Codec(str, Enum):
    """What a picture becomes."""

    HEVC = "hevc"
    AV1 = "av1"


class Quality(str, Enum):
    """How near the result comes to the original; what is nearer is larger."""

    SMALLER = "smaller"
    BALANCED = "balanced"
    BETTER = "better"
    BEST = "best"
    BY_HAND = "by hand"  # the templates were edited and say it themselves


class Speed(str, Enum):
    """How long an encoder may look for a smaller way to say the same."""

    VERY_FAST = "very fast"
    FAST = "fast"
    NORMAL = "normal"
    THOROUGH = "thorough"
    VERY_THOROUGH = "very thorough"


class Graphics(str, Enum):
    """Whose graphics chip encodes, where it can; the processor does what is left."""

    QSVENC = "QSVEncC"  # Intel's, by this program alone
    INTEL = "Intel"
    NVIDIA = "NVIDIA"
    AMD = "AMD"
    ANY = "any"
    NONE = "none"


QUALITIES = tuple(quality for quality in Quality if quality is not Quality.BY_HAND)
SPEEDS = tuple(Speed)


@dataclass(frozen=True)
class Choice:
    """What the user wants of a picture; ``Choice()`` is a new user's."""

    codec: Codec = Codec.HEVC
    quality: Quality = Quality.BALANCED
    speed: Speed = Speed.NORMAL
    graphics: Graphics = Graphics.QSVENC


CHOICES = tuple(
    Choice(codec, quality, speed, graphics)
    for graphics in Graphics
    for codec in Codec
    for quality in QUALITIES
    for speed in SPEEDS
)


@dataclass(frozen=True)
class Scale:
    """One encoder's own values for one codec.

    ``options`` are its words, with ``{number}`` and ``{preset}`` where the values belong; ``{predicted}``
    and ``{between}`` are the numbers of its P and B pictures. ``numbers`` has one for each of ``QUALITIES``,
    in its order (lower is nearer to the original), ``finer`` what is taken from it for a kind of content.
    ``presets`` has one for each of ``SPEEDS``; ``dolby_vision_presets`` where Dolby Vision has others.
    """

    options: str
    numbers: Tuple[int, int, int, int]
    finer: Mapping[ContentClass, int]
    presets: Tuple[str, ...] = ("",) * len(SPEEDS)
    dolby_vision_presets: Tuple[str, ...] = ()
    coarser_step: int = 0  # from I to P, and from P to B pictures

    def words(self, choice: Choice, content: ContentClass) -> str:
        """The encoder's options for a choice; raises ValueError for templates that are by hand."""
        from core.plan import ContentClass

        number = self.numbers[QUALITIES.index(choice.quality)] - self.finer.get(content, 0)
        presets = self.presets
        if content is ContentClass.DOLBY_VISION and self.dolby_vision_presets:
            presets = self.dolby_vision_presets
        return self.options.format(
            number=number,
            predicted=number + self.coarser_step,
            between=number + 2 * self.coarser_step,
            preset=presets[SPEEDS.index(choice.speed)],
        )


def finer(dolby_vision: int, downscale: int) -> Mapping[ContentClass, int]:
    """How much nearer to the original than other content: Dolby Vision, and a picture of fewer pixels."""
    from core.plan import ContentClass

    return {ContentClass.DOLBY_VISION: dolby_vision, ContentClass.DOWNSCALE: downscale}
