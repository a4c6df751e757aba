"""Lips and voices: a flash and a beep stay together through every container, codec and delay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Tuple

import pytest

from core.settings.tree import VideoSettings
from tests.truth.pipeline import convert, fast_settings
from tests.truth.sync import make_flash_and_beep, offset

TOLERANCE = 0.020  # seconds: half a frame of film, and far below what anyone notices


@dataclass(frozen=True)
class Source:
    """A film to be made, and how far its beep is from its flash."""

    name: str
    audio: Tuple[str, ...] = ("-c:a", "ac3")
    video: Tuple[str, ...] = ("-c:v", "libx264", "-bf", "2")
    rate: int = 48000
    fps: str = "25"
    delay: float = 0.0
    output: Tuple[str, ...] = ()


AAC, START = ("-c:a", "aac"), ("-output_ts_offset", "3")
SOURCES: Dict[str, Source] = {
    "plain": Source("a.mkv"),
    "sound 500 ms late": Source("a.mkv", delay=0.5),
    "sound 500 ms early": Source("a.mkv", delay=-0.5),
    "AAC with priming in MP4, 44.1 kHz": Source("a.mp4", AAC, rate=44100),
    "AAC in MP4, sound late": Source("a.mp4", AAC, delay=0.5),
    "AAC in MP4, sound early": Source("a.mp4", AAC, delay=-0.5),
    "AAC in Matroska, 44.1 kHz": Source("a.mkv", AAC, rate=44100),
    "MP4 that starts at 3 s": Source("a.mp4", AAC, output=START),
    "Matroska that starts at 3 s": Source("a.mkv", AAC, output=START),
    "transport stream": Source("a.ts", AAC),
    "Blu-ray stream": Source("a.m2ts"),
    "transport stream, sound late": Source("a.ts", delay=0.5),
    "AVI with MP3": Source("a.avi", ("-c:a", "libmp3lame"), ("-c:v", "mpeg4")),
    "film rate, E-AC-3": Source("a.mkv", ("-c:a", "eac3"), fps="24000/1001"),
    "FLAC at 44.1 kHz": Source("a.mkv", ("-c:a", "flac"), rate=44100),
    "FLAC at 96 kHz": Source("a.mkv", ("-c:a", "flac"), rate=96000),
    "Opus": Source("a.mkv", ("-c:a", "libopus", "-b:a", "300k")),
    "DTS": Source("a.mkv", ("-c:a", "dca", "-strict", "-2")),
}


def make(source: Source, folder: Path) -> Path:
    return make_flash_and_beep(
        folder / source.name,
        audio=source.audio,
        video=source.video,
        rate=source.rate,
        fps=source.fps,
        delay=source.delay,
        output=source.output,
    )


@pytest.mark.parametrize("case", SOURCES)
@pytest.mark.parametrize("encode", [True, False], ids=["picture encoded", "picture copied"])
def test_flash_and_beep_stay_together(tmp_path: Path, case: str, encode: bool) -> None:
    source = make(SOURCES[case], tmp_path)
    before = offset(source)
    assert before == pytest.approx(SOURCES[case].delay, abs=TOLERANCE)
    settings = replace(fast_settings(), video=VideoSettings(encode=encode))
    result = convert(source, settings)
    assert (result.plan.video_encode is not None) is encode
    assert offset(result.path) == pytest.approx(before, abs=TOLERANCE)
