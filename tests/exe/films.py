"""Films for the packaged program, and what is in them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import List

from tests.films import FFPROBE, AudioSpec, make_film


def film(folder: Path, name: str, seconds: float = 4.0) -> Path:
    """A film with a picture and a sound that become smaller."""
    return make_film(
        folder / name,
        seconds=seconds,
        size=(640, 360),
        audio=[AudioSpec("flac", 2, language="jpn"), AudioSpec("ac3", 6, language="eng")],
        video_options=["-preset", "ultrafast", "-crf", "4"],
    )


def probe(path: Path, *entries: str) -> List[str]:
    """What this machine's ffprobe says."""
    argv = [FFPROBE, "-v", "error", "-of", "csv=p=0", *entries, str(path)]
    return subprocess.run(argv, capture_output=True, encoding="utf-8", check=True).stdout.split()


def codecs(path: Path) -> List[str]:
    return probe(path, "-show_entries", "stream=codec_name")
