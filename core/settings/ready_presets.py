"""Ready-made choices of codec, quality and speed, for whoever wants to choose once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Optional, Sequence, Tuple, Union

from core.encoders.quality import Codec, Quality, Speed
from core.settings.presets import Preset
from core.text.sentence import Sentence


@dataclass(frozen=True)
class ReadyPreset:
    """A choice under a name that every language has; the graphics stay as they are."""

    name: Sentence
    codec: Codec
    quality: Quality
    speed: Speed

    def texts(self) -> Mapping[str, str]:
        """Its settings as texts, the way a setting is given."""
        return {
            "video.codec": self.codec.value,
            "video.quality": self.quality.value,
            "video.speed": self.speed.value,
        }


READY: Tuple[ReadyPreset, ...] = (
    ReadyPreset(Sentence("Good for every player"), Codec.HEVC, Quality.BALANCED, Speed.NORMAL),
    ReadyPreset(Sentence("Small files for new players"), Codec.AV1, Quality.BALANCED, Speed.NORMAL),
    ReadyPreset(Sentence("Near the original"), Codec.HEVC, Quality.BEST, Speed.THOROUGH),
    ReadyPreset(Sentence("Done quickly"), Codec.HEVC, Quality.BALANCED, Speed.VERY_FAST),
)
AnyPreset = Union[ReadyPreset, Preset]


def preset_like(texts: Mapping[str, str], presets: Sequence[AnyPreset]) -> Optional[AnyPreset]:
    """The first preset whose every setting is as in ``texts``; None where there is none."""
    return next(
        (
            preset
            for preset in presets
            if all(texts.get(key) == text for key, text in preset.texts().items())
        ),
        None,
    )
