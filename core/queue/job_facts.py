"""What the figures ask about a finished job: what it was, what became of it, how long each step took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class JobFacts:
    """Kept with a job's end; empty or zero where it is not known.

    ``content_type`` is "film" or "series"; codecs are ffmpeg's names (``hevc``, ``ac3``);
    ``resolution`` is the usual class of height ("2160p", "1080p"); ``template`` is the name of the
    command template that encoded the picture, "" where it was copied. ``film_seconds`` is the film's
    length, ``step_seconds`` the time that each step took (``core.steps``).
    """

    content_type: str = ""
    video_before: str = ""
    video_after: str = ""
    resolution: str = ""
    template: str = ""
    film_seconds: float = 0.0
    step_seconds: Tuple[Tuple[str, float], ...] = ()
    audio_before: Tuple[str, ...] = ()
    audio_after: Tuple[str, ...] = ()
