"""What the page for the phone shows, made at most once a second however many phones ask.

All of it is counted or the first few of a list: a queue of a hundred thousand films is never read.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Protocol, Sequence, Tuple

from core.chunk_progress import ChunkPhase, ChunkProgress, counted
from core.events import JobState, QueueState
from core.ports import TimeSource
from core.progress import Progress
from core.protocol.machines import ClusterOverview, Machine
from core.queue.going_on import message_of
from core.queue.job import Job
from core.queue.overview import QueueOverview
from core.reporting.statistics import DayStatistics
from core.steps import step_title
from phone.language import PhoneLanguage, phone_language
from phone.texts import MACHINE_TEXTS, PHASES, QUEUE_TEXTS, SLAVE_TEXTS, STATE_TEXTS
from store.connection import Database
from store.job_pages import JobPages
from store.statistics import StatisticsStore

if TYPE_CHECKING:
    from queue_manager import QueueManager

FRESH = 0.9  # seconds for which what was found out is shown; phones ask once a second
_CALM = 5.0  # the same of machines and sums, which change with a film's end or by hand
_MOST_WAITING = 20  # films that are named
_MOST_FAILED = 20
_MOST_RUNNING = 50  # a master with many slaves
_MOST_CHUNKS = 200  # of one film, drawn apart
_WEEK = 7  # days


_Calm = Tuple[Tuple[DayStatistics, ...], ClusterOverview, Mapping[JobState, int]]


class MachinesSource(Protocol):
    """Knows the machines; ``app.machines.Machines``."""

    def cluster(self) -> ClusterOverview:
        """How all of them are."""


@dataclass(frozen=True)
class PhoneFacts:
    """How everything is at ``at`` (seconds since the epoch); sentences are not in a language yet."""

    at: float
    queue: QueueOverview
    running: Tuple[Tuple[Job, Optional[Progress]], ...]
    waiting: Tuple[Job, ...]
    failed: Tuple[Job, ...]
    saved: Tuple[DayStatistics, ...]  # today, in a week, in all
    cluster: ClusterOverview
    late: Tuple[str, ...]  # what is wrong with threads of the program


class PhoneStates:
    """Finds the facts and puts them into a phone's language; every thread may ask."""

    def __init__(
        self,
        database: Database,
        manager: QueueManager,
        machines: MachinesSource,
        monotonic: TimeSource = time.monotonic,
    ) -> None:
        self._manager = manager
        self._machines = machines
        self._monotonic = monotonic
        self._pages = JobPages(database)
        self._sums = StatisticsStore(database)
        self._guard = threading.Lock()
        self._facts: Optional[PhoneFacts] = None
        self._found_at = self._calm_at = 0.0
        self._calm: Optional[_Calm] = None
        self._told: Dict[str, bytes] = {}  # of the present facts, by language

    def outdate(self) -> None:
        """Something was changed by a phone: the next answer is found out anew."""
        with self._guard:
            self._facts = self._calm = None

    def json(self, language: str) -> bytes:
        """Return the state in this language, as the page reads it."""
        with self._guard:
            now = self._monotonic()
            if self._facts is None or now - self._found_at >= FRESH:
                self._facts, self._found_at, self._told = self._find(now), now, {}
            told = self._told.get(language)
            if told is None:
                data = told_state(self._facts, phone_language(language))
                told = self._told[language] = json.dumps(data, separators=(",", ":")).encode(
                    "ascii"
                )
            return told

    def _find(self, now: float) -> PhoneFacts:
        manager = self._manager
        overview, in_hand = manager.overview(), manager.in_hand
        jobs = self._pages.rows(sorted(in_hand)[:_MOST_RUNNING])
        saved, cluster = self._calmly(now, overview.counts)
        return PhoneFacts(
            time.time(),
            overview,
            tuple((jobs[job_id], in_hand[job_id]) for job_id in sorted(jobs)),
            manager.jobs(JobState.QUEUED, limit=_MOST_WAITING),
            manager.jobs(JobState.FAILED, limit=_MOST_FAILED),
            saved,
            cluster,
            tuple(
                thread.message or thread.name
                for thread in manager.health()
                if thread.late(time.time())
            ),
        )

    def _calmly(
        self, now: float, counts: Mapping[JobState, int]
    ) -> Tuple[Tuple[DayStatistics, ...], ClusterOverview]:
        """Machines and sums: asked anew after a few seconds, or where a film has ended."""
        calm = self._calm
        if calm is None or now - self._calm_at >= _CALM or counts != calm[2]:
            self._calm_at = now
            calm = self._calm = (self._saved(), self._machines.cluster(), counts)
        return calm[0], calm[1]

    def _saved(self) -> Tuple[DayStatistics, ...]:
        today = datetime.now(timezone.utc).astimezone().date()  # as jobs' ends are dated
        begins = (today.isoformat(), (today - timedelta(days=_WEEK - 1)).isoformat(), "")
        return tuple(self._sums.total(begin) or DayStatistics(date=begin) for begin in begins)


