"""What modules of ``app`` are handed, so that none of them needs the whole program."""

from __future__ import annotations

from typing import Protocol

from scheduling.job_context import Equipment


class Equipper(Protocol):
    """Knows what films are worked on with; ``app.program.Program``."""

    def equip(self) -> Equipment:
        """Settings, tools and what is made of them, of this moment."""


class TrialWatcher(Protocol):
    """Follows a trial of the encoder."""

    def progressed(self, doing: str, percent: float) -> None:
        """Hear what is being done (MAKING, ENCODING) and how far it is; called in the trial's thread."""
