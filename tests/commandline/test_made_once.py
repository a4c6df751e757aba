"""What is made at its first use is made once, whichever threads ask for it together."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Callable, List

from app.made_once import made_once
from app.program import Program

THREADS = 8


def asked_together(ask: Callable[[], object]) -> List[object]:
    """What each of several threads gets that ask at the same moment."""
    answers: List[object] = []
    ready = threading.Barrier(THREADS)

    def asking() -> None:
        ready.wait(30)
        answers.append(ask())

    threads = [threading.Thread(target=asking, name="asking") for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_threads_that_ask_together_get_the_same() -> None:
    class Owner:
        def __init__(self) -> None:
            self.made = 0
            self.others = threading.Barrier(2)

        @made_once
        def value(self) -> object:
            """It waits for a second maker, who must not come."""
            self.made += 1
            try:
                self.others.wait(0.2)
            except threading.BrokenBarrierError:
                return object()
            return object()

    owner = Owner()
    assert len(set(map(id, asked_together(lambda: owner.value)))) == 1
    assert owner.made == 1


def test_two_threads_of_the_window_share_one_network(tmp_path: Path) -> None:
    with Program(tmp_path / "data") as parts:
        manager = parts.queue_manager()
        networks = asked_together(lambda: parts.network)
        assert len(networks) == THREADS
        assert len(set(map(id, networks))) == 1
        assert len(set(map(id, asked_together(lambda: parts.shared_work(manager))))) == 1
        manager.shutdown()
