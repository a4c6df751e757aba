"""``check-machine``: each encoder that is here is proved on films of our own; the user's are not touched."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from app import machine_check
from app.sample_film import Clip
from core.encoders.listed import families
from core.tools import ToolName, Toolset
from tests.commandline.calls import (
    Answer,
    call,
    film,
    one_sentence,
    posix,
    programs_at,
    records,
    start,
    state_of,
)
from tests.disks import disk_of_4_megabytes
from tests.stand_in import StandIn

pytestmark = posix  # the stand-ins are scripts
PATIENCE = 300.0  # seconds

# Does all that ffmpeg does, but what it is to do at an encode.
_BROKEN = """#!{python}
import os, signal, subprocess, sys
ffmpeg, words = {ffmpeg!r}, sys.argv[1:]

def spoil(wanted):
    for before, word in zip(words, words[1:]):
        if word.startswith("file:") and before != "-i" and wanted(word):
            with open(word[5:], "wb") as made:
                made.write(os.urandom(40_000))

if {encoder!r} in words:
    {then}
os.execv(ffmpeg, [ffmpeg, *words])
"""
KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
RUBBISH = "spoil(lambda word: True); sys.exit(0)"
SPOILS = (
    """subprocess.call([ffmpeg, *words]); spoil(lambda word: ".packets" not in word); sys.exit(0)"""
)


def broken(folder: Path, ffmpeg: Path, encoder: str, then: str) -> Path:
    """An ffmpeg that does this where it is asked for this encoder."""
    script = folder / "bin" / "ffmpeg"
    script.parent.mkdir()
    made = _BROKEN.format(python=sys.executable, encoder=encoder, then=then, ffmpeg=str(ffmpeg))
    script.write_text(made, encoding="utf-8")
    script.chmod(0o755)
    return script


@pytest.fixture(autouse=True)
def _short_films(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_check, "USUAL", Clip(320, 180, 1))


@pytest.fixture
def ffmpeg(toolset: Toolset) -> Path:
    found = toolset.get(ToolName.FFMPEG)
    if found is None or not found.abilities.issuperset({"libx265_10bit", "libsvtav1"}):
        pytest.skip("needs an ffmpeg with a 10-bit libx265 and libsvtav1")
    return found.path


def checked(answer: Answer) -> Dict[str, Any]:
    (record,) = records("check-machine", answer)
    return record


def found(record: Dict[str, Any], encoder: str) -> Dict[str, Any]:
    (wanted,) = (each for each in record["encoders"] if each["encoder"] == encoder)
    return dict(wanted)


def outcomes(record: Dict[str, Any], encoder: str) -> Dict[str, str]:
    return {film["film"]: film["outcome"] for film in found(record, encoder)["films"]}


def left_in(folder: Path) -> List[Path]:
    return list(folder.glob("machine-test-*"))


def set_to(folder: Path, key: str, value: object) -> None:
    assert call(folder, "settings", "set", key, str(value)).returncode == 0


def database(folder: Path) -> List[str]:
    with sqlite3.connect(folder / "data" / "mediaprocessor.db") as connection:
        return list(connection.iterdump())


def test_every_encoder_of_this_machine_is_proved_and_nothing_of_the_user_s_is_touched(
    tmp_path: Path, ffmpeg: Path
) -> None:
    film(tmp_path / "films" / "Film.mkv")
    assert call(tmp_path, "folders", "add", str(tmp_path / "films")).returncode == 0
    films, kept = state_of(tmp_path / "films"), database(tmp_path)
    answer = call(tmp_path, "check-machine", "--json")
    record = checked(answer)
    assert answer.returncode == 0, answer
    assert record["ok"]
    for encoder in ("libx265", "libsvtav1"):
        assert outcomes(record, encoder) == {"8bit": "proved", "hdr10": "proved"}
        for tried in found(record, encoder)["films"]:
            assert tried["pictures_a_second"] == pytest.approx(
                24 * tried["times_realtime"], rel=0.05
            )
            assert 0 < tried["share"] < 5
            assert tried["seconds"] > 0
    names = {each["family"] for each in record["encoders"]}
    assert names == {family.name for family in families() if family.encoders}
    assert all(bool(each["absent"]) != bool(each["films"]) for each in record["encoders"])
    assert record["facts"]["ffmpeg"] in found(record, "libx265")["program"]
    assert state_of(tmp_path / "films") == films
    assert database(tmp_path) == kept, "queue, history, statistics and proofs are as they were"
    assert not left_in(tmp_path / "data")


def test_the_report_is_a_table_of_markdown_that_names_nobody(tmp_path: Path, ffmpeg: Path) -> None:
    stand_in = StandIn(tmp_path / "bin", str(ffmpeg))
    set_to(tmp_path, "tools.qsvenc", stand_in.path)
    answer = call(tmp_path, "check-machine")
    assert answer.returncode == 0, answer
    lines = answer.stdout.splitlines()
    tables = [line for line in lines if line.startswith("|")]
    headings = [cell.strip() for cell in tables[0].strip("|").split("|")]
    assert headings[:4] == ["Encoder", "Program", "Film", "Result"]
    assert set(tables[1]) <= set("|-: ")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables]
    widths = {len(line) for line, row in zip(tables, rows) if len(row) == len(headings)}
    assert len(widths) == 1, "the columns stand below each other as plain text too"
    for codec in ("hevc", "av1"):
        assert [row[3] for row in rows if row[0] == f"QSVEncC {codec}"] == ["proved", "proved"]
    assert ["NVEnc", "not here"] in [[row[0], row[3]] for row in rows if len(row) == 8]
    assert any("NVEnc is not here. NVEncC was not found." in line for line in lines)
    for private in (str(tmp_path), socket.gethostname(), str(Path.home())):
        assert private not in answer.stdout


def test_a_device_that_is_away_is_not_here_and_no_failure(tmp_path: Path, ffmpeg: Path) -> None:
    stand_in = StandIn(tmp_path / "bin", str(ffmpeg))
    set_to(tmp_path, "tools.qsvenc", stand_in.path)
    stand_in.mode = "gone"
    answer = call(tmp_path, "check-machine", "--json")
    record = checked(answer)
    assert answer.returncode == 0
    assert "Intel GPU was not found" in found(record, "QSVEnc")["absent"]
    assert len(stand_in.encodes) == 1, "the other codec is on the same chip"


@pytest.mark.parametrize(
    ("then", "said"),
    [(KILLED, "was ended from outside"), (RUBBISH, "cannot be read"), (SPOILS, "")],
    ids=["killed", "writes rubbish", "spoils the result"],
)
def test_a_broken_encoder_fails_in_one_sentence_and_the_others_are_still_proved(
    tmp_path: Path, ffmpeg: Path, then: str, said: str
) -> None:
    set_to(tmp_path, "tools.ffmpeg", broken(tmp_path, ffmpeg, "libsvtav1", then))
    answer = call(tmp_path, "check-machine", "--json")
    record = checked(answer)
    assert (answer.returncode, record["ok"], answer.stderr) == (1, False, "")
    assert outcomes(record, "libx265") == {"8bit": "proved", "hdr10": "proved"}
    assert outcomes(record, "libsvtav1") == {"8bit": "failed", "hdr10": "not tried"}
    why = found(record, "libsvtav1")["films"][0]["why"]
    assert why
    assert said in why
    assert "\n" not in why
    assert str(tmp_path) not in why
    assert not left_in(tmp_path / "data")


def test_an_ffmpeg_that_makes_nothing_at_all_is_told_with_the_machine_s_facts(
    tmp_path: Path, ffmpeg: Path
) -> None:
    set_to(tmp_path, "tools.ffmpeg", broken(tmp_path, ffmpeg, "lavfi", KILLED))
    answer = call(tmp_path, "check-machine", "--json")
    record = checked(answer)
    assert answer.returncode == 1
    assert outcomes(record, "libx265")["8bit"] == "not tried"
    assert "No film could be made" in found(record, "libx265")["films"][0]["why"]
    assert record["facts"]["processor"]


@pytest.mark.parametrize(
    ("tool", "fact", "code"), [("ffmpeg", "opus", 1), ("mkvpropedit", "mkvpropedit", 0)]
)
def test_a_tool_that_is_missing_is_told(
    tmp_path: Path, ffmpeg: Path, tool: str, fact: str, code: int
) -> None:
    script = tmp_path / "bin" / tool
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    set_to(tmp_path, f"tools.{tool}", script)
    script.unlink()
    answer = call(tmp_path, "check-machine", "--json")
    record = checked(answer)
    assert (answer.returncode, answer.stderr) == (code, "")
    assert record["facts"][fact] == "not here"
    assert record["ok"] is (code == 0)
    if code:
        assert "does not exist" in found(record, "libx265")["absent"]


def test_a_disk_that_is_nearly_full_or_read_only_is_told_in_one_sentence(tmp_path: Path) -> None:
    with disk_of_4_megabytes(tmp_path / "small") as disk:
        set_to(tmp_path, "files.work_folder", disk)
        full = call(tmp_path, "check-machine")
        assert (full.returncode, one_sentence(full.stderr)) == (1, True)
        assert f"{disk} has 4.2 MB free" in full.stderr
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(machine_check, "_ROOM", 100_000)
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            locked = call(tmp_path, "check-machine")
            assert (locked.returncode, one_sentence(locked.stderr)) == (1, True)
            assert f"{disk} cannot be written to" in locked.stderr
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            free = shutil.disk_usage(disk).free
            (disk / "ballast").write_bytes(b"\0" * (free - 200_000))
            cramped = call(tmp_path, "check-machine", "--json")
            assert cramped.returncode == 1
            assert "Traceback" not in cramped.stderr
        assert not left_in(disk)


@pytest.fixture
def interrupted(tmp_path: Path, ffmpeg: Path) -> Iterator[subprocess.Popen[str]]:
    """A check that works on a film."""
    process = start(tmp_path, "check-machine")
    deadline = time.monotonic() + PATIENCE
    while not list((tmp_path / "data").glob("machine-test-*/result.*/.mediaprocessor/*")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_ctrl_c_leaves_no_encoder_and_no_file(
    tmp_path: Path, interrupted: subprocess.Popen[str]
) -> None:
    interrupted.send_signal(signal.SIGINT)
    _shown, told = interrupted.communicate(timeout=PATIENCE)
    assert (interrupted.returncode, told.strip()) == (130, "Interrupted.")
    assert not left_in(tmp_path / "data")
    assert not programs_at(tmp_path)


def test_what_a_killed_check_has_left_goes_at_the_next_start(
    tmp_path: Path, interrupted: subprocess.Popen[str]
) -> None:
    interrupted.kill()
    interrupted.wait()
    assert left_in(tmp_path / "data")
    assert call(tmp_path, "--headless").returncode == 0
    assert not left_in(tmp_path / "data")
    assert not programs_at(tmp_path)
