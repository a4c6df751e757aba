"""Chunks with numbers of their own, from the plan to the finished film, by the real tools."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

from core.errors import JobCancelled
from core.events import JobState
from core.tools import Toolset
from processor import JobControl
from store.chunks import ChunkStore
from tests.processing.bench import Bench, StopsAt, open_bench, with_section
from tests.processing.searched_film import FILMS_NUMBER, searched

X265 = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 40 -x265-params log-level=none "
    "-filter:v:0 $filters $tracks $output"
)
X264 = (
    "$ffmpeg -i $input -c:v libx264 -preset ultrafast -crf 40 -filter:v:0 $filters $tracks $output"
)
LOWERED, BESIDE = 27.0, 27.75
_COMMAND = re.compile(r"^encode: .* -crf ([\d.]+) .*\.chunks/(\d+)-\d+\.partial ")
TOLD_BESIDE = (
    "Chunk 1 gets number 27.75 in place of 30. It comes near to the chunk beside it, so that the seam is not "
    "seen."
)
TOLD_LOWERED = (
    "Chunk 2 gets number 27 in place of 30. A scene in it would have 40 with the film's number, and is to "
    "have 84."
)


def aimed(bench: Bench, template: str) -> Bench:
    settings = with_section(bench.settings, "video", encode=True, target="90", target_again=False)
    settings = with_section(settings, "templates", normal=template, normal_fallback=template)
    bench.settings = with_section(
        settings, "processing", chunk_seconds=1.0, chunks_from_minutes=0.0
    )
    bench.make(seconds=2.0, size=(160, 90))
    return bench


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield aimed(one, X265)


def planned(bench: Bench) -> List[float]:
    """The numbers that are kept with the film's chunks."""
    (known,) = ChunkStore(bench.database).all()
    return [number["value"] for number in known.plan["numbers"]]


def encoded(caplog: pytest.LogCaptureFixture) -> List[Tuple[int, float]]:
    """The chunks that encoders were started for, in order, and the numbers that these were given."""
    found = (_COMMAND.search(message) for message in caplog.messages)
    return [(int(command[2]), float(command[1])) for command in found if command]


def stop_after(bench: Bench, chunks: int) -> None:
    bench.progress = StopsAt(bench.control, chunks)
    with pytest.raises(JobCancelled):
        bench.process()
    bench.control, bench.progress = JobControl(), []


def test_a_chunk_with_a_poor_place_is_encoded_with_a_lower_number_and_that_is_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    searched(bench, (95.0, 40.0))
    result = bench.process()
    assert result.state is JobState.COMPLETED
    assert {TOLD_BESIDE, TOLD_LOWERED} <= set(caplog.messages)
    assert encoded(caplog) == [(1, BESIDE), (2, LOWERED)]
    shown = [[chunk.quality_number for chunk in seen.chunks] for seen in bench.progress]
    assert [BESIDE, LOWERED] in shown
    quality = result.quality
    assert quality is not None
    assert [part.number for part in quality.parts] == [BESIDE, LOWERED]
    assert quality.parts[0].end == quality.parts[1].begin
    assert quality.score is not None
    assert LOWERED <= quality.result_number < FILMS_NUMBER


def test_a_film_without_a_poor_place_has_one_number(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    searched(bench, (95.0, 88.0))
    result = bench.process()
    assert result.state is JobState.COMPLETED
    assert not [message for message in caplog.messages if "in place of 30" in message]
    assert encoded(caplog) == [(1, FILMS_NUMBER), (2, FILMS_NUMBER)]
    assert result.quality is not None
    assert result.quality.parts == ()


def test_a_film_that_goes_on_keeps_the_numbers_that_its_chunks_were_planned_with(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    searched(bench, (95.0, 40.0))
    stop_after(bench, 1)
    assert planned(bench) == [BESIDE, LOWERED]
    searched(bench, (95.0, 95.0))  # by what is known now all would have the film's
    bench.restarted().processor.recover()
    result = bench.process(attempt=2)
    assert result.state is JobState.COMPLETED
    assert encoded(caplog) == [(1, BESIDE), (2, LOWERED)]


def test_a_chunk_that_was_made_with_another_number_is_made_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    searched(bench, (40.0, 95.0))
    stop_after(bench, 1)
    assert planned(bench) == [LOWERED, BESIDE]
    with bench.database.transaction() as connection:  # as a version without such numbers makes it
        (text,) = connection.execute("SELECT proof FROM chunks").fetchone()
        proof = {**json.loads(text), "quality_number": None}
        connection.execute("UPDATE chunks SET proof = ?", (json.dumps(proof),))
    bench.restarted().processor.recover()
    result = bench.process(attempt=2)
    assert result.state is JobState.COMPLETED
    told = "was made with another number than it was to have, and is made again."
    assert any(told in message for message in caplog.messages)
    assert encoded(caplog) == [(1, LOWERED), (1, LOWERED), (2, BESIDE)]


def test_chunks_of_an_encoder_that_writes_its_number_into_headers_have_the_films(
    tmp_path: Path, toolset: Toolset, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with open_bench(tmp_path, toolset) as bench:
        aimed(bench, X264)
        searched(bench, (95.0, 40.0))
        result = bench.process()
        assert result.state is JobState.COMPLETED
        shown = {chunk.quality_number for seen in bench.progress for chunk in seen.chunks}
        assert shown == {FILMS_NUMBER}
        assert encoded(caplog) == [(1, FILMS_NUMBER), (2, FILMS_NUMBER)]
