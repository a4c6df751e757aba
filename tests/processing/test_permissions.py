"""Who may read the film stays as it was: with real users, groups, access lists and attributes."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import pytest

from core.steps import Step
from core.tools import Toolset
from processing.filesystem import FileOperations
from processing.runner import ProcessRunner, StepResult
from tests.films import jpeg_cover
from tests.processing.bench import LAVISH, Bench, fast_settings, open_bench

if sys.platform == "win32":
    pytest.skip("Windows' files have the rights of their folder", allow_module_level=True)

OWNER, GROUP, STRANGER = 65_021, 65_022, 65_023  # users that no system has
files = FileOperations()


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield one


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user of the machine gets to, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, who alone may give files away and act as other users")


@contextlib.contextmanager
def acting_as(user: int, group: int) -> Iterator[None]:
    """What the block does to files is done by this user, who is in no other group."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(group)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def rights(path: Path) -> Tuple[int, int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)


def access_list(path: Path) -> List[str]:
    if shutil.which("getfacl") is None:
        pytest.skip("needs getfacl and setfacl (apt install acl)")
    command = ["getfacl", "--omit-header", "--numeric", "--absolute-names", str(path)]
    answer = subprocess.run(command, capture_output=True, check=True)
    return answer.stdout.decode().split()


def allow(path: Path, *entries: str) -> None:
    access_list(path)  # skips where the tools are missing
    answer = subprocess.run(["setfacl", *entries, path], stderr=subprocess.PIPE, check=False)
    if answer.returncode:
        pytest.skip("this file system keeps no access lists")


