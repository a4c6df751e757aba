"""Finding programs: real ones, wrong ones, none."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Iterator, List, Sequence

import pytest

from core.encoders.listed import programs
from core.ports import Captured, CommandRunner
from core.settings.tree import ToolSettings
from core.tools import ToolInfo, ToolName, ToolOrigin
from tests.films import FFMPEG, FFPROBE
from tools import places, resolver
from tools.resolver import ToolReport, ToolStatus, find_tools

posix = pytest.mark.skipif(sys.platform == "win32", reason="makes programs of shell scripts")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    resolver.clear_cache()
    yield
    resolver.clear_cache()


class Counting:
    """A runner that notes what it was asked."""

    def __init__(self, inner: CommandRunner) -> None:
        self.inner = inner
        self.asked: List[Sequence[str]] = []

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        self.asked.append(argv)
        return self.inner.capture(argv, timeout=timeout)


def status(report: ToolReport, name: ToolName) -> ToolStatus:
    return next(status for status in report.statuses if status.name is name)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_every_program_has_a_status_and_a_hint(runner: CommandRunner) -> None:
    report = find_tools(ToolSettings(), runner)
    assert [status.name for status in report.statuses] == [known.name for known in programs()]
    for status in report.statuses:
        assert status.hint
        assert status.info or status.problem


def test_the_embedded_ffmpeg_can_what_the_rules_ask_for(runner: CommandRunner) -> None:
    settings = ToolSettings(ffmpeg=FFMPEG, ffprobe=FFPROBE)
    toolset = find_tools(settings, runner).toolset
    ffmpeg = toolset.get(ToolName.FFMPEG)
    assert ffmpeg is not None
    assert ffmpeg.at_least(8, 1)
    assert ffmpeg.origin is ToolOrigin.CONFIGURED
    needed = {"libopus", "libx265", "libsvtav1", "libsvtav1_10bit", "aformat", "pan", "dovi_rpu"}
    assert ffmpeg.abilities >= needed
    assert "libx265_10bit" not in ffmpeg.abilities  # this build's x265 has 8 bits only


@pytest.mark.skipif(sys.version_info < (3, 10), reason="the full ffmpeg's wheel needs Python 3.10")
def test_the_full_ffmpeg_wins_and_ffprobe_comes_from_the_other_wheel(runner: CommandRunner) -> None:
    toolset = find_tools(ToolSettings(), runner).toolset
    ffmpeg, ffprobe = toolset.get(ToolName.FFMPEG), toolset.get(ToolName.FFPROBE)
    assert ffmpeg is not None
    assert ffprobe is not None
    needed = {"zlib", "png", "libx265_10bit"}
    if sys.platform != "win32":  # its build for Windows leaves AV1 out
        needed |= {"libsvtav1_10bit", "libdav1d"}
    assert ffmpeg.abilities >= needed
    assert "imageio_ffmpeg" in ffmpeg.path.parts
    assert ffprobe.path == Path(FFPROBE)


def test_ffprobe_comes_from_where_ffmpeg_comes_from(runner: CommandRunner) -> None:
    toolset = find_tools(ToolSettings(ffmpeg=FFMPEG), runner).toolset
    ffprobe = toolset.get(ToolName.FFPROBE)
    assert ffprobe is not None
    assert ffprobe.path.parent == Path(FFMPEG).parent


def test_a_second_search_starts_no_program(runner: CommandRunner) -> None:
    counting = Counting(runner)
    first = find_tools(ToolSettings(ffmpeg=FFMPEG), counting)
    before = len(counting.asked)
    assert find_tools(ToolSettings(ffmpeg=FFMPEG), counting) == first
    assert len(counting.asked) == before


def test_a_path_that_does_not_exist_is_said_and_nothing_else_is_taken(
    runner: CommandRunner,
) -> None:
    one = status(find_tools(ToolSettings(ffmpeg="/no/ffmpeg"), runner), ToolName.FFMPEG)
    assert one.info is None
    assert one.problem == (
        f"The path set for ffmpeg does not exist: {Path('/no/ffmpeg')}. Correct or empty it."
    )


@posix
def test_a_text_file_a_wrong_program_and_one_that_crashes(
    tmp_path: Path, runner: CommandRunner
) -> None:
    text = tmp_path / "ffmpeg"
    text.write_text("not a program", encoding="utf-8")
    crash = program(tmp_path / "crash", "kill -SEGV $$")
    for path, problem in (
        (str(text), "cannot be started"),
        ("/bin/ls", "is not ffmpeg"),
        (str(crash), "is not ffmpeg"),
        (str(tmp_path), "does not exist"),
    ):
        one = status(find_tools(ToolSettings(ffmpeg=path), runner), ToolName.FFMPEG)
        assert one.info is None
        assert problem in one.problem


@posix
def test_a_program_that_hangs_is_given_up(
    tmp_path: Path, runner: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "_ANSWER_SECONDS", 0.3)
    path = program(tmp_path / "mkvmerge", "sleep 30")
    started = time.monotonic()
    one = status(find_tools(ToolSettings(mkvmerge=str(path)), runner), ToolName.MKVMERGE)
    assert one.problem == f"{path} does not answer."
    assert time.monotonic() - started < 20


@posix
def test_an_old_ffmpeg_is_taken_with_a_warning(tmp_path: Path, runner: CommandRunner) -> None:
    path = program(
        tmp_path / "ffmpeg",
        'case "$*" in -version) echo "ffmpeg version 5.1.9-0+deb12u1 Copyright";;'
        ' *-encoders) echo " A....D libopus   Opus"; echo " V....D libx265   HEVC";; esac',
    )
    one = status(find_tools(ToolSettings(ffmpeg=str(path)), runner), ToolName.FFMPEG)
    assert one.info is not None
    assert not one.info.at_least(7, 1)
    assert "would ruin HDR" in one.problem


@posix
def test_qsvenc_is_found_without_asking_its_graphics(tmp_path: Path, runner: CommandRunner) -> None:
    path = program(
        tmp_path / "qsvencc",
        'case "$1" in --version) echo "QSVEncC (x64) 8.22 (r4385) by rigaya"; exit 0;; esac; sleep 30',
    )
    report = find_tools(ToolSettings(qsvenc=str(path)), runner)
    one = status(report, ToolName("QSVEncC"))
    assert one.info is not None
    assert one.info.numbers == (8, 22)
    assert one.problem == ""


@posix
def test_an_updated_program_is_asked_anew(tmp_path: Path, runner: CommandRunner) -> None:
    path = program(tmp_path / "mkvmerge", "echo \"mkvmerge v74.0.0 ('A') 64-bit\"")
    settings = ToolSettings(mkvmerge=str(path))
    assert status(find_tools(settings, runner), ToolName.MKVMERGE).info is not None
    program(path, "echo \"mkvmerge v100.0.0 ('B') 64-bit\"")
    found = status(find_tools(settings, runner), ToolName.MKVMERGE).info
    assert found is not None
    assert found.numbers == (100, 0, 0)


@posix
def test_a_strange_folder_in_path_does_no_harm(
    tmp_path: Path, runner: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    program(tmp_path / "odd 'name" / "mkvmerge", "echo \"mkvmerge v999.0.0 ('A') 64-bit\"")
    folders = [str(loop), str(tmp_path / "odd 'name"), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    found = status(find_tools(ToolSettings(), runner), ToolName.MKVMERGE).info
    assert found is not None
    assert found.path.parent.name == "odd 'name"


def info(path: str, origin: ToolOrigin, *numbers: int, abilities: str) -> ToolInfo:
    return ToolInfo(ToolName.FFMPEG, Path(path), "", numbers, origin, frozenset(abilities.split()))


def test_the_best_ffmpeg_can_more_before_it_is_newer() -> None:
    best = resolver._best
    embedded = info("/e/f", ToolOrigin.EMBEDDED, 8, 1, 2, abilities="libopus libx265")
    old = info("/o/f", ToolOrigin.PATH, 5, 1, abilities="libopus libx265 libx265_10bit")
    bare = info("/b/f", ToolOrigin.PATH, 9, 0, abilities="aac")
    assert best([old, bare, embedded], None) is embedded
    newer = info("/n/f", ToolOrigin.PATH, 9, 0, abilities="libopus libx265")
    assert best([embedded, newer], None) is newer
    deep = info("/d/f", ToolOrigin.PATH, 7, 1, abilities="libopus libx265 libx265_10bit")
    assert best([embedded, newer, deep], None) is deep
    same = info("/s/f", ToolOrigin.PATH, 8, 1, 2, abilities="libopus libx265")
    assert best([same, embedded], None) is embedded


def test_the_usual_places_of_this_platform() -> None:
    folders = places.usual_folders(ToolName.MKVPROPEDIT)
    assert folders
    if sys.platform != "win32":
        assert Path("/usr/bin") in folders


def test_a_packaged_program_looks_beside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = ".exe" if sys.platform == "win32" else ""
    path = tmp_path / ("mkvpropedit" + suffix)
    path.write_bytes(b"x")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert next(places.candidates(ToolName.MKVPROPEDIT)) == (path, ToolOrigin.EMBEDDED)


def test_a_program_without_a_setting_of_its_own_is_where_the_user_says(
    runner: CommandRunner,
) -> None:
    settings = ToolSettings(encoders=("VCEEncC = /opt/vce", "NVEncC=/no/nvencc"))
    one = status(find_tools(settings, runner), ToolName("NVEncC"))
    assert one.info is None
    assert one.problem == (
        f"The path set for NVEncC does not exist: {Path('/no/nvencc')}. Correct or empty it."
    )
