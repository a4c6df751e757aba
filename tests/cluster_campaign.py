"""A master and its slaves work off a library while everything goes wrong, and what was lost is counted.

``python -m tests.cluster_campaign [--nodes N] [--jobs N] [--minutes M] [--seed S] [--spread] [--json]``.
Each machine is the real program; as root each is a host of its own (``tests.hosts``), else they share this
one's loopback. Some slaves see the library under another name, some get their films sent; with ``--spread``
films are made by several at once. Masters and slaves are killed, links are cut, slow and lossy, machines
sleep; films are cancelled, paused, renamed and written to. Afterwards what ``tests.soak_campaign`` asks for
must hold, no machine may have kept anything, and the master must not have grown. Exit code 1 otherwise.
Linux only.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import psutil

if sys.platform != "linux":
    raise ImportError("the campaign is Linux's")

from core.events import JobState
from store.connection import Database
from store.jobs import JobStore
from tests.cluster.hosted import PORT, Machine, pair, until
from tests.films import AudioSpec, make_film
from tests.hosts import Host, network, why_not
from tests.processing.bench import FAST
from tests.soak_campaign import ROOT, Campaign

LEASE = 15.0  # seconds
_OUTAGE = (1.0, 25.0)  # seconds that a link is cut or a machine sleeps; some longer than a lease
_SLAVE_SLOTS = {"queue.software_jobs": "1", "queue.remux_jobs": "2"}
_MASTER_SLOTS = {"queue.software_jobs": "0", "queue.remux_jobs": "1"}
_SPREAD = {"processing.chunk_seconds": "2"}
_SPREAD_SECONDS = 8.0  # of a film that is made by several machines
_PROVED = " is proved."  # in the master's log, for each chunk of another machine
_MOST_GROWTH = 64.0  # megabytes and descriptors between a warm master and the end
_MOST_FILES = 64
_WARM = 20.0  # seconds after a master's start


@dataclass
class ThisMachine:
    """A place on this machine's loopback, where namespaces cannot be had."""

    name: str
    address: str = "127.0.0.1"
    started: List[int] = field(default_factory=list)

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[str]:
        """Start a program."""
        process = subprocess.Popen(
            argv, cwd=str(ROOT), start_new_session=True, encoding="utf-8", **more
        )
        self.started.append(process.pid)
        return process

    def processes(self) -> List[int]:
        """Return what was started and still runs, with all that it started."""
        found = []
        for pid in self.started:
            with suppress(psutil.Error):
                one = psutil.Process(pid)
                found += [pid, *(child.pid for child in one.children(recursive=True))]
        return found


