"""What commands that work for minutes have in common: a bar on the terminal, and a polite end."""

from __future__ import annotations

import signal
from contextlib import contextmanager, nullcontext
from typing import Any, ContextManager, Iterator, Optional

from commandline.output import Output
from core.text.formatting import visible

_BAR = "{desc} {percentage:3.0f}% |{bar}|"


def progress_bar(output: Output, doing: str) -> ContextManager[Optional[Any]]:
    """A bar of a hundred percent, of tqdm; None where nobody watches."""
    if not output.interactive:
        return nullcontext(None)
    from tqdm import tqdm

    made: ContextManager[Optional[Any]] = tqdm(
        total=100, bar_format=_BAR, file=output.bar_stream, leave=False, desc=visible(doing)
    )
    return made


@contextmanager
def ends_politely() -> Iterator[None]:
    """The polite end (SIGTERM) is the same as Ctrl+C: the encoders end, and their files go."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
