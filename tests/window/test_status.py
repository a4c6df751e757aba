"""The status bar of the whole window: what it says of the queue, and what it costs while nothing happens."""

from __future__ import annotations

from typing import List

import pytest

from core.events import QueueListChanged
from core.queue.overview import Estimate
from tests.window_program import Program

pytestmark = pytest.mark.window


def test_a_long_queue_is_read_for_its_time_only_when_something_has_happened(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = program.window.services.manager
    read: List[int] = []

    def estimate() -> Estimate:
        read.append(1)
        return Estimate(60.0 * len(read), 70.0 * len(read), 80.0 * len(read))

    status = program.window.status
    monkeypatch.setattr(manager, "estimate", estimate)
    manager.events.put(QueueListChanged())
    program.until(lambda: read, "the queue to be read")
    looked = status.vitals.now
    program.until(lambda: status.vitals.now > looked, "another look")
    looked, before = status.vitals.now, len(read)
    program.until(lambda: status.vitals.now > looked, "a look while nothing happens")
    assert len(read) == before
    assert status.vitals.estimate == Estimate(60.0 * before, 70.0 * before, 80.0 * before)
    manager.events.put(QueueListChanged())
    program.until(lambda: len(read) > before, "the queue to be read again")
