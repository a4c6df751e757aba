"""All that is known about one job: its row, its stored plan and verification, and its attempts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import List, Optional, Tuple

from core.events import JobState
from core.queue.job import Job
from core.queue.job_facts import JobFacts
from core.steps import StepName


@dataclass(frozen=True)
class AttemptRecord:
    """One attempt that began to make a result; times in seconds since the epoch.

    ``outcome`` and ``original`` are in the words of ``store.journal``.
    """

    number: int
    began_at: float
    outcome: str = ""
    original: str = ""
    swapped_at: Optional[float] = None


@dataclass(frozen=True)
class JobRecord:
    """``plan``, ``commands`` and ``verification`` are JSON texts, empty where there is none.

    ``restorable``: the original waits in holding, and no later job has replaced this one's result.
    """

    job: Job
    facts: JobFacts = JobFacts()
    plan: str = ""
    commands: str = ""
    verification: str = ""
    attempts: Tuple[AttemptRecord, ...] = ()  # oldest first
    restorable: bool = False


class MomentKind(str, Enum):
    """What happened."""

    QUEUED = "queued"
    STARTED = "started"
    ATTEMPT = "attempt"  # began to make a result
    STEP = "step"
    CHECKED = "checked"
    SWAPPED = "swapped"
    UNDONE = "undone"
    ENDED = "ended"
    RESTORED = "restored"
    ORIGINAL_GONE = "original gone"


@dataclass(frozen=True)
class Moment:
    """One event of a job's history; ``at`` since the epoch where it is known, ``took`` in seconds."""

    kind: MomentKind
    at: Optional[float] = None
    took: Optional[float] = None
    name: str = ""  # of the step, the number of the attempt, or the state that it ended in


def commands_of(record: JobRecord) -> Tuple[Tuple[str, ...], ...]:
    """Return the job's argv lists; none where they were not stored or cannot be read."""
    try:
        found = json.loads(record.commands) if record.commands else []
        return tuple(tuple(map(str, argv)) for argv in found)
    except (ValueError, TypeError):
        return ()


def story(record: JobRecord) -> Tuple[Moment, ...]:
    """Return a job's history in order; of a step only its duration is known."""
    job = record.job
    moments = [Moment(MomentKind.QUEUED, job.added_at)]
    if job.start_time is not None:
        moments.append(Moment(MomentKind.STARTED, job.start_time))
    for attempt in record.attempts:
        moments.append(Moment(MomentKind.ATTEMPT, attempt.began_at, name=str(attempt.number)))
        if attempt is record.attempts[-1]:
            moments += _steps(record)
        if attempt.swapped_at is not None:
            moments.append(Moment(MomentKind.SWAPPED, attempt.swapped_at))
        elif attempt.outcome == "rolled back":
            moments.append(Moment(MomentKind.UNDONE, name=str(attempt.number)))
    if not record.attempts:
        moments += _steps(record)
    if job.end_time is not None:
        took = None if job.start_time is None else max(0.0, job.end_time - job.start_time)
        moments.append(Moment(MomentKind.ENDED, job.end_time, took, job.state.value))
    last = record.attempts[-1] if record.attempts else None
    if last is not None and last.outcome == "restored":
        moments.append(Moment(MomentKind.RESTORED))
    elif last is not None and last.original == "removed":
        moments.append(Moment(MomentKind.ORIGINAL_GONE))
    return tuple(moments)


def _steps(record: JobRecord) -> List[Moment]:
    checked = bool(record.verification) and record.job.state is JobState.COMPLETED
    moments = [
        Moment(MomentKind.STEP, took=took, name=name)
        for name, took in record.facts.step_seconds
        if not (checked and name == StepName.VERIFICATION.value)
    ]
    if checked:
        moments.append(Moment(MomentKind.CHECKED, took=_checking_seconds(record.verification)))
    return moments


def _checking_seconds(verification: str) -> Optional[float]:
    try:
        return float(sum(check["seconds"] for check in json.loads(verification)))
    except (ValueError, TypeError, KeyError):
        return None
