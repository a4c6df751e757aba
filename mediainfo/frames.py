"""How the program and a MediaInfo child talk: frames of JSON, each after its length in four bytes."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Optional

Message = Dict[str, Any]

# The word that makes a process of this program such a child.
CHILD = "--mediainfo-child"

# Asks for the seconds that a child has ``computed`` at its film; it answers that also while it is at it.
HOW_LONG: Message = {"how_long": True}

_LENGTH = 4


def packed(message: Message) -> bytes:
    """A message as a frame; names that are no Unicode come through as Python has them."""
    data = json.dumps(message, separators=(",", ":")).encode("ascii")
    return len(data).to_bytes(_LENGTH, "big") + data


def next_message(read: Callable[[int], bytes]) -> Optional[Message]:
    """Read one message; None at the end. ``read`` gives so many bytes at most, none at the end."""
    length = _exactly(read, _LENGTH)
    data = length and _exactly(read, int.from_bytes(length, "big"))
    if not data:
        return None
    message: Message = json.loads(data)
    return message


def _exactly(read: Callable[[int], bytes], count: int) -> bytes:
    """So many bytes, or none where the other end has gone before."""
    pieces = b""
    while len(pieces) < count:
        piece = read(count - len(pieces))
        if not piece:
            return b""
        pieces += piece
    return pieces
