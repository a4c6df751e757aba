"""The request queue: order, joining, pace, patience and bounds."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from functools import partial
from typing import Callable, List

import pytest

from core.errors import MetadataError
from metadata.requests_queue import Priority, QueueFull, RequestQueue, Rests
from metadata.transport import ServiceError
from processing.process_tree import SystemClock
from tests.metadata.made import HandClock


def queue(**options: object) -> RequestQueue:
    options.setdefault("clock", SystemClock())
    options.setdefault("rates", {"omdb": 1e4})
    options.setdefault("jitter", 0.0)
    return RequestQueue(**options)  # type: ignore[arg-type]


class Gate:
    """A call that stands still until it is let go, so that others pile up behind it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.free = threading.Event()

    def __call__(self) -> str:
        self.entered.set()
        assert self.free.wait(10)
        return "done"


def test_the_urgent_go_first_and_equals_in_their_order() -> None:
    made = queue(workers=1)
    gate = Gate()
    order: List[int] = []
    made.submit("omdb", "gate", gate)
    assert gate.entered.wait(10)
    later = [made.submit("omdb", n, partial(order.append, n)) for n in (1, 2, 3)]
    urgent = made.submit("omdb", 4, lambda: order.append(4), Priority.NOW)
    made.submit("omdb", 3, lambda: order.append(99), Priority.NOW)  # joined, and more urgent now
    gate.free.set()
    for future in (*later, urgent):
        future.result(10)
    assert order == [3, 4, 1, 2]
    made.close()


def test_the_same_question_is_asked_once() -> None:
    made = queue()
    gate = Gate()
    futures: List[Future[str]] = [made.submit("omdb", "same", gate) for _ in range(50)]
    gate.free.set()
    assert {future.result(10) for future in futures} == {"done"}
    assert len({id(future) for future in futures}) == 1
    made.close()


def test_the_rate_holds_after_the_burst() -> None:
    made = queue(rates={"omdb": 20.0}, burst=2, workers=2)
    began = time.monotonic()
    for future in [made.submit("omdb", n, lambda: None) for n in range(8)]:
        future.result(10)
    assert time.monotonic() - began >= 5 * 0.05
    made.close()


def failing(errors: List[Exception]) -> Callable[[], str]:
    def call() -> str:
        if errors:
            raise errors.pop(0)
        return "at last"

    return call


def test_what_may_help_is_tried_again_after_a_growing_pause() -> None:
    made = queue()
    errors: List[Exception] = [ServiceError("no", retry=True), ServiceError("no", retry=True)]
    began = time.monotonic()
    assert made.ask("omdb", 1, failing(errors)) == "at last"
    assert time.monotonic() - began >= 0.25 + 0.5
    made.close()


def test_retry_after_is_honoured() -> None:
    made = queue()
    began = time.monotonic()
    made.ask("omdb", 1, failing([ServiceError("no", retry=True, retry_after=1.2)]))
    assert time.monotonic() - began >= 1.2
    made.close()


def test_what_cannot_help_and_what_fails_too_often_is_told() -> None:
    made = queue(attempts=2)
    with pytest.raises(ServiceError, match="wrong key"):
        made.ask("omdb", 1, failing([ServiceError("wrong key")]))
    errors: List[Exception] = [ServiceError(f"down {n}", retry=True) for n in range(5)]
    with pytest.raises(ServiceError, match="down 1"):
        made.ask("omdb", 2, failing(errors))
    made.close()


def test_a_patient_question_outlasts_the_rest_and_others_fail_at_once() -> None:
    clock = HandClock()
    made = queue(clock=clock)
    end = clock.now() + 24 * 3600
    patient = made.submit("omdb", 1, failing([Rests("spent", end)]), patient=True)
    with pytest.raises(Rests):
        made.ask("omdb", 2, failing([Rests("spent", end)]))
    assert not patient.done()
    clock.advance(24 * 3600 + 1)
    assert patient.result(10) == "at last"
    made.close()


def test_a_full_queue_refuses_and_the_urgent_take_the_last_place() -> None:
    made = queue(capacity=2, workers=1)
    gate = Gate()
    made.submit("omdb", "gate", gate)
    assert gate.entered.wait(10)
    kept = made.submit("omdb", 1, lambda: "kept")
    dropped = made.submit("omdb", 2, lambda: "dropped")
    with pytest.raises(QueueFull):
        made.submit("omdb", 3, lambda: "refused")
    urgent = made.submit("omdb", 4, lambda: "urgent", Priority.NOW)
    gate.free.set()
    assert (kept.result(10), urgent.result(10)) == ("kept", "urgent")
    with pytest.raises(QueueFull):
        dropped.result(10)
    made.close()


def test_closing_lets_nobody_wait() -> None:
    made = queue(workers=1)
    gate = Gate()
    made.submit("omdb", "gate", gate)
    assert gate.entered.wait(10)
    waiting = made.submit("omdb", 1, lambda: None)
    made.close()
    with pytest.raises(MetadataError):
        waiting.result(10)
    gate.free.set()
    with pytest.raises(MetadataError):
        made.submit("omdb", 2, lambda: None)
