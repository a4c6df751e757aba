"""What the queue does as a whole, what the user does with single jobs, and what is told of both."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from core.events import JobState, QueueState, QueueStateChanged
from core.queue.job import JobEnd
from core.queue.outcome import CANCELLED
from core.queue.work_in_hand import WorkInHand, seconds_in_chunks
from scheduling.event_publisher import EventPublisher
from scheduling.job_outcomes import JobOutcomes
from scheduling.ports import QueueEnvironment
from scheduling.requested_state import RequestedState
from scheduling.running_jobs import Running, RunningJobs
from store.jobs import JobStore


class QueueControl:
    """Every method takes the queue's lock (``running.changed``) itself."""

    def __init__(
        self,
        jobs: JobStore,
        running: RunningJobs,
        outcomes: JobOutcomes,
        requested: RequestedState,
        events: EventPublisher,
        environment: QueueEnvironment,
    ) -> None:
        self._jobs = jobs
        self.running = running
        self.outcomes = outcomes
        self.requested = requested
        self.events = events
        self.environment = environment

    # ---- the whole queue

    def present(self) -> QueueStateChanged:
        """Return what the queue does now; PAUSED also where it pauses by itself."""
        with self.running.changed:
            return self.requested.present(running=bool(self.running))

    @property
    def may_begin(self) -> bool:
        """Whether jobs may begin now."""
        return self.present().state is QueueState.RUNNING

    @property
    def handing_out(self) -> bool:
        """Whether the user lets the queue run; what holds this machine holds no other."""
        with self.running.changed:
            return self.requested.state is QueueState.RUNNING

    def announce(self, *, always: bool = False) -> None:
        """Let encoders run or stand still as the state wants it, and tell."""
        with self.running.changed:
            now = self.present()
            still = now.state is QueueState.PAUSED
            requested = self.requested
            finishes = requested.lets_finish or self.environment.settings.queue.finish_running
            if requested.held and finishes:
                still = False
            # What holds this machine (its hours, its battery) holds no other. Of a film in chunks the
            # chunk in hand is all that has to be finished: no more than that would be lost.
            after_chunk = requested.held and finishes and not requested.lets_finish
            self.running.hold(
                still,
                others=not requested.held,
                after_chunk=after_chunk,
                kinds=() if finishes else requested.resting,
            )
            self.events.queue_changed(now, running=bool(self.running), always=always)
            self.running.wake()

    # ---- single jobs

    def cancel(self, job_id: int, end: JobEnd = CANCELLED) -> None:
        """End a job that waits or runs; the film stays as it is and nothing of the job is left.

        ``end`` is how one ends that waits.
        """
        with self.running.changed:
            running = self.running.get(job_id)
            if running is not None:
                running.control.cancel()
                return
            self.drop_kept_result(job_id)
            self.outcomes.finish(job_id, end)

    def pause_job(self, job_id: int) -> None:
        """Let one job stand still: its encoder, or its place in the queue."""
        with self.running.changed:
            running, job = self.running.get(job_id), self._jobs.get(job_id)
            if job is None or job.state.final or job.state is JobState.PAUSED:
                return
            if running is None:
                self.events.job_changed(job_id, self._jobs.pause(job_id, paused=True))
                return
            running.pause(job.state)
            if not running.makes_result:
                return  # it is told when its thread has let go of it
            paused = self._jobs.set_state(job_id, JobState.PAUSED, "", job.step)
            self.events.job_changed(job_id, paused)

    def resume_job(self, job_id: int) -> None:
        """Let one job go on that the user had paused."""
        with self.running.changed:
            running = self.running.get(job_id)
            if running is None:
                self.events.job_changed(job_id, self._jobs.pause(job_id, paused=False))
            else:
                job, state = self._jobs.get(job_id), self.running.unpause(running)
                if state is not None:
                    self._jobs.set_state(job_id, state, "", job.step if job else "")
                    self.events.job_changed(job_id)
                    self.announce()
            self.running.wake()

    def job_released(self, job_id: int, running: Running) -> None:
        """Do to a job what was asked of it while its attempt came to its end."""
        with self.running.changed:
            if running.cancelled:
                self.cancel(job_id)
            elif running.paused_in is not None and not running.lost:
                self.pause_job(job_id)
            self.announce()

    def work_in_hand(self, job_ids: Optional[Sequence[int]] = None) -> Tuple[WorkInHand, ...]:
        """Return the work on the films of these jobs that ending them would lose; None: of all at work."""
        with self.running.changed:
            wanted = set(self.running.progress())
            if job_ids is not None:  # may be a hundred thousand that wait, and hold nothing
                ready = self._jobs.page((JobState.SWAP_PENDING,), limit=-1)
                wanted = (wanted | {job.id for job in ready}).intersection(job_ids)
            found = (self._work_on(job_id) for job_id in sorted(wanted))
            return tuple(work for work in found if work is not None)

    def _work_on(self, job_id: int) -> Optional[WorkInHand]:
        running, job = self.running.get(job_id), self._jobs.get(job_id)
        if job is None:
            return None
        if running is None:
            ready = job.state is JobState.SWAP_PENDING
            return WorkInHand(job_id, str(job.path), ready=True) if ready else None
        if not running.makes_result or running.control.cancel_asked:
            return None
        made = running.progress.output_size if running.progress else None
        return WorkInHand(
            *(job_id, str(job.path), running.kind, running.node, running.worked, made),
            in_chunks=seconds_in_chunks(running.progress),
        )

    def drop_kept_result(self, job_id: int) -> None:
        """Drop the kept result of a job that waits to be swapped."""
        job = self._jobs.get(job_id)
        if job is not None and job.state is JobState.SWAP_PENDING:
            self.environment.job_context().processor.abandon(job.path)
