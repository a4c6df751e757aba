"""Whether an error line is the film's own: what its decoder says of its first and last packets.

Looked up when such a line comes, so that a film without any costs nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import Optional

from core.plan import Plan
from core.progress import Progress
from processing.ending import Ending, near_the_end
from processing.opening import OPENING_SECONDS, Opening
from processing.probing import Prober


class Edges:
    """The first and last packets of one plan's film, and what decoders say about them."""

    def __init__(self, plan: Plan, prober: Prober) -> None:
        self._plan = plan
        self._prober = prober

    def explain(self, line: str, progress: Optional[Progress]) -> bool:
        """Whether a complaint at ``progress`` is one that decoding the film alone gives there too."""
        duration = self._plan.duration
        share = progress.percent if progress is not None and progress.percent else 0.0
        if share * duration / 100 <= OPENING_SECONDS:
            opening = self._opening
            if opening is not None and opening.explains(line, progress, duration):
                return True
        if not near_the_end(progress, duration):
            return False
        ending = self._ending
        return ending is not None and ending.explains(line, progress, duration)

    @cached_property
    def _opening(self) -> Optional[Opening]:
        media = self._plan.media
        if not media.video:
            return None
        return self._prober.opening(media.path, media.video[0].index)

    @cached_property
    def _ending(self) -> Optional[Ending]:
        media = self._plan.media
        return self._prober.ending(media.path, media.duration, self._plan.timed_streams)
