"""The instruments themselves: what they claim to hear is what was put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.films import LAYOUTS, AudioSpec, make_film
from tests.truth.sound import amplitude, decode, first_sound, peak_dbfs, tones_heard


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_tone_is_heard_in_its_own_channel_only(tmp_path: Path, layout: str) -> None:
    tone = AudioSpec("wavpack", len(LAYOUTS[layout]), layout)
    sound = decode(make_film(tmp_path / "tones.mkv", codec="", audio=[tone]))
    assert sound.layout == layout
    assert tones_heard(sound) == {name: frozenset({name}) for name in LAYOUTS[layout]}


def test_amplitude_peak_and_start_are_those_of_the_source(tmp_path: Path) -> None:
    tone = AudioSpec("flac", 1, gain=0.5)
    film = make_film(tmp_path / "tone.mkv", codec="", audio=[tone])
    sound = decode(film)
    assert amplitude(sound, "FC", 710) == pytest.approx(0.5, abs=0.001)
    assert amplitude(sound, "FC", 440) == pytest.approx(0.0, abs=0.001)
    assert peak_dbfs(sound) == pytest.approx(-6.02, abs=0.01)
    assert first_sound(film) < 0.001
