"""docs/schemas/protocol.json as the judge of every message that is really sent."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, List, Set

import jsonschema

from core.protocol.messages import Message

PATH = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "protocol.json"
SCHEMA: Any = json.loads(PATH.read_text("utf-8"))
VALIDATOR: Any = jsonschema.Draft202012Validator(SCHEMA)
KINDS_SENT: Set[str] = set()


@contextmanager
def watched_messages() -> Iterator[None]:
    """Hold every message that is written inside the block against the schema."""
    wrong: List[str] = []
    guard = threading.Lock()
    encode = Message.encode

    def watched(message: Message) -> str:
        text = encode(message)
        found = [error.message for error in VALIDATOR.iter_errors(json.loads(text))]
        with guard:
            KINDS_SENT.add(message.type.value)
            wrong.extend(f"{text[:300]}: {problem[:300]}" for problem in found)
        return text

    setattr(Message, "encode", watched)  # noqa: B010
    try:
        yield
    finally:
        setattr(Message, "encode", encode)  # noqa: B010
    assert not wrong, wrong[:3]
