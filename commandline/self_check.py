"""``--self-check``: is this copy of the program complete? For packaged builds above all; answers in JSON."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sqlite3
import ssl
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Tuple

from app.data_folder import DataFolder
from app.program import Program
from commandline.output import Output
from core.errors import MediaProcessorError
from core.tools import ToolName
from core.version import VERSION
from logger import LOG_FILE
from mediainfo.pool import SHARED

if TYPE_CHECKING:
    import tkinter as tk

ROOT = Path(__file__).resolve().parent.parent
# fmt: off
MODULES = (  # the specification's ten but main, which is what runs
    "ui", "config", "monitor", "analyzer", "processor",
    "queue_manager", "network", "statistics", "logger",
)
PACKAGES = (
    "app", "cluster", "commandline", "core", "mediainfo", "metadata", "monitoring", "processing",
    "phone", "reports", "scheduling", "sharing", "store", "tools", "views", "window",
)
# fmt: on
LINUX_ALONE = frozenset({"monitoring.inotify"})  # no other system can import them


def run(data_dir: Path, output: Output) -> int:
    """Try every part; 0 when all are well. The answer is JSON with and without ``--json``."""
    checks = [_checked(name, check) for name, check in _checks(data_dir)]
    healthy = all(check["ok"] for check in checks)
    answer = {
        "type": "self-check",
        "version": VERSION,
        "ok": healthy,
        "frozen": bool(getattr(sys, "frozen", False)),
        "checks": checks,
    }
    output.raw(json.dumps(answer))
    return int(not healthy)


def _checks(data_dir: Path) -> List[Tuple[str, Callable[[], str]]]:
    return [
        ("modules", _modules),
        ("statistics", lambda: _statistics(data_dir)),
        ("libraries", _libraries),
        ("assets", _assets),
        ("tk", _tk),
        ("sqlite", _sqlite),
        ("mediainfo", _mediainfo),
        ("threads", lambda: _threads(data_dir)),
        ("tls", _tls),
        ("tools", lambda: _tools(data_dir)),
    ]


def _checked(name: str, check: Callable[[], str]) -> Dict[str, Any]:
    try:
        return {"name": name, "ok": True, "detail": check()}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is wrong is the answer
        return {"name": name, "ok": False, "detail": f"{type(error).__name__}: {error}"}


def _modules() -> str:
    here = [*MODULES, *_modules_of_packages()]
    names = [name for name in here if sys.platform == "linux" or name not in LINUX_ALONE]
    for name in names:
        importlib.import_module(name)
    return f"{len(names)} modules imported"


def _modules_of_packages() -> Iterator[str]:
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        below = [module.name for module in pkgutil.walk_packages(path, f"{package}.")]
        if not below:
            raise MediaProcessorError(f"The package {package} is empty.")
        yield from (package, *below)


def _statistics(data_dir: Path) -> str:
    import statistics

    with Program(data_dir) as program:
        total = statistics.summary(program.database).total  # the standard library's has no summary
    return f"{statistics.__file__}, {total.jobs_completed} jobs completed"


def _threads(data_dir: Path) -> str:
    """A thread that ends by an error leaves its trace in the log, also where nothing is printed."""
    with DataFolder(data_dir) as folder:
        thread = threading.Thread(target=_fail, name="self-check")
        thread.start()
        thread.join()
        trace = (folder.log_dir / LOG_FILE).read_text("utf-8")
    if _fail.__name__ not in trace:
        raise MediaProcessorError("What ends a thread is not in the log.")
    return "what ends one is in the log"


def _fail() -> None:
    raise MediaProcessorError("A thread of the self-check ended itself; this is no error.")


def _libraries() -> str:
    import cryptography.x509  # loads its library
    import ffmpeg
    import platformdirs
    import psutil
    import pymediainfo
    import requests
    import segno
    import tqdm
    import watchdog.observers
    import websockets

    libraries = (
        cryptography,
        ffmpeg,
        platformdirs,
        psutil,
        pymediainfo,
        requests,
        segno,
        tqdm,
        watchdog,
        websockets,
    )
    return ", ".join(library.__name__ for library in libraries)


def _assets() -> str:
    icon = ROOT / "assets" / "app_icon.png"
    for name in ("page.html", "page.css", "page.js"):
        (ROOT / "assets" / "phone" / name).read_bytes()
    languages = sorted(file.parts[-3] for file in (ROOT / "assets" / "locale").glob("*/*/*.mo"))
    if not languages:
        raise MediaProcessorError("The window's translations are missing.")
    names = ", ".join(_french_in(language) for language in languages)
    return f"{icon}, {icon.stat().st_size} bytes; translations: {', '.join(languages)}; {names}"


def _french_in(language: str) -> str:
    """What a language calls French: its data are there, and are read."""
    cldr = importlib.import_module("views.cldr")
    cldr.use(language)
    try:
        return str(cldr.language_name("fr", "no name"))
    finally:
        cldr.use("en")


def _tk() -> str:
    import tkinter as tk

    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return f"Tk {tk.TkVersion}; no display to open a window on"
    root = tk.Tk()
    root.withdraw()
    root.update()
    version = root.tk.call("info", "patchlevel")
    with_drop = _takes_drops(root)
    root.destroy()
    return f"Tk {version}, a window opened, " + (
        "films can be dropped on it" if with_drop else "nothing can be dropped on it"
    )


def _takes_drops(root: tk.Tk) -> bool:
    """Whether the library for dropped files loads; a packaged program has to have it."""
    try:
        from tkinterdnd2 import TkinterDnD

        TkinterDnD._require(root)  # noqa: SLF001 - as its authors tell to use it with a plain Tk
    except (ImportError, RuntimeError):
        if getattr(sys, "frozen", False):
            raise
        return False
    return True


def _sqlite() -> str:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE one (two TEXT)")
    connection.close()
    return f"SQLite {sqlite3.sqlite_version}"


def _mediainfo() -> str:
    """Ask a child process about a file that every copy has."""
    line = SHARED.line(ROOT / "assets" / "app_icon.ico", "General;%FileSize%")
    if not line.isdecimal():
        raise MediaProcessorError(f"The MediaInfo library answered {line!r}.")
    return "the MediaInfo library answers in a process of its own"


def _tls() -> str:
    import certifi  # what requests trusts

    ssl.create_default_context(cafile=certifi.where())
    return f"{ssl.OPENSSL_VERSION}, authorities from {certifi.where()}"


def _tools(data_dir: Path) -> str:
    with Program(data_dir) as program:
        versions = {tool.name: tool.version for tool in program.toolset.tools}
    for needed in (ToolName.FFMPEG, ToolName.FFPROBE):
        if needed not in versions:
            raise MediaProcessorError(f"{needed.value} was not found.")
    return ", ".join(f"{name.value} {version}" for name, version in versions.items())
