"""One attempt at one film in chunks: dealt out by the board, proved, kept, and joined in the end."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from core.chunk_errors import ChunkUnproven, JoinUnproven
from core.chunk_progress import ChunkPhase, ChunkProgress
from core.chunks.board import ChunkBoard, ChunkLease
from core.chunks.chunk import Chunk, ChunkPlan, ChunkProof
from core.chunks.progress import film_progress
from core.chunks.told import chunk_done, chunks_joined
from core.encoders.quality_number import number_in
from core.plan import Plan
from core.planning.projection import projection_of
from core.ports import Clock
from core.progress import Progress, ProgressListener
from core.settings.tree import Settings
from core.steps import StepName
from core.store_errors import StoreError
from core.target_quality.film_quality import NumberedPart
from core.text.sentence import Sentence
from core.tools import Toolset
from processing.chunks.dealing import DealtFilm, DealtFilms, DealtPlan
from processing.chunks.encoding import ChunkEncoder, EncodedChunk
from processing.chunks.joining import ChunkJoiner, FinishedChunk
from processing.chunks.part import PartCutter
from processing.chunks.proof import prove
from processing.chunks.sets import ChunkSets
from processing.chunks.side_by_side import MachineRoom, Paces, SideBySide
from processing.chunks.takers import Takers, takers
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.maker import MadeResult
from processing.probing import Prober
from processing.runner import ProcessRunner
from processing.step_tools import StepTools
from processing.swap import clear_scratch
from processing.target_quality.chunk_numbers import ChunkNumbering
from store.chunks import ChunkSet

HERE = ""  # this machine among the takers, as it stands with the chunks that it made
_ALWAYS_FAILED = Sentence("could not be made on any machine.")
_LOOK_SECONDS = 1.0  # between two looks at what others make


@dataclass(frozen=True)
class Workshop:
    """What chunks are made with on this machine, whichever film's."""

    runner: ProcessRunner
    settings: Settings
    files: FileOperations
    clock: Clock
    log: logging.Logger
    sets: ChunkSets
    paces: Paces
    numbering: ChunkNumbering
    machine: MachineRoom = MachineRoom()
    films: DealtFilms = field(default_factory=DealtFilms)  # of which other machines make chunks too


class _MadeElsewhere(Exception):
    """Another machine has made the chunk before."""


