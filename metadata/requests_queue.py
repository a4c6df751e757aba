"""Requests to services: by priority, rate limited, deduplicated, and retried."""

from __future__ import annotations

import random
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Callable, Dict, Hashable, List, Mapping, Optional, TypeVar

from core.errors import MetadataError
from core.ports import Clock
from core.text.sentence import Sentence
from metadata.transport import ServiceError

Result = TypeVar("Result")

_FIRST_PAUSE = 0.5  # seconds before the second try, doubled for each further one
_LONGEST_PAUSE = 60.0
_LOOK_AGAIN = 0.5  # seconds after which an idle worker checks the clock


class Priority(IntEnum):
    """Which requests go first."""

    NOW = 0  # a film that is about to be processed waits for it
    LATER = 1  # a film that was just found


class QueueFull(MetadataError):
    """Too many requests are waiting already."""

    code = "metadata_queue_full"


class Rests(MetadataError):
    """The service must not be asked before ``until`` (seconds since the epoch)."""

    code = "metadata_rests"

    def __init__(self, message: str, until: float) -> None:
        self.until = until
        super().__init__(message)


@dataclass
class _Request:
    key: Hashable
    call: Callable[[], Any]
    priority: Priority
    number: int
    patient: bool
    future: Future[Any] = field(default_factory=Future)
    attempts: int = 0
    not_before: float = 0.0  # by the clock's monotonic()
    rests_until: float = 0.0  # by the clock's now()


class _ServiceQueue:
    """One service: its waiting requests, and when it may be asked next."""

    def __init__(self, rate: float) -> None:
        self.interval = 1.0 / rate
        self.next_slot = float("-inf")  # at first the whole burst is available
        self.waiting: List[_Request] = []
        self.known: Dict[Hashable, _Request] = {}  # waiting or running
        self.workers: List[threading.Thread] = []


