"""How far a running tool is: one value for all tools, and a feed-and-ask parser for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Progress:
    """Where a running step stands; None where the tool does not say.

    ``percent`` 0–100; ``speed`` in film seconds a second (1.0 is real time); ``eta`` in seconds;
    sizes in bytes.
    """

    step: str
    percent: Optional[float] = None
    frame: Optional[int] = None
    fps: Optional[float] = None
    speed: Optional[float] = None
    eta: Optional[float] = None
    output_size: Optional[int] = None
    projected_size: Optional[int] = None
