"""Both ffmpegs that come along are in one cluster: what one has made, the other proves."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

import pytest

from analyzer import Analyzer
from core.media.model import NativeLanguage, TrackKind
from core.plan import OpusEncode
from core.planning.planner import build_plan
from core.tools import ToolName
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.pipeline import ResultMaker
from processing.probing import Prober
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processing.stall import Limits
from processing.verify import Verifier
from tests.films import FFMPEG
from tests.processing.bench import fast_settings, with_section
from tests.truth.pipeline import plain_toolset, toolset_with


def phone_film(folder: Path) -> Path:
    """MP4 whose AAC begins before its picture, where the two differ by 21 ms, and MP4's own subtitles."""
    lines = folder / "lines.srt"
    lines.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    film = folder / "Film.mp4"
    sound = "aevalsrc='0.2*sin(700*t*t)|0.2*sin(900*t)':s=48000:d=4"
    sources = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=4", "-f", "lavfi", "-i", sound)
    codecs = ("-c:v", "libx264", "-c:a", "aac", "-b:a", "192k", "-c:s", "mov_text")
    tracks = ("-map", "0", "-map", "1", "-map", "2", *codecs)
    argv = (FFMPEG, "-v", "error", *sources, "-i", str(lines), *tracks, str(film))
    subprocess.run(argv, check=True)
    return film


@pytest.mark.parametrize(
    ("newer_makes", "to_opus"), [(True, False), (False, True)], ids=["9 copies", "8 encodes"]
)
def test_a_result_of_one_ffmpeg_is_proved_by_the_other(
    tmp_path: Path, newer_makes: bool, to_opus: bool
) -> None:
    newer, older = toolset_with(), plain_toolset()
    if any(toolset.get(ToolName.MKVPROPEDIT) is None for toolset in (newer, older)):
        pytest.skip("mkvpropedit is not installed")
    if newer.get(ToolName.FFMPEG) == older.get(ToolName.FFMPEG):
        pytest.skip("imageio-ffmpeg is not installed: there is one ffmpeg")
    maker, prover = (newer, older) if newer_makes else (older, newer)
    settings = with_section(fast_settings(encode=True), "video", good_bits_per_pixel=0.0)
    settings = with_section(settings, "audio", convert_to_opus=to_opus)
    settings = with_section(settings, "files", largest_ratio=9.0)
    runner, film = ProcessRunner(), phone_film(tmp_path)
    plan = build_plan(Analyzer(runner, maker).analyze(film), NativeLanguage(), settings, maker)
    assert any(isinstance(track.conversion, OpusEncode) for track in plan.outputs) is to_opus
    log, clock = logging.getLogger("tests"), SystemClock()
    work = ResultMaker(runner, maker, settings, FileOperations(), clock, log)
    staged = tmp_path / "result.mkv"
    made = work.make(plan, staged, JobControl(), lambda progress: None)
    verifier = Verifier(
        Prober(runner, prover, JobControl(), Limits(60.0, 60.0)),
        Analyzer(runner, prover).analyze,
        settings,
        prover,
        clock,
        lambda progress: None,
    )
    kept = [track for track in made.plan.outputs if track.kind is not TrackKind.SUBTITLE]
    spans = verifier.demand_whole_source(made.plan, frozenset(track.source.index for track in kept))
    names = [check.name for check in verifier.verify(made.plan, staged, spans).checks]
    assert "likeness" in names
