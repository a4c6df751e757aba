"""The pool of MediaInfo child processes.

Children start when they are needed and end when idle for a while. One that takes too long for a film, or
crashes, is replaced; other films do not wait for it. Many films are asked about some at a time: a message for
each would take as long as MediaInfo itself.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Set, Union

from core.errors import FileUnavailable, ProbeError, ToolNotFound
from core.text.sentence import Sentence, from_json
from mediainfo.frames import CHILD, HOW_LONG, Message, next_message, packed
from processing import libraries, process_tree

# Seconds per film: a disk may have to wake up, a share may be slow. MediaInfo itself needs milliseconds.
LIMIT = 60.0
# Seconds of idling after which the children end: until then the next film needs no start.
_IDLE = 20.0
# A child that takes this many seconds for a film is stuck with a slow disk; another may take its place.
_SLOW = 1.0
# Of its time: a child that waits for a disk uses hardly any CPU, one that computes shares the machine.
_COMPUTING = 0.03
_MOST = 16  # children at once, including those with slow disks
_START_SECONDS = 60.0  # on a busy machine, with a virus scanner
_END_SECONDS = 2.0
# Never looked for at a later start: the children end with this process.
_RUN_ID = os.urandom(16).hex()
_ATTEMPTS = 2  # a child that was killed from outside says nothing about the film
_TURN = 0.1  # seconds that a child is to be asked for at once, by what the last films took
_MOST_FILMS = 32  # at once
_DEAD: Message = {"dead": True}  # the last message of a child

Answer = Union[Message, ProbeError]


def child_argv() -> List[str]:
    """Return the command that starts a child: this program, packaged or not."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD]
    return [sys.executable, str(Path(__file__).resolve().parent.parent / "main.py"), CHILD]


