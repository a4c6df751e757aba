"""The watch over the event loop names what the window waited for: in Tk's own thread and in others."""

from __future__ import annotations

import threading
import time
import tkinter as tk
from collections import Counter
from typing import Iterator, List

import pytest

from benchmarks.stall_watch import LATE, MOST_STACKS, Stack, Stalls, StallWatch
from tests.views.window import end, pump, require_display

pytestmark = pytest.mark.window
_LONG = 0.25  # seconds, far above what counts as late


@pytest.fixture
def root() -> Iterator[tk.Tk]:
    require_display()
    window = tk.Tk()
    yield window
    end(window)


def hold_up_the_loop() -> None:
    """Compute in Tk's thread."""
    until = time.perf_counter() + _LONG
    while time.perf_counter() < until:
        sum(range(100))


def hold_it_up_once(root: tk.Tk) -> List[bool]:
    """Have the loop call it soon; the list is filled when it was."""
    done: List[bool] = []

    def call() -> None:
        hold_up_the_loop()
        done.append(True)

    root.after(20, call)
    return done


def keep_the_lock(ended: threading.Event) -> None:
    """Compute in another thread, which keeps the interpreter's lock most of the time."""
    while not ended.is_set():
        sum(range(1000))


def watched(root: tk.Tk) -> StallWatch:
    watch = StallWatch(root)
    watch.start()
    turns: List[bool] = []
    root.after(30, lambda: turns.append(True))
    pump(root, lambda: turns, "a few turns")
    return watch


def test_a_function_that_holds_up_the_loop_is_named_with_how_long_it_did(root: tk.Tk) -> None:
    watch = watched(root)
    done = hold_it_up_once(root)
    pump(root, lambda: done and watch.stalls.lengths, "the stall to be noted")
    stalls = watch.stop()
    assert max(stalls.lengths) > _LONG - 2 * LATE
    ((seconds, stack), *_rest) = [
        (seconds, stack)
        for stack, seconds in stalls.by_stack.most_common()
        if any("hold_up_the_loop" in name for name in stack)
    ]
    assert stack[0] == "Tk"
    assert seconds > _LONG / 4
    assert "hold_up_the_loop" in stalls.report()


def test_a_thread_that_computes_meanwhile_is_named_and_one_that_waits_is_not(root: tk.Tk) -> None:
    ended = threading.Event()
    busy = threading.Thread(target=keep_the_lock, args=(ended,), name="busy")
    idle = threading.Thread(target=ended.wait, name="idle")
    watch = watched(root)
    try:
        busy.start()
        idle.start()
        done = hold_it_up_once(root)
        pump(
            root,
            lambda: done and any("busy" in stack for stack in watch.stalls.by_stack),
            "its name",
        )
    finally:
        ended.set()
        busy.join()
        idle.join()
    stalls = watch.stop()
    assert any("keep_the_lock" in name for stack in stalls.by_stack for name in stack)
    if hasattr(time, "pthread_getcpuclockid"):
        assert not any(stack[0] == "idle" for stack in stalls.by_stack)


def test_a_loop_that_turns_in_time_has_no_stalls_worth_a_name() -> None:
    stalls = Stalls()
    assert stalls.report().startswith("0 stalls")


def test_however_many_stacks_there_are_only_so_many_are_told_apart() -> None:
    stalls = Stalls()
    for number in range(MOST_STACKS + 50):
        seen: Counter[Stack] = Counter({("Tk", f"function {number}"): 1})
        stalls.note(seen, 0.02)
    assert len(stalls.by_stack) == MOST_STACKS + 1
    assert sum(stalls.by_stack.values()) == pytest.approx(0.02 * (MOST_STACKS + 50))
