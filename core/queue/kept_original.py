"""An original that is kept and can be restored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple


@dataclass(frozen=True)
class KeptOriginal:
    """One file that is kept; ``size`` in bytes, times in seconds since the epoch.

    An original that no film is known for (``film`` is None) was kept by a program whose database is lost,
    or by another one that shares the disk; it never expires.
    """

    path: Path  # where it lies
    size: int
    there: bool = True  # False: it is missing; its disk is away, or it was moved
    film: Optional[Path] = None  # what the film is called now
    original: Optional[Path] = None  # the name under which it comes back
    former_names: Tuple[Path, ...] = ()  # what the film was called before it was renamed
    kept_since: Optional[float] = None
    expires_at: Optional[float] = None  # earlier where all together take more room than is allowed
    id: int = 0  # of the swap that it was kept in; 0 where no film is known
    result_size: Optional[int] = None  # of what replaced it

    @property
    def saved(self) -> Optional[int]:
        """How many bytes smaller the film has become; None where that is not known."""
        return None if self.result_size is None else self.size - self.result_size
