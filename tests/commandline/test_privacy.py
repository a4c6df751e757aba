"""The data folder is its user's alone, and nobody else can hold its lock."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Dict, Iterator

import pytest

from app.data_folder import DATABASE_NAME, DataFolder
from app.health import keep_health
from app.instance_lock import AlreadyRunning, LockRefused, only_instance
from app.local_control import ControlListener
from app.privacy import make_private
from logger import job_log
from store.connection import Database
from tests.commandline.calls import call, one_sentence

if sys.platform == "win32":
    pytest.skip("Windows has access lists instead of modes", allow_module_level=True)

import fcntl


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def mask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> Dict[str, int]:
    """The mode of everything in a folder, and of itself."""
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }


def open_ones(folder: Path) -> Dict[str, str]:
    """What somebody else could look into, were the folder itself not closed."""
    files = {name: mode for name, mode in modes(folder).items() if (folder / name).is_file()}
    return {name: oct(mode) for name, mode in files.items() if mode & 0o077}


def use(folder: Path) -> None:
    """Have everything written that the program writes there."""
    with DataFolder(folder) as data, only_instance(folder), ControlListener(folder, {}):
        with data.database.transaction() as connection:
            connection.execute("SELECT 1")
        assert data.config.settings
        keep_health(folder, ())
        with job_log(data.log_dir, 7):
            pass
        assert {"instance.lock", "running.json", "health.json", "logs/jobs/7.log"} <= set(
            modes(folder)
        )
        assert f"{DATABASE_NAME}-wal" in modes(folder)
        assert open_ones(folder) == {}
        assert modes(folder)["."] == 0o700


def test_everything_is_private_from_the_start_whatever_the_umask_is(
    tmp_path: Path, mask: int
) -> None:
    use(tmp_path / "data")


def test_what_an_older_version_left_open_is_mended_at_the_start(tmp_path: Path, mask: int) -> None:
    folder = tmp_path / "data"
    use(folder)
    (folder / "secrets.json").write_text("{}")
    (folder / "mediaprocessor.db.backup-v1-20260101-000000").touch()
    for name in modes(folder):
        (folder / name).chmod(0o755 if (folder / name).is_dir() else 0o644)
    use(folder)
    assert all(modes(folder)[name] == 0o700 for name in (".", "logs", "logs/jobs"))


def test_a_backup_of_the_database_is_private(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "data.db"
    first = ("CREATE TABLE films (name TEXT)",)
    Database(path, migrations=(first,)).close()
    path.chmod(0o644)
    backup = Database(path, migrations=(first, ("CREATE TABLE more (name TEXT)",))).report.backup
    assert backup is not None
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT * FROM films").fetchall() == []


def test_a_folder_that_is_not_the_programs_alone_stays_as_it_is(tmp_path: Path) -> None:
    """A home, a server's folder: its other files are nobody's business here."""
    folder = tmp_path / "home"
    (folder / "public").mkdir(parents=True)
    (folder / "public" / "page.html").touch()
    (folder / "letter.txt").touch()
    folder.chmod(0o755)
    before = modes(folder)
    assert call(tmp_path, "settings", "list").returncode == 0  # tmp_path/data is another one
    with DataFolder(folder) as data:
        assert data.database.path.exists()
    after = modes(folder)
    assert {name: after[name] for name in before} == before
    assert open_ones(folder) == {
        "letter.txt": oct(before["letter.txt"]),
        "public/page.html": oct(before["public/page.html"]),
    }
    assert "Other users may look into the data folder" in (
        folder / "logs" / "mediaprocessor.log"
    ).read_text("utf-8")


@pytest.mark.parametrize("ours", ["stills", "play", "quality-test-ab12cd_9", "slave"])
def test_a_folder_that_the_program_makes_in_its_own_does_not_leave_that_open(
    tmp_path: Path, ours: str
) -> None:
    data = tmp_path / "data"
    (data / ours).mkdir(parents=True)
    data.chmod(0o755)
    assert make_private(data)
    assert modes(data)["."] == 0o700


def test_a_folder_where_everybody_may_write_is_never_closed_to_them(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    assert not make_private(shared)
    assert modes(shared) == {".": 0o1777}


def test_a_link_in_the_data_folder_opens_and_closes_nothing_elsewhere(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_text("not ours")
    elsewhere.chmod(0o644)
    (folder / "health.json").symlink_to(elsewhere)
    (folder / "instance.lock").symlink_to(elsewhere)
    make_private(folder)
    with pytest.raises(LockRefused), only_instance(folder):
        pass
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
    assert elsewhere.read_text() == "not ours"
    answer = call(tmp_path, "folders", "scan")
    assert one_sentence(answer.stderr)


def test_another_users_file_is_no_lock_of_ours(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, who alone may give files away")
    lock = tmp_path / "instance.lock"
    lock.touch()
    os.chown(lock, 65_021, -1)
    with pytest.raises(LockRefused, match="another user's file"), only_instance(tmp_path):
        pass
    os.chown(tmp_path, 65_021, -1)  # whose folder it is may do there what he likes
    with only_instance(tmp_path):
        pass


def test_who_opened_the_lock_while_it_was_open_to_all_cannot_hold_it(tmp_path: Path) -> None:
    """As any user could with the lock of an older version, and still has it open."""
    lock = tmp_path / "instance.lock"
    lock.write_text(" 4194300")  # no process has this number
    lock.chmod(0o644)
    with lock.open("rb") as stranger:
        fcntl.flock(stranger, fcntl.LOCK_EX)
        with only_instance(tmp_path, 10.0):
            assert lock.read_text() == f" {os.getpid()}"
            with pytest.raises(AlreadyRunning), only_instance(tmp_path):
                pass
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_an_open_lock_that_nobody_holds_is_made_anew(tmp_path: Path) -> None:
    lock = tmp_path / "instance.lock"
    lock.touch()
    lock.chmod(0o666)
    with lock.open("rb") as stranger:
        with only_instance(tmp_path):
            fcntl.flock(
                stranger, fcntl.LOCK_EX | fcntl.LOCK_NB
            )  # of a file that is no lock any more
            assert stat.S_IMODE(lock.stat().st_mode) == 0o600
        began = time.monotonic()
        with only_instance(tmp_path):
            assert time.monotonic() - began < 5.0
