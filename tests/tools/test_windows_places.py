"""Where programs are looked for on Windows: with a made registry anywhere, with the real one there."""

from __future__ import annotations

import ntpath
import os
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import pytest

from core.tools import ToolName, ToolOrigin
from tools import places
from tools.windows_places import SystemRegistry, windows_folders

_NOW = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_OLD = r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion"
on_windows = pytest.mark.skipif(sys.platform != "win32", reason="needs Windows' own registry")


class MadeRegistry:
    """Values by root, key and name."""

    def __init__(self, values: Dict[Tuple[str, str, str], str]) -> None:
        self.values = values

    def value(self, root: str, key: str, name: str) -> str:
        return self.values.get((root, key, name), "")

    def keys(self, root: str, key: str) -> List[str]:
        below = {
            path[len(key) + 1 :].partition("\\")[0]
            for hive, path, _ in self.values
            if hive == root and path.startswith(key + "\\")
        }
        return sorted(below)


def found(
    name: ToolName,
    values: Dict[Tuple[str, str, str], str],
    environment: Dict[str, str],
) -> List[str]:
    return [str(folder) for folder in windows_folders(name, environment, MadeRegistry(values))]


@pytest.mark.parametrize("name", [ToolName.MKVPROPEDIT, ToolName.MKVMERGE])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("InstallLocation", r"D:\Tools\MKV" + "\\"),
        ("DisplayIcon", r"D:\Tools\MKV\mkvtoolnix-gui.exe"),
        ("DisplayIcon", r'"D:\Tools\MKV\mkvtoolnix-gui.exe",0'),
        ("UninstallString", r'"D:\Tools\MKV\uninst.exe" /S'),
    ],
)
@pytest.mark.parametrize("key", [("HKLM", _NOW), ("HKLM", _OLD), ("HKCU", _NOW)])
def test_mkvtoolnix_is_found_by_the_entry_of_its_installer(
    name: ToolName, key: Tuple[str, str], value: str, text: str
) -> None:
    entry = rf"{key[1]}\Uninstall\MKVToolNix"
    values = {
        (key[0], entry, "DisplayName"): "MKVToolNix 96.0 (64-bit)",
        (key[0], entry, value): text,
        (key[0], rf"{key[1]}\Uninstall\Other", "InstallLocation"): r"E:\Other",
    }
    folders = found(name, values, {})
    assert folders[0] == r"D:\Tools\MKV"
    assert r"E:\Other" not in folders


def test_app_paths_lead_to_the_folder() -> None:
    key = rf"{_NOW}\App Paths\mkvtoolnix-gui.exe"
    values = {("HKCU", key, ""): r'"C:\MKV Tools\mkvtoolnix-gui.exe"'}
    assert found(ToolName.MKVMERGE, values, {})[0] == r"C:\MKV Tools"
    key = rf"{_NOW}\App Paths\QSVEncC64.exe"
    values = {("HKLM", key, ""): r"C:\Q\QSVEncC64.exe"}
    assert found(ToolName("QSVEncC"), values, {})[0] == r"C:\Q"


def test_the_folders_of_each_package_manager() -> None:
    environment = {
        "LOCALAPPDATA": r"C:\Users\x\AppData\Local",
        "ProgramFiles": r"C:\Program Files",
        "USERPROFILE": r"C:\Users\x",
        "ProgramData": r"C:\ProgramData",
    }
    folders = found(ToolName.FFMPEG, {}, environment)
    for folder in (
        r"C:\Users\x\AppData\Local\Microsoft\WinGet\Links",
        r"C:\Program Files\WinGet\Links",
        r"C:\Users\x\scoop\shims",
        r"C:\ProgramData\scoop\shims",
        r"C:\ProgramData\chocolatey\bin",
        r"C:\Program Files\ffmpeg\bin",
        r"C:\ffmpeg\bin",
    ):
        assert folder in folders


def test_folders_that_the_user_moved_elsewhere() -> None:
    environment = {"SCOOP": r"E:\scoop", "ChocolateyInstall": r"E:\choco"}
    folders = found(ToolName.FFPROBE, {}, environment)
    assert r"E:\scoop\shims" in folders
    assert r"E:\choco\bin" in folders


def test_what_was_put_into_path_after_our_start_is_found_there() -> None:
    values = {("HKCU", "Environment", "Path"): r"%USERPROFILE%\bin;;relative;\nodrive;D:\ff\bin"}
    folders = found(ToolName.FFMPEG, values, {"UserProfile": r"C:\Users\x"})
    assert r"C:\Users\x\bin" in folders
    assert r"D:\ff\bin" in folders
    assert all(ntpath.splitdrive(folder)[0] for folder in folders)


def test_no_folder_is_looked_into_twice() -> None:
    values = {
        ("HKCU", "Environment", "Path"): r"C:\ffmpeg\bin;C:\ffmpeg\bin" + "\\",
    }
    folders = found(ToolName.FFMPEG, values, {})
    assert folders.count(r"C:\ffmpeg\bin") == 1


@on_windows
def test_programs_that_winget_unpacked_are_found_without_links(tmp_path: Path) -> None:
    package = (
        tmp_path / "Microsoft/WinGet/Packages/Gyan.FFmpeg_Microsoft.Winget.Source_8wekyb3d8bbwe"
    )
    program = package / "ffmpeg-8.0-full_build" / "bin" / "ffmpeg.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    folders = windows_folders(ToolName.FFMPEG, {"LOCALAPPDATA": str(tmp_path)}, MadeRegistry({}))
    assert program.parent in folders


if sys.platform == "win32":
    import winreg

    @pytest.fixture
    def registered(tmp_path: Path) -> Iterator[Path]:
        """MKVToolNix as its installer leaves it in the registry of this machine."""
        key = rf"{_NOW}\Uninstall\MKVToolNix-tests"
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            winreg.SetValueEx(opened, "DisplayName", 0, winreg.REG_SZ, "MKVToolNix 96.0 (64-bit)")
            winreg.SetValueEx(opened, "InstallLocation", 0, winreg.REG_SZ, str(tmp_path))
        yield tmp_path
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)

    def test_the_real_registry_leads_to_the_program(registered: Path) -> None:
        program = registered / "mkvpropedit.exe"
        program.write_bytes(b"MZ")
        assert (program, ToolOrigin.USUAL_PLACE) in list(places.candidates(ToolName.MKVPROPEDIT))

    def test_a_key_that_is_not_there_is_empty() -> None:
        registry = SystemRegistry()
        assert registry.value("HKCU", r"SOFTWARE\None of ours", "x") == ""
        assert registry.keys("HKLM", r"SOFTWARE\None of ours") == []

    def test_a_tool_in_the_current_folder_is_not_taken(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "ffmpeg.exe").write_bytes(b"MZ")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PATH", ".;" + os.environ["PATH"])
        paths = [path.absolute() for path, _ in places.candidates(ToolName.FFMPEG)]
        assert tmp_path / "ffmpeg.exe" not in paths
