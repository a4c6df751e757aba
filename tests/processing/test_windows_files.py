"""What Windows' file system asks for: attributes, open files, long paths, spellings, secrets."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from processing.filesystem import DOT_FOLDER, FileOperations

if sys.platform != "win32":
    pytest.skip("needs Windows' own file system calls", allow_module_level=True)

import ctypes
import winreg

from app import autostart
from app.long_paths import allow_long_paths
from core.errors import SecretUnavailable
from core.system_errors import is_in_use
from monitoring.spelling import full_path
from processing.keep_awake import KeepAwake
from store.vault import open_vault

READ_ONLY, HIDDEN = stat.FILE_ATTRIBUTE_READONLY, stat.FILE_ATTRIBUTE_HIDDEN
files = FileOperations()


def attributes(path: Path) -> int:
    return path.lstat().st_file_attributes


def mark(path: Path, wanted: int) -> None:
    assert ctypes.windll.kernel32.SetFileAttributesW(str(path), wanted)


def made(path: Path, content: bytes = b"film") -> Path:
    path.write_bytes(content)
    return path


def test_our_dot_folder_is_hidden(tmp_path: Path) -> None:
    files.make_folder(tmp_path / DOT_FOLDER / "originals")
    assert attributes(tmp_path / DOT_FOLDER) & HIDDEN
    assert not attributes(tmp_path / DOT_FOLDER / "originals") & HIDDEN


def test_a_result_is_read_only_or_hidden_as_its_original_was(tmp_path: Path) -> None:
    original, result = made(tmp_path / "film.mkv"), made(tmp_path / "result")
    mark(original, READ_ONLY | HIDDEN)
    files.take_after(result, original, times=False)
    assert attributes(result) & READ_ONLY
    assert attributes(result) & HIDDEN


def test_a_result_takes_the_date_of_a_read_only_original(tmp_path: Path) -> None:
    original, result = made(tmp_path / "film.mkv"), made(tmp_path / "result")
    os.utime(original, (1_000_000_000, 1_000_000_000))
    mark(original, READ_ONLY)
    files.take_after(result, original, times=True)
    assert abs(result.stat().st_mtime - 1_000_000_000) < 3


def test_a_read_only_result_is_synced_and_stays_read_only(tmp_path: Path) -> None:
    result = made(tmp_path / "result")
    mark(result, READ_ONLY)
    files.sync_file(result)
    assert attributes(result) & READ_ONLY


def test_a_read_only_film_is_replaced(tmp_path: Path) -> None:
    film, result = made(tmp_path / "film.mkv"), made(tmp_path / "result", b"smaller")
    mark(film, READ_ONLY)
    files.replace(result, film)
    assert film.read_bytes() == b"smaller"


def test_a_read_only_file_is_removed(tmp_path: Path) -> None:
    film = made(tmp_path / "film.mkv")
    mark(film, READ_ONLY)
    files.remove(film)
    assert not film.exists()


def test_a_film_that_is_open_elsewhere_is_in_use(tmp_path: Path) -> None:
    film, result = made(tmp_path / "film.mkv"), made(tmp_path / "result")
    with film.open("rb"), pytest.raises(OSError, match="film") as caught:  # allows no deletion
        files.replace(result, film)
    assert is_in_use(caught.value)
    assert film.read_bytes() == b"film"


def test_paths_beyond_260_characters_are_written_read_and_moved(tmp_path: Path) -> None:
    allow_long_paths()
    folder = tmp_path
    while len(str(folder)) < 400:
        folder = folder / "a folder with a name of some length"
    files.make_folder(folder / DOT_FOLDER)
    film, staged = made(folder / "film.mkv"), made(folder / DOT_FOLDER / "1-1.partial", b"new")
    files.replace(staged, film)
    assert film.read_bytes() == b"new"
    assert files.identity(film) is not None


@pytest.mark.parametrize("spelling", [str.upper, str.lower, lambda text: text + r"\..\FILM.MKV"])
def test_a_film_has_one_spelling(tmp_path: Path, spelling: object) -> None:
    film = made(tmp_path / "Film.mkv")
    assert callable(spelling)
    asked = spelling(str(film)) if ".." not in spelling("") else rf"{tmp_path}\x\..\FILM.MKV"
    assert str(full_path(Path(asked))) == str(full_path(film))
    assert full_path(Path(asked)).name == "Film.mkv"


def test_a_path_that_is_not_there_stays_as_it_was_given(tmp_path: Path) -> None:
    assert full_path(tmp_path / "None.MKV").name == "None.MKV"


def test_a_secret_is_sealed_for_this_user_and_opened_again(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    sealed = vault.seal("api key ü")
    assert sealed.startswith("dpapi:")
    assert "api key" not in sealed
    assert vault.open(sealed) == "api key ü"
    assert vault.warning == ""
    with pytest.raises(SecretUnavailable):
        vault.open(sealed[:-8] + "AAAAAAA=")


def test_the_window_opens_at_login_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autostart, "NAME", "MediaProcessor-tests")
    run = r"Software\Microsoft\Windows\CurrentVersion\Run"
    command = [r"C:\My Programs\MediaProcessor.exe", "--data-dir", r"C:\Data 1", "--minimized"]
    autostart.set_autostart(True, command)
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, run) as key:
        line, _ = winreg.QueryValueEx(key, "MediaProcessor-tests")
    assert line == '"C:\\My Programs\\MediaProcessor.exe" --data-dir "C:\\Data 1" --minimized'
    autostart.set_autostart(False, command)
    autostart.set_autostart(False, command)
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, run) as key, pytest.raises(FileNotFoundError):
        winreg.QueryValueEx(key, "MediaProcessor-tests")


def test_the_machine_is_kept_awake_without_a_child() -> None:
    awake = KeepAwake()
    awake.hold(True)
    awake.hold(False)
    awake.release()
    assert ctypes.windll.kernel32.SetThreadExecutionState(1)  # what it asks for is taken
