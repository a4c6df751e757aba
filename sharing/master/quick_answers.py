"""What slaves are answered at once, in the wire's own thread: the same words as ever, found without waiting.

Sixty slaves give a sign of life each second for every film that they have, and ask for work when there is
none. Handing each of these messages to a thread of its own costs more than the answer; so what needs nothing
but a look into memory is answered where it was heard. Whatever would wait, for the queue's lock, the database
or a disk, or has to be looked at closely, is left to ``MasterWork``, which answers everything.
"""

from __future__ import annotations

from typing import AbstractSet, Any, Dict, Optional

from cluster.ports import Data, Node
from core.peer_errors import WrongField
from core.protocol.messages import MessageType
from core.protocol.peer_fields import reason_data
from scheduling.shared_queue import SharedQueue
from sharing.master.dealt_chunks import DealtChunks
from sharing.master.dispatch import Dispatch
from sharing.master.leased_jobs import RemoteJobs
from sharing.master.nodes import Nodes
from sharing.master.spreading import Spreading
from sharing.node_reports import progress_from
from sharing.remote_result import RemoteJob

ASK_AGAIN = 2.0  # seconds until a slave that got no job asks again


def nothing(reason: str, after: float) -> Dict[str, Any]:
    """Return the answer to who asks for work and gets none: why, and the seconds until it asks again."""
    return {"none": True, "after": after, **reason_data(reason)}


class QuickAnswers:
    """``fresh`` are the nodes that have not asked for work since they came."""

    def __init__(
        self,
        queue: SharedQueue,
        nodes: Nodes,
        jobs: RemoteJobs,
        chunks: DealtChunks,
        spreading: Spreading,
        dispatch: Dispatch,
        fresh: AbstractSet[str],
    ) -> None:
        self._queue = queue
        self._nodes = nodes
        self._jobs = jobs
        self._chunks = chunks
        self._spreading = spreading
        self._dispatch = dispatch
        self._fresh = fresh

    def to(self, node: Node, kind: MessageType, data: Data) -> Optional[Data]:
        """Return the answer to a slave's message; None where it takes a thread that may wait."""
        if not self._queue.changed.acquire(blocking=False):
            return None
        try:
            if kind is MessageType.JOB_STATUS:
                return self._to_sign_of_life(node, data)
            if kind is MessageType.JOB_REQUEST:
                return self.nothing_ready(node, data)
            return None
        finally:
            self._queue.changed.release()

    def _to_sign_of_life(self, node: Node, data: Data) -> Optional[Data]:
        job_id, attempt = data.get("job"), data.get("attempt")
        if type(job_id) is not int or type(attempt) is not int:
            return None
        remote = self._jobs.leased_to(node.instance_id, job_id, attempt)
        if remote is None or self._chunks.held_by(node.instance_id, job_id, attempt) is not None:
            return None
        try:
            return self.take_sign(remote, data)
        except WrongField:
            return None

    def take_sign(self, remote: RemoteJob, data: Data) -> Data:
        """Take a sign of life from who has a job; the lock is held. Raises WrongField."""
        if data.get("progress") is not None and not remote.reported:
            remote.moved_on(progress_from(data["progress"]))
        self._jobs.renew(remote)
        return {"go_on": True, "pause": remote.paused}

    def nothing_ready(self, node: Node, data: Data) -> Optional[Data]:
        """Say to who asks for work that there is nothing, where that is known; the lock is held."""
        if not self._dispatch.nothing_planned or not self._queue.handing_out:
            return None
        if node.instance_id in self._fresh or not self._nodes.is_as_before(node):
            return None
        if self._chunks.any or self._spreading.may_prepare or not self._agrees(node, data):
            return None
        try:
            self._nodes.asking(node, data)
        except WrongField:
            return None
        return None if self._nodes.quarantine(node.instance_id) else nothing("", ASK_AGAIN)

    def _agrees(self, node: Node, data: Data) -> bool:
        """Whether a slave has in hand what it is known to have, if it says that."""
        holding: Any = data.get("holding")
        if holding is None:
            return True
        if not isinstance(holding, list) or data.get("free") == []:
            return False
        leased = self._jobs.of_node(node.instance_id)
        keys = [[job.offer.job_id, job.offer.attempt] for job in leased]
        at_work = [key for job, key in zip(leased, keys) if not job.reported]
        return all(key in holding for key in at_work) and all(key in keys for key in holding)
