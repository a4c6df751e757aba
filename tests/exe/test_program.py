"""What a user of Windows does with the exe, from the double-click to the end."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Set

import pytest

from scripts.wine_desktop import until
from tests.exe.films import codecs, film, probe
from tests.exe.program import EXPECTED, Program
from tests.films import FFPROBE

pytestmark = [pytest.mark.exe, pytest.mark.timeout(400)]
ENCODE = 240.0  # seconds for a short film on a busy machine
PICTURES = os.environ.get("MEDIAPROCESSOR_PICTURES", "")  # a folder for pictures of the screen


def picture(program: Program, name: str) -> None:
    if PICTURES:
        program.desktop.screenshot(Path(PICTURES) / f"{name}.png")


def test_a_new_user_sees_the_first_steps(program: Program) -> None:
    program.start()
    until(lambda: "First steps" in program.desktop.titles(), "the first steps")
    picture(program, "first-steps")
    assert set(program.desktop.titles()) <= EXPECTED | {"First steps"}


def test_a_film_dropped_on_the_exe_is_processed_to_the_end(
    program: Program, tmp_path: Path
) -> None:
    program.be_known()
    given = film(tmp_path, "Ürün 1 & 2 – 日本 (2020).mkv")
    before = given.stat().st_size
    assert codecs(given) == ["h264", "flac", "ac3"]
    seen: Set[str] = set()

    def done() -> bool:
        seen.update(program.desktop.titles())
        return codecs(given) != ["h264", "flac", "ac3"]

    program.start(given)
    picture(program, "window")
    program.desktop.press("F5")
    until(done, "the swap of the film", ENCODE)
    picture(program, "processed")
    until(lambda: program.states() == {given.name: "completed"}, "the end of the job")
    assert codecs(given) == ["hevc", "opus", "opus"]
    assert probe(given, "-show_entries", "stream_tags=language") == ["jpn", "eng"]
    assert given.stat().st_size < before
    (seconds,) = probe(given, "-show_entries", "format=duration")
    assert float(seconds) == pytest.approx(4.0, abs=0.2)
    decoded = subprocess.run(
        [FFPROBE.replace("ffprobe", "ffmpeg"), "-v", "error", "-i", given, "-f", "null", "-"],
        capture_output=True,
        check=True,
    )
    assert decoded.stderr == b""
    program.close()
    assert seen <= EXPECTED  # no console, at no time
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith(".")] == [
        given.name
    ]


def test_a_second_start_gives_its_film_to_the_open_window(program: Program, tmp_path: Path) -> None:
    program.be_known()
    program.start(film(tmp_path, "first.mkv"))
    until(lambda: "first.mkv" in program.states(), "the first film")
    program.start(film(tmp_path, "second.mkv"))
    until(lambda: set(program.states()) == {"first.mkv", "second.mkv"}, "the second film")
    program.close()


def test_a_setting_changed_in_the_window_is_there_after_a_restart(program: Program) -> None:
    program.be_known()
    program.start()
    until(lambda: background(program) > 0, "the window")
    light = background(program)
    program.desktop.press("alt+s", "d")  # Settings > Dark theme
    until(lambda: 0 < background(program) < light / 2, "the dark theme")
    program.close()
    assert program.command("settings", "get", "window.theme").strip() == "dark"
    program.start()
    until(lambda: 0 < background(program) < light / 2, "the dark theme after the restart")
    picture(program, "dark")
    program.close()


def background(program: Program) -> float:
    """How bright the window is in the middle, from 0 to 1; 0 where there is none."""
    window = program.desktop.window()
    if not window:  # without one, import would wait for a click
        return 0.0
    argv = ["import", "-window", window, "-crop", "50%x50%+200+200"]
    answer = subprocess.run(
        [*argv, "-colorspace", "gray", "-format", "%[fx:mean]", "info:"],
        env=program.desktop.environment,
        capture_output=True,
        encoding="ascii",
        check=False,
    )
    return float(answer.stdout or 0.0)


def test_killed_in_the_middle_of_a_film_it_goes_on_at_the_next_start(
    program: Program, tmp_path: Path
) -> None:
    program.be_known()
    given = film(tmp_path, "long.mkv", seconds=20.0)
    kept = tmp_path / "kept"
    shutil.copyfile(given, kept)
    program.start(given)
    program.desktop.press("F5")
    until(lambda: list(tmp_path.glob(".mediaprocessor/**/*.partial")), "the encode", ENCODE)
    program.desktop.kill_everything()
    assert given.read_bytes() == kept.read_bytes()
    (left,) = program.unpacked()
    for library in left.glob("python3?*.dll"):
        os.utime(library, (0, 0))  # not of a program that is just starting
    program.start()
    until(lambda: not left.exists(), "the removal of what the killed program had unpacked")
    until(lambda: codecs(given) == ["hevc", "opus", "opus"], "the film after the restart", ENCODE)
    until(lambda: program.states() == {"long.mkv": "completed"}, "the end of the job")
    program.close()
    assert not list(tmp_path.glob(".mediaprocessor/**/*.partial"))
    with sqlite3.connect(program.data_dir / "mediaprocessor.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
