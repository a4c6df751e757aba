"""What the user never wants touched: single films, and folders with all that is in and below them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from core.text.sentence import Sentence


class ExclusionCause(str, Enum):
    """How something came onto the list."""

    ASKED = "asked"  # the user named it
    RESTORED = "restored"  # its original came back and is to be left alone


@dataclass(frozen=True)
class Exclusion:
    """One film or folder that is left alone.

    A film is known by its path and by its ``size`` (bytes) and ``content`` (``core.media.content``), so that
    it stays excluded under another name. ``added_at`` in seconds since the epoch; ``note`` is the user's.
    """

    path: Path
    is_folder: bool = False
    cause: ExclusionCause = ExclusionCause.ASKED
    note: str = ""
    added_at: float = 0.0
    size: int = 0
    content: str = ""
    id: int = 0


def excluded_sentence(film: Path, exclusion: Exclusion) -> Sentence:
    """Return why this film is not touched, and what to do where it is to be."""
    if exclusion.is_folder:
        return Sentence(
            "{film} is never touched: its folder {folder} is on the list of exclusions. Take it off that "
            "list first.",
            film=str(film),
            folder=str(exclusion.path),
        )
    if exclusion.path != film:
        return Sentence(
            "{film} is never touched: it is the film that is on the list of exclusions as {listed}. Take it "
            "off that list first.",
            film=str(film),
            listed=str(exclusion.path),
        )
    return Sentence(
        "{film} is never touched: it is on the list of exclusions. Take it off that list first.",
        film=str(film),
    )


def excluded_reason(film: Path, exclusion: Exclusion) -> Sentence:
    """Return the same for a place that shows the film already, such as its row."""
    if exclusion.is_folder:
        return Sentence(
            "Never touched: its folder {folder} is on the list of exclusions. Take it off that list first.",
            folder=str(exclusion.path),
        )
    if exclusion.path != film:
        return Sentence(
            "Never touched: it is the film that is on the list of exclusions as {listed}. Take it off that "
            "list first.",
            listed=str(exclusion.path),
        )
    return Sentence("Never touched: it is on the list of exclusions. Take it off that list first.")
