"""Programs without a window that work together, each with a data folder of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

from tests.commandline.calls import Answer, call, records, start

PATIENCE = 120.0  # seconds; others may load the machine


QUICK = {
    "network.discovery": "off",
    "network.listen_address": "127.0.0.1",
    "processing.missing_mkvpropedit": "continue",
    "video.encode": "no",
}


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Instance:
    """One data folder, and the program that may run on it."""

    def __init__(self, folder: Path, name: str, **settings: object) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        self.name = name
        self._processes: List[subprocess.Popen[str]] = []
        self.told = ""  # what the programs have said that were ended
        for key, value in {**QUICK, "network.name": name, **settings}.items():
            assert self.call("settings", "set", key, str(value)).returncode == 0

    def call(self, *words: str) -> Answer:
        """Run a command to its end."""
        return call(self.folder, *words)

    def network(self, *words: str) -> List[Dict[str, Any]]:
        """The records of a ``network`` command that goes well."""
        answer = self.call("network", *words, "--json")
        assert answer.returncode == 0, answer.stderr
        return records("network", answer)

    def run(self, *words: str) -> subprocess.Popen[str]:
        """Start the program without a window."""
        process = start(self.folder, "--headless", *words)
        self._processes.append(process)
        return process

    def end(self) -> None:
        """End what runs, as a service manager does."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.told += "".join(process.communicate(timeout=PATIENCE))
            process.kill()
            process.wait()
        self._processes = []

    def until(self, reached: Callable[[], Any], what: str) -> Any:
        """Wait until something is so, and return it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = reached()
            if found:
                return found
            for process in self._processes:
                assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.1)

    def running(self) -> bool:
        """Whether the program answers questions."""
        return (self.folder / "data" / "running.json").exists()

    def machine(self, name: str) -> Dict[str, Any]:
        """A machine as this one sees it; empty where it knows none of this name."""
        found = [
            record for record in self.network("list") if record.get("id") and record["name"] == name
        ]
        return found[0] if found else {}
