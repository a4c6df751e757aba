"""The pictures of films that are looked at: in the library, before they are queued, and as kept originals.

They know what a library and a plan are, which the queue's page has no need to load.
"""

from __future__ import annotations

from typing import Dict

from core.library.film import FilmHealth, LibraryFilm, LibraryState
from core.planning.preview import PreviewOutcome
from core.reporting.kept_listing import KeptState
from views.table_parts import Sign

OF_LIBRARY: Dict[LibraryState, Sign] = {
    LibraryState.TO_PROCESS: Sign("shrink", "accent"),
    LibraryState.PENDING: Sign("waiting"),
    LibraryState.PROCESSED: Sign("done", "success"),
    LibraryState.LEFT_ALONE: Sign("skipped", "muted"),
    LibraryState.UNREADABLE: Sign("warning", "error"),
    LibraryState.UNKNOWN: Sign("unknown", "muted"),
}
OF_OUTCOMES: Dict[PreviewOutcome, Sign] = {
    PreviewOutcome.ENCODE: Sign("shrink", "accent"),
    PreviewOutcome.COPY: Sign("copy", "accent"),
    PreviewOutcome.NAMES: Sign("label", "accent"),
    PreviewOutcome.NOTHING: Sign("done", "success"),
    PreviewOutcome.NO_GAIN: Sign("skipped", "muted"),
    PreviewOutcome.LEFT_ALONE: Sign("skipped", "muted"),
    PreviewOutcome.UNREADABLE: Sign("warning", "error"),
}
OF_KEPT: Dict[KeptState, Sign] = {
    KeptState.KEPT: Sign("archive", "muted"),
    KeptState.MISSING: Sign("warning", "error"),
    KeptState.UNKNOWN: Sign("help", "muted"),
}


def of_film(film: LibraryFilm) -> Sign:
    """Return the picture of a film of the library: damage says more than what would be done."""
    if film.health in (FilmHealth.DAMAGED, FilmHealth.UNREADABLE):
        return OF_LIBRARY[LibraryState.UNREADABLE]
    return OF_LIBRARY[film.state]
