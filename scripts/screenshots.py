"""Opens the window on a data folder with films in every state and photographs each tab.

Called by scripts/screenshots.sh inside an X server; ``python scripts/screenshots.py --help``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import tkinter as tk
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence, Union

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # our statistics.py before the standard library's

import ui  # noqa: E402
from app.exclusion_list import ExclusionList  # noqa: E402
from app.program import Program  # noqa: E402
from core.events import JobState  # noqa: E402
from scripts.sample_library import (  # noqa: E402
    AT_WORK,
    BROKEN,
    DONE,
    SEEDING,
    WAITING,
    fill_history,
    free_port,
    make_library,
    path_of,
    set_up,
    watch_folders,
)
from scripts.small_windows import SmallWindows, empty_program  # noqa: E402
from views.before_after import BeforeAfter  # noqa: E402

PATIENCE = 240.0  # seconds
TABS = ("queue", "library", "originals", "statistics", "logs", "settings")
MASTER, SLAVE = "Attic", "Den"


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
    # Above the main window's inside is its menu; a small window stands somewhere over that one.
    top = 0 if isinstance(root, tk.Tk) else root.winfo_rooty()
    height = root.winfo_rooty() + root.winfo_height() - top
    area = f"{root.winfo_width()}x{height}+{root.winfo_rootx()}+{top}"
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
    view.plan.table.selection_set("audio1")  # type: ignore[attr-defined]
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
    table.choice.only(names.index("The General (1926).mkv"))
    table.see(table.choice.cursor)
    preview.view.choose()
    view: tk.Toplevel = preview.view
    return view


@contextmanager
def another_machine(window: ui.MainWindow, folder: Path) -> Iterator[None]:
    """The slave whose data folder this is, at work for the time of the block."""
    cluster = window.cluster
    port = window.services.config.settings.network.port
    code = window.services.machines.show_code().text
    argv = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(folder), "--headless"]
    argv += ["--role", "slave", "--master", f"127.0.0.1:{port}", "--pair", code]
    slave = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    try:
        until(window.root, lambda: cluster.cluster.machines[1:], "the other machine")
        until(window.root, lambda: cluster.cluster.machines[1].slots, "what it can do")
        yield
    finally:
        slave.terminate()
        slave.wait()


def do_the_short_films(window: ui.MainWindow, library: Path) -> None:
    """Let films be done, fail and be left alone."""
    manager = window.services.manager
    before = manager.overview().counts[JobState.COMPLETED]
    window.add(tuple(path_of(library, film) for film in (*DONE, BROKEN, SEEDING)))
    window.registry.invoke("queue.start")
    until(
        window.root,
        lambda: manager.overview().counts[JobState.COMPLETED] >= before + len(DONE),
        "the short films",
    )


def work_half_way(window: ui.MainWindow, library: Path) -> None:
    """Queue the long films and wait until both machines have come some way with one."""
    window.add(tuple(path_of(library, film) for film, *_rest in WAITING))
    cards = window.tab("queue").view.area.cards
    until(
        window.root,
        lambda: sum(card.bar["value"] > 5 for card in cards.values()) >= 2,
        "progress on both machines",
    )
    window.services.config.reset("templates.normal_fallback")
    quiet = time.monotonic()

    def planned() -> bool:
        nonlocal quiet
        if len(cards) != 2:
            quiet = time.monotonic()
        return time.monotonic() - quiet > 5

    until(window.root, planned, "plans with the new template")


def fill_pages(window: ui.MainWindow, library: Path) -> None:
    """Look into the library's films, and have some that are never touched."""
    page = window.open_tab("library")
    page.list.changed(at_once=True)
    until(
        window.root,
        lambda: "!disabled" in page.view.look_button.state() or page.view.table.count,
        "its films",
    )
    services = window.services
    services.program.library(services.manager).look.run()
    page.list.changed(at_once=True)
    videos = library / "Home videos"
    videos.mkdir()
    ExclusionList(services.program).add(services.manager, [videos, path_of(library, SEEDING)])


