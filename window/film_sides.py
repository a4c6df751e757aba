"""Where a job's film and its result lie now, and why one of them cannot be shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from core.events import JobState
from core.queue.job_record import JobRecord
from core.text.sentence import Sentence
from store.journal import JournalEntry


@dataclass(frozen=True)
class JobSides:
    """``why`` says why a side is missing, ``track`` is ffmpeg's index of the film's picture."""

    film: Optional[Path]
    result: Optional[Path]
    why: str = ""
    track: Optional[int] = None
    film_name: str = ""  # what the film was called; in holding it has another name


def sides_of(record: JobRecord, kept: Optional[JournalEntry]) -> JobSides:
    """Look where the films are; ``kept`` is the swap whose original can come back. May wait for a disk."""
    job, name, track = record.job, record.job.path.name, picture_track(record.plan)
    last = record.attempts[-1] if record.attempts else None
    if job.state is not JobState.COMPLETED:
        why = Sentence("There is no result of this film to compare it with.")
        return _there(JobSides(job.path, None, why, track, name))
    if kept is not None:
        return _there(JobSides(kept.holding, kept.target, "", track, name))
    if last is not None and last.outcome == "restored":
        why = Sentence("The original was restored, so there is no result to compare it with.")
        return _there(JobSides(job.path, None, why, track, name))
    if last is None:
        why = Sentence("Nothing was changed in this film, so there is one picture only.")
        return _there(JobSides(None, job.result_path, why, None, name))
    why = Sentence("The original is no longer kept, so only the result can be shown.")
    return _there(JobSides(None, job.result_path, why, None, name))


def picture_track(plan: str) -> Optional[int]:
    """Return ffmpeg's index of the picture that became the result's first; None where no plan tells."""
    try:
        outputs = json.loads(plan)["outputs"] if plan else []
        tracks = [output["track"] for output in outputs if output["kind"] == "video"]
        return int(tracks[0]) if tracks else None
    except (ValueError, TypeError, KeyError):
        return None


def _there(sides: JobSides) -> JobSides:
    """Leave out what is not there, with the sentence that says so."""
    film, result, why = sides.film, sides.result, sides.why
    if film is not None and not film.is_file():
        film = None
        why = Sentence("The original is not where it was kept; its disk may be away.")
    if result is not None and not result.is_file():
        why = Sentence(
            "{film} is not there; its disk may be away, or it was moved.", film=result.name
        )
        result = None
    return JobSides(film, result, why, sides.track, sides.film_name)
