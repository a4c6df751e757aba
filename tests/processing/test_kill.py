"""A short form of ``python -m tests.kill_campaign``: a few kills of each kind, none loses a film."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("SIGKILL and fork are POSIX", allow_module_level=True)

from processing.filesystem import FileOperations
from tests import kill_campaign


@pytest.mark.parametrize("name", ["same name", "both on other disks", "restore, other ending"])
def test_a_killed_program_loses_nothing_and_finishes_after_a_restart(name: str) -> None:
    tallies = list(
        kill_campaign.campaign(moments=1, seed=os.getpid(), steps=2, names=(name,), crossed=2)
    )
    for _, tally in tallies:
        assert tally.details == []
        assert tally.kills == 5
    if not tallies:
        pytest.skip("there is no second disk")


def test_the_campaign_notices_a_program_that_loses_films(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: FileOperations, old: Path, new: Path) -> None:
        if new.exists():
            new.unlink()
        old.rename(new)

    def no_link(self: FileOperations, existing: Path, new: Path) -> bool:
        new.touch()  # says that the original is held, without holding it
        return True

    monkeypatch.setattr(FileOperations, "replace", careless)
    monkeypatch.setattr(FileOperations, "link", no_link)
    monkeypatch.setattr("processing.swap.held", lambda files, entry: True)
    ((_, tally),) = kill_campaign.campaign(moments=0, seed=1, steps=2, names=("same name",))
    assert tally.details
