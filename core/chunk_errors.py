"""What can go wrong with a film in chunks. Neither costs the film: it is encoded in one piece then."""

from __future__ import annotations

from core.errors import MediaProcessorError
from core.text.sentence import Sentence


class ChunkUnproven(MediaProcessorError):
    """A finished chunk is not what it must be; ``chunk`` counts from 0."""

    code = "chunk_unproven"

    def __init__(self, chunk: int, problem: str) -> None:
        self.chunk, self.problem = chunk, problem
        super().__init__(
            Sentence("Chunk {number} of the video {problem}", number=chunk + 1, problem=problem)
        )


class JoinUnproven(MediaProcessorError):
    """The chunks were joined, and what came of it is not the film's picture."""

    code = "join_unproven"

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(Sentence("The joined video {problem}", problem=problem))
