"""Which films may be cut: only those where it is proven that no picture is lost, twice or moved."""

from __future__ import annotations

from typing import Tuple

from core.plan import Plan, Reason


def reasons_for_one_piece(plan: Plan, wanted: float) -> Tuple[Reason, ...]:
    """Return why this film is encoded in one piece, as far as its plan tells; ``wanted`` is in seconds.

    Empty where nothing speaks against chunks; ``processing.chunks.borders`` looks at the film itself.
    """
    raise NotImplementedError
