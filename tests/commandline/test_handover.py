from __future__ import annotations

import json
import os
import queue
import socket
import stat
import sys
import time
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from app import local_control
from app.handover import OPEN, hand_over, take_films
from app.local_control import ControlListener
from app.running_program import FILE_NAME

DEADLINE = 10.0


@pytest.fixture
def received(tmp_path: Path) -> Iterator[queue.Queue[Tuple[Path, ...]]]:
    """What a listening window on ``tmp_path`` is given."""
    inbox: queue.Queue[Tuple[Path, ...]] = queue.Queue()
    with ControlListener(tmp_path, {OPEN: take_films(inbox.put)}):
        yield inbox


def said(tmp_path: Path, message: bytes) -> bytes:
    """The listener's answer to raw bytes."""
    port = json.loads((tmp_path / FILE_NAME).read_text("utf-8"))["port"]
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(100)


def test_the_first_window_gets_the_films_of_the_second_start(
    tmp_path: Path, received: queue.Queue[Tuple[Path, ...]]
) -> None:
    films = (tmp_path / "Amélie – été.mkv", tmp_path / "b;c d.mkv")
    assert hand_over(tmp_path, films)
    assert received.get(timeout=DEADLINE) == films


def test_a_second_start_without_films_only_raises_the_window(
    tmp_path: Path, received: queue.Queue[Tuple[Path, ...]]
) -> None:
    assert hand_over(tmp_path, ())
    assert received.get(timeout=DEADLINE) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="names of bytes are POSIX'")
def test_a_name_that_is_no_unicode_arrives_whole(
    tmp_path: Path, received: queue.Queue[Tuple[Path, ...]]
) -> None:
    film = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.mkv"))
    assert hand_over(tmp_path, (film,))
    assert received.get(timeout=DEADLINE) == (film,)


def test_whoever_does_not_know_the_secret_is_not_listened_to(
    tmp_path: Path, received: queue.Queue[Tuple[Path, ...]]
) -> None:
    for message in (
        b'{"ask": "open", "token": "guessed", "paths": ["/etc/passwd"]}\n',
        b'{"ask": "open", "token": "\\udcff", "paths": []}\n',
        b'{"paths": []}\n',
        b"[1]\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\x00\n",
        b"",
    ):
        assert said(tmp_path, message) == b""
    assert hand_over(tmp_path, ()), "it still listens"
    assert received.get(timeout=DEADLINE) == ()
    assert received.empty()


def test_a_caller_who_says_nothing_does_not_keep_the_next_one_waiting_for_ever(
    tmp_path: Path,
    received: queue.Queue[Tuple[Path, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_control, "PATIENCE", 0.2)
    port = json.loads((tmp_path / FILE_NAME).read_text("utf-8"))["port"]
    until = time.monotonic() + DEADLINE
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE):
        while not hand_over(tmp_path, ()):
            assert time.monotonic() < until


@pytest.mark.skipif(sys.platform == "win32", reason="there the folder's own rights protect it")
def test_only_its_user_may_read_the_secret(
    tmp_path: Path, received: queue.Queue[Tuple[Path, ...]]
) -> None:
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_where_no_window_listens_nothing_is_handed_over(tmp_path: Path) -> None:
    assert not hand_over(tmp_path, ())
    with ControlListener(tmp_path, {OPEN: take_films(lambda _paths: None)}):
        left = (tmp_path / FILE_NAME).read_text("utf-8")
    assert not (tmp_path / FILE_NAME).exists()
    (tmp_path / FILE_NAME).write_text(left, "utf-8")  # as after a crash
    assert not hand_over(tmp_path, ())
    (tmp_path / FILE_NAME).write_text("{", "utf-8")
    assert not hand_over(tmp_path, ())
