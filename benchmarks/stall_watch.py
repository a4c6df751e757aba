"""What the window waited for: the stacks of all threads in the moments when its event loop was late.

``python -m benchmarks.stall_watch DATA_DIR`` opens the program's window on a data folder and prints, when it
is closed, which functions ran while the loop stood still, the longest first; ``benchmarks.window --stalls``
does so for what it measures. A timer of Tk writes down the time every few milliseconds, and a thread looks at
that: where it is older than ``LATE``, it notes what every thread is at (``sys._current_frames``) until the
loop turns again.

A thread that only waits says nothing: where the system tells each thread's processor time (not on Windows),
those that used none since the last turn are left out. What holds the interpreter's lock in C keeps the
watching thread out as well, and is seen in the line that called it, right afterwards.
"""

from __future__ import annotations

import argparse
import logging
import sys
import threading
import time
import tkinter as tk
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Dict, List, Optional, Tuple

LATE = 0.016  # seconds: a picture of a screen of 60 Hz
BEAT = 4  # milliseconds between two turns that are awaited
LOOK_EVERY = 0.004  # seconds
MOST_STACKS = 2000  # that are told apart; the rest is added up
DEEPEST = 40  # functions of a stack that are looked at
SHOWN = 6  # of ours, the innermost
_HERE = str(Path(__file__).resolve().parent.parent)
_OTHERS = ("(others)",)

Stack = Tuple[str, ...]  # the thread, and functions of ours, the innermost last


@dataclass
class Stalls:
    """How long the loop was late, and how much of that each stack was seen for; in seconds."""

    lengths: List[float] = field(default_factory=list)
    by_stack: Counter[Stack] = field(default_factory=Counter)

    def note(self, seen: Counter[Stack], seconds: float) -> None:
        """Add a stall of so many seconds, in which each stack was seen so often."""
        self.lengths.append(seconds)
        looks = max(seen.values(), default=1)
        for stack, times in seen.items():
            known = stack in self.by_stack or len(self.by_stack) < MOST_STACKS
            self.by_stack[stack if known else _OTHERS] += seconds * times / looks  # type: ignore[assignment]

    def report(self, lines: int = 25) -> str:
        """The stacks that the loop waited for, the longest first."""
        longest = max(self.lengths, default=0.0) * 1000
        head = (
            f"{len(self.lengths)} stalls over {LATE * 1000:.0f} ms, the longest of {longest:.0f} ms, "
            f"{sum(self.lengths):.2f} s together"
        )
        told = [
            f"{seconds * 1000:8.0f} ms  {stack[0]:<22} {' > '.join(stack[1:])}"
            for stack, seconds in self.by_stack.most_common(lines)
        ]
        return "\n".join([head, *told])


class StallWatch:
    """Watches the event loop of ``root`` from ``start`` to ``stop``; both are called in Tk's thread."""

    def __init__(self, root: tk.Misc) -> None:
        self.stalls = Stalls()
        self._root = root
        self._tk = threading.get_ident()
        self._turned = time.perf_counter()
        self._timer = ""
        self._ended = threading.Event()
        self._used: Dict[int, float] = {}  # the processor's time of each thread at the last turn
        self._thread = threading.Thread(target=self._watch, name="stall-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._turn()
        self._thread.start()

    def stop(self) -> Stalls:
        """Watch no more; return what was seen."""
        self._root.after_cancel(self._timer)
        self._ended.set()
        self._thread.join()
        return self.stalls

    def _turn(self) -> None:
        self._turned = time.perf_counter()
        self._timer = self._root.after(BEAT, self._turn)

    def _watch(self) -> None:
        me = threading.get_ident()
        turned = self._turned
        seen: Counter[Stack] = Counter()
        while not self._ended.wait(LOOK_EVERY):
            if self._turned != turned:
                late = self._turned - turned - BEAT / 1000
                if seen or late > LATE:
                    self.stalls.note(seen or self._stacks(me), late)
                turned, seen = self._turned, Counter()
                self._used = _processor_times()
            elif time.perf_counter() - turned - BEAT / 1000 > LATE:
                seen.update(self._stacks(me))

    def _stacks(self, me: int) -> Counter[Stack]:
        now = _processor_times()
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        found: Counter[Stack] = Counter()
        for ident, frame in sys._current_frames().items():  # noqa: SLF001 - the only way to see them
            used = now.get(ident, 0.0)
            busy = not now or used > self._used.setdefault(ident, used)  # a new one: from now on
            if ident != me and (busy or ident == self._tk):
                name = "Tk" if ident == self._tk else names.get(ident, str(ident))
                stack = (name, *functions(frame))
                found[stack] += 1
        return found


def _processor_times() -> Dict[int, float]:
    """Each thread's processor time in seconds; empty where the system does not tell."""
    clock_of = getattr(time, "pthread_getcpuclockid", None)
    found: Dict[int, float] = {}
    if clock_of is not None:
        for thread in threading.enumerate():
            if thread.ident is not None:
                try:
                    found[thread.ident] = time.clock_gettime(clock_of(thread.ident))
                except (OSError, OverflowError):  # it has just ended
                    continue
    return found


def functions(frame: Optional[FrameType]) -> Stack:
    """The innermost functions of a stack that are the program's, and what of a library it was in."""
    found: List[str] = []
    for _ in range(DEEPEST):
        if frame is None:
            break
        code = frame.f_code
        ours = code.co_filename.startswith(_HERE) and ".venv" not in code.co_filename
        if ours or not found:
            name = getattr(
                code, "co_qualname", code.co_name
            )  # the class with it, from Python 3.11 on
            found.append(f"{Path(code.co_filename).stem}.{name}:{frame.f_lineno}")
        if len(found) > SHOWN:
            break
        frame = frame.f_back
    return tuple(reversed(found))


def main() -> int:
    """Open the window and tell, when it is closed, what it waited for."""
    import ui
    from app.program import Program
    from scheduling.responsive import keep_responsive

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data_dir", type=Path)
    arguments = parser.parse_args()
    logging.getLogger("mediaprocessor").setLevel(logging.WARNING)
    with Program(arguments.data_dir.absolute()) as program:
        program.listens = True
        root = tk.Tk(className=ui.NAME)
        watch = StallWatch(root)
        watch.start()
        window = ui.open_window(root, program)
        window.closed = root.quit
        keep_responsive()
        root.mainloop()
        print(watch.stop().report())
        root.destroy()
    return 0


if __name__ == "__main__":
    sys.exit(main())
