"""The parts of the queue that its master's work is done with."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Callable

from scheduling.attempt import Attempts
from scheduling.queue_estimate import Outlook
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from scheduling.workers import Workforce
from store.connection import Database
from store.jobs import JobStore


@dataclass(frozen=True)
class Inside:
    """``changed`` is the queue's lock and signal; ``handing_out`` says, under it, what the user wants.

    ``tell`` says that a job's row has changed, ``notice`` shows a sentence.
    """

    database: Database
    jobs: JobStore
    attempts: Attempts
    force: Workforce
    slots: Slots
    outlook: Outlook
    changed: threading.Condition
    supervisor: Supervisor
    handing_out: Callable[[], bool]
    tell: Callable[[int], None]
    notice: Callable[[str], None]
    announce: Callable[[], None]
