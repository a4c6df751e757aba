"""Measuring instruments for dynamic range: what a file claims, and what its frames really carry."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

import pytest

from tests.films import FFPROBE, make_film
from tests.truth.sound import run, streams

MASTERING = "Mastering display metadata"
LIGHT_LEVEL = "Content light level metadata"
RPU = "Dolby Vision RPU Data"
DOLBY_VISION = "Dolby Vision Metadata"
HDR10_PLUS = "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"
RECORD = "DOVI configuration record"


@dataclass(frozen=True)
class Picture:
    """What ffprobe reads from the container and from decoded frames of the first picture.

    ``record`` is the container's Dolby Vision profile and compatibility; ``frames`` counts what was
    decoded, ``rpus`` and ``dynamic`` how many of them carry Dolby Vision and HDR10+ data.
    """

    codec: str
    pixel_format: str
    primaries: str
    transfer: str
    matrix: str
    color_range: str
    record: Optional[Tuple[int, int]]
    mastering: Mapping[str, str]
    light_level: Optional[Tuple[int, int]]
    frames: int
    rpus: int
    dynamic: int


HDR_COLORS = {
    "hdr10": "transfer=smpte2084:cll=1000,400"
    ":mastering-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)",
    "hlg": "transfer=arib-std-b67",
    "pq": "transfer=smpte2084",
}


def make_hdr_film(path: Path, kind: str) -> Path:
    """A film of half a second with ``hdr10``, ``hlg`` or ``pq``, in H.264, which every ffmpeg reads."""
    transfer = HDR_COLORS[kind].split("=")[1].split(":")[0]
    colors = f"setparams=color_primaries=bt2020:colorspace=bt2020nc:color_trc={transfer}"
    parameters = f"colorprim=bt2020:colormatrix=bt2020nc:{HDR_COLORS[kind]}"
    return make_film(
        path,
        seconds=0.5,
        video_options=["-pix_fmt", "yuv420p10le", "-vf", colors, "-x264-params", parameters],
    )


def probe_for(path: Path) -> str:
    """An ffprobe that can decode the picture: the embedded one has no decoder for AV1."""
    if streams(path, "v:0")[0]["codec_name"] != "av1":
        return FFPROBE
    found = shutil.which("ffprobe")
    if found is None or b"libdav1d" not in subprocess.check_output(
        [found, "-v", "quiet", "-decoders"]
    ):
        pytest.skip("needs an ffprobe with libdav1d in PATH, to look at AV1 frames")
    return found


def look(path: Path, frames: int = 24) -> Picture:
    """Decode the first ``frames`` frames of the first picture and say what they carry."""
    stream = streams(path, "v:0")[0]
    argv = [probe_for(path), "-v", "error", "-select_streams", "v:0", "-show_frames"]
    argv += ["-read_intervals", f"%+#{frames}", "-of", "json", "-i", f"file:{path}"]
    decoded = json.loads(run(argv))["frames"]
    sides = [_sides(frame) for frame in decoded]
    first = {**_sides(stream), **sides[0]}
    record = _sides(stream).get(RECORD)
    return Picture(
        codec=stream["codec_name"],
        pixel_format=stream["pix_fmt"],
        primaries=stream.get("color_primaries", ""),
        transfer=stream.get("color_transfer", ""),
        matrix=stream.get("color_space", ""),
        color_range=stream.get("color_range", ""),
        record=_pair(record, "dv_profile", "dv_bl_signal_compatibility_id"),
        mastering={
            key: _decimal(value)
            for key, value in first.get(MASTERING, {}).items()
            if key != "side_data_type"
        },
        light_level=_pair(first.get(LIGHT_LEVEL), "max_content", "max_average"),
        frames=len(sides),
        rpus=sum(1 for side in sides if RPU in side or DOLBY_VISION in side),
        dynamic=sum(1 for side in sides if any(name.startswith(HDR10_PLUS[:30]) for name in side)),
    )


def _sides(item: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    return {side["side_data_type"]: side for side in item.get("side_data_list", [])}


def _pair(side: Optional[Mapping[str, Any]], first: str, second: str) -> Optional[Tuple[int, int]]:
    return None if side is None else (int(side[first]), int(side[second]))


def _decimal(fraction: str) -> str:
    """``34000/50000`` and ``17/25`` are the same coordinate."""
    over, _, under = str(fraction).partition("/")
    return f"{int(over) / int(under or 1):.4f}"
