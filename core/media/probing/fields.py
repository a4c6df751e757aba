"""Single values out of MediaInfo's answer, whose lists are joined with " / "."""

from __future__ import annotations

from typing import Any, Mapping, Optional

Fields = Mapping[str, Any]


def text(fields: Fields, key: str) -> str:
    """One value as text; empty when it is not there."""
    value = fields.get(key)
    return "" if value is None else str(value)


def number(fields: Fields, key: str) -> Optional[float]:
    """The first number of a value, which may be a list such as ``8 / 6``; None when there is none."""
    try:
        return float(text(fields, key).split(" / ")[0])
    except ValueError:
        return None


def seconds(fields: Fields, key: str) -> Optional[float]:
    """A value in milliseconds, as seconds."""
    milliseconds = number(fields, key)
    return None if milliseconds is None else milliseconds / 1000


def kilobits(fields: Fields, key: str) -> Optional[float]:
    """A value in bit/s, as kbit/s; None for nothing."""
    bits = number(fields, key)
    return bits / 1000 if bits else None
