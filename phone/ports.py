"""What the page for the phone shows and does, as its server asks for it."""

from __future__ import annotations

from typing import Optional, Protocol, Tuple

from phone.access import TokenGate
from phone.connection import PhoneConnection


class PhoneDesk(Protocol):
    """Knows how the program is, and takes commands; called in the threads of the server."""

    def state(self, language: str) -> bytes:
        """Return all that the page shows as JSON, its sentences in this language (ISO 639-1).

        Raises MediaProcessorError where the database cannot be read.
        """

    def do(self, command: str, job_id: Optional[int]) -> str:
        """Do what a button says (``phone.texts.PhoneCommand``) and return what to tell, "" for nothing.

        Raises ValueError for a command that there is not, MediaProcessorError where it cannot be done.
        """


class PhoneHost(Protocol):
    """Whose callers a handler serves; ``phone.server.PhoneServer``."""

    gate: TokenGate
    desk: PhoneDesk
    names: Tuple[str, ...]  # of this machine

    def let_in(self, caller: PhoneConnection) -> bool:
        """Note that this caller knows the token; False where there are too many of those already."""
