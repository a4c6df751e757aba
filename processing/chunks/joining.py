"""The last pass: the picture from the finished chunks, everything else from the film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from core.chunk_errors import JoinUnproven
from core.chunks.chunk import ChunkPlan, ChunkProof
from core.commands import build_steps
from core.commands.chunks import JoinedPicture, chunk_list, encoded_track
from core.plan import Plan
from core.progress import ProgressListener
from core.text.sentence import Sentence
from processing.chunks.seams import Joint, compare_seams
from processing.control import JobControl
from processing.edges import Edges
from processing.film_pass import parser_of, reads_film, with_outputs
from processing.maker import MadeResult
from processing.packets import (
    PacketTables,
    Pictures,
    as_pictures,
    packet_outputs,
    parse_framehash,
    read_packet_tables,
)
from processing.step_tools import StepTools
from processing.swap import clear_scratch

# The container's times are rounded to 1 ms, the film's may be as well.
LATEST = 0.001 + 0.00005  # seconds


@dataclass(frozen=True)
class FinishedChunk:
    """A proved chunk and where it lies."""

    path: Path
    proof: ChunkProof


class ChunkJoiner:
    """Makes the result of one plan out of its chunks."""

    def __init__(self, tools: StepTools) -> None:
        self._tools = tools

    def join(
        self,
        plan: Plan,
        chunks: ChunkPlan,
        finished: Sequence[FinishedChunk],
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """Make ``output`` and prove it: number, times and the pictures at both sides of each seam.

        ``output`` is an empty file or what an earlier try has left there; ``finished`` are all chunks, in
        order. Raises JoinUnproven, and what the steps of ``processing.pipeline`` raise. The chunks stay.
        """
        _demand_all(chunks, finished)
        pass_ = _JoinPass(plan, chunks, finished, output, control)
        try:
            return self._run(pass_, on_progress)
        finally:
            clear_scratch(self._tools.files, output)

    def _run(self, job: _JoinPass, on_progress: ProgressListener) -> MadeResult:
        plan, output = job.plan, job.output
        commands: List[Tuple[str, ...]] = []
        timings: List[Tuple[str, float]] = []
        film: Optional[PacketTables] = None
        prober = self._tools.prober(job.control, film=plan.media.path)
        edges = Edges(plan, prober)
        self._tools.create(job.listing, plan.media.path)
        job.listing.write_text(
            chunk_list(job.chunks, [chunk.path for chunk in job.finished]), "utf-8"
        )
        picture = JoinedPicture(job.listing, job.chunks.shown_at)
        for step in build_steps(plan, self._tools.settings, self._tools.toolset, output, picture):
            counts = reads_film(step)
            if counts:
                outputs = (*packet_outputs(plan, output, film=True), *job.table_arguments)
                step = with_outputs(step, outputs)
            result = self._tools.run(
                step,
                job.control,
                film=plan.media.path,
                parser=parser_of(step, plan),
                on_progress=on_progress,
                forgives=edges.explain,
            )
            commands += [command.argv for command in step.commands]
            timings.append((step.name.value, round(result.seconds, 3)))
            if counts:
                film = read_packet_tables(plan, output)
                job.demand_every_picture(film)
        assert film is not None
        compare_seams(prober, plan, output, job.joint(film))
        return MadeResult(plan, tuple(commands), tuple(timings), film)


@dataclass
class _JoinPass:
    """One film's last pass, and what was seen of the picture meanwhile."""

    plan: Plan
    chunks: ChunkPlan
    finished: Sequence[FinishedChunk]
    output: Path
    control: JobControl

    @property
    def listing(self) -> Path:
        return self.output.with_name(f"{self.output.name}.chunks.txt")

    @property
    def table(self) -> Path:
        return self.output.with_name(f"{self.output.name}.joined")

    @property
    def table_arguments(self) -> Tuple[str, ...]:
        """A further output: the packets of the joined picture."""
        form = ("-f", "framehash", "-hash", "adler32", f"file:{self.table}")
        return ("-map", "1:0", "-c", "copy", *form)

    def film_and_joined(self, film: PacketTables) -> Tuple[Pictures, Pictures]:
        """Return the pictures of the film and of the joined picture, by number."""
        try:
            text = self.table.read_text("utf-8", errors="replace")
        except OSError:
            text = ""
        place = self.plan.outputs.index(encoded_track(self.plan))
        return film.pictures.get(place, Pictures((), ())), as_pictures(parse_framehash(text))

    def joint(self, film: PacketTables) -> Joint:
        counts = [chunk.proof.pictures for chunk in self.finished]
        return Joint(*self.film_and_joined(film), counts, self.chunks.chunks[0].start)

    def demand_every_picture(self, tables: PacketTables) -> None:
        """All chunks' pictures are there, as many as the film has, each within 1 ms of its time."""
        film, joined = self.film_and_joined(tables)
        made = sum(chunk.proof.pictures for chunk in self.finished)
        if joined.count != made or film.count != made or not joined.times or not film.times:
            raise JoinUnproven(
                Sentence(
                    "has {found} pictures, the film has {count}.",
                    found=joined.count,
                    count=film.count,
                )
            )
        late, number = max(
            (abs(mine - theirs), number)
            for number, (mine, theirs) in enumerate(zip(joined.times, film.times), 1)
        )
        if late > LATEST:
            raise JoinUnproven(
                Sentence(
                    "has its picture {number} {milliseconds} ms from its place.",
                    number=number,
                    milliseconds=round(late * 1000, 1),
                )
            )


def _demand_all(chunks: ChunkPlan, finished: Sequence[FinishedChunk]) -> None:
    numbers = [chunk.proof.number for chunk in finished]
    if numbers != [chunk.number for chunk in chunks.chunks]:
        raise JoinUnproven(Sentence("lacks some of its chunks."))
    headers = {(chunk.proof.codec, chunk.proof.parameter_sets) for chunk in finished}
    if len(headers) > 1:
        raise JoinUnproven(Sentence("is made of chunks whose encoders were set up differently."))
