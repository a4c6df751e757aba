"""Opens the window on a data folder with films in every state and photographs each tab.

Called by scripts/screenshots.sh inside an X server; ``python scripts/screenshots.py --help``.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import tkinter as tk
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Union

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # our statistics.py before the standard library's

import ui  # noqa: E402
from commandline.parts import Parts  # noqa: E402
from core.events import JobState  # noqa: E402
from tests.films import FFMPEG, FFPROBE, AudioSpec, SubtitleSpec, make_film  # noqa: E402
from views.dialogs import Dialogs  # noqa: E402

PATIENCE = 120.0  # seconds
# Slow enough to be seen at work, quick enough for a machine with two cores.
TEMPLATE = "$ffmpeg -i $input -c:v libx265 -preset fast -x265-params log-level=none $tracks $output"


def make_films(folder: Path) -> None:
    """A small library: films that will be completed, fail, be skipped, run and wait."""
    sound = (
        AudioSpec(codec="ac3", channels=6, language="eng"),
        AudioSpec(codec="ac3", channels=2, language="fra"),
    )
    words = (SubtitleSpec(language="eng"), SubtitleSpec(language="fra"))
    for name in ("Metropolis (1927)", "Nosferatu (1922)", "The General (1926)"):
        make_film(folder / name / f"{name}.mkv", audio=sound, subtitles=words)
    (folder / "Broken download").mkdir()
    (folder / "Broken download" / "Broken download.mkv").write_bytes(bytes(range(256)) * 400)
    long = folder / "Sunrise (1927)" / "Sunrise (1927).mkv"
    make_film(long, seconds=60, size=(640, 360), audio=sound, subtitles=words)
    for name in ("Safety Last! (1923)", "Sherlock Jr. (1924)", "The Kid (1921)"):
        make_film(folder / name / f"{name}.mkv", seconds=2, audio=sound)


def _set_up(parts: Parts, folder: Path, first_theme: str) -> None:
    """Settings that make films quickly, with programs that lie nowhere in particular."""
    parts.config.set("processing.missing_mkvpropedit", "continue")
    parts.config.set("templates.normal_fallback", TEMPLATE)
    parts.config.set("window.theme", first_theme)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        parts.config.set("network.port", str(one.getsockname()[1]))
    for key, value in (
        ("network.mode", "master"),
        ("network.name", "Attic"),
        ("network.listen_address", "127.0.0.1"),
        ("network.discovery", "off"),
    ):
        parts.config.set(key, value)
    for name, real in (("ffmpeg", FFMPEG), ("ffprobe", FFPROBE)):
        (folder / name).symlink_to(real)
        parts.config.set(f"tools.{name}", str(folder / name))


def work_half_way(window: ui.MainWindow, library: Path) -> None:
    """Queue the library and wait until there are films in every state."""
    names = ("General", "Metro", "Nosf", "Broken", "Sunr", "Safe", "Sher", "The Kid")
    window.add(tuple(one for name in names for one in library.glob(f"*{name}*")))
    queue = window.tab("queue").view
    until(
        window.root, lambda: queue.views["pending"].table.count == len(names), "films in the queue"
    )
    window.registry.invoke("queue.start")
    until(
        window.root,
        lambda: window.services.manager.overview().counts[JobState.COMPLETED] >= 3,
        "three films done",
    )
    until(
        window.root,
        lambda: any(one.bar["value"] > 8 for one in queue.area.cards.values()),
        "progress",
    )


def until(root: tk.Misc, reached: Callable[[], Any], what: str) -> None:
    """Let the window live until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            raise SystemExit(f"Waited in vain: {what}")
        root.update()
        time.sleep(0.01)


def settle(root: tk.Misc) -> None:
    """Let the window draw itself."""
    begin = time.monotonic()
    until(root, lambda: time.monotonic() - begin > 0.4, "drawing")


