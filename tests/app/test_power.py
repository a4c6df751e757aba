"""The machine is left when films were processed and none is left: by the system's program, here a script."""

from __future__ import annotations

import os
import stat
from io import StringIO
from pathlib import Path
from typing import Callable, List

import pytest

from app.power import leave
from app.program import Program
from commandline.output import Output
from commandline.when_done import after_run
from core.errors import PowerRefused
from core.events import JobState
from core.ports import CommandRunner
from core.queue.job import JobEnd, NewJob
from core.queue.when_done import COUNTDOWN, WhenDone, power_command, why_stay_on
from store.jobs import JobStore

NONE = dict.fromkeys(JobState, 0)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a script in the place of systemctl, which writes down what it was asked for."""
    if os.name == "nt":
        pytest.skip("needs a shell")
    asked = tmp_path / "asked"

    def install(ending: str) -> Path:
        program = tmp_path / "bin" / "systemctl"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" >> "{asked}"\n{ending}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        return asked

    return install


def test_nothing_is_left_on_the_way_of_a_machine_that_sleeps() -> None:
    assert why_stay_on(1, {**NONE, JobState.COMPLETED: 9, JobState.FAILED: 3}) is None
    assert why_stay_on(0, NONE) == "The computer stays on: no film was processed."
    for state in JobState:
        if not state.final:
            why = why_stay_on(1, {**NONE, state: 1})
            assert why == "The computer stays on: 1 film is not done.", state
    assert why_stay_on(1, {JobState.PAUSED: 2}) == "The computer stays on: 2 films are not done."


def test_every_system_has_its_own_way_and_nothing_is_a_shell_line() -> None:
    assert power_command(WhenDone.SLEEP, "linux") == ("systemctl", "suspend")
    assert power_command(WhenDone.SHUT_DOWN, "linux") == ("systemctl", "poweroff")
    assert power_command(WhenDone.SHUT_DOWN, "win32") == ("shutdown", "/s", "/t", "0")
    assert power_command(WhenDone.SLEEP, "win32") == ()
    assert power_command(WhenDone.NOTHING, "linux") == ()


def test_the_systems_program_is_asked_and_a_refusal_becomes_a_sentence(
    system: Callable[[str], Path], runner: CommandRunner
) -> None:
    asked = system("echo 'Call to Suspend failed: Access denied' >&2; exit 1")
    with pytest.raises(PowerRefused) as met:
        leave(WhenDone.SLEEP, runner, "linux")
    assert asked.read_text() == "suspend\n"
    assert str(met.value) == (
        "The computer stays on: systemctl: Call to Suspend failed: Access denied"
    )
    leave(WhenDone.NOTHING, runner, "linux")
    assert asked.read_text() == "suspend\n"


def test_windows_sleeps_by_its_own_call_and_may_refuse(runner: CommandRunner) -> None:
    leave(WhenDone.SLEEP, runner, "win32", lambda: True)
    with pytest.raises(PowerRefused) as met:
        leave(WhenDone.SLEEP, runner, "win32", lambda: False)
    assert str(met.value) == "The computer stays on: Windows did not let it sleep."


def test_a_system_without_that_program_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: CommandRunner
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PowerRefused) as met:
        leave(WhenDone.SHUT_DOWN, runner, "linux")
    assert "systemctl" in str(met.value)


def test_a_run_without_a_window_waits_a_minute_and_leaves_only_when_all_is_done(
    system: Callable[[str], Path], tmp_path: Path
) -> None:
    asked, told = system("exit 0"), StringIO()
    waited: List[float] = []
    output = Output(as_json_lines=False, stream=told, errors=told)
    with Program(tmp_path / "data") as program:
        store = JobStore(program.database)
        done, waits = store.add([NewJob(tmp_path / "A.mkv"), NewJob(tmp_path / "B.mkv")])
        store.finish(done, JobEnd(JobState.COMPLETED))
        run(program, output, waited)
        assert not asked.exists()
        store.finish(waits, JobEnd(JobState.FAILED, "It is damaged."))
        run(program, output, waited)
    assert asked.read_text() == "poweroff\n"
    assert waited == [COUNTDOWN]
    assert told.getvalue().splitlines() == [
        "The computer stays on: 1 film is not done.",
        "The computer shuts down in 60 seconds; Ctrl+C keeps it on.",
    ]


def test_ctrl_c_in_that_minute_keeps_the_machine_on(
    system: Callable[[str], Path], tmp_path: Path
) -> None:
    asked, told = system("exit 0"), StringIO()

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    with Program(tmp_path / "data") as program:
        output = Output(as_json_lines=False, stream=told, errors=told)
        after_run(program, WhenDone.SLEEP, 1, output, interrupted)
    assert not asked.exists()
    assert told.getvalue().splitlines()[-1] == "The computer stays on."


def run(program: Program, output: Output, waited: List[float]) -> None:
    after_run(program, WhenDone.SHUT_DOWN, 1, output, waited.append)
