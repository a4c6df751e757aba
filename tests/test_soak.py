"""The short form of the soak campaign (``python -m tests.soak_campaign``)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_nothing_is_lost_while_the_program_is_killed_and_films_change_under_it() -> None:
    argv = [sys.executable, "-m", "tests.soak_campaign", "--jobs", "25", "--seed", "3", "--json"]
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["problems"] == []
    assert done.returncode == 0
    assert found["killed"] > 0
