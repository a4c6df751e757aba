"""A constant in the sound (DC), which old recordings have, is not heard; Opus drops it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

from core.tools import ToolName, Toolset
from tests.films import FFMPEG
from tests.processing.bench import Bench, open_bench

TONES = "0.2*sin(600*t)|0.2*sin(900*t)|0.2*sin(1300*t)|0.2*sin(150*t)"


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    if toolset.get(ToolName.MKVPROPEDIT) is None:
        pytest.skip("mkvpropedit is not installed")
    with open_bench(tmp_path, toolset) as one:
        yield one


def make_film(path: Path, fifth: str) -> Path:
    """A film of 5.1 whose surround channels are ``fifth``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = f"aevalsrc='{TONES}|{fifth}|{fifth}':c=5.1:s=48000:d=4"
    picture = "testsrc2=s=128x96:r=25:d=4"
    argv = [FFMPEG, "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    codecs = ("-c:v", "libx264", "-c:a", "flac")
    subprocess.run([*argv, *codecs, "-metadata:s:a:0", "language=eng", str(path)], check=True)
    return path


@pytest.mark.parametrize(
    "fifth", ["0.03", "0.1+0.002*random(0)"], ids=["nothing else", "beneath a whisper"]
)
def test_a_channel_with_a_constant_offset_is_what_is_heard_of_it(bench: Bench, fifth: str) -> None:
    files = replace(
        bench.settings.files, largest_ratio=9.0
    )  # what it weighs is not what is tried here
    bench.settings = replace(bench.settings, files=files)
    bench.take(make_film(bench.folder / "Film.mkv", fifth))
    result = bench.process()
    assert any("libopus" in argv for argv in result.commands)