class Watching(ProcessRunner):
    """Runs the real tools, and keeps what the staged file and those beside it are before and after each."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: List[Tuple[str, int, int]] = []
        self.steps: List[str] = []

    def look(self, step: Step) -> None:
        for path in step.output.parent.iterdir():
            if path.is_file():
                found = path.stat()
                self.seen.append((path.name, found.st_ino, stat.S_IMODE(found.st_mode)))

    def run_step(self, step: Step, **more: Any) -> StepResult:
        if "on_progress" not in more or not step.output.name.endswith(".partial"):  # only looks
            return super().run_step(step, **more)
        self.steps.append(step.name.value)
        self.look(step)
        on_progress = more["on_progress"]

        def saw(progress: Any) -> None:
            self.look(step)
            on_progress(progress)

        result = super().run_step(step, **{**more, "on_progress": saw})
        self.look(step)
        return result


@pytest.mark.parametrize(("mask", "mode"), [(0o000, 0o600), (0o077, 0o664), (0o022, 0o440)])
def test_a_result_has_its_films_mode_from_the_first_byte_on(
    bench: Bench, mask: int, mode: int
) -> None:
    """With the real tools, of which none makes its file anew; its own writer may write meanwhile."""
    bench.settings = fast_settings(encode=True)
    bench.make(seconds=3, attachments=[jpeg_cover()])
    bench.film.chmod(mode)
    bench.runner = runner = Watching()
    with umask(mask):
        bench.process()
    assert {seen_mode for _, _, seen_mode in runner.seen} == {mode | 0o600}
    staged = {inode for name, inode, _ in runner.seen if name.endswith(".partial")}
    assert staged == {bench.film.stat().st_ino}
    assert rights(bench.film)[2] == mode


def test_a_result_that_is_made_a_second_time_is_as_private(bench: Bench) -> None:
    """The encode gained nothing; the picture is copied into a file of its own."""
    bench.settings = fast_settings(encode=True, template=LAVISH)
    bench.make(seconds=3, video_options=["-g", "10", "-qp", "30"])
    bench.film.chmod(0o600)
    bench.runner = runner = Watching()
    with umask(0):
        bench.process()
    assert runner.steps == ["encode", "remux", "properties"]
    assert {mode for _, _, mode in runner.seen} == {0o600}


def test_owner_group_access_list_and_attributes_are_the_films(bench: Bench) -> None:
    needs_root()
    bench.make()
    allow(bench.film, "--modify", f"user:{STRANGER}:r--,group::---,mask::r--")
    os.chown(bench.film, OWNER, GROUP)
    bench.film.chmod(0o640)
    names = {"user.rating": b"5", "trusted.shelf": b"two"}
    for name, value in names.items():
        if sys.platform == "linux":
            os.setxattr(bench.film, name, value)
    before, listed = rights(bench.film), access_list(bench.film)
    assert bench.process().message == ""
    assert (rights(bench.film), access_list(bench.film)) == (before, listed)
    if sys.platform == "linux":
        assert {attribute: os.getxattr(bench.film, attribute) for attribute in names} == names


def test_a_list_that_the_folder_hands_down_does_not_open_a_film(bench: Bench) -> None:
    bench.make()
    bench.film.chmod(0o640)
    before = access_list(bench.film)
    allow(bench.folder, "--default", "--modify", f"user:{STRANGER}:rwx")
    bench.process()
    assert access_list(bench.film) == before


def test_the_group_is_kept_where_the_owner_cannot_be(place: Path) -> None:
    needs_root()
    film = place / "film.mkv"
    film.write_bytes(b"film")
    os.chown(film, OWNER, GROUP)
    film.chmod(0o664)
    with acting_as(STRANGER, GROUP):
        lost = files.create(place / "staged", film)
        assert (lost, rights(place / "staged")) == ("", (STRANGER, GROUP, 0o664))
        assert files.take_after(place / "staged", film, times=False) == ""
    assert rights(place / "staged") == (STRANGER, GROUP, 0o664)


def test_a_group_that_cannot_be_kept_is_told_and_no_other_gets_its_rights(place: Path) -> None:
    needs_root()
    film = place / "film.mkv"
    film.write_bytes(b"film")
    os.chown(film, OWNER, GROUP)
    film.chmod(0o664)
    with acting_as(STRANGER, STRANGER):
        lost = files.create(place / "staged", film)
        assert files.take_after(place / "staged", film, times=False) == lost
    assert lost == (
        f"The group {GROUP} of {film} cannot be kept: this program's user is not in it. Members of the "
        "group may do with the result what everybody may."
    )
    assert rights(place / "staged") == (STRANGER, STRANGER, 0o644)


def test_the_user_is_told_of_a_lost_group_before_the_swap_and_by_the_job(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a share that gives nothing away; who may act as another user is tested above."""
    needs_root()
    bench.make()
    os.chown(bench.film, -1, GROUP)
    bench.film.chmod(0o640)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    told: List[str] = []
    swap = bench.files.replace

    def replaced(*paths: Path) -> None:
        told.extend(
            record.getMessage()
            for record in caplog.records
            if "cannot be kept" in record.getMessage()
        )
        swap(*paths)

    monkeypatch.setattr(bench.files, "replace", replaced)
    result = bench.process()
    assert result.message.startswith(f"The group {GROUP} of {bench.film} cannot be kept")
    assert told == [result.message]
    assert rights(bench.film)[2] == 0o600


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_an_original_on_another_disk_is_as_private_as_the_film(
    bench: Bench, mask: int, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.make()
    bench.film.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(bench.film, OWNER, GROUP)
    before = rights(bench.film)
    seen: List[int] = []

    def keep_going() -> None:
        seen.append(stat.S_IMODE((place / "copy").stat().st_mode))

    with umask(mask):
        files.copy(bench.film, place / "copy", keep_going)
    assert set(seen) == {0o640}
    assert rights(place / "copy") == before


def test_nothing_is_given_to_what_somebody_put_in_the_staged_files_place(place: Path) -> None:
    """A link there would have the rights of any file of the machine changed."""
    film, secret = place / "film.mkv", place / "secret"
    for path in (film, secret):
        path.write_bytes(b"film")
        path.chmod(0o600)
    film.chmod(0o666)
    (place / "staged").symlink_to(secret)
    with pytest.raises(OSError, match="staged"):
        files.take_after(place / "staged", film, times=False)
    with pytest.raises(FileExistsError):
        files.create(place / "staged", film)
    assert rights(secret)[2] == 0o600
