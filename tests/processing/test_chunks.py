"""Films cut, encoded, proved and joined by the real tools, and what the proofs do not let through."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Dict, List

import pytest

from core.chunk_errors import ChunkUnproven, JoinUnproven
from core.chunks.chunk import ChunkPlan
from processing.chunks.borders import plan_chunks
from processing.chunks.encoding import ChunkEncoder, EncodedChunk
from processing.chunks.joining import ChunkJoiner, FinishedChunk
from processing.chunks.proof import prove
from processing.control import JobControl
from tests.chunk_campaign import TEMPLATES, Bench, FilmTrials
from tests.chunk_films import PLAIN, Recipe, shown_numbers

FILMS: Dict[str, Recipe] = {
    "matroska with open groups": PLAIN,
    "mp4 from matroska, uneven": replace(PLAIN, container="mkv→mp4", variable="uneven"),
    "transport stream, late picture": replace(PLAIN, container="ts", rate="25", late=0.5),
    "dolby vision": replace(PLAIN, codec="libx265", hdr="dolby vision", keyint=10),
}
X265, SVT = TEMPLATES[0], TEMPLATES[2]


@pytest.mark.parametrize("name", FILMS)
def test_a_film_in_chunks_is_the_film_picture_by_picture(
    chunk_bench: Bench, tmp_path: Path, name: str
) -> None:
    template = SVT if name == "mp4 from matroska, uneven" else X265
    outcome = FilmTrials(chunk_bench, FILMS[name], template, tmp_path).run(1.35)
    assert (outcome.kind, outcome.why) == ("exact", "")
    assert outcome.seams >= 1


class Cut:
    """One film in chunks of about a second, encoded once and taken apart by several tests."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.trials = FilmTrials(bench, PLAIN, X265, folder)
        self.tools = self.trials.tools
        self.plan = self.trials.plan
        self.prober = bench.prober()
        self.chunks: ChunkPlan = plan_chunks(self.plan, self.prober, 1.0)
        self.made = [self.encode(number, folder) for number in range(len(self.chunks.chunks))]
        self.finished = [
            FinishedChunk(made.path, prove(self.plan, self.chunks, made, self.prober))
            for made in self.made
        ]

    def encode(self, number: int, folder: Path) -> EncodedChunk:
        encoder = ChunkEncoder(self.tools, self.plan, self.chunks)
        chunk = self.chunks.chunks[number]
        path = folder / f"{number}.mp4"
        return encoder.encode(chunk, path, JobControl(), lambda _: None)

    def join(self, finished: List[FinishedChunk], output: Path) -> None:
        joiner = ChunkJoiner(self.tools)
        joiner.join(self.plan, self.chunks, finished, output, JobControl(), lambda _: None)


@pytest.fixture(scope="module")
def film(chunk_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Cut:
    return Cut(chunk_bench, tmp_path_factory.mktemp("chunks"))


def test_the_same_film_is_cut_at_the_same_places_again(film: Cut) -> None:
    assert plan_chunks(film.plan, film.prober, 1.0) == film.chunks


def test_a_chunk_that_another_machine_made_is_proved_by_the_film_itself(film: Cut) -> None:
    for made, finished in zip(film.made, film.finished):
        assert (
            prove(film.plan, film.chunks, replace(made, source=None), film.prober) == finished.proof
        )


def test_a_chunk_with_another_number_of_pictures_is_not_proved(film: Cut) -> None:
    strange = replace(film.made[0], path=film.made[-1].path)
    with pytest.raises(ChunkUnproven, match="pictures"):
        prove(film.plan, film.chunks, strange, film.prober)


def test_another_machines_chunk_of_another_place_is_not_proved(film: Cut) -> None:
    first, second = film.made[:2]
    assert film.finished[0].proof.pictures == film.finished[1].proof.pictures
    strange = replace(first, path=second.path, source=None)
    with pytest.raises(ChunkUnproven, match="near its picture"):
        prove(film.plan, film.chunks, strange, film.prober)


def test_a_machines_word_for_what_it_decoded_is_held_against_the_pictures_of_the_film(
    film: Cut,
) -> None:
    made, finished = replace(film.made[0], source=None), film.finished[0]
    told = replace(made, decoded=finished.proof.pictures)
    assert prove(film.plan, film.chunks, told, film.prober) == finished.proof
    with pytest.raises(ChunkUnproven, match="of which 3 can be decoded"):
        prove(film.plan, film.chunks, replace(made, decoded=3), film.prober)
    shorter = replace(told, path=film.made[-1].path, decoded=film.finished[-1].proof.pictures)
    with pytest.raises(ChunkUnproven, match="the film has"):
        prove(film.plan, film.chunks, shorter, film.prober)


def test_half_a_chunk_is_not_proved(film: Cut, tmp_path: Path) -> None:
    whole = film.made[0].path.read_bytes()
    half = tmp_path / "half.mp4"
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ChunkUnproven):
        prove(film.plan, film.chunks, replace(film.made[0], path=half), film.prober)


def test_chunks_of_encoders_that_were_set_up_differently_are_not_joined(film: Cut) -> None:
    strange = replace(film.finished[0].proof, parameter_sets="another")
    with pytest.raises(ChunkUnproven, match="set up differently"):
        prove(film.plan, film.chunks, film.made[1], film.prober, strange)


def test_two_chunks_of_the_same_length_that_changed_places_are_found_at_the_seam(
    film: Cut, tmp_path: Path
) -> None:
    first, second = film.finished[0], film.finished[1]
    assert first.proof.pictures == second.proof.pictures
    swapped = [replace(first, path=second.path), replace(second, path=first.path)]
    with pytest.raises(JoinUnproven, match="seam"):
        film.join([*swapped, *film.finished[2:]], tmp_path / "result.mkv")


def test_a_missing_chunk_is_missed(film: Cut, tmp_path: Path) -> None:
    with pytest.raises(JoinUnproven, match="lacks"):
        film.join(film.finished[1:], tmp_path / "result.mkv")


def test_nothing_but_the_result_is_left_beside_it(film: Cut, tmp_path: Path) -> None:
    film.join(film.finished, tmp_path / "result.mkv")
    assert [path.name for path in tmp_path.iterdir()] == ["result.mkv"]
    folder = film.made[0].path.parent
    assert sorted(path.suffix for path in folder.iterdir() if path.stem.isdigit()) == [
        ".mp4"
    ] * len(film.made)
    shutil.rmtree(tmp_path)


def test_the_campaign_sees_a_picture_that_is_lost_twice_or_moved() -> None:
    film = tuple(number | (number * 17611 % 65536) << 16 for number in range(60))
    stale = (*film[:20], film[20] ^ 3, *film[21:])  # a block or two of the picture before
    assert shown_numbers(stale, film) == film
    for wrong in (
        (*film[:20], *film[21:]),
        (*film[:20], film[19], *film[20:]),
        (*film[:20], film[21], film[20], *film[22:]),
    ):
        assert shown_numbers(wrong, film) != film
        assert shown_numbers(wrong, film) == wrong
