"""The jobs that are being worked on now, and the queue's lock, which guards them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Optional, Tuple

from core.events import JobState
from core.progress import Progress
from core.queue.job import JobKind
from processing.control import JobControl
from scheduling.slots import Slots


@dataclass
class Running:
    """One job in the hands of a thread; changed under the queue's lock."""

    control: JobControl = field(default_factory=JobControl)
    kind: JobKind = JobKind.UNKNOWN
    paused_in: Optional[JobState] = None  # where the user paused it
    progress: Optional[Progress] = None  # of its present step, as far as its tool says
    goes_back: bool = False  # it was stopped and goes back to the queue
    lost: bool = False  # its worker hangs and was replaced: it holds no slot any more
    node: str = ""  # the machine that makes its result; it holds no slot of ours
    planning: bool = False  # it is only planned, for whichever machine
    waits_for_slot: bool = (
        False  # other machines make chunks of it; this one does once a slot is free
    )
    handed_over: bool = False  # this program lets go of it, and its node goes on
    kept_kind: JobKind = JobKind.UNKNOWN  # of its plan, where that is kept for the next attempt
    begun: float = field(default_factory=time.monotonic)

    @property
    def eta(self) -> float:
        """Seconds that its step still takes, as far as its tool says."""
        return (self.progress.eta if self.progress else None) or 0.0

    @property
    def worked(self) -> float:
        """For how many seconds it has been worked on, without those in which it stood still."""
        return max(0.0, time.monotonic() - self.begun - self.control.paused_seconds)

    @property
    def makes_result(self) -> bool:
        """Whether there is work on its result, which ending it would lose; a plan is quickly made again."""
        return not self.planning and bool(self.node or self.kind is not JobKind.UNKNOWN)

    @property
    def cancelled(self) -> bool:
        """Whether its user has cancelled it; the program itself only stops it, and it goes back."""
        return self.control.cancel_asked and not (self.goes_back or self.handed_over)

    @property
    def holds_slot(self) -> bool:
        """Whether it takes one of this machine's slots."""
        return not (self.lost or self.node or self.planning or self.waits_for_slot)

    def give_back(self, *, lost: bool = False) -> None:
        """Let its work end, and the job go back to the queue; ``lost``: its thread may never notice."""
        self.lost = self.lost or lost
        self.goes_back = True
        self.control.cancel()

    def pause(self, state: JobState) -> None:
        """Let it stand still for its user; ``state`` is where it was.

        One that is only looked into goes back and waits: standing still it would keep all others from that.
        """
        self.paused_in = state
        if self.makes_result:
            self.control.pause()
        else:
            self.give_back()

    def unpause(self) -> Optional[JobState]:
        """Its user lets it go on; return where it was paused, None where it was not."""
        state, self.paused_in = self.paused_in, None
        return state

    def keep_plan_of(self, kind: JobKind) -> None:
        """Its plan is kept for the next attempt; the kind stays known."""
        self.kept_kind = kind


@dataclass(frozen=True)
class _Wish:
    """Which jobs are to stand still (``RunningJobs.hold``)."""

    still: bool = False
    others: bool = True
    after_chunk: bool = False
    kinds: Tuple[JobKind, ...] = ()

    def pass_on(self, running: Running) -> None:
        """Let one job stand still or go on."""
        control = running.control
        control.hold_after_chunk(self.after_chunk and not running.node)
        if self.after_chunk and control.resting:
            return
        elsewhere = bool(running.node) or running.planning  # what holds this machine holds no other
        rests = running.kind in self.kinds and not elsewhere
        held = self.still and (self.others or not elsewhere)
        if running.paused_in is not None or held or rests:
            control.pause()
        else:
            control.resume()


