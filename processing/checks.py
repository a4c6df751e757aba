"""What the checks of a result share: their figures, their refusals, and the names of tracks in them."""

from __future__ import annotations

from typing import Dict, Union

from core.media import track_text
from core.plan import OutputTrack
from core.text.sentence import Sentence

Figure = Union[None, bool, int, float, str]
Figures = Dict[str, Figure]


class Differs(Exception):
    """What is wrong with a result: a sentence."""


def track_name(track: OutputTrack) -> Sentence:
    """Return what a track of the result is called: as the film's that it comes from, so as in the plan."""
    return track_text.track_name(track.source)
