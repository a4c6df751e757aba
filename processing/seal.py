"""Seals a verified result, so that a change of its bytes is noticed just before the swap.

Size and time say nothing where a program keeps both. On POSIX systems the time of the last change of
a file (its ``ctime``) cannot be set by a program and moves at every write; Windows does not tell it to
Python. Samples of the content are compared everywhere. Both cost next to nothing; a hash over all bytes
would cost one more reading of the result.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from core.media.content import content_id

# Read at each place, in bytes. The samples of ``core.media.content`` know a film again; these lie closer.
_SAMPLE = 4096
_PLACES = 64
_BLOCK = 1024 * 1024  # bytes


@dataclass(frozen=True)
class Seal:
    """What identifies a result's bytes; ``changed_ns`` is 0 where the system does not provide it."""

    content: str
    changed_ns: int

    def as_data(self) -> Dict[str, Any]:
        """Return the seal in JSON's types."""
        return asdict(self)


def seal_of(path: Path) -> Seal:
    """Return the seal of a result as it is now; raises OSError."""
    with path.open("rb") as file:
        size = path.stat().st_size
        last = max(0, size - _SAMPLE)
        offsets = {last * number // (_PLACES - 1) for number in range(_PLACES)}
        samples = []
        for offset in sorted(offsets):
            file.seek(offset)
            samples.append(file.read(_SAMPLE))
    changed = 0 if sys.platform == "win32" else path.stat().st_ctime_ns
    return Seal(content_id(size, tuple(samples)), changed)


def hash_of(path: Path) -> str:
    """Return a BLAKE2b hash over all bytes of a file, for what may lie about for days; raises OSError."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def seal_from(data: Optional[Mapping[str, Any]]) -> Optional[Seal]:
    """Read what ``as_data`` gave; None where there is none, as of a result of an older version."""
    return Seal(str(data["content"]), int(data["changed_ns"])) if data else None
