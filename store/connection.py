"""The database: one connection per thread, one writer at a time."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from core.store_errors import StoreBusy, StoreError, StoreGone, StoreUnavailable
from core.text.sentence import Sentence, from_json, mapped, to_json
from store import opening
from store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from core.ports import TimeSource

BUSY_PATIENCE = 60.0  # seconds until a writer gives up on a lock that another process holds
CLOSE_PATIENCE = 5.0  # seconds that close() lets running work end
# Pages of the log: fewer than one in a hundred writes waits while it is taken over.
_CHECKPOINT = 4000
WAL_LIMIT = 64 * 1024 * 1024  # bytes that the write-ahead log may keep on the disk


def text_to_sql(text: str) -> Union[str, bytes]:
    """Make text fit for a column; bytes where it has parts that are not Unicode (file names)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text


def text_from_sql(value: Union[str, bytes]) -> str:
    """Return what ``text_to_sql`` stored."""
    return value if isinstance(value, str) else os.fsdecode(value)


def shown_text(text: str) -> str:
    """Make text fit for a column that is only shown: what is not Unicode is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shown_parts(text: str) -> str:
    """Return what a sentence of ``shown_text`` is made of, as JSON for a column; "" for plain text."""
    parts = to_json(mapped(text, shown_text))
    return json.dumps(parts) if parts else ""


def text_of_parts(text: str, parts: str) -> str:
    """Return the sentence that ``shown_text`` and ``shown_parts`` stored; plain text where it was that."""
    if not parts:
        return text
    try:
        return from_json(text, json.loads(parts))
    except (ValueError, RecursionError):
        return text


def path_to_sql(path: Path) -> Union[str, bytes]:
    """Make a path fit for a column; bytes where its name is not valid UTF-8."""
    return text_to_sql(str(path))


def path_from_sql(value: Union[str, bytes]) -> Path:
    """Return the path that ``path_to_sql`` stored."""
    return Path(text_from_sql(value))


class _Session:
    """One thread's connection and its open blocks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.depth = 0  # of nested blocks
        self.writing = False
        self.full_sync = False
        self.log: Optional[Tuple[int, int]] = None  # which write-ahead log it writes to


