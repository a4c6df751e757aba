"""Deciding whether a film is made in chunks, and taking up those that an earlier attempt has left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Callable, List, Optional, Tuple

from core.chunk_errors import ChunkUnproven, JoinUnproven
from core.chunks.chunk import ChunkPlan, in_one_piece
from core.chunks.eligibility import reasons_for_one_piece
from core.chunks.length import SHORTEST, chunk_seconds
from core.chunks.origin import ChunkOrigin, command_mark, not_joined, taken_up
from core.chunks.told import cut_into, own_number
from core.commands import build_steps
from core.encoders.quality_number import number_in
from core.errors import NotEnoughSpace
from core.plan import Plan, Reason
from core.progress import ProgressListener
from core.steps import StepName
from core.text.sentence import Sentence
from core.tools import Toolset
from processing.chunks.borders import plan_chunks
from processing.chunks.film import FilmInChunks, Workshop
from processing.control import JobControl
from processing.maker import MadeResult
from processing.probing import Prober
from processing.swap import clear_scratch
from store.chunks import ChunkSet, share_of
from store.verdicts import fingerprint

# How many seconds a plan's film is expected to take on this machine; None while no speed is known.
ExpectedSeconds = Callable[[Plan], Optional[float]]
_DAMAGED = Sentence("the film is damaged.")
_NO_ROOM = Sentence("there is not enough free space for chunks beside the result.")


class ChunkMaker:
    """Makes one job's film in chunks, where that is worth it and proven to be exact."""

    def __init__(self, shop: Workshop, expected_seconds: ExpectedSeconds, job_id: int) -> None:
        self._shop = shop
        self._expected_seconds = expected_seconds
        self._job_id = job_id
        self._used = False  # by this attempt: what it discards by itself is no news for the user
        self._useless = ""  # why chunks were of no use in this attempt

    def make(
        self,
        plan: Plan,
        toolset: Toolset,
        prober: Prober,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> Tuple[Optional[MadeResult], Tuple[str, ...]]:
        """Make ``output``; None where the film is to be encoded in one piece. And what its user is told.

        Raises NotEnoughSpace where finished chunks wait until the disk has room again, and what the steps
        raise.
        """
        film, told = self._begin(plan, toolset, prober, output)
        if film is None:
            self._shop.films.await_slot(self._job_id, control)
            return None, told
        self._used = True
        try:
            made = film.make(output, control, on_progress)
        except (ChunkUnproven, JoinUnproven) as error:
            self._useless = str(error)
            sentence = not_joined(self._useless)
            self._shop.log.warning("%s", sentence)
            self._shop.files.remove(output)
            clear_scratch(self._shop.files, output)
            self._shop.files.create(output, plan.media.path)
            self._shop.films.await_slot(self._job_id, control)
            return None, (*told, sentence)
        return replace(made, notices=(*told, *made.notices)), ()

    def _begin(
        self, plan: Plan, toolset: Toolset, prober: Prober, output: Path
    ) -> Tuple[Optional[FilmInChunks], Tuple[str, ...]]:
        sets, film = self._shop.sets, plan.media.path
        origin = self._origin(plan, toolset) if self._may_be_cut(plan) else None
        gone = sets.others_go(film, self._job_id, origin)
        told = () if self._used else gone
        for sentence in told:
            self._shop.log.warning("%s", sentence)
        if origin is None:
            return None, told
        known = sets.take_up(origin, film, self._job_id, output.parent)
        helpers = self._shop.films.helpers(self._job_id, plan) if known is None else 0
        if known is None and not helpers and not self._takes_long(plan):
            return None, told
        try:
            chunks = self._chunks(plan, prober, known, output, helpers)
        except BaseException:
            if known is not None:
                sets.release(known)
            raise
        if not chunks.in_chunks:
            for reason in chunks.whole:
                self._shop.log.info("%s", reason.message)
            if known is not None:
                sets.discard(known)
            return None, told
        if known is None:
            chunks = replace(chunks, numbers=self._shop.numbering.of(plan, toolset, chunks))
            known = sets.begin(origin, film, self._job_id, output.parent, chunks)
            self._tell(plan, chunks)
        elif known.finished:
            sentence = taken_up(len(known.finished), len(chunks.chunks), share_of(known))
            self._shop.log.info("%s", sentence)
        return FilmInChunks(self._shop, plan, toolset, chunks, known, prober), told

    def _tell(self, plan: Plan, chunks: ChunkPlan) -> None:
        """Log how the film is cut, and which chunks have a number of their own."""
        count, film = len(chunks.chunks), number_in(plan)
        self._shop.log.info("%s", cut_into(count, plan.duration / count))
        for number in chunks.numbers:
            if film is not None and number.value != film:
                self._shop.log.info("%s", own_number(number, film))

    def _may_be_cut(self, plan: Plan) -> bool:
        wanted = self._shop.settings.processing.chunks and not self._useless
        return wanted and plan.video_encode is not None

    def _takes_long(self, plan: Plan) -> bool:
        """Whether the encode takes long enough; where no speed is known, as long as the film."""
        expected = self._expected_seconds(plan)
        least = self._shop.settings.processing.chunks_from_minutes * 60
        return (plan.duration if expected is None else expected) >= least

    def _chunks(
        self, plan: Plan, prober: Prober, known: Optional[ChunkSet], output: Path, helpers: int
    ) -> ChunkPlan:
        """The chunks, those that were begun where there are any; or why the film is not cut.

        Other machines that help make them shorter; they may have done so when those were begun.
        """
        wanted = self._shop.settings.processing.chunk_seconds
        wanted = (
            min(wanted, SHORTEST) if known else chunk_seconds(plan.duration, wanted, 1 + helpers)
        )
        whole = reasons_for_one_piece(plan, wanted)
        if plan.media.damage is not None:
            whole = (in_one_piece("damaged", _DAMAGED),)
        whole = whole or self._no_room(plan, known, output)
        if whole:
            return ChunkPlan(whole=whole)
        return ChunkPlan.from_json(known.plan) if known else plan_chunks(plan, prober, wanted)

    def _origin(self, plan: Plan, toolset: Toolset) -> ChunkOrigin:
        settings, staged = self._shop.settings, Path("staged")
        argv: List[str] = []
        tools: List[str] = []
        for step in build_steps(plan, settings, toolset, staged):
            for command in step.commands if step.name is StepName.ENCODE else ():
                argv += command.argv[1:]
                tools.append(toolset.identity(command.tool.value))
        return ChunkOrigin(
            content=fingerprint(plan.media.path),
            tool=", ".join(dict.fromkeys(tools)),
            length=f"{settings.processing.chunk_seconds:g}",
            command=command_mark(argv, (plan.media.path, staged)),
            rules=plan.signature,
        )

    def _no_room(self, plan: Plan, known: Optional[ChunkSet], output: Path) -> Tuple[Reason, ...]:
        """Why there is no room for the chunks that are missing and for the result of all.

        Raises NotEnoughSpace where some are finished: they wait for it.
        """
        left = 1.0 - (share_of(known) if known else 0.0)
        needed = int(plan.media.size * (self._shop.settings.files.space_margin + left))
        free = self._shop.files.free_space(output.parent)
        if free >= needed:
            return ()
        if known is not None and known.finished:
            raise NotEnoughSpace(output.parent, needed, free)
        return (in_one_piece("space", _NO_ROOM),)
