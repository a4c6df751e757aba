"""What was measured of films' quality: trials, the numbers that were chosen, and the finished films."""

from __future__ import annotations

import time
from typing import Optional, Tuple

from core.ports import TimeSource
from core.target_quality.film_quality import FilmQuality
from core.target_quality.known import FilmKind, Known, QualityKey, ScoredTrials
from core.target_quality.trial import ChosenNumber, Trial, Yardstick
from store.connection import Database


class QualityScores:
    """Remembered by the film's content, the template and the tool; thread-safe."""

    def __init__(self, database: Database, now: TimeSource = time.time) -> None:
        self._database = database
        self._now = now

    def remember_trial(self, key: QualityKey, yardstick: Yardstick, trial: Trial) -> None:
        """Keep a trial; a later one of the same number and yardstick replaces it."""
        raise NotImplementedError

    def remember_chosen(self, key: QualityKey, kind: FilmKind, quality: FilmQuality) -> None:
        """Keep what was chosen for a film (and its score, once that is known), by key and target."""
        raise NotImplementedError

    def trials(self, key: QualityKey) -> Tuple[ScoredTrials, ...]:
        """Return the trials of a film by this template and tool."""
        raise NotImplementedError

    def chosen(self, key: QualityKey, target: float) -> Optional[ChosenNumber]:
        """Return what was chosen before for just this, or None."""
        raise NotImplementedError

    def film_quality(self, key: QualityKey, target: float) -> Optional[FilmQuality]:
        """Return all that is known of it."""
        raise NotImplementedError

    def known(self, key: QualityKey, kind: FilmKind) -> Known:
        """Return what a search of this film may begin with: its own trials, and what other films taught."""
        raise NotImplementedError
