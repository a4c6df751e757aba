"""What can go wrong with the database: a part of the tree of core.errors."""

from __future__ import annotations

from core.errors import MediaProcessorError
from core.text.sentence import Sentence


class StoreError(MediaProcessorError):
    """The database cannot be used."""

    code = "store"

    def __init__(self, path: object, problem: str) -> None:
        self.path, self.problem = str(path), problem
        super().__init__(Sentence("Database {path}: {problem}", path=self.path, problem=problem))


class StoreUnavailable(StoreError):
    """The database cannot be used just now: its disk is full, read-only or fails."""

    code = "store_unavailable"
    transient = True


class StoreGone(StoreUnavailable):
    """The file was deleted or replaced meanwhile: what is written to it succeeds and is lost."""

    code = "store_gone"

    def __init__(self, path: object) -> None:
        super().__init__(
            path,
            Sentence(
                "it was deleted or replaced, or its disk went away. Nothing is begun or replaced until it is "
                "back; start the program again to begin a new one."
            ),
        )


class StoreBusy(StoreError):
    """Another program keeps the database locked; it may let go of it later."""

    code = "store_busy"
    transient = True

    def __init__(self, path: object) -> None:
        super().__init__(
            path,
            Sentence("another program keeps it locked. Close that program, or try again later."),
        )
