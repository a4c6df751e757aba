"""A file on its way, without sockets: every byte arrives, or nothing does."""

from __future__ import annotations

from typing import List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster import transfer
from cluster.transfer import Receiver, Sender, WholeDigest, chunk_digest, frame, whole_digest
from core.peer_errors import PeerError


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "CHUNK", 16)
    monkeypatch.setattr(transfer, "WINDOW", 48)


def chunks_of(film: bytes) -> List[bytes]:
    return [film[at : at + 16] for at in range(0, len(film), 16)]


def framed(film: bytes, offset: int, length: int) -> bytes:
    payload = film[offset : offset + length]
    return frame(offset, payload, chunk_digest(payload))


def send(film: bytes, have: bytes = b"", lose_after: Optional[int] = None) -> bytes:
    """What the other machine has afterwards; the line breaks after so many frames."""
    got = bytearray(have)
    receiver = Receiver(len(film), whole_digest(chunks_of(have)))
    sender = Sender(len(film), receiver.received)
    count = 0
    while not sender.finished:
        under_way = []
        piece = sender.next()
        while piece is not None:
            under_way.append(framed(film, *piece))
            piece = sender.next()
        assert sum(map(len, under_way)) <= 3 * transfer.LARGEST_FRAME
        for data in under_way:
            if count == lose_after:
                return bytes(got)
            chunk = receiver.take(data)
            assert chunk.offset == len(got)
            got += chunk.payload
            count += 1
        sender.confirm(receiver.received)
    receiver.check(whole_digest(chunks_of(film)).text())
    return bytes(got)


@given(st.binary(max_size=400))
def test_what_was_sent_is_what_arrives(film: bytes) -> None:
    assert send(film) == film


@given(st.binary(min_size=1, max_size=400), st.lists(st.integers(0, 30), max_size=5))
def test_a_transfer_that_breaks_goes_on_where_it_stopped(film: bytes, breaks: List[int]) -> None:
    have = b""
    for sent in breaks:
        have = send(film, have, lose_after=sent)
        assert film.startswith(have)
    assert send(film, have) == film


@settings(max_examples=300)
@given(st.binary(min_size=1, max_size=16), st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_bit_is_found(payload: bytes, place: int, change: int) -> None:
    data = bytearray(frame(0, payload, chunk_digest(payload)))
    data[place % len(data)] ^= change
    receiver = Receiver(len(payload))
    with pytest.raises(PeerError, match="piece of a film"):
        receiver.take(bytes(data))
    assert receiver.received == 0


@given(st.binary(max_size=100))
def test_noise_is_no_frame(noise: bytes) -> None:
    with pytest.raises(PeerError):
        Receiver(1000).take(noise)


def test_an_error_message_is_never_taken_for_a_film() -> None:
    page = b"<html>502 Bad Gateway</html>"
    receiver = Receiver(len(page))
    for at in range(0, len(page), 16):
        receiver.take(framed(page, at, 16))
    with pytest.raises(PeerError, match="is not the one that was sent"):
        receiver.check(whole_digest([b"the film's own bytes, as long"]).text())


def test_frames_out_of_their_order_or_beyond_the_end_are_refused() -> None:
    film = bytes(range(64))
    receiver = Receiver(32)
    for offset in (16, 48, 2**63):
        strayed = frame(offset, film[:16], chunk_digest(film[:16]))
        with pytest.raises(PeerError, match="out of its order"):
            receiver.take(strayed)
    receiver.take(framed(film, 0, 16))
    with pytest.raises(PeerError, match="out of its order"):
        receiver.take(framed(film, 0, 16))


def test_the_hash_of_the_whole_knows_the_order_and_the_length() -> None:
    one, other = whole_digest([b"a" * 16, b"b" * 16]), whole_digest([b"b" * 16, b"a" * 16])
    assert one.text() != other.text()
    assert WholeDigest().text() != whole_digest([b""]).text()


def test_a_receiver_cannot_make_the_sender_send_what_is_not_there() -> None:
    for start in (-1, 5, 101):
        with pytest.raises(PeerError, match="wants to go on at byte"):
            Sender(100, start)
    sender = Sender(100)
    sender.next()
    for received in (-1, 17, 100):
        with pytest.raises(PeerError, match="was never sent"):
            sender.confirm(received)
    with pytest.raises(PeerError, match="longer than the film"):
        Receiver(10, whole_digest([b"x" * 16]))


def test_an_empty_file_is_there_at_once() -> None:
    assert Sender(0).finished
    receiver = Receiver(0)
    assert receiver.complete
    receiver.check(WholeDigest().text())
