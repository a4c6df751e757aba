"""How the program comes to a user: install.sh, the installer for Windows, and what a release is of."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict, List

import pytest

from app.autostart import CONSOLE_NAME, NAME
from app.data_folder import DATABASE_NAME
from app.instance_lock import LOCK_NAME
from app.running_program import FILE_NAME as ADDRESS_NAME
from core.version import VERSION
from scripts import installer, release

ROOT = Path(__file__).resolve().parent.parent
STRANGE = "a $b %c 'd – films"  # a folder that must come through every way of quoting
posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts are for POSIX")


class Account:
    """A home that is empty, and a copy of the program whose run.sh tells its arguments."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.project = folder / STRANGE
        (self.project / "scripts").mkdir(parents=True)
        (self.project / "assets").mkdir()
        self.home.mkdir()
        for name in ("scripts/install.sh", "scripts/environment.sh", "assets/app_icon.png"):
            shutil.copy(ROOT / name, self.project / name)
        self.run_sh = self.project / "scripts" / "run.sh"
        self.run_sh.write_text('#!/bin/sh\nfor word; do printf "<%s>" "$word"; done\n', "utf-8")
        self.run_sh.chmod(0o755)
        self.unit = self.home / ".config" / "systemd" / "user" / "mediaprocessor.service"
        self.entry = self.home / ".local" / "share" / "applications" / "mediaprocessor.desktop"

    def install(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.project / "scripts" / "install.sh"), *words],
            env={"PATH": os.environ["PATH"], "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

    def files(self) -> List[str]:
        return sorted(
            str(path.relative_to(self.home))
            for path in self.home.rglob("*")
            if path.is_symlink() or path.is_file()
        )

    def line(self, file: Path, key: str) -> str:
        (value,) = re.findall(rf"^{key}=(.*)$", file.read_text("utf-8"), re.MULTILINE)
        return str(value)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path)


