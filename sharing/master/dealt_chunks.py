"""Chunks of this machine's films in nodes' hands: dealt out, kept by signs of life, taken in and proved.

A node that finds no film of its own to make gets a chunk of one that is being made here in chunks; one whose
user wants it made with everything goes before all other films. Nothing of it lasts over a restart of this
program: a chunk that is lost so is made again, and finished ones are in the store.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple

from cluster.film_files import demand_room
from cluster.ports import Data
from core.chunk_errors import ChunkUnproven
from core.chunks.board import ChunkLease
from core.commands.chunk_part import has_parts
from core.encoders.quality_number import number_in
from core.errors import MediaProcessorError
from core.peer_errors import NodeTrouble, PeerError, WrongField
from core.progress import Progress
from core.protocol.offer import JobOffer, settings_for_slaves
from core.protocol.offered_chunk import OfferedChunk, PartOfFilm
from core.protocol.peer_fields import reason_data
from core.protocol.slave_result import NotMade, SlaveResult, read_slave_result
from core.queue.job_kind import kind_of
from core.steps import StepName
from core.text.sentence import Bytes, Sentence
from processing.chunks.dealing import DealtFilm, DealtFilms
from processing.chunks.encoding import EncodedChunk
from processing.chunks.sets import IN_HAND
from processing.filesystem import FileOperations
from scheduling.shared_queue import SharedQueue
from scheduling.thread_pool import IdleThreadPool
from sharing.master.film_choice import CandidateMachine, fits
from sharing.master.nodes import Nodes
from sharing.master.same_encoder import EncoderLikeness
from sharing.node_reports import largest_result, progress_from
from sharing.remote_result import demand_bytes, remote_chunk

_log = logging.getLogger("mediaprocessor.queue")
_Key = Tuple[int, int]  # job, attempt
_FULL = 100.0  # percent
_NO_PARTS = Sentence("it does not see the film, and no part of such a film can be sent alone.")
_MADE_ELSEWHERE = Sentence("The master does not need this chunk any more.")


@dataclass
class RemoteChunk:
    """One chunk in a node's hands; ``place`` is where it lies until it is proved."""

    film: DealtFilm
    lease: ChunkLease
    offer: JobOffer
    node_id: str
    node_name: str
    place: Path
    progress: Optional[Progress] = None
    reported: bool = False
    part: Optional[Path] = (
        None  # of the film, for a node that does not see it; it may be in the making
    )
    part_size: int = 0  # bytes, once it is whole

    @property
    def paused(self) -> bool:
        """Whether its user wants the film to stand still."""
        return self.film.paused