class Database:
    """One SQLite file, thread-safe.

    Opening checks the file, brings it to the newest version and says in ``report`` what the user
    should know. Raises StoreError, in a sentence, where the file cannot be used.
    """

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[opening.Migration] = MIGRATIONS,
        now: TimeSource = time.time,
    ) -> None:
        self.path = Path(path)
        self.report = opening.prepare(self.path, migrations, now)
        self._number = opening.file_number(self.path)
        self._sessions: Dict[threading.Thread, _Session] = {}
        self._guard = threading.Condition()
        self._writer = threading.Lock()
        self._closed = False

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self, *, full_sync: bool = False) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction: commit at its end, roll back on any exception.

        ``full_sync`` returns only when the disk holds it (a power cut cannot undo it). A block
        inside another of the same thread becomes part of it, and is undone alone when it fails.
        """
        with self._session() as session:
            if session.writing:
                with _nested(session, full_sync):
                    yield session.connection
                return
            if session.depth > 1:
                raise RuntimeError("a transaction cannot begin inside read()")
            with self._writing(session, full_sync):
                yield session.connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Run the block on one snapshot of the database, whatever others write meanwhile."""
        with self._session() as session:
            connection = session.connection
            if session.depth > 1:
                yield connection
                return
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.execute("PRAGMA query_only = OFF")

    def select(self, statement: str, values: Sequence[object] = ()) -> List[sqlite3.Row]:
        """Return the rows of one SELECT, which is a snapshot by itself.

        Each statement lets other threads run, who may keep this one waiting: ``read`` needs four more.
        """
        if not statement.startswith("SELECT"):
            raise RuntimeError("only a SELECT can run outside a transaction")
        with self._session() as session:
            return session.connection.execute(statement, values).fetchall()

    def demand_there(self) -> None:
        """Raise StoreGone where the open file is no longer at its path: deleted, replaced, unmounted.

        SQLite would keep writing to the deleted file without an error.
        """
        if opening.replaced(self._number, opening.file_number(self.path)):
            raise StoreGone(self.path)

    def _demand_log(self, session: _Session) -> None:
        """Raise StoreGone where the write-ahead log was deleted: its writes would be lost."""
        found = opening.file_number(self.path.with_name(f"{self.path.name}-wal"))
        if session.log is not None and opening.replaced(session.log, found):
            raise StoreGone(self.path)
        session.log = session.log or found

    def trouble(self) -> Optional[StoreError]:
        """Return why nothing can be written now; None where no reason is known."""
        if opening.replaced(self._number, opening.file_number(self.path)):
            return StoreGone(self.path)
        if opening.on_read_only_disk(self.path):
            return StoreUnavailable(
                self.path,
                Sentence("its disk is read-only now. Work waits until it can be written again."),
            )
        return None

    def problems(self) -> Tuple[str, ...]:
        """Return what a thorough check finds wrong with the file; nothing when it is sound.

        A file that is not sound is set aside when it is opened the next time.
        """
        try:
            with self.read() as connection:
                found = opening.problems(connection, thorough=True)
        except StoreError as error:
            return (error.problem,)
        if found:
            opening.check_at_next_start(self.path)
        return found

    def close(self) -> None:
        """Close every thread's connection; the file can be renamed afterwards, also on Windows."""
        with self._guard:
            self._closed = True
            if not self._guard.wait_for(self._idle, CLOSE_PATIENCE):
                for session in self._sessions.values():
                    session.connection.interrupt()
                self._guard.wait_for(self._idle, CLOSE_PATIENCE)
            for session in self._sessions.values():
                session.connection.close()
            self._sessions.clear()

    def _idle(self) -> bool:
        return not any(session.depth for session in self._sessions.values())

    @contextmanager
    def _session(self) -> Iterator[_Session]:
        session = self._enter()
        try:
            yield session
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            # Broken constraints and wrong calls are bugs, not states of the disk.
            if type(error) not in (sqlite3.OperationalError, sqlite3.DatabaseError):
                raise
            raise opening.store_error(self.path, error) from error
        finally:
            with self._guard:
                session.depth -= 1
                self._guard.notify_all()

    def _enter(self) -> _Session:
        """Return this thread's session, one level deeper."""
        thread = threading.current_thread()
        opened: Optional[_Session] = None
        while True:
            with self._guard:
                session = self._sessions.get(thread) or opened
                if self._closed and not (session and session.depth):
                    break
                if session is not None:
                    self._sessions[thread] = session
                    session.depth += 1
                    return session
                ended = [thread for thread in self._sessions if not thread.is_alive()]
                unused = [self._sessions.pop(thread) for thread in ended]
            # Not under the guard: opening takes milliseconds, and every other thread would wait for them.
            for session in unused:
                session.connection.close()
            opened = self._open()
        if opened is not None:
            opened.connection.close()
        raise StoreError(self.path, Sentence("it is closed, because the program is ending."))

    def _open(self) -> _Session:
        self.demand_there()  # else an empty file would be made
        try:
            connection = opening.connect(self.path)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        except sqlite3.Error as error:
            raise opening.store_error(self.path, error) from error
        return _Session(connection)

    @contextmanager
    def _writing(self, session: _Session, full_sync: bool) -> Iterator[None]:
        connection = session.connection
        self.demand_there()
        # Our own threads queue here, so that none of them starves while SQLite polls.
        if not self._writer.acquire(timeout=BUSY_PATIENCE):
            raise StoreBusy(self.path)
        try:
            if full_sync:
                connection.execute("PRAGMA synchronous = FULL")
            self._patiently(connection, "BEGIN IMMEDIATE")
            self._demand_log(session)
            session.writing, session.full_sync = True, full_sync
            yield
            self.demand_there()
            self._demand_log(session)
            self._patiently(connection, "COMMIT")
        finally:
            session.writing = session.full_sync = False
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if full_sync:
                connection.execute("PRAGMA synchronous = NORMAL")
            self._writer.release()

    def _patiently(self, connection: sqlite3.Connection, statement: str) -> None:
        """Execute, waiting for other processes; raise StoreBusy after BUSY_PATIENCE seconds."""
        deadline = time.monotonic() + BUSY_PATIENCE
        while True:
            try:
                connection.execute(statement)
                return
            except sqlite3.OperationalError as error:
                busy = isinstance(opening.store_error(self.path, error), StoreBusy)
                if not busy or time.monotonic() > deadline:
                    raise


@contextmanager
def _nested(session: _Session, full_sync: bool) -> Iterator[None]:
    if full_sync and not session.full_sync:
        raise RuntimeError("full_sync must be asked for by the outermost transaction")
    name = f"level_{session.depth}"
    session.connection.execute(f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        if session.connection.in_transaction:  # a full disk has rolled everything back already
            session.connection.execute(f"ROLLBACK TO {name}")
            session.connection.execute(f"RELEASE {name}")
        raise
    session.connection.execute(f"RELEASE {name}")
