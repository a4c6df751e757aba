"""What a job asks for when the graphics go away under it: the same film with the next encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol

from core.errors import MediaProcessorError
from core.plan import Plan
from core.tools import Toolset


@dataclass(frozen=True)
class GoesOn:
    """How a film goes on: its new plan, the tools as they are now, and the sentence for its user."""

    plan: Plan
    toolset: Toolset
    sentence: str


class NextEncoder(Protocol):
    """Knows which encoders work now (``app.next_encoder``)."""

    def after_device_error(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:
        """Return how the film goes on; None where no other encoder of its chain can have it.

        The error says that the graphics, or the encoder's program, are not there.
        """

    def after_stall(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:
        """The same for an encoder that hangs: only where its test encodes do not work either."""
