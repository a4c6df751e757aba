"""``process PATH…`` where a program is at work with the data folder already: it takes the films."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.program import Parts
from commandline.output import Output
from core.events import QueueState, QueueStateChanged
from core.queue.held import queue_sentence
from core.queue.overview import QueueOverview
from scheduling.pause_reasons import clock_text
from store.jobs import JobStore


def in_program(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Queue the films in this program, for a later start that was asked to process them.

    1 where something could not be queued.
    """
    manager = parts.manager_at_work()
    told = []

    def notice(message: str, *, error: bool = False) -> None:
        told.append(error)
        output.notice(message, error=error)

    ids = manager.add(
        [Path(one) for one in arguments.paths],
        override_language=arguments.native_language,
        notice=notice,
    )
    store = JobStore(parts.database)
    for job_id in ids:
        job = store.get(job_id)
        if job is not None:
            output.record(
                "state",
                job_id=job_id,
                file=str(job.path),
                state=job.state,
                message=job.message,
                original_size=job.original_size,
                processed_size=job.processed_size,
            )
    if ids:
        overview = manager.overview()
        films = "1 film is" if len(ids) == 1 else f"{len(ids)} films are"
        output.notice(
            f"{films} in the queue of the program that is at work with this data folder; "
            f"`queue list` shows how far. {_held(overview)}".strip()
        )
    return int(any(told))


def _held(queue: QueueOverview) -> str:
    """Say why nothing begins, where that is so."""
    if queue.state is QueueState.RUNNING:
        return ""
    return queue_sentence(QueueStateChanged(queue.state, queue.reason, queue.until), clock_text)