class DealtChunks:
    """Guarded by the queue's lock, which the caller holds where nothing else is said."""

    def __init__(
        self, queue: SharedQueue, nodes: Nodes, films: DealtFilms, lease_seconds: float
    ) -> None:
        self._queue = queue
        self._nodes = nodes
        self._films = films
        self._lease_seconds = lease_seconds
        self._files = FileOperations()
        self._chunks: Dict[_Key, RemoteChunk] = {}
        self._likeness = EncoderLikeness()
        self._threads = IdleThreadPool("chunks")

    def all(self) -> Tuple[RemoteChunk, ...]:
        """Return what is in nodes' hands."""
        return tuple(self._chunks.values())

    @property
    def any(self) -> bool:
        """Whether any film is made in chunks just now."""
        return bool(self._chunks or self._films.all())

    # ---- dealt out

    def hand_out(
        self, candidate: CandidateMachine, wanted: Callable[[int], bool] = lambda _job: True
    ) -> Optional[JobOffer]:
        """Give a node a chunk of the first film that is ``wanted`` and has one; None where none has."""
        if not candidate.chunks:
            return None
        avoided = self._nodes.avoided(candidate.id)
        for film in self._films.all():
            job_id = film.order.job_id
            if job_id in avoided or not wanted(job_id) or not self.suits(film, candidate):
                continue
            if kind_of(film.order.plan) not in candidate.free:
                continue
            lease = film.next_for(candidate.id)
            if lease is not None:
                return self._offer(film, lease, candidate)
        return None

    def suits(self, film: DealtFilm, candidate: CandidateMachine) -> bool:
        """Whether a machine's chunks of a film can be joined with the others'."""
        order = film.order
        if kind_of(order.plan) not in candidate.kinds or not fits(candidate, order.plan):
            return False
        if candidate.fetches and not has_parts(order.plan):
            return False
        return self._likeness.of(order.plan, order.settings, order.toolset, candidate.toolset)

    def _offer(
        self, film: DealtFilm, lease: ChunkLease, candidate: CandidateMachine
    ) -> Optional[JobOffer]:
        try:
            place = film.place_of(lease)
        except OSError as error:  # the disk: nobody's fault who was to make it
            _log.warning("No file for a chunk of job %d: %s", film.order.job_id, error)
            film.give_back(lease)
            return None
        offer = self._offer_of(film, lease)
        name = self._nodes.name_of(candidate.id)
        self._chunks[offer.job_id, offer.attempt] = RemoteChunk(
            film, lease, offer, candidate.id, name, place
        )
        _log.info("Job %d: chunk %d goes to %s.", offer.job_id, lease.chunk + 1, name)
        return offer

    def _offer_of(self, film: DealtFilm, lease: ChunkLease) -> JobOffer:
        order = film.order
        plan, chunks = order.plan, order.chunks
        number = chunks.quality_number(lease.chunk)
        return JobOffer(
            job_id=order.job_id,
            attempt=lease.attempt,
            lease=self._lease_seconds,
            path=str(plan.media.path),
            size=plan.media.size,
            mtime_ns=plan.media.identity.mtime_ns,
            content=order.content,
            native=plan.native_language,
            signature=plan.signature,
            kind=kind_of(plan),
            settings=settings_for_slaves(order.settings),
            tags=plan.media.tags,
            chunk=OfferedChunk(
                film.chunk_of(lease), chunks.time_base, chunks.first_stamp, order.folder.name
            ),
            number=number_in(plan) if number is None else number,
        )

    # ---- in hand

    def held_by(self, node_id: str, job_id: int, attempt: int) -> Optional[RemoteChunk]:
        """Return the chunk where it is this node's."""
        remote = self._chunks.get((job_id, attempt))
        return remote if remote is not None and remote.node_id == node_id else None

    def status(self, remote: RemoteChunk, data: Data) -> Data:
        """Take a sign of life; say whether the node is to go on, and whether it stands still.

        Raises WrongField where a figure of it cannot be right: then the chunk is taken back.
        """
        share = None
        if data.get("progress") is not None and not remote.reported:
            try:
                remote.progress = progress_from(data["progress"])
            except WrongField as error:
                self._distrust(remote, error)
                raise
            if remote.progress.step == StepName.ENCODE.value:
                share = (remote.progress.percent or 0.0) / _FULL
        wants_part = data.get("part") is True
        if wants_part and not has_parts(remote.film.order.plan):
            remote.film.leave_out(remote.node_id, _NO_PARTS)
        if remote.film.sign(remote.lease, share):
            answer = {"go_on": True, "pause": remote.paused}
            return {**answer, "part": self._part(remote)} if wants_part else answer
        self._forget(remote)
        return {"go_on": False, **reason_data(_MADE_ELSEWHERE)}

    def _part(self, remote: RemoteChunk) -> Optional[Dict[str, Any]]:
        """Return what a node is told of its part of the film; None as long as that is being copied."""
        if remote.part is None:
            remote.part = remote.place.with_name(f"{remote.place.stem}.part{IN_HAND}")
            self._threads.do(lambda: self._cut(remote))
        if not remote.part_size:
            return None
        return PartOfFilm(remote.part_size, remote.film.order.plan.media).as_data()

    def _cut(self, remote: RemoteChunk) -> None:
        """Copy a chunk's part of the film, in a thread of its own, without the lock."""
        part = remote.part
        assert part is not None
        try:
            remote.film.cut_part(remote.lease, part)
            remote.part_size = part.stat().st_size
        except (MediaProcessorError, OSError) as error:
            _log.warning("Job %d: no part for a chunk: %s", remote.offer.job_id, error)
            remote.film.fail(remote.lease, error)
        with self._queue.changed:
            if self._chunks.get((remote.offer.job_id, remote.offer.attempt)) is not remote:
                self._remove(part)  # the node was lost meanwhile

    def film_for(self, remote: RemoteChunk) -> Path:
        """Return the part that a node fetches; raises PeerError where there is none."""
        if remote.part is None or not remote.part_size:
            raise PeerError(Sentence("This part of the film is not there; nothing is sent."))
        return remote.part

    def place_for(self, remote: RemoteChunk, size: int) -> Path:
        """Return where ``size`` bytes of a chunk go; raises NotEnoughSpace, WrongField."""
        demand_room(remote.place, size)
        if size > largest_result(remote.offer.size):
            error = WrongField(
                Sentence(
                    "A result of {size} was offered for a film of {film}.",
                    size=Bytes(size),
                    film=Bytes(remote.offer.size),
                )
            )
            with self._queue.changed:
                self._distrust(remote, error)
            raise error
        return remote.place

    def take_back_unknown(self, node_id: str, holding: Any) -> None:
        """Take back at once what a node does not know of."""
        known = holding if isinstance(holding, list) else []
        for key, remote in list(self._chunks.items()):
            if remote.node_id == node_id and not remote.reported and list(key) not in known:
                remote.film.give_back(remote.lease)
                self._forget(remote)

    def leave(self, node_id: str) -> None:
        """Take back all that a node has which is to work for this machine no more."""
        for film in self._films.all():
            film.leave(node_id)
        self._forget_lost()

    def take_back_lost(self) -> None:
        """Take back the chunks of nodes that are silent."""
        for remote in self._chunks.values():
            if remote.reported:  # it is in our own hands
                remote.film.sign(remote.lease)
        for film in self._films.all():
            for lease in film.expire():
                name = self._nodes.name_of(lease.taker)
                _log.warning(
                    "Job %d: chunk %d is lost: %s is silent.",
                    film.order.job_id,
                    lease.chunk + 1,
                    name,
                )
        self._forget_lost()

    def _forget_lost(self) -> None:
        """Keep nothing of chunks that are no longer in anybody's hands."""
        for remote in list(self._chunks.values()):
            with remote.film.changed:
                held = not remote.film.over and remote.film.board.holds(*remote.lease.key)
            if not held and not remote.reported:
                self._forget(remote)

    def _forget(self, remote: RemoteChunk) -> None:
        self._chunks.pop((remote.offer.job_id, remote.offer.attempt), None)
        for path in (remote.place, self._shared(remote), remote.part):
            if path is not None:
                self._remove(path)

    def _remove(self, path: Path) -> None:
        with suppress(OSError):  # its disk is away: the next start does it
            self._files.remove(path)

    # ---- taken in

    def complete(self, remote: RemoteChunk, data: Data) -> Data:
        """Take what a node hands in; what it is worth is found out in a thread of its own."""
        if remote.reported:
            return {"taken": True}
        try:
            read = read_slave_result(data.get("report"))
        except WrongField as error:
            self._distrust(remote, error)
            return {"taken": False, **reason_data(str(error))}
        if not remote.film.sign(remote.lease, 1.0):
            self._forget(remote)
            return {"taken": False, **reason_data(_MADE_ELSEWHERE)}
        remote.reported = True
        self._threads.do(lambda: self._take_in(remote, read))
        return {"taken": True}

    def _distrust(self, remote: RemoteChunk, error: WrongField) -> None:
        """Take a chunk back from a node that says of it what cannot be."""
        trouble = NodeTrouble(remote.node_name, str(error))
        remote.film.fail(remote.lease, trouble)
        self._nodes.went(remote.offer.job_id, remote.node_id, trouble)
        self._forget(remote)

    def _take_in(self, remote: RemoteChunk, handed_in: object) -> None:
        """Prove a chunk, in a thread of its own, without the lock."""
        error: Optional[MediaProcessorError] = None
        try:
            if isinstance(handed_in, NotMade):
                raise handed_in.as_error(remote.node_name)
            assert isinstance(handed_in, SlaveResult)
            self._fetch(remote, handed_in)
            self._prove(remote, handed_in)
        except (MediaProcessorError, OSError) as met:
            error = _trouble_of(remote, met)
            _log.warning("Job %d, chunk %d: %s", remote.offer.job_id, remote.lease.chunk + 1, error)
            remote.film.fail(remote.lease, error)
        finally:
            with self._queue.changed:
                self._nodes.went(remote.offer.job_id, remote.node_id, error)
                self._forget(remote)
                self._queue.wake()

    def _fetch(self, remote: RemoteChunk, handed_in: SlaveResult) -> None:
        """Have the file that the node made, and no other, in its place; raises NodeTrouble, OSError."""
        if handed_in.copied is not None or handed_in.signature != remote.offer.signature:
            raise NodeTrouble(remote.node_name, Sentence("it followed another plan."))
        shared = self._shared(remote)
        if handed_in.shared and self._files.taken(shared):
            self._files.overwrite(shared, remote.place)
        demand_bytes(remote.place, handed_in, remote.node_name, self._files, _go_on)

    def _prove(self, remote: RemoteChunk, handed_in: SlaveResult) -> None:
        chunk = remote.film.chunk_of(remote.lease)
        seconds = sum(took for _step, took in handed_in.timings)
        command = handed_in.commands[0] if handed_in.commands else ()
        # A machine's first chunk is decoded and looked at here; after that it does so itself.
        known = remote.film.has_proved(remote.node_id)
        decoded = handed_in.decoded if known else None
        number = remote.film.order.chunks.quality_number(chunk.number)  # as it was ordered
        made = EncodedChunk(chunk, remote.place, None, command, seconds, decoded, number)
        if remote.film.hand_in(remote.lease, made):
            _log.info(
                "Job %d: chunk %d of %s is proved.",
                remote.offer.job_id,
                chunk.number + 1,
                remote.node_name,
            )

    def _shared(self, remote: RemoteChunk) -> Path:
        """Where the node puts it where it sees the film's folder."""
        number, attempt = remote.lease.chunk, remote.lease.attempt
        return remote.place.parent / remote_chunk(number, attempt, remote.node_id)

    def join(self, seconds: float) -> bool:
        """Wait for the threads, without the lock; whether all have ended."""
        return self._threads.join(seconds)


def _trouble_of(remote: RemoteChunk, error: Exception) -> MediaProcessorError:
    if isinstance(error, ChunkUnproven):
        return NodeTrouble(remote.node_name, str(error))
    if isinstance(error, MediaProcessorError):
        return error
    return PeerError(
        Sentence(
            "A chunk of {node} could not be kept: {problem}", node=remote.node_name, problem=error
        )
    )


def _go_on() -> None:
    """Nothing ends the reading of a chunk."""
