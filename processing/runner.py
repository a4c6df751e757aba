"""Runs the outside programs: short questions to their end, long steps under watch."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from typing import IO, Callable, Deque, List, Optional, Sequence, Tuple, Union

from core.encoders.listed import known_program
from core.errors import ToolFailed, ToolStalled
from core.ports import Captured, Clock
from core.progress import Progress, ProgressListener, ProgressParser
from core.steps import Step
from core.tools import ToolName
from processing import process_tree
from processing.chunks.encoders_at_work import EncodersAtWork
from processing.control import JobControl
from processing.error_lines import is_error, succeeded
from processing.process_tree import SystemClock
from processing.stall import Limits, StallWatch
from processing.told_once import LineCallback, ToldOnce

TAIL_LINES = 60
# Characters; a tool that writes no line end is cut here. ffprobe shows a header in one line of JSON, four
# characters for each byte, and x265 writes all its settings into it: 10,000 (x265 4.2).
LONGEST_LINE = 64_000
_POLL_SECONDS = 0.1
# A step with an error line has failed; its tool may go on for so long to say what is wrong. A track that
# cannot be decoded complains about each of its packets, for hours and gigabytes of log.
_LAST_WORDS_SECONDS = 2.0
_LINGER_SECONDS = 5.0  # for the last output of a tool whose descendants hold its pipe open

# ``SIGPIPE``, as POSIX reports it: the victim of a pipe, not the cause of its break.
_BROKEN_PIPE = (-13, 141)


@dataclass(frozen=True)
class StepResult:
    """How one step went; ``tail`` holds the last lines of each command."""

    tail: Tuple[str, ...]
    output: Tuple[str, ...]  # the last command's stdout, when it was asked for
    seconds: float  # paused time included


@dataclass
class _Line:
    command: int
    stdout: bool
    text: str


@dataclass
class _End:
    command: int
    stdout: bool


_Item = Union[_Line, _End]
# An error line, and where the step is: whether it is none after all.
Forgives = Callable[[str, Optional[Progress]], bool]


class ProcessRunner:
    """Starts programs from argv lists; never a shell, never a window, nothing left behind.

    ``run_id`` marks every child, so that a later start can find what a crash left running. ``encoders``
    counts those of films in chunks, for all that share the runner.
    """

    def __init__(self, clock: Optional[Clock] = None, *, low_priority: bool = True) -> None:
        self.run_id = os.urandom(16).hex()
        self.low_priority = low_priority
        self._clock: Clock = clock or SystemClock()
        self._mine = threading.local()
        self.encoders = EncodersAtWork()

    @property
    def processes_here(self) -> Tuple[subprocess.Popen[bytes], ...]:
        """The commands of the step that the calling thread runs: what a callback of that step may ask."""
        return tuple(getattr(self._mine, "processes", ()))

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        """Run and return the whole output, decoded as UTF-8 with replacement.

        Raises ToolNotFound when the program cannot be started and ToolStalled when ``timeout``
        seconds pass; the process tree is gone in both cases.
        """
        process = process_tree.spawn(argv, run_id=self.run_id)
        try:
            stdout, stderr = self._both_streams(process, timeout)
        except subprocess.TimeoutExpired:
            process_tree.kill([process], self.run_id)
            raise ToolStalled(argv[0], timeout) from None
        except BaseException:
            process_tree.kill([process], self.run_id)
            raise
        finally:
            _close(process)
        return Captured(process.returncode, _decode(stdout), _decode(stderr))

    def _both_streams(
        self, process: subprocess.Popen[bytes], timeout: float
    ) -> Tuple[bytes, bytes]:
        """Read to the program's end, which is not always that of its pipes: its children may hold them."""
        deadline = self._clock.monotonic() + timeout
        while True:
            left = deadline - self._clock.monotonic()
            try:
                return process.communicate(timeout=max(0.0, min(left, _LINGER_SECONDS)))
            except subprocess.TimeoutExpired:
                if process.poll() is None and left > _LINGER_SECONDS:
                    continue
                if process.poll() is None:
                    raise
                process_tree.kill([process], self.run_id)
                return process.communicate(timeout=_LINGER_SECONDS)

    def run_step(
        self,
        step: Step,
        *,
        control: JobControl,
        limits: Limits,
        parser: Optional[ProgressParser] = None,
        on_progress: Optional[ProgressListener] = None,
        on_line: Optional[LineCallback] = None,
        keep_output: bool = False,
        forgives: Optional[Forgives] = None,
    ) -> StepResult:
        """Run the step's commands, piped into each other, to their end.

        ``parser`` reads the first command's progress. What a callback raises ends the step. All
        callbacks come on the calling thread; ``keep_output`` returns the last command's stdout; ``forgives``
        is asked about each error line.

        Raises ToolFailed on a bad exit code or an error line of any of the commands, ToolStalled,
        JobCancelled and ToolNotFound; whatever happens, the whole process tree is gone afterwards.
        """
        control.check()
        run = _StepRun(
            self, step, control, limits, parser, on_progress, on_line, keep_output, forgives
        )
        self._mine.processes = run.processes
        try:
            return run.to_its_end(self._clock)
        finally:
            self._mine.processes = ()


