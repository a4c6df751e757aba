"""The protocol between the program and a MediaInfo child: JSON, each after its length in four bytes.

A question is ``films`` (paths) and, for a line of text instead of the whole report, a ``template``. It is
answered by ``answers``, one for each film in their order, sent together: two messages for many films.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Optional

Message = Dict[str, Any]

# The argument that makes a process of this program such a child.
CHILD = "--mediainfo-child"

# Asks for the answers that there are so far, for the seconds that have ``passed`` since the present film
# was begun, and for those that the child has ``computed`` of them; answered while it works.
HOW_LONG: Message = {"how_long": True}

_LENGTH = 4


def packed(message: Message) -> bytes:
    """Return a message as a frame; names that are not Unicode keep Python's surrogates."""
    data = json.dumps(message, separators=(",", ":")).encode("ascii")
    return len(data).to_bytes(_LENGTH, "big") + data


def next_message(read: Callable[[int], bytes]) -> Optional[Message]:
    """Read one message; None at the end. ``read`` returns at most that many bytes, none at the end."""
    length = _exactly(read, _LENGTH)
    data = length and _exactly(read, int.from_bytes(length, "big"))
    if not data:
        return None
    message: Message = json.loads(data)
    return message


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    """Return exactly ``count`` bytes, or none where the stream ends before."""
    pieces = b""
    while len(pieces) < count:
        piece = read(count - len(pieces))
        if not piece:
            return b""
        pieces += piece
    return pieces
