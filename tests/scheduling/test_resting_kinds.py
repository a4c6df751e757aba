"""Films of one kind wait while those of others are worked on, as when somebody watches on a media server."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Optional

import psutil
import pytest

from core.events import JobState, QueueState, QueueStateChanged
from core.queue.job import JobKind
from core.settings.tree import QueueSettings
from core.tools import Toolset
from queue_manager import QueueManager
from scheduling.pause_reasons import PauseReason
from tests.processing.bench import Bench, fast_settings
from tests.queue_environment import Surroundings
from tests.queue_service import Service, encoders

ANNA = PauseReason("Anna is watching Alien.", kinds=(JobKind.SOFTWARE,))


class Viewing:
    """A condition that a test switches."""

    def __init__(self) -> None:
        self.reason: Optional[PauseReason] = None

    def pause_reason(self) -> Optional[PauseReason]:
        return self.reason


@pytest.fixture
def service(tmp_path: Path, toolset: Toolset) -> Iterator[Service]:
    bench = Bench(tmp_path / "films", toolset, fast_settings())
    found = Service(bench, tmp_path, limits=QueueSettings(software_jobs=1, remux_jobs=1))
    yield found
    found.manager.shutdown()
    bench.database.close()


def stands_still(service: Service) -> bool:
    statuses = [process.status() for process in encoders(service)]
    return bool(statuses) and all(status == psutil.STATUS_STOPPED for status in statuses)


def test_one_kind_rests_with_its_reason_and_the_others_go_on(service: Service) -> None:
    viewing = Viewing()
    service.manager.shutdown()
    service.manager = QueueManager(
        service.bench.database,
        Surroundings(service.equipment, lambda: service.limits, service.log),
        conditions=(viewing,),
    )
    quick_settings = service.bench.settings
    quick = service.films(1)
    slow = service.slow_film()
    (slow_id,) = service.manager.add([slow])
    service.manager.start()
    service.until_encoding()
    service.bench.settings = quick_settings

    viewing.reason = ANNA
    service.until(lambda: stands_still(service), "the encoder to stand still")
    said = [event for event in service.told if isinstance(event, QueueStateChanged)]
    assert said[-1] == QueueStateChanged(QueueState.RUNNING, ANNA.reason)

    (quick_id,) = service.manager.add(quick)
    service.until(
        lambda: service.job(quick_id).state is JobState.COMPLETED, "the film without encoding"
    )
    assert stands_still(service)
    assert service.job(slow_id).state is JobState.PROCESSING

    viewing.reason = None
    service.until(lambda: not stands_still(service), "the encoder to go on")
