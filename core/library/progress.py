"""How far looking through the library is, as whoever shows it asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class LookProgress:
    """How far looking into films is; ``problem`` is why it has ended early."""

    running: bool = False
    done: int = 0
    total: int = 0
    problem: str = ""


@dataclass(frozen=True)
class CheckProgress:
    """How far checking films for damage is; ``waiting`` for the queue, which is at work.

    ``percent`` and ``speed`` (times as fast as it plays) are of ``film``, which is decoded now; ``left`` is
    how many seconds all of it still takes, where that can be told.
    """

    running: bool = False
    waiting: bool = False
    film: Optional[Path] = None
    percent: float = 0.0
    speed: Optional[float] = None
    done: int = 0
    total: int = 0
    damaged: int = 0
    left: Optional[float] = None
    problem: str = ""
