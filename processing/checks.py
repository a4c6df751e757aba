"""What the checks of a result share: their figures, their refusals, and the names of tracks in them."""

from __future__ import annotations

from typing import Dict, Union

from core.media.model import TrackKind
from core.plan import OutputTrack
from core.text.sentence import Sentence

Figure = Union[None, bool, int, float, str]
Figures = Dict[str, Figure]


class Differs(Exception):
    """What is wrong with a result: a sentence."""


def track_name(number: int, track: OutputTrack) -> str:
    """Return what a track of the result is called in a sentence."""
    if track.kind is TrackKind.VIDEO:
        return Sentence("track {number} (video)", number=number + 1)
    if track.kind is TrackKind.AUDIO:
        return Sentence("track {number} (audio)", number=number + 1)
    return Sentence("track {number} (subtitle)", number=number + 1)