def photograph_tab(window: ui.MainWindow, name: str, to: Path, theme: str) -> None:
    """Photograph a tab, and the second page of that of the originals."""
    tab = window.open_tab(name)
    photograph(window.root, to / f"{name}-{theme}.png")
    if name == "originals":
        tab.view.open("excluded")
        photograph(window.root, to / f"never-touched-{theme}.png")
        tab.view.open("kept")


def photograph_pictures(window: ui.MainWindow, view: tk.Toplevel, path: Path) -> None:
    """Photograph the pictures before and after of a film, whose details are open."""
    view.geometry("+0+0")
    view.lift()
    view.open("pictures")  # type: ignore[attr-defined]
    page = view.pictures_page  # type: ignore[attr-defined]

    def shown() -> bool:
        parts = [part for part in page.winfo_children() if isinstance(part, BeforeAfter)]
        return bool(parts) and parts[0].slider.both

    until(window.root, shown, "the pictures before and after")
    photograph(view, path)
    view.open("tracks")  # type: ignore[attr-defined]


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
    window.dialogs.folder = lambda: library / "Adventure"  # type: ignore[method-assign]
    steps.open()
    wizard = steps.wizard
    assert wizard is not None
    while True:
        page = wizard.page
        if page is steps.tools:
            until(window.root, lambda: steps.tools.table.get_children(), "the programs")
        elif page is steps.folders:
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
        if page is steps.tools or (page is steps.plan and not every):
            break
        wizard.skip()
    steps.folders.folders = []
    wizard.close()
    settle(window.root)


def photograph_pages(window: ui.MainWindow, pages: Sequence[str], to: Path, theme: str) -> None:
    """Photograph pages of the settings."""
    view = window.open_tab("settings").view
    for page in pages:
        view.open_section(page)
        settle(window.root)
        photograph(window.root, to / f"settings-{page}-{theme}.png")


def photograph_rest(window: ui.MainWindow, snap: Callable[[tk.Misc, str], None]) -> None:
    """Photograph what is not seen at once: every page of the settings, every list, every small window."""
    view = window.open_tab("settings").view
    for page in view.sidebar.pages:
        view.open_section(page)
        snap(window.root, f"settings-{page}")
    queue = window.open_tab("queue")
    for name in queue.view.views:
        queue.view.open(name)
        snap(window.root, f"queue-{name}")
    queue.view.view.toggle_filter()
    snap(window.root, "queue-filter")
    queue.view.view.toggle_filter()
    queue.view.open("pending")
    SmallWindows(window, snap, lambda: settle(window.root)).all()


def main() -> None:
    """Photograph every tab in every theme that is asked for, and the windows beside."""
    arguments = _arguments()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    work: Path = arguments.work
    library = work / "films"
    own = {
        "network.name": MASTER,
        "network.mode": "standalone" if arguments.empty else "master",
        "network.port": str(free_port()),
        "window.theme": arguments.themes[0],
        "window.language": arguments.language,
    }
    if arguments.empty:
        with _opened(work, own, arguments) as window:
            window.root.update()
            for theme in _each_theme(window, arguments):
                snap = _snapper(arguments, theme)
                empty_program(window, TABS, snap, lambda: settle(window.root))
        return
    make_library(library)
    with Program(work / "den") as slave:
        set_up(slave, work, {"network.name": SLAVE})
        slave_id = slave.instance_id
    with _opened(work, own, arguments, library, slave_id) as window:
        do_the_short_films(window, library)
        window.services.config.set("templates.normal_fallback", AT_WORK)
        with another_machine(window, work / "den"):
            fill_pages(window, library)
            work_half_way(window, library)
            for size in arguments.size:
                window.root.geometry(f"{size}+0+0")
                settle(window.root)
                for theme in _each_theme(window, arguments):
                    into = arguments.folder / size if len(arguments.size) > 1 else arguments.folder
                    into.mkdir(exist_ok=True)
                    _photograph_all(window, library, into, theme, arguments)
            if arguments.dark:
                arguments.tabs, arguments.windows = arguments.dark, []
                arguments.sections = arguments.sections[:1]
                window.services.config.set("window.theme", "dark")
                _photograph_all(window, library, arguments.folder, "dark", arguments)


