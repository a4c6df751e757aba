"""Machines that are paired and do wrong: what they say harms neither films, nor the queue, nor each other."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from cluster.film_files import PARTIAL
from cluster.limits import LARGEST_MESSAGE
from core.errors import NotEnoughSpace
from core.events import JobState
from core.peer_errors import NodeLost, PeerError
from core.protocol.messages import MessageType
from core.protocol.node_commands import NodeCommand
from core.protocol.node_facts import facts_from
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.settings.tree import QueueSettings
from core.tools import Toolset
from sharing.path_doctor import examine
from sharing.slave.task import is_forsaken
from store.leases import LeaseStore
from store.slave_jobs import SlaveJob
from tests.processing.bench import digest, open_bench, with_section
from tests.scheduling.lone_node import a_node, offer_to
from tests.scheduling.pair import Master, Pair
from tests.scheduling.shared_films import make_slow, queue_film, until_encoding


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        yield pair
        pair.end()


def test_a_machine_that_claims_millions_of_slots_has_no_more_films_planned_than_others(
    toolset: Toolset, tmp_path: Path, pair: Pair
) -> None:
    told = a_node(pair, tmp_path, toolset).told
    told["slots"] = {"gpu": 10**15, "software": -3, "remux": 2}
    assert sorted(facts_from(told).slots.values()) == [0, 2, 64]


def test_what_one_machine_says_of_itself_cannot_fill_the_message_to_all_others(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    long = "x" * 900_000
    with pytest.raises(PeerError, match="progress"):
        node.line.ask(
            MessageType.JOB_STATUS,
            {"job": offer["job"], "attempt": offer["attempt"], "progress": {"step": long}},
        )
    pair.master.work.status(node.line.node, {"held": long, "load": 1})
    pair.master.work._tell_all()
    assert len(str(pair.master.work.system.as_data())) < LARGEST_MESSAGE / 100


def test_a_report_that_cannot_be_read_is_the_machines_fault_and_not_the_films(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    names = {"job": offer["job"], "attempt": offer["attempt"]}
    node.line.ask(MessageType.JOB_COMPLETE, {**names, "report": {"nonsense": True}})
    pair.master.until(lambda: pair.master.job(job_id).attempt == 2, "another attempt")
    job = pair.master.job(job_id)
    assert (job.failures, job.state) == (0, JobState.QUEUED)
    assert pair.master.bench.untouched()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_a_machine_that_names_a_pipe_as_a_film_keeps_nobody_waiting(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    if sys.platform == "win32":
        return
    node = a_node(pair, tmp_path, toolset)
    pipe = tmp_path / "Film.mkv"
    os.mkfifo(pipe)
    pair.master.start()
    found = {"found": [{"path": str(pipe), "content": "1-2"}]}
    told = threading.Thread(
        target=pair.master.work.status, args=(node.line.node, found), daemon=True
    )
    told.start()
    told.join(20.0)
    waits = told.is_alive()
    if waits:
        pipe.open("wb").close()  # let it go
    assert not waits


def test_a_program_that_ended_with_three_films_in_hand_is_not_sent_to_rest(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(3)]
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    held: List[List[int]] = []
    for _ in ids:
        offer = offer_to(pair, node, held)
        held.append([offer["job"], offer["attempt"]])
    pair.master.work.joined(node.line.node)  # it has started again, and knows of nothing
    node.line.ask(MessageType.JOB_REQUEST, {"free": ["remux"], "holding": []})
    pair.master.until(
        lambda: all(pair.master.job(job_id).attempt == 2 for job_id in ids), "the jobs to come back"
    )
    assert not pair.master.work._nodes.quarantine("node")


def test_a_result_is_handed_in_or_the_job_is_lost_and_never_both(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    (remote,) = pair.master.work._jobs.all()
    with pair.master.manager.shared.changed:  # so that its thread cannot end yet
        pair.master.work._jobs._table.end(offer["job"], offer["attempt"], "node")
        remote.lose(NodeLost("node"))
        with pytest.raises(PeerError, match="ask again"):
            pair.master.work._jobs.hand_in(remote, {"error": {}})
    assert not remote.reported


def test_a_report_of_an_older_attempt_is_not_kept_for_a_newer_one(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    store = LeaseStore(pair.master.bench.database)
    store.hand_in(offer["job"], offer["attempt"] - 1, {"old": True})
    kept = store.get(offer["job"])
    assert kept is not None
    assert not kept.report


def test_a_film_waits_for_no_better_machine_that_never_takes_films_of_its_size(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    bench = pair.master.bench
    bench.settings = with_section(bench.settings, "video", encode=True)
    job_id = queue_film(pair)
    plain = Toolset(tuple(_without_encoders(tool) for tool in toolset.tools))
    pair.slave("better", tmp_path / "better", toolset, largest=1000).start()
    other = pair.slave("other", tmp_path / "other", plain)
    pair.master.start()
    other.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.instance_id) == (JobState.COMPLETED, "other")


def _without_encoders(tool: Any) -> Any:
    kept = frozenset(name for name in tool.abilities if "265" not in name and "hevc" not in name)
    return replace(tool, abilities=kept)


# ---- a master that does wrong


def test_a_slave_takes_no_more_than_it_asked_for(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    for wrong in ("", "gpu"):  # a kind that takes no slot, and one that was not free
        node.line.ask = lambda *_asked, kind=wrong: {"offer": {**offer, "kind": kind}}  # type: ignore[method-assign]
        with pytest.raises(PeerError, match="not asked for"):
            node.work._rounds.ask(["remux"])
    del node.line.ask
    assert node.work.work == ()


def test_a_master_that_has_no_work_and_lets_nobody_wait_is_not_asked_without_end(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    node = a_node(pair, tmp_path, toolset)
    node.line.ask = lambda *_asked: {"none": True, "after": 0}  # type: ignore[method-assign]
    node.work._rounds.ask(["remux"])
    assert not node.work._jobs.asking.due
    del node.line.ask


def test_the_work_for_one_master_is_nothing_to_another_one_with_the_same_numbers(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    until_encoding(pair, job_id)
    slave.work.connected("another-master", "Other")
    before = len(slave.asked_for(MessageType.JOB_STATUS))
    asked = len(slave.asked_for(MessageType.JOB_REQUEST))
    pair.master.until(
        lambda: len(slave.asked_for(MessageType.JOB_REQUEST)) > asked + 1, "its questions"
    )
    assert len(slave.asked_for(MessageType.JOB_STATUS)) <= before + 1
    assert slave.asked_for(MessageType.JOB_REQUEST)[-1]["holding"] == []
    with pytest.raises(PeerError, match="does not have"):
        slave.work.command("cancel_job", {"job": job_id, "attempt": 1})


def test_another_film_that_comes_over_the_line_is_not_worked_on(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    other = pair.master.bench.make("Other.mkv", seconds=2.0)
    pair.master.bench.film = pair.master.bench.folder / "Film.mkv"
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    real = pair.master.work.film_to_send
    sent: List[Path] = []

    def wrong_once(*asked: Any) -> Path:
        sent.append(other if not sent else real(*asked))
        return sent[-1]

    pair.master.work.film_to_send = wrong_once  # type: ignore[method-assign, assignment]
    pair.master.start()
    slave.start()
    pair.master.until(lambda: pair.master.job(job_id).attempt == 2, "the refusal")
    assert "is not" in pair.master.job(job_id).message
    assert pair.master.job(job_id).failures == 0
    assert digest(other)


def test_a_job_whose_sign_of_life_fails_takes_no_other_jobs_time(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    make_slow(pair)
    ids = [queue_film(pair, f"Film {number}.mkv", seconds=20.0) for number in range(2)]
    two = QueueSettings(gpu_jobs=0, software_jobs=2, remux_jobs=0)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset, slots=two)
    pair.master.start()
    slave.start()
    for job_id in ids:
        until_encoding(pair, job_id)

    def refuse_first(kind: MessageType, data: Any) -> None:
        if kind is MessageType.JOB_STATUS and data["job"] == ids[0]:
            raise PeerError("The master takes this job back just now; ask again.")

    slave.line.before = refuse_first
    slave.line.said.clear()
    pair.master.until(lambda: slave.asked_for(MessageType.JOB_STATUS), "the other's sign of life")
    assert slave.asked_for(MessageType.JOB_STATUS)[0]["job"] == ids[1]


def test_a_result_that_nobody_fetches_does_not_lie_there_for_ever(tmp_path: Path) -> None:
    result = tmp_path / "result.partial"
    result.write_bytes(b"result")
    job = SlaveJob("gone", 1, 1, result, tmp_path, {"size": 6})
    assert not is_forsaken(job)
    long_ago = time.time() - 40 * 86400
    os.utime(result, (long_ago, long_ago))
    assert is_forsaken(job)
    result.unlink()
    assert not is_forsaken(job), "its disk may be away"


# ---- what a master wished, over a slave's restart


@pytest.mark.parametrize("command", [NodeCommand.PAUSE, NodeCommand.DRAIN])
def test_a_slave_that_was_told_to_rest_still_rests_after_its_restart(
    pair: Pair, tmp_path: Path, toolset: Toolset, command: NodeCommand
) -> None:
    slave = pair.slave("laptop", tmp_path / "laptop", toolset, access=FilmAccess.TRANSFER)
    slave.start()
    pair.master.work.command("laptop", command)
    slave.line.cut()
    slave.stop()
    slave.restart()
    slave.line.connect()
    assert slave.work._state.held
    slave.work.connected("another-master", "Other")
    assert not slave.work._state.held, "another master wished nothing"


def test_the_doctor_finds_a_folder_under_another_name_and_proposes_how_it_is_called(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    library = tmp_path / "srv" / "films" / "Drama"
    library.mkdir(parents=True)
    (tmp_path / "mnt").mkdir()
    (tmp_path / "mnt" / "films").symlink_to(tmp_path / "srv" / "films")
    mapping = PathMapping(str(tmp_path / "srv" / "films"), str(tmp_path / "mnt" / "films"))
    pair.slave("mapped", tmp_path / "mapped", toolset, sees=(mapping,)).start()
    pair.slave("blind", tmp_path / "blind", toolset, sees=(PathMapping(str(library), "/nowhere"),))
    watching = pair.slave(
        "watching", tmp_path / "watching", toolset, sees=(PathMapping(str(library), "/nowhere"),)
    )
    watching.folders = (tmp_path / "mnt" / "films",)
    watching.start()
    names = ["mapped", "watching", "away"]
    pair.slave("away", tmp_path / "away", toolset)

    mapped, found, away = examine(library, names, pair.master.work)
    assert (mapped.seen, mapped.proposal) == (str(tmp_path / "mnt" / "films" / "Drama"), "")
    assert (mapped.writable, mapped.renames, mapped.free > 0) == (True, True, True)
    assert found.seen == str(tmp_path / "mnt" / "films" / "Drama")
    shortest = PathMapping(str(tmp_path / "srv"), str(tmp_path / "mnt"))
    assert found.proposal == str(shortest)
    assert away.problem
    assert list(library.iterdir()) == [], "no marker is left"


def test_a_slave_makes_nothing_by_a_template_that_could_reach_its_other_files(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    bench, secret = pair.master.bench, tmp_path / "secret.srt"
    secret.write_text("1\n00:00:00,000 --> 00:00:01,000\nsecret\n", "utf-8")
    reaching = (
        f"$ffmpeg -i $input -attach {secret} -metadata:s:t mimetype=text/plain -c:v libx265 "
        "-preset ultrafast -x265-params log-level=none $tracks $output"
    )
    settings = with_section(bench.settings, "video", encode=True)
    bench.settings = with_section(settings, "templates", normal=reaching, normal_fallback="")
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    pair.master.until(lambda: pair.master.job(job_id).attempt == 2, "the refusal")
    job = pair.master.job(job_id)
    assert "-attach" in job.message
    assert (job.failures, bench.untouched()) == (0, True)
    pair.master.until(lambda: not slave.left_over(), "tidying up")


def test_a_template_that_a_slave_has_itself_is_its_own_users_will(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    bench = pair.master.bench
    unusual = (
        "$ffmpeg -i $input -metadata studio=home -c:v libx265 -preset ultrafast "
        "-x265-params log-level=none $tracks $output"
    )
    settings = with_section(bench.settings, "video", encode=True)
    bench.settings = with_section(settings, "templates", normal=unusual, normal_fallback="")
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    slave.settings = with_section(slave.settings, "templates", downscale_fallback=unusual)
    pair.master.start()
    slave.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.instance_id) == (JobState.COMPLETED, "laptop")


def test_a_result_that_the_disk_has_no_room_for_is_refused_before_a_byte_of_it_comes(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    asked = "node", offer["job"], offer["attempt"]

    def place(size: int) -> Path:
        return pair.master.work.result_place(*asked, size)

    (remote,) = pair.master.work._jobs.all()
    pair.master.until(lambda: remote._place, "the master to be ready")
    there = place(1000)
    for _again in range(2):
        with pytest.raises(NotEnoughSpace, match=r"[MGk]?B free.*Free some space"):
            place(2**60)
    told = [notice for notice in pair.master.notices() if "cannot hand in" in notice]
    assert len(told) == 1, "the user hears of it once"
    assert "Film.mkv" in told[0]
    assert place(1000) == there
    assert not there.with_name(there.name + PARTIAL).exists()
