from __future__ import annotations

import socket
import ssl
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List

import pytest

from cluster.identity import (
    CERTIFICATE_FILE,
    KEY_FILE,
    Identity,
    client_context,
    fingerprint_of,
    load_identity,
)
from core.peer_errors import PeerError


def test_an_instance_stays_who_it_is(tmp_path: Path) -> None:
    first = load_identity(tmp_path)
    assert load_identity(tmp_path) == first
    other = tmp_path / "other"
    other.mkdir()
    assert load_identity(other).instance_id != first.instance_id


def test_threads_that_ask_at_once_for_the_first_time_make_one_identity(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        gate = threading.Barrier(4)

        def ask(folder: Path = folder, gate: threading.Barrier = gate) -> Identity:
            gate.wait()
            return load_identity(folder)

        with ThreadPoolExecutor(4, thread_name_prefix="asks") as pool:
            asked = [pool.submit(ask) for _ in range(4)]
        assert {answer.result() for answer in asked} == {load_identity(folder)}


@pytest.mark.skipif(sys.platform == "win32", reason="there the folder's own rights protect it")
def test_only_its_user_may_read_the_key(tmp_path: Path) -> None:
    assert stat.S_IMODE(load_identity(tmp_path).key.stat().st_mode) == 0o600


def test_a_damaged_key_is_told_in_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    load_identity(other)
    for name in (KEY_FILE, CERTIFICATE_FILE):
        load_identity(tmp_path)
        for content in (b"", b"-----BEGIN NOTHING-----", (other / name).read_bytes()):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(PeerError, match=r"is damaged .*pair this machine again\.$"):
                load_identity(tmp_path)
        (tmp_path / name).unlink()


def test_a_folder_that_is_none_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(PeerError, match=r"cannot be kept .*--data-dir\.$"):
        load_identity(tmp_path / "file" / "below")


def test_the_other_end_of_a_connection_sees_the_same_fingerprint(tmp_path: Path) -> None:
    identity = load_identity(tmp_path)
    seen: List[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            connection, _address = server.accept()
            with identity.server_context().wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        plain = socket.create_connection(server.getsockname(), timeout=10)
        with client_context().wrap_socket(plain) as secure:
            assert secure.version() in ("TLSv1.2", "TLSv1.3")
            seen.append(fingerprint_of(secure.getpeercert(binary_form=True) or b""))
            secure.send(b"x")
        thread.join(10)
    assert seen == [identity.fingerprint]
    assert isinstance(client_context(), ssl.SSLContext)
