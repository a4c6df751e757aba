"""Hot sound stays below full scale: what is mixed together is made quieter, not cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from core.plan import OpusEncode
from tests.films import LAYOUTS, AudioSpec, make_film
from tests.truth.pipeline import convert, fast_settings
from tests.truth.sound import decode, peak_dbfs

# Every channel plays the same tone at full scale at once: the worst that a mix can be given.
HOT_GAIN = 0.999
FREQUENCY = 997  # Hz; no divisor of the sampling rate, so that the peaks themselves are sampled
# Opus is lossy: the decoded wave of a full-scale tone may overshoot by this much (measured: see
# docs/testing.md), mix or no mix. A mix that clips is 3 dB to 10 dB above.
OPUS_OVERSHOOT = 0.5
MIXED = [layout for layout in LAYOUTS if layout != "mono"]


@pytest.fixture(scope="module")
def peaks(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, float]:
    """The peak (dBFS) of what became of each layout, all in one film."""
    tracks = [
        AudioSpec("wavpack", len(LAYOUTS[mix]), mix, gain=HOT_GAIN, frequency=FREQUENCY)
        for mix in MIXED
    ]
    path = tmp_path_factory.mktemp("hot") / "film.mkv"
    film = make_film(path, seconds=0.5, size=(64, 36), audio=tracks)
    converted = convert(film, fast_settings())
    found = {}
    for number, layout in enumerate(MIXED, start=1):
        position, track = converted.audio(number)
        assert isinstance(track.conversion, OpusEncode)
        found[layout] = peak_dbfs(decode(converted.path, position))
    return found


@pytest.mark.parametrize("layout", MIXED)
def test_full_scale_in_every_channel_does_not_clip(peaks: Dict[str, float], layout: str) -> None:
    assert peaks[layout] <= OPUS_OVERSHOOT


@pytest.mark.parametrize("layout", MIXED)
def test_the_mix_is_not_needlessly_quiet(peaks: Dict[str, float], layout: str) -> None:
    """Full scale in phase comes out as full scale: the mix is as loud as it can be without clipping."""
    assert peaks[layout] >= -1.0


def test_the_source_of_these_tests_is_hot(tmp_path: Path) -> None:
    tone = AudioSpec("wavpack", 6, "5.1", gain=HOT_GAIN, frequency=FREQUENCY)
    sound = decode(make_film(tmp_path / "film.mkv", codec="", audio=[tone]))
    assert peak_dbfs(sound) == pytest.approx(0.0, abs=0.02)