def photograph(root: Union[tk.Tk, tk.Toplevel], path: Path) -> None:
    """Save the window's part of the screen, with few colours: the pictures are kept in git."""
    settle(root)
    area = f"{root.winfo_width()}x{root.winfo_height() + root.winfo_rooty()}+{root.winfo_rootx()}+0"
    size = "+repage +dither -colors 200 -depth 8 -strip".split(" ")
    argv = ["import", "-window", "root", "-crop", area, *size, f"png8:{path}"]
    subprocess.run(argv, check=True)
    print(path)


def open_details(window: ui.MainWindow) -> tk.Toplevel:
    """Open the details of a film that is done, at its tracks."""
    queue = window.tab("queue")
    queue.view.open("completed")
    until(window.root, lambda: queue.view.table.ids, "the films that are done")
    job_id = queue.view.table.ids[0]
    queue.details.open(job_id)
    view: tk.Toplevel = queue.details.open_windows[job_id].view
    until(window.root, lambda: view.facts, "the details")  # type: ignore[attr-defined]
    view.open("tracks")  # type: ignore[attr-defined]
    queue.view.open("pending")
    return view


def open_preview(window: ui.MainWindow, library: Path) -> tk.Toplevel:
    """Open the preview of the library, with the film chosen that has most to tell."""
    controller = window.tab("queue").preview
    controller.open()
    preview = controller.window
    preview.add((library,))
    table = preview.view.table
    until(window.root, lambda: preview.films and not preview.running, "the preview")
    until(window.root, lambda: table.count == len(preview.films), "its rows")
    names = [preview.films[place].path.name for place in table.ids]
    table.choice.only(names.index("Sunrise (1927).mkv"))
    table.see(table.choice.cursor)
    preview.view.choose()
    view: tk.Toplevel = preview.view
    return view


@contextmanager
def another_machine(window: ui.MainWindow, folder: Path) -> Iterator[None]:
    """A slave called Den, for the time of the block; it leaves the encoding to this machine."""
    settings = window.services.config.settings.network
    program = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(folder)]
    for key, value in (
        ("network.name", "Den"),
        ("network.discovery", "off"),
        ("queue.gpu_jobs", "0"),
        ("queue.software_jobs", "0"),
    ):
        subprocess.run([*program, "settings", "set", key, value], check=True, capture_output=True)
    code = window.services.machines.show_code().text
    role = ["--role", "slave", "--master", f"127.0.0.1:{settings.port}", "--pair", code]
    slave = subprocess.Popen([*program, "--headless", *role], stdout=subprocess.DEVNULL)
    try:
        until(window.root, lambda: window.cluster.cluster.machines[1:], "the other machine")
        until(window.root, lambda: window.cluster.cluster.machines[1].slots, "what it can do")
        yield
    finally:
        slave.terminate()
        slave.wait()


def open_machines(window: ui.MainWindow) -> tk.Toplevel:
    """Open the window of the machines, with the other one chosen."""
    window.registry.invoke("network.machines")
    view = window.cluster.window
    assert view is not None
    view.table.selection_set(window.cluster.cluster.machines[1].id)
    return view


def photograph_beside(root: tk.Tk, view: tk.Toplevel, path: Path) -> None:
    """Photograph a window of its own and close it."""
    view.geometry("+0+0")
    view.lift()
    photograph(view, path)
    view.destroy()
    settle(root)


