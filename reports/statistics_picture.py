"""The charts of the statistics as a picture."""

from __future__ import annotations

import io
import unicodedata
from contextlib import suppress
from typing import Any, Dict, Protocol, Sequence

from core.reporting.charts import Box, Chart, Line, Mark, Shape, layout, needed_height

# Fonts of Windows, Linux and macOS that have all letters of Europe; Pillow finds them by their names.
_FONTS = ("segoeui.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Arial")
_SIZE = 15  # pixels
_LINE = 20.0
_ANCHORS = {"w": "lm", "e": "rm", "center": "mm"}
_INSTEAD = {"×": "x", "–": "-", "…": "..."}  # where the font has letters of English alone


class RoleColors(Protocol):
    """The colours of a picture."""

    def __call__(self, role: str, /) -> str:
        """Return the colour of a mark's role, or of the "window" behind them, as ``#rrggbb``."""


class _Pen:
    """Draws on a picture."""

    def __init__(self, picture: Any, colors: RoleColors, typeface: Typeface) -> None:
        from PIL import ImageDraw

        self._draw = ImageDraw.Draw(picture)
        self._colors = colors
        self._type = typeface

    def title(self, top: float, text: str) -> None:
        """Write a chart's title."""
        self._write(20, top + 24, text, "text", "lm")

    def draw(self, mark: Mark, dx: float, dy: float) -> None:
        """Draw a mark of a chart that begins at this place."""
        color = self._colors(mark.role.value)
        if isinstance(mark, Line):
            self._draw.line([mark.x1 + dx, mark.y1 + dy, mark.x2 + dx, mark.y2 + dy], fill=color)
        elif isinstance(mark, Box):
            low, high = sorted((mark.y1, mark.y2))
            self._draw.rectangle([mark.x1 + dx, low + dy, mark.x2 + dx, high + dy], fill=color)
        elif isinstance(mark, Shape):
            self._draw.polygon([(x + dx, y + dy) for x, y in mark.points], fill=color)
        else:
            anchor = _ANCHORS.get(mark.anchor, "lm")
            self._write(mark.x + dx, mark.y + dy, mark.text, mark.role.value, anchor)

    def _write(self, x: float, y: float, text: str, role: str, anchor: str) -> None:
        options: Dict[str, Any] = {"anchor": anchor} if self._type.scalable else {}
        self._draw.text(
            (x, y),
            self._type.fit(text),
            fill=self._colors(role),
            font=self._type.font,
            **options,
        )


class Typeface:
    """The best font that this machine has."""

    def __init__(self, names: Sequence[str] = _FONTS) -> None:
        from PIL import ImageFont, features

        self.scalable = bool(features.check("freetype2"))
        self.complete = False
        self.font: Any = None
        for name in names if self.scalable else ():
            with suppress(OSError):
                self.font = ImageFont.truetype(name, _SIZE)
                self.complete = True
                return
        self.font = ImageFont.load_default(_SIZE) if self.scalable else ImageFont.load_default()

    def fit(self, text: str) -> str:
        """Return what of a text this font can show; Pillow's own has the letters of English alone."""
        if self.complete:
            return text
        plain = "".join(_INSTEAD.get(letter, letter) for letter in text)
        letters = unicodedata.normalize("NFKD", plain)
        bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
        return bare.encode("ascii", "replace").decode("ascii")

    def width(self, text: str) -> float:
        """Return how many pixels wide a text is."""
        return float(self.font.getlength(self.fit(text)))


def png_of(charts: Sequence[Chart], colors: RoleColors, width: int = 900) -> bytes:
    """Return the charts below each other as a picture in PNG.

    Raises ImportError where Pillow is not installed.
    """
    from PIL import Image

    heights = [int(needed_height(chart, _LINE) or 280) + 60 for chart in charts]
    picture = Image.new("RGB", (width, sum(heights)), colors("window"))
    typeface = Typeface()
    pen = _Pen(picture, colors, typeface)
    top = 0
    for chart, height in zip(charts, heights):
        pen.title(top, chart.title)
        for mark in layout(chart, width - 40, height - 60, typeface.width, _LINE):
            pen.draw(mark, 20, top + 44)
        top += height
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
