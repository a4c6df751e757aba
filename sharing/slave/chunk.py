"""One chunk of a film that its master makes with several machines: encoded here, proved there."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Tuple

from core.peer_errors import PeerError
from core.plan import Plan
from core.protocol.offered_chunk import OfferedChunk
from core.settings.tree import Settings
from core.steps import StepName
from core.text.sentence import Sentence
from processing.chunks.encoding import ChunkEncoder
from processing.holding import staging_folder
from processing.maker import MadeResult
from sharing.remote_result import awaited_chunk, remote_chunk
from sharing.slave.film import SlaveFilm

_log = logging.getLogger("mediaprocessor")


class SlaveChunk(SlaveFilm):
    """The same as with a whole film, but for what is made of it."""

    @property
    def _chunk(self) -> OfferedChunk:
        chunk = self._offer.chunk
        if chunk is None:
            raise PeerError(Sentence("The master's job names no chunk of its film."))
        return chunk

    def _made(self, plan: Plan, settings: Settings) -> MadeResult:
        """Encode the chunk alone; whether it is right and fits the others, the master finds out."""
        offered = self._chunk
        tools = self._tools
        encoder = ChunkEncoder(
            tools.runner, tools.toolset, settings, self._files, _log, plan, offered.plan
        )
        made = encoder.encode(offered.chunk, self.job.result, self._control, self._on_progress)
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
