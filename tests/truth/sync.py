"""Measuring instruments for sync: films with a flash and a beep, and when each is presented."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

import numpy as np

from tests.films import FFMPEG
from tests.truth.sound import first_sound, frame_times, run

FLASH = 1.0  # seconds into the picture (and, without a delay, the beep into the sound)
SECONDS = 2.0
PIXELS = 16  # each side of the frames that brightness is measured on


def make_flash_and_beep(
    path: Path,
    *,
    audio: Sequence[str] = ("-c:a", "ac3"),
    video: Sequence[str] = ("-c:v", "libx264", "-bf", "2"),
    rate: int = 48000,
    fps: str = "25",
    delay: float = 0.0,
    output: Sequence[str] = (),
) -> Path:
    """A dark film with one white flash and a beep; the whole sound starts ``delay`` seconds late."""
    white = f"drawbox=color=white:t=fill:enable='between(t,{FLASH - 0.001},{FLASH + 0.15})'"
    beep = f"0.6*sin(2*PI*1000*t)*between(t,{FLASH},{FLASH + 0.15})"
    argv = [FFMPEG, "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-t", str(SECONDS)]
    argv += ["-i", f"color=black:s=128x72:r={fps},{white}"]
    argv += ["-itsoffset", str(delay), "-f", "lavfi", "-t", str(SECONDS)]
    argv += ["-i", f"aevalsrc='{beep}|{beep}':s={rate}"]
    run([*argv, *video, "-pix_fmt", "yuv420p", "-g", "12", *audio, *output, str(path)])
    return path


def flash_time(path: Path) -> float:
    """When the first white frame is presented, in seconds on the file's own clock."""
    argv = [FFMPEG, "-v", "error", "-nostdin", "-i", f"file:{path}", "-map", "0:v:0"]
    argv += ["-fps_mode", "passthrough", "-vf", f"scale={PIXELS}:{PIXELS},format=gray"]
    raw = run([*argv, "-f", "rawvideo", "-"])
    frames = np.frombuffer(raw, dtype=np.uint8).reshape(-1, PIXELS * PIXELS).mean(axis=1)
    times = frame_times(path, "v:0")
    assert len(times) == len(frames)
    bright = frames > 128
    assert bright.any(), "no frame is white"
    return times[int(np.argmax(bright))]


def offset(path: Path, number: int = 0) -> float:
    """How much later than the flash the beep is presented, in seconds."""
    return first_sound(path, number) - flash_time(path)
