"""A job whose result another machine makes: the maker that waits for it, and what is known of it meanwhile.

To the processor it is a maker like that of this machine: what comes out is proved and swapped here, by the
same code. The wire's threads put in what the node says, the job's own thread takes it out.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Union

from cluster.transfer import CHUNK, whole_digest
from core.peer_errors import NodeTrouble, PeerError
from core.plan import Plan
from core.progress import Progress
from core.protocol.node_commands import NodeCommand
from core.protocol.offer import JobOffer
from core.protocol.slave_result import NotMade, SlaveResult, read_slave_result
from core.settings.tree import Settings
from core.text.sentence import Sentence
from core.tools import Toolset
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.holding import staging_folder
from processing.maker import MadeResult
from scheduling.running_jobs import Running
from sharing.master.ports import NodeCommander
from sharing.node_reports import error_of, plan_of

_LOOK = 30.0  # seconds after which a waiting thread gives its sign of life
# Seconds in which the answer to a node goes out, and mostly its next question is heard, before this machine
# does more for a film: all that computes here makes them wait.
ANSWERS_FIRST = 0.02
_AGAIN = 5.0  # seconds until a node that did not hear a command is told once more


def remote_name(job_id: int, attempt: int, node_id: str) -> str:
    """Return the name that a node gives its result in the film's dot folder."""
    return f"{job_id}-{attempt}.{_short(node_id)}.remote"


def awaited_chunk(number: int, attempt: int) -> str:
    """Return the name that the master gives the file of a chunk that is being made."""
    return f"{number + 1:05d}-{attempt}.partial"


def remote_chunk(number: int, attempt: int, node_id: str) -> str:
    """Return the name that a node gives its chunk in the folder of a film's chunks."""
    return f"{number + 1:05d}-{attempt}.{_short(node_id)}.remote"


def _short(node_id: str) -> str:
    return "".join(letter for letter in node_id.lower() if letter.isalnum())[:12] or "node"


