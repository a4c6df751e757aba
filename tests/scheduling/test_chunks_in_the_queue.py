"""A film in chunks in a running queue: pausing holds all its encoders, a limit lets the chunk in hand end."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Iterator, List, Optional

import psutil
import pytest

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.chunks.side_by_side import EncoderKey, Load, Measured, Pace
from core.events import JobProgressed, QueueState
from core.settings.tree import QueueSettings
from core.tools import Toolset
from processing.machine_limits import usable_cores
from queue_manager import QueueManager
from store.encoder_paces import EncoderPaceStore
from tests.processing.bench import Bench, fast_settings, with_section
from tests.queue_environment import Surroundings
from tests.queue_service import Service, encoders

SLOW = "$ffmpeg -i $input -c:v libx265 -preset slow -x265-params log-level=none $tracks $output"
CORES = usable_cores()
IDLE = Measured(Load(0.4 * CORES, 0.6 * CORES, 10**6), {1: Pace(4.0, 1000.0, 100.0)})


class Holding:
    """A condition that a test sets."""

    def __init__(self) -> None:
        self.reason: Optional[str] = None

    def pause_reason(self) -> Optional[str]:
        return self.reason


@pytest.fixture
def service(tmp_path: Path, toolset: Toolset) -> Iterator[Service]:
    settings = fast_settings(encode=True, template=SLOW)
    more = {"chunk_seconds": 2.0, "chunks_from_minutes": 0.0, "encoders_side_by_side": 2}
    bench = Bench(tmp_path / "films", toolset, with_section(settings, "processing", **more))
    bench.make(seconds=14)
    remember_two(bench)
    found = Service(bench, tmp_path)
    yield found
    found.manager.shutdown()
    bench.database.close()


def remember_two(bench: Bench) -> None:
    """One encoder was measured to leave cores idle: two are tried."""
    encode = bench.plan().video_encode
    assert encode is not None
    tool = bench.toolset.identity("ffmpeg")
    key = EncoderKey(platform.node(), SLOW, encode.width, encode.height, tool, CORES)
    EncoderPaceStore(bench.database).keep(key, IDLE)


def last_chunks(service: Service) -> List[ChunkProgress]:
    told = [event.progress for event in service.told if isinstance(event, JobProgressed)]
    return next((list(progress.chunks) for progress in reversed(told) if progress.chunks), [])


def in_phase(service: Service, phase: ChunkPhase) -> int:
    return sum(chunk.phase is phase for chunk in last_chunks(service))


def moving(service: Service) -> List[psutil.Process]:
    """The encoders that do not stand still."""
    return [encoder for encoder in encoders(service) if encoder.status() != psutil.STATUS_STOPPED]


def test_a_paused_film_holds_all_its_encoders_and_lets_all_go_on(service: Service) -> None:
    (job,) = service.manager.add([service.bench.film])
    service.manager.start()
    service.until(lambda: in_phase(service, ChunkPhase.IN_HAND) == 2, "two encoders")
    service.manager.pause_job(job)

    service.until(
        lambda: len(encoders(service)) == 2 and not moving(service), "encoders that stand still"
    )
    service.manager.resume_job(job)
    service.until(lambda: encoders(service) and moving(service), "encoders that go on")


def test_a_limit_that_lets_films_finish_stops_after_the_chunks_in_hand(service: Service) -> None:
    holding = Holding()
    service.limits = QueueSettings(finish_running=True)
    service.manager = QueueManager(
        service.bench.database,
        Surroundings(service.equipment, lambda: service.limits, service.log),
        conditions=[holding],
    )
    (job,) = service.manager.add([service.bench.film])
    service.manager.start()
    service.until(lambda: in_phase(service, ChunkPhase.IN_HAND) == 2, "two encoders")
    holding.reason = "It is outside the working hours."
    service.until(lambda: service.manager.overview().state is QueueState.PAUSED, "the limit")
    service.until(
        lambda: not encoders(service) and not in_phase(service, ChunkPhase.IN_HAND),
        "a film at rest",
    )
    done = in_phase(service, ChunkPhase.DONE)
    assert 1 <= done < len(last_chunks(service))
    assert not service.job(job).state.final
    holding.reason = None
    service.until(lambda: in_phase(service, ChunkPhase.DONE) > done, "the next chunk")
