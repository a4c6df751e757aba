"""What is measured of a film's quality: spans of it, their scores, trials of an encoder's number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Optional, Tuple

if TYPE_CHECKING:
    from core.plan import Reason


class Metric(str, Enum):
    """What compares a picture with the original, best first; the value is ffmpeg's filter.

    A film is measured by the first two, a preview's pictures by any.
    """

    VMAF = "libvmaf"
    XPSNR = "xpsnr"
    SSIM = "ssim"


@dataclass(frozen=True)
class Yardstick:
    """How a film's quality is measured.

    ``model`` is VMAF's model; empty for XPSNR, whose values are told on VMAF's scale. ``size`` is what
    pictures are scaled to before they are compared, in pixels. ``relative``: the score compares results of
    this film with each other and says nothing beside those of others (HDR, which no model was made for). Two
    scores are comparable where their yardsticks are equal.
    """

    metric: Metric
    model: str
    size: Tuple[int, int]
    relative: bool = False


@dataclass(frozen=True)
class Span:
    """A part of the film that stands for more of it.

    ``first``: seconds after the film's beginning of its first picture, a key frame; ``pictures`` how many;
    ``weight`` the share of the film that it stands for, all spans of a trial together 1.
    """

    first: float
    pictures: int
    weight: float


@dataclass(frozen=True)
class SpanScore:
    """One span, encoded and compared: ``mean`` of its pictures' scores, ``low`` that of its worst second.

    ``size``: bytes of the encoded picture; ``source_size``: of the film's own picture in the same span.
    """

    span: Span
    mean: float
    low: float
    size: int
    source_size: int


@dataclass(frozen=True)
class Trial:
    """All spans encoded with one number; ``seconds`` is what encoding and measuring took."""

    number: float
    spans: Tuple[SpanScore, ...]
    seconds: float

    @property
    def mean(self) -> float:
        """The film's expected score."""
        return sum(score.mean * score.span.weight for score in self.spans)

    @property
    def low(self) -> float:
        """The score of the worst second that was seen."""
        return min(score.low for score in self.spans)


@dataclass(frozen=True)
class ChosenNumber:
    """What a film is encoded with.

    ``expected`` is the score that the whole film should have, ``error`` how far off it may be (one standard
    deviation); None where nothing could be measured. ``reason`` says how the number was found, or why the
    target is not met.
    """

    number: float
    target: float
    expected: Optional[float]
    error: Optional[float]
    trials: Tuple[Trial, ...]
    reason: Reason
