"""The part of a film that one chunk is made from: with the film's own stamps, and no more than is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Dict

import pytest

from core.commands.chunk_part import has_parts
from processing.chunks.borders import plan_chunks
from processing.chunks.encoding import ChunkEncoder
from processing.chunks.part import PartCutter, of_part
from processing.chunks.proof import prove
from processing.control import JobControl
from tests.chunk_campaign import TEMPLATES, Bench, FilmTrials
from tests.chunk_films import PLAIN, Recipe

OPEN_GROUPS = replace(PLAIN, seconds=4.0)
FILMS: Dict[str, Recipe] = {
    "matroska": OPEN_GROUPS,
    "matroska that begins late": replace(OPEN_GROUPS, offset=2.5, late=0.3),
    "mp4 from matroska, uneven": replace(OPEN_GROUPS, container="mkv→mp4", variable="uneven"),
}


@pytest.mark.parametrize("name", FILMS)
def test_chunks_made_from_parts_are_proved_against_the_film(
    chunk_bench: Bench, tmp_path: Path, name: str
) -> None:
    trials = FilmTrials(chunk_bench, FILMS[name], TEMPLATES[0], tmp_path)
    plan, prober = trials.plan, chunk_bench.prober()
    chunks = plan_chunks(plan, prober, 1.3)
    assert has_parts(plan)
    assert len(chunks.chunks) == 3
    cutter = PartCutter(trials.tools)
    for chunk in chunks.chunks[1:]:
        part = tmp_path / f"part {chunk.number}{plan.media.path.suffix}"
        cutter.cut(plan, chunks, chunk, part, JobControl())
        alone, piece = of_part(plan, replace(chunks, chunks=(chunk,)), part)
        encoder = ChunkEncoder(trials.tools, alone, piece)
        made = encoder.encode(
            piece.chunks[0], tmp_path / f"{chunk.number}.partial", JobControl(), lambda _: None
        )
        prove(plan, chunks, replace(made, chunk=chunk, source=None), prober)


def test_no_part_is_cut_of_a_container_that_would_change_the_stamps(
    chunk_bench: Bench, tmp_path: Path
) -> None:
    recipe = replace(OPEN_GROUPS, container="ts", rate="25")
    assert not has_parts(FilmTrials(chunk_bench, recipe, TEMPLATES[0], tmp_path).plan)