class RequestQueue:
    """Runs calls in its own threads; thread-safe.

    ``rates``: requests per second to each service, with a burst of up to ``burst`` requests.
    ``capacity``: how many may wait for one service. A call that raises a ServiceError with ``retry`` is
    repeated ``attempts`` times in all, after a growing pause or the one that the service asked for.
    A pause is shorter by up to ``jitter`` of itself, at random: requests that failed together must not
    all come again together.
    """

    def __init__(
        self,
        clock: Clock,
        rates: Mapping[str, float],
        *,
        burst: int = 5,
        capacity: int = 1000,
        attempts: int = 3,
        workers: int = 2,
        jitter: float = 0.5,
    ) -> None:
        self._clock = clock
        self._burst = burst
        self._capacity = capacity
        self._attempts = attempts
        self._worker_count = workers
        self._jitter = jitter
        self._services = {service: _ServiceQueue(rate) for service, rate in rates.items()}
        self._changed = threading.Condition()
        self._closed = False
        self._number = 0

    def ask(
        self,
        service: str,
        key: Hashable,
        call: Callable[[], Result],
        priority: Priority = Priority.NOW,
        *,
        timeout: float = 60.0,
    ) -> Result:
        """Wait for the answer, at most ``timeout`` seconds; raises MetadataError."""
        future = self.submit(service, key, call, priority)
        try:
            return future.result(timeout)
        except FutureTimeout:
            raise MetadataError(
                Sentence("{service} did not answer in time.", service=service)
            ) from None

    def submit(
        self,
        service: str,
        key: Hashable,
        call: Callable[[], Result],
        priority: Priority = Priority.LATER,
        *,
        patient: bool = False,
    ) -> Future[Result]:
        """Queue a call; one with the same key that waits or runs already is joined.

        A ``patient`` one outlasts a service's rest (``Rests``), others fail with it. Raises QueueFull
        where nothing less urgent can give way.
        """
        with self._changed:
            queue = self._services[service]
            request = queue.known.get(key)
            if request is None:
                self._make_room(queue, priority)
                self._number += 1
                request = _Request(key, call, priority, self._number, patient)
                queue.known[key] = request
                queue.waiting.append(request)
                self._man(queue)
            request.priority = min(request.priority, priority)
            self._changed.notify_all()
            return request.future

    def waiting(self, service: str) -> int:
        """Return how many requests wait for a service."""
        with self._changed:
            return len(self._services[service].waiting)

    def close(self) -> None:
        """End the workers; requests that still wait fail."""
        with self._changed:
            self._closed = True
            for queue in self._services.values():
                for request in queue.waiting:
                    request.future.set_exception(MetadataError(Sentence("The program is ending.")))
                queue.waiting.clear()
                queue.known.clear()
            self._changed.notify_all()

    def _make_room(self, queue: _ServiceQueue, priority: Priority) -> None:
        if self._closed:
            raise MetadataError(Sentence("The program is ending."))
        if len(queue.waiting) < self._capacity:
            return
        least = max(queue.waiting, key=lambda request: (request.priority, request.number))
        if least.priority <= priority:
            raise QueueFull(Sentence("Too many questions wait for this service already."))
        queue.waiting.remove(least)
        del queue.known[least.key]
        least.future.set_exception(QueueFull(Sentence("More urgent questions took its place.")))

    def _man(self, queue: _ServiceQueue) -> None:
        queue.workers = [worker for worker in queue.workers if worker.is_alive()]
        if len(queue.workers) < self._worker_count:
            worker = threading.Thread(
                target=self._work, args=(queue,), name="requests", daemon=True
            )
            queue.workers.append(worker)
            worker.start()

    def _work(self, queue: _ServiceQueue) -> None:
        while True:
            request = self._next(queue)
            if request is None:
                return
            try:
                result = request.call()
            except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
                self._failed(queue, request, error)
            else:
                with self._changed:
                    queue.known.pop(request.key, None)
                _settle(request.future, result=result)

    def _next(self, queue: _ServiceQueue) -> Optional[_Request]:
        """Wait for a request that is due and for the service's next slot."""
        with self._changed:
            while not self._closed:
                now = self._clock.monotonic()
                ready = [request for request in queue.waiting if self._due(request, now)]
                slot = max(queue.next_slot, now - self._burst * queue.interval)
                if ready and slot <= now:
                    queue.next_slot = slot + queue.interval
                    request = min(ready, key=lambda request: (request.priority, request.number))
                    queue.waiting.remove(request)
                    return request
                pause = min(slot - now, _LOOK_AGAIN) if ready else _LOOK_AGAIN
                self._changed.wait(pause if queue.waiting else None)
            return None

    def _due(self, request: _Request, now: float) -> bool:
        return request.not_before <= now and request.rests_until <= self._clock.now()

    def _failed(self, queue: _ServiceQueue, request: _Request, error: Exception) -> None:
        request.attempts += 1
        with self._changed:
            if isinstance(error, Rests) and request.patient and not self._closed:
                request.rests_until = error.until
                request.attempts = 0
                queue.waiting.append(request)
                return
            retry = isinstance(error, ServiceError) and error.retry
            if retry and request.attempts < self._attempts and not self._closed:
                request.not_before = self._clock.monotonic() + self._pause(request, error)
                queue.waiting.append(request)
                self._changed.notify_all()
                return
            queue.known.pop(request.key, None)
        _settle(request.future, error=error)

    def _pause(self, request: _Request, error: Exception) -> float:
        pause = min(_FIRST_PAUSE * 2.0 ** (request.attempts - 1), _LONGEST_PAUSE)
        wanted_pause = getattr(error, "retry_after", None)
        shortened = self._jitter * random.random()  # noqa: S311 - no secret
        return max(pause * (1.0 - shortened), wanted_pause or 0.0)


def _settle(future: Future[Any], *, result: Any = None, error: Optional[Exception] = None) -> None:
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
