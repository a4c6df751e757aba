"""Measuring instruments for sound: decode a track, ask where each tone is, how loud, and when."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, FrozenSet, List, Mapping, Sequence, Tuple

import numpy as np

from core.errors import ToolNotFound
from core.ports import Captured
from tests.films import FFMPEG, FFPROBE, LAYOUTS, TONES

# A tone this far below the loudest one of its channel is not heard there: leakage of a lossy codec
# stays below -40 dB on these films, while the weakest downmix coefficient is 0.5 (-6 dB).
AUDIBLE = 0.05


@dataclass(frozen=True)
class Sound:
    """One decoded track: ``samples`` by channel in ffmpeg's order, full scale 1.0, ``rate`` in Hz."""

    layout: str
    channels: Tuple[str, ...]
    samples: Any  # numpy array, channel by time
    rate: int

    def channel(self, name: str) -> Any:
        """The samples of one channel."""
        return self.samples[self.channels.index(name)]


def run(argv: Sequence[str]) -> bytes:
    """Run to the end and return stdout; any failure or message is the test's failure."""
    environment = {**os.environ, "SVT_LOG": "1"}  # SVT-AV1 chats on stderr otherwise
    done = subprocess.run(argv, capture_output=True, check=False, timeout=120, env=environment)
    if done.returncode or done.stderr.strip():
        raise AssertionError(f"{list(argv)}\n{done.stderr.decode('utf-8', 'replace')[-2000:]}")
    return done.stdout


class CapturingRunner:
    """Short commands for the analyzer and the resolver, without the product's own runner."""

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        """Run to the end, as ``core.ports.CommandRunner`` says."""
        try:
            done = subprocess.run(argv, capture_output=True, check=False, timeout=timeout)
        except OSError as error:
            raise ToolNotFound(str(argv[0]), str(error)) from error
        stdout, stderr = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        return Captured(done.returncode, stdout, stderr)


def streams(path: Path, kind: str = "", *, strict: bool = True) -> List[Mapping[str, Any]]:
    """ffprobe's streams of a file, of one kind (a, v, s) or all, read on their own, not by our code.

    A damaged file makes ffprobe complain, which fails the test unless ``strict`` is False.
    """
    argv = [FFPROBE, "-v", "error" if strict else "quiet", "-show_streams", "-of", "json"]
    argv += ["-select_streams", kind] if kind else []
    found: List[Mapping[str, Any]] = json.loads(run([*argv, "-i", f"file:{path}"]))["streams"]
    return found


def decode(path: Path, number: int = 0) -> Sound:
    """The audio track at position ``number`` (from 0) as float samples: overshoot stays visible."""
    stream = streams(path, f"a:{number}")[0]
    count = int(stream["channels"])
    source = ["-drc_scale", "0"] if stream["codec_name"] in ("ac3", "eac3") else []
    source += ["-i", f"file:{path}"]
    raw = run(
        [FFMPEG, "-v", "error", "-nostdin", *source, "-map", f"0:a:{number}", "-f", "f32le", "-"]
    )
    layout = str(stream.get("channel_layout", ""))
    return Sound(
        layout,
        LAYOUTS.get(layout, tuple(f"?{position}" for position in range(count))),
        np.frombuffer(raw, dtype="<f4").reshape(-1, count).T,
        int(stream["sample_rate"]),
    )


def frame_times(path: Path, stream: str) -> List[float]:
    """When the decoded frames of one stream are presented, in seconds on the file's own clock."""
    argv = [FFPROBE, "-v", "error", "-select_streams", stream, "-show_entries", "frame=pts_time"]
    text = run([*argv, "-of", "csv=p=0", "-i", f"file:{path}"]).decode("ascii")
    return [float(line.strip(",")) for line in text.split()]


def amplitude(sound: Sound, channel: str, frequency: float) -> float:
    """The amplitude of one tone in one channel, by one bin of a windowed Fourier transform.

    The edges are left out: codecs fade there.
    """
    samples = sound.channel(channel)
    margin = len(samples) // 5
    middle = samples[margin : len(samples) - margin].astype(np.float64)
    window = np.hanning(len(middle))
    turns = np.exp(-2j * np.pi * frequency * np.arange(len(middle)) / sound.rate)
    return float(2 * abs(np.sum(middle * window * turns)) / np.sum(window))


def tones_heard(sound: Sound) -> Mapping[str, FrozenSet[str]]:
    """For each channel of a track, the names of the source channels whose tones sound in it."""
    heard = {}
    for name in sound.channels:
        loud = {source: amplitude(sound, name, hertz) for source, hertz in TONES.items()}
        floor = max(AUDIBLE * max(loud.values()), 0.002)
        heard[name] = frozenset(source for source, value in loud.items() if value > floor)
    return heard


def peak_dbfs(sound: Sound) -> float:
    """The highest sample, in decibels of full scale."""
    highest = float(np.max(np.abs(sound.samples)))
    return -np.inf if highest == 0 else 20 * float(np.log10(highest))


def first_sound(path: Path, number: int = 0, threshold: float = 0.1) -> float:
    """When the first sample above ``threshold`` is presented, in seconds on the file's own clock."""
    sound = decode(path, number)
    loud = np.max(np.abs(sound.samples), axis=0) > threshold
    if not loud.any():
        raise AssertionError("the track is silent")
    return frame_times(path, f"a:{number}")[0] + float(np.argmax(loud)) / sound.rate
