"""Several jobs that are changed together: all of them, or none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Callable, Iterator

from store.connection import Database


@contextmanager
def all_or_none(database: Database, tell_again: Callable[[], None]) -> Iterator[None]:
    """Undo what the block wrote where it fails; what it has told of jobs is told anew then, as they are."""
    try:
        with database.transaction(full_sync=True):
            yield
    except BaseException:
        tell_again()
        raise
