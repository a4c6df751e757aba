"""Reading a film's key frames near the wanted borders, and no more of it."""

from __future__ import annotations

from core.chunks.borders import WANTED_SECONDS
from core.chunks.chunk import ChunkPlan
from core.plan import Plan
from processing.probing import Prober


def plan_chunks(plan: Plan, prober: Prober, wanted: float = WANTED_SECONDS) -> ChunkPlan:
    """Return the film's chunks of about ``wanted`` seconds, or why it is encoded in one piece.

    Costs some bounded reads around each border. The same film, plan and ``wanted`` give the same chunks.
    """
    raise NotImplementedError
