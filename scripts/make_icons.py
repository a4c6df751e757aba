"""Draws the icons of commands and of states into assets/icons, as masks in the sizes of usual screens.

``python scripts/make_icons.py`` after a change here. Each icon is lines with round ends and filled
shapes on a grid of 24; the window gives them their colour when it loads them (views/icons.py).
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # our statistics.py before the standard library's

from views.indicators import grey_png  # noqa: E402

SIZES = (16, 20, 24, 32)  # pixels, at 96, 120, 144 and 192 dpi
FOLDER = ROOT / "assets" / "icons"
_SAMPLES = 5  # in each direction of a pixel
_STROKE = 1.9  # of 24
Point = Tuple[float, float]
Line = List[Point]


def arc(x: float, y: float, radius: float, begin: float, end: float) -> Line:
    """Part of a circle; degrees, clockwise from the right."""
    count = max(8, round(abs(end - begin) / 6))
    steps = (math.radians(begin + (end - begin) * step / count) for step in range(count + 1))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in steps]


def box(left: float, top: float, right: float, bottom: float) -> Line:
    """A closed rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


CIRCLE = arc(12, 12, 9, 0, 360)
FOLDER_LINE: Line = [
    *((3, 18.5), (3, 5.5), (9, 5.5), (11.5, 8.5), (21, 8.5), (21, 18.5), (3, 18.5)),
]
FILM: List[Line] = [box(3, 5, 21, 19), [(8, 5), (8, 19)], [(16, 5), (16, 19)], [(3, 9.7), (8, 9.7)]]
FILM += [[(3, 14.3), (8, 14.3)], [(16, 9.7), (21, 9.7)], [(16, 14.3), (21, 14.3)]]
PLUS: List[Line] = [[(12, 5), (12, 19)], [(5, 12), (19, 12)]]
# Lines by the icon's name; what stands in FILLED is filled as well.
LINES: Dict[str, Sequence[Line]] = {
    "play": [[(7, 4.5), (19, 12), (7, 19.5), (7, 4.5)]],
    "pause": [box(6.5, 5, 9, 19), box(15, 5, 17.5, 19)],
    "stop": [box(6, 6, 18, 18)],
    "finish": [[(4, 5), (14, 12), (4, 19), (4, 5)], [(19.5, 5), (19.5, 19)]],
    "add": PLUS,
    "folder": [FOLDER_LINE],
    "add-folder": [FOLDER_LINE, [(12, 10.8), (12, 16.4)], [(9.2, 13.6), (14.8, 13.6)]],
    "film": FILM,
    "eye": [arc(12, 18, 11, 213, 327), arc(12, 6, 11, 33, 147), arc(12, 12, 3, 0, 360)],
    "search": [arc(10.5, 10.5, 6.5, 0, 360), [(15.3, 15.3), (20.5, 20.5)]],
    "settings": [
        [(3, 7), (13, 7)],
        [(19, 7), (21, 7)],
        arc(16, 7, 2.6, 0, 360),
        [(3, 17), (5, 17)],
        [(11, 17), (21, 17)],
        arc(8, 17, 2.6, 0, 360),
    ],
    "machines": [box(3, 4, 21, 16), [(12, 16), (12, 20)], [(8, 20), (16, 20)]],
    "archive": [
        box(3, 4, 21, 8.5),
        [(5, 8.5), (5, 20), (19, 20), (19, 8.5)],
        [(9.5, 12.5), (14.5, 12.5)],
    ],
    "restore": [arc(12, 12, 8, -130, -410), [(6.4, 1.8), (6.4, 6.2), (10.8, 6.6)]],
    "retry": [arc(12, 12, 8, -50, 230), [(17.6, 1.8), (17.6, 6.2), (13.2, 6.6)]],
    "remove": [
        [(4, 7), (20, 7)],
        [(9, 7), (9, 4), (15, 4), (15, 7)],
        [(6, 7), (7, 20.5), (17, 20.5), (18, 7)],
        [(10, 11), (10, 16.5)],
        [(14, 11), (14, 16.5)],
    ],
    "info": [CIRCLE, [(12, 11), (12, 16.5)], [(12, 7.6), (12, 7.7)]],
    "log": [
        box(5, 3, 19, 21),
        [(8.5, 8), (15.5, 8)],
        [(8.5, 12), (15.5, 12)],
        [(8.5, 16), (12.5, 16)],
    ],
    "cancel": [CIRCLE, [(8.7, 8.7), (15.3, 15.3)], [(15.3, 8.7), (8.7, 15.3)]],
    "up": [[(12, 19.5), (12, 5)], [(6, 11), (12, 5), (18, 11)]],
    "down": [[(12, 4.5), (12, 19)], [(6, 13), (12, 19), (18, 13)]],
    "top": [[(5, 4), (19, 4)], [(12, 20.5), (12, 8.5)], [(6, 14), (12, 8.5), (18, 14)]],
    "bottom": [[(5, 20), (19, 20)], [(12, 3.5), (12, 15.5)], [(6, 10), (12, 15.5), (18, 10)]],
    "help": [
        CIRCLE,
        [*arc(12, 9.6, 2.7, 180, 395), (12, 12.2), (12, 13.8)],
        [(12, 16.8), (12, 16.9)],
    ],
    "health": [[(2.5, 12), (7.5, 12), (10, 5.5), (14, 18.5), (16.5, 12), (21.5, 12)]],
    "save": [
        [(12, 3.5), (12, 14.5)],
        [(7, 10), (12, 14.5), (17, 10)],
        [(4, 15), (4, 20), (20, 20), (20, 15)],
    ],
    "exit": [
        [(9, 20.5), (4, 20.5), (4, 3.5), (9, 3.5)],
        [(9, 12), (20.5, 12)],
        [(15.5, 7), (20.5, 12), (15.5, 17)],
    ],
    # States of films and machines, in tables.
    "done": [CIRCLE, [(7.8, 12.3), (10.8, 15.3), (16.4, 9.2)]],
    "waiting": [CIRCLE, [(12, 6.8), (12, 12.2), (15.8, 14.4)]],
    "skipped": [CIRCLE, [(8, 12), (16, 12)]],
    "warning": [
        [(12, 3.5), (21.5, 20), (2.5, 20), (12, 3.5)],
        [(12, 9.8), (12, 14.4)],
        [(12, 17), (12, 17.1)],
    ],
    "unknown": [arc(12, 12, 9, 45 * step, 45 * step + 20) for step in range(8)],
    "shrink": [
        [(4, 4), (20, 4)],
        [(4, 20), (20, 20)],
        [(12, 7.5), (12, 16.5)],
        [(8.5, 13), (12, 16.5), (15.5, 13)],
    ],
    "off": [CIRCLE, [(5.8, 5.8), (18.2, 18.2)]],
    "audio": [
        [(3.5, 9.5), (7.5, 9.5), (12, 5), (12, 19), (7.5, 14.5), (3.5, 14.5), (3.5, 9.5)],
        arc(12, 12, 4.5, -50, 50),
        arc(12, 12, 8.5, -50, 50),
    ],
    "subtitle": [
        box(3, 5, 21, 19),
        [(6.5, 12), (12, 12)],
        [(15, 12), (17.5, 12)],
        [(6.5, 15.5), (9.5, 15.5)],
        [(12.5, 15.5), (17.5, 15.5)],
    ],
    "copy": [box(8, 8, 20, 20), [(8, 16), (4, 16), (4, 4), (16, 4), (16, 8)]],
    "label": [
        [(3.5, 3.5), (12, 3.5), (20.5, 12), (12, 20.5), (3.5, 12), (3.5, 3.5)],
        arc(8, 8, 1.2, 0, 360),
    ],
    "statistics": [
        [(4, 20.5), (20.5, 20.5)],
        [(6.5, 20), (6.5, 12)],
        [(12, 20), (12, 4.5)],
        [(17.5, 20), (17.5, 8.5)],
    ],
}
FILLED = ("play", "pause", "stop")


