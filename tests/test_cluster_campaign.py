"""The short form of the cluster campaign (``python -m tests.cluster_campaign``)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(sys.platform != "linux", reason="the campaign is Linux's")
@pytest.mark.timeout(900)  # on a machine that is busy with other things
def test_nothing_is_lost_while_machines_are_killed_and_links_are_cut() -> None:
    argv = [sys.executable, "-m", "tests.cluster_campaign", "--nodes", "3", "--jobs", "15"]
    argv += ["--minutes", "0.4", "--spread", "--json"]
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["problems"] == []
    assert done.returncode == 0
    mishaps = ("master killed", "master without power", "slave killed", "slave asleep", "link cut")
    if not found.get("jobs cancelled"):  # which may be that of the film that several machines make
        assert found["chunks of slaves"] > 0
    assert any(found.get(mishap) for mishap in mishaps)
