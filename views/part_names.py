"""The parts of the program, by name in the language in use."""

from __future__ import annotations

from views.shown import visible
from views.texts import N_, _

# Parts of the program that are not the window's own, as they call themselves.
PARTS = (N_("Queue"), N_("Network"), N_("Nodes"), N_("Slave"), N_("Folder list"))
PARTS_WITH = {
    "Worker": N_("Worker {which}"),
    "Planner": N_("Planner {which}"),
    "Folder": N_("Folder {which}"),
}


def part_text(name: str) -> str:
    """What a part of the program is called in the language in use: ``Worker 2``."""
    word, _space, rest = name.partition(" ")
    if name in PARTS:
        return _(name)
    return visible(_(PARTS_WITH[word]).format(which=rest) if word in PARTS_WITH and rest else name)
