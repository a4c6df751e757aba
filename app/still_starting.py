"""What is said to a command that comes while the program still starts."""

from __future__ import annotations

from core.errors import MediaProcessorError
from core.text.sentence import Sentence


class StillStarting(MediaProcessorError):
    """The program has not put right yet what its last run left behind."""

    code = "still_starting"
    transient = True

    def __init__(self) -> None:
        super().__init__(Sentence("The program is still starting; ask again in a moment."))
