"""How a command reaches the program that is at work with the data folder."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Mapping

from commandline.control import ControlListener, ask_running, running_process

PATIENCE = 30.0


def test_the_answer_comes_whole(tmp_path: Path) -> None:
    def repeat(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"text": asked["text"] * 300_000}

    with ControlListener(tmp_path, {"repeat": repeat}):
        assert running_process(tmp_path)
        answer = ask_running(tmp_path, "repeat", {"text": "é\udcff"}, PATIENCE)
    assert answer == {"text": "é\udcff" * 300_000}
    assert not running_process(tmp_path)


def test_what_is_not_offered_or_fails_has_no_answer_and_harms_nobody(tmp_path: Path) -> None:
    def fail(_asked: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ValueError("no")

    with ControlListener(tmp_path, {"fail": fail, "hello": lambda _asked: {"hello": True}}):
        assert ask_running(tmp_path, "dance", {}, PATIENCE) is None
        assert ask_running(tmp_path, "fail", {}, PATIENCE) is None
        assert ask_running(tmp_path, "hello", {}, PATIENCE) == {"hello": True}


def test_a_question_that_takes_long_keeps_no_other_waiting(tmp_path: Path) -> None:
    others_are_done = threading.Event()

    def wait(_asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"done": others_are_done.wait(PATIENCE)}

    answers = []
    with ControlListener(tmp_path, {"wait": wait, "hello": lambda _asked: {"hello": True}}):
        slow = threading.Thread(
            target=lambda: answers.append(ask_running(tmp_path, "wait", {}, PATIENCE))
        )
        slow.start()
        assert ask_running(tmp_path, "hello", {}, PATIENCE) == {"hello": True}
        others_are_done.set()
        slow.join(PATIENCE)
    assert answers == [{"done": True}]


def test_an_address_that_is_nonsense_is_nobody(tmp_path: Path) -> None:
    for left in ("", "[]", '{"port": "x", "process": "y"}', '{"port": 99999999, "token": "a"}'):
        (tmp_path / "running.json").write_text(left, "utf-8")
        assert ask_running(tmp_path, "hello", {}) is None
        assert running_process(tmp_path) == 0
