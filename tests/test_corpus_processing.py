"""The corpus through the real processor: planned as a whole, processed in a part chosen for variety.

``python -m tests.corpus_campaign`` processes all of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Iterator

import pytest

from core.errors import MediaProcessorError
from core.tools import ToolName
from tests.corpus_campaign import (
    CORPUS,
    EMPTY,
    NO_GAIN,
    PROCESSED,
    REFUSED,
    corpus_files,
    process_copy,
)
from tests.truth.pipeline import fast_settings
from tests.truth.whole_path import Workshop, workshop

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (CORPUS / "index.json").is_file(), reason="the film corpus is not beside the repository"
    ),
]

# One for each kind of thing that a library can hold, by the end of its name, and what becomes of it.
CHOSEN: Dict[str, str] = {
    "dolbyVision-hdr.MOV": PROCESSED,
    "sample_with_vobsub.mp4": PROCESSED,
    "sample_with_dts_hd_ma.mkv": REFUSED,  # sound only
    "bear-320x240-multitrack.webm": PROCESSED,
    "Turning Lime.mkv": PROCESSED,  # a cover
    "bear.m2ts": PROCESSED,
    "Broken/appended.mkv": PROCESSED,  # foreign bytes behind a whole film
    "Broken/bad audio.mkv": REFUSED,
    "Broken/bit rot.mkv": REFUSED,
    "Broken/hole.mkv": REFUSED,
    "Broken/truncated half.mkv": REFUSED,
    "Broken/really an mp4.mkv": PROCESSED,
    "Broken/picture.mkv": REFUSED,
    "Broken/zero length.mkv": REFUSED,
    "Tongues (2018).mkv": PROCESSED,
    "Track Flags (2016).mkv": PROCESSED,
    "Mov Text (2012) {imdb-tt0903747}.mp4": PROCESSED,
    "Cover As Video (2013).mkv": PROCESSED,
    "Two Videos (2007).mkv": PROCESSED,
    "No Audio (2001).mkv": NO_GAIN,
    "Old Divx (1999).avi": PROCESSED,
    "Windows Era (2002).wmv": PROCESSED,
    "DV P8.1 (patched).mp4": PROCESSED,
    "S01E08 - Variable.mkv": PROCESSED,
    "hdr/p7fel.mkv": EMPTY,
}
# Their subtitles are packed: an ffmpeg without zlib must refuse them.
PACKED: Dict[str, str] = {
    "sample_with_pgs_subtitles.mkv": PROCESSED,
    "Endless Subs (2015).mkv": PROCESSED,  # and a length of 49 days in the header
    "DV 8 (real RPU).mkv": PROCESSED,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Path]:
    return dict(corpus_files(tmp_path_factory.mktemp("names")))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    with workshop(tmp_path, fast_settings()) as one:
        yield one


def test_every_file_gets_a_plan_or_a_sentence(files: Dict[str, Path], shop: Workshop) -> None:
    assert len(files) > 150
    planned, sentences = 0, {}
    for name, path in files.items():
        try:
            plan = shop.plan(path)
        except MediaProcessorError as error:
            sentences[name] = str(error)
            continue
        planned += 1
        assert plan.refused or plan.outputs, name
        assert [decision.track.index for decision in plan.decisions] == [
            track.index for track in plan.media.tracks
        ], name
    assert planned > 100
    assert [sentence for sentence in sentences.items() if not sentence[1].endswith(".")] == []


@pytest.mark.parametrize("end", [*CHOSEN, *PACKED])
def test_a_file_is_processed_or_left_as_it_is(
    files: Dict[str, Path], shop: Workshop, tmp_path: Path, end: str
) -> None:
    ((name, path),) = [item for item in files.items() if item[0].endswith(end)]
    packed = end in PACKED and not shop.toolset.can(ToolName.FFMPEG, "zlib")
    expected = REFUSED if packed else {**CHOSEN, **PACKED}[end]
    outcome = process_copy(name, path, tmp_path / "film", shop)
    assert outcome.kind == expected, outcome.detail
