"""What is asked of a job while its attempt comes to its end holds, wherever the job is by then."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from core.errors import SourceChanged
from core.events import JobState
from processor import JobResult, Processor
from queue_manager import QueueManager
from tests.queue_service import Service, encoders

Wish = Callable[[QueueManager, int], None]
WISHES = [
    pytest.param(QueueManager.cancel, JobState.CANCELLED, id="cancelled"),
    pytest.param(QueueManager.pause_job, JobState.PAUSED, id="paused"),
]


def changing(service: Service, asked: Callable[[int], None]) -> int:
    """A film that changes in its first attempt, after something was asked of it; its job's id."""

    class Disturbed(Processor):
        def process(self, job_id: int, attempt: int, *arguments: Any, **more: Any) -> JobResult:
            if attempt == 1:
                asked(job_id)
                raise SourceChanged(Path("Slow.mkv"))
            return super().process(job_id, attempt, *arguments, **more)

    film = service.slow_film()
    service.equip = lambda: service.bench.equipment(Disturbed)
    (job_id,) = service.start().add([film])
    return job_id


def stays(service: Service, job_id: int, state: JobState) -> None:
    """The job comes into a state, and nothing works on it any more.

    Another worker may have it by then: a paused job stands still in its hands.
    """
    service.manager.start()
    paused = state is JobState.PAUSED
    service.until(
        lambda: service.job(job_id).state is state and (paused or not service.manager.in_hand),
        state.value,
    )
    assert paused or encoders(service) == []


@pytest.mark.parametrize(("wish", "state"), WISHES)
def test_a_job_whose_attempt_has_just_met_an_error_does_what_it_was_asked(
    service: Service, wish: Wish, state: JobState
) -> None:
    job_id = changing(service, lambda job_id: wish(service.manager, job_id))
    stays(service, job_id, state)


@pytest.mark.parametrize(("wish", "state"), WISHES)
def test_a_job_that_has_just_gone_back_to_the_queue_does_what_it_was_asked(
    service: Service, wish: Wish, state: JobState
) -> None:
    attempts = []

    @contextmanager
    def log(job_id: int) -> Iterator[None]:
        """The row is back in the queue, and the worker still has the job in its hands."""
        attempts.append(job_id)
        yield
        if len(attempts) == 1:
            wish(service.manager, job_id)

    service.log = log  # type: ignore[method-assign]
    job_id = changing(service, lambda job_id: None)
    stays(service, job_id, state)


def test_a_film_that_has_just_been_completed_is_not_cancelled(service: Service) -> None:
    @contextmanager
    def log(job_id: int) -> Iterator[None]:
        yield
        service.manager.cancel(job_id)

    service.log = log  # type: ignore[method-assign]
    (job_id,) = service.start().add(service.films(1))
    service.work_off()
    assert service.job(job_id).state is JobState.COMPLETED
