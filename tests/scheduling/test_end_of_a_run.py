"""The user hears once when the last film of a run has ended, and how all of them went."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Iterator, List

import pytest

from core.events import JobState, QueueEmptied, QueueState
from core.tools import Toolset
from logger import close_logging, setup_logging
from tests.processing.bench import open_bench
from tests.queue_service import PATIENCE, Service


@pytest.fixture
def service(tmp_path: Path, toolset: Toolset) -> Iterator[Service]:
    with open_bench(tmp_path, toolset) as bench:
        setup_logging(tmp_path / "logs", console_level=logging.CRITICAL)
        service = Service(bench, tmp_path / "logs")
        yield service
        assert service.manager.shutdown(PATIENCE), "a worker did not end"
        close_logging()


def emptied(service: Service) -> List[QueueEmptied]:
    return [event for event in service.told if isinstance(event, QueueEmptied)]


def no_film(service: Service) -> Path:
    path = service.bench.folder / "Broken.mkv"
    path.write_bytes(b"no film at all")
    return path


def test_the_end_of_a_run_is_told_once_with_what_was_done_failed_and_saved(
    service: Service,
) -> None:
    done = service.manager.add(service.films(2))
    service.manager.add([no_film(service)])
    service.manager.start()
    service.until(lambda: emptied(service), "the end of the run")
    jobs = [service.job(job_id) for job_id in done]
    saved = sum((job.original_size or 0) - (job.processed_size or 0) for job in jobs)
    assert emptied(service) == [QueueEmptied(completed=2, failed=1, skipped=0, saved=saved)]
    service.manager.pause()
    service.manager.start()  # the queue looks again, and nothing has happened
    service.until(lambda: service.manager.state is QueueState.RUNNING, "it to run")
    service.until(lambda: service.manager.events.empty(), "all events")
    assert len(emptied(service)) == 1


def test_a_run_that_was_stopped_before_its_last_film_has_no_end(service: Service) -> None:
    first, last = service.manager.add(service.films(2))
    service.manager.start()
    service.until(lambda: JobState.ANALYZING in service.states(first), "the first film")
    service.manager.stop_after_current()
    service.until(lambda: service.manager.state is QueueState.STOPPED, "the stop")
    assert service.job(last).state is JobState.QUEUED
    assert not emptied(service)
    service.manager.start()
    service.until(lambda: emptied(service), "the end of the next run")
    assert emptied(service)[0].completed == 1, "counted since the queue began to run"


def test_a_film_that_the_user_lets_wait_holds_up_no_end(service: Service) -> None:
    first, waits = service.manager.add(service.films(2))
    service.manager.pause_job(waits)
    service.manager.start()
    service.until(lambda: emptied(service), "the end of the run")
    assert service.job(first).state is JobState.COMPLETED
    service.manager.resume_job(waits)
    service.until(lambda: len(emptied(service)) == 2, "the end of the rest")
    assert [run.completed for run in emptied(service)] == [1, 1]


def test_what_was_cancelled_is_no_run(service: Service) -> None:
    (job_id,) = service.manager.add(service.films(1))
    service.manager.cancel(job_id)
    service.manager.start()
    (other,) = service.manager.add([no_film(service)])
    service.until(lambda: emptied(service), "the end of the run")
    assert service.job(other).state is JobState.FAILED
    assert emptied(service) == [QueueEmptied(0, 1, 0, 0)]
