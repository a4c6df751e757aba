"""``network`` and ``--role``: real processes on one machine pair, show each other and share films."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

import pytest

from tests.commandline.calls import film, one_sentence, records
from tests.commandline.instances import Instance, free_port


@pytest.fixture
def master(tmp_path: Path) -> Iterator[Instance]:
    """A master that runs, called Attic."""
    instance = Instance(tmp_path, "Attic", **{"network.port": free_port()})
    instance.run("--role", "master")
    instance.until(instance.running, "the master")
    yield instance
    instance.end()


@pytest.fixture
def slave(tmp_path: Path) -> Iterator[Instance]:
    """A machine called Den that is to become a slave, and does not run yet."""
    instance = Instance(tmp_path, "Den")
    yield instance
    instance.end()


def address(master: Instance) -> str:
    answer = master.call("settings", "get", "network.port")
    return f"127.0.0.1:{answer.stdout.split()[-1]}"


def code(master: Instance) -> str:
    shown, _notice = master.network("pair-code")
    assert 590 <= shown["seconds"] <= 600
    text: str = shown["code"]
    return text


def pair(master: Instance, slave: Instance) -> None:
    """Start the slave with the master's code, and wait until both see each other."""
    slave.run("--role", "slave", "--master", address(master), "--pair", code(master))
    slave.until(slave.running, "the slave")
    master.until(lambda: master.machine("Den").get("state") == "online", "the slave at its master")


def test_a_slave_that_is_started_with_the_masters_code_works_for_it(
    master: Instance, slave: Instance
) -> None:
    pair(master, slave)
    seen = slave.until(lambda: slave.network("list"), "the list")
    assert (seen[0]["mode"], seen[0]["connected"], seen[0]["problem"]) == ("slave", True, "")
    assert [(record["name"], record["role"], record["state"]) for record in seen[1:]] == [
        ("Attic", "master", "online"),
        ("Den", "slave", "here"),
    ]
    shown = slave.call("network", "list").stdout
    assert "Attic" in shown
    assert "master, connected" in shown


