"""A film in chunks in a real queue: stopped, shown as going on, gone on with, and cancelled."""

from __future__ import annotations

import re

from core.events import JobProgressed, JobState
from core.queue.going_on import message_of
from processing.filesystem import DOT_FOLDER
from store.chunks import ChunkStore
from tests.processing.bench import fast_settings, with_section
from tests.queue_service import Service


def test_a_stopped_film_says_where_it_goes_on_and_a_cancelled_one_leaves_nothing(
    service: Service,
) -> None:
    film = service.bench.make(seconds=6.0, size=(160, 90))
    service.bench.settings = with_section(
        fast_settings(encode=True), "processing", chunk_seconds=1.0, chunks_from_minutes=0.0
    )
    (job_id,) = service.manager.add([film])
    service.manager.start()
    service.until(lambda: service.job(job_id).done_share > 0, "a finished chunk")
    service.manager.stop(cancel_running=True)
    service.until(lambda: service.job(job_id).state is JobState.QUEUED, "the stop")
    job = service.job(job_id)
    told = re.fullmatch(r"Goes on at (\d+) %\. Stopped\.", message_of(job, job.message))
    assert told
    assert int(told[1]) == int(100 * job.done_share) > 0

    before = len(service.told)
    service.manager.start()
    service.until(
        lambda: any(isinstance(event, JobProgressed) for event in service.told[before:]), "progress"
    )
    first = next(event for event in service.told[before:] if isinstance(event, JobProgressed))
    assert (first.progress.percent or 0) >= int(told[1])
    service.manager.cancel(job_id)
    service.until(lambda: service.job(job_id).state is JobState.CANCELLED, "its end")
    service.start().recover()
    assert not (film.parent / DOT_FOLDER).exists()
    assert ChunkStore(service.bench.database).empty
    assert service.job(job_id).done_share == 0
