"""What a slave does: asks its master for films, makes their results, hands them in, does as it is told.

While the master is away it goes on; what is finished meanwhile is kept, over restarts too, and handed in when
the master is back. Films in this machine's own queue are not touched as long as it is a slave.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from cluster.ports import Data, SlavePort
from core.errors import JobCancelled, MediaProcessorError, PeerError
from core.events import QueueStateChanged
from core.protocol.messages import MessageType
from core.protocol.node_commands import NodeCommand
from core.protocol.node_facts import NodeFacts
from core.protocol.offer import JobOffer, offer_from
from core.protocol.peer_fields import shown
from core.protocol.slave_result import not_made
from core.protocol.system_status import SystemStatus, WorkStatus, system_status_from
from core.queue.job import JobKind
from scheduling.next_time import NextTime
from scheduling.pause_reasons import Closed
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from scheduling.workers import HANG_SECONDS
from sharing.slave.commands import SlaveCommands
from sharing.slave.film import SlaveFilm, SlaveTools, drop, job_of
from sharing.slave.news import SlaveNews
from sharing.slave.state import SlaveState
from sharing.slave.task import SlaveTask, hand_in, is_forsaken, key_of, wait_of, with_report
from store.slave_jobs import SlaveJob, SlaveJobStore

BEAT = 1.0  # seconds between two rounds
_STATUS_EVERY = 5.0  # seconds between two words on how this machine is
_RETRY = 3.0  # seconds until a result is offered again
_GOODBYE = 2.0  # seconds that the last word may take
_NAME = "Slave"

_log = logging.getLogger("mediaprocessor.queue")


class SlaveWork:
    """``cluster.ports.SlaveHandlers``, at work between ``start`` and ``stop``.

    ``port`` is the wire, ``equip`` gives tools and settings of this moment, ``facts`` what this machine
    tells of itself, ``closed`` says why it has to pause by itself. ``commands`` does what a master may ask
    that is no work, ``keep_awake`` is told every second whether a film is at work. ``own_work`` are the kinds
    of films of this machine's own queue that still come to their end; ``paired`` knows its masters' ids.
    """

    def __init__(
        self,
        port: Callable[[], SlavePort],
        equip: Callable[[], SlaveTools],
        facts: Callable[[], NodeFacts],
        slots: Slots,
        store: SlaveJobStore,
        commands: SlaveCommands,
        supervisor: Supervisor,
        *,
        node_id: Callable[[], str],
        closed: Callable[[], Optional[Closed]] = lambda: None,
        keep_awake: Callable[[bool], None] = lambda wanted: None,  # noqa: ARG005
        own_work: Callable[[], Sequence[JobKind]] = tuple,
        paired: Callable[[str], bool] = lambda master_id: True,  # noqa: ARG005
        news: Optional[SlaveNews] = None,
        beat: float = BEAT,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._port = port
        self._equip = equip
        self._facts = facts
        self._slots = slots
        self._store = store
        self._commands = commands
        self._supervisor = supervisor
        self._node_id = node_id
        self._closed = closed
        self._keep_awake = keep_awake
        self._own_work = own_work
        self._paired = paired
        self._beat_seconds = beat
        self._now = now
        self.news = news or SlaveNews()
        self._state = SlaveState(store.requests)
        self._changed = threading.Condition(threading.RLock())
        self._tasks: Dict[Tuple[str, int, int], SlaveTask] = {}
        self._threads: List[threading.Thread] = []
        self._thread: Optional[threading.Thread] = None
        self._beat = time.monotonic()
        self._asking, self._telling = NextTime(), NextTime()
        self._master = ""
        self._gives_back = False  # whether its user has just cancelled what is in hand
        self._there = False  # whether the master is, and what was finished for it is in hand again
        self._told: Mapping[str, Any] = {}
        self.system = SystemStatus()

    # ---- the role

    @property
    def active(self) -> bool:
        """Whether this machine is a slave now."""
        return self._thread is not None

    @property
    def work(self) -> Tuple[WorkStatus, ...]:
        """What this machine has in hand."""
        with self._changed:
            return tuple(one.shown for one in self._tasks.values())

    @property
    def state(self) -> Optional[QueueStateChanged]:
        """What it does for its master, as the queue tells it of itself; None where it is no slave."""
        with self._changed:
            return self._state.present(running=bool(self._tasks)) if self.active else None

    def start(self) -> None:
        """Be a slave from now on; what was half made when the program ended is removed first."""
        with self._changed:
            if self._thread is not None:
                return
            for job in self._store.all():
                if not job.report or is_forsaken(job):
                    drop(job, self._store)
            self._state.begin()
            self._begin()
        self._supervisor.follow(
            _NAME, HANG_SECONDS, lambda: self._beat, self._begin, self._is_alive
        )

    def stop(self, deadline: float = 30.0) -> bool:
        """Be none any more: what is half made is dropped, what is finished is kept for the next time.

        False where something has not ended after ``deadline`` seconds.
        """
        self._supervisor.forget(_NAME)
        with self._changed:
            thread, self._thread = self._thread, None
            for task in self._tasks.values():
                task.control.cancel()
            self._changed.notify_all()
        if thread is None:
            return True
        self._say_goodbye()
        end = time.monotonic() + deadline
        for one in (thread, *self._threads):
            one.join(max(0.0, end - time.monotonic()))
        return not any(one.is_alive() for one in (thread, *self._threads))

    def _say_goodbye(self) -> None:
        """Let the master take back at once what is not finished."""
        with suppress(PeerError):  # the lease ends by itself
            if self._port().connected:
                self._keep_only([[job.job_id, job.attempt] for job in self._store.finished()])

    def _keep_only(self, holding: List[List[int]]) -> None:
        """Give all other jobs back to the master; raises PeerError."""
        self._port().ask(MessageType.JOB_REQUEST, {"free": [], "holding": holding}, _GOODBYE)

    # ---- what the user of this machine says

    def wish(
        self, command: NodeCommand, until: Optional[float] = None, *, cancel_running: bool = False
    ) -> None:
        """Start, pause, resume or drain, as the master may command it; the last word holds.

        ``until`` is when a pause is over (seconds since the epoch). With ``cancel_running`` what is not
        finished goes back to the master, which begins it anew.
        """
        with self._changed:
            self._state.take_own(command, until)
            if cancel_running:
                for task in self._tasks.values():
                    if not task.job.report:
                        task.control.cancel()
                        self._gives_back = True
            self._at_once()
            self._hold()
            self._changed.notify_all()

    def _at_once(self) -> None:
        """Ask for work and tell how this machine is, now."""
        self._asking.at_once()
        self._telling.at_once()

    # ---- what the master says

    def capabilities(self) -> Data:
        """What this machine can do."""
        return self._facts().as_data()

    def connected(self, master_id: str, name: str) -> None:
        """The master is there: hand in what was finished while it was not."""
        self.news.connected(name)
        with self._changed:
            self._master = master_id
            self._state.belong_to(master_id)
            self._drop_work(lambda job: job.master_id == master_id or bool(job.report))
            for job in self._store.finished():
                if job.master_id == master_id and key_of(job) not in self._tasks:
                    self._run(SlaveTask(job, JobKind.UNKNOWN, str(job.result)), self._hand_in)
            self._at_once()
            self._there = True
            self._changed.notify_all()

    def disconnected(self, reason: str) -> None:
        """The master is gone; what is in hand goes on."""
        with self._changed:
            self._there = False
        self.news.gone(reason)

    def system_status(self, data: Data) -> None:
        """Keep how all machines are, for whoever shows it."""
        self.system = system_status_from(data)

    def command(self, command: str, arguments: Data) -> Data:
        """Do what the master says; raises PeerError for what is not known."""
        try:
            wish = NodeCommand(command)
        except ValueError as error:
            raise PeerError(f"This version does not know the command {command}.") from error
        with self._changed:
            if self._state.take(wish):
                self._at_once()
                self._hold()
                self._changed.notify_all()
                return {"held": self._state.held}
            if wish in (NodeCommand.CANCEL_JOB, NodeCommand.PAUSE_JOB, NodeCommand.RESUME_JOB):
                return self._command_job(wish, arguments)
        if wish is NodeCommand.FOUND_KNOWN:
            self._store.confirm([str(one) for one in arguments.get("contents", ())])
            return {}
        answer = self._commands.do(wish, arguments)
        self._at_once()  # slots may have changed
        return answer

    def _command_job(self, wish: NodeCommand, arguments: Data) -> Data:
        job_id, attempt = arguments.get("job"), arguments.get("attempt")
        for task in self._of_master():
            if task.key == [job_id, attempt]:
                if wish is NodeCommand.CANCEL_JOB:
                    task.control.cancel()
                else:
                    task.held_by_master = wish is NodeCommand.PAUSE_JOB
                    self._hold()
                return {}
        raise PeerError("This machine does not have that job.")

    # ---- the rounds

    def _begin(self) -> None:
        self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._rounds, name="slave", daemon=True)
        self._thread.start()

    def _is_alive(self) -> bool:
        return self._thread is None or self._thread.is_alive()

    def _rounds(self) -> None:
        while self._thread is threading.current_thread():
            self._beat = time.monotonic()
            try:
                closed = self._closed()
                with self._changed:
                    self._state.closed = closed.reason if closed else ""
                    self._state.look(self._now())
                    self._hold()
                    at_work = any(not one.control.paused for one in self._tasks.values())
                self._keep_awake(at_work)
                self._drop_work(lambda job: self._paired(job.master_id))
                if self._there and self._port().connected:
                    self._talk()
            except PeerError as error:
                _log.info("The master could not be asked: %s", error)
            except Exception:  # noqa: BLE001 - the next round may go well
                _log.exception("The slave's work met an error.")
            with self._changed:
                if self._thread is threading.current_thread():
                    self._changed.wait(self._beat_seconds)

    def _talk(self) -> None:
        """Give a sign of life for each job, say how this machine is, and ask for more work."""
        with self._changed:
            gives_back, self._gives_back = self._gives_back, False
        if gives_back:
            self._keep_only(self._holding())
        for task in self._of_master():
            if task.control.cancelled:  # a sign of life would have the master wait for it again
                continue
            try:
                self._give_sign(task)
            except PeerError as error:  # the others must not lose their time by it
                _log.info("Job %d gave no sign of life: %s", task.job.job_id, error)
                if not self._port().connected:
                    return
        if self._telling.due:
            self._telling.put_off(_STATUS_EVERY, self._telling.begin())
            self._port().tell(MessageType.STATUS, self._how_it_is())
        while self._asking.due:
            free = self._free()
            if not free:
                return
            self._ask(free)

    def _give_sign(self, task: SlaveTask) -> None:
        answer = self._port().ask(MessageType.JOB_STATUS, task.sign)
        with self._changed:
            if answer.get("go_on") is False:
                if task.control.cancelled:
                    return
                _log.warning("Job %d: %s", task.job.job_id, shown(str(answer.get("reason", ""))))
                task.control.cancel()
            else:
                task.held_by_master = bool(answer.get("pause"))
                self._hold()

    def _how_it_is(self) -> Dict[str, Any]:
        capabilities = self.capabilities()  # may ask the tools: not under the lock
        with self._changed:
            now = {"held": self._state.held, "running": len(self._tasks)}
        data = {**self._commands.how_it_is(), **now}
        if capabilities != self._told:
            self._told = data["capabilities"] = capabilities
        found = self._commands.found()
        return {**data, "found": found} if found else data

    def _free(self) -> List[str]:
        """Return the kinds that a job may begin of now."""
        own = self._own_work()
        with self._changed:
            if self._state.held or self._thread is None:
                return []
            free = self._slots.free((*own, *(one.kind for one in self._tasks.values())))
        return [kind.value for kind in free if kind is not JobKind.UNKNOWN]

    def _ask(self, free: List[str]) -> None:
        begun = self._asking.begin()
        data = {"free": free, "holding": self._holding(), **self._commands.room()}
        answer = self._port().ask(MessageType.JOB_REQUEST, data)
        if "offer" in answer:
            offer = offer_from(answer["offer"])
            if offer.kind.value not in free:
                raise PeerError("The master gave a job of a kind that it was not asked for.")
            self._accept(offer)
            return
        self._asking.put_off(wait_of(answer), begun)
        self.news.no_film(str(answer.get("reason", "")))

    def _holding(self) -> List[List[int]]:
        return [one.key for one in self._of_master() if not one.control.cancelled]

    # ---- the jobs

    def _accept(self, offer: JobOffer) -> None:
        with self._changed:
            if self._thread is None:
                return  # the lease ends by itself
            tools = self._equip()
            job = job_of(offer, self._master, tools.work_folder)
            if key_of(job) in self._tasks:
                raise PeerError("The master gave a job that this machine has in hand.")
            task = SlaveTask(job, offer.kind, offer.path)
            port, control = self._port(), task.control
            film = SlaveFilm(
                offer, job, self._node_id(), tools, port, self._store, control, task.moved
            )
            self.news.begins(offer.path)
            self._run(task, lambda one: self._make(one, film))

    def _run(self, task: SlaveTask, work: Callable[[SlaveTask], None]) -> None:
        """Work on a job in a thread of its own; the lock is held."""
        self._tasks[key_of(task.job)] = task

        def run() -> None:
            try:
                work(task)
            except Exception:  # noqa: BLE001 - the lease ends by itself
                _log.exception("Job %d of the master met an unexpected error.", task.job.job_id)
            finally:
                with self._changed:
                    self._tasks.pop(key_of(task.job), None)
                    self._asking.at_once()
                    self._changed.notify_all()

        self._threads = [one for one in self._threads if one.is_alive()]
        thread = threading.Thread(target=run, name=f"slave-job-{task.job.job_id}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _make(self, task: SlaveTask, film: SlaveFilm) -> None:
        """Make a result and hand it in, or say why there is none."""
        try:
            task.job = film.make()
        except JobCancelled:
            self.news.given_up(task)
            drop(film.job, self._store)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the master hears of it
            if not isinstance(error, (MediaProcessorError, OSError)):
                _log.exception("Job %d of the master met an unexpected error.", task.job.job_id)
            drop(film.job, self._store)
            task.job = with_report(film.job, not_made(error).as_data())
        with self._changed:
            task.kind = JobKind.UNKNOWN
            self._asking.at_once()
            self._changed.notify_all()
        self._hand_in(task)

    def _hand_in(self, task: SlaveTask) -> None:
        """JobOffer what is finished until the master has taken it, or does not want it any more."""
        job = task.job
        while not task.control.cancelled:
            try:
                mine = task in self._of_master() and self._port().connected
                if mine and hand_in(task, self._port(), self._store, self.news.ended):
                    return
            except JobCancelled:
                break
            except OSError as error:
                _log.warning("The result of job %d is gone: %s", job.job_id, error)
                job = task.job = with_report(job, not_made(error).as_data())
            except PeerError as error:
                _log.info("Job %d could not be handed in yet: %s", job.job_id, error)
            with self._changed:
                self._changed.wait(_RETRY)
        if self._thread is not None:  # nobody wants it; else it is kept for the next start
            drop(job, self._store)

    def _drop_work(self, wanted: Callable[[SlaveJob], bool]) -> None:
        """End what has become pointless: work for a master that this machine has no more."""
        with self._changed:
            for task in self._tasks.values():
                if not wanted(task.job):
                    task.control.cancel()

    def _hold(self) -> None:
        """Let jobs stand still or go on as everybody wants it; the lock is held."""
        for task in self._tasks.values():
            task.hold(self._state.still)

    def _of_master(self) -> List[SlaveTask]:
        """Return the jobs of the master that is there now: another one's may have the same numbers."""
        with self._changed:
            return [one for one in self._tasks.values() if one.job.master_id == self._master]
