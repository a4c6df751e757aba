"""The few distances that everything in a window keeps, in pixels of a 96 dpi screen (``Look.px``).

A page has one left edge: its title, fields, buttons and tables begin there.
"""

from __future__ import annotations

EDGE = 12  # between a window's rim, or that of a page, and what stands in it
GAP = 6  # between things that stand beside each other
GROUP = 16  # between groups of things that stand beside each other
LINE = 4  # between lines that are read together
ROW = 8  # between rows that belong together
FIELD = 12  # between the fields of a form
SECTION = 20  # above what begins something new
QUESTION = 18  # around a question's text and buttons
