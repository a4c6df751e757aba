"""Films with HDR, and the settings that encode them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Callable

import pytest

from core.settings.choices import LossyHdrPolicy
from core.settings.tree import Settings
from tests.truth.hdr import make_hdr_film
from tests.truth.pipeline import fast_settings

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "media" / "hdr"


def encoding_settings(
    lossy_hdr: LossyHdrPolicy = LossyHdrPolicy.COPY, dolby_vision_7: bool = False
) -> Settings:
    """Quick encoders, and no picture that is good enough to be left alone."""
    settings = fast_settings()
    video = replace(
        settings.video,
        good_bits_per_pixel=0.0,
        lossy_hdr=lossy_hdr,
        dolby_vision_7=dolby_vision_7,
    )
    return replace(settings, video=video)


def own(hdr: str) -> Callable[[Path], Path]:
    return lambda folder: make_hdr_film(folder / "film.mkv", hdr)


def given(name: str) -> Callable[[Path], Path]:
    def copy(folder: Path) -> Path:
        source = CORPUS / name
        if not source.is_file():
            pytest.skip(f"needs {name} of the film corpus beside the repository")
        return Path(shutil.copyfile(source, folder / name))

    return copy


SVT_AV1 = (
    "$ffmpeg -i $input -c:v libsvtav1 -preset 12 -crf 40 -pix_fmt yuv420p10le "
    "-filter:v:0 $filters $hdr $tracks $output"
)
