"""What the checks of a result share: their figures, their refusals, and the names of tracks in them."""

from __future__ import annotations

from typing import Dict, Union

from core.plan import OutputTrack
from core.text.sentence import Sentence

Figure = Union[None, bool, int, float, str]
Figures = Dict[str, Figure]


class Differs(Exception):
    """What is wrong with a result: a sentence."""


def track_name(number: int, track: OutputTrack) -> str:
    """Return what a track of the result is called in a sentence."""
    return Sentence("track {number} ({kind})", number=number + 1, kind=track.kind.value)
