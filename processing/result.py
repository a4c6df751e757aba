"""What is kept of a job that completed, in the journal and for the queue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple

from core.events import JobState
from core.target_quality.film_quality import FilmQuality
from core.target_quality.quality_json import quality_to_json, read_quality
from core.target_quality.told import measured
from core.text.sentence import Sentence, from_json, joined, to_json
from processing.maker import MadeResult
from processing.seal import Seal, seal_from
from processing.verify import Verification
from store.journal import JournalEntry


@dataclass(frozen=True)
class JobResult:
    """A completed job; sizes in bytes, timings in seconds.

    ``verification`` is JSON: each check with its figures. ``plan_signature`` is that of the plan
    that was carried out in the end (the picture may have been copied instead of encoded).
    """

    state: JobState
    message: str
    original_size: int
    processed_size: int
    path: Path
    verification: str = ""
    commands: Tuple[Tuple[str, ...], ...] = ()
    timings: Tuple[Tuple[str, float], ...] = ()
    plan_signature: str = ""
    quality: Optional[FilmQuality] = None


def report_text(made: MadeResult, verification: Verification, seal: Seal, lost: str = "") -> str:
    """Return what the journal keeps of a verified result; ``lost`` says what of the film is missing."""
    damage = made.plan.media.damage
    broken = (
        Sentence("The film was damaged: {damage} are broken.", damage=damage)
        if damage and damage.places
        else ""
    )
    quality = "" if made.quality is None else measured(made.quality)
    notices = tuple(filter(None, (*made.notices, broken, lost, quality)))
    notice = joined(notices) if notices else ""
    report = {
        "seal": seal.as_data(),
        "verification": json.loads(verification.as_json()),
        "commands": made.commands,
        "timings": made.timings,
        "plan_signature": made.plan.signature,
        "notice": notice,
        "notice_parts": to_json(notice),
    }
    if made.quality is not None:
        report["quality"] = quality_to_json(made.quality)
    return json.dumps(report)


def seal_of_entry(entry: JournalEntry) -> Optional[Seal]:
    """Return the seal that a proved result got; None where an older version proved it."""
    return seal_from(json.loads(entry.report).get("seal")) if entry.report else None


def sealed_again(entry: JournalEntry, seal: Seal) -> str:
    """Return what the journal keeps of a proved result, with another seal."""
    return json.dumps({**json.loads(entry.report), "seal": seal.as_data()})


def result_of_entry(entry: JournalEntry) -> JobResult:
    """Return what the queue and the history keep of a finished entry."""
    report = json.loads(entry.report)
    result_size = entry.result_identity.size if entry.result_identity else 0
    return JobResult(
        state=JobState.COMPLETED,
        message=from_json(report.get("notice", ""), report.get("notice_parts")),
        original_size=entry.source_identity.size,
        processed_size=result_size,
        path=entry.target,
        verification=json.dumps(report["verification"]),
        commands=tuple(tuple(command) for command in report["commands"]),
        timings=tuple((name, seconds) for name, seconds in report["timings"]),
        plan_signature=report["plan_signature"],
        quality=read_quality(report.get("quality")),
    )
