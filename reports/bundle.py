"""A bug report: what a developer needs to know about this program, in one zip, without secrets."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sqlite3
import sys
import textwrap
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Callable, Iterator, List, Mapping, Tuple

from core.errors import MediaProcessorError
from core.ports import Translator
from core.text.formatting import size_text
from core.text.sentence import N_
from reports.log_files import JOBS_FOLDER, JSON_LOG, TEXT_LOG, with_earlier
from reports.whole_file import whole_file
from store.connection import Database

HEALTH_FILE = "health.json"  # the last known health of the running program's threads
LOG_BYTES = 1_000_000  # of each log, its end
JOB_LOG_BYTES = 200_000
JOB_LOGS = 10  # the newest
_LIBRARIES = (
    *("watchdog", "pymediainfo", "ffmpeg-python", "requests", "websockets", "psutil", "tqdm"),
    *("platformdirs", "tkinterdnd2", "pystray", "Pillow", "pyinstaller"),
)
_ABOUT = N_(
    "This is a report for a bug in MediaProcessor.\n\n"
    "It holds versions, settings, the ends of the logs, the form of the database and how many rows it "
    "has, what “doctor” says, and when the program's threads were last heard of. API keys and passwords "
    "are left out (“***”). Names of films and folders are in the logs: look before you send it to "
    "somebody."
)


@dataclass(frozen=True)
class BundleParts:
    """What a bundle is made of.

    ``texts`` are further files by name, made when they are written: one that cannot be made holds why.
    ``hide`` removes secrets from a text; ``say`` puts what its owner is to read into another language.
    """

    version: str
    data_dir: Path
    log_dir: Path
    texts: Mapping[str, Callable[[], str]]
    hide: Callable[[str], str]
    say: Translator = lambda text: text


def write_bundle(path: Path, parts: BundleParts) -> Tuple[str, ...]:
    """Write the bundle in place of whatever has that name; return the names inside.

    Raises FolderNotWritable; what was there before stays then.
    """
    names: List[str] = []
    with whole_file(path) as staged, zipfile.ZipFile(staged, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, make in _contents(parts):
            text = parts.hide(_made(make))
            bundle.writestr(name, text.encode("utf-8", "backslashreplace"))
            names.append(name)
    return tuple(names)


def database_text(database: Database) -> str:
    """Return a database's schema and numbers of rows, without their content."""
    lines = [f"File       {size_text(database.path.stat().st_size)}"]
    with database.read() as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name"
        ).fetchall()
        lines += [f"Version    {version}", f"SQLite     {sqlite3.sqlite_version}", "", "Rows:"]
        for name, sql in rows:
            if sql.startswith("CREATE TABLE"):
                quoted = '"' + name.replace('"', '""') + '"'
                count = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]  # noqa: S608
                lines.append(f"  {name:20} {count}")
        states = connection.execute("SELECT status, count(*) FROM jobs GROUP BY status").fetchall()
        lines += ["", "Jobs by state:", *(f"  {state:20} {count}" for state, count in states)]
    problems = database.problems()
    lines += ["", "Problems:", *(f"  {problem}" for problem in problems or ("none",))]
    return "\n".join([*lines, "", "Form:", *(f"{sql};" for _name, sql in rows)]) + "\n"


def versions_text(version: str) -> str:
    """Return what this program runs on."""
    found = {
        "MediaProcessor": version + (", packaged" if getattr(sys, "frozen", False) else ""),
        "Python": sys.version.replace("\n", " "),
        "System": f"{platform.platform()}, {platform.machine()}, {os.cpu_count()} processors",
        "SQLite": sqlite3.sqlite_version,
    }
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return "".join(f"{name:15} {text}\n" for name, text in found.items())


def _contents(parts: BundleParts) -> Iterator[Tuple[str, Callable[[], str]]]:
    yield "about.txt", lambda: _about(parts.say)
    yield "versions.txt", lambda: versions_text(parts.version)
    yield from parts.texts.items()
    health = parts.data_dir / HEALTH_FILE
    if health.is_file():
        yield HEALTH_FILE, lambda: health.read_text("utf-8", "replace")
    for name in (TEXT_LOG, JSON_LOG):
        log = parts.log_dir / name
        yield f"logs/{name}", lambda log=log: _end_of(with_earlier(log), LOG_BYTES)  # type: ignore[misc]
    for path in _newest(parts.log_dir / JOBS_FOLDER):
        yield f"logs/jobs/{path.name}", lambda path=path: _end_of((path,), JOB_LOG_BYTES)  # type: ignore[misc]


def _about(say: Translator) -> str:
    """What the report holds: for its owner, and for the developer where that is another language."""
    told = dict.fromkeys((say(_ABOUT), _ABOUT))
    return (
        "\n\n".join(
            textwrap.fill(paragraph, 100) for text in told for paragraph in text.split("\n\n")
        )
        + "\n"
    )


def _made(make: Callable[[], str]) -> str:
    """Return the text, or why there is none: a broken program needs a report most."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is worth reporting
        told = error if isinstance(error, MediaProcessorError) else repr(error)
        return f"This could not be found out: {told}\n"


def _end_of(paths: Tuple[Path, ...], size: int) -> str:
    """The last so many bytes of files that follow each other, from the start of a line."""
    data = b""
    for path in reversed(paths):
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            missing = size - len(data)
            file.seek(max(0, os.fstat(file.fileno()).st_size - missing))
            data = file.read(missing) + data
        if len(data) >= size:
            data = data[data.find(b"\n") + 1 :]
            break
    return data.decode("utf-8", "replace")


def _newest(folder: Path) -> List[Path]:
    found: List[Tuple[float, Path]] = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if entry.name.endswith(".log"):
                    found.append((entry.stat().st_mtime, Path(entry.path)))
    return [path for _time, path in sorted(found, reverse=True)[:JOB_LOGS]]


def settings_text(export: object) -> str:
    """Return exported settings as people read them."""
    return json.dumps(export, indent=2, ensure_ascii=False) + "\n"
