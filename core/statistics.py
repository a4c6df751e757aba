"""What the program has achieved, in figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DayStatistics:
    """One row of the specification's ``statistics`` table, or the sum of several.

    Sizes in bytes; the average in seconds of work a completed job.
    """

    date: str  # YYYY-MM-DD where the job ran
    jobs_completed: int = 0
    jobs_failed: int = 0
    total_size_processed: int = 0
    total_size_saved: int = 0  # negative where results were larger
    average_processing_time: float = 0.0

    @property
    def saved_share(self) -> float:
        """How much of the processed size was saved, 0 to 1."""
        size = self.total_size_processed
        return self.total_size_saved / size if size else 0.0
