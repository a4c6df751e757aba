"""Films between two machines over real sockets: what is sent arrives, or nothing does."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Iterator, List

import psutil
import pytest

from cluster.film_files import PARTIAL
from cluster.ports import CancelCheck, Sent
from cluster.transfer import CHUNK, whole_digest
from core.errors import JobCancelled, NotEnoughSpace
from core.peer_errors import PeerError, PeerRefused
from tests.cluster.machines import Lan, Machine, lan, wait_for

SIZE = 9 * CHUNK + 1234


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path / "machines") as made:
        yield made


@pytest.fixture(name="film")
def _film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mkv"
    path.write_bytes(os.urandom(SIZE))
    return path


def go_on() -> None:
    """A transfer that nobody wants to end."""


def nobody(count: int) -> None:
    """Nobody looks how far it is."""


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return whole_digest(iter(lambda: file.read(CHUNK), b"")).text()


def test_a_film_is_fetched_byte_by_byte(place: Lan, film: Path, tmp_path: Path) -> None:
    slave = place.slave()
    place.master.master_work.films[7] = film
    seen: List[int] = []
    target = tmp_path / "fetched.mkv"
    slave.network.download(7, 2, SIZE, target, go_on, seen.append)
    assert target.read_bytes() == film.read_bytes()
    assert seen[-1] == SIZE
    assert place.master.master_work.of("film_to_send") == [(7, 2)]
    assert not target.with_name(target.name + PARTIAL).exists()


def test_a_result_is_brought_byte_by_byte(place: Lan, film: Path, tmp_path: Path) -> None:
    slave = place.slave()
    target = place.master.master_work.results[7] = tmp_path / "7-1.partial"
    assert slave.network.upload(7, 1, film, go_on, nobody) == digest_of(film)
    assert target.read_bytes() == film.read_bytes()


def test_an_empty_file_arrives(place: Lan, tmp_path: Path) -> None:
    slave = place.slave()
    empty = place.master.master_work.films[7] = tmp_path / "empty"
    empty.touch()
    slave.network.download(7, 1, 0, tmp_path / "target", go_on, nobody)
    assert (tmp_path / "target").stat().st_size == 0


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_a_transfer_that_was_ended_goes_on_where_it_was(
    place: Lan, tmp_path: Path, direction: str
) -> None:
    slave = place.slave()
    film, target = tmp_path / "long.mkv", tmp_path / "there"
    with film.open("wb") as file:
        file.truncate(150 * CHUNK)
        file.write(b"the beginning")
    seen: List[int] = [0]

    def end_when_it_runs() -> None:
        if seen[-1]:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        carry(place, slave, direction, film, target, seen.append, end_when_it_runs)
    partial = target.with_name(target.name + PARTIAL)
    wait_for(lambda: str(partial) not in [file.path for file in psutil.Process().open_files()])
    there = partial.stat().st_size // CHUNK * CHUNK
    assert 0 < there < 150 * CHUNK
    assert not target.exists()
    seen.clear()
    carry(place, slave, direction, film, target, seen.append)
    assert digest_of(target) == digest_of(film)
    assert min(paths for paths in seen if paths) > there


def carry(
    place: Lan,
    slave: Machine,
    direction: str,
    film: Path,
    target: Path,
    seen: Sent,
    check: CancelCheck = go_on,
) -> None:
    """Carry a film to ``target``, this way or the other."""
    place.master.master_work.films[7] = film
    place.master.master_work.results[7] = target
    if direction == "download":
        slave.network.download(7, 1, film.stat().st_size, target, check, seen)
    else:
        slave.network.upload(7, 1, film, check, seen)


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_what_is_there_is_not_sent_again(
    place: Lan, film: Path, tmp_path: Path, direction: str
) -> None:
    slave = place.slave()
    target = tmp_path / "there"
    partial = target.with_name(target.name + PARTIAL)
    partial.write_bytes(film.read_bytes()[: 8 * CHUNK + 77])
    seen: List[int] = []
    carry(place, slave, direction, film, target, seen.append)
    assert target.read_bytes() == film.read_bytes()
    assert [offset for offset in seen if 0 < offset < 8 * CHUNK] == []


@pytest.mark.parametrize("direction", ["download", "upload"])
def test_a_beginning_of_another_film_is_sent_anew(
    place: Lan, film: Path, tmp_path: Path, direction: str
) -> None:
    slave = place.slave()
    target = tmp_path / "there"
    target.with_name(target.name + PARTIAL).write_bytes(b"x" * (3 * CHUNK))
    carry(place, slave, direction, film, target, nobody)
    assert target.read_bytes() == film.read_bytes()


def test_a_result_whose_arrival_was_not_heard_of_is_not_sent_again(
    place: Lan, film: Path, tmp_path: Path
) -> None:
    slave = place.slave()
    target = place.master.master_work.results[7] = tmp_path / "7-1.partial"
    target.write_bytes(film.read_bytes())
    seen: List[int] = []
    slave.network.upload(7, 1, film, go_on, seen.append)
    assert set(seen) <= {0}
    assert target.read_bytes() == film.read_bytes()


def test_a_master_that_restarts_ends_no_transfer(place: Lan, tmp_path: Path) -> None:
    slave = place.slave()
    film = place.master.master_work.films[7] = tmp_path / "film.mkv"
    with film.open("wb") as file:
        file.truncate(200 * CHUNK)
    started = threading.Event()
    target = tmp_path / "target"

    def fetch() -> None:
        slave.network.download(
            7, 1, 200 * CHUNK, target, go_on, lambda count: started.set() if count else None
        )

    thread = threading.Thread(target=fetch)
    thread.start()
    assert started.wait(30)
    place.master.restart()
    thread.join(60)
    assert target.stat().st_size == 200 * CHUNK


def test_a_film_of_another_size_than_was_said_is_refused(
    place: Lan, film: Path, tmp_path: Path
) -> None:
    slave = place.slave()
    place.master.master_work.films[7] = film
    with pytest.raises(PeerError, match="another size than was said"):
        slave.network.download(7, 1, SIZE - 1, tmp_path / "target", go_on, nobody)
    assert not (tmp_path / "target").exists()


def test_a_film_of_somebody_elses_lease_is_refused_in_the_words_of_the_work(
    place: Lan, film: Path, tmp_path: Path
) -> None:
    slave = place.slave()
    with pytest.raises(PeerRefused, match="Job 8 is not this machine's"):
        slave.network.download(8, 1, SIZE, tmp_path / "target", go_on, nobody)
    with pytest.raises(PeerRefused, match="Job 8 is not this machine's"):
        slave.network.upload(8, 1, film, go_on, nobody)


def test_a_film_that_is_away_is_a_sentence_without_its_path(place: Lan, tmp_path: Path) -> None:
    slave = place.slave()
    place.master.master_work.films[7] = tmp_path / "private" / "film.mkv"
    with pytest.raises(PeerRefused, match="cannot be read or written") as caught:
        slave.network.download(7, 1, SIZE, tmp_path / "target", go_on, nobody)
    assert "private" not in str(caught.value)


def test_a_cancelled_transfer_ends_at_once_and_lets_go_of_its_file(
    place: Lan, tmp_path: Path
) -> None:
    slave = place.slave()
    film = place.master.master_work.films[7] = tmp_path / "film.mkv"
    with film.open("wb") as file:
        file.truncate(2000 * CHUNK)

    def cancelled() -> None:
        raise JobCancelled

    target = tmp_path / "target"
    with pytest.raises(JobCancelled):
        slave.network.download(7, 1, 2000 * CHUNK, target, cancelled, nobody)
    opened = [file.path for file in psutil.Process().open_files()]
    assert str(target.with_name(target.name + PARTIAL)) not in opened
    assert not target.exists()


def test_memory_stays_flat_however_large_the_film_is(place: Lan, tmp_path: Path) -> None:
    slave = place.slave()
    film = place.master.master_work.films[7] = tmp_path / "film.mkv"
    with film.open("wb") as file:
        file.truncate(400 * CHUNK)
    process = psutil.Process()
    before = process.memory_info().rss
    most = [before]

    def watch(count: int) -> None:
        most.append(process.memory_info().rss)

    slave.network.download(7, 1, 400 * CHUNK, tmp_path / "target", go_on, watch)
    assert max(most) - before < 120 * 1024 * 1024
    os.unlink(tmp_path / "target")


@pytest.mark.skipif(os.name == "nt", reason="NTFS makes no sparse file without being asked")
def test_a_result_without_room_is_refused_and_the_slave_hears_why(
    place: Lan, film: Path, tmp_path: Path
) -> None:
    slave = place.slave()
    place.master.master_work.results[7] = tmp_path / "result.mkv"
    with film.open("r+b") as file:
        file.truncate(2**42)  # a sparse file: more than the disk of any test has
    if psutil.disk_usage(str(tmp_path)).free > 2**42:
        pytest.skip("this disk has room for it")
    with pytest.raises(PeerRefused, match="Free some space") as refusal:
        slave.network.upload(7, 1, film, go_on, nobody)
    assert refusal.value.peer_code == NotEnoughSpace.code
    assert list(tmp_path.glob("result*")) == []
