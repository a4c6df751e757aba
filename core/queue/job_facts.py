"""What the statistics and the estimate know of a job: its film before and after, and each step's time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Mapping, Tuple

if TYPE_CHECKING:
    from core.chunk_progress import ChunkProgress, MachineShare
    from core.plan import Plan
    from core.target_quality.film_quality import FilmQuality

# "S01E02" and "1x02", as Sonarr, Plex and Kodi want episodes to be named.
_EPISODE = re.compile(r"\bS\d{1,3}[ ._-]?E\d{1,4}|\b\d{1,2}x\d{2,3}\b", re.IGNORECASE)
# The usual names of picture sizes, by the least width and height that still count as each.
_CLASSES = ((7000, 4000, "4320p"), (3200, 1700, "2160p"), (2200, 1300, "1440p"),
            (1700, 900, "1080p"), (1100, 650, "720p"), (0, 500, "576p"))  # fmt: skip


@dataclass(frozen=True)
class JobFacts:
    """Kept with a job's end; empty or zero where it is not known.

    ``content_type`` is "film" or "series"; codecs are ffmpeg's names (``hevc``, ``ac3``);
    ``resolution`` is the usual class of height ("2160p", "1080p"); ``template`` is the name of the
    command template that encoded the picture, "" where it was copied. ``film_seconds`` is the film's
    length, ``step_seconds`` the time that each step took (``core.steps``). ``chunks`` are those that the
    picture was encoded in, none where it was encoded in one piece. ``quality`` is one where the picture was
    encoded for a target, else none.
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
    chunks: Tuple[ChunkProgress, ...] = ()
    quality: Tuple[FilmQuality, ...] = ()

    @property
    def others(self) -> Tuple[MachineShare, ...]:
        """What other machines did of the film."""
        from core.chunk_progress import shares

        return tuple(share for share in shares(self.chunks) if share.machine)

    @property
    def own_film_seconds(self) -> float:
        """How much of the film the job's own machine made."""
        return max(0.0, self.film_seconds - sum(share.film_seconds for share in self.others))


def content_type(path: PurePath) -> str:
    """Return "series" for an episode by its name, "film" for everything else."""
    return "series" if _EPISODE.search(path.stem) else "film"


def resolution_class(width: int, height: int) -> str:
    """Return the usual name of a picture size in pixels, such as 1080p; "" without a picture."""
    if width <= 0 or height <= 0:
        return ""
    wide, high = max(width, height), min(width, height)
    for least_width, least_height, name in _CLASSES:
        if (least_width and wide >= least_width) or high >= least_height:
            return name
    return "480p"


def facts_of(plan: Plan, step_seconds: Mapping[str, float] = {}) -> JobFacts:
    """Return the facts of a film before and after; ``step_seconds`` is how long each step took."""
    from core.media.model import (
        TrackKind,  # who has a plan knows it; a list of jobs does not need it
    )

    media = plan.media
    video = media.video[0] if media.video else None
    encode = plan.video_encode
    sound = [output for output in plan.outputs if output.kind is TrackKind.AUDIO]
    return JobFacts(
        content_type=media.content or content_type(media.path),
        video_before=video.codec if video else "",
        video_after=encode.codec if encode else (video.codec if video else ""),
        resolution=resolution_class(video.width, video.height) if video else "",
        template=encode.template_name if encode else "",
        film_seconds=media.duration,
        step_seconds=tuple(step_seconds.items()),
        audio_before=tuple(track.codec for track in media.audio),
        audio_after=tuple(track.codec for track in sound),
    )
