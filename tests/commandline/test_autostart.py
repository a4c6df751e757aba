from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

from app.autostart import AutostartError, set_autostart, start_command, windowed
from tests.commandline.calls import call

ON_LINUX = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="freedesktop's autostart folder"
)
COMMAND = [
    "/opt/my films/MediaProcessor",
    "--data-dir",
    '/home/x/100% $HOME "q" `b` \\',
    "--minimized",
]


def words_of(file: Path) -> List[str]:
    """The argv of a desktop entry: the value's escapes undone, then the quotes, which are a shell's."""
    line = next(line for line in file.read_text("utf-8").splitlines() if line.startswith("Exec="))
    quoted = line[len("Exec=") :].replace("\\\\", "\\").replace("%%", "%")
    shell = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {quoted}"], stdout=subprocess.PIPE, check=True
    )
    return shell.stdout.decode("utf-8").splitlines()


@ON_LINUX
def test_the_login_starts_the_program_with_every_word_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    set_autostart(True, COMMAND)
    assert words_of(tmp_path / "autostart" / "mediaprocessor.desktop") == COMMAND


@ON_LINUX
def test_it_is_no_longer_started_once_that_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    set_autostart(False, COMMAND)
    set_autostart(True, COMMAND)
    set_autostart(False, COMMAND)
    assert list((tmp_path / "autostart").iterdir()) == []


@ON_LINUX
def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "autostart").write_text("a file", "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(AutostartError, match=r"cannot be started with the system .* by hand"):
        set_autostart(True, COMMAND)


@ON_LINUX
def test_the_setting_holds_for_every_way_to_change_it_and_only_where_the_system_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key = "window.start_with_system"
    assert call(tmp_path, "settings", "set", key, "yes").returncode == 0
    entry = tmp_path / "autostart" / "mediaprocessor.desktop"
    assert words_of(entry)[-1] == "--minimized"
    assert call(tmp_path, "settings", "reset", key).returncode == 0
    assert not entry.exists()
    entry.parent.rmdir()
    entry.parent.write_text("a file", "utf-8")
    refused = call(tmp_path, "settings", "set", key, "yes")
    assert refused.returncode == 1
    assert "cannot be started with the system" in refused.stderr
    assert call(tmp_path, "settings", "get", key).stdout == "no\n"


def test_the_command_opens_this_copy_on_this_data_folder(tmp_path: Path) -> None:
    command = start_command(tmp_path)
    assert command[0] == sys.executable
    assert Path(command[1]).name == "main.py"
    assert Path(command[1]).is_file()
    assert list(command[2:]) == ["--data-dir", str(tmp_path), "--minimized"]


@pytest.mark.parametrize("ending", ["", ".exe"])
def test_what_the_exe_for_consoles_is_told_opens_no_console_at_login(
    tmp_path: Path, ending: str
) -> None:
    console, window = tmp_path / f"mediaprocessor-cli{ending}", tmp_path / f"MediaProcessor{ending}"
    assert windowed(str(console)) == str(console)  # alone, it is better than none
    window.touch()
    assert windowed(str(console)) == windowed(str(window)) == str(window)
