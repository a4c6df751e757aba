"""Quality in a user's words: codec, quality and speed, and what each encoder has behind these words.

An encoder's ``Scale`` stands in the file of its family. Where its numbers come from: docs/quality.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Mapping, Tuple

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


QUALITIES = tuple(quality for quality in Quality if quality is not Quality.BY_HAND)
SPEEDS = tuple(Speed)


@dataclass(frozen=True)
class Choice:
    """What the user wants of a picture; ``Choice()`` is a new user's."""

    codec: Codec = Codec.HEVC
    quality: Quality = Quality.BALANCED
    speed: Speed = Speed.NORMAL


CHOICES = tuple(
    Choice(codec, quality, speed) for codec in Codec for quality in QUALITIES for speed in SPEEDS
)


@dataclass(frozen=True)
class Scale:
    """One encoder's own values for one codec.

    ``qualities`` has a number for each of ``QUALITIES``, in its order (lower is nearer to the original),
    ``finer`` what is taken from it for a kind of content. ``presets`` has a name for each of ``SPEEDS``;
    ``dolby_vision_presets`` where Dolby Vision has others.
    """

    qualities: Tuple[int, int, int, int]
    presets: Tuple[str, str, str, str, str]
    finer: Mapping[ContentClass, int]
    dolby_vision_presets: Tuple[str, ...] = ()

    def number(self, choice: Choice, content: ContentClass) -> int:
        """The encoder's number for a quality; raises ValueError for templates that are by hand."""
        return self.qualities[QUALITIES.index(choice.quality)] - self.finer.get(content, 0)

    def preset(self, choice: Choice, content: ContentClass) -> str:
        """The encoder's name for a speed."""
        presets = self.presets
        if content is ContentClass.DOLBY_VISION and self.dolby_vision_presets:
            presets = self.dolby_vision_presets
        return presets[SPEEDS.index(choice.speed)]
