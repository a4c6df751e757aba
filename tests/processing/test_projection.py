"""The size that is shown while a film is encoded: within 30 % of what comes of it, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from core.tools import Toolset
from tests.films import AudioSpec
from tests.processing.bench import Bench, fast_settings, open_bench

SECONDS = 100
NOISE = "noise=alls=12:allf=t:enable='{}'"
BLACK = "drawbox=color=black:t=fill:enable='{}'"
EARLY, LATE = f"lt(t,{SECONDS // 2})", f"gte(t,{SECONDS // 2})"


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield one


@pytest.mark.parametrize(
    ("name", "pictures"),
    [
        ("quiet beginning", f"{BLACK.format(EARLY)},{NOISE.format(LATE)}"),
        ("busy beginning", f"{NOISE.format(EARLY)},{BLACK.format(LATE)}"),
    ],
    ids=("quiet beginning", "busy beginning"),
)
def test_a_size_that_is_shown_is_right_within_30_percent(
    bench: Bench, name: str, pictures: str
) -> None:
    bench.settings = fast_settings(encode=True)
    bench.make(
        f"{name}.mkv",
        seconds=SECONDS,
        audio=(AudioSpec("ac3", 2),),
        subtitles=(),  # one that is shown for long puts the time of the output ahead
        video_options=("-preset", "ultrafast", "-crf", "20", "-vf", pictures),
    )
    size = bench.process().processed_size
    told = [
        progress
        for progress in bench.progress
        if progress.step == "encode" and progress.output_size
    ]
    shown = [progress for progress in told if progress.projected_size]
    assert shown
    early = [progress for progress in shown if (progress.percent or 0) < 75]
    assert early, "nothing was shown before the last quarter"
    for progress in shown:
        assert progress.projected_size == pytest.approx(size, rel=0.3), progress