def photograph_steps(
    window: ui.MainWindow, library: Path, to: Path, theme: str, every: bool
) -> None:
    """Photograph the first steps: the last page, or every page."""
    steps = window.first_steps
    window.dialogs.folder = lambda: library  # type: ignore[method-assign]
    steps.open()
    wizard = steps.wizard
    assert wizard is not None
    until(window.root, lambda: steps.tools.table.get_children(), "the programs")
    while True:
        page = wizard.page
        if page is steps.folders:
            steps.folders.add()
            until(window.root, lambda: steps.folders.folders, "the folder")
        elif page is steps.speed and every:
            steps.speed.button.invoke()
            until(window.root, lambda: not steps.speed_test.running, "the encoder's test")
        elif page is steps.plan:
            until(window.root, lambda: steps.plan.plan.table.get_children(), "the plan")
        if every or page is steps.plan:
            name = "first-steps" if page is steps.plan else f"first-steps-{wizard.place + 1}"
            wizard.geometry("+0+0")
            wizard.lift()
            photograph(wizard, to / f"{name}-{theme}.png")
        if page is steps.plan:
            break
        wizard.skip()
    steps.folders.folders = []
    wizard.close()
    settle(window.root)


def photograph_rest(window: ui.MainWindow, to: Path, theme: str) -> None:
    """Photograph what is not seen at once: every page of the settings, every list, every small window."""
    settings = window.open_tab("settings")
    for section in settings.view.sections.get_children():
        settings.view.open_section(section)
        settle(window.root)
        photograph(window.root, to / f"settings-{section}-{theme}.png")
    queue = window.open_tab("queue")
    for name in queue.view.views:
        queue.view.open(name)
        photograph(window.root, to / f"queue-{name}-{theme}.png")
    queue.view.open("pending")
    folders = settings.folders
    settings.view.open_section("folders")
    window.open_tab("settings")
    folders._edit(None)  # noqa: SLF001 - what its button does
    photograph_beside(window.root, folders.dialog, to / f"folder-dialog-{theme}.png")
    window.open_tab("queue")
    window.status.open_health()
    assert window.status.page is not None
    photograph_beside(window.root, window.status.page, to / f"health-{theme}.png")
    question = None

    def look() -> None:
        nonlocal question
        question = next(one for one in window.root.winfo_children() if "question" in str(one))
        photograph(window.root, to / f"question-{theme}.png")
        question.destroy()

    window.root.after(300, look)
    Dialogs(window.root, window.look).choose(
        "Close MediaProcessor", "Films are being processed.", ("Finish them first", "Keep open")
    )


def main() -> None:
    """Photograph every tab in every theme that is asked for, and the windows beside."""
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screens-") as folder:
        work = Path(folder)
        make_films(work / "Films")
        with Parts(work / "data") as parts:
            _set_up(parts, work, arguments.themes[0])
            root = tk.Tk(className=ui.NAME)
            window = ui.open_window(root, parts)
            root.geometry(arguments.size + "+0+0")
            try:
                work_half_way(window, work / "Films")
                with another_machine(window, work / "den"):
                    for name in arguments.themes:
                        parts.config.set("window.theme", name)
                        _photograph_all(window, work / "Films", name, arguments)
            finally:
                window.dialogs.choose = lambda *_words: 1  # type: ignore[method-assign]
                window.close()
                root.mainloop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--size", default="1060x700")
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--tabs", nargs="+", default=["Queue", "Statistics", "Logs", "Settings"])
    parser.add_argument("--section", default="audio", help="of the settings")
    parser.add_argument("--all", action="store_true", help="every page, list and small window too")
    return parser.parse_args()


def _photograph_all(
    window: ui.MainWindow, library: Path, theme: str, arguments: argparse.Namespace
) -> None:
    to = arguments.folder
    for tab in arguments.tabs:
        window.tab("settings").view.open_section(arguments.section)
        window.open_tab(tab.lower())
        photograph(window.root, to / f"{tab.lower()}-{theme}.png")
    window.open_tab("settings").view.open_section("network")
    photograph(window.root, to / f"network-{theme}.png")
    for kind, view in (
        ("details", open_details(window)),
        ("preview", open_preview(window, library)),
        ("machines", open_machines(window)),
    ):
        photograph_beside(window.root, view, to / f"{kind}-{theme}.png")
    photograph_steps(window, library, to, theme, arguments.all)
    if arguments.all:
        photograph_rest(window, to, theme)


if __name__ == "__main__":
    main()
