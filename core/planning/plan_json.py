"""A plan as JSON: what ``plan --json`` prints and what is kept with each job.

One direction only: a kept plan is read by people and by programs, never carried out again. The keys
are documented in ``docs/schemas/plan.json``; a name that is there keeps its meaning.
"""

from __future__ import annotations

import dataclasses
import json
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Dict, Iterable, Optional, Tuple, Type

from core.media.languages import LanguageTag
from core.media.model import NativeLanguage
from core.plan import Plan, Reason
from core.steps import Step
from core.text.sentence import to_json

_PLAIN = frozenset({str, int, float, bool, type(None)})


def as_json(value: Any) -> Any:
    """Return the value in JSON's types: dataclasses by their fields, enums by value, paths as text.

    Sets come out sorted, so that equal values make equal text.
    """
    if type(value) in _PLAIN:  # most are
        return value
    if isinstance(value, LanguageTag):
        return value.bcp47
    if isinstance(value, Reason):
        return _reason(value)
    if isinstance(value, NativeLanguage):
        return _native(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return str(value)
    names = _fields(type(value))  # type: ignore[arg-type]  # a class is hashable
    if names is not None:
        return {name: as_json(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(as_json(key)): as_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(as_json(item) for item in value)
    return value


@lru_cache(maxsize=None)  # a few classes; looking for their fields is most of the work
def _fields(kind: Type[Any]) -> Optional[Tuple[str, ...]]:
    """The names of a dataclass's fields; None of another class."""
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple(field.name for field in dataclasses.fields(kind))


def _reason(reason: Reason) -> Dict[str, Any]:
    record: Dict[str, Any] = {
        "code": reason.code,
        "message": reason.message,
        "matched": reason.matched,
    }
    parts = {"parts": to_json(reason.message), "matched_parts": to_json(reason.matched)}
    record.update((key, found) for key, found in parts.items() if found)
    return record


def _native(native: NativeLanguage) -> Dict[str, Any]:
    record: Dict[str, Any] = {
        field.name: as_json(getattr(native, field.name)) for field in dataclasses.fields(native)
    }
    parts = to_json(native.reason)
    return {**record, "reason_parts": parts} if parts else record


def plan_record(plan: Plan, steps: Iterable[Step] = ()) -> Dict[str, Any]:
    """Return the plan in JSON's types: every decision with its reasons, the result's tracks, the commands."""
    return {
        "refused": plan.refused,
        "empty": plan.empty,
        "target": str(plan.target),
        "title": plan.title,
        "native_language": as_json(plan.native_language),
        "decisions": [
            {
                "track": decision.track.index,
                "kind": decision.track.kind.value,
                "kept": decision.kept,
                "rejections": as_json(decision.rejections),
                "notes": as_json(decision.notes),
            }
            for decision in plan.decisions
        ],
        "outputs": [
            {
                "track": output.source.index,
                "kind": output.kind.value,
                "codec": output.codec,
                "copied": output.copied,
                "conversion": as_json(output.conversion),
                "language": as_json(output.language),
                "title": output.title,
                "flags": as_json(output.flags),
                "reasons": as_json(output.reasons),
            }
            for output in plan.outputs
        ],
        "attachments": as_json(plan.attachments),
        "changes": as_json(plan.changes),
        "omissions": as_json(plan.omissions),
        "warnings": as_json(plan.warnings),
        "refusals": as_json(plan.refusals),
        "steps": [{"name": step.name.value, "commands": as_json(step.commands)} for step in steps],
        "signature": plan.signature,
    }


def plan_text(plan: Plan) -> str:
    """Return the plan as it is stored with its job, as one line of JSON, with the film it is about.

    Bytes of a name that are not UTF-8 stand as lone surrogates (``\\udcff``), so the text is ASCII.
    """
    return json.dumps({**plan_record(plan), "media": as_json(plan.media)}, allow_nan=False)
