"""What a slave does: asks its master for films, makes their results, hands them in, does as it is told.

While the master is away it goes on; what is finished meanwhile is kept, over restarts too, and handed in when
the master is back. Films in this machine's own queue are not touched as long as it is a slave.
"""

from __future__ import annotations

import time
from typing import Optional, Tuple

from cluster.ports import Data
from core.events import QueueStateChanged
from core.peer_errors import PeerError
from core.ports import Clock
from core.protocol.node_commands import NodeCommand
from core.protocol.peer_fields import sentence_data
from core.protocol.system_status import SystemStatus, WorkStatus, system_status_from
from core.queue.work_in_hand import WorkInHand
from core.text.sentence import Sentence
from processing.process_tree import SystemClock
from scheduling.next_time import NextTime
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from scheduling.workers import HANG_SECONDS
from sharing.slave.commands import SlaveCommands
from sharing.slave.jobs import SlaveJobs
from sharing.slave.news import SlaveNews
from sharing.slave.ports import SlaveMachine
from sharing.slave.rounds import BEAT, WireRounds
from sharing.slave.state import SlaveState
from store.slave_jobs import SlaveJobStore

_NAME = "Slave"
_OF_ONE_JOB = (NodeCommand.CANCEL_JOB, NodeCommand.PAUSE_JOB, NodeCommand.RESUME_JOB)


class SlaveWork:
    """``cluster.ports.SlaveHandlers``, at work between ``start`` and ``stop``.

    ``commands`` does what a master may ask that is no work. What is in hand is in ``SlaveJobs``, what is said
    to the master in ``WireRounds``, what master and user wish in ``SlaveState``.
    """

    def __init__(
        self,
        machine: SlaveMachine,
        slots: Slots,
        store: SlaveJobStore,
        commands: SlaveCommands,
        supervisor: Supervisor,
        *,
        news: Optional[SlaveNews] = None,
        beat: float = BEAT,
        clock: Optional[Clock] = None,
    ) -> None:
        clock = clock or SystemClock()
        self._machine = machine
        self._store = store
        self._commands = commands
        self._supervisor = supervisor
        self.news = news or SlaveNews()
        self._state = SlaveState(store.requests)
        self._jobs = SlaveJobs(machine, store, self._state, NextTime(clock), self.news)
        self._rounds = WireRounds(machine, self._jobs, commands, slots, beat, clock)
        self.system = SystemStatus()  # how all machines are, as the master told it last

    # ---- the role

    @property
    def active(self) -> bool:
        """Whether this machine is a slave now."""
        return self._jobs.is_open

    @property
    def work(self) -> Tuple[WorkStatus, ...]:
        """What this machine has in hand."""
        return self._jobs.shown

    @property
    def unfinished_work(self) -> Tuple[WorkInHand, ...]:
        """The work that giving the master its jobs back would lose."""
        return self._jobs.unfinished_work

    @property
    def state(self) -> Optional[QueueStateChanged]:
        """What it does for its master, as the queue tells it of itself; None where it is no slave."""
        with self._jobs.changed:
            return self._state.present(running=bool(self._jobs)) if self.active else None

    def start(self) -> None:
        """Be a slave from now on; what was half made when the program ended is removed first."""
        with self._jobs.changed:
            if self.active:
                return
            self._jobs.open()
            self._state.begin()
            self._rounds.restart()
        self._supervisor.follow(_NAME, HANG_SECONDS, self._rounds)

    def stop(self, deadline: float = 30.0) -> bool:
        """Be none any more: what is half made is dropped, what is finished is kept for the next time.

        False where something has not ended after ``deadline`` seconds.
        """
        self._supervisor.forget(_NAME)
        with self._jobs.changed:
            thread, threads = self._rounds.end(), self._jobs.close()
        if thread is None:
            return True
        self._rounds.say_goodbye()
        end = time.monotonic() + deadline
        for ending in (thread, *threads):
            ending.join(max(0.0, end - time.monotonic()))
        return not any(ending.is_alive() for ending in (thread, *threads))

    # ---- what the user of this machine says

    def wish(
        self, command: NodeCommand, until: Optional[float] = None, *, cancel_running: bool = False
    ) -> None:
        """Start, pause, resume or drain, as the master may command it; the last word holds.

        ``until`` is when a pause is over (seconds since the epoch). With ``cancel_running`` what is not
        finished goes back to the master, which begins it anew.
        """
        with self._jobs.changed:
            self._state.take_own(command, until)
            if cancel_running:
                self._jobs.give_unfinished_back()
            self._rounds.soon()
            self._jobs.hold()

    # ---- what the master says

    def capabilities(self) -> Data:
        """What this machine can do."""
        return self._machine.facts().as_data()

    def connected(self, master_id: str, name: str) -> None:
        """The master is there: hand in what was finished while it was not."""
        self.news.connected(name)
        with self._jobs.changed:
            self._jobs.belong_to(master_id)
            self._rounds.connected()

    def disconnected(self, reason: str) -> None:
        """The master is gone; what is in hand goes on."""
        self._rounds.disconnected()
        self.news.gone(reason)

    def system_status(self, data: Data) -> None:
        """Keep how all machines are, for whoever shows it."""
        self.system = system_status_from(data)

    def command(self, command: str, arguments: Data) -> Data:
        """Do what the master says; raises PeerError for what is not known."""
        try:
            known = NodeCommand(command)
        except ValueError as error:
            raise PeerError(
                Sentence("This version does not know the command {command}.", command=command)
            ) from error
        with self._jobs.changed:
            if self._state.take(known):
                self._rounds.soon()
                self._jobs.hold()
                return sentence_data(self._state.held, "held", "held_parts")
        if known in _OF_ONE_JOB:
            return self._jobs.command(known, arguments)
        if known is NodeCommand.FOUND_KNOWN:
            self._store.confirm([str(content) for content in arguments.get("contents", ())])
            return {}
        answer = self._commands.do(known, arguments)
        self._rounds.soon()  # slots may have changed
        return answer