class MediaInfoPool:
    """Asks children about films; thread-safe.

    ``argv`` starts one, ``limit`` is how many seconds a film may take, ``idle`` how many a child waits
    for the next one.
    """

    def __init__(
        self, argv: Optional[Sequence[str]] = None, *, limit: float = LIMIT, idle: float = _IDLE
    ) -> None:
        self._argv = tuple(argv or child_argv())
        self._limit = limit
        self._idle_seconds = idle
        self._usual = os.cpu_count() or 1
        self._at_once = 1  # films that a child is asked about
        self._changed = threading.Condition()
        self._busy: Dict[_Child, float] = {}  # since when, by ``time.monotonic()``
        self._free: List[_Child] = []  # the most recently used is last
        self._retired: Optional[threading.Thread] = None

    def begin(self) -> None:
        """Start a child for a question that will come soon, without waiting; trouble is told by that one."""
        child = _Child(self._argv)
        with self._changed, contextlib.suppress(ToolNotFound):
            if not self._free and not self._busy:
                child.begin()
                self._keep(child)

    def line(self, path: Path, template: str) -> str:
        """Return MediaInfo's answer about a film by a template; raises as ``tracks``."""
        return str(self._one(path, template)["line"])

    def lines(self, paths: Sequence[Path], template: str) -> Iterator[Union[str, ProbeError]]:
        """Yield MediaInfo's answers about films by a template, or what ``line`` would raise."""
        done, alone = 0, False
        while done < len(paths):
            asked = paths[done : done + (1 if alone else self._at_once)]
            answers = self._ask(asked, template)
            # One of them is trouble: which, shows when each has a child for itself.
            alone = alone or len(answers) < len(asked)
            done += len(answers)
            for answer in answers:
                yield answer if isinstance(answer, ProbeError) else str(answer["line"])

    def tracks(self, path: Path) -> List[Dict[str, object]]:
        """Return MediaInfo's report of a film, one dictionary per track.

        Raises ProbeError where it is not a film or MediaInfo does not finish with it, FileUnavailable
        where it cannot be read.
        """
        tracks: List[Dict[str, object]] = self._one(path)["tracks"]
        return tracks

    def pids(self) -> Set[int]:
        """Return the children's process ids."""
        with self._changed:
            return {child.pid for child in (*self._free, *self._busy)}

    def close(self) -> None:
        """End all children, also busy ones; the next question starts new ones."""
        with self._changed:
            children = [*self._free, *self._busy]
            self._free.clear()
            for child in children:
                child.end(by_us=True)
            self._changed.notify_all()
        deadline = time.monotonic() + _END_SECONDS
        for child in children:
            child.wait(deadline - time.monotonic())

    def _one(self, path: Path, template: Optional[str] = None) -> Message:
        (answer,) = self._ask((path,), template)
        if isinstance(answer, ProbeError):
            raise answer
        return answer

    def _ask(self, paths: Sequence[Path], template: Optional[str]) -> List[Answer]:
        """Ask a child about films; return its answers about the first of them, one at least."""
        for _ in range(_ATTEMPTS):
            try:
                child = self._take(paths[0])
            except FileUnavailable as error:
                return [error]
            began, found, late = time.monotonic(), [], None
            try:
                found = child.ask(_question(paths, template), len(paths), self._limit)
            except _TakesTooLong as error:
                found, late = error.found, error
            finally:
                self._give_back(child, whole=len(found) == len(paths))
            answers: List[Answer] = [_checked(path, answer) for path, answer in zip(paths, found)]
            if late is not None:
                answers.append(self._held_up(paths[len(found)], late))
            if answers:
                self._pace(len(answers), time.monotonic() - began)
                return answers
            if child.ended_by_us:
                return [_ending(paths[0])]
            paths = paths[:1]
        return [ProbeError(paths[0], Sentence("MediaInfo crashed when it read this file."))]

    def _pace(self, films: int, seconds: float) -> None:
        """Learn from what some films took how many are to be asked about at once."""
        wanted = int(_TURN * films / max(seconds, _TURN / _MOST_FILMS))
        self._at_once = max(1, min(wanted, 2 * self._at_once, _MOST_FILMS))

    def _held_up(self, path: Path, error: _TakesTooLong) -> ProbeError:
        if error.computed > self._limit * _COMPUTING:
            return ProbeError(
                path,
                Sentence("MediaInfo did not finish within {limit} s.", limit=round(self._limit)),
            )
        return FileUnavailable(
            path,
            Sentence(
                "could not be read within {limit} s: its disk or share does not answer.",
                limit=round(self._limit),
            ),
        )

    def _take(self, path: Path) -> _Child:
        """Return a free child, or a new one."""
        with self._changed:
            while True:
                child = self._living()
                if child is not None:
                    break
                now = time.monotonic()
                at_work = sum(now - since < _SLOW for since in self._busy.values())
                if at_work < self._usual and len(self._busy) < _MOST:
                    child = _Child(self._argv)
                    break
                self._changed.wait(_SLOW)
            self._busy[child] = time.monotonic()
        try:
            child.start()
        except ToolNotFound as error:
            self._give_back(child, whole=False)
            if child.ended_by_us:
                raise _ending(path) from error
            raise FileUnavailable(
                path, Sentence("it cannot be analysed. {problem}", problem=error)
            ) from error
        except BaseException:
            self._give_back(child, whole=False)
            raise
        return child

    def _living(self) -> Optional[_Child]:
        """Return a free child that is still alive; the lock is held."""
        while self._free:
            child = self._free.pop()
            if child.alive:
                return child
        return None

    def _give_back(self, child: _Child, *, whole: bool) -> None:
        """Return a child to the pool; one that did not answer is ended."""
        with self._changed:
            del self._busy[child]
            if whole and not child.ended_by_us:
                self._keep(child)
            else:
                child.end()
            self._changed.notify()

    def _keep(self, child: _Child) -> None:
        """Keep a child for the next question, and a thread that ends idle ones; the lock is held."""
        child.free_since = time.monotonic()
        self._free.append(child)
        if self._retired is None or not self._retired.is_alive():
            self._retired = threading.Thread(
                target=self._retire, name="mediainfo-idle", daemon=True
            )
            self._retired.start()

    def _retire(self) -> None:
        """End idle children until none is left."""
        while True:
            time.sleep(self._idle_seconds / 2)
            with self._changed:
                before = time.monotonic() - self._idle_seconds
                for child in [idle for idle in self._free if idle.free_since <= before]:
                    self._free.remove(child)
                    child.end()
                if not self._free and not self._busy:
                    self._retired = None
                    return