class RemoteJob:
    """One job in a node's hands, as the wire's threads and the job's own thread share it."""

    def __init__(
        self,
        offer: JobOffer,
        node_id: str,
        node_name: str,
        toolset: Toolset,
        control: JobControl,
    ) -> None:
        """``control`` is what is asked of the job."""
        self.offer = offer
        self.node_id = node_id
        self.node_name = node_name
        self.toolset = toolset
        self._changed = threading.Condition()
        self._control = control
        self._waits_for_room = False
        self._asked = False  # something of its thread
        self._progress: Optional[Progress] = None
        self._last_progress: Optional[Progress] = None  # that ``wait`` has returned
        self._report: Mapping[str, Any] = {}
        self._lost: Optional[NodeTrouble] = None
        self._place: Optional[Path] = None

    @property
    def paused(self) -> bool:
        """Whether its user wants it to stand still."""
        return self._control.paused

    def no_room(self, waits: bool) -> bool:
        """Its result waits because it does not fit on the disk, or no more; whether that is news."""
        with self._changed:
            news = waits != self._waits_for_room
            self._waits_for_room = waits
            return news

    @property
    def progress(self) -> Optional[Progress]:
        """Where the node is."""
        return self._progress

    @property
    def reported(self) -> bool:
        """Whether the node has handed in, which needs no sign of life any more."""
        return bool(self._report)

    @property
    def lost(self) -> bool:
        """Whether the job is no longer this node's."""
        return self._lost is not None

    @property
    def place(self) -> Path:
        """Where the result is sent to; raises PeerError as long as the master is not ready for it."""
        if self._place is None:
            raise PeerError(
                Sentence("The master is not ready for the result yet; it is sent again.")
            )
        return self._place

    def ready_at(self, place: Path) -> None:
        """The result may come."""
        with self._changed:
            self._place = place

    def moved_on(self, progress: Progress) -> None:
        """The node said where it is."""
        with self._changed:
            self._progress = progress
            self._changed.notify_all()

    def hand_in(self, report: Mapping[str, Any]) -> bool:
        """The node said how it ended; False where the job was lost to it before."""
        with self._changed:
            if self._lost is None:
                self._report = report
                self._changed.notify_all()
            return self._lost is None

    def lose(self, error: NodeTrouble) -> None:
        """The job is no longer this node's, unless it has handed in."""
        with self._changed:
            if not self._report:
                self._lost = error
                self._changed.notify_all()

    def look_again(self) -> None:
        """Something is asked of its thread: ``wait`` comes back."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    def wait(self, seconds: float) -> Optional[Progress]:
        """Wait for news; return new progress. Raises NodeTrouble where the job is lost."""
        with self._changed:
            if not (self._asked or self._report or self._lost or self._has_moved):
                self._changed.wait(seconds)
            self._asked = False
            if self._lost is not None:
                raise self._lost
            new = self._progress if self._has_moved else None
            self._last_progress = self._progress
            return new

    @property
    def _has_moved(self) -> bool:
        return self._progress is not self._last_progress

    @property
    def report(self) -> Mapping[str, Any]:
        """What the node handed in, empty before."""
        return self._report


class RemoteResult:
    """The maker (``processing.maker.Maker``) that waits for one node's result."""

    is_local = False

    def __init__(
        self,
        job: RemoteJob,
        settings: Settings,
        files: FileOperations,
        nodes: NodeCommander,
        running: Running,
    ) -> None:
        self.toolset = job.toolset
        self._job = job
        self._settings = settings
        self._files = files
        self._nodes = nodes
        self._running = running
        self._passed_on = False  # whether the node was told to stand still
        self._tell_after = 0.0

    def survives_shutdown(self) -> bool:
        """Whether this program lets go of the job now, and the node goes on with it."""
        return self._running.handed_over

    def make(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: Callable[[Progress], None],
    ) -> MadeResult:
        """Wait until the node has made the result, and take it over where it is the one that it says.

        Raises NodeLost and NodeTrouble where the node is at fault, else what the node met.
        """
        job = self._job
        job.ready_at(output)
        control.tell_changes_to(job.look_again)
        while not job.report:
            if control.cancelled:
                self._let_go()
                control.check()
            heard = self._pass_on_pause(control.paused)
            progress = job.wait(_LOOK if heard else _AGAIN)
            if progress is not None:
                on_progress(progress)
        time.sleep(ANSWERS_FIRST)
        handed_in = self._handed_in()
        if isinstance(handed_in, NotMade):
            raise error_of(handed_in, plan, self._settings, job.node_name)
        if handed_in.shared:
            self._fetch_shared(plan, output)
        made = plan_of(handed_in, plan, self._settings, job.node_name)
        demand_bytes(output, handed_in, job.node_name, self._files, control.check)
        return MadeResult(made, handed_in.commands, handed_in.timings, quality=handed_in.quality)

    def _handed_in(self) -> Union[SlaveResult, NotMade]:
        """Read what the node says; that it cannot be read is not the film's fault."""
        try:
            return read_slave_result(self._job.report)
        except PeerError as error:
            raise NodeTrouble(self._job.node_name, str(error)) from error

    def _let_go(self) -> None:
        """Tell the node that its work is for nobody, unless this program only ends."""
        if not self.survives_shutdown():
            self._tell(NodeCommand.CANCEL_JOB)

    def _pass_on_pause(self, paused: bool) -> bool:
        """Let the node stand still or go on; False where it is away.

        It also hears that with the answer to its next sign of life.
        """
        if paused != self._passed_on and time.monotonic() >= self._tell_after:
            wish = NodeCommand.PAUSE_JOB if paused else NodeCommand.RESUME_JOB
            if self._tell(wish):
                self._passed_on = paused
            else:
                self._tell_after = time.monotonic() + _AGAIN
        return paused == self._passed_on

    def _tell(self, command: NodeCommand) -> bool:
        offer = self._job.offer
        try:
            self._nodes.command(
                self._job.node_id, command, {"job": offer.job_id, "attempt": offer.attempt}
            )
        except PeerError:  # it is away, and hears it when it gives its next sign of life
            return False
        return True

    def _fetch_shared(self, plan: Plan, output: Path) -> None:
        """Give what the node wrote beside the film the name that the journal knows."""
        offer = self._job.offer
        name = remote_name(offer.job_id, offer.attempt, self._job.node_id)
        shared = staging_folder(plan.target) / name
        if self._files.taken(shared):  # else an earlier run of this program has done it
            self._files.overwrite(shared, output)


def demand_bytes(
    output: Path,
    handed_in: SlaveResult,
    node_name: str,
    files: FileOperations,
    check: Callable[[], None],
) -> None:
    """Hold the bytes that are there against those that the node made; raises NodeTrouble.

    A link is refused: it would put another file into the film's place, or leave another name for it.
    """
    with suppress(FileNotFoundError):
        status = os.lstat(output)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise NodeTrouble(node_name, Sentence("its result is a link to another file."))
    identity = files.identity(output)
    if (
        identity is None
        or identity.size != handed_in.size
        or file_digest(output, check) != handed_in.digest
    ):
        raise NodeTrouble(
            node_name,
            Sentence("its result was damaged on the way. The film is encoded again."),
        )


def file_digest(path: Path, check: Callable[[], None]) -> str:
    """Return a whole file's hash (``cluster.transfer``); ``check`` may raise to end it."""

    def chunks(file: Any) -> Any:
        while True:
            check()
            piece = file.read(CHUNK)
            if not piece:
                return
            yield piece

    with path.open("rb") as file:
        return whole_digest(chunks(file)).text()
