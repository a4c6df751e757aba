"""The window shows its films before the rest of the program is loaded, and begins with that by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

from app.program import Program
from core.queue.job import NewJob
from store.jobs import JobStore
from tests.views.window import require_display

pytestmark = pytest.mark.window

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("queue_manager", "processor", "analyzer", "network", "core.encoders.listed", "websockets")
WINDOW = """
import json, sys, time, tkinter
from pathlib import Path
import ui
from app.program import Program
import window.main_window
from window.main_window import MainWindow
window.main_window._LATEST_BEGIN = 60_000  # what is shown decides, also on a slow machine
heavy = sys.argv[2].split(",")
told = {}
begin = MainWindow._begin
def begins(window):
    table = window.tab("queue").view.table
    told["film"] = str(table.tree.set("0", "name")) if table.tree.exists("0") else ""
    told["loaded"] = [name for name in heavy if name in sys.modules]
    begin(window)
MainWindow._begin = begins
with Program(Path(sys.argv[1])) as program:
    program.config.change({"window.first_steps": "done"})
    root = tkinter.Tk()
    window = ui.open_window(root, program)
    asked = []
    window.when_begun(lambda: asked.append("queue_manager" in sys.modules))
    deadline = time.monotonic() + 120
    while not asked and time.monotonic() < deadline:
        root.update()
        time.sleep(0.005)
    told["begun"] = list(asked)
    window.when_begun(lambda: asked.append("at once"))
    told["later"] = asked[1:]
    window.close()
    try:
        while root.winfo_exists():
            root.update()
            time.sleep(0.005)
    except tkinter.TclError:
        pass
print(json.dumps(told))
"""


def told_by_a_start(data: Path) -> Dict[str, Any]:
    """What a start of the window on this data folder tells of itself."""
    require_display()
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(data), ",".join(HEAVY)],
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=300,
    )
    found: Dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_films_are_shown_before_anything_is_loaded_that_makes_films(tmp_path: Path) -> None:
    with Program(tmp_path / "data") as program:
        JobStore(program.database).add([NewJob(Path(f"/films/Film {at}.mkv")) for at in range(3)])
    told = told_by_a_start(tmp_path / "data")
    assert "Film 0" in told["film"]
    assert told["loaded"] == []
    assert told["begun"] == [True]
    assert told["later"] == ["at once"]


def test_a_window_without_films_begins_as_well(tmp_path: Path) -> None:
    told = told_by_a_start(tmp_path / "data")
    assert (told["film"], told["begun"]) == ("", [True])
