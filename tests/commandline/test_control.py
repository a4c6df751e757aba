"""How a command reaches the program that is at work with the data folder."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Mapping, Tuple

import pytest

from app import local_control
from app.local_control import ControlListener
from app.running_program import ask_running, running_process

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


def address_of(tmp_path: Path) -> Tuple[Tuple[str, int], bytes]:
    left = json.loads((tmp_path / "running.json").read_text("utf-8"))
    return ("127.0.0.1", left["port"]), left["token"].encode()


def answered(connection: socket.socket) -> bytes:
    """All that comes until the other end hangs up."""
    connection.settimeout(PATIENCE)
    found = b""
    with suppress(OSError):
        while True:
            piece = connection.recv(65536)
            if not piece:
                break
            found += piece
    return found


def test_who_does_not_say_the_secret_first_is_hung_up_on_after_one_line(tmp_path: Path) -> None:
    asked = []
    with ControlListener(tmp_path, {"hello": lambda question: asked.append(question) or {}}):  # type: ignore[func-returns-value]
        place, token = address_of(tmp_path)
        question = b'{"ask": "hello"}\n'
        in_json = json.dumps({"ask": "hello", "token": token.decode()}).encode() + b"\n"
        for said in (b"wrong\n" + question, question, in_json, token[:-1] + b"\n", b"x" * 100_000):
            with socket.create_connection(place) as stranger:
                with suppress(OSError):
                    stranger.sendall(said)
                assert answered(stranger) == b""
        assert asked == []
        with socket.create_connection(place) as known:
            known.sendall(token + b"\n" + question)
            assert answered(known) == b"{}\n"


def hung_up(connection: socket.socket) -> bool:
    """Whether the other end ends the connection before long."""
    connection.settimeout(10.0)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except socket.timeout:
        return False


def test_strangers_that_stay_keep_no_caller_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some say nothing, some a byte now and then; the oldest of them go, and no thread is left of them."""
    monkeypatch.setattr(local_control, "PATIENCE", 300.0)  # no time limit lets them go
    before = threading.active_count()
    with ControlListener(tmp_path, {"hello": lambda _asked: {"hello": True}}):
        place, _token = address_of(tmp_path)
        there = [socket.create_connection(place) for _ in range(10 * local_control.MOST_STRANGERS)]
        for connection in there[::2]:
            with suppress(OSError):
                connection.send(b"a")
        assert ask_running(tmp_path, "hello", {}, PATIENCE) == {"hello": True}
        assert hung_up(there[0]), "the oldest went"
        end = time.monotonic() + PATIENCE
        while threading.active_count() > before + local_control.MOST_STRANGERS + 2:
            assert time.monotonic() < end
        for connection in there:
            connection.close()


def test_a_stranger_that_drips_is_hung_up_on_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_control, "PATIENCE", 0.4)
    with ControlListener(tmp_path, {}):
        place, _token = address_of(tmp_path)
        with socket.create_connection(place) as drip:
            began = time.monotonic()
            with suppress(OSError):
                while time.monotonic() - began < PATIENCE:
                    drip.sendall(b"a")
                    drip.settimeout(0.05)
                    try:
                        if drip.recv(1) == b"":
                            break
                    except socket.timeout:
                        continue
            assert time.monotonic() - began < 5.0