def started_by(words: List[str]) -> str:
    """What the program was started with, by these words."""
    return subprocess.run(words, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout


@posix
def test_the_menus_entry_starts_the_program_wherever_it_lies(account: Account) -> None:
    answer = account.install()
    assert answer.returncode == 0, answer.stderr
    # The value's escapes undone, then the quotes, which are a shell's.
    quoted = account.line(account.entry, "Exec").replace("\\\\", "\\").replace("%%", "%")
    assert quoted.endswith(" --from-menu open %F")
    assert started_by(["sh", "-c", quoted]) == "<--from-menu><open><%F>"
    assert "MimeType" not in account.entry.read_text("utf-8")  # a double-click plays a film
    icon = account.home / ".local/share/icons/hicolor/256x256/apps/mediaprocessor.png"
    assert icon.read_bytes().startswith(b"\x89PNG")
    if shutil.which("desktop-file-validate"):
        assert started_by(["desktop-file-validate", str(account.entry)]) == ""


@posix
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_services_unit_is_one_that_systemd_takes(account: Account, tmp_path: Path) -> None:
    assert account.install("--", "--role", "slave", "--master", "attic").returncode == 0
    answer = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(account.unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert '"--headless" "--watch" "--role" "slave"' in account.line(account.unit, "ExecStart")
    assert account.line(account.unit, "KillMode") == "mixed"  # SIGTERM to the program alone


@posix
def test_without_a_running_systemd_the_service_starts_at_the_next_login(account: Account) -> None:
    answer = account.install("--service")
    assert answer.returncode == 0, answer.stderr
    assert "at the next login" in answer.stderr
    wanted = account.unit.parent / "default.target.wants" / "mediaprocessor.service"
    assert wanted.resolve() == account.unit


@posix
def test_remove_takes_away_what_was_put_there_and_nothing_else(account: Account) -> None:
    data = account.home / ".local" / "share" / "MediaProcessor"
    kept = data / ".mediaprocessor" / "originals" / "Film.mkv"
    kept.parent.mkdir(parents=True)
    kept.write_text("an original", "utf-8")
    before = account.files()
    assert account.install("--service").returncode == 0
    assert len(account.files()) == len(before) + 4
    answer = account.install("--remove")
    assert answer.returncode == 0, answer.stderr
    assert account.files() == before
    assert f"Kept: settings, queue, history and logs in {data}." in answer.stderr
    assert account.install("--remove").returncode == 0  # also where nothing is left


@posix
def test_a_word_that_install_sh_does_not_know_changes_nothing(account: Account) -> None:
    answer = account.install("--everything")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert account.files() == []


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder of the shape that PyInstaller makes, with programs that are none."""
    folder = tmp_path / "dist" / release.FOLDER
    (folder / "_internal" / "deep" / "deeper").mkdir(parents=True)
    for name in ("MediaProcessor.exe", "mediaprocessor-cli.exe", "_internal/deep/deeper/a.dll"):
        (folder / name).write_bytes(name.encode("ascii") * 100)
    shutil.copy(folder / "MediaProcessor.exe", folder.parent)
    component = {"type": "application", "name": "MediaProcessor", "version": VERSION}
    bill = {"bomFormat": "CycloneDX", "metadata": {"component": component}, "components": []}
    (folder.parent / "MediaProcessor.cdx.json").write_text(json.dumps(bill), "utf-8")
    return folder


def test_the_uninstaller_removes_files_by_name_and_the_deepest_folders_first(built: Path) -> None:
    assert installer.files_of(built) == [
        "MediaProcessor.exe",
        "_internal\\deep\\deeper\\a.dll",
        "mediaprocessor-cli.exe",
        "_internal\\deep\\deeper\\",
        "_internal\\deep\\",
        "_internal\\",
    ]
    (built / "_internal" / "ürün.dll").touch()
    with pytest.raises(ValueError, match="plain names"):
        installer.files_of(built)


def test_an_installer_of_something_unfinished_is_not_built(built: Path, tmp_path: Path) -> None:
    (built / "mediaprocessor-cli.exe").unlink()
    assert installer.main([str(built), str(tmp_path / "setup.exe")]) == 1
    assert not (tmp_path / "setup.exe").exists()


def test_the_installer_speaks_the_windows_languages_and_its_texts_are_whole() -> None:
    texts = (ROOT / "installer" / "texts.nsh").read_text("utf-8")
    rows = re.findall(r'^\$\{Text\} (\w+) "(.*)" "(.*)" "(.*)"$', texts, re.MULTILINE)
    assert len(rows) == texts.count("\n${Text} ") > 30
    for name, english, dutch, turkish in rows:
        assert english != dutch != turkish, name
        for variable in re.findall(r"\$\{?\w+\}?", english):
            assert variable in dutch, name
            assert variable in turkish, name
        assert english.count("&") == dutch.count("&") == turkish.count("&"), name
    script = (ROOT / "installer" / "MediaProcessor.nsi").read_text("utf-8")
    assert {name for name, *_texts in rows} <= set(re.findall(r"\$\((\w+)\)", script))


def test_the_installer_says_the_names_that_the_program_has() -> None:
    script = (ROOT / "installer" / "MediaProcessor.nsi").read_text("utf-8")
    assert f'!define NAME "{NAME}"' in script
    for name in (f"{NAME}.exe", f"{CONSOLE_NAME}.exe", DATABASE_NAME, LOCK_NAME, ADDRESS_NAME):
        assert name.partition(".")[0] in script, name


@pytest.mark.skipif(shutil.which("makensis") is None, reason="nsis is not installed")
def test_a_release_is_programs_installer_sums_bill_of_materials_and_notes(
    built: Path, tmp_path: Path
) -> None:
    files = {path.name: path for path in release.make(built.parent, tmp_path / "release")}
    name = f"MediaProcessor-{VERSION}"
    assert set(files) == {
        *(f"{name}{ending}" for ending in (".exe", "-folder.zip", "-setup.exe", ".cdx.json")),
        "SHA256SUMS",
        "RELEASE-NOTES.md",
    }
    assert files[f"{name}-setup.exe"].read_bytes().startswith(b"MZ")
    sums: Dict[str, str] = {}
    for line in files["SHA256SUMS"].read_text("ascii").splitlines():
        content, _spaces, file = line.partition("  ")
        sums[file] = content
    assert set(sums) == set(files) - {"SHA256SUMS", "RELEASE-NOTES.md"}
    for file, content in sums.items():
        assert hashlib.sha256(files[file].read_bytes()).hexdigest() == content
    bill = json.loads(files[f"{name}.cdx.json"].read_text("utf-8"))
    parts = {component["name"]: component for component in bill["components"]}
    assert re.match(r"3\.\d+", parts["NSIS"]["version"])
    assert parts[f"{name}-setup.exe"]["hashes"][0]["content"] == sums[f"{name}-setup.exe"]
    with zipfile.ZipFile(files[f"{name}-folder.zip"]) as archive:
        assert f"{name}-folder/_internal/deep/deeper/a.dll" in archive.namelist()
    notes = files["RELEASE-NOTES.md"].read_text("utf-8")
    assert notes.startswith(f"# MediaProcessor {VERSION}\n")
    assert sums[f"{name}-setup.exe"] in notes


def test_a_release_of_another_version_than_was_built_is_refused(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "VERSION", "9.9.9")
    with pytest.raises(release.ReleaseError, match=rf"{VERSION}, core/version.py says 9.9.9"):
        release.make(built.parent, tmp_path / "release")
    assert not (tmp_path / "release").exists()


@pytest.mark.parametrize(
    ("changelog", "text"),
    [
        ("# C\n\n## Unreleased\n- new\n\n## 1.0.0 – 2026\n- old\n", "- old"),
        ("# C\n\n## [1.0.0] - 2026-11-30\n### Films\n- old\n\n## 0.9\n- x\n", "### Films\n- old"),
        ("# C\n\n## Unreleased\n- new\n\n## 0.9.0\n- older\n", "- new"),
    ],
)
def test_the_notes_are_the_changelogs_section_of_that_version(changelog: str, text: str) -> None:
    assert release.notes_of(changelog, "1.0.0") == text


def test_a_changelog_that_says_nothing_is_no_release() -> None:
    with pytest.raises(release.ReleaseError, match="neither a section"):
        release.notes_of("# C\n\n## Unreleased\n\n## 0.9.0\n- older\n", "1.0.0")
