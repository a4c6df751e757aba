"""What the master found out about a film, for a node that gets only a part of it; as JSON both ways.

The node plans by these facts as if it had looked into the film itself, and proves by the plan's signature
that it comes to the same.
"""

from __future__ import annotations

import dataclasses
import re
from enum import Enum
from pathlib import Path
from typing import Any, Dict, Mapping, Type, TypeVar, Union
from typing import get_type_hints as type_hints

from core.media.languages import LanguageTag
from core.media.model import MediaFile
from core.peer_errors import WrongField
from core.planning.plan_json import as_json
from core.protocol.peer_fields import LONGEST_PATH, MOST_BYTES, is_number
from core.text.sentence import Sentence

_MOST_ITEMS = 10_000  # tracks, attachments, chapters of one film
_WORDS = ("codec", "chroma", "color_primaries", "transfer", "color_matrix", "color_range")
_WORD = re.compile(r"[A-Za-z0-9_.:-]*")
_Record = TypeVar("_Record")
_HINTS: Dict[Any, Dict[str, Any]] = {}


def film_data(media: MediaFile) -> Dict[str, Any]:
    """Return a film's facts in JSON's types."""
    data: Dict[str, Any] = as_json(media)
    return data


def film_from(data: Any) -> MediaFile:
    """Read a film's facts; raises WrongField."""
    media = _record(MediaFile, data, "media")
    for track in media.video:  # these become words of a command
        for field in _WORDS:
            if not _WORD.fullmatch(getattr(track, field)):
                raise _wrong(field)
    return media


def _record(kind: Type[_Record], data: Any, name: str) -> _Record:
    if not isinstance(data, Mapping):
        raise _wrong(name)
    values: Dict[str, Any] = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.name in data:
            hint = _hints(kind)[field.name]
            values[field.name] = _value(hint, data[field.name], field.name)
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise _wrong(name) from error


def _hints(kind: Any) -> Dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = type_hints(kind)
    return _HINTS[kind]


def _value(hint: Any, value: Any, name: str) -> Any:
    origin: Any = getattr(hint, "__origin__", None)
    inner: Any = getattr(hint, "__args__", ())
    if origin is Union:  # Optional is all that the model has of these
        return None if value is None else _value(inner[0], value, name)
    if origin is tuple:
        return _several(inner, value, name)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint is not LanguageTag:
        return _record(hint, value, name)
    if hint is bool and isinstance(value, bool):
        return value
    if hint is float and is_number(value, -float(MOST_BYTES), float(MOST_BYTES)):
        return float(value)
    if hint is int and type(value) is int and abs(value) < 2**63:
        return value
    if isinstance(value, str) and len(value) <= LONGEST_PATH:
        return _of_text(hint, value, name)
    raise _wrong(name)


def _several(inner: Any, value: Any, name: str) -> Any:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise _wrong(name)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_value(inner[0], item, name) for item in value)
    if len(inner) != len(value):
        raise _wrong(name)
    return tuple(_value(hint, item, name) for hint, item in zip(inner, value))


def _of_text(hint: Any, value: str, name: str) -> Any:
    if hint is str:
        return value
    if hint is Path:
        return Path(value)
    if hint is LanguageTag or (isinstance(hint, type) and issubclass(hint, Enum)):
        try:
            return hint(value)
        except ValueError as error:
            raise _wrong(name) from error
    raise _wrong(name)


def _wrong(name: str) -> WrongField:
    return WrongField(
        Sentence("What the master says of a film cannot be right: {field}.", field=name)
    )
