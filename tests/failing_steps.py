"""Lets a command fail at every step of its work, and says what that has changed.

A command runs in a fork of the test's process. Before one of its steps (a file that is opened to write,
renamed or removed, a folder that is made, a transaction that is committed) either the process is
killed, or the disk is full from then on: the system refuses whatever grows a file (RLIMIT_FSIZE), SQLite's
files too. What is left is compared with what was there before. Of a transaction only the end is a step: what
is written in it is nothing before. Counting begins when the database is open, which is the same for all and
has tests of its own. POSIX only.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import sys
import traceback
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Tuple

from store.connection import Database

if sys.platform == "win32":
    raise ImportError("fork and RLIMIT_FSIZE are POSIX")

FULL, KILLED = "the disk is full", "the program is killed"
# What every start of the program writes, whatever it is asked for.
_OF_EVERY_START = re.compile(
    r"logs/|running\.json|health\.json|instance\.lock|mediaprocessor\.db.*|.*\.new$|secrets\.json"
)
_CHANGING = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.rmdir", "os.symlink"}
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# What the program has learned of other programs, whoever asked: true also where the step failed.
LEARNED = {"encoder_proofs", "silent_programs", "tool_answers"}
_TIMES = re.compile(r"\d{9,}\.\d+")  # seconds since the epoch

Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit code (negative: the signal), what it told, how many steps it had."""

    code: int
    told: str
    steps: int
    after: Snapshot


@dataclass
class _Fault:
    """Counts steps, and lets the one of this number go wrong; 0: none."""

    kind: str
    at: int
    ignored: Tuple[str, ...]
    steps: int = 0
    armed: bool = False

    def step(self) -> None:
        if not self.armed:
            return
        self.steps += 1
        if self.steps == self.at and self.kind == KILLED:
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.steps == self.at:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def hear(self, event: str, arguments: Tuple[Any, ...]) -> None:
        """Take an audit event of Python's own file operations."""
        if event == "open":
            path, _mode, flags = arguments
            if not (isinstance(flags, int) and flags & _WRITE_FLAGS):
                return
        elif event in _CHANGING:
            path = arguments[0]
        else:
            return
        name = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else ""
        if name and not any(part in name for part in self.ignored):
            self.step()


def run(
    folder: Path,
    deed: Callable[[], int],
    kind: str = FULL,
    at: int = 0,
    *,
    from_start: bool = False,
) -> Outcome:
    """Do it in a process of its own that works in ``folder``/data; its step ``at`` goes wrong.

    ``from_start`` is for what opens no database.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        ignored = ("/logs/", "instance.lock", os.devnull)
        _be_child(folder, deed, _Fault(kind, at, ignored, armed=from_start), writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _pid, status = os.waitpid(child, 0)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    answer: Dict[str, Any] = json.loads(told) if told else {"told": "", "steps": 0}
    return Outcome(code, answer["told"], answer["steps"], snapshot(folder))


def _be_child(folder: Path, deed: Callable[[], int], fault: _Fault, answer: int) -> None:
    """Run and tell; never returns."""
    told, code = io.StringIO(), 99
    try:
        os.chdir(folder)
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        os.environ["HOME"] = str(folder)
        sys.addaudithook(fault.hear)
        connect: Any = sqlite3.connect

        def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
            made: sqlite3.Connection = connect(*arguments, **options)
            made.set_trace_callback(
                lambda statement: fault.step() if statement == "COMMIT" else None
            )
            return made

        sqlite3.connect = watched  # type: ignore[assignment, unused-ignore]
        opened = Database.__init__

        def begin(self: Database, *arguments: Any, **options: Any) -> None:
            opened(self, *arguments, **options)
            fault.armed = True

        Database.__init__ = begin  # type: ignore[method-assign, unused-ignore]
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            code = deed()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - whatever it is, the parent shows it
        told.write(traceback.format_exc())
    fault.armed = False
    with contextlib.suppress(OSError):
        os.write(answer, json.dumps({"told": told.getvalue(), "steps": fault.steps}).encode())
    os._exit(code & 0xFF)


def snapshot(folder: Path) -> Snapshot:
    """Return all that a user has set up: rows of the database, keys, files."""
    data = folder / "data"
    found: Dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        inside = str(path.relative_to(data)) if data in path.parents else name
        if path.is_file() and not (data in path.parents and _OF_EVERY_START.match(inside)):
            found[name] = "<made>" if path.suffix in (".zip", ".html") else path.read_bytes()
    database = data / "mediaprocessor.db"
    if database.exists():
        secrets = _secrets(data)
        with closing(sqlite3.connect(database)) as connection:
            connection.row_factory = sqlite3.Row
            tables = [
                row[0]
                for row in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                )
            ]
            for table in sorted(set(tables) - LEARNED):
                rows = [
                    {key: _plain(value, secrets) for key, value in dict(row).items()}
                    for row in connection.execute(f'SELECT * FROM "{table}"')
                ]
                if rows:
                    found[f"table {table}"] = sorted(rows, key=repr)
    return found


def _secrets(data: Path) -> Mapping[str, str]:
    """The secrets by what stands for them; one that nothing stands for is of no use to anybody."""
    try:
        return json.loads((data / "secrets.json").read_text("utf-8"))  # type: ignore[no-any-return, unused-ignore]
    except FileNotFoundError:
        return {}


def _plain(value: object, secrets: Mapping[str, str]) -> object:
    """A value without what differs from run to run: moments, and the references of secrets."""
    if isinstance(value, float) and value > 1e9:
        return "<moment>"
    if isinstance(value, str) and value.startswith("file:"):
        secret = secrets.get(value.partition(":")[2])
        return "<lost>" if secret is None else f"<{secret if len(secret) < 20 else 'a secret'}>"
    return _TIMES.sub("<moment>", value) if isinstance(value, str) else value


def difference(before: Snapshot, after: Snapshot) -> str:
    """Say what is not equal, for a failed assertion."""
    names = sorted({*before, *after})
    return "; ".join(
        f"{name}: {before.get(name, 'nothing')!r} became {after.get(name, 'nothing')!r}"[:600]
        for name in names
        if before.get(name) != after.get(name)
    )


def copied(source: Path, target: Path) -> Path:
    """A prepared folder again, for a run of its own."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)
    return target
