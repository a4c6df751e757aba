"""Opening a database file: checks that it is ours, undamaged and of a known version, and reacts if not.

A file that cannot be used is never overwritten: it is renamed and a new one created, or left exactly
as it is with a sentence for the user.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import struct
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Sequence, Tuple

from core.store_errors import StoreBusy, StoreError, StoreUnavailable
from core.system_errors import system_problem
from core.text.sentence import Sentence

if TYPE_CHECKING:
    from core.ports import TimeSource

Migration = Tuple[str, ...]

BUSY_TIMEOUT = 5.0  # seconds that SQLite itself waits for a lock

_MAGIC = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html, 1.3
_USER_VERSION = struct.Struct(">60xi")  # the same page: offset 60, big-endian
_PAGES = struct.Struct(">16xH10xI")  # the size of a page (1 means 65536) and their number
# Bytes. A larger file, closed in good order, is not read through at every start: 750 MB take 3 s
# from memory and many times that from a disk.
_ALWAYS_CHECKED = 64 * 1024 * 1024
_SHARED_ROOM = (
    64 * 1024
)  # bytes: the file -shm grows by 32 KiB (https://www.sqlite.org/walformat.html, 2)
_CHECK_NOTE = ".check"  # ending of the empty file that asks for it all the same


@dataclass(frozen=True)
class OpenReport:
    """What happened when a database was opened; the notices are for the user."""

    created: bool = False
    migrated_from: Optional[int] = None
    backup: Optional[Path] = None
    set_aside: Optional[Path] = None
    notices: Tuple[str, ...] = ()


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """Put an error of SQLite into a sentence that says what to do."""
    text = str(error)
    low = text.lower()
    if "locked" in low or "busy" in low:
        return StoreBusy(path)
    if "disk is full" in low or ("disk i/o error" in low and _no_room(path)):
        return StoreUnavailable(path, Sentence("the disk is full. Free some space and try again."))
    if "readonly" in low:
        return StoreUnavailable(
            path,
            Sentence(
                "it cannot be written. Check the rights of the file and folder; its disk may be read-only."
            ),
        )
    if "unable to open" in low:
        return StoreUnavailable(
            path, Sentence("it cannot be opened. Check the rights of the file and folder.")
        )
    if _says_damaged(low):
        check_at_next_start(path)
        return StoreError(
            path, Sentence("it is damaged. Start again: it is then set aside, not deleted.")
        )
    if "disk i/o error" in low:
        return StoreUnavailable(
            path, Sentence("the disk reports an error. Check the disk and try again.")
        )
    return StoreError(path, Sentence("SQLite says: {text}.", text=text))


def _no_room(path: Path) -> bool:
    """Whether the disk is too full for what SQLite shares between processes: it calls that an I/O error."""
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _SHARED_ROOM
    return False


def check_at_next_start(path: Path) -> None:
    """Leave a note that the file looked damaged, so that it is read through when it is next opened."""
    with suppress(OSError):
        _companion(path, _CHECK_NOTE).touch()


def prepare(path: Path, migrations: Sequence[Migration], now: TimeSource) -> OpenReport:
    """Bring the file at ``path`` to the newest version; raise StoreError where that cannot be.

    ``now`` gives seconds since the epoch, for the names of backups and of files set aside.
    """
    _make_folder(path)
    header = _read_header(path)
    newest = len(migrations)
    if header is not None and header.startswith(_MAGIC) and len(header) >= _USER_VERSION.size:
        _refuse_newer(path, _USER_VERSION.unpack_from(header)[0], newest)
    notices = []
    aside = None
    damage = "" if header is None else _damage(path, header)
    if damage:
        aside = _set_aside(path, now())
        notices.append(
            Sentence(
                "The database {path} was damaged ({damage}). It was kept as {aside}, and a new, empty "
                "one was begun: settings, queue and history start afresh.",
                path=path,
                damage=damage,
                aside=aside.name,
            )
        )
    elif header == b"":
        notices.append(Sentence("The database {path} was empty; a new one was begun.", path=path))
    old, backup = _migrate(path, migrations, now)
    with suppress(OSError):
        _companion(path, _CHECK_NOTE).unlink()
    return OpenReport(
        created=old == 0,
        migrated_from=old if 0 < old < newest else None,
        backup=backup,
        set_aside=aside,
        notices=tuple(notices),
    )


def connect(path: Path) -> sqlite3.Connection:
    """Open one connection without implicit transactions; rows are read by column name.

    A file that is new is its user's alone; SQLite makes its log and its shared memory like it.
    """
    _make_private(path)
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


FileNumber = Optional[Tuple[int, int]]
_UNKNOWN = (0, 0)
_OUR_OWN_WANT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)  # it says nothing of the file


def file_number(path: Path) -> FileNumber:
    """Return a number that tells the file at ``path`` from one that replaces it; None where there is none.

    An open file keeps its number, also on file systems that renumber files at each mount. Of Windows' numbers
    only that of the file counts: the volume's is now and then not known (seen in Wine 8 and 10).
    """
    try:
        state = path.stat()
    except OSError as error:
        return _UNKNOWN if error.errno in _OUR_OWN_WANT else None
    return (0 if sys.platform == "win32" else state.st_dev, state.st_ino)


def replaced(known: FileNumber, now: FileNumber) -> bool:
    """Whether the file with the number ``now`` is another one than that with ``known``, or is gone.

    Where Windows lets nobody open a file for a moment (a virus scanner holds it), Python tells what the
    folder says of it, without a number: a file is there, and nothing more is known.
    """
    if known is None or now is None:
        return known != now
    return 0 not in (known[1], now[1]) and known != now


def on_read_only_disk(path: Path) -> bool:
    """Whether the disk of ``path`` was mounted read-only or has turned so; not known on Windows."""
    if sys.platform == "win32":
        return False
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def problems(connection: sqlite3.Connection, *, thorough: bool = False) -> Tuple[str, ...]:
    """Return what SQLite finds wrong with the file; ``thorough`` compares indexes with tables too."""
    check = "PRAGMA integrity_check" if thorough else "PRAGMA quick_check"
    return tuple(row[0] for row in connection.execute(check) if row[0] != "ok")


def _make_private(path: Path) -> None:
    """Create the file where there is none; SQLite reports errors better than this would."""
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            path,
            Sentence(
                "its folder cannot be made ({problem}). Choose another data folder.",
                problem=system_problem(error),
            ),
        ) from error


def _read_header(path: Path) -> Optional[bytes]:
    if path.is_dir():
        raise StoreError(path, Sentence("a folder has this name. Rename the folder and try again."))
    try:
        with path.open("rb") as file:
            return file.read(100)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            path,
            Sentence(
                "it cannot be read ({problem}). Check the rights of the file.",
                problem=system_problem(error),
            ),
        ) from error


def _refuse_newer(path: Path, version: int, newest: int) -> None:
    if version > newest:
        raise StoreError(
            path,
            Sentence(
                "a newer MediaProcessor made it (version {version}, this program knows {newest}). Use "
                "the newer program or choose another data folder.",
                version=version,
                newest=newest,
            ),
        )


def _damage(path: Path, header: bytes) -> str:
    """Return what is wrong with the file, in a few words; empty when it is sound."""
    wal = _companion(path, "-wal")
    left_open = wal.exists() and wal.stat().st_size > 0
    if not header:
        # SQLite would delete the log beside an empty file, and it may hold all that is left.
        return Sentence("it is empty, its log is not") if left_open else ""
    if not header.startswith(_MAGIC) or len(header) < _USER_VERSION.size:
        return Sentence("it is not a database")
    size = path.stat().st_size
    suspected = left_open or _companion(path, _CHECK_NOTE).exists()
    if size > _ALWAYS_CHECKED and not suspected:
        page_size, pages = _PAGES.unpack_from(header)
        return (
            Sentence("its end is missing")
            if size < pages * (page_size if page_size > 1 else 65536)
            else ""
        )
    try:
        with closing(connect(path)) as connection:
            found = problems(connection)
    except sqlite3.DatabaseError as error:
        if _says_damaged(str(error).lower()):
            return str(error)
        raise store_error(path, error) from error
    return found[0].splitlines()[-1] if found else ""


def _says_damaged(low: str) -> bool:
    return "malformed" in low or "not a database" in low


def _companion(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _free_name(path: Path, what: str, at: float) -> Path:
    stamp = datetime.fromtimestamp(at, timezone.utc).strftime("%Y%m%d-%H%M%S")
    candidate = _companion(path, f".{what}-{stamp}")
    number = 2
    while candidate.exists():
        candidate = _companion(path, f".{what}-{stamp}-{number}")
        number += 1
    return candidate


def _set_aside(path: Path, at: float) -> Path:
    target = _free_name(path, "damaged", at)
    try:
        # The file itself is renamed last: after a crash half-way it is found damaged again.
        for ending in ("-wal", "-shm", ""):
            part = _companion(path, ending)
            if part.exists():
                part.rename(_companion(target, ending))
    except OSError as error:
        raise StoreError(
            path,
            Sentence(
                "it is damaged and cannot be renamed ({problem}). Move it away yourself.",
                problem=system_problem(error),
            ),
        ) from error
    return target


def _migrate(
    path: Path, migrations: Sequence[Migration], now: TimeSource
) -> Tuple[int, Optional[Path]]:
    """Apply what is missing; return the version that was found and the backup that was made."""
    try:
        with closing(connect(path)) as connection:
            found = _version(connection)
            _refuse_newer(path, found, len(migrations))
            if found == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise StoreError(
                    path,
                    Sentence(
                        "another program made this database. Move it away or choose another data "
                        "folder."
                    ),
                )
            backup = _back_up(connection, path, now()) if 0 < found < len(migrations) else None
            connection.execute("PRAGMA journal_mode = WAL")
            for number, statements in enumerate(migrations, start=1):
                _apply(connection, number, statements)
            return found, backup
    except sqlite3.Error as error:
        raise store_error(path, error) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _apply(connection: sqlite3.Connection, number: int, statements: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < number:  # another process may have done it
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _back_up(connection: sqlite3.Connection, path: Path, at: float) -> Path:
    target = _free_name(path, f"backup-v{_version(connection)}", at)
    partial = _companion(target, ".partial")
    try:
        partial.unlink(missing_ok=True)
        _make_private(partial)
        with closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
        partial.rename(target)
    except OSError as error:
        raise StoreError(
            path, Sentence("it cannot be backed up ({problem}).", problem=system_problem(error))
        ) from error
    return target