class _StepRun:
    """One step while it runs."""

    def __init__(
        self,
        runner: ProcessRunner,
        step: Step,
        control: JobControl,
        limits: Limits,
        parser: Optional[ProgressParser],
        on_progress: Optional[ProgressListener],
        on_line: Optional[LineCallback],
        keep_output: bool,
        forgives: Optional[Forgives],
    ) -> None:
        self._runner = runner
        self._step = step
        self._control = control
        self._limits = limits
        self._parser = parser
        self._on_progress = on_progress
        self._told = ToldOnce(on_line)
        self._items: queue.Queue[_Item] = queue.Queue(maxsize=10000)
        self.processes: List[subprocess.Popen[bytes]] = []
        self._open_pipes = 0
        self._tails: List[Deque[str]] = [deque(maxlen=TAIL_LINES) for _ in step.commands]
        self._errors: List[Tuple[int, str]] = []
        self._output: Optional[List[str]] = [] if keep_output else None
        self._last: Optional[Progress] = None
        self._forgives = forgives

    def to_its_end(self, clock: Clock) -> StepResult:
        began = clock.monotonic()
        try:
            self._start()
            self._attend(clock)
        except BaseException:
            process_tree.kill(self.processes, self._runner.run_id)
            raise
        finally:
            self._drain()
            self._told.end()
        self._judge()
        return StepResult(
            tuple(line for tail in self._tails for line in tail),
            tuple(self._output or ()),
            clock.monotonic() - began,
        )

    def _start(self) -> None:
        upstream: Optional[IO[bytes]] = None
        for number, command in enumerate(self._step.commands):
            process = process_tree.spawn(
                command.argv,
                run_id=self._runner.run_id,
                low_priority=self._runner.low_priority,
                stdin=upstream,
            )
            self.processes.append(process)
            if upstream is not None:
                upstream.close()  # else the first tool never notices that the second is gone
            last = number == len(self._step.commands) - 1
            upstream = None if last else process.stdout
            self._read(process.stderr, number, stdout=False)
            if last:
                self._read(process.stdout, number, stdout=True)

    def _read(self, pipe: Optional[IO[bytes]], command: int, *, stdout: bool) -> None:
        if pipe is None:
            return
        self._open_pipes += 1
        threading.Thread(
            target=_read_lines,
            args=(pipe, command, stdout, self._items),
            name="tool-output",
            daemon=True,
        ).start()

    def _attend(self, clock: Clock) -> None:
        watch = StallWatch(self._limits, clock.monotonic())
        held = False
        ended: Optional[float] = None
        failed: Optional[float] = None
        while self._open_pipes or self._alive():
            self._take_lines(watch, clock)
            if self._errors:
                failed = clock.monotonic() if failed is None else failed
                if clock.monotonic() - failed > _LAST_WORDS_SECONDS:
                    raise self._failure(self._errors[0][0], 0)
            if self._control.cancelled:
                self._control.check()
            if self._control.paused != held:
                held = self._control.paused
                change = process_tree.suspend if held else process_tree.resume
                change(self.processes)
                (watch.pause if held else watch.resume)(clock.monotonic())
            patience = watch.stalled(clock.monotonic())
            if patience is not None:
                raise ToolStalled(self._step.commands[0].tool.value, patience)
            if not self._alive():
                ended = clock.monotonic() if ended is None else ended
                if clock.monotonic() - ended > _LINGER_SECONDS:
                    process_tree.kill(self.processes, self._runner.run_id)
                    break

    def _drain(self) -> None:
        """Let the reading threads come to their end; they close the pipes."""
        while self._open_pipes:
            try:
                item = self._items.get(timeout=_LINGER_SECONDS)
            except queue.Empty:
                return
            if isinstance(item, _End):
                self._open_pipes -= 1

    def _alive(self) -> bool:
        return any(process.poll() is None for process in self.processes)

    def _take_lines(self, watch: StallWatch, clock: Clock) -> None:
        """Wait a moment for output and take in all that has come."""
        block = True
        for _ in range(1000):
            try:
                item = self._items.get(timeout=_POLL_SECONDS if block else 0.0)
            except queue.Empty:
                return
            block = False
            if isinstance(item, _End):
                self._open_pipes -= 1
            else:
                self._take_line(item)
            self._look_at_progress(watch, clock)

    def _take_line(self, line: _Line) -> None:
        tool = self._step.commands[line.command].tool
        progress = self._is_progress(line, tool)
        if progress and self._parser is not None and line.command == 0:
            self._parser.feed(line.text + "\n")
        if self._output is not None and line.stdout:
            self._output.append(line.text)
            return
        complaint = is_error(tool, line.text, stdout=line.stdout)
        if complaint and not self._forgiven(line.text):
            if len(self._errors) == TAIL_LINES:
                return  # no one reads more of them
            self._errors.append((line.command, line.text))
        elif progress and known_program(tool).is_counter(line.text):
            return  # the bar's own updates are no news for a log
        if line.text.strip():
            self._tails[line.command].append(line.text)
            (self._told.complain if complaint else self._told.tell)(tool, line.text)

    def _forgiven(self, line: str) -> bool:
        return self._forgives is not None and self._forgives(line, self._last)

    @staticmethod
    def _is_progress(line: _Line, tool: ToolName) -> bool:
        return line.stdout is not known_program(tool).progress_on_stderr

    def _look_at_progress(self, watch: StallWatch, clock: Clock) -> None:
        if self._parser is None:
            return
        progress = self._parser.latest(self._step.name.value)
        if progress is None or progress == self._last:
            return
        self._last = progress
        watch.update(progress, clock.monotonic())
        if self._on_progress is not None:
            self._on_progress(progress)

    def _judge(self) -> None:
        """Blame the command that failed first: not the one whose pipe broke because of it."""
        bad = [
            (number, process.returncode)
            for number, process in enumerate(self.processes)
            if not succeeded(self._step.commands[number].tool, process.returncode)
        ]
        causes = [ended for ended in bad if ended[1] not in _BROKEN_PIPE] or bad
        if causes:
            number, returncode = causes[0]
        elif self._errors:
            number, returncode = self._errors[0][0], self.processes[self._errors[0][0]].returncode
        else:
            return
        raise self._failure(number, returncode)

    def _failure(self, number: int, returncode: int) -> ToolFailed:
        lines = [text for command, text in self._errors if command == number]
        # The first error is the cause; what follows are its consequences.
        tail = [*self._tails[number], *lines[:1]]
        return ToolFailed(self._step.commands[number].tool.value, returncode, tail)


def _read_lines(pipe: IO[bytes], command: int, stdout: bool, items: queue.Queue[_Item]) -> None:
    """Cut a pipe into lines at CR, LF and both; runs on a thread of its own until the pipe ends."""
    pending = b""
    try:
        while True:
            piece = pipe.read1(65536)  # type: ignore[attr-defined]
            if not piece:
                break
            text = (pending + piece).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            *lines, pending = text.split(b"\n")
            for line in lines:
                items.put(_Line(command, stdout, _decode(line[:LONGEST_LINE])))
            pending = pending[:LONGEST_LINE]
        if pending:
            items.put(_Line(command, stdout, _decode(pending)))
    except (OSError, ValueError):
        pass  # closed from our side: the step is over
    finally:
        pipe.close()
        items.put(_End(command, stdout))


def _decode(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
