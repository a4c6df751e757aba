"""A thin row of segments, one for each chunk of a film: made, in hand here or elsewhere, waiting.

It is one image that is drawn in one go, however many chunks there are.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, List, Sequence, Tuple

from core.chunk_progress import ChunkPhase, ChunkProgress
from views.chunk_texts import chunks_tip
from views.palette import Palette, between
from views.theme import Look
from views.tooltip import Tooltip

_HEIGHT = 5  # pixels of a 96 dpi screen
_APART = 4  # pixels that a segment needs to be told from the next by a gap


class ChunkRow(ttk.Label):
    """Empty and as high as ever while a film is in one piece; ``machine_name`` as on a job's card."""

    def __init__(
        self, parent: tk.Misc, look: Look, machine_name: Callable[[str], str], style: str
    ) -> None:
        super().__init__(parent, style=style)
        self._look = look
        self._height = look.px(_HEIGHT)
        self._image = tk.PhotoImage(master=self, width=1, height=self._height)
        self.configure(image=self._image)
        self.chunks: Tuple[ChunkProgress, ...] = ()
        self._drawn: Tuple[object, ...] = ()
        Tooltip(self, look, lambda: chunks_tip(self.chunks, machine_name))
        for event in ("<Configure>", "<<ThemeChanged>>"):
            self.bind(event, lambda _event: self._draw())

    def show(self, chunks: Tuple[ChunkProgress, ...]) -> None:
        """Show how far these are."""
        self.chunks = chunks
        self._draw()

    def _draw(self) -> None:
        """Draw what is new: each segment's colour is worked out, and all go to the screen at once."""
        width = self.winfo_width() - 2 if self.chunks else 1
        colors = pixel_colors(self.chunks, max(1, width), self._look.palette)
        drawn = (width, tuple(colors))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self._image.configure(width=max(1, width), height=self._height)
        self._image.blank()
        if self.chunks:
            self._image.put("{" + " ".join(colors) + "}", to=(0, 0, width, self._height))


def pixel_colors(chunks: Sequence[ChunkProgress], width: int, palette: Palette) -> List[str]:
    """Return the colours of a row that is so many pixels wide; a chunk takes its share of the film."""
    total = sum(chunk.length for chunk in chunks)
    if not chunks or total <= 0:
        return [palette.surface] * width
    colors: List[str] = []
    gap = 1 if width / len(chunks) >= _APART else 0
    passed = 0.0
    for chunk in chunks:
        passed += chunk.length
        pixels = round(width * passed / total) - len(colors)
        last = chunk is chunks[-1]
        colors += _segment(chunk, max(0, pixels - (0 if last else gap)), palette)
        colors += [palette.surface] * min(gap, max(0, pixels)) if not last else []
    return colors


def _segment(chunk: ChunkProgress, pixels: int, palette: Palette) -> List[str]:
    full = palette.success if chunk.machine else palette.accent
    if chunk.phase is ChunkPhase.DONE:
        return [full] * pixels
    if chunk.phase is ChunkPhase.WAITING:
        return [palette.raised] * pixels
    made = round(pixels * min(max(chunk.share, 0.0), 1.0))
    return [full] * made + [between(full, palette.surface, 0.6)] * (pixels - made)
