"""Child processes with all that they start: begun quietly, held still, ended as a whole."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Iterator, List, Mapping, Optional, Sequence, Set, Union

import psutil

from core.errors import ToolFailed, ToolNotFound
from core.system_errors import is_too_long, system_problem
from core.text.sentence import N_, Sentence

# Every child carries the id of the run that started it. After a crash the next start finds the
# encoders that were left behind by it, whenever the crash came and whatever pids were used again.
RUN_VARIABLE = "MEDIAPROCESSOR_RUN"
_DEATH_SECONDS = 10.0
_TOO_LONG = N_(
    "its command would have {number} characters, more than this system takes. The film has too many "
    "attached files, or names that are too long; take some out and try again."
)

if sys.platform == "win32":
    from processing import windows_job

    # Without CREATE_NO_WINDOW a windowed program's child opens a visible console.
    _QUIET = subprocess.CREATE_NO_WINDOW | windows_job.CREATE_SUSPENDED
    _LOW_PRIORITY = int(psutil.BELOW_NORMAL_PRIORITY_CLASS)
else:
    _QUIET = 0
    _LOW_PRIORITY = 10  # nice: behind everything that the user does, ahead of idle work


def spawn(
    argv: Sequence[str],
    *,
    run_id: str,
    low_priority: bool = False,
    stdin: Union[int, IO[bytes], None] = None,
    stderr: Union[int, IO[bytes]] = subprocess.PIPE,
    environment: Optional[Mapping[str, str]] = None,
) -> subprocess.Popen[bytes]:
    """Start a program without a shell, window or keyboard; its stdout is a pipe.

    ``environment`` is what its environment has beside ours.

    On Windows it ends with us, and what it started ends with it at the latest when the returned
    object is gone.

    Raises ToolNotFound when the system cannot start it, ToolFailed where the command is too long for it.
    """
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **(environment or {}), RUN_VARIABLE: run_id},
            start_new_session=True,
            creationflags=_QUIET,
        )
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and is_too_long(error):
            length = sum(len(word) + 1 for word in argv)
            raise ToolFailed(Path(argv[0]).name, 0, [Sentence(_TOO_LONG, number=length)]) from error
        problem = system_problem(error)
        raise ToolNotFound(
            argv[0],
            Sentence(
                "It could not be started ({problem}). Install it or set its path.", problem=problem
            ),
        ) from error
    if sys.platform == "win32":
        windows_job.take_in_and_start(process)
    if low_priority:
        with contextlib.suppress(psutil.Error, OSError):
            psutil.Process(process.pid).nice(_LOW_PRIORITY)
    return process


def _family(process: subprocess.Popen[bytes]) -> List[psutil.Process]:
    """Return the child and its descendants, parents first."""
    try:
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def suspend(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Hold the whole trees still; they keep their memory and files.

    What is begun while the others are being held is looked for until there is no more of it.
    """
    for process in processes:
        held: Set[int] = set()
        while process.poll() is None:
            moving = [member for member in _family(process) if member.pid not in held]
            if not moving:
                break
            for member in moving:
                held.add(member.pid)
                with contextlib.suppress(psutil.Error):
                    member.suspend()


def resume(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Let suspended trees go on."""
    for process in processes:
        if process.poll() is None:
            for member in reversed(_family(process)):
                with contextlib.suppress(psutil.Error):
                    member.resume()


def kill(processes: Sequence[subprocess.Popen[bytes]], run_id: str) -> None:
    """End the trees at once, descendants included, and wait until they are gone.

    A descendant whose parent has already ended is found by the session that it shares with the
    child on POSIX, and by the child's job or the run's id on Windows.
    """
    families = [member for process in processes for member in _family(process)]
    for member in families:
        with contextlib.suppress(psutil.Error):
            member.kill()
    if sys.platform == "win32":
        unended = [process for process in processes if not windows_job.end(process)]
        if unended:
            for orphan in [
                process for process in of_run(run_id) if not _has_living_parent(process)
            ]:
                with contextlib.suppress(psutil.Error):
                    orphan.kill()
    else:
        _kill_sessions({process.pid for process in processes})
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_DEATH_SECONDS)
    psutil.wait_procs(families, timeout=_DEATH_SECONDS)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child without waiting until it is gone: what hangs at a dead share is not gone at once."""
    if sys.platform == "win32" and windows_job.end(process):
        return
    with contextlib.suppress(OSError):
        process.kill()


def _has_living_parent(process: psutil.Process) -> bool:
    try:
        return process.parent() is not None
    except psutil.Error:
        return True


def _kill_sessions(leaders: set[int]) -> None:
    if sys.platform == "win32":
        return
    for pid in psutil.pids():
        try:
            if os.getsid(pid) in leaders:
                psutil.Process(pid).kill()
        except (OSError, psutil.Error):
            continue


def of_run(run_id: str) -> Iterator[psutil.Process]:
    """Yield the living children of one run of this program, by the mark that they inherited."""
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(RUN_VARIABLE) == run_id and process.is_running():
                yield process


def kill_leftovers(run_id: str) -> int:
    """End what a dead run of this program left running; return how many processes that were."""
    leftovers = list(of_run(run_id))
    for process in leftovers:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(leftovers, timeout=_DEATH_SECONDS)
    return len(leftovers)


def is_running(pid: int, started: float) -> bool:
    """Whether the very process that had this pid and start time is still alive."""
    try:
        return abs(psutil.Process(pid).create_time() - started) < 1.0
    except psutil.Error:
        return False


def start_time(pid: int) -> float:
    """When a process was started, in seconds since the epoch."""
    return float(psutil.Process(pid).create_time())


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since some moment, never going back."""
        return time.monotonic()
