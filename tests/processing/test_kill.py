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
from tests.power_cuts import PowerDisk


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


def test_a_film_in_chunks_that_is_killed_goes_on_and_makes_none_of_them_twice() -> None:
    tallies = dict(
        kill_campaign.campaign(moments=1, seed=os.getpid(), steps=2, names=("in chunks",), cuts=1)
    )
    assert tallies["in chunks"].kills == 3
    for tally in tallies.values():
        assert tally.details == []


def test_a_power_cut_takes_what_was_not_synced_and_nothing_else(tmp_path: Path) -> None:
    if not PowerDisk.to_be_had():
        pytest.skip("only root can mount a disk image, with mkfs.ext4 and losetup")
    disk, files = PowerDisk(tmp_path), FileOperations()
    try:
        disk.insert()
    except OSError as error:
        pytest.skip(f"no disk image can be mounted here: {error}")
    synced, unsynced = disk.place / "synced", disk.place / "unsynced"
    try:
        for path in (synced, unsynced):
            path.write_bytes(b"chunk" * 100_000)
        files.sync_file(synced)
        files.sync_folder(synced.parent)
        disk.cut()
        assert synced.read_bytes() == b"chunk" * 100_000
        assert not unsynced.exists() or unsynced.stat().st_size < 500_000
    finally:
        disk.remove()


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
