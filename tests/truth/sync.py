"""Measuring instruments for sync: films with a flash and a beep, and when each is presented."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any, List, Sequence

import numpy as np

from processing.packets import parse_framehash
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


# ---- a flash and a beep in each second, for films that are cut, torn or change

BEAT = 0.5  # seconds into each second
_RATE = 8000
_PAIR = 0.4  # seconds that a beep may be from its flash
_COMPUTED = 16 * 16
TONE = f"0.6*sin(2*PI*1000*t)*between(mod(t,1),{BEAT},{BEAT + 0.1})"
FLASHING = (
    "drawbox=color=black:t=fill,drawbox=color=white:t=fill:"
    f"enable='between(mod(t,1),{BEAT - 0.001},{BEAT + 0.1})',noise=alls=4:allf=t"
)


def make_beats(
    path: Path,
    *,
    seconds: float = 6.0,
    video: Sequence[str] = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25"),
    audio: Sequence[str] = ("-c:a", "ac3"),
    output: Sequence[str] = (),
) -> Path:
    """A dark film with a flash and a beep in each second."""
    argv = [FFMPEG, "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-t", str(seconds)]
    argv += ["-i", f"color=black:s=320x180:r=25,{FLASHING}", "-f", "lavfi", "-t", str(seconds)]
    argv += ["-i", f"aevalsrc='{TONE}|{TONE}':s=48000", *video, "-b:v", "1500k"]
    run([*argv, "-pix_fmt", "yuv420p", *audio, *output, str(path)])
    return path


def beats(path: Path) -> List[float]:
    """How much later than its flash each beep comes, in seconds; what is lost of a film is left out.

    One ffmpeg reads both, so that they are on the same clock whatever the file's is.
    """
    with tempfile.TemporaryDirectory() as name:
        files = {kind: Path(name) / kind for kind in ("v", "vt", "a", "at")}
        small = "[0:v:0]scale=16:16,format=gray,split[v][vt]"
        mono = f"[0:a:0]aformat=channel_layouts=mono,aresample={_RATE},asplit[a][at]"
        argv = [FFMPEG, "-v", "quiet", "-nostdin", "-i", f"file:{path}"]
        argv += ["-filter_complex", small, "-filter_complex", mono]
        for kind, options in (
            ("v", ["-f", "rawvideo"]),
            ("vt", ["-f", "framehash", "-hash", "adler32"]),
            ("a", ["-f", "f32le"]),
            ("at", ["-c:a", "pcm_f32le", "-f", "framehash", "-hash", "adler32"]),
        ):
            passing = ["-fps_mode", "passthrough"] if kind.startswith("v") else []
            argv += ["-map", f"[{kind}]", *passing, *options, str(files[kind])]
        subprocess.run(argv, check=False, timeout=120)  # it may complain about a damaged film
        frames = np.fromfile(files["v"], dtype=np.uint8)
        levels = frames.reshape(-1, _COMPUTED).mean(axis=1)
        flashes = _onsets(_times(files["vt"]), levels, 128.0, 0.3)
        loud = np.abs(np.fromfile(files["a"], dtype=np.float32))
        pieces = [time + np.arange(size // 4) / _RATE for time, size in _packets(files["at"])]
        beeps = _onsets(np.concatenate(pieces), loud, 0.1, 0.3)
    pairs = [min((beep - flash for beep in beeps), key=abs) for flash in flashes]
    return [pair for pair in pairs if abs(pair) < _PAIR]


def _packets(path: Path) -> List[Any]:
    packets = parse_framehash(path.read_text("ascii"))
    return [(packet.time, packet.size) for packet in packets]


def _times(path: Path) -> Any:
    return np.array([time for time, _ in _packets(path)])


def _onsets(times: Any, levels: Any, threshold: float, quiet: float) -> List[float]:
    """When a level passes the threshold after so many quiet seconds."""
    found: List[float] = []
    last = float("-inf")
    for time in times[levels[: len(times)] > threshold]:
        if time - last > quiet:
            found.append(float(time))
        last = float(time)
    return found
