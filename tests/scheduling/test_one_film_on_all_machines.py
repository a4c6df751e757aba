"""One film whose chunks are made by several machines: who gets which, and what follows when one fails."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, List, Mapping

import pytest

from core.chunks.board import ChunkBoard
from core.events import JobProgressed, JobState
from core.protocol.messages import MessageType
from core.protocol.slave_result import SlaveResult
from core.queue.job import Job
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.settings.tree import QueueSettings
from core.tools import ToolName, Toolset
from tests.processing.bench import open_bench, tool_path, with_section
from tests.scheduling.pair import NO_SLOTS, Master, Pair, Slave
from tests.scheduling.shared_films import beside, queue_film

ONE_ENCODER = QueueSettings(gpu_jobs=0, software_jobs=1, remux_jobs=0)


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        bench.settings = with_section(bench.settings, "video", encode=True)
        bench.settings = with_section(bench.settings, "processing", chunk_seconds=2.0)
        pair = Pair(Master(bench, limits=ONE_ENCODER))
        yield pair
        pair.end()


def sharing_slave(pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "desktop") -> Slave:
    """A slave that sees the master's library under another name."""
    library = pair.master.bench.folder
    (tmp_path / f"mounted at {name}").symlink_to(library)
    mapping = PathMapping(str(library), str(tmp_path / f"mounted at {name}"))
    how = {"access": FilmAccess.SHARED_PATH, "sees": (mapping,), "slots": ONE_ENCODER}
    return pair.slave(name, tmp_path / name, toolset, **how)


def fetching_slave(pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "laptop") -> Slave:
    """A slave that is sent what it works on."""
    return pair.slave(name, tmp_path / name, toolset, slots=ONE_ENCODER)


def long_film(pair: Pair, name: str = "Film.mkv", seconds: float = 6.0) -> int:
    options = ["-g", "25", "-qp", "4"]
    return queue_film(pair, name, seconds=seconds, size=(160, 90), video_options=options)


def makers(pair: Pair) -> List[str]:
    """Who has made each chunk, as the last progress with all of them tells it; "" is this machine."""
    pair.master.notices()  # takes in what was told
    told = [event.progress.chunks for event in pair.master.told if isinstance(event, JobProgressed)]
    return [chunk.machine for chunk in [chunks for chunks in told if chunks][-1]]


def completed(pair: Pair, job_id: int) -> Job:
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert job.state is JobState.COMPLETED, job
    return job


class Node:
    """A machine that a test answers for itself, with the master's own tools unless told otherwise."""

    def __init__(
        self, pair: Pair, tmp_path: Path, toolset: Toolset, name: str = "node", **facts: object
    ) -> None:
        self.pair = pair
        self.slave = pair.slave(name, tmp_path / name, toolset, slots=ONE_ENCODER)
        self.slave.told = {**self.slave.facts().as_data(), **facts}
        pair.master.work.joined(self.slave.line.node)
        self.slave.line.up = True
        self.held: List[List[int]] = []

    def asks(self) -> Mapping[str, Any]:
        """Ask for work once; return the offer, or nothing."""
        question = {"free": ["software"], "holding": self.held}
        offer: Mapping[str, Any] = self.slave.line.ask(MessageType.JOB_REQUEST, question).get(
            "offer", {}
        )
        if offer:
            self.held.append([offer["job"], offer["attempt"]])
        return offer

    def gets(self, what: str = "an offer") -> Mapping[str, Any]:
        """Ask until there is work."""
        found: List[Mapping[str, Any]] = []

        def asked() -> bool:
            found.append(self.asks())
            return bool(found[-1])

        self.pair.master.until(asked, what)
        return found[-1]

    def gets_chunk(self) -> Mapping[str, Any]:
        offer = self.gets("a chunk")
        assert "chunk" in offer, offer
        return offer

    def signs(self, offer: Mapping[str, Any], **more: object) -> Mapping[str, Any]:
        key = {"job": offer["job"], "attempt": offer["attempt"]}
        return self.slave.line.ask(MessageType.JOB_STATUS, {**key, **more})

    def hands_in(self, offer: Mapping[str, Any], content: bytes) -> Mapping[str, Any]:
        """Send these bytes as the chunk, with the right size and hash."""
        path = self.slave.folder / "chunk"
        path.write_bytes(content)
        digest = self.slave.line.upload(
            offer["job"], offer["attempt"], path, lambda: None, lambda count: None
        )
        report = SlaveResult(
            path.stat().st_size, digest, False, offer["signature"], None, (), (("encode", 1.0),)
        )
        key = {"job": offer["job"], "attempt": offer["attempt"]}
        return self.slave.line.ask(MessageType.JOB_COMPLETE, {**key, "report": report.as_data()})