@contextmanager
def _opened(
    work: Path,
    own: Mapping[str, str],
    arguments: argparse.Namespace,
    library: Optional[Path] = None,
    slave: str = "",
) -> Iterator[ui.MainWindow]:
    """The window for the time of the block, on a data folder with a history where there is a library."""
    with Program(work / "data") as parts:
        set_up(parts, work, own)
        if library is not None:
            watch_folders(parts, library)
            fill_history(parts.database, library, ("", slave))
            parts.listens = True
        root = tk.Tk(className=ui.NAME)
        window = ui.open_window(root, parts)
        root.geometry(arguments.size[0] + "+0+0")
        settle(root)
        if window.first_steps.wizard is not None:  # it comes up by itself where all is new
            window.first_steps.wizard.close()
        try:
            yield window
        finally:
            window.dialogs.choose = lambda *_words: 1  # type: ignore[method-assign]
            window.close()
            root.mainloop()


def _each_theme(window: ui.MainWindow, arguments: argparse.Namespace) -> Iterator[str]:
    for name in arguments.themes:
        window.services.config.set("window.theme", name)
        yield arguments.name or name


def _snapper(arguments: argparse.Namespace, theme: str) -> Callable[[tk.Misc, str], None]:
    def snap(view: tk.Misc, name: str) -> None:
        photograph(view, arguments.folder / f"{name}-{theme}.png")  # type: ignore[arg-type]

    return snap


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--work", type=Path, required=True, help="an empty folder for the films")
    parser.add_argument("--language", default="English", help="of the window")
    parser.add_argument("--name", default="", help="of the pictures, instead of the theme's")
    parser.add_argument("--size", nargs="+", default=["1060x700"])
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--tabs", nargs="+", default=list(TABS))
    parser.add_argument(
        "--sections", nargs="+", default=["films", "folders", "templates", "network"]
    )
    parser.add_argument("--windows", nargs="*", help="details alone, or none; all where not given")
    parser.add_argument("--dark", nargs="*", default=[], help="tabs that are wanted dark as well")
    parser.add_argument(
        "--empty", action="store_true", help="a program without films, folders, machines"
    )
    parser.add_argument("--all", action="store_true", help="every page, list and small window too")
    return parser.parse_args()


def _photograph_all(
    window: ui.MainWindow, library: Path, to: Path, theme: str, arguments: argparse.Namespace
) -> None:
    for tab in arguments.tabs:
        window.open_tab(tab)
        if tab == "settings":
            photograph_pages(window, arguments.sections, to, theme)
        else:
            photograph_tab(window, tab, to, theme)
    if arguments.windows == []:
        return
    window.open_tab("queue")
    details = open_details(window)
    if arguments.windows == ["details"]:
        photograph_beside(window.root, details, to / f"details-{theme}.png")
        return
    photograph_pictures(window, details, to / f"before-after-{theme}.png")
    if arguments.all:
        for page in ("overview", "commands", "checks", "log"):
            details.open(page)  # type: ignore[attr-defined]
            photograph(details, to / f"details-{page}-{theme}.png")
        details.open("tracks")  # type: ignore[attr-defined]
    for kind, view in (
        ("details", details),
        ("preview", open_preview(window, library)),
        ("machines", open_machines(window)),
    ):
        photograph_beside(window.root, view, to / f"{kind}-{theme}.png")
    photograph_steps(window, library, to, theme, arguments.all)
    if arguments.all:
        snap = _snapper(argparse.Namespace(folder=to), theme)
        photograph_rest(window, snap)


if __name__ == "__main__":
    main()
