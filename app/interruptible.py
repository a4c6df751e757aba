"""Work that hears Ctrl+C: it is done in another thread, whose end is waited for whatever comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Callable, TypeVar

from processing.control import JobControl

Result = TypeVar("Result")
_PATIENCE = 0.2  # seconds between two looks whether the user has pressed Ctrl+C


def interruptible(work: Callable[[], Result], control: JobControl, thread_name: str) -> Result:
    """Do it and return its result.

    Whatever ends the call (Ctrl+C), ``control`` is cancelled and the work has ended when it returns.
    """
    with ThreadPoolExecutor(1, thread_name_prefix=thread_name) as worker:
        working = worker.submit(work)
        try:
            while not working.done():  # on Windows a wait without an end hears no Ctrl+C
                wait([working], timeout=_PATIENCE)
        except BaseException:
            control.cancel()
            raise
        return working.result()