def told_state(facts: PhoneFacts, language: PhoneLanguage) -> Dict[str, Any]:
    """Return the facts as the page shows them, in JSON's types."""
    cluster = facts.cluster
    names = {machine.id: machine.name for machine in cluster.machines}
    return {
        "machine": language.sentence(cluster.name),
        "queue": _queue(facts, language),
        "films": [_film(job, progress, names, language) for job, progress in facts.running],
        "waiting": {
            "number": facts.queue.counts.get(JobState.QUEUED, 0),
            "films": [_named(job, language) for job in facts.waiting],
        },
        "saved": [[day.jobs_completed, day.total_size_saved] for day in facts.saved],
        "machines": [_machine(machine, language) for machine in cluster.machines],
        "problems": {
            "number": facts.queue.counts.get(JobState.FAILED, 0),
            "films": [_named(job, language) for job in facts.failed],
            "sentences": [
                language.sentence(told)
                for told in (cluster.sentence, *cluster.problems, *facts.late)
                if told
            ],
        },
    }


def _queue(facts: PhoneFacts, language: PhoneLanguage) -> Dict[str, Any]:
    """What the queue does, or of a slave what it does for its master: the buttons follow that."""
    own_work = facts.cluster.own_work
    now = own_work or facts.queue
    texts: Mapping[QueueState, str] = QUEUE_TEXTS if own_work is None else SLAVE_TEXTS
    return {
        "state": now.state.value,
        "text": language.text(texts[now.state]),
        "reason": language.sentence(now.reason),
        "until": now.until,
    }


def _named(job: Job, language: PhoneLanguage) -> Dict[str, Any]:
    told = language.sentence(message_of(job, job.message))
    return {"id": job.id, "name": language.sentence(job.path.name), "told": told}


def _film(
    job: Job, progress: Optional[Progress], names: Mapping[str, str], language: PhoneLanguage
) -> Dict[str, Any]:
    step = language.text(step_title(progress.step)) if progress and progress.step else ""
    state = language.text(STATE_TEXTS.get(job.state, job.state.value))
    told: Dict[str, Any] = {
        "id": job.id,
        "name": language.sentence(job.path.name),
        "state": f"{state} ({step})" if step else state,
        "size": job.original_size,
    }
    if progress is None:
        return told
    still = job.state is JobState.PAUSED
    told.update(
        percent=_rounded(progress.percent, 1),
        left=None if still or progress.eta is None else round(progress.eta),
        fps=None if still else _rounded(progress.fps, 1),
        speed=None if still else _rounded(progress.speed, 2),
        made=progress.output_size,
        expected=progress.projected_size,
    )
    machines = {chunk.machine for chunk in progress.chunks if chunk.phase is ChunkPhase.IN_HAND}
    others = sorted(names.get(machine, "") for machine in machines | {job.instance_id} if machine)
    told["machine"] = language.sentence(", ".join(filter(None, others)))
    if progress.chunks:
        told.update(_chunks(progress.chunks, language))
    return told


def _chunks(chunks: Sequence[ChunkProgress], language: PhoneLanguage) -> Dict[str, Any]:
    """The film's chunks: how many, and of each its length, phase and share; very many are not drawn."""
    counts = counted(chunks)
    text = language.counted(
        "{done} of {number} chunk", "{done} of {number} chunks", counts.total, done=counts.done
    )
    drawn: List[Tuple[float, int, float]] = [
        (round(chunk.length, 1), PHASES.index(chunk.phase), round(chunk.share, 2))
        for chunk in (chunks if len(chunks) <= _MOST_CHUNKS else ())
    ]
    return {"chunks": drawn, "chunksText": text}


def _machine(machine: Machine, language: PhoneLanguage) -> Dict[str, Any]:
    return {
        "name": language.sentence(machine.name),
        "state": language.text(MACHINE_TEXTS[machine.state]),
        "there": machine.there,
        "held": language.sentence(machine.held),
        "films": [
            [language.sentence(work.film), _rounded(work.percent, 0)] for work in machine.jobs
        ],
    }


def _rounded(number: Optional[float], digits: int) -> Optional[float]:
    return None if number is None else round(number, digits)
