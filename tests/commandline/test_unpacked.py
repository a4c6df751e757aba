"""A killed one-file exe leaves what it unpacked; the next start removes it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from app.unpacked import remove_one


def unpacked(folder: Path, *, age: float = 3600.0) -> Path:
    (folder / "licences").mkdir(parents=True)
    (folder / "licences" / "sbom.cdx.json").write_text("{}", encoding="utf-8")
    (folder / "python311.dll").write_bytes(b"MZ")
    os.utime(folder / "python311.dll", (time.time() - age,) * 2)
    return folder


def test_what_a_killed_program_unpacked_is_removed(tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "_MEI1")
    assert remove_one(folder, time.time())
    assert not folder.exists()


def test_a_program_that_is_just_starting_keeps_its_folder(tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "_MEI1", age=1.0)
    assert not remove_one(folder, time.time())
    assert (folder / "python311.dll").is_file()


def test_other_programs_folders_stay(tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "_MEI1")
    (folder / "licences" / "sbom.cdx.json").unlink()
    assert not remove_one(folder, time.time())
    assert (folder / "python311.dll").is_file()


def test_a_running_program_keeps_its_folder(tmp_path: Path) -> None:
    if sys.platform != "win32":
        pytest.skip("only Windows keeps libraries that are loaded")
    import ctypes
    import shutil

    folder = unpacked(tmp_path / "_MEI1")
    (source,) = Path(sys.base_prefix).glob("python3?*.dll")
    shutil.copyfile(source, folder / "python311.dll")
    os.utime(folder / "python311.dll", (0, 0))
    loaded = ctypes.WinDLL(str(folder / "python311.dll"))
    assert not remove_one(folder, time.time())
    assert (folder / "licences").is_dir()
    assert loaded is not None
