"""The folder of a trial goes with it, and with the next one where the program was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.trial_folder import is_trial_folder, remove_abandoned, trial_folder
from tests.commandline.calls import ROOT, posix, programs_at


def test_what_a_killed_trial_has_left_goes_with_the_next_one(tmp_path: Path) -> None:
    names = ("encoder-test-ab12cd_9", "encoder-test-mine", "template-test-notes123", "films")
    for name in (*names, "template-test-at_work1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "clip.mkv").write_bytes(b"a film")
    (tmp_path / "template-test-notes123" / "My notes.txt").write_text("mine")
    long_ago = time.time() - 2 * 86400
    for name in names:
        os.utime(tmp_path / name, (long_ago, long_ago))
    with trial_folder("encoder-test-", tmp_path) as folder:
        assert is_trial_folder(folder.name)
        (folder / "clip.mkv").write_bytes(b"a film")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted((*names[1:], "template-test-at_work1"))


_TRIAL = """
import subprocess, sys, time
from pathlib import Path
from app.trial_folder import trial_folder
from processing import process_tree

with trial_folder("machine-test-", Path(sys.argv[1]), "the run") as folder:
    (folder / "anything.txt").write_text("a trial's")
    process_tree.spawn([sys.executable, "-c", "import time; time.sleep(600)", str(folder)], run_id="the run")
    print("at work", flush=True)
    time.sleep(600)
"""


@posix
def test_a_killed_program_s_folder_goes_at_once_with_what_ran_there(tmp_path: Path) -> None:
    trial = subprocess.Popen(
        [sys.executable, "-c", _TRIAL, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with trial:
        assert trial.stdout is not None
        assert trial.stdout.readline() == "at work\n"
        remove_abandoned(tmp_path)
        (left,) = tmp_path.iterdir()
        assert (left / "anything.txt").exists(), "a trial that is at work is left alone"
        trial.kill()
    assert len(programs_at(tmp_path)) == 1
    remove_abandoned(tmp_path)
    assert not list(tmp_path.iterdir())
    assert not programs_at(tmp_path)


@pytest.mark.parametrize(
    "owner", ["", "no json", "[]", '{"pid": 1}', '{"machine": "another", "pid": 0, "started": 0}']
)
def test_a_folder_of_nobody_known_is_left_alone(tmp_path: Path, owner: str) -> None:
    folder = tmp_path / "machine-test-ab12cd_9"
    folder.mkdir()
    (folder / "owner.json").write_text(owner, encoding="utf-8")
    remove_abandoned(tmp_path)
    assert folder.is_dir()
