"""A film whose last packets are cut in half: what decoders say of them is the film's own.

A recorder stops when its disk is full, a download with its connection: at any byte. The last packet of each
track is then a part of one, and its decoder complains. The same words earlier are damage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Optional

from core.progress import Progress
from core.text.tool_lines import plain

# An encoder's own position lies behind its decoder's, by the pictures that it looks ahead.
_BEHIND = 30.0
SETTLES = 10.0  # seconds: a seek has complaints of its own
# So much of the film is looked at: whatever may be complained about that near the end, but for the end
# itself, is then known to be whole.
ENDING_SECONDS = SETTLES + _BEHIND


@dataclass(frozen=True)
class Ending:
    """``lines`` are what a decoder says of the film's last packets, without addresses."""

    lines: FrozenSet[str]

    def explains(self, line: str, progress: Optional[Progress], duration: float) -> bool:
        """Whether a tool that is at ``progress`` in a film of ``duration`` seconds says it of the ending."""
        return near_the_end(progress, duration) and plain(line) in self.lines


def near_the_end(progress: Optional[Progress], duration: float) -> bool:
    """Whether a tool may have come to the film's last packets."""
    share = progress.percent if progress is not None and progress.percent else 0.0
    return share * duration / 100 >= duration - _BEHIND
