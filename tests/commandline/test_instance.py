from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.instance_lock import AlreadyRunning, only_instance
from app.local_control import ControlListener

LONG = 600.0  # seconds: longer than a test may take
ROOT = Path(__file__).resolve().parents[2]
HOLD = (
    "import sys; from pathlib import Path; from app.instance_lock import only_instance\n"
    "with only_instance(Path(sys.argv[1])):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


def test_a_second_process_is_told_which_one_holds_the_folder_until_that_one_ends(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        told = rf"process {holder.pid}\b"
        with pytest.raises(AlreadyRunning, match=told), only_instance(tmp_path):
            pass
        holder.kill()
        holder.wait()
    with only_instance(tmp_path):
        pass


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    for _ in range(2):
        with only_instance(tmp_path):
            pass


def test_a_program_that_starts_while_a_command_is_done_waits_for_its_end(tmp_path: Path) -> None:
    begun, end = threading.Event(), threading.Event()

    def command() -> None:
        with only_instance(tmp_path):
            begun.set()
            end.wait()

    holder = threading.Thread(target=command)
    holder.start()
    begun.wait()
    ending = threading.Timer(0.3, end.set)
    ending.start()
    with only_instance(tmp_path, LONG):
        assert end.is_set()
    holder.join()


def test_nobody_waits_for_a_program_that_is_at_work(tmp_path: Path) -> None:
    with only_instance(tmp_path), ControlListener(tmp_path, {}), pytest.raises(AlreadyRunning):
        only_instance(tmp_path, LONG).__enter__()
