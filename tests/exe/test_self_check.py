"""``--self-check`` of the built programs: everything that was imported, loaded and found is inside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline.self_check import MODULES
from core.version import VERSION
from scripts.wine_desktop import WineDesktop
from tests.commandline.schemas import assert_valid
from tests.exe.program import Program

pytestmark = [pytest.mark.exe, pytest.mark.timeout(400)]


def check(desktop: WineDesktop, exe: Path) -> None:
    answer = desktop.run(exe, "--self-check")
    record = json.loads(answer.stdout)
    assert_valid("self-check", record)
    checks = {check["name"]: check for check in record["checks"]}
    assert [check for check in checks.values() if not check["ok"]] == []
    assert answer.returncode == 0
    assert record["frozen"]
    assert record["version"] == VERSION
    count = int(checks["modules"]["detail"].split()[0])
    assert count > 20 * len(MODULES)
    assert "0 jobs completed" in checks["statistics"]["detail"]
    assert "can be dropped" in checks["tk"]["detail"]
    for tool in ("ffmpeg", "ffprobe"):
        assert tool in checks["tools"]["detail"]
    assert "nl, tr" in checks["assets"]["detail"]
    assert "Frans, Fransızca" in checks["assets"]["detail"]


def test_the_one_file_is_complete(program: Program) -> None:
    check(program.desktop, program.exe)
    assert program.unpacked() == []


def test_the_folder_is_complete_and_its_console_program_answers(
    program: Program, console_exe: Path
) -> None:
    check(program.desktop, console_exe)
    assert f"MediaProcessor {VERSION}" in program.desktop.run(console_exe, "--version").stdout


def test_what_is_wrong_is_one_sentence_and_an_exit_code(program: Program) -> None:
    answer = program.desktop.run(program.exe, "plan", "Z:\\no\\such\\film.mkv")
    assert answer.returncode == 1
    assert "film.mkv" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_no_python_is_installed_where_the_exe_is_driven(desktop: WineDesktop, exe: Path) -> None:
    assert not list(desktop.prefix.glob("drive_c/**/python*.exe"))


def test_the_licences_and_the_list_of_parts_lie_beside_it(exe: Path) -> None:
    bill = json.loads((exe.parent / "MediaProcessor.cdx.json").read_text("utf-8"))
    names = {component["name"] for component in bill["components"]}
    assert {"CPython", "FFmpeg", "MediaInfo library", "cryptography", "websockets"} <= names
    unlicensed = [
        component["name"] for component in bill["components"] if "licenses" not in component
    ]
    assert unlicensed == []
    sums = (exe.parent / "SHA256SUMS").read_text("utf-8")
    assert "MediaProcessor.exe" in sums
    papers = exe.parent / "MediaProcessor-folder" / "_internal" / "licences"
    assert {"Python", "requests", "pillow"} <= {paper.name for paper in papers.iterdir()}
