"""Which films of a list are shown: those in a folder, of a size, with a codec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class FilmFilter:
    """What a film must fit to be listed; everything is, where nothing is given.

    ``folder`` is a whole path, for the films in it and in the folders below, or a part of one. Sizes are the
    original's in bytes, both bounds included. ``codec`` is that of the film's video as ffmpeg names it
    (``hevc``), "" for films of which it is not known yet; None for all.
    """

    folder: str = ""
    smallest: Optional[int] = None
    largest: Optional[int] = None
    codec: Optional[str] = None

    @property
    def on(self) -> bool:
        """Whether it can leave a film out."""
        return self != FilmFilter()
