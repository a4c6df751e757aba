"""One sentence about how a run of the queue went."""

from __future__ import annotations

from core.events import QueueEmptied
from views.numbers import count_text, size_text
from views.texts import _, ngettext


def emptied_text(run: QueueEmptied) -> str:
    """Return what is told when the last film has ended; what there was none of is left out."""
    told = []
    if run.completed:
        text = ngettext("{number} film done", "{number} films done", run.completed)
        told.append(text.format(number=count_text(run.completed)))
    if run.saved > 0:
        told.append(_("{size} saved").format(size=size_text(run.saved)))
    if run.failed:
        text = ngettext("{number} film failed", "{number} films failed", run.failed)
        told.append(text.format(number=count_text(run.failed)))
    if run.skipped:
        text = ngettext("{number} film skipped", "{number} films skipped", run.skipped)
        told.append(text.format(number=count_text(run.skipped)))
    return _("The queue is done: {what}.").format(what=", ".join(told))
