"""What threads say reaches Tk's thread: all of it, in order, without holding it up."""

from __future__ import annotations

import queue
import threading
import tkinter as tk
from typing import Callable, List

import pytest

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
