"""The master's jobs in a slave's hands: begun, held, given up and handed in, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import Callable, Dict, List, Tuple

from cluster.ports import Data
from core.errors import JobCancelled, MediaProcessorError
from core.peer_errors import PeerError
from core.protocol.node_commands import NodeCommand
from core.protocol.offer import JobOffer
from core.protocol.slave_result import not_made
from core.protocol.system_status import WorkStatus
from core.queue.job import JobKind
from core.queue.work_in_hand import WorkInHand
from core.text.sentence import Sentence
from scheduling.next_time import NextTime
from sharing.slave.chunk import SlaveChunk
from sharing.slave.film import SlaveFilm, job_of
from sharing.slave.news import SlaveNews
from sharing.slave.ports import SlaveMachine
from sharing.slave.state import SlaveState
from sharing.slave.task import SlaveTask, drop, hand_in, is_forsaken, key_of, with_report
from store.slave_jobs import SlaveJobStore

_RETRY = 3.0  # seconds until a result is offered again

_log = logging.getLogger("mediaprocessor.queue")


class SlaveJobs:
    """The one owner of what is in hand. ``changed`` is the slave's lock, on which threads also wait.

    Every method takes the lock where it needs it. ``asking`` is when the master is asked for work next.
    """

    def __init__(
        self,
        machine: SlaveMachine,
        store: SlaveJobStore,
        state: SlaveState,
        asking: NextTime,
        news: SlaveNews,
    ) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.state = state
        self.asking = asking
        self.news = news
        self._machine = machine
        self._store = store
        self._tasks: Dict[Tuple[str, int, int], SlaveTask] = {}
        self._threads: List[threading.Thread] = []
        self._master = ""  # the id of the one that is there, or was last
        self._open = False

    # ---- all of them

    def open(self) -> None:
        """Take jobs from now on; what was half made when the program ended is removed first."""
        with self.changed:
            for job in self._store.all():
                if not job.report or is_forsaken(job):
                    drop(job, self._store)
            self._open = True

    def close(self) -> Tuple[threading.Thread, ...]:
        """Take none any more, and end what is half made; return the threads to be waited for."""
        with self.changed:
            self._open = False
            for task in self._tasks.values():
                task.control.cancel()
            self.changed.notify_all()
            return tuple(self._threads)

    @property
    def is_open(self) -> bool:
        """Whether jobs are taken at all."""
        return self._open

    def belong_to(self, master_id: str) -> None:
        """A master is there: go on with its jobs alone, and hand in what was finished for it."""
        with self.changed:
            self._master = master_id
            self.state.belong_to(master_id)
            for task in self._tasks.values():
                if task.job.master_id != master_id and not task.job.report:
                    task.control.cancel()
            for job in self._store.finished():
                if job.master_id == master_id and key_of(job) not in self._tasks:
                    task = SlaveTask(job, JobKind.UNKNOWN, str(job.result))
                    self._run(task, self._hand_in)

    def drop_unpaired(self) -> None:
        """End the work for masters that this machine is paired with no more."""
        with self.changed:
            for task in self._tasks.values():
                if not self._machine.is_paired(task.job.master_id):
                    task.control.cancel()

    def give_unfinished_back(self) -> None:
        """End what is not finished: its user gives it back to the master."""
        with self.changed:
            for task in self._tasks.values():
                if not task.job.report:
                    task.control.cancel()
                    self.state.give_back()

    def hold(self) -> None:
        """Let jobs stand still or go on as everybody wants it."""
        with self.changed:
            for task in self._tasks.values():
                task.hold(self.state.still)

    def hold_for_master(self, task: SlaveTask, paused: bool) -> None:
        """Let one job stand still because its master wants that, or no more."""
        with self.changed:
            task.held_by_master = paused
            self.hold()

    # ---- what is asked of them

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def at_work(self) -> bool:
        """Whether any moves; what stands still is not at work."""
        with self.changed:
            return any(not task.control.paused for task in self._tasks.values())

    @property
    def shown(self) -> Tuple[WorkStatus, ...]:
        """What is shown of them."""
        with self.changed:
            return tuple(task.shown for task in self._tasks.values())

    @property
    def unfinished_work(self) -> Tuple[WorkInHand, ...]:
        """The work that giving the jobs back would lose."""
        with self.changed:
            return tuple(task.work for task in self._tasks.values() if not task.job.report)

    @property
    def kinds(self) -> Tuple[JobKind, ...]:
        """The kinds of slots that they take."""
        with self.changed:
            return tuple(task.kind for task in self._tasks.values())

    def of_master(self) -> List[SlaveTask]:
        """Return the jobs of the master that is there now: another one's may have the same numbers."""
        with self.changed:
            return [task for task in self._tasks.values() if task.job.master_id == self._master]

    def holding(self) -> List[List[int]]:
        """Return what master and slave call the jobs that this machine goes on with."""
        return [task.key for task in self.of_master() if not task.control.cancelled]

    def finished(self) -> List[List[int]]:
        """Return the same of what is kept for a master."""
        return [[job.job_id, job.attempt] for job in self._store.finished()]

    # ---- one of them

    def command(self, command: NodeCommand, arguments: Data) -> Data:
        """Cancel, pause or resume one job; raises PeerError where it is not here."""
        with self.changed:
            for task in self.of_master():
                if task.key == [arguments.get("job"), arguments.get("attempt")]:
                    if command is NodeCommand.CANCEL_JOB:
                        task.control.cancel()
                    else:
                        self.hold_for_master(task, command is NodeCommand.PAUSE_JOB)
                    return {}
        raise PeerError(Sentence("This machine does not have that job."))

    def accept(self, offer: JobOffer) -> None:
        """Begin a job; raises PeerError where it is in hand already."""
        with self.changed:
            if not self._open:
                return  # the lease ends by itself
            tools = self._machine.tools()
            job = job_of(offer, self._master, tools.work_folder)
            if key_of(job) in self._tasks:
                raise PeerError(Sentence("The master gave a job that this machine has in hand."))
            task = SlaveTask(job, offer.kind, offer.path)
            port, node_id = self._machine.slave_port(), self._machine.instance_id
            kind = SlaveFilm if offer.chunk is None else SlaveChunk
            film = kind(offer, task, tools, port, self._store, node_id)
            self.news.begins(offer.path)
            self._run(task, lambda running: self._make(running, film))

    def _run(self, task: SlaveTask, work: Callable[[SlaveTask], None]) -> None:
        """Work on a job in a thread of its own; the lock is held."""
        self._tasks[key_of(task.job)] = task

        def run() -> None:
            try:
                work(task)
            except Exception:  # noqa: BLE001 - the lease ends by itself
                _log.exception("Job %d of the master met an unexpected error.", task.job.job_id)
            finally:
                with self.changed:
                    self._tasks.pop(key_of(task.job), None)
                    self.asking.at_once()
                    self.changed.notify_all()

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=run, name=f"slave-job-{task.job.job_id}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _make(self, task: SlaveTask, film: SlaveFilm) -> None:
        """Make a result and hand it in, or say why there is none."""
        try:
            job = film.make()
        except JobCancelled:
            self.news.given_up(task)
            drop(film.job, self._store)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the master hears of it
            if not isinstance(error, (MediaProcessorError, OSError)):
                _log.exception("Job %d of the master met an unexpected error.", task.job.job_id)
            drop(film.job, self._store)
            job = with_report(film.job, not_made(error).as_data())
        with self.changed:
            task.job, task.kind = job, JobKind.UNKNOWN
            self.asking.at_once()
            self.changed.notify_all()
        self._hand_in(task)

    def _hand_in(self, task: SlaveTask) -> None:
        """Offer what is finished until the master has taken it, or does not want it any more."""
        port = self._machine.slave_port()
        while not task.control.cancelled:
            try:
                mine = task in self.of_master() and port.connected
                taken = hand_in(task, port, self._store) if mine else None
                if taken is not None:
                    self.news.ended(task, taken)
                    return
            except JobCancelled:
                break
            except OSError as error:
                _log.warning("The result of job %d is gone: %s", task.job.job_id, error)
                with self.changed:
                    task.job = with_report(task.job, not_made(error).as_data())
            except PeerError as error:
                _log.info("Job %d could not be handed in yet: %s", task.job.job_id, error)
            with self.changed:
                self.changed.wait(_RETRY)
        if self._open:  # nobody wants it; else it is kept for the next start
            drop(task.job, self._store)