class _TakesTooLong(Exception):
    """A child has not answered about a film in time; ``found`` are its answers about those before.

    For ``computed`` seconds of it, it did not wait for a disk.
    """

    def __init__(self, found: List[Message], computed: float) -> None:
        self.found = found
        self.computed = computed
        super().__init__(computed)


class _Child:
    """One process; used by one thread at a time."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._ready = False
        self.free_since = 0.0
        self.ended_by_us = False

    @property
    def pid(self) -> int:
        """Return the process id; 0 before the start."""
        return self._process.pid if self._process is not None else 0

    def begin(self) -> None:
        """Start the process, unless it runs; raises ToolNotFound."""
        if self._process is not None:
            return
        self._process = process_tree.spawn(
            self._argv,
            run_id=_RUN_ID,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            environment=libraries.for_own_children(),
        )
        assert self._process.stdout is not None
        threading.Thread(
            target=_read, args=(self._process, self._answers), name="mediainfo-answers", daemon=True
        ).start()

    def start(self) -> None:
        """Start the process, unless it runs, and wait until it can be asked; raises ToolNotFound."""
        if self._ready:
            return
        self.begin()
        ready = self._next(_START_SECONDS) or {
            "broken": Sentence(
                "it took longer than {start_seconds} s", start_seconds=round(_START_SECONDS)
            )
        }
        if ready is _DEAD or "broken" in ready:
            problem = ready.get("broken", Sentence("its process ended at once"))
            raise ToolNotFound(
                "MediaInfo", Sentence("It could not be started ({problem}).", problem=problem)
            )
        self._ready = True

    def ask(self, request: bytes, films: int, limit: float) -> List[Message]:
        """Return the answers about so many films; fewer where the process has died.

        Raises _TakesTooLong where one film has taken ``limit`` seconds.
        """
        found: List[Message] = []
        left = limit if self._say(request) else 0.0
        while left > 0 and len(found) < films:
            message = self._next(left) or self._progress()
            if message is _DEAD:
                break
            if message is None:  # it does not even say how far it is
                raise _TakesTooLong(found, 0.0)
            found += message["answers"]
            left = limit - message.get("passed", 0.0)
            if left <= 0 and len(found) < films:
                raise _TakesTooLong(found, message["computed"])
        return found

    def _progress(self) -> Optional[Message]:
        """Ask how far it is; None where it does not answer."""
        return self._next(_SLOW) if self._say(packed(HOW_LONG)) else _DEAD

    def _next(self, seconds: float) -> Optional[Message]:
        """Return its next message, ``_DEAD`` where it has ended; None after so many seconds."""
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def _say(self, frame: bytes) -> bool:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frame)
            self._process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds: float) -> None:
        """Wait until it has ended."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, seconds))

    def end(self, *, by_us: bool = False) -> None:
        """Kill the process without waiting: one that hangs at a dead share cannot end at once."""
        self.ended_by_us = self.ended_by_us or by_us
        if self._process is not None:
            process_tree.end(self._process)


def _read(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[Message]) -> None:
    """Pass on a child's messages until it ends; runs in its own thread."""
    pipe = process.stdout
    assert pipe is not None
    with contextlib.suppress(OSError, ValueError):
        while True:
            message = next_message(pipe.read)
            if message is None:
                break
            answers.put(message)
    answers.put(_DEAD)
    process.wait()
    for end in (process.stdin, process.stdout):
        if end is not None:
            with contextlib.suppress(OSError):
                end.close()


def _ending(path: Path) -> FileUnavailable:
    return FileUnavailable(path, Sentence("it was not analysed: the program is closing."))


def _question(paths: Sequence[Path], template: Optional[str]) -> bytes:
    question: Message = {"films": [str(path.absolute()) for path in paths]}
    if template is not None:
        question["template"] = template
    return packed(question)


def _checked(path: Path, answer: Message) -> Answer:
    """The answer, or the error that it tells of."""
    if "refused" in answer:
        return ProbeError(path, from_json(str(answer["refused"]), answer.get("parts")))
    if "trouble" in answer:
        return FileUnavailable(
            path,
            Sentence(
                "it cannot be read: {problem}.",
                problem=from_json(str(answer["trouble"]), answer.get("parts")),
            ),
        )
    return answer


# Children cost a start and some memory, so all analyzers of a process share them.
SHARED = MediaInfoPool()
atexit.register(SHARED.close)