def test_two_machines_of_one_name_are_told_apart_by_their_ids(
    master: Instance, slave: Instance, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    twin = Instance(tmp_path / "other", "Den")
    for instance in (slave, twin):
        instance.network("pair", address(master), code(master))
    listed = master.network("list")
    assert listed[0]["notices"][0].startswith("2 machines are called Den.")
    answer = master.call("network", "revoke", "Den")
    assert (answer.returncode, answer.stdout) == (2, "")
    chosen = listed[2]["id"]
    assert chosen in answer.stderr
    master.network("forget", chosen)
    assert [record["name"] for record in master.network("list")[1:]] == ["Attic", "Den"]


def test_a_code_is_good_for_one_machine(master: Instance, slave: Instance, tmp_path: Path) -> None:
    good = code(master)
    assert slave.network("pair", address(master), good) == [{"type": "paired", "name": "Attic"}]
    another = Instance(tmp_path, "Laptop")
    answer = another.call("network", "pair", address(master), good)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "pairing code is wrong or not good any more" in answer.stderr
    assert [record["name"] for record in master.network("list")[1:]] == ["Attic", "Den"]


def test_pairing_makes_a_machine_a_slave(master: Instance, slave: Instance) -> None:
    slave.network("pair", address(master), code(master))
    assert slave.network("list")[0]["mode"] == "slave"


def test_a_slave_that_is_started_again_with_its_old_code_is_still_paired(
    master: Instance, slave: Instance
) -> None:
    used = code(master)
    words = ("--role", "slave", "--master", address(master), "--pair", used)
    for _start in range(2):
        slave.run(*words)
        slave.until(slave.running, "the slave")
        master.until(lambda: master.machine("Den").get("state") == "online", "the slave")
        slave.end()


def test_a_hidden_code_is_good_no_longer(master: Instance, slave: Instance) -> None:
    hidden = code(master)
    (told,) = master.network("pair-code", "--hide")
    assert told == {"type": "pairing_code", "code": "", "seconds": 0}
    assert slave.call("network", "pair", address(master), hidden).returncode == 1


def test_a_removed_slave_loses_its_connection_and_comes_back_by_a_new_code_alone(
    master: Instance, slave: Instance
) -> None:
    pair(master, slave)
    master.network("revoke", "den")  # names are taken in any case
    slave.until(lambda: not slave.network("list")[0]["connected"], "the end of the connection")
    assert master.machine("Den")["state"] == "revoked"
    assert "removed" in slave.network("list")[0]["problem"]
    slave.network("pair", address(master), code(master))
    master.until(lambda: master.machine("Den").get("state") == "online", "the slave")


def test_a_forgotten_machine_is_in_no_list(master: Instance, slave: Instance) -> None:
    slave.network("pair", address(master), code(master))
    left = master.network("forget", "Den")
    assert [record["name"] for record in left if record["type"] == "machine"] == ["Attic"]


def test_a_master_commands_its_slave(master: Instance, slave: Instance) -> None:
    pair(master, slave)
    assert master.network("tell", "Den", "pause") == [
        {"type": "told", "machine": "Den", "command": "pause"}
    ]
    master.until(lambda: master.machine("Den")["held"], "the pause")
    master.network("tell", "Den", "resume")
    master.until(lambda: not master.machine("Den")["held"], "the end of the pause")
    master.network("slots", "Den", "--software", "3", "--remux", "0")
    assert slave.call("settings", "get", "queue.software_jobs").stdout.split()[-1] == "3"
    (log,) = master.network("log", "Den", "--lines", "20")
    assert "Connected" in log["log"]


def test_a_slaves_own_user_pauses_and_stops_its_work_for_the_master(
    master: Instance, slave: Instance
) -> None:
    pair(master, slave)

    def held() -> str:
        return str(
            next(
                record["held"] for record in master.network("list") if record["name"] == slave.name
            )
        )

    def says(text: str) -> bool:
        return text in held()

    for words, said in (
        (("pause",), "paused there"),
        (("stop", "--after-current"), "stopped there"),
    ):
        assert slave.call("queue", *words).returncode == 0
        master.until(partial(says, said), said)
        assert slave.call("queue", "start").returncode == 0
        master.until(lambda: not held(), "the slave to take films")
    slave.end()
    assert slave.call("queue", "pause").returncode == 0, "while it is not at work"
    slave.run()
    master.until(lambda: "paused there" in held(), "the slave to come back and rest")


def test_path_mappings_are_kept_shown_and_taken_away(slave: Instance) -> None:
    pairs = [{"type": "mapping", "theirs": "/srv/films", "ours": "/mnt/films"}]
    assert slave.network("map", "/srv/films", "/mnt/films") == pairs
    assert slave.network("map") == pairs
    assert slave.network("unmap", "/srv/films") == []


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("network", "pair", "127.0.0.1:1", "AAAAA-BBBBB"), 1),
        (("network", "pair", "no such host", "AAAAA-BBBBB"), 2),
        (("network", "pair", "127.0.0.1"), 2),
        (("network", "pair-code"), 1),
        (("network", "doctor"), 1),
        (("network", "discover"), 1),
        (("network", "tell", "Den", "resume"), 1),
        (("network", "tell", "Nobody", "resume"), 2),
        (("network", "tell", "Den", "dance"), 2),
        (("network", "revoke", "Nobody"), 2),
        (("network", "slots", "Den"), 2),
        (("network", "map", "/films"), 2),
        (("network", "map", "/films", "nowhere=>"), 2),
        (("network", "unmap", "/films"), 2),
        (("--headless", "--role", "king"), 2),
        (("--role", "slave"), 2),
        (("--headless", "--master", "nas"), 2),
        (("--headless", "--role", "slave", "--pair", "AAAAA-BBBBB"), 2),
    ],
)
def test_what_cannot_be_is_one_sentence(
    slave: Instance, words: Tuple[str, ...], exit_code: int
) -> None:
    answer = slave.call(*words)
    assert (answer.returncode, answer.stdout) == (exit_code, "")
    assert one_sentence(answer.stderr), answer.stderr