class RunningJobs:
    """The one owner of what is in hand. ``changed`` is the queue's lock, on which threads also wait.

    Every method takes the lock, so that a caller needs it only to do several things as one.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self._ending = False
        self._jobs: Dict[int, Running] = {}
        self._wish = _Wish()

    @property
    def ending(self) -> bool:
        """Whether the program ends: no job begins any more, and no thread is replaced."""
        return self._ending

    def end_all(self) -> None:
        """The program ends."""
        with self.changed:
            self._ending = True

    def wake(self) -> None:
        """Let the threads that wait look again."""
        with self.changed:
            self.changed.notify_all()

    def __len__(self) -> int:
        return len(self._jobs)

    def get(self, job_id: int) -> Optional[Running]:
        """Return a job that is in hand; None where it is not."""
        with self.changed:
            return self._jobs.get(job_id)

    def begin(self, job_id: int, running: Running) -> Running:
        """A thread takes a job."""
        with self.changed:
            self._jobs[job_id] = running
            self._wish.pass_on(running)
            return running

    def end(self, job_id: int, running: Running) -> None:
        """A thread lets go of a job; back in the queue, another thread may have it by now."""
        with self.changed:
            if self._jobs.get(job_id) is running:
                del self._jobs[job_id]

    def progressed(self, job_id: int, progress: Progress) -> None:
        """Keep in mind how far a job's step is."""
        with self.changed:
            running = self._jobs.get(job_id)
            if running is not None:
                running.progress = progress

    def take_slot(self, running: Running, kind: JobKind, slots: Slots) -> bool:
        """Let a job hold a slot of this kind; False where all are taken by others."""
        with self.changed:
            others = (
                job.kind for job in self._jobs.values() if job is not running and job.holds_slot
            )
            if kind not in slots.free(others):
                return False
            running.kind, running.waits_for_slot = kind, False
            self._wish.pass_on(running)
            return True

    def give_back(self, job_ids: Iterable[int]) -> None:
        """Let these jobs go back to the queue, as far as they are in hand."""
        with self.changed:
            for job_id in job_ids:
                running = self._jobs.get(job_id)
                if running is not None:
                    running.give_back()

    def give_all_back(self) -> None:
        """Let all jobs go back to the queue; at the program's end other machines go on with theirs."""
        with self.changed:
            for running in self._jobs.values():
                running.handed_over = bool(running.node) and self._ending
                running.give_back()

    def hold(
        self,
        still: bool,
        *,
        others: bool,
        after_chunk: bool = False,
        kinds: Tuple[JobKind, ...] = (),
    ) -> None:
        """Let the jobs stand still or go on, ``others`` at other machines too; those of ``kinds`` here do.

        One that its user has paused stands still; with ``after_chunk`` a film in chunks that is made here
        does so once those in hand are finished. The same holds for jobs that begin later.
        """
        wish = _Wish(still, others, after_chunk, kinds)
        with self.changed:
            if wish != self._wish:
                self._wish = wish
                for running in self._jobs.values():
                    wish.pass_on(running)

    def unpause(self, running: Running) -> Optional[JobState]:
        """Its user lets a job go on, as far as all do; return where it was paused, None where it was not."""
        with self.changed:
            state = running.unpause()
            self._wish.pass_on(running)
            return state

    # ---- what is asked of them

    def progress(self) -> Dict[int, Optional[Progress]]:
        """Return each job with what its tool told last."""
        with self.changed:
            return {job_id: running.progress for job_id, running in self._jobs.items()}

    def time_left(self) -> List[Tuple[JobKind, float]]:
        """Return the kind of each job and the seconds that its step still takes."""
        with self.changed:
            return [(running.kind, running.eta) for running in self._jobs.values()]

    def kinds_at_work(self) -> Tuple[JobKind, ...]:
        """Return the kinds of the jobs that take this machine's slots."""
        with self.changed:
            return tuple(running.kind for running in self._jobs.values() if running.holds_slot)

    def own_work(self) -> Dict[int, Tuple[Optional[Progress], bool]]:
        """Return the jobs that this machine makes, each with its progress and whether it stands still."""
        with self.changed:
            return {
                job_id: (running.progress, running.control.paused)
                for job_id, running in self._jobs.items()
                if not (running.node or running.planning)
            }

    def here(self) -> List[Tuple[int, Running]]:
        """Return the jobs that are not at another machine."""
        with self.changed:
            return [(job_id, job) for job_id, job in self._jobs.items() if not job.node]

    def paused_by_user(self) -> Tuple[int, ...]:
        """Return the jobs that their user has paused."""
        with self.changed:
            return tuple(job_id for job_id, job in self._jobs.items() if job.paused_in is not None)

    @property
    def at_work(self) -> bool:
        """Whether any moves; what stands still is not at work."""
        with self.changed:
            return any(not running.control.paused for running in self._jobs.values())
