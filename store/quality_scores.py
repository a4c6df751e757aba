"""What was measured of films' quality: trials, the numbers that were chosen, and the finished films."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import asdict
from typing import Dict, List, Optional, Tuple

from core.ports import TimeSource
from core.target_quality.film_quality import FilmQuality
from core.target_quality.known import FilmKind, Known, QualityKey, ScoredTrials, TaughtFilm
from core.target_quality.quality_json import (
    quality_to_json,
    read_quality,
    trial_from_json,
    trial_to_json,
    yardstick_from_json,
    yardstick_to_json,
)
from core.target_quality.trial import Trial, Yardstick
from store.connection import Database

_MOST_TAUGHT = 200  # films: the last ones tell most about the next
_TRIALS_KEPT = 180 * 86400.0  # seconds


class QualityScores:
    """Remembered by the film's content, the template and the tool; thread-safe.

    So neither a retry nor a restart searches again, and a film's copy under another name does not either.
    """

    def __init__(self, database: Database, now: TimeSource = time.time) -> None:
        self._database = database
        self._now = now

    def remember_trial(self, key: QualityKey, yardstick: Yardstick, trial: Trial) -> None:
        """Keep a trial; a later one of the same number and yardstick replaces it."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM quality_trials WHERE measured_at < ?", (self._now() - _TRIALS_KEPT,)
            )
            connection.execute(
                "INSERT OR REPLACE INTO quality_trials (content, encode, tool, yardstick, number, trial, "
                "measured_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(key.content, key.encode, key.tool, _text(yardstick_to_json(yardstick))),
                    *(trial.number, _text(trial_to_json(trial)), self._now()),
                ),
            )

    def remember(self, key: QualityKey, kind: FilmKind, quality: FilmQuality) -> None:
        """Keep what was chosen for a film, and its score once that is known, by key and target."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO quality_films (content, encode, tool, target, encoder, template, "
                "kind, quality, chosen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(key.content, key.encode, key.tool, quality.chosen.target),
                    *(kind.encoder, kind.template, _text(asdict(kind))),
                    *(_text(quality_to_json(quality)), self._now()),
                ),
            )

    def quality(self, key: QualityKey, target: float) -> Optional[FilmQuality]:
        """Return what was chosen before for just this, with what became of it; None where nothing was."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT quality FROM quality_films WHERE content = ? AND encode = ? AND tool = ? "
                "AND target = ?",
                (key.content, key.encode, key.tool, target),
            ).fetchone()
        return None if row is None else _quality(row[0])

    def trials(self, key: QualityKey) -> Tuple[ScoredTrials, ...]:
        """Return the trials of a film by this template and tool."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT yardstick, trial FROM quality_trials WHERE content = ? AND encode = ? AND tool = ? "
                "ORDER BY yardstick, measured_at",
                (key.content, key.encode, key.tool),
            ).fetchall()
        found: Dict[Yardstick, List[Trial]] = {}
        for row in rows:
            try:
                yardstick = yardstick_from_json(json.loads(row[0]))
                trial = trial_from_json(json.loads(row[1]))
            except (ValueError, LookupError, TypeError):  # another version's
                continue
            if yardstick is not None:
                found.setdefault(yardstick, []).append(trial)
        return tuple(ScoredTrials(yardstick, tuple(trials)) for yardstick, trials in found.items())

    def known(self, key: QualityKey, kind: FilmKind) -> Known:
        """Return what a search of this film may begin with: its own trials, and what other films taught."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT kind, quality FROM quality_films WHERE encoder = ? AND content <> ? "
                "ORDER BY template <> ?, chosen_at DESC LIMIT ?",
                (kind.encoder, key.content, kind.template, _MOST_TAUGHT),
            ).fetchall()
        taught = tuple(film for film in map(_taught, rows) if film is not None)
        return Known(kind, self.trials(key), taught)


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _quality(text: str) -> Optional[FilmQuality]:
    try:
        return read_quality(json.loads(text))
    except ValueError:
        return None


def _taught(row: sqlite3.Row) -> Optional[TaughtFilm]:
    """What a film taught; None where nothing was measured of it, or another version wrote it."""
    quality = _quality(row[1])
    if quality is None or quality.yardstick is None:
        return None
    try:
        kind = FilmKind(**json.loads(row[0]))
    except (ValueError, TypeError):
        return None
    scored = (ScoredTrials(quality.yardstick, quality.chosen.trials),)
    return TaughtFilm(kind, scored, quality.result_number, quality.score)