def board_of(pair: Pair, job_id: int) -> ChunkBoard:
    film = pair.master.bench.in_chunks.get(job_id)
    assert film is not None
    return film.board


def nothing_left(pair: Pair, slave: Slave) -> bool:
    return not (slave.left_over() or slave.store.all() or beside(pair))


def test_a_film_is_made_by_two_machines_that_would_be_idle_otherwise(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    """This one comes late: its slot becomes free when the other has made a chunk."""
    pair.master.limits = NO_SLOTS
    slave = sharing_slave(pair, tmp_path, toolset)
    Node(pair, tmp_path, toolset, "idle")
    pair.master.start()
    slave.start()
    job_id = long_film(pair)
    pair.master.until(lambda: pair.master.bench.in_chunks.get(job_id), "the chunks")
    pair.master.until(lambda: board_of(pair, job_id).done, "a chunk of the other machine")
    pair.master.limits = ONE_ENCODER
    completed(pair, job_id)
    assert "desktop" in makers(pair), makers(pair)
    pair.master.until(lambda: nothing_left(pair, slave), "tidying up")


def test_without_a_shared_folder_only_the_part_of_the_film_is_sent(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    slave = fetching_slave(pair, tmp_path, toolset)
    Node(pair, tmp_path, toolset, "idle")
    pair.master.start()
    slave.start()
    job_id = long_film(pair, "Film.mp4")
    size = pair.master.bench.film.stat().st_size
    completed(pair, job_id)
    assert set(makers(pair)) == {"laptop"}
    assert slave.line.fetched
    assert all(0 < part < size * 0.9 for part in slave.line.fetched), (slave.line.fetched, size)
    pair.master.until(lambda: nothing_left(pair, slave), "tidying up")


def short_film(pair: Pair, name: str = "Film.mkv") -> int:
    """A film of two chunks."""
    return long_film(pair, name, seconds=4.0)


def test_a_film_is_begun_for_others_although_all_slots_here_are_taken(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    attic, cellar = (Node(pair, tmp_path, toolset, name) for name in ("attic", "cellar"))
    pair.master.start()
    job_id = short_film(pair)
    chunks = [node.gets_chunk()["chunk"]["number"] for node in (attic, cellar)]
    assert chunks == [0, 1]
    assert pair.master.job(job_id).instance_id == ""


def test_one_machine_alone_gets_the_whole_film(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    node = Node(pair, tmp_path, toolset)
    pair.master.start()
    short_film(pair)
    assert "chunk" not in node.gets()


def test_a_film_that_cannot_be_cut_goes_to_one_machine_after_all(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    node = Node(pair, tmp_path, toolset)
    Node(pair, tmp_path, toolset, "idle")
    pair.master.start()
    queue_film(pair, seconds=4.0, size=(160, 90), video_options=["-g", "1000", "-qp", "4"])
    assert "chunk" not in node.gets("the whole film")


def test_a_program_that_knows_no_chunks_is_never_offered_one(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    old = Node(pair, tmp_path, toolset, "old", chunks=None)
    new = Node(pair, tmp_path, toolset, "new")
    pair.master.start()
    short_film(pair)
    assert "chunk" not in new.gets(), "the old one would stand idle in any case"
    assert not old.asks()


def test_a_machine_with_another_version_of_the_encoder_makes_no_chunks(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    tools = tuple(
        replace(tool, version="0.1") if tool.name is ToolName.FFMPEG else tool
        for tool in toolset.tools
    )
    other = Node(pair, tmp_path, Toolset(tools), "other")
    attic, cellar = (Node(pair, tmp_path, toolset, name) for name in ("attic", "cellar"))
    pair.master.start()
    short_film(pair)
    attic.gets_chunk()
    assert not other.asks()
    cellar.gets_chunk()


def test_a_film_that_goes_first_is_made_by_all_although_others_wait(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    first = short_film(pair, "First.mkv")
    for name in ("Second.mkv", "Third.mkv"):
        last = short_film(pair, name)
    pair.master.manager.spread([last])
    node = Node(pair, tmp_path, toolset)
    pair.master.start()
    offer = node.gets_chunk()
    assert offer["job"] == last
    pair.master.manager.spread([last], wanted=False)
    assert not pair.master.job(last).spread
    assert pair.master.job(first).state is JobState.QUEUED


def test_a_silent_machine_costs_its_chunk_alone(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    """It was killed, or its cable pulled: what it says later of the chunk is refused."""
    node = Node(pair, tmp_path, toolset)
    pair.master.start()
    job_id = short_film(pair)
    offer = node.gets_chunk()
    node.slave.line.cut()
    completed(pair, job_id)
    assert makers(pair) == ["", ""]
    node.slave.line.up = True
    assert node.signs(offer)["go_on"] is False
    assert node.slave.line.ask(MessageType.JOB_COMPLETE, {**offer, "report": {}})["taken"] is False


def test_a_link_that_comes_back_within_its_time_costs_nothing(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = NO_SLOTS
    attic, cellar = (Node(pair, tmp_path, toolset, name) for name in ("attic", "cellar"))
    pair.master.start()
    job_id = short_film(pair)
    offer = attic.gets_chunk()
    attic.slave.line.cut()
    pair.master.work.joined(attic.slave.line.node)
    attic.slave.line.up = True
    assert attic.signs(offer, progress={"step": "encode", "percent": 40.0})["go_on"] is True
    assert board_of(pair, job_id).in_hand[0].share == 0.4
    cellar.gets_chunk()


def encoded_of_another_film(pair: Pair, tmp_path: Path, toolset: Toolset) -> bytes:
    """A chunk with the right number of pictures at the right times, of another film."""
    path = tmp_path / "other.mp4"
    look = "testsrc2=size=160x90:rate=25,negate,hflip"
    options = ["-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le"]
    subprocess.run(
        [
            *(tool_path(toolset, ToolName.FFMPEG), "-v", "error", "-f", "lavfi", "-t", "2"),
            *("-i", look, "-c:v", "libx265", *options, "-video_track_timescale", "1000"),
            str(path),
        ],
        check=True,
    )
    return path.read_bytes()


@pytest.mark.parametrize("what", ["rubbish", "another film"])
def test_what_is_not_the_films_chunk_is_refused_and_its_machine_makes_no_more_of_it(
    pair: Pair, tmp_path: Path, toolset: Toolset, what: str
) -> None:
    content = b"This is no film. " * 1000
    if what == "another film":
        content = encoded_of_another_film(pair, tmp_path, toolset)
    pair.master.limits = NO_SLOTS
    node, other = (Node(pair, tmp_path, toolset, name) for name in ("node", "other"))
    pair.master.start()
    job_id = short_film(pair)
    offer = node.gets_chunk()
    assert node.hands_in(offer, content) == {"taken": True}
    pair.master.until(lambda: board_of(pair, job_id).excluded, "the proof")
    assert board_of(pair, job_id).waiting == (0, 1)
    node.held.clear()
    assert not node.asks()
    assert other.gets_chunk()["chunk"]["number"] == 0


def test_a_master_that_restarts_goes_on_with_the_finished_chunks(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    node = Node(pair, tmp_path, toolset)
    pair.master.start()
    job_id = long_film(pair)
    held = node.gets_chunk()
    pair.master.until(lambda: board_of(pair, job_id).done, "a finished chunk")
    done = board_of(pair, job_id).done
    pair.master.stop()
    pair.master.restart()
    pair.master.work.joined(node.slave.line.node)
    assert node.signs(held)["go_on"] is False, "it was handed out by the run before"
    pair.master.until(lambda: pair.master.bench.in_chunks.get(job_id), "the film in hand again")
    assert done <= board_of(pair, job_id).done
    completed(pair, job_id)
