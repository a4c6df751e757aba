"""The story of running jobs as the terminal or a program reads it: events in, lines out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterable, Optional, Set

from tqdm import tqdm

from commandline.output import Output
from core.events import (
    Event,
    JobProgressed,
    JobState,
    JobStateChanged,
    QueueStateChanged,
    ServiceNotice,
)
from core.progress import Progress
from core.queue.held import HeldStory, without_lead, without_path
from core.text.formatting import duration_text, saved_text, size_text
from reports.text_table import table
from scheduling.wall_clock import clock_text

BAR = "{desc} {percentage:3.0f}% |{bar}|{postfix}"


class JobReport:
    """Shows each event when it comes and remembers how every job ended."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._jobs: Dict[int, JobStateChanged] = {}  # the last that was told of each
        self._folded: Counter[str] = Counter()  # what ended and is not remembered one by one
        self._planned: Set[int] = (
            set()
        )  # looked into, and back in their places until a slot is free
        self._errors = False
        self._held = HeldStory(clock_text)
        self._bar: Optional[Any] = None

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, JobProgressed):
            self._progress(event)
        elif isinstance(event, JobStateChanged):
            self._state(event)
        elif isinstance(event, ServiceNotice):
            self._errors |= event.error
            self.tell(event.message, error=event.error)
        elif isinstance(event, QueueStateChanged):
            self._queue(event)

    def tell(self, message: str, *, error: bool = False) -> None:
        """Show a sentence that belongs to no single film."""
        self._close_bar()
        self._output.notice(message, error=error)

    def remember(self, event: Event) -> None:
        """Take note of an event without showing it."""
        if isinstance(event, JobStateChanged):
            self._jobs[event.job_id] = event

    def fold(self) -> None:
        """Keep only sums of what has ended: for a program that runs for years."""
        for job_id, event in tuple(self._jobs.items()):
            if event.state.final:
                del self._jobs[job_id]
                self._folded[event.state.value] += 1
                if event.state is JobState.COMPLETED:
                    self._folded["before"] += event.original_size or 0
                    self._folded["after"] += event.processed_size or 0

    def unfinished(self, job_ids: Iterable[int]) -> bool:
        """Whether one of these jobs has not ended, as far as was told."""
        return any(
            job_id not in self._jobs or not self._jobs[job_id].state.final for job_id in job_ids
        )

    def finish(
        self, seconds: float, waiting: Optional[int] = None, nothing: str = "No films"
    ) -> bool:
        """Show the sums of a run that took ``seconds``; whether all is well.

        A film that waits (for a tool, for the queue's hours, because it is in use) is not well: ``waiting``
        says how many do, where that is known better than from what was told; ``nothing`` is what to say
        where there were none.
        """
        self._close_bar()
        jobs = self._jobs.values()
        counts = {
            state.value: self._folded[state.value] + sum(job.state is state for job in jobs)
            for state in JobState
            if state.final
        }
        told_waiting = sum(not job.state.final for job in jobs)
        counts["waiting"] = told_waiting if waiting is None else waiting
        completed = [job for job in jobs if job.state is JobState.COMPLETED]
        before = self._folded["before"] + sum(job.original_size or 0 for job in completed)
        after = self._folded["after"] + sum(job.processed_size or 0 for job in completed)
        self._output.record(
            "summary",
            jobs=sum(counts.values()),
            **counts,
            original_size=before,
            processed_size=after,
            saved=before - after,
            seconds=round(seconds, 3),
        )
        if jobs:
            headers = ("Film", "Status", "Before", "After", "Saved")
            self._output.text("\n" + table(headers, [_row(job) for job in jobs]))
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        sums = f", {saved_text(before, after)} saved" if counts[JobState.COMPLETED.value] else ""
        self._output.text(f"{told or nothing}{sums}, {duration_text(seconds)}")
        return not (self._errors or counts["failed"] or counts["waiting"])

    def _state(self, event: JobStateChanged) -> None:
        self._close_bar()
        kind = "result" if event.state.final else "state"
        self._output.record(
            kind,
            job_id=event.job_id,
            file=event.filename,
            state=event.state,
            message=event.message,
            original_size=event.original_size,
            processed_size=event.processed_size,
        )
        if self._is_news(event):
            self._output.news(f"{Path(event.filename).name}: {_state_text(event)}")
        self.remember(event)

    def _is_news(self, event: JobStateChanged) -> bool:
        """Whether people want to read it: not that a film goes back until there is a slot for it."""
        before = self._jobs.get(event.job_id)
        if before is not None and not event.message:
            if (before.state, event.state) == (JobState.ANALYZING, JobState.QUEUED):
                self._planned.add(event.job_id)
                return False
            if event.state is JobState.ANALYZING and event.job_id in self._planned:
                self._planned.discard(event.job_id)
                return False
        self._planned.discard(event.job_id)
        return True

    def _queue(self, event: QueueStateChanged) -> None:
        sentence = self._held.take(event)
        if sentence:
            self.tell(sentence)

    def _progress(self, event: JobProgressed) -> None:
        progress = event.progress
        self._output.record("progress", job_id=event.job_id, **_fields(progress))
        if not self._output.interactive:
            return
        if self._bar is None:
            self._bar = tqdm(
                total=100, bar_format=BAR, file=self._output.bar_stream, leave=False, delay=0
            )
        self._bar.set_description_str(f"  {progress.step}", refresh=False)
        self._bar.set_postfix_str(progress_text(progress), refresh=False)
        self._bar.n = progress.percent or 0
        self._bar.refresh()

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _state_text(event: JobStateChanged) -> str:
    """What became of a job, without its film's path, which begins the line."""
    message = event.message
    if event.state is JobState.QUEUED and without_lead(message) != message:
        return f"waits: {without_path(without_lead(message), event.filename)}"
    if event.state is JobState.ANALYZING:  # it goes on: why it stood still was told before
        message = ""
    message = without_path(message, event.filename)
    return f"{event.state.value}: {message}" if message else f"{event.state.value}"


def progress_text(progress: Progress) -> str:
    """What a tool says about its pace, as far as it says it."""
    told = []
    if progress.fps:
        told.append(f"{progress.fps:.1f} fps")
    if progress.speed:
        told.append(f"{progress.speed:.2f}x")
    if progress.eta is not None:
        told.append(f"ETA {duration_text(progress.eta)}")
    if progress.projected_size:
        told.append(f"about {size_text(progress.projected_size)}")
    return ", ".join(told)


def _fields(progress: Progress) -> Dict[str, Any]:
    return dict(vars(progress))


def _row(event: JobStateChanged) -> Any:
    saved = ""
    if event.state is JobState.COMPLETED and event.original_size and event.processed_size:
        saved = saved_text(event.original_size, event.processed_size)
    return (
        Path(event.filename).name,
        event.state.value,
        size_text(event.original_size),
        size_text(event.processed_size),
        saved,
    )
