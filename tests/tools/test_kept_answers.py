"""A program that is as it was is not started again to be asked; one that is not, or may not be, is."""

from __future__ import annotations

import json
import os
import shutil
import struct
import sys
import time
from pathlib import Path
from typing import Iterator, List, Sequence

import pytest

from core.ports import Captured, CommandRunner
from core.settings.tree import ToolSettings
from core.tools import ToolName
from store.connection import Database
from store.tool_answers import ToolAnswers
from tests.films import FFMPEG, FFPROBE
from tools import resolver
from tools.kept_answers import KeptAnswers
from tools.program_files import files_behind
from tools.resolver import find_tools

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not Path("/lib64/ld-linux-x86-64.so.2").exists(),
    reason="what a program hangs on is known of glibc's loader alone",
)


@pytest.fixture(autouse=True)
def _another_command(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in [name for name in os.environ if name.startswith("LD_")]:
        monkeypatch.delenv(variable)
    resolver.clear_cache()
    yield
    resolver.clear_cache()


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[ToolAnswers]:
    database = Database(tmp_path / "program.db")
    yield ToolAnswers(database)
    database.close()


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    """A program of our own to change: statically linked, as the wheel brings it."""
    return Path(shutil.copy2(FFPROBE, tmp_path / "ffprobe"))


class Counting:
    """A runner that notes what it was asked."""

    def __init__(self, inner: CommandRunner) -> None:
        self.inner = inner
        self.asked: List[Sequence[str]] = []

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        self.asked.append(argv)
        return self.inner.capture(argv, timeout=timeout)

    def started(self, program: object) -> bool:
        return any(argv[0] == str(program) for argv in self.asked)


def in_a_while() -> float:
    return time.time() + 60


def ask(program: Path, runner: CommandRunner, memory: ToolAnswers, *words: str) -> str:
    """One command's question."""
    kept = KeptAnswers(program, runner, memory, in_a_while)
    answer = kept.capture([str(program), *(words or ("-version",))], timeout=30)
    kept.keep()
    return answer.stdout


def test_the_next_command_knows_the_same_and_starts_none_of_them(
    runner: CommandRunner, memory: ToolAnswers
) -> None:
    settings = ToolSettings(ffmpeg=FFMPEG, ffprobe=FFPROBE)
    first = find_tools(settings, runner, answers=memory)
    resolver.clear_cache()
    counting = Counting(runner)
    assert find_tools(settings, counting, answers=memory) == first
    assert not counting.started(FFMPEG)
    assert not counting.started(FFPROBE)


def test_one_of_the_same_size_and_date_in_its_place_is_noticed(
    probe: Path, runner: CommandRunner, memory: ToolAnswers
) -> None:
    before, told = probe.stat(), ask(probe, runner, memory)
    version = told.split()[2].encode()
    changed = probe.read_bytes().replace(version, b"9" * len(version))
    probe.write_bytes(changed)
    os.utime(probe, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = probe.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert ask(probe, runner, memory).split()[2].encode() == b"9" * len(version)


def test_a_question_that_was_never_asked_is_asked_and_kept_with_the_others(
    probe: Path, runner: CommandRunner, memory: ToolAnswers
) -> None:
    ask(probe, runner, memory)
    ask(probe, runner, memory, "-hide_banner", "-bsfs")
    counting = Counting(runner)
    assert "ffprobe" in ask(probe, counting, memory)
    assert "aac_adtstoasc" in ask(probe, counting, memory, "-hide_banner", "-bsfs")
    assert not counting.asked


def test_a_bad_answer_is_not_kept(probe: Path, runner: CommandRunner, memory: ToolAnswers) -> None:
    ask(probe, runner, memory, "-no_such_option")
    assert memory.get(str(probe)) == ""


def test_one_that_was_changed_just_now_is_asked_again(
    probe: Path, runner: CommandRunner, memory: ToolAnswers
) -> None:
    kept = KeptAnswers(probe, runner, memory)
    os.utime(probe)
    kept.capture([str(probe), "-version"], timeout=30)
    kept.keep()
    assert memory.get(str(probe)) == ""


def test_one_that_changes_while_it_answers_is_asked_again(
    probe: Path, runner: CommandRunner, memory: ToolAnswers
) -> None:
    kept = KeptAnswers(probe, runner, memory, in_a_while)
    kept.capture([str(probe), "-version"], timeout=30)
    os.utime(probe, (1, 1))
    kept.keep()
    assert memory.get(str(probe)) == ""


def test_a_script_is_asked_each_time_since_what_it_calls_may_have_changed(
    tmp_path: Path, runner: CommandRunner, memory: ToolAnswers
) -> None:
    script, answer = tmp_path / "mkvmerge", tmp_path / "answer"
    script.write_text(f"#!/bin/sh\ncat '{answer}'\n", encoding="utf-8")
    script.chmod(0o755)
    settings = ToolSettings(mkvmerge=str(script))
    for major in (74, 75):
        answer.write_text(f"mkvmerge v{major}.0.0 ('A') 64-bit\n", encoding="utf-8")
        resolver.clear_cache()
        found = find_tools(settings, runner, answers=memory).toolset.get(ToolName.MKVMERGE)
        assert found is not None
        assert found.numbers == (major, 0, 0)


def test_one_that_hangs_is_told_and_nothing_is_kept_of_it(
    tmp_path: Path, runner: CommandRunner, memory: ToolAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "_ANSWER_SECONDS", 0.3)
    script = tmp_path / "mkvmerge"
    script.write_text("#!/bin/sh\nsleep 30\n", encoding="utf-8")
    script.chmod(0o755)
    report = find_tools(ToolSettings(mkvmerge=str(script)), runner, answers=memory)
    assert f"{script} does not answer." in [status.problem for status in report.statuses]
    assert memory.get(str(script)) == ""


def test_a_program_hangs_on_the_libraries_that_it_loads(
    runner: CommandRunner, memory: ToolAnswers
) -> None:
    program = Path("/bin/ls")
    told = ask(program, runner, memory, "--version")
    record = json.loads(memory.get(str(program)))
    libc = next(path for path in record["files"] if Path(path).name == "libc.so.6")
    assert {str(program), "/etc/ld.so.cache"} < set(record["files"])
    record["files"][libc][1] += 1  # as though an update had put another one there
    memory.keep(str(program), json.dumps(record))
    counting = Counting(runner)
    assert ask(program, counting, memory, "--version") == told
    assert counting.started(program)


def test_an_environment_that_leads_to_other_libraries_has_it_asked(
    probe: Path, runner: CommandRunner, memory: ToolAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(probe, runner, memory)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lib")
    counting = Counting(runner)
    ask(probe, counting, memory)
    assert counting.started(probe)


def test_a_program_with_folders_of_its_own_for_libraries_is_not_known(
    tmp_path: Path, runner: CommandRunner
) -> None:
    own = Path(shutil.copy2("/bin/ls", tmp_path / "ls"))
    debug, runpath = struct.pack("<QQ", 21, 0), struct.pack("<QQ", 29, 0)
    assert files_behind(own, runner) is not None
    content = own.read_bytes()
    assert debug in content
    own.write_bytes(content.replace(debug, runpath))
    assert files_behind(own, runner) is None


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF\x02\x01", b"\x7fELF\x02\x01" + b"\xff" * 90, b"MZ"]
)
def test_a_broken_file_is_not_known(tmp_path: Path, runner: CommandRunner, content: bytes) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_bytes(content)
    assert files_behind(broken, runner) is None


@pytest.mark.parametrize(
    "record", ["", "[]", "null", '{"files": 1}', '{"answers": {}, "files": []}']
)
def test_a_record_of_another_version_is_none(
    probe: Path, runner: CommandRunner, memory: ToolAnswers, record: str
) -> None:
    memory.keep(str(probe), record)
    assert "ffprobe version" in ask(probe, runner, memory)