def mask(lines: Sequence[Line], size: int, *, filled: bool) -> bytes:
    """How much of each pixel the icon covers, a byte each."""
    found = bytearray()
    for y in range(size):
        for x in range(size):
            hits = 0
            for step in range(_SAMPLES * _SAMPLES):
                point = (
                    (x + (step % _SAMPLES + 0.5) / _SAMPLES) * 24 / size,
                    (y + (step // _SAMPLES + 0.5) / _SAMPLES) * 24 / size,
                )
                hits += any(_covers(line, point, filled) for line in lines)
            found.append(round(255 * hits / _SAMPLES**2))
    return bytes(found)


def _covers(line: Line, point: Point, filled: bool) -> bool:
    pairs = list(zip(line, line[1:]))
    if any(_distance(point, begin, end) < _STROKE / 2 for begin, end in pairs):
        return True
    return filled and _inside(point, pairs)


def _inside(point: Point, pairs: Sequence[Tuple[Point, Point]]) -> bool:
    """By how often a ray to the right leaves the shape."""
    crossings = 0
    for (x1, y1), (x2, y2) in pairs:
        if (y1 > point[1]) != (y2 > point[1]):
            crossings += point[0] < x1 + (point[1] - y1) * (x2 - x1) / (y2 - y1)
    return crossings % 2 == 1


def _distance(point: Point, begin: Point, end: Point) -> float:
    dx, dy = end[0] - begin[0], end[1] - begin[1]
    length = dx * dx + dy * dy
    along = ((point[0] - begin[0]) * dx + (point[1] - begin[1]) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - begin[0] - along * dx, point[1] - begin[1] - along * dy)


def main() -> None:
    """Draw all of them."""
    for size in SIZES:
        folder = FOLDER / str(size)
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in LINES.items():
            data = grey_png(size, mask(lines, size, filled=name in FILLED))
            (folder / f"{name}.png").write_bytes(data)
    print(f"{len(LINES)} icons in {len(SIZES)} sizes in {FOLDER}")


if __name__ == "__main__":
    main()
