"""The installer for Windows: installs, upgrades a running program, and uninstalls, as its user sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, List, Set

import pytest

from core.version import VERSION
from scripts import installer
from scripts.wine_desktop import WineDesktop, until, windows_path
from tests.exe.films import codecs, film
from tests.exe.program import Program

pytestmark = [
    pytest.mark.exe,
    pytest.mark.timeout(500),
    pytest.mark.skipif(
        shutil.which("makensis") is None,
        reason="nsis is not installed; scripts/test.sh --exe installs it",
    ),
]
ENCODE = 240.0  # seconds for a short film on a busy machine
FORMER, OF_FORMER = "0.0.9", "_internal/of-the-former-version.txt"
UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\MediaProcessor"
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
TYPES = r"HKCU\Software\Classes\SystemFileAssociations"
FOLDERS = r"HKCU\Software\Classes\Directory\shell\MediaProcessor"


class Installed:
    """The program as the installer leaves it in a user's own folders."""

    def __init__(self, desktop: WineDesktop, setups: Path) -> None:
        self.desktop = desktop
        self.setups = setups
        (application_data,) = desktop.prefix.glob("drive_c/users/*/AppData")
        self.user = application_data.parent
        for name in ("Desktop", "Documents"):
            if (self.user / name).is_symlink():  # Wine leads them to the home of who runs it
                (self.user / name).unlink()
                (self.user / name).mkdir()
        self.folder = self.user / "AppData" / "Local" / "Programs" / "MediaProcessor"
        self.menu = self.user / (
            "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/MediaProcessor.lnk"
        )
        self.list = self.user / "Documents" / "MediaProcessor originals.txt"
        self.program = Program(
            self.folder / "MediaProcessor.exe", self.folder / "mediaprocessor-cli.exe", desktop
        )

    def setup(self, version: str, *words: str) -> int:
        """Run an installer without its pages; its exit code. What it starts again would keep a pipe open."""
        return subprocess.run(
            ["wine", str(self.setups / f"setup-{version}.exe"), "/S", *words],
            env=self.desktop.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=300,
            check=False,
        ).returncode

    def uninstall(self, *words: str) -> None:
        """Run the uninstaller without its pages; it goes on in a copy of itself."""
        self.desktop.run(self.folder / "uninstall.exe", "/S", *words)
        until(lambda: self.registry(UNINSTALL) == "", "the end of the uninstaller")

    def registry(self, key: str) -> str:
        """All values of a key of the registry; empty where there is none."""
        answer = subprocess.run(
            ["wine", "reg", "query", key],
            env=self.desktop.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return answer.stdout if answer.returncode == 0 else ""

    def clear(self) -> None:
        """Take away what a test that failed has left."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for file in (self.list, self.menu):
            file.unlink(missing_ok=True)
        for key in (UNINSTALL, TYPES, FOLDERS):
            self.desktop.run(Path("reg"), "delete", key, "/f")


@pytest.fixture(scope="module")
def setups(exe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installers of this version and of a former one, which has a file more; without ffmpeg, to be quick."""
    folder = tmp_path_factory.mktemp("setups")
    inside = folder / "folder"
    shutil.copytree(
        exe.parent / "MediaProcessor-folder",
        inside,
        ignore=shutil.ignore_patterns("ffmpeg-*.exe", "ffprobe-*.exe"),
    )
    installer.build(inside, folder / f"setup-{VERSION}.exe", quick=True)
    (inside / OF_FORMER).write_text("gone after the upgrade", "ascii")
    installer.build(inside, folder / f"setup-{FORMER}.exe", FORMER, quick=True)
    shutil.rmtree(inside)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an installer of files that are none, for what is about their names alone."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "inside" / "_internal").mkdir(parents=True)
    for name in ("MediaProcessor.exe", "mediaprocessor-cli.exe", "_internal/a.dll"):
        (folder / "inside" / name).write_text(name, "ascii")
    installer.build(folder / "inside", folder / f"setup-{VERSION}.exe", quick=True)
    return folder


@pytest.fixture
def installed(program: Program, setups: Path) -> Iterator[Installed]:
    """Where the installer will put the program; ``program`` sees to a new user."""
    place = Installed(program.desktop, setups)
    place.clear()
    yield place
    place.desktop.kill_everything()
    place.clear()


def use_ffmpeg_of(exe: Path, program: Program) -> None:
    """The installed program takes the tools of the built folder."""
    inside = exe.parent / "MediaProcessor-folder" / "_internal"
    for name in ("ffmpeg", "ffprobe"):
        (path,) = inside.rglob(f"{name}-*.exe")
        program.command("settings", "set", f"tools.{name}", windows_path(path))


def endings(installed: Installed) -> Set[str]:
    """The types of files whose menu in Explorer has the program."""
    subkeys = re.findall(r"SystemFileAssociations\\(\.[\w-]+)", installed.registry(TYPES))
    return set(subkeys)


def test_installed_upgraded_in_the_middle_of_a_film_and_uninstalled(
    installed: Installed, exe: Path, tmp_path: Path
) -> None:
    program = installed.program
    assert installed.setup(FORMER, "/AUTOSTART=yes") == 0
    assert (installed.folder / OF_FORMER).is_file()
    assert installed.menu.is_file()
    assert FORMER in installed.registry(UNINSTALL)
    assert {".mkv", ".mp4", ".m2ts"} <= endings(installed)
    windows_name = r"\AppData\Local\Programs\MediaProcessor\MediaProcessor.exe"
    command = installed.registry(rf"{TYPES}\.mkv\shell\MediaProcessor\command")
    assert rf'{windows_name}" open "%1"' in command
    assert rf'{windows_name}" open "%1"' in installed.registry(rf"{FOLDERS}\command")
    (autostart,) = re.findall(r"MediaProcessor +REG_SZ +(.*)", installed.registry(RUN))
    assert windows_name in autostart
    assert autostart.strip().endswith("--minimized")

    program.be_known()
    use_ffmpeg_of(exe, program)
    given = film(tmp_path, "long.mkv", seconds=12.0)
    original = given.read_bytes()
    installed.desktop.double_click(program.exe, "open", windows_path(given))
    until(lambda: program.states() == {"long.mkv": "queued"}, "the film in the queue")
    program.command("queue", "start")
    until(lambda: list(tmp_path.glob(".mediaprocessor/**/*.partial")), "the encode", ENCODE)

    assert installed.setup(VERSION) == 0
    assert not (installed.folder / OF_FORMER).exists()
    assert not (installed.folder / "former").exists()
    assert not (installed.folder / "new").exists()
    assert VERSION in installed.registry(UNINSTALL)
    assert windows_name in installed.registry(RUN)  # what was chosen once stays so
    until(lambda: codecs(given) == ["hevc", "opus", "opus"], "the film after the upgrade", ENCODE)
    until(lambda: program.states() == {"long.mkv": "completed"}, "the end of the job")
    assert installed.setup(FORMER) == 4  # a newer one is there

    own = installed.folder / "holiday.mkv"
    own.write_bytes(b"a film that somebody put there")
    installed.uninstall()  # while the window is open
    assert [path.name for path in installed.folder.iterdir()] == [own.name]
    assert not installed.menu.exists()
    assert endings(installed) == set()
    assert installed.registry(FOLDERS) == ""
    assert "MediaProcessor" not in installed.registry(RUN)
    assert (program.data_dir / "mediaprocessor.db").is_file()
    (kept,) = tmp_path.glob(".mediaprocessor/originals/*")
    assert kept.read_bytes() == original
    listed = installed.list.read_text("utf-8")
    assert listed.startswith("1 original, ")
    assert windows_path(kept.parent) in listed
    assert codecs(given) == ["hevc", "opus", "opus"]


def test_what_is_asked_for_goes_too_and_what_is_not_the_programs_stays(
    installed: Installed, tmp_path: Path
) -> None:
    assert installed.setup(VERSION, "/EXPLORER=no", "/DESKTOP=yes") == 0
    assert endings(installed) == set()
    assert (installed.user / "Desktop" / "MediaProcessor.lnk").is_file()
    (
        installed.folder / "former"
    ).mkdir()  # as an upgrade leaves it that was killed between two renames
    (installed.folder / "_internal").rename(installed.folder / "former" / "_internal")
    assert installed.setup(VERSION) == 0
    assert not (installed.folder / "former").exists()
    program = installed.program
    program.command("settings", "set", "queue.remux_jobs", "3")
    own = program.data_dir / "My films" / "holiday.mkv"
    own.parent.mkdir()
    own.write_bytes(b"a film that somebody put there")
    held = subprocess.Popen(  # it runs with another data folder, of which nobody knows
        ["wine", str(program.exe), "--data-dir", windows_path(tmp_path), "--headless", "--watch"],
        env=installed.desktop.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until((tmp_path / "running.json").exists, "the program with another data folder")
    assert installed.setup(VERSION) == 3
    assert held.poll() is None
    assert (installed.folder / "_internal").is_dir()
    assert not (installed.folder / "new").exists()
    program.command("--data-dir", windows_path(tmp_path), "quit")
    assert held.wait(60) == 0
    installed.uninstall("/DELETEDATA", "/DELETEORIGINALS")
    assert not installed.folder.exists()
    assert not (installed.user / "Desktop" / "MediaProcessor.lnk").exists()
    assert [path.name for path in program.data_dir.iterdir()] == ["My films"]
    assert own.is_file()
    assert not installed.list.exists()
    assert os.listdir(program.data_dir / "My films") == ["holiday.mkv"]


ASIDE = ("_internal", "MediaProcessor.exe", "mediaprocessor-cli.exe", "installed-files.txt")
PLACED = ("installed-files.txt", "_internal", "mediaprocessor-cli.exe", "MediaProcessor.exe")


def cut_off(folder: Path, renames: int) -> None:
    """Leave an installed folder as an upgrade does that ends after so many of its renames."""
    former, new = folder / "former", folder / "new"
    for place in (former, new):
        place.mkdir()
    for name in ASIDE:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, new / name)
        else:
            shutil.copy(folder / name, new / name)
    for name in ASIDE[:renames]:
        (folder / name).rename(former / name)
    for name in PLACED[: max(0, renames - len(ASIDE))]:
        (new / name).rename(folder / name)


def test_an_upgrade_that_ended_between_two_renames_is_finished_by_the_next(
    desktop: WineDesktop, small: Path
) -> None:
    installed = Installed(desktop, small)
    installed.clear()

    def files() -> List[str]:
        return sorted(str(path) for path in installed.folder.rglob("*"))

    try:
        assert installed.setup(VERSION, "/EXPLORER=no") == 0
        whole = files()
        assert len(whole) == 6
        for renames in (1, 3, 4, 5, 7):
            cut_off(installed.folder, renames)
            assert installed.setup(VERSION) == 0
            assert files() == whole, renames
        (installed.folder / "former" / "_internal").mkdir(parents=True)
        own = installed.folder / "former" / "_internal" / "holiday.mkv"
        own.write_text("a film that somebody put there", "ascii")
        assert installed.setup(VERSION) == 0
        assert own.is_file()
        installed.uninstall()
        assert [path for path in installed.folder.rglob("*") if path.is_file()] == [own]
    finally:
        installed.clear()
