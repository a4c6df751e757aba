"""What can go wrong when a film's quality is measured. None of it costs the film."""

from __future__ import annotations

from core.errors import MediaProcessorError
from core.text.sentence import Sentence


class NotComparable(MediaProcessorError):
    """A result's pictures cannot be laid over the film's one by one, so there is no score."""

    code = "not_comparable"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(Sentence("The quality could not be measured: {problem}", problem=problem))
