"""Two exes on one Windows, master and slave over loopback, process one film together."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import pytest

from scripts.wine_desktop import WineDesktop, until, windows_path
from tests.exe.films import codecs, film
from tests.exe.program import Program

pytestmark = [pytest.mark.exe, pytest.mark.timeout(500)]


class Machine:
    """The exe for consoles with a data folder of its own."""

    def __init__(self, desktop: WineDesktop, exe: Path, data_dir: Path) -> None:
        self._desktop = desktop
        self._argv = ["wine", str(exe), "--json", "--data-dir", windows_path(data_dir)]

    def answer(self, *arguments: str) -> List[Dict[str, Any]]:
        answer = self._run(*arguments)
        assert answer.returncode == 0, answer
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def pairing_code(self) -> str:
        """The code that it shows; none as long as it is not a master yet."""
        answer = self._run("network", "pair-code")
        found = [json.loads(line) for line in answer.stdout.splitlines()]
        return "".join(record["code"] for record in found if record["type"] == "pairing_code")

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._argv, *arguments],
            env=self._desktop.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def set(self, **values: object) -> None:
        for key, value in values.items():
            self.answer("settings", "set", key.replace("__", "."), str(value))

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self._argv, "--headless", *arguments],
            env=self._desktop.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def machines(self) -> List[Dict[str, Any]]:
        return [record for record in self.answer("network", "list") if record["type"] == "machine"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_master_and_a_slave_process_one_film_together(
    program: Program, console_exe: Path, tmp_path: Path
) -> None:
    desktop, port = program.desktop, free_port()
    attic = Machine(desktop, console_exe, tmp_path / "attic")
    den = Machine(desktop, console_exe, tmp_path / "den")
    films = tmp_path / "films"
    films.mkdir()
    attic.set(
        network__discovery="off",
        network__port=port,
        network__listen_address="127.0.0.1",
        monitor__still_seconds=0,
        processing__missing_mkvpropedit="continue",
        queue__gpu_jobs=0,  # the master encodes nothing itself
        queue__software_jobs=0,
        queue__remux_jobs=0,
    )
    den.set(
        network__discovery="off",
        network__films="transfer",
        processing__missing_mkvpropedit="continue",
    )
    attic.answer("folders", "add", windows_path(films))
    running = [attic.begin("--role", "master", "--watch")]
    try:
        until(attic.pairing_code, "the master's code")
        code = attic.pairing_code()
        running.append(
            den.begin("--role", "slave", "--master", f"127.0.0.1:{port}", "--pair", code)
        )
        until(attic.machines, "the slave at the master")
        given = film(films, "together.mkv")
        until(lambda: codecs(given) == ["hevc", "opus", "opus"], "the film of the slave", 240.0)
        log = (tmp_path / "den" / "logs" / "mediaprocessor.log").read_text("utf-8")
        assert "encode: " in log  # the slave's ffmpeg
        log = (tmp_path / "attic" / "logs" / "mediaprocessor.log").read_text("utf-8")
        assert "encode: " not in log
    finally:
        desktop.kill_everything()
        for process in running:
            process.wait(60)
