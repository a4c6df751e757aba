"""The instruments of the sync tests find the offset that was put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.truth.sync import FLASH, flash_time, make_flash_and_beep, offset


@pytest.mark.parametrize("delay", [0.0, 0.5, -0.5, 0.04])
def test_offset_of_the_source_is_the_delay_it_was_made_with(tmp_path: Path, delay: float) -> None:
    film = make_flash_and_beep(tmp_path / "film.mkv", delay=delay)
    assert offset(film) == pytest.approx(delay, abs=0.002)


def test_flash_is_found_on_the_clock_of_the_file(tmp_path: Path) -> None:
    film = make_flash_and_beep(tmp_path / "film.mkv", output=("-output_ts_offset", "3"))
    assert flash_time(film) == pytest.approx(FLASH + 3.0, abs=0.001)
    assert offset(film) == pytest.approx(0.0, abs=0.002)