class FilmInChunks:
    """The chunks of one plan; takers may take from any thread."""

    def __init__(
        self,
        shop: Workshop,
        plan: Plan,
        toolset: Toolset,
        chunks: ChunkPlan,
        known: ChunkSet,
        prober: Prober,
    ) -> None:
        self.plan = plan
        self.chunks = chunks
        self._shop = shop
        self._tools = StepTools(shop.runner, toolset, shop.settings, shop.files, shop.log)
        self._set = known
        self._prober = prober
        self._control = JobControl()
        self._changed = threading.Condition()
        seconds = {chunk.number: chunk.seconds for chunk in chunks.chunks}
        done = [chunk.number for chunk in known.finished]
        first = round(shop.clock.now() * 1000)  # no attempt of an earlier run has such a number
        self._board = ChunkBoard(seconds, done, here=(HERE,), first_attempt=first)
        self._running: Dict[int, Progress] = {}
        self._unproven: Optional[ChunkUnproven] = None
        self._said = ""  # of encoders side by side
        self._commands: List[Tuple[str, ...]] = []
        projection = projection_of(plan)
        self._beside = round(projection.steady * projection.duration)

    def make(self, output: Path, control: JobControl, on_progress: ProgressListener) -> MadeResult:
        """Make all chunks that are not there, and ``output`` out of them.

        Raises ChunkUnproven and JoinUnproven, after which the chunks are gone, and what the steps raise,
        after which those that are finished stay.
        """
        shop = self._shop
        useless = False
        try:
            on_progress(self.progress())
            self._control = control
            with shop.films.dealing(self._dealt(control)):
                self._work(control, on_progress)
            joiner = ChunkJoiner(self._tools)
            shown = self.progress().chunks
            made = joiner.join(
                *(self.plan, self.chunks, self._finished(), output, control),
                lambda progress: on_progress(replace(progress, chunks=shown)),
            )
            shop.log.info("%s", chunks_joined(len(self.chunks.chunks)))
        except (ChunkUnproven, JoinUnproven):
            useless = True
            raise
        finally:
            with suppress(StoreError):  # then the next start does it
                shop.sets.release(self._set)
            if useless:
                shop.sets.discard(self._set)
        worked = sum(chunk.seconds for chunk in self._set.finished)
        # The first one's command stands for those of all chunks, which differ in span and number.
        return replace(
            made,
            commands=(*self._commands[:1], *made.commands),
            timings=((StepName.ENCODE.value, round(worked, 3)), *made.timings),
            parts=self._parts(),
        )

    def _parts(self) -> Tuple[NumberedPart, ...]:
        """The chunks that have another number than the film."""
        film = number_in(self.plan)
        return tuple(
            NumberedPart(chunk.start, chunk.until, number)
            for chunk in self.chunks.chunks
            for number in (self.chunks.quality_number(chunk.number),)
            if number is not None and number != film
        )

    def progress(self) -> Progress:
        """Return how far the film is as a whole."""
        with self._changed:
            shown = tuple(self._shown(chunk) for chunk in self.chunks.chunks)
            whole = film_progress(StepName.ENCODE.value, shown, self._running, beside=self._beside)
        if whole.output_size is None or whole.percent is None:
            return whole
        beside = round(self._beside * whole.percent / 100)
        return replace(whole, output_size=whole.output_size + beside)

    def _dealt(self, control: JobControl) -> DealtFilm:
        """What other machines see of the film."""
        known = self._set
        order = DealtPlan(
            known.job_id,
            self.plan,
            self.chunks,
            self._shop.settings,
            self._tools.toolset,
            known.content,
            known.folder,
        )
        return DealtFilm(order, self._board, self._changed, self, control, self._shop.clock)

    def _shown(self, chunk: Chunk) -> ChunkProgress:
        shown = ChunkProgress(
            *(chunk.number, chunk.start, chunk.until),
            quality_number=self.chunks.quality_number(chunk.number),
        )
        for stored in self._set.finished:
            if stored.number == chunk.number:
                return replace(
                    shown,
                    phase=ChunkPhase.DONE,
                    share=1.0,
                    pictures=ChunkProof.from_json(stored.proof).pictures,
                    machine=stored.machine,
                    size=stored.size,
                    seconds=stored.seconds,
                )
        for lease in self._board.in_hand:
            if lease.chunk == chunk.number:
                return replace(
                    shown, phase=ChunkPhase.IN_HAND, share=lease.share, machine=lease.taker
                )
        return shown

    def _finished(self) -> Tuple[FinishedChunk, ...]:
        return tuple(
            FinishedChunk(self._set.folder / stored.file, ChunkProof.from_json(stored.proof))
            for stored in self._set.finished
        )

    # ---- this machine as a taker

    def _work(self, control: JobControl, on_progress: ProgressListener) -> None:
        """Make chunks until all are there, by whoever; raises ChunkUnproven where one cannot be made.

        Where one encoder leaves cores idle, others work beside it; this thread alone tells of the progress.
        """
        side = self._side_by_side(control)

        def beside(its_control: JobControl) -> bool:
            return self._take(its_control, side, lambda: None)

        with takers(beside, control) as others:

            def tell() -> None:
                others.demand_well()
                others.want(self._encoders(side, control) - 1)
                on_progress(self.progress())

            while not self._complete:
                tell()
                if control.after_chunk:
                    self._rest(control, others, tell)
                elif not self._take(control, side, tell):  # others make the rest
                    with self._changed:
                        self._changed.wait(_LOOK_SECONDS)
                    tell()

    @property
    def _complete(self) -> bool:
        with self._changed:
            if self._board.hopeless is not None:
                raise self._unproven or ChunkUnproven(self._board.hopeless, _ALWAYS_FAILED)
            return self._board.complete

    def _take(self, control: JobControl, side: SideBySide, tell: Callable[[], None]) -> bool:
        """Make the next chunk; False where there is none to be had now."""
        control.check()
        # Asked without the film's lock: it takes the queue's, which comes before.
        may_encode = self._shop.films.takes_slot(self._set.job_id)
        with self._changed:
            held = control.after_chunk or self._board.complete or not may_encode
            now = self._shop.clock.monotonic()
            lease = None if held else self._board.next_for(HERE, now)
        if lease is None:
            return False
        self._encode(lease, control, side, tell)
        return True

    def _rest(self, control: JobControl, others: Takers, tell: Callable[[], None]) -> None:
        """Stand still once nothing is in hand any more, until the job may go on."""
        others.want(0)
        if others.at_work:
            with self._changed:
                self._changed.wait(_LOOK_SECONDS)
        else:
            tell()
            control.rest()
        control.check()

    def _side_by_side(self, control: JobControl) -> SideBySide:
        shop = self._shop
        return SideBySide(
            self.plan,
            self._tools.toolset,
            shop.paces,
            shop.runner.encoders,
            lambda: shop.clock.monotonic() - control.paused_seconds,
            most=shop.settings.processing.encoders_side_by_side,
            machine=shop.machine,
        )

    def _encoders(self, side: SideBySide, control: JobControl) -> int:
        """How many encoders may work now; where that is news, the log says why."""
        with self._changed:
            left = len(self.chunks.chunks) - len(self._board.done)
        if control.after_chunk:
            return 0
        encoders, sentence = side.encoders(left), side.sentence()
        if sentence and sentence != self._said:
            self._said = sentence
            self._shop.log.info("%s", sentence)
        return encoders

    def _encode(
        self,
        lease: ChunkLease,
        control: JobControl,
        side: SideBySide,
        tell: Callable[[], None],
    ) -> None:
        shop, chunk = self._shop, self.chunks.chunks[lease.chunk]
        encoder = ChunkEncoder(self._tools, self.plan, self.chunks)

        def saw(progress: Progress) -> None:
            share = None if progress.percent is None else progress.percent / 100
            if not self.renew(lease, share, progress):
                raise _MadeElsewhere
            side.saw(shop.runner.processes_here)
            tell()

        with suppress(_MadeElsewhere), self._in_hand(lease) as path:
            with side.encoder() as mine:
                made = encoder.encode(chunk, path, control, saw)
                mine.finished(len(made.source.times) if made.source else 0)
            self._commands.append(made.command)
            self.hand_in(lease, made)
        tell()

    @contextmanager
    def _in_hand(self, lease: ChunkLease) -> Iterator[Path]:
        """Give a chunk a file while it is made; it goes back to the board where that fails."""
        path = self.place(lease)
        try:
            yield path
        except ChunkUnproven as error:
            self._shop.log.warning("%s", error)
            with self._changed:
                self._unproven = error
                self._board.fail(*lease.key)
        finally:
            with self._changed:
                self._board.give_back(*lease.key)
                self._running.pop(lease.chunk, None)
                self._changed.notify_all()
            with suppress(
                OSError
            ):  # a share that went away is what ended it; the next attempt tidies up
                clear_scratch(self._shop.files, path)
                self._shop.files.remove(path)

    # ---- what any taker says

    def place(self, lease: ChunkLease) -> Path:
        """Make an empty file for a chunk, until it is proved; raises OSError."""
        return self._shop.sets.path_for(self._set, lease.chunk, lease.attempt)

    def cut_part(self, lease: ChunkLease, into: Path) -> None:
        """Write the part of the film that a chunk is made from; raises what the tool meets."""
        chunk = self.chunks.chunks[lease.chunk]
        PartCutter(self._tools).cut(self.plan, self.chunks, chunk, into, self._control)

    def renew(
        self, lease: ChunkLease, share: Optional[float], progress: Optional[Progress] = None
    ) -> bool:
        """Take in how far a chunk is; False where it is no longer this taker's."""
        with self._changed:
            if progress is not None:
                self._running[lease.chunk] = progress
            return self._board.renew(*lease.key, self._shop.clock.monotonic(), share)

    def hand_in(self, lease: ChunkLease, made: EncodedChunk) -> bool:
        """Prove a chunk and keep it; False where somebody else's came first. Raises ChunkUnproven."""
        finished = self._set.finished
        neighbour = ChunkProof.from_json(finished[0].proof) if finished else None
        proof = prove(self.plan, self.chunks, made, self._prober, neighbour)
        with self._changed:
            if not self._board.holds(*lease.key):
                return False
            self._set = self._shop.sets.keep(
                self._set, made.chunk, made.path, proof, made.seconds, lease.taker
            )
            self._board.finish(*lease.key, self._shop.clock.monotonic())
            self._changed.notify_all()
        number, count = made.chunk.number, len(self.chunks.chunks)
        done = chunk_done(number, count, proof.pictures, proof.size, made.seconds, lease.taker)
        self._shop.log.info("%s", done)
        return True