@dataclass
class ClusterCampaign(Campaign):
    """The campaign of one machine, with the queue's work done by several."""

    nodes: int = 5
    minutes: float = 10.0
    machines: List[Machine] = field(default_factory=list)
    hosts: Dict[str, Host] = field(default_factory=dict)
    bad: Dict[str, Tuple[float, Callable[[], None]]] = field(default_factory=dict)
    warm: Optional[Tuple[int, float, int]] = None  # of the master: process, megabytes, files
    stop_at: float = 0.0
    spread: bool = False  # the films that are encoded are longer, and made by several machines

    @property
    def data(self) -> Path:
        """The master's data folder."""
        return self.master.data

    @property
    def master(self) -> Machine:
        """The machine with the queue."""
        return self.machines[0]

    @property
    def slaves(self) -> List[Machine]:
        """The others."""
        return self.machines[1:]

    def run(self) -> None:
        """Set up, let everything go wrong, let the machines come to their end, and judge."""
        names = ["attic", *(f"node{number}" for number in range(1, self.nodes))]
        with ExitStack() as ending:
            places: Dict[str, Any] = {name: ThisMachine(name) for name in names}
            if not why_not():
                seed = self.chance.randrange(2**31)
                self.hosts = ending.enter_context(network(names, seed))
                places = dict(self.hosts)
            try:
                self._set_up(places)
                super().run()
            finally:
                for machine in self.machines:
                    machine.close()

    def _set_up(self, places: Dict[str, Any]) -> None:
        base = {"network.port": str(PORT), "network.discovery": "off"}
        for name, place in places.items():
            settings = {**base, "network.films": "transfer", **_SLAVE_SLOTS}
            if not self.machines:
                settings = {**base, **_MASTER_SLOTS}
                if self.spread:
                    settings.update(_SPREAD)
                for template in ("normal", "normal_fallback"):
                    settings[f"templates.{template}"] = FAST
            elif len(self.machines) % 2:
                settings["network.films"] = "shared path"
                settings["network.path_mappings"] = f"{self.root / 'films'}=>{self._seen_by(name)}"
            self.machines.append(Machine(place, self.root / "machines", LEASE, **settings))

    def _seen_by(self, name: str) -> Path:
        """The library under the name that a host has for it."""
        films = self.root / "films"
        films.mkdir(exist_ok=True)
        if name not in self.hosts:
            return films
        seen = self.root / "seen by" / name
        self.hosts[name].see(films, seen)
        return seen

    def _make_library(self) -> None:
        """Nine in ten films keep their picture; the tenth is encoded."""
        sounds = [AudioSpec("ac3", 6, language="eng"), AudioSpec("flac", 2), AudioSpec("aac", 2)]
        kinds = [
            make_film(
                self.root / f"kind {number}.mkv",
                seconds=_SPREAD_SECONDS if number == 9 and self.spread else 1.0,
                size=(160, 90),
                codec="libx264" if number == 9 else "libx265",
                audio=[sounds[number % 3], AudioSpec(language="fra")],
                video_options=["-qp", "4", "-g", "25"] if number == 9 else [],
            )
            for number in range(10)
        ]
        self._make_films(kinds)

    def _start(self) -> None:
        for slave in self.slaves:
            pair(self.master, slave)
        self.stop_at = time.monotonic() + 60 * self.minutes

    def _say(self, *words: str) -> None:
        self.master.tell(*words)

    # ---- what goes wrong

    def _deeds(self) -> Sequence[Tuple[Callable[[JobStore], None], int]]:
        mine: List[Tuple[Callable[[JobStore], None], int]] = [
            (self._kill, 1),
            (self._kill_slave, 3),
            (self._sleep, 2),
            (self._calm, 6),
        ]
        if self.spread:
            mine.append((self._make_first, 3))
        if self.hosts:
            mine += [(self._cut, 3), (self._spoil, 3), (self._power_cut, 1)]
        return [*(deed for deed in super()._deeds() if deed[0] != self._kill), *mine]

    def _make_first(self, store: JobStore) -> None:
        """Have a film that is encoded made before all others, by all machines."""
        long = {film.path for number, film in enumerate(self.films) if number % 10 == 9}
        waiting = [job.id for job in store.page((JobState.QUEUED,), limit=-1) if job.path in long]
        if waiting:
            self._say("spread", str(self.chance.choice(waiting)))
            self.did["spread"] += 1

    def _calm(self, store: JobStore) -> None:
        """Put right what has been wrong for long enough, and look at the master."""
        now = time.monotonic()
        for name, (until_when, mend) in list(self.bad.items()):
            if now >= until_when:
                del self.bad[name]
                mend()
        self._look_at_master()
        if now >= self.stop_at:
            raise _Over

    def _mishaps(self, store: JobStore) -> None:
        if self.spread:
            self._make_first(store)
        with suppress(_Over):
            super()._mishaps(store)
        for _until_when, mend in self.bad.values():
            mend()
        self.bad.clear()

    def _kill(self, store: JobStore) -> None:
        self.master.kill_program()
        self.did["master killed"] += 1
        time.sleep(self.chance.uniform(0, 3))
        self._begin_again(self.master)

    def _power_cut(self, store: JobStore) -> None:
        """The master's encoders die with it."""
        self.master.kill()
        self.did["master without power"] += 1
        self._begin_again(self.master)

    def _kill_slave(self, store: JobStore) -> None:
        slave = self._a_well_slave()
        if slave is not None:
            slave.kill_program()
            self.did["slave killed"] += 1
            self._begin_again(slave)

    def _begin_again(self, machine: Machine) -> None:
        machine.start()
        until(machine.ready, f"{machine.host.name} is there again")

    def _a_well_slave(self) -> Optional[Machine]:
        well = [slave for slave in self.slaves if slave.host.name not in self.bad]
        return self.chance.choice(well) if well else None

    def _for_a_while(self, slave: Machine, mend: Callable[[], None]) -> None:
        self.bad[slave.host.name] = (time.monotonic() + self.chance.uniform(*_OUTAGE), mend)

    def _sleep(self, store: JobStore) -> None:
        slave = self._a_well_slave()
        if slave is not None:
            _signal(slave, signal.SIGSTOP)
            self.did["slave asleep"] += 1
            self._for_a_while(slave, lambda: _signal(slave, signal.SIGCONT))

    def _cut(self, store: JobStore) -> None:
        slave = self._a_well_slave()
        if slave is not None:
            link = self.hosts[slave.host.name].link
            link.cut = True
            self.did["link cut"] += 1
            self._for_a_while(slave, lambda: setattr(link, "cut", False))

    def _spoil(self, store: JobStore) -> None:
        slave = self._a_well_slave()
        if slave is not None:
            link = self.hosts[slave.host.name].link
            link.loss, link.delay = self.chance.uniform(0.02, 0.15), self.chance.uniform(0, 0.2)

            def mend() -> None:
                link.loss = link.delay = 0.0

            self.did["link lossy and slow"] += 1
            self._for_a_while(slave, mend)

    # ---- the end

    def _keep_running(self) -> None:
        for machine in self.machines:
            if machine.program is not None and machine.program.poll() is not None:
                self.problems.append(f"{machine.host.name}'s program ended by itself")
                machine.start()
        self._look_at_master()

    def _look_at_master(self) -> None:
        """Keep how large the master was once its run had become warm, and how large it is now."""
        found = _size_of(self.master)
        if found is None:
            return
        pid, megabytes, files, age = found
        if self.warm is None or self.warm[0] != pid:
            if age > _WARM:
                self.warm = (pid, megabytes, files)
            return
        grown, more = megabytes - self.warm[1], files - self.warm[2]
        self.did["megabytes grown"] = max(self.did["megabytes grown"], round(grown))
        self.did["descriptors more"] = max(self.did["descriptors more"], more)

    def _end(self) -> None:
        self.did["megabytes at the end"] = round((_size_of(self.master) or (0, 0.0, 0, 0.0))[1])
        left: List[Path] = []

        def clean() -> bool:
            left[:] = [path for slave in self.slaves for path in _kept(slave)]
            return not left

        with suppress(AssertionError):
            until(clean, "the slaves to have dropped everything")
        self.problems.extend(f"a slave has kept {path}" for path in left)
        for machine in reversed(self.machines):
            self.did["times started"] += machine.begun
            machine.stop()
            with suppress(AssertionError):
                until(lambda: not machine.host.processes(), "its encoders", 30.0)  # noqa: B023
            if machine.host.processes():
                self.problems.append(f"{machine.host.name} has left {_commands(machine)} running")

    def _judge(self, database: Database) -> None:
        super()._judge(database)
        if self.did["megabytes grown"] > _MOST_GROWTH:
            self.problems.append(f"the master grew by {self.did['megabytes grown']} MB")
        if self.did["descriptors more"] > _MOST_FILES:
            self.problems.append(f"the master has {self.did['descriptors more']} more files open")
        if self.spread:
            self.did["chunks of slaves"] = self.master.times_logged(_PROVED)
        with database.read() as connection:
            rows = connection.execute(
                "SELECT instance_id, count(*) FROM jobs WHERE status = 'completed' GROUP BY 1"
            ).fetchall()
        names = {slave.node_id(): slave.host.name for slave in self.slaves}
        for node_id, count in rows:
            self.did[f"made by {names.get(node_id, 'the master')}"] += count


