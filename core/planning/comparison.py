"""A film before and after, track by track with every reason, from a plan as it is kept (``plan_json``).

Plans of older versions have fewer keys, and some jobs have none: what is missing is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from core.media.track_text import output_text, track_text
from core.plan import Reason
from core.planning.summary import summarize
from core.text.sentence import Sentence, from_json


class TrackFate(str, Enum):
    """What becomes of a track."""

    COPIED = "copied"
    CONVERTED = "converted"
    DROPPED = "dropped"
    UNTOUCHED = "untouched"  # the whole film is left alone


@dataclass(frozen=True)
class TrackChange:
    """One track of the film; ``number`` counts the tracks of its ``kind`` in the film, from 1.

    ``place`` counts those of its kind in the result; ``after`` is "" for a track that does not stay.
    """

    number: int
    kind: str
    before: str
    fate: TrackFate
    after: str = ""
    place: Optional[int] = None
    reasons: Tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The content of a stored plan; ``native_reason`` says how ``native_language`` was found.

    ``summary`` is the plan in a few lines.
    """

    summary: Tuple[Sentence, ...] = ()
    tracks: Tuple[TrackChange, ...] = ()
    native_language: str = ""
    native_reason: str = ""
    container: str = ""
    duration: Optional[float] = None  # seconds
    size: Optional[int] = None  # bytes
    refusals: Tuple[Reason, ...] = ()
    changes: Tuple[Reason, ...] = ()
    omissions: Tuple[Reason, ...] = ()
    warnings: Tuple[Reason, ...] = ()


def compare(plan: str) -> Optional[Comparison]:
    """Read a stored plan; None where there is none, or it cannot be read."""
    try:
        record = json.loads(plan) if plan else None
        return None if not isinstance(record, dict) else _comparison(record)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _comparison(record: Mapping[str, Any]) -> Comparison:
    media = record.get("media") or {}
    native = record.get("native_language") or {}
    return Comparison(
        summary=summarize(record),
        tracks=tuple(_changes(record, media)),
        native_language=str(native.get("language", "")),
        native_reason=from_json(str(native.get("reason", "")), native.get("reason_parts")),
        container=str(media.get("container", "")),
        duration=media.get("duration"),
        size=(media.get("identity") or {}).get("size"),
        refusals=_reasons(record.get("refusals")),
        changes=_reasons(record.get("changes")),
        omissions=_reasons(record.get("omissions")),
        warnings=_reasons(record.get("warnings")),
    )


def _changes(record: Mapping[str, Any], media: Mapping[str, Any]) -> List[TrackChange]:
    tracks: Dict[int, Mapping[str, Any]] = {
        track["index"]: track
        for kind in ("video", "audio", "subtitles")
        for track in media.get(kind, ())
    }
    outputs = _places(record.get("outputs", ()))
    left_alone = bool(record.get("refusals"))
    counted: Dict[str, int] = {}
    found = []
    for decision in record.get("decisions", ()):
        index, kind = decision["track"], decision["kind"]
        number = counted[kind] = counted.get(kind, 0) + 1
        before = track_text(tracks[index]) if index in tracks else ""
        why = _reasons(decision.get("rejections")) or _reasons(decision.get("notes"))
        if left_alone or index not in outputs:
            fate = TrackFate.UNTOUCHED if left_alone else TrackFate.DROPPED
            found.append(TrackChange(number, kind, before, fate, reasons=why))
            continue
        place, output = outputs[index]
        fate = TrackFate.CONVERTED if output.get("conversion") else TrackFate.COPIED
        reasons = tuple(dict.fromkeys((*why, *_reasons(output.get("reasons")))))
        found.append(TrackChange(number, kind, before, fate, output_text(output), place, reasons))
    return found


def _places(outputs: Iterable[Mapping[str, Any]]) -> Dict[int, Tuple[int, Mapping[str, Any]]]:
    """The result's tracks by ffmpeg's index of their source, each with its place among its kind."""
    counted: Dict[str, int] = {}
    found = {}
    for output in outputs:
        kind = str(output.get("kind", ""))
        counted[kind] = counted.get(kind, 0) + 1
        found[output["track"]] = counted[kind], output
    return found


def _reasons(found: Optional[Iterable[Mapping[str, Any]]]) -> Tuple[Reason, ...]:
    return tuple(
        Reason(
            reason.get("code", ""),
            from_json(reason.get("message", ""), reason.get("parts")),
            from_json(reason.get("matched", ""), reason.get("matched_parts")),
        )
        for reason in found or ()
    )
