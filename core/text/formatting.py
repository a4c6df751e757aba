"""Formats sizes and durations for people, and makes text safe to show."""

from __future__ import annotations

from typing import Optional


def size_text(size: Optional[float]) -> str:
    """Bytes in the unit that reads best (1 MB is a million bytes); empty for None."""
    if size is None:
        return ""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(size) >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size:.0f} byte" if round(size) == 1 else f"{size:.0f} bytes"


def duration_text(seconds: float) -> str:
    """Hours, minutes and seconds, hours only where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def saved_text(before: int, after: int) -> str:
    """How much smaller ``after`` is, as bytes and a share."""
    share = (before - after) / before if before else 0.0
    return f"{size_text(before - after)} ({share:.0%})"


def visible(text: object) -> str:
    """Text without control characters and broken characters: they are shown as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in str(text)
    )


def counted(number: int, noun: str) -> str:
    """A number with its noun, of which ``noun`` is the singular: "1 film", "10,000 films"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