class _Over(Exception):
    """The time for mishaps is over."""


def _kept(slave: Machine) -> List[Path]:
    return [path for path in (slave.data / "slave").rglob("*") if path.is_file()]


def _commands(machine: Machine) -> List[str]:
    found = []
    for pid in machine.host.processes():
        with suppress(psutil.Error):
            found.append(" ".join(psutil.Process(pid).cmdline()))
    return found


def _signal(machine: Machine, number: int) -> None:
    for pid in machine.host.processes():
        with suppress(ProcessLookupError):
            psutil.Process(pid).send_signal(number)


def _size_of(machine: Machine) -> Optional[Tuple[int, float, int, float]]:
    """Return process, megabytes, open files and age in seconds of a machine's program."""
    for pid in machine.host.processes():
        with suppress(psutil.Error):
            one = psutil.Process(pid)
            if "tests.cluster.hosted" in one.cmdline() and one.name().startswith("python"):
                age = time.time() - one.create_time()
                return pid, one.memory_info().rss / 1e6, one.num_fds(), age
    return None


def main() -> int:
    """Run the campaign and print its table; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spread", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    logging.getLogger("mediaprocessor").addHandler(logging.NullHandler())
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    campaign = ClusterCampaign(
        folder,
        arguments.jobs,
        random.Random(arguments.seed),
        nodes=arguments.nodes,
        minutes=arguments.minutes,
        spread=arguments.spread,
    )
    begin = time.monotonic()
    try:
        campaign.run()
    finally:
        if not campaign.problems:
            shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - begin
    where = "namespaces" if campaign.hosts else "loopback"
    if arguments.json:
        figures = {**campaign.did, "seconds": round(took), "hosts": where}
        figures_and = {**figures, "problems": campaign.problems, "met": not campaign.problems}
        print(json.dumps({"campaign": "cluster", **figures_and}))
    else:
        campaign.print_table(took)
        print(f"{'hosts':<24} {where:>10}")
    return int(bool(campaign.problems))


if __name__ == "__main__":
    sys.exit(main())
