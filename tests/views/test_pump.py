"""What threads say reaches Tk's thread: all of it, in order, without holding it up."""

from __future__ import annotations

import queue
import sys
import threading
import time
import tkinter as tk
from typing import Callable, List, Tuple

import pytest

from core.inbox import Inbox
from tests.views.window import pump
from views.pump import TURN_MESSAGES, MessagePump

pytestmark = pytest.mark.window


def test_everything_arrives_in_order_and_in_turns(root: tk.Tk) -> None:
    inbox: queue.SimpleQueue[int] = queue.SimpleQueue()
    taken: List[int] = []
    turns: List[int] = []
    one = MessagePump(root, inbox, taken.append, lambda: turns.append(len(taken)))
    one.start()

    def talk() -> None:
        for number in range(1000):
            inbox.put(number)

    thread = threading.Thread(target=talk)
    thread.start()
    pump(root, lambda: len(taken) == 1000, "all messages")
    thread.join()
    assert taken == list(range(1000))
    assert all(b - a <= TURN_MESSAGES for a, b in zip([0, *turns], turns))
    one.stop()


def test_an_error_in_a_handler_does_not_end_the_pump(root: tk.Tk) -> None:
    inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    errors: List[object] = []
    root.report_callback_exception = lambda *found: errors.append(found[1])
    one = MessagePump(root, inbox, lambda message: message())
    one.start()
    done: List[bool] = []
    inbox.put(lambda: [][1])
    inbox.put(lambda: done.append(True))
    pump(root, lambda: done, "the second message")
    assert isinstance(errors[0], IndexError)
    one.stop()


def test_a_stopped_pump_takes_nothing_more(root: tk.Tk) -> None:
    inbox: queue.SimpleQueue[int] = queue.SimpleQueue()
    taken: List[int] = []
    one = MessagePump(root, inbox, taken.append)
    one.start()
    one.stop()
    inbox.put(1)
    waited: List[bool] = []
    root.after(150, lambda: waited.append(True))
    pump(root, lambda: waited, "three turns")
    assert taken == []


def test_a_pump_without_messages_sets_no_timer_and_is_woken_by_the_next(root: tk.Tk) -> None:
    if sys.platform == "win32":
        pytest.skip("Tk on Windows hears no pipe: its pumps look regularly")
    inbox: Inbox[int] = Inbox()
    taken: List[int] = []
    sleeper = MessagePump(root, inbox, taken.append)
    sleeper.start()

    def no_timer() -> bool:
        return not any("_turn" in timer for timer in timers(root))

    pump(root, no_timer, "its sleep")
    thread = threading.Thread(target=lambda: inbox.put(1))
    thread.start()
    pump(root, lambda: taken == [1], "the message that woke it")
    thread.join()
    pump(root, no_timer, "its sleep after that")
    inbox.put(2)
    sleeper.stop()
    assert taken == [1]


def test_many_threads_that_ring_at_once_lose_no_message(root: tk.Tk) -> None:
    inbox: Inbox[int] = Inbox()
    taken: List[int] = []
    sleeper = MessagePump(root, inbox, taken.append)
    sleeper.start()

    def talk() -> None:
        for number in range(300):
            inbox.put(number)
            if number % 50 == 0:
                time.sleep(0)  # the pump may fall asleep between any two

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    pump(root, lambda: len(taken) == 1200, "all messages")
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted([*range(300)] * 4)
    sleeper.stop()


def test_each_inbox_wakes_its_own_pump_and_a_window_that_has_gone_disturbs_nobody(
    root: tk.Tk,
) -> None:
    top = tk.Toplevel(root)
    lost: Inbox[int] = Inbox()
    kept: Inbox[int] = Inbox()
    heard: List[int] = []
    gone = MessagePump(top, lost, lambda number: heard.append(-number))
    stays = MessagePump(root, kept, heard.append)
    for sleeper in (gone, stays):
        sleeper.start()
    pump(root, lambda: not timers(root), "their sleep")
    lost.put(1)
    pump(root, lambda: heard == [-1], "the one's message")
    pump(root, lambda: not timers(root), "its sleep")
    gone.stop()
    top.destroy()
    lost.put(2)
    kept.put(3)
    pump(root, lambda: heard == [-1, 3], "the other's message")
    stays.stop()


def timers(root: tk.Tk) -> List[str]:
    """The scripts of all timers that are set, each with the function's name."""
    names: Tuple[str, ...] = root.tk.splitlist(root.tk.call("after", "info"))
    return [str(root.tk.call("after", "info", name)) for name in names]
