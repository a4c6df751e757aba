"""How one machine's folders are called on another: pairs of prefixes, written ``theirs=>ours``."""

from __future__ import annotations

from typing import Tuple

SEPARATOR = "=>"


def parse_mapping(text: str) -> Tuple[str, str]:
    """Read one pair: the other machine's folder and ours; raises ValueError with what is wrong."""
    theirs, separator, ours = (part.strip() for part in text.partition(SEPARATOR))
    if not (theirs and separator and ours):
        raise ValueError(f"{text.strip()!r} is no pair of folders; write /films=>/mnt/films.")
    return theirs, ours
