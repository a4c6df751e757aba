"""A plan's signature: what it decides, and the settings behind it, as one short text.

Only what differs from its default is signed. So a setting, or a field of a decision, that an update of the
program adds changes no signature: what is stored about a film (its "no gain", that it is done) still holds,
and machines of neighbouring versions keep working for each other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any, Dict, Mapping, Tuple, Type

from core.encoders.chain import name_in_chain
from core.plan import Plan, VideoEncode
from core.settings.declaring import Scope
from core.settings.fields import declared_fields
from core.settings.tree import Settings

# Raised when a rule changes what it makes of the same film.
RULES_VERSION = 3
_KEPT = 16  # settings: the program's and those of its folders


def signature_of(plan: Plan, settings: Settings) -> str:
    """BLAKE2b over the rules, the settings that they read, and what was decided; no path."""
    content: Dict[str, Any] = {
        "rules": RULES_VERSION,
        "settings": changed_settings(settings),
        "outputs": [
            {
                "source": [track.kind.value, track.source.index],
                "codec": track.codec,
                "conversion": _conversion(track.conversion) if track.conversion else None,
                "language": str(track.language),
                "title": track.title,
                "flags": _changed(track.flags),
            }
            for track in plan.outputs
        ],
        "attachments": [attachment.name for attachment in plan.attachments],
        "title": plan.title,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def changed_settings(settings: Settings) -> Dict[str, Any]:
    """The signed settings that are not at their defaults, by key, in JSON's types."""
    return dict(_changed_settings(settings))


@lru_cache(maxsize=_KEPT)
def _changed_settings(settings: Settings) -> Mapping[str, Any]:
    """The same, worked out once for all films: there are two hundred settings, and few are changed."""
    defaults = {field.key: field.default for field in declared_fields(type(settings)())}
    return {
        field.key: field.to_json(field.default)
        for field in declared_fields(settings)
        if Scope.SIGNED in field.scopes and field.default != defaults[field.key]
    }


def _conversion(conversion: Any) -> Dict[str, Any]:
    """What becomes of a track. A template is signed by its words, whatever stands before it in its chain."""
    changed = _changed(conversion)
    if isinstance(conversion, VideoEncode):
        changed["template_name"] = name_in_chain(conversion.template_name)
    return changed


def _changed(decision: Any) -> Dict[str, Any]:
    """The fields of a decision that are not at their defaults; those without one are always there."""
    defaults = _defaults(type(decision))  # type: ignore[arg-type]  # a class is hashable
    values = ((name, default, getattr(decision, name)) for name, default in defaults)
    return {
        name: value for name, default, value in values if default is MISSING or value != default
    }


@lru_cache(maxsize=None)  # a few classes
def _defaults(kind: Type[Any]) -> Tuple[Tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))
