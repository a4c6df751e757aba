"""The number in a template that says how good the picture becomes: read, changed, and its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from core.encoders.number_option import NumberScale
from core.plan import Reason, VideoEncode


@dataclass(frozen=True)
class QualityNumber:
    """What a template says: ``option`` as it stands there (``-crf``), ``value`` its number."""

    option: str
    value: float
    scale: NumberScale


def quality_number(template: str) -> Union[QualityNumber, Reason]:
    """Return the number of a template's text, or why its quality cannot be chosen by a number."""
    raise NotImplementedError


def with_number(template: str, number: float) -> str:
    """Return the template's text with another number; raises ValueError where it has none.

    All that is not the number stays as its author wrote it.
    """
    raise NotImplementedError


def template_mark(template: str) -> str:
    """Return a hash of a template that does not change with its number, its comments and its line ends."""
    raise NotImplementedError


def encode_mark(encode: VideoEncode) -> str:
    """Return a hash of all that decides about an encoded picture but the film, the tool and the number."""
    raise NotImplementedError
