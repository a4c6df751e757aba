"""Children on Windows: in a job that ends with us, and without a console window."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List

import psutil
import pytest

from processing import process_tree

if sys.platform != "win32":
    pytest.skip("job objects are Windows' own", allow_module_level=True)

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
# Starts a child of its own, says its pid, and goes on or ends.
_PARENT = """
import subprocess, sys, time
quiet = subprocess.DEVNULL
child = subprocess.Popen({sleep!r}, stdin=quiet, stdout=quiet, stderr=quiet)
print(child.pid, flush=True)
time.sleep({seconds})
"""


def parent(seconds: float) -> List[str]:
    return [sys.executable, "-c", _PARENT.format(sleep=SLEEP, seconds=seconds)]


def until(wanted: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode("ascii").strip()


def test_a_child_runs_to_its_end_and_says_what_it_has_to_say() -> None:
    process = process_tree.spawn([sys.executable, "-c", "print('done')"], run_id="tests-plain")
    output, _ = process.communicate(timeout=60)
    assert (output.strip(), process.returncode) == (b"done", 0)


def test_a_child_is_in_a_job_with_all_that_it_starts() -> None:
    process = process_tree.spawn(parent(600), run_id="tests-kill")
    grandchild = int(first_line(process))
    process_tree.kill([process], "tests-kill")
    assert process.poll() is not None
    until(lambda: not psutil.pid_exists(grandchild), "the grandchild lives on")


def test_a_grandchild_whose_parent_has_ended_is_ended_by_the_job() -> None:
    process = process_tree.spawn(parent(0), run_id="tests-orphan")
    orphan = int(first_line(process))
    process.wait(60)
    assert psutil.pid_exists(orphan)
    process_tree.kill([process], "another run, so that only the job can find it")
    until(lambda: not psutil.pid_exists(orphan), "the orphan lives on")


def test_what_a_program_left_running_ends_when_nobody_holds_it_any_more() -> None:
    process = process_tree.spawn(parent(0), run_id="tests-left")
    orphan = int(first_line(process))
    process.wait(60)
    assert psutil.pid_exists(orphan)
    del process
    until(lambda: not psutil.pid_exists(orphan), "the orphan lives on")


def test_encoders_die_with_us_however_we_end() -> None:
    program = (
        f"import sys, time; sys.path.insert(0, {str(ROOT)!r})\n"
        "from processing import process_tree\n"
        f"child = process_tree.spawn({SLEEP!r}, run_id='tests-death')\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    us = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    encoder = int(first_line(us))
    assert psutil.pid_exists(encoder)
    us.kill()  # TerminateProcess: nothing of ours runs any more
    us.communicate(timeout=60)
    until(lambda: not psutil.pid_exists(encoder), "the encoder lives on")


def test_a_child_is_held_still_and_goes_on() -> None:
    process = process_tree.spawn(
        [sys.executable, "-c", "import time\nfor _ in range(600): time.sleep(0.1)"],
        run_id="tests-still",
    )
    try:
        process_tree.suspend([process])
        process_tree.resume([process])
        assert process.poll() is None
    finally:
        process_tree.kill([process], "tests-still")


def test_a_child_has_no_console_window() -> None:
    asks = "import ctypes; print(ctypes.windll.kernel32.GetConsoleWindow() or 0)"
    process = process_tree.spawn([sys.executable, "-c", asks], run_id="tests-window")
    output, _ = process.communicate(timeout=60)
    assert output.strip() == b"0"
