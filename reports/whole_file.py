"""A file that the user asked for: written whole, or not at all."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator

from core.system_errors import not_written


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the block a name beside ``path`` to write to, which takes that name when all is written.

    Raises FolderNotWritable for the system's errors; after any error what was there before is still there,
    and nothing else.
    """
    staged = path.with_name(f"{path.name}.partial")
    try:
        yield staged
        staged.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            staged.unlink()
        if isinstance(error, OSError):
            raise not_written(path, error) from error
        raise


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises FolderNotWritable."""
    with whole_file(path) as staged:
        staged.write_bytes(content)
