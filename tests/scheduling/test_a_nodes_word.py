"""What a paired machine says of a film is held against the film: a wrong field is that machine's trouble."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

from core.errors import NoGain
from core.events import JobState
from core.peer_errors import PeerError, WrongField
from core.protocol.messages import MessageType
from core.protocol.slave_result import not_made
from core.tools import Toolset
from processing.holding import staging_folder
from sharing.remote_result import remote_name
from store.leases import LeaseStore
from store.verdicts import TOLD_SECONDS, VerdictKind, VerdictStore, fingerprint
from tests.processing.bench import open_bench
from tests.scheduling.lone_node import a_node, offer_to
from tests.scheduling.pair import Master, Pair, Slave
from tests.scheduling.shared_films import queue_film


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        one = Pair(Master(bench))
        yield one
        one.end()


class PeerFields:
    """A film in the hands of a machine that says what the test has it say."""

    def __init__(self, pair: Pair, tmp_path: Path, toolset: Toolset) -> None:
        self.master = pair.master
        self.job_id = queue_film(pair)
        self.node: Slave = a_node(pair, tmp_path, toolset)
        self.master.start()
        self.offer = offer_to(pair, self.node)

    @property
    def names(self) -> Dict[str, Any]:
        return {"job": self.offer["job"], "attempt": self.offer["attempt"]}

    def report(self, report: object) -> Dict[str, Any]:
        asked = {**self.names, "report": report}
        return dict(self.node.line.ask(MessageType.JOB_COMPLETE, asked))

    def no_gain(self, source_size: Any, result_size: Any) -> None:
        error = not_made(NoGain(1, 1)).as_data()
        error["error"]["fields"] = {"source_size": source_size, "result_size": result_size}
        self.report(error)

    def until_taken_back(self) -> None:
        self.master.until(lambda: self.master.job(self.job_id).attempt == 2, "another attempt")
        job = self.master.job(self.job_id)
        assert (job.state, job.failures) == (JobState.QUEUED, 0)
        assert self.master.bench.untouched()

    def verdict(self) -> Any:
        content = fingerprint(self.master.bench.film)
        return VerdictStore(self.master.bench.database).find(content, self.offer["signature"])

    def failures(self) -> int:
        counted = self.master.work._nodes._quarantine._failures.get("node", (0, ""))
        return counted[0]


@pytest.fixture
def told(pair: Pair, tmp_path: Path, toolset: Toolset) -> PeerFields:
    return PeerFields(pair, tmp_path, toolset)


# ---- "no gain"


@pytest.mark.parametrize(
    ("source", "result"),
    [("other", "larger"), ("right", "smaller"), ("right", -1)],
)
def test_a_no_gain_that_does_not_fit_is_the_machines_trouble_and_no_verdict(
    told: PeerFields, source: Any, result: Any
) -> None:
    size = told.offer["size"]
    sizes = {"other": size - 1, "right": size, "larger": 2 * size, "smaller": size // 2}
    told.no_gain(sizes.get(source, source), sizes.get(result, result))
    told.until_taken_back()
    assert told.verdict() is None
    assert told.failures() == 1


@pytest.mark.parametrize("wrong", [None, "5000000"])
def test_a_no_gain_whose_sizes_are_no_sizes_is_refused_and_not_even_kept(
    told: PeerFields, wrong: Any
) -> None:
    told.no_gain(told.offer["size"], wrong)
    told.until_taken_back()
    kept = LeaseStore(told.master.bench.database).get(told.job_id)
    assert kept is None or not kept.report
    assert told.verdict() is None


def test_a_no_gain_that_fits_is_believed_for_thirty_days_and_not_for_ever(told: PeerFields) -> None:
    size = told.offer["size"]
    told.no_gain(size, 2 * size)
    job = told.master.until_state(told.job_id, JobState.SKIPPED)
    assert "on node" in job.message
    verdict = told.verdict()
    assert verdict.kind is VerdictKind.TOLD_NO_GAIN
    content, database = fingerprint(told.master.bench.film), told.master.bench.database
    for now in (time.time() + TOLD_SECONDS + 60, time.time() - 3600):
        later = VerdictStore(database, lambda now=now: now)
        assert later.find(content, told.offer["signature"]) is None


def test_three_wrong_words_in_a_row_send_a_machine_to_rest_with_the_reason(
    told: PeerFields,
) -> None:
    node, work = told.node.line.node, told.master.work
    for wrong in ({"load": -3}, {"free_space": "much"}, {"held": 7}):
        assert not work._nodes.quarantine("node")
        work.status(node, wrong)
    assert "held is 7" in work._nodes.quarantine("node")
    assert any("gets no jobs for a while" in notice for notice in told.master.notices())
    answer = told.node.line.ask(MessageType.JOB_REQUEST, {"free": ["remux"], "holding": []})
    assert "offer" not in answer


# ---- results

GOOD: Dict[str, Any] = {
    "size": 1000,
    "digest": "ab" * 32,
    "shared": False,
    "signature": "0",
    "copied": None,
    "commands": [["ffmpeg", "-i", "x"]],
    "timings": [["remux", 1.5]],
}


@pytest.mark.parametrize(
    "wrong", [{"size": 2**63 - 1}, {"timings": [["dance", 1.0]]}], ids=["size", "timings"]
)
def test_a_result_with_a_field_that_cannot_be_is_not_kept_and_the_film_is_made_anew(
    told: PeerFields, wrong: Dict[str, Any]
) -> None:
    answer = told.report({**GOOD, **wrong})
    assert answer["taken"] is False
    assert next(iter(wrong)) in answer["reason"]
    told.until_taken_back()
    assert told.failures() == 1
    assert next(iter(wrong)) in told.master.job(told.job_id).message


def test_an_error_that_only_this_machine_may_come_to_ends_no_film(told: PeerFields) -> None:

    error = {"code": "film_gone", "message": "It is gone.\x1b[2J", "fields": {}}
    told.report({"error": error})
    told.until_taken_back()
    assert "\x1b" not in told.master.job(told.job_id).message


def test_another_plan_than_was_ordered_is_refused(told: PeerFields) -> None:
    told.report({**GOOD, "signature": "another"})
    told.until_taken_back()
    assert "another plan" in told.master.job(told.job_id).message


def test_a_picture_that_was_copied_for_no_reason_is_refused(told: PeerFields) -> None:
    told.report({**GOOD, "copied": ["video.dolby_vision_failed", "It could not.", ""]})
    told.until_taken_back()
    assert "for no reason" in told.master.job(told.job_id).message


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_a_result_that_is_a_link_to_another_film_is_refused(told: PeerFields, kind: str) -> None:
    other = told.master.bench.folder.parent / "Other.txt"
    other.write_bytes(b"another film")
    name = remote_name(told.offer["job"], told.offer["attempt"], "node")
    place = staging_folder(Path(told.offer["path"])) / name
    told.master.until(place.parent.is_dir, "the master to be ready")
    if kind == "symbolic":
        place.symlink_to(other)
    else:
        place.hardlink_to(other) if hasattr(place, "hardlink_to") else os.link(other, place)
    told.report({**GOOD, "shared": True, "signature": told.offer["signature"]})
    told.until_taken_back()
    assert "link to another file" in told.master.job(told.job_id).message
    assert other.read_bytes() == b"another film"


def test_a_result_much_larger_than_its_film_is_not_taken_in(told: PeerFields) -> None:
    (remote,) = told.master.work._jobs.all()
    told.master.until(lambda: remote._place, "the master to be ready")
    with pytest.raises(WrongField, match="was offered for a film of"):
        told.master.work.result_place(
            "node", told.job_id, 1, told.offer["size"] * 3 + 65 * 1024 * 1024
        )
    told.until_taken_back()


# ---- signs of life


@pytest.mark.parametrize(
    "progress", [{"step": "remux", "percent": 140.0}, {"step": "new"}], ids=str
)
def test_progress_that_cannot_be_takes_the_film_back_and_is_shown_to_nobody(
    told: PeerFields, progress: Any
) -> None:
    (remote,) = told.master.work._jobs.all()
    with pytest.raises(PeerError, match="progress"):
        told.node.line.ask(MessageType.JOB_STATUS, {**told.names, "progress": progress})
    assert remote.progress is None
    told.until_taken_back()
    assert told.failures() == 1


@pytest.mark.parametrize(
    "data",
    [{"job": True, "attempt": 1}, {"attempt": 1}],
    ids=str,
)
def test_a_word_on_no_job_counts_against_the_machine(
    told: PeerFields, data: Dict[str, Any]
) -> None:
    with pytest.raises(PeerError, match="word on a job cannot be right"):
        told.node.line.ask(MessageType.JOB_STATUS, data)
    assert told.failures() == 1


@pytest.mark.parametrize("largest", [-1, "all"])
def test_a_question_for_work_with_no_size_is_refused(told: PeerFields, largest: Any) -> None:
    with pytest.raises(PeerError, match="question for work cannot be right"):
        told.node.line.ask(MessageType.JOB_REQUEST, {"free": [], "largest": largest})
    assert told.failures() == 1


def test_a_machine_that_says_of_itself_what_cannot_be_gets_no_work(
    told: PeerFields,
) -> None:
    told.node.told = {**told.node.told, "cores": -4}
    with pytest.raises(PeerError, match="says of its"):
        told.node.line.ask(MessageType.JOB_REQUEST, {"free": ["remux"], "holding": []})
    assert told.failures() == 1


@pytest.mark.parametrize(
    "found", ["all", [{"path": "/x", "content": "y" * 999}]], ids=["no list", "no content"]
)
def test_found_films_that_are_none_queue_nothing(told: PeerFields, found: Any) -> None:
    told.master.work.status(told.node.line.node, {"found": found})
    assert told.failures() == 1
    assert not any("found" in notice for notice in told.master.notices())
