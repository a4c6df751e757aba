"""The pool of MediaInfo child processes.

Children start when they are needed and end when idle for a while. One that takes too long for a film, or
crashes, is replaced; other films do not wait for it.
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
import uuid
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Set

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
_RUN_ID = uuid.uuid4().hex  # never looked for at a later start: the children end with this process
_ATTEMPTS = 2  # a child that was killed from outside says nothing about the film


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
        self._changed = threading.Condition()
        self._busy: Dict[_Child, float] = {}  # since when, by ``time.monotonic()``
        self._free: List[_Child] = []  # the most recently used is last
        self._retired: Optional[threading.Thread] = None

    def line(self, path: Path, template: str) -> str:
        """Return MediaInfo's answer about a film by a template; raises as ``tracks``."""
        return str(self._ask(path, {"path": str(path.absolute()), "template": template})["line"])

    def tracks(self, path: Path) -> List[Dict[str, object]]:
        """Return MediaInfo's report of a film, one dictionary per track.

        Raises ProbeError where it is not a film or MediaInfo does not finish with it, FileUnavailable
        where it cannot be read.
        """
        tracks: List[Dict[str, object]] = self._ask(path, {"path": str(path.absolute())})["tracks"]
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

    def _ask(self, path: Path, question: Message) -> Message:
        request = packed(question)
        for _ in range(_ATTEMPTS):
            child = self._take(path)
            answer: Optional[Message] = None
            try:
                answer = child.ask(request, self._limit)
            except _TakesTooLong as error:
                raise self._held_up(path, error) from None
            finally:
                self._give_back(child, whole=answer is not None)
            if answer is not None:
                return _checked(path, answer)
            if child.ended_by_us:
                raise _ending(path)
        raise ProbeError(path, Sentence("MediaInfo crashed when it read this file."))

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
                child.free_since = time.monotonic()
                self._free.append(child)
                self._begin_to_retire()
            else:
                child.end()
            self._changed.notify()

    def _begin_to_retire(self) -> None:
        """Start the thread that ends idle children; the lock is held."""
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
    """A child has not answered in time; for ``computed`` seconds of it, it did not wait for a disk."""

    def __init__(self, computed: float) -> None:
        self.computed = computed
        super().__init__(computed)


class _Child:
    """One process; used by one thread at a time."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._answers: queue.SimpleQueue[Optional[Message]] = queue.SimpleQueue()
        self.free_since = 0.0
        self.ended_by_us = False

    @property
    def pid(self) -> int:
        """Return the process id; 0 before the start."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
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
        try:
            ready = self._answers.get(timeout=_START_SECONDS)
        except queue.Empty:
            ready = {
                "broken": Sentence(
                    "it took longer than {start_seconds} s", start_seconds=round(_START_SECONDS)
                )
            }
        if ready is None or "broken" in ready:
            problem = str(ready["broken"]) if ready else Sentence("its process ended at once")
            raise ToolNotFound(
                "MediaInfo", Sentence("It could not be started ({problem}).", problem=problem)
            )

    def ask(self, request: bytes, limit: float) -> Optional[Message]:
        """Return the answer; None when the process has died. Raises _TakesTooLong after ``limit`` seconds."""
        if not self._say(request):
            return None
        try:
            return self._answers.get(timeout=limit)
        except queue.Empty:
            raise _TakesTooLong(self._computed()) from None

    def _say(self, frame: bytes) -> bool:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frame)
            self._process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def _computed(self) -> float:
        """Return how many seconds it has computed for its film, without those in which it waited."""
        answer: Optional[Message] = None
        if self._say(packed(HOW_LONG)):
            with contextlib.suppress(queue.Empty):
                answer = self._answers.get(timeout=_SLOW)
        return float(answer.get("computed", 0.0)) if answer else 0.0

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


def _read(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[Optional[Message]]) -> None:
    """Pass on a child's messages until it ends; runs in its own thread."""
    pipe = process.stdout
    assert pipe is not None
    with contextlib.suppress(OSError, ValueError):
        while True:
            message = next_message(pipe.read)
            if message is None:
                break
            answers.put(message)
    answers.put(None)
    process.wait()
    for end in (process.stdin, process.stdout):
        if end is not None:
            with contextlib.suppress(OSError):
                end.close()


def _ending(path: Path) -> FileUnavailable:
    return FileUnavailable(path, Sentence("it was not analysed: the program is closing."))


def _checked(path: Path, answer: Message) -> Message:
    if "refused" in answer:
        raise ProbeError(path, from_json(str(answer["refused"]), answer.get("parts")))
    if "trouble" in answer:
        raise FileUnavailable(
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