def test_a_pairing_that_fails_changes_no_setting(master: Instance, slave: Instance) -> None:
    before = slave.call("settings", "list", "--json").stdout
    start_as_slave = ("--headless", "--role", "slave", "--master")
    for words in (
        (*start_as_slave, address(master), "--pair", "AAAAA-BBBBB"),
        (*start_as_slave, "127.0.0.1:1", "--pair", "AAAAA-BBBBB"),
        ("network", "pair", address(master), "AAAAA-BBBBB"),
        ("network", "pair", "127.0.0.1:1", "AAAAA-BBBBB"),
    ):
        answer = slave.call(*words)
        assert (answer.returncode, one_sentence(answer.stderr)) == (1, True), answer.stderr
        assert slave.call("settings", "list", "--json").stdout == before
    assert slave.network("list")[0]["mode"] == "standalone"
    # Where the settings cannot be stored there is no pairing either: both are one transaction.
    kept = slave.folder / "data"
    with closing(sqlite3.connect(kept / "mediaprocessor.db")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON settings BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        answer = slave.call("network", "pair", address(master), code(master))
        assert answer.returncode == 1
        assert database.execute("SELECT count(*) FROM masters").fetchone() == (0,)
        assert json.loads((kept / "secrets.json").read_text("utf-8")) == {}


def test_a_slave_that_cannot_pair_ends_with_a_sentence(master: Instance, slave: Instance) -> None:
    words = ("--headless", "--role", "slave", "--master", address(master), "--pair", "AAAAA-BBBBB")
    answer = slave.call(*words)
    assert answer.returncode == 1
    assert "pairing code is wrong" in answer.stderr
    refused = master.network("list")[0]["notices"]
    assert any("127.0.0.1" in sentence for sentence in refused), "the master tells of it"


def test_a_master_whose_port_is_taken_says_so(tmp_path: Path, master: Instance) -> None:
    port = address(master).rpartition(":")[2]
    other = Instance(tmp_path, "Cellar", **{"network.port": port})
    try:
        other.run("--role", "master")
        other.until(other.running, "the second master")
        told = other.until(lambda: other.network("list")[0]["problem"], "the reason")
        assert f"port {port}" in told
        answer = other.call("network", "pair-code")
        assert answer.returncode == 1
        assert f"port {port}" in answer.stderr
    finally:
        other.end()


def test_two_machines_process_a_film_together_that_both_see(tmp_path: Path) -> None:
    work_together(tmp_path, films="shared path")


def test_a_film_that_the_slave_does_not_see_is_sent_to_it_and_back(tmp_path: Path) -> None:
    work_together(tmp_path, films="transfer")


def work_together(tmp_path: Path, films: str) -> None:
    """A film waits at a master that works on none itself; it is done once a slave is paired."""
    path = film(tmp_path / "library" / "A film (2020)" / "A film (2020).mkv")
    os.utime(path, (time.time() - 3600,) * 2)
    before = path.read_bytes()
    shut = {f"queue.{kind}_jobs": 0 for kind in ("gpu", "software", "remux")}
    master = Instance(tmp_path, "Attic", **{"network.port": free_port(), **shut})
    slave = Instance(tmp_path, "Den", **{"network.films": films})
    try:
        assert master.call("folders", "add", str(tmp_path / "library")).returncode == 0
        assert master.call("folders", "scan").returncode == 0
        master.run("--role", "master")
        master.until(master.running, "the master")
        pair(master, slave)
        done = master.until(lambda: ended(master), "the end of the job")
        assert done["state"] == "completed", done
    finally:
        slave.end()
        master.end()
    for sentence in (
        f"Looks for its master at {address(master)}.",
        "Connected with the master Attic; it is asked for films.",
        "A film (2020).mkv: begun for the master Attic",
        "A film (2020).mkv: made, and handed in",
        "1 film was made for the master Attic.",
    ):
        assert sentence in slave.told
    assert f"Listens for slaves at {address(master)}." in master.told
    assert "The slave Den is connected." in master.told
    assert path.read_bytes() != before
    tracks = records("analyze", master.call("analyze", str(path), "--json"))[0]["media"]["audio"]
    assert [track["codec"] for track in tracks] == ["opus"], "the commentary is gone"


def ended(master: Instance) -> Dict[str, Any]:
    """The master's job, once it has come to an end."""
    listed = records("queue", master.call("queue", "list", "--json", "--state", "completed"))
    listed += records("queue", master.call("queue", "list", "--json", "--state", "failed"))
    jobs = [record for record in listed if record["type"] == "job"]
    return jobs[0] if jobs else {}
