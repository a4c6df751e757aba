"""Lips and voices where a film is cut, torn, late, or changes: beats before and after, through the program.

``python -m tests.truth.test_sync_edges`` prints how far they move.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import pytest

from core.settings.tree import Settings, VideoSettings
from tests.films import FFMPEG
from tests.processing.bench import with_section
from tests.truth.pipeline import fast_settings
from tests.truth.sound import run
from tests.truth.sync import FLASHING, TONE, beats, make_beats
from tests.truth.whole_path import workshop

TOLERANCE = 0.020  # seconds
_PACKET = 188
_WRAP = 2**33 / 90000  # seconds, where the clock of a transport stream begins anew
MPEG2 = ("-c:v", "mpeg2video", "-g", "12", "-bf", "2")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=25")
AAC, MP2 = ("-c:a", "aac"), ("-c:a", "mp2")
FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")


def cut(film: Path, begin: float = 0.0, end: float = 1.0) -> Path:
    """Leave these shares of the bytes of a film."""
    data = film.read_bytes()
    film.write_bytes(data[int(len(data) * begin) : int(len(data) * end) - 1])
    return film


def torn(film: Path, begin: float, end: float) -> Path:
    """Take out the packets of a transport stream between these shares."""
    data = film.read_bytes()
    first, last = (int(len(data) * share) // _PACKET * _PACKET for share in (begin, end))
    film.write_bytes(data[:first] + data[last:])
    return film


def changing(film: Path, seconds: float) -> Path:
    """A recording whose AC-3 is stereo for so long and surround from then on."""
    data, begin = b"", 0.0
    for number, (channels, length) in enumerate(((2, round(seconds / 0.032) * 0.032), (6, 6.4))):
        part = film.with_name(f"{number}.ac3")
        tone = TONE.replace("2*PI*1000*t", f"2*PI*1000*(t+{begin})").replace(
            "mod(t,1)", f"mod(t+{begin},1)"
        )
        layout = {2: "stereo", 6: "5.1"}[channels]
        source = f"aevalsrc='{'|'.join([tone] * channels)}':c={layout}:s=48000:d={length}"
        run([FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", source, "-b:a", "448k", str(part)])
        data, begin = data + part.read_bytes(), begin + length
    sound, picture = film.with_name("both.ac3"), film.with_name("picture.m2v")
    sound.write_bytes(data)
    source = f"color=black:s=320x180:r=25:d={begin},{FLASHING}"
    coded = ["-c:v", "mpeg2video", "-b:v", "1500k", "-g", "12", "-bf", "0", "-pix_fmt", "yuv420p"]
    run([FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", source, *coded, str(picture)])
    inputs = ["-fflags", "+genpts", "-framerate", "25", "-i", str(picture), "-i", str(sound)]
    run([FFMPEG, "-v", "error", "-y", *inputs, "-c", "copy", str(film)])
    return film


Maker = Callable[[Path], Path]
SITUATIONS: Dict[str, Tuple[str, Maker]] = {
    "transport stream, cut at both ends": (
        "a.ts",
        lambda film: cut(make_beats(film, audio=AAC), 0.13, 0.87),
    ),
    "MPEG-2 and MP2, cut at both ends": (
        "a.ts",
        lambda film: cut(make_beats(film, video=MPEG2, audio=MP2), 0.11, 0.83),
    ),
    "DVD stream, begun anywhere": ("a.vob", lambda film: cut(make_beats(film, video=MPEG2), 0.17)),
    "Blu-ray stream in HEVC, begun anywhere": (
        "a.m2ts",
        lambda film: cut(make_beats(film, video=HEVC), 0.23),
    ),
    "fragmented MP4, cut end": (
        "a.mp4",
        lambda film: cut(make_beats(film, audio=AAC, output=FRAGMENTED), 0.0, 0.975),
    ),
    "a hole of a second": ("a.ts", lambda film: torn(make_beats(film), 0.45, 0.62)),
    "a clock that begins anew": (
        "a.ts",
        lambda film: make_beats(film, output=("-output_ts_offset", str(_WRAP - 3.2))),
    ),
    "channels change after 0.3 s": ("a.ts", lambda film: changing(film, 0.3)),
    "channels change after 2.2 s": ("a.ts", lambda film: changing(film, 2.2)),
}


def moved(folder: Path, situation: str, *, encode: bool) -> float:
    """Process a film of this situation; return by how much a beep moves at worst, in seconds."""
    name, make = SITUATIONS[situation]
    film = folder / "films" / name
    film.parent.mkdir()
    make(film)
    for rest in film.parent.iterdir():
        if rest != film:
            rest.unlink()
    before = sorted(beats(film))
    assert len(before) >= 3
    with workshop(folder, settings(encode)) as shop:
        after = beats(shop.carry_out(shop.plan(film)).path)
    assert len(after) >= len(before) - 1
    usual = before[len(before) // 2]
    return max((offset - usual for offset in after), key=abs)


def settings(encode: bool) -> Settings:
    chosen = replace(fast_settings(), video=VideoSettings(encode=encode))
    return with_section(chosen, "verification", damage_seconds=5.0, sample_points=2)


# The others cost as much and are measured by the command.
IN_THE_SUITE = (
    "transport stream, cut at both ends",
    "a hole of a second",
    "a clock that begins anew",
    "channels change after 0.3 s",
)


@pytest.mark.parametrize("situation", IN_THE_SUITE)
def test_flash_and_beep_stay_together(tmp_path: Path, situation: str) -> None:
    assert moved(tmp_path, situation, encode=True) == pytest.approx(0.0, abs=TOLERANCE)


def main() -> int:
    """Print the table, with the picture encoded and copied."""
    worst: List[float] = []
    for situation in SITUATIONS:
        for encode in (True, False):
            with tempfile.TemporaryDirectory() as name:
                worst.append(moved(Path(name), situation, encode=encode))
            how = "encoded" if encode else "copied"
            print(f"{situation:<40} {how:<8} {worst[-1] * 1000:+6.1f} ms", flush=True)
    return int(max(map(abs, worst)) > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
