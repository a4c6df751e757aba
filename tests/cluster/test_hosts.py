"""Master and slaves on hosts of their own, on links that lose, delay and part: real program, real films."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Dict, Iterator, List, Sequence

import pytest

if sys.platform != "linux":
    pytest.skip("network namespaces are Linux's", allow_module_level=True)

from app.program import Program
from core.events import JobState
from tests.cluster.hosted import (
    AT_FILM_SPEED,
    NO_SLOTS,
    Machine,
    connections,
    job,
    machine_of,
    pair,
    swaps,
    until,
    wait_for_end,
)
from tests.films import AudioSpec, make_film
from tests.hosts import NETWORK, Host, network, why_not

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.timeout(600),
]
LEASE = 12.0  # seconds
NOTICED = 15.0  # seconds after which everybody has seen that somebody is gone


@pytest.fixture
def hosts() -> Iterator[Dict[str, Host]]:
    with network(["attic", "den", "porch"]) as made:
        yield made


class Lan:
    """A master called attic, which makes nothing itself, and slaves that are paired when asked for."""

    def __init__(self, hosts: Dict[str, Host], folder: Path) -> None:
        self.hosts = hosts
        self.folder = folder
        self.films = folder / "films"
        self.films.mkdir()
        self.machines: List[Machine] = []
        self.master = self.machine("attic", **NO_SLOTS, **AT_FILM_SPEED)

    def machine(self, name: str, **settings: str) -> Machine:
        made = Machine(self.hosts[name], self.folder, LEASE, **settings)
        self.machines.append(made)
        return made

    def slave(self, name: str, **settings: str) -> Machine:
        made = self.machine(name, **{"network.films": "transfer", **settings})
        pair(self.master, made)
        return made

    def film(
        self,
        name: str = "Film.mkv",
        seconds: float = 1.0,
        video_options: Sequence[str] = ("-qp", "4"),
    ) -> Path:
        """A film that takes as long as it plays."""
        sound = [AudioSpec("flac", language="eng"), AudioSpec("flac", language="fra")]
        return make_film(
            self.films / name, seconds=seconds, audio=sound, video_options=list(video_options)
        )

    def close(self) -> None:
        for machine in self.machines:
            machine.close()


@pytest.fixture
def lan(hosts: Dict[str, Host], tmp_path: Path) -> Iterator[Lan]:
    made = Lan(hosts, tmp_path)
    yield made
    made.close()


def at_work(lan: Lan, job_id: int, slave: Machine) -> None:
    """Wait until a slave encodes a film."""
    node = slave.node_id()
    until(
        lambda: (
            job(lan.master, job_id).state is JobState.PROCESSING
            and machine_of(lan.master, job_id) == node
        ),
        f"{slave.host.name} at work, not {job(lan.master, job_id)}",
    )
    until(
        lambda: any(program.name.startswith("ffmpeg") for program in _programs(slave)), "the encode"
    )


def _programs(slave: Machine) -> List[Path]:
    found = []
    for pid in slave.host.processes():
        try:
            found.append(Path(Path(f"/proc/{pid}/comm").read_text().strip()))
        except OSError:
            continue
    return found


def test_a_film_is_made_on_another_host_and_put_in_its_place_by_the_master(lan: Lan) -> None:
    den = lan.slave("den")
    film = lan.film()
    before = film.stat().st_size
    job_id = lan.master.add(film)
    wait_for_end(lan.master, [job_id])
    assert machine_of(lan.master, job_id) == den.node_id()
    assert film.stat().st_size < before
    assert swaps(lan.master, film) == 1


def test_a_folder_with_another_name_on_the_slave_is_read_where_it_is(lan: Lan) -> None:
    seen = lan.folder / "den" / "mnt"
    lan.hosts["den"].see(lan.films, seen)
    den = lan.slave(
        "den",
        **{"network.films": "shared path", "network.path_mappings": f"{lan.films}=>{seen}"},
    )
    film = lan.film()
    job_id = lan.master.add(film)
    wait_for_end(lan.master, [job_id])
    assert machine_of(lan.master, job_id) == den.node_id()
    assert swaps(lan.master, film) == 1
    assert [entry.name for entry in lan.films.iterdir()] == [film.name]


def test_films_are_made_over_a_link_that_loses_a_tenth_and_is_slow(lan: Lan) -> None:
    den = lan.slave("den")
    link = lan.hosts["den"].link
    link.loss, link.delay = 0.1, 0.2
    films = [lan.film(f"Film {number}.mkv") for number in range(3)]
    jobs = [lan.master.add(film) for film in films]
    wait_for_end(lan.master, jobs, 300)
    assert {machine_of(lan.master, job_id) for job_id in jobs} == {den.node_id()}
    assert [swaps(lan.master, film) for film in films] == [1, 1, 1]
    assert link.lost > 0


def test_the_film_of_a_slave_that_is_cut_off_runs_elsewhere_within_lease_and_five_seconds(
    lan: Lan,
) -> None:
    den = lan.slave("den")
    film = lan.film(seconds=40)
    job_id = lan.master.add(film)
    at_work(lan, job_id, den)
    porch = lan.slave("porch")
    lan.hosts["den"].link.cut = True
    took = until(lambda: machine_of(lan.master, job_id) == porch.node_id(), "porch has the film")
    assert took <= LEASE + 5.0
    lan.hosts["den"].link.cut = False
    until(lambda: connections(lan.master, den) > 1, "den is back")
    wait_for_end(lan.master, [job_id])
    assert swaps(lan.master, film) == 1


def test_a_master_that_dies_is_missed_within_fifteen_seconds_and_gets_the_result_when_it_is_back(
    lan: Lan,
) -> None:
    slaves = [lan.slave("den"), lan.slave("porch")]
    film = lan.film(seconds=20)
    job_id = lan.master.add(film)
    until(lambda: job(lan.master, job_id).state is JobState.PROCESSING, "the film at work")
    maker = next(slave for slave in slaves if slave.node_id() == machine_of(lan.master, job_id))
    at_work(lan, job_id, maker)
    lan.hosts["attic"].link.cut = True  # nobody says good-bye
    lan.master.kill()
    for slave in slaves:
        assert until(lambda: slave.times_logged("is gone"), "missed") <= NOTICED  # noqa: B023
    until(
        lambda: not any(p.name.startswith("ffmpeg") for p in _programs(maker)), "the encode's end"
    )
    lan.hosts["attic"].link.cut = False
    lan.master.start()
    wait_for_end(lan.master, [job_id])
    assert machine_of(lan.master, job_id) == maker.node_id()
    assert job(lan.master, job_id).attempt == 1
    assert swaps(lan.master, film) == 1


def test_a_slave_with_another_address_goes_on_with_its_film(lan: Lan) -> None:
    den = lan.slave("den")
    film = lan.film(seconds=25)
    job_id = lan.master.add(film)
    at_work(lan, job_id, den)
    lan.hosts["den"].move_to(f"{NETWORK}.42")
    until(lambda: connections(lan.master, den) > 0, "den at its new address")
    wait_for_end(lan.master, [job_id])
    assert job(lan.master, job_id).attempt == 1
    assert swaps(lan.master, film) == 1


def test_a_master_with_another_address_is_found_again(lan: Lan) -> None:
    den = lan.slave("den")
    until(lambda: "attic" in den.ask("network", "discover"), "the master announces itself")
    lan.hosts["attic"].move_to(f"{NETWORK}.43")
    until(lambda: connections(lan.master, den) > 1, "den finds the master")
    film = lan.film()
    job_id = lan.master.add(film)
    wait_for_end(lan.master, [job_id])
    assert swaps(lan.master, film) == 1


def test_a_film_on_a_laptop_that_slept_longer_than_its_lease_is_done_once(lan: Lan) -> None:
    den = lan.slave("den")
    film = lan.film(seconds=15)
    job_id = lan.master.add(film)
    at_work(lan, job_id, den)
    lan.hosts["den"].sleep()
    until(lambda: job(lan.master, job_id).state is JobState.QUEUED, "the master takes it back")
    porch = lan.slave("porch")
    until(lambda: machine_of(lan.master, job_id) == porch.node_id(), "porch has the film")
    lan.hosts["den"].wake()
    wait_for_end(lan.master, [job_id])
    assert machine_of(lan.master, job_id) == porch.node_id()
    assert swaps(lan.master, film) == 1
    until(lambda: not any((den.data / "slave").glob("*/*")), "den has dropped its own")


def test_a_film_is_made_by_several_hosts_and_one_that_loses_power_costs_its_chunk(lan: Lan) -> None:
    with Program(lan.master.data) as parts:
        parts.config.change({"processing.chunk_seconds": "2"})
    den, porch = lan.slave("den"), lan.slave("porch")
    film = lan.film(seconds=6.0, video_options=["-qp", "4", "-g", "25"])
    job_id = lan.master.add(film)
    until(lambda: lan.master.times_logged("goes to den"), "a chunk on den")
    den.kill()
    wait_for_end(lan.master, [job_id])
    assert swaps(lan.master, film) == 1
    assert lan.master.times_logged("of porch is proved.") >= 2
    assert lan.master.times_logged("were of no use") == 0
    until(lambda: not list((porch.data / "slave").rglob("*.*")), "porch to have kept nothing")
