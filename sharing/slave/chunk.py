"""One chunk of a film that its master makes with several machines: encoded and decoded here, taken there."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Optional, Tuple

from core.encoders.quality_number import number_in, plan_with_number
from core.errors import NotEnoughSpace
from core.media.model import MediaFile
from core.peer_errors import PeerError
from core.plan import Plan
from core.progress import Progress
from core.protocol.messages import MessageType
from core.protocol.offered_chunk import OfferedChunk, PartOfFilm, part_from
from core.settings.tree import Settings
from core.steps import FETCH, StepName
from core.text.sentence import Sentence
from processing.chunks.encoding import ChunkEncoder
from processing.chunks.part import of_part
from processing.chunks.proof import prove
from processing.holding import staging_folder
from processing.maker import MadeResult
from processing.step_tools import StepTools
from sharing.remote_result import awaited_chunk, remote_chunk
from sharing.slave.film import SlaveFilm

_LOOK = 0.5  # seconds between two questions for the part of the film
_ENDINGS = {"MPEG-4": ".mp4"}

_log = logging.getLogger("mediaprocessor")


class SlaveChunk(SlaveFilm):
    """The same as with a whole film, but for what is made of it, and what of it is sent."""

    _part: Optional[PartOfFilm] = None  # where the film is not seen here

    @property
    def _chunk(self) -> OfferedChunk:
        chunk = self._offer.chunk
        if chunk is None:
            raise PeerError(Sentence("The master's job names no chunk of its film."))
        return chunk

    def _fetched_film(self) -> Path:
        """Fetch the part of the film that the chunk is made from; never the whole of it."""
        offer, folder = self._offer, self.job.folder
        self._part = part = self._part_of_master()
        folder.mkdir(parents=True, exist_ok=True)
        needed = 2 * part.size
        free = self._files.free_space(folder)
        if free < needed:
            raise NotEnoughSpace(folder, needed, free)
        film = folder / f"part{_ENDINGS.get(part.media.container, '.mkv')}"

        def received(count: int) -> None:
            self._on_progress(Progress(FETCH, percent=100.0 * count / part.size))

        self._port.download(
            offer.job_id, offer.attempt, part.size, film, self._control.check, received
        )
        return film

    def _part_of_master(self) -> PartOfFilm:
        """Wait until the master has copied the part; raises JobCancelled where it wants no more of it."""
        key = {"job": self._offer.job_id, "attempt": self._offer.attempt, "part": True}
        while True:
            self._control.check()
            answer = self._port.ask(MessageType.JOB_STATUS, key)
            if answer.get("go_on") is False:
                self._control.cancel()
            elif answer.get("part") is not None:
                return part_from(answer["part"])
            else:
                time.sleep(_LOOK)

    def _analyzed(self, film: Path) -> MediaFile:
        """What the film is; of a film that came in part the master tells it."""
        return self._part.media if self._part is not None else super()._analyzed(film)

    def _made(self, plan: Plan, settings: Settings) -> MadeResult:
        """Encode the chunk alone and decode it; whether it fits the others, the master finds out.

        Raises ChunkUnproven where it is not what it should be.
        """
        chunks, tools = self._chunk.plan, self._tools
        if self._part is not None:
            plan, chunks = of_part(plan, chunks, plan.media.path)
        if self._offer.number is not None and number_in(plan) is not None:
            plan = plan_with_number(plan, self._offer.number)
        steps = StepTools(tools.runner, tools.toolset, settings, self._files, _log)
        encoder = ChunkEncoder(steps, plan, chunks)
        (chunk,) = chunks.chunks
        made = encoder.encode(chunk, self.job.result, self._control, self._on_progress)
        self._decoded = prove(plan, chunks, made, steps.prober(self._control)).pictures
        timings = ((StepName.ENCODE.value, round(made.seconds, 3)),)
        return MadeResult(plan, (made.command,), timings)

    def _place_beside(self, film: Path) -> Tuple[Path, str]:
        """Return the folder of the film's chunks beside it, and this one's name there."""
        offer, offered = self._offer, self._chunk
        name = remote_chunk(offered.chunk.number, offer.attempt, self._node_id)
        return staging_folder(film) / (offered.folder or "."), name

    def _master_writes_to(self, folder: Path) -> bool:
        awaited = folder / awaited_chunk(self._chunk.chunk.number, self._offer.attempt)
        with suppress(OSError):
            return bool(self._chunk.folder) and awaited.is_file()
        return False
