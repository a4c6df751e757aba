"""What a slave says to its master once a second: signs of life, how it is, whether it wants work."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import Any, Dict, List, Mapping, Optional

from core.peer_errors import PeerError
from core.ports import Clock
from core.protocol.messages import MessageType
from core.protocol.offer import offer_from
from core.protocol.peer_fields import sentence_data, sentence_in
from core.queue.job import JobKind
from core.text.sentence import Sentence
from scheduling.next_time import NextTime
from scheduling.slots import Slots
from sharing.slave.commands import SlaveCommands
from sharing.slave.jobs import SlaveJobs
from sharing.slave.ports import SlaveMachine
from sharing.slave.task import SlaveTask, wait_of

BEAT = 1.0  # seconds between two rounds
_STATUS_EVERY = 5.0  # seconds between two words on how this machine is
_GOODBYE = 2.0  # seconds that the last word may take

_log = logging.getLogger("mediaprocessor.queue")


class WireRounds:
    """The thread of a slave (``core.ports.SupervisedThread``), guarded by the lock of its ``jobs``."""

    def __init__(
        self,
        machine: SlaveMachine,
        jobs: SlaveJobs,
        commands: SlaveCommands,
        slots: Slots,
        beat: float,
        clock: Clock,
    ) -> None:
        self._machine = machine
        self._jobs = jobs
        self._state = jobs.state
        self._commands = commands
        self._slots = slots
        self._beat_seconds = beat
        self._clock = clock
        self._telling = NextTime(clock)
        self._thread: Optional[threading.Thread] = None
        self._beat = time.monotonic()
        self._there = False  # whether the master is, and what was finished for it is in hand again
        self._capabilities: Mapping[str, Any] = {}  # that the master was told last

    # ---- the thread

    @property
    def last_beat(self) -> float:
        """When the last round began, by ``time.monotonic()``."""
        return self._beat

    @property
    def alive(self) -> bool:
        """Whether it is at work, or was told to end."""
        return self._thread is None or self._thread.is_alive()

    def restart(self) -> None:
        """Begin, or go on in another thread; the one before ends when it comes back from where it hangs."""
        with self._jobs.changed:
            self._beat = time.monotonic()
            self._thread = threading.Thread(target=self._work, name="slave", daemon=True)
            self._thread.start()

    def end(self) -> Optional[threading.Thread]:
        """End; return the thread to be waited for, None where there is none."""
        with self._jobs.changed:
            thread, self._thread = self._thread, None
            self._jobs.changed.notify_all()
            return thread

    def connected(self) -> None:
        """The master is there, and what was finished for it is in hand again."""
        with self._jobs.changed:
            self._there = True
            self.soon()

    def disconnected(self) -> None:
        """The master is gone."""
        with self._jobs.changed:
            self._there = False

    def soon(self) -> None:
        """Ask for work and tell how this machine is, now."""
        self._jobs.asking.at_once()
        self._telling.at_once()
        with self._jobs.changed:
            self._jobs.changed.notify_all()

    def say_goodbye(self) -> None:
        """Let the master take back at once what is not finished."""
        with suppress(PeerError):  # the lease ends by itself
            if self._machine.slave_port().connected:
                self._keep_only(self._jobs.finished())

    # ---- the rounds

    def _work(self) -> None:
        while self._thread is threading.current_thread():
            try:
                if self._look_around() and self._machine.slave_port().connected:
                    self._talk()
            except PeerError as error:
                _log.info("The master could not be asked: %s", error)
            except Exception:  # noqa: BLE001 - the next round may go well
                _log.exception("The slave's work met an error.")
            with self._jobs.changed:
                if self._thread is threading.current_thread():
                    self._jobs.changed.wait(self._beat_seconds)

    def _look_around(self) -> bool:
        """Hold the jobs as hours, conditions and wishes want it; whether the master is there."""
        with self._jobs.changed:
            self._beat = time.monotonic()
        reason = self._machine.pause_reason()  # may take a moment: not under the lock
        with self._jobs.changed:
            self._slots.resting = reason.kinds if reason else ()
            self._state.pause_reason = reason.reason if reason and not reason.kinds else ""
            self._state.look(self._clock.now())
            self._jobs.hold()
            at_work = self._jobs.at_work
        self._machine.keep_awake(at_work)
        self._jobs.drop_unpaired()
        with self._jobs.changed:
            return self._there

    def _talk(self) -> None:
        """Give a sign of life for each job, say how this machine is, and ask for more work."""
        with self._jobs.changed:
            gives_back = self._state.take_give_back()
        if gives_back:
            self._keep_only(self._jobs.holding())
        for task in self._jobs.of_master():
            if task.control.cancelled:  # a sign of life would have the master wait for it again
                continue
            try:
                self._give_sign(task)
            except PeerError as error:  # the others must not lose their time by it
                _log.info("Job %d gave no sign of life: %s", task.job.job_id, error)
                if not self._machine.slave_port().connected:
                    return
        if self._telling.due:
            self._telling.put_off(_STATUS_EVERY, self._telling.begin())
            self._machine.slave_port().tell(MessageType.STATUS, self._status())
        while self._jobs.asking.due:
            free = self._free()
            if not free:
                return
            self.ask(free)

    def _give_sign(self, task: SlaveTask) -> None:
        answer = self._machine.slave_port().ask(MessageType.JOB_STATUS, task.sign)
        with self._jobs.changed:
            if answer.get("go_on") is False:
                if task.control.cancelled:
                    return
                _log.warning(
                    "Job %d: %s", task.job.job_id, sentence_in(answer, "reason", "reason_parts")
                )
                task.control.cancel()
            else:
                self._jobs.hold_for_master(task, bool(answer.get("pause")))

    def _status(self) -> Dict[str, Any]:
        """Return how this machine is; what it can do only where that is not what was told last."""
        capabilities = self._machine.facts().as_data()  # may ask the tools: not under the lock
        data = self._commands.how_it_is()
        with self._jobs.changed:
            data.update(sentence_data(self._state.held, "held", "held_parts"))
            data["running"] = len(self._jobs)
            if capabilities != self._capabilities:
                self._capabilities = data["capabilities"] = capabilities
        films = self._commands.found()
        return {**data, "found": films} if films else data

    def _free(self) -> List[str]:
        """Return the kinds that a job may begin of now."""
        own = self._machine.kinds_at_work()
        with self._jobs.changed:
            if self._state.held or self._thread is None:
                return []
            free = self._slots.free((*own, *self._jobs.kinds))
        return [kind.value for kind in free if kind is not JobKind.UNKNOWN]

    def ask(self, free: List[str]) -> None:
        """Ask for a job of one of these kinds, and begin it; raises PeerError."""
        asking = self._jobs.asking
        begun = asking.begin()
        data = {"free": free, "holding": self._jobs.holding(), **self._commands.room()}
        answer = self._machine.slave_port().ask(MessageType.JOB_REQUEST, data)
        if "offer" in answer:
            offer = offer_from(answer["offer"])
            if offer.kind.value not in free:
                raise PeerError(
                    Sentence("The master gave a job of a kind that it was not asked for.")
                )
            self._jobs.accept(offer)
            return
        asking.put_off(wait_of(answer), begun)
        self._jobs.news.no_film(sentence_in(answer, "reason", "reason_parts"))

    def _keep_only(self, holding: List[List[int]]) -> None:
        """Give all other jobs back to the master; raises PeerError."""
        data = {"free": [], "holding": holding}
        self._machine.slave_port().ask(MessageType.JOB_REQUEST, data, _GOODBYE)
