"""A queue that is worked off by several machines: who gets which film, and what follows when one fails."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List

import pytest

from core.events import JobState, MachineLost
from core.peer_errors import PeerError
from core.protocol.messages import MessageType
from core.protocol.node_commands import NodeCommand
from core.queue.job import JobKind
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.settings.tree import QueueSettings
from core.tools import ToolName, Toolset
from processing import process_tree
from processing.filesystem import DOT_FOLDER
from store.jobs import JobStore
from store.leases import LeaseStore
from tests.processing.bench import (
    digest,
    fake_tool,
    open_bench,
    replaced_tool,
    with_section,
    without_tool,
)
from tests.scheduling.pair import Master, Pair
from tests.scheduling.shared_films import (
    beside,
    lose_the_master_at_the_result,
    make_slow,
    queue_film,
    until_encoding,
)


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        yield pair
        pair.end()


def test_a_film_is_fetched_made_and_handed_in_and_only_the_master_swaps(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.instance_id, job.kind) == (JobState.COMPLETED, "laptop", JobKind.REMUX)
    assert pair.master.bench.film.stat().st_size == job.processed_size
    assert digest(pair.master.bench.film) != pair.master.bench.sha256
    plan, commands, verification = JobStore(pair.master.bench.database).details(job_id)
    assert plan
    assert verification
    assert "laptop" in commands, "the commands are those of the machine that made it"
    pair.master.until(lambda: not slave.left_over() and not slave.store.all(), "tidying up")
    assert not beside(pair)
    assert not LeaseStore(pair.master.bench.database).held()


def test_a_shared_film_is_read_and_written_where_it_lies(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    library = pair.master.bench.folder
    (tmp_path / "mounted").symlink_to(library)
    slave = pair.slave(
        "desktop",
        tmp_path / "desktop",
        toolset,
        access=FilmAccess.AUTOMATIC,
        sees=(PathMapping(str(library), str(tmp_path / "mounted")),),
    )
    pair.master.start()
    slave.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert job.state is JobState.COMPLETED, job
    _plan, commands, _verification = JobStore(pair.master.bench.database).details(job_id)
    assert f"{tmp_path}/mounted/{DOT_FOLDER}" in commands
    pair.master.until(lambda: not slave.store.all(), "tidying up")
    assert not beside(pair)


def test_a_copy_of_the_library_is_not_taken_for_the_library(
    pair: Pair, tmp_path: Path, toolset: Toolset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.slave.film._MASTER_SECONDS", 0.5)
    job_id = queue_film(pair)
    library, mirror = pair.master.bench.folder, tmp_path / "mirror"
    shutil.copytree(library, mirror)
    slave = pair.slave(
        "mirror",
        tmp_path / "slave",
        toolset,
        access=FilmAccess.AUTOMATIC,
        sees=(PathMapping(str(library), str(mirror)),),
    )
    pair.master.start()
    slave.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert job.state is JobState.COMPLETED, job
    assert not (mirror / DOT_FOLDER).exists()


def test_another_film_under_the_same_name_is_not_worked_on(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    library, other = pair.master.bench.folder, tmp_path / "other"
    other.mkdir()
    (other / "Film.mkv").write_bytes(b"another film")
    slave = pair.slave(
        "desktop",
        tmp_path / "slave",
        toolset,
        access=FilmAccess.SHARED_PATH,
        sees=(PathMapping(str(library), str(other)),),
    )
    pair.master.start()
    slave.start()
    pair.master.until(lambda: pair.master.job(job_id).attempt > 1, "the refusal")
    assert "network.path_mappings" in pair.master.job(job_id).message
    assert pair.master.job(job_id).failures == 0, "the film is not to blame"
    assert digest(pair.master.bench.film) == pair.master.bench.sha256


def test_what_a_slave_cannot_do_is_never_sent_to_it(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    bench = pair.master.bench
    bench.settings = with_section(bench.settings, "video", encode=True)
    job_id = queue_film(pair)
    ffmpeg = toolset.get(ToolName.FFMPEG)
    assert ffmpeg is not None
    poor = replace(ffmpeg, abilities=ffmpeg.abilities - {"libx265", "libx265_10bit"})
    without_encoder = Toolset(
        tuple(poor if tool.name is ToolName.FFMPEG else tool for tool in toolset.tools)
    )
    weak = pair.slave("weak", tmp_path / "weak", without_encoder)
    able = pair.slave("able", tmp_path / "able", toolset)
    pair.master.start()
    able.start()
    weak.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.instance_id) == (JobState.COMPLETED, "able")
    assert weak.asked_for(MessageType.JOB_REQUEST)
    assert not weak.asked_for(MessageType.JOB_STATUS)


def test_a_kind_without_a_slot_and_a_film_that_is_too_large_are_for_others(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    no_remux = QueueSettings(gpu_jobs=1, software_jobs=1, remux_jobs=0)
    busy = pair.slave("busy", tmp_path / "busy", toolset, slots=no_remux)
    small = pair.slave("small", tmp_path / "small", toolset, largest=1000)
    able = pair.slave("able", tmp_path / "able", toolset)
    pair.master.start()
    for slave in (busy, small, able):
        slave.start()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.instance_id) == (JobState.COMPLETED, "able")
    assert not busy.asked_for(MessageType.JOB_STATUS)
    assert not small.asked_for(MessageType.JOB_STATUS)


def test_the_highest_priority_goes_first_to_whoever_asks(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(3)]
    pair.master.manager.set_priority([ids[2]], 5)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.line.connect()
    pair.master.until(
        lambda: JobStore(pair.master.bench.database).planned_ahead() == 3, "the plans"
    )
    slave.work.start()
    for job_id in ids:
        pair.master.until_state(job_id, JobState.COMPLETED)
    ended = sorted(ids, key=lambda job_id: pair.master.job(job_id).start_time or 0)
    assert ended == [ids[2], ids[0], ids[1]]


def test_the_masters_own_slots_work_beside_its_nodes(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    pair.master.limits = QueueSettings(gpu_jobs=0, software_jobs=0, remux_jobs=1)
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(16)]
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    for job_id in ids:
        pair.master.until_state(job_id, JobState.COMPLETED)
    machines = {pair.master.job(job_id).instance_id for job_id in ids}
    assert machines == {"", "laptop"}


def test_a_silent_slaves_job_runs_elsewhere_and_what_it_reports_later_is_refused(
    tmp_path: Path, toolset: Toolset
) -> None:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench, lease=3.0))
        make_slow(pair)
        job_id = queue_film(pair, seconds=20.0)
        silent = pair.slave("silent", tmp_path / "silent", toolset)
        pair.master.start()
        silent.start()
        until_encoding(pair, job_id)
        silent.line.cut()
        other = pair.slave("other", tmp_path / "other", toolset)
        other.start()
        pair.master.until(
            lambda: pair.master.job(job_id).instance_id == "other", "the other machine", 3.0 + 5.0
        )
        assert (pair.master.job(job_id).attempt, pair.master.job(job_id).failures) == (2, 0)
        assert MachineLost("silent", 1) in pair.master.told
        silent.line.connect()
        pair.master.until(lambda: not silent.work.work, "the refusal")
        assert silent.left_over() == []
        assert pair.master.job(job_id).instance_id == "other"
        pair.end()
        assert bench.untouched() or pair.master.job(job_id).state is JobState.PROCESSING


def test_a_slave_that_comes_back_goes_on_where_nobody_has_begun_its_job_again(
    tmp_path: Path, toolset: Toolset
) -> None:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench, lease=1.0))
        job_id = queue_film(pair)
        slave = pair.slave("laptop", tmp_path / "laptop", toolset)
        ready: List[bool] = []

        def sleep_when_finished(kind: MessageType, data: object) -> None:
            if kind is MessageType.JOB_COMPLETE and not ready:
                ready.append(True)
                slave.line.cut()  # the laptop was closed

        slave.line.before = sleep_when_finished
        pair.master.start()
        slave.start()
        pair.master.until(lambda: ready, "the result")
        pair.master.until(
            lambda: (
                pair.master.job(job_id).attempt == 2
                and pair.master.job(job_id).state is JobState.QUEUED
            ),
            "the end of the lease",
        )
        slave.line.connect()
        job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
        assert (job.state, job.attempt, job.instance_id) == (JobState.COMPLETED, 1, "laptop")
        assert len(slave.asked_for(MessageType.JOB_COMPLETE)) == 1
        pair.end()


def test_a_master_that_restarts_takes_a_finished_result_without_a_second_encode(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    lose_the_master_at_the_result(pair, slave)
    assert pair.master.job(job_id).state is JobState.PROCESSING
    assert slave.store.all()[0].report, "it is kept"
    pair.master.restart()
    slave.line.connect()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.attempt, job.instance_id) == (JobState.COMPLETED, 1, "laptop")
    encodes = slave.asked_for(MessageType.JOB_COMPLETE)
    assert len(encodes) == 1


def test_nothing_stays_of_a_film_that_was_renamed_while_its_master_was_away(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    lose_the_master_at_the_result(pair, slave)
    bench = pair.master.bench
    assert list(bench.folder.rglob("*.partial")), "the master waits for it"
    bench.film.rename(bench.film.with_name("Other name.mkv"))
    pair.master.restart()
    pair.master.until_state(job_id, JobState.SKIPPED)
    assert [path.name for path in bench.folder.rglob("*") if path.is_file()] == ["Other name.mkv"]
    assert bench.journal.unfinished() == ()


def test_a_slave_that_restarts_hands_in_what_it_had_finished_and_drops_what_it_had_not(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    cut: List[bool] = []

    def slave_goes(kind: MessageType, data: object) -> None:
        if kind is MessageType.JOB_COMPLETE and not cut:
            cut.append(True)
            slave.line.cut()

    slave.line.before = slave_goes
    pair.master.start()
    slave.start()
    pair.master.until(lambda: cut, "the result")
    slave.stop()
    assert [bool(job.report) for job in slave.store.all()] == [True]
    slave.restart()
    slave.line.connect()
    job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
    assert (job.state, job.attempt) == (JobState.COMPLETED, 1)
    pair.master.until(lambda: not slave.left_over(), "tidying up")


def test_a_result_whose_bytes_were_altered_never_becomes_media(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)

    def alter(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)

    slave.line.alter = alter
    pair.master.start()
    slave.start()
    pair.master.until(lambda: pair.master.job(job_id).attempt > 1, "the refusal")
    assert digest(pair.master.bench.film) == pair.master.bench.sha256
    assert "was damaged on the way" in pair.master.job(job_id).message
    assert pair.master.job(job_id).failures == 0


def test_a_node_that_fails_job_after_job_gets_none_for_a_while_and_the_jobs_go_elsewhere(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(4)]
    broken_ffmpeg = fake_tool(tmp_path / "ffmpeg", ["echo Cannot allocate memory >&2", "exit 1"])
    broken = pair.slave(
        "broken", tmp_path / "broken", replaced_tool(toolset, ToolName.FFMPEG, broken_ffmpeg)
    )
    pair.master.start()
    broken.start()
    pair.master.until(
        lambda: [notice for notice in pair.master.notices() if "broken gets no jobs" in notice],
        "the quarantine",
    )
    node = next(node for node in pair.master.work.system.nodes if node.id == "broken")
    pair.master.until(lambda: pair.master.work.system.nodes[1].quarantined, "the news")
    assert node.name == "broken"
    good = pair.slave("good", tmp_path / "good", toolset)
    good.start()
    for job_id in ids:
        job = pair.master.until_state(job_id, JobState.COMPLETED, JobState.FAILED)
        assert (job.state, job.instance_id) == (JobState.COMPLETED, "good"), job


def test_pausing_and_cancelling_reach_the_slaves_encoder(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    until_encoding(pair, job_id)
    pair.master.manager.pause_job(job_id)
    pair.master.until(lambda: slave.work.work[0].paused, "the pause")
    assert ("laptop", NodeCommand.PAUSE_JOB.value) in pair.master.sent
    pair.master.manager.resume_job(job_id)
    pair.master.until(lambda: not slave.work.work[0].paused, "the end of the pause")
    pair.master.manager.cancel(job_id)
    pair.master.until_state(job_id, JobState.CANCELLED)
    pair.master.until(lambda: not slave.work.work and not slave.left_over(), "the end")
    assert not list(process_tree.of_run(slave.runner.run_id)), "its encoder is gone"
    assert pair.master.bench.untouched()


def test_the_whole_queues_pause_holds_the_nodes_too(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    until_encoding(pair, job_id)
    pair.master.manager.pause()
    pair.master.until(lambda: slave.work.work[0].paused, "the pause")
    pair.master.manager.resume()
    pair.master.until(lambda: not slave.work.work[0].paused, "the end of the pause")


def test_a_drained_node_finishes_and_takes_no_more(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    ids = [queue_film(pair, f"Film {number}.mkv") for number in range(2)]
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)

    def drain(kind: MessageType, data: object) -> None:
        if kind is MessageType.JOB_STATUS:
            slave.line.before = lambda kind, data: None
            pair.master.work.command("laptop", NodeCommand.DRAIN)

    slave.line.before = drain
    pair.master.start()
    slave.start()
    pair.master.until_state(ids[0], JobState.COMPLETED)
    pair.master.until(
        lambda: [node for node in pair.master.work.system.nodes if "takes no more" in node.held],
        "the news",
    )
    assert pair.master.job(ids[1]).state is JobState.QUEUED
    pair.master.work.command("laptop", NodeCommand.START)
    pair.master.until_state(ids[1], JobState.COMPLETED)


def test_a_machine_that_becomes_standalone_takes_its_jobs_back(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    until_encoding(pair, job_id)
    assert pair.master.work.stop(60.0)
    assert pair.master.job(job_id).state is JobState.QUEUED
    assert pair.master.bench.untouched()
    with pytest.raises(PeerError, match="no master just now"):
        pair.master.work.job_status(slave.line.node, {"job": job_id, "attempt": 1})


def test_a_slave_that_changes_its_mode_gives_its_jobs_back_at_once(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    until_encoding(pair, job_id)
    slave.stop()
    pair.master.until(lambda: pair.master.job(job_id).attempt == 2, "the job", 20.0)
    assert slave.left_over() == []
    assert not pair.master.work._nodes.quarantine("laptop")


def test_a_film_that_only_an_absent_machine_can_do_waits_for_it(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    slave.start()
    slave.line.cut()
    no_remux = QueueSettings(gpu_jobs=1, software_jobs=1, remux_jobs=0)
    pair.slave("other", tmp_path / "other", toolset, slots=no_remux).start()
    pair.master.start()
    pair.master.until(lambda: "laptop" in pair.master.job(job_id).message, "the sentence")
    assert pair.master.job(job_id).not_before is not None
    slave.line.connect()
    assert pair.master.until_state(job_id, JobState.COMPLETED).instance_id == "laptop"


def test_films_that_a_slave_finds_are_queued_where_the_master_sees_the_same(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    from core.queue.job import NewJob

    film = pair.master.bench.make("AnnouncedMaster.mkv", seconds=1.0)
    library = pair.master.bench.folder
    (tmp_path / "mounted").symlink_to(library)
    alien = tmp_path / "elsewhere" / "Alien.mkv"
    alien.parent.mkdir()
    alien.write_bytes(b"x" * 1000)
    mounted = PathMapping(str(library), str(tmp_path / "mounted"))
    unseen = PathMapping("/not/there", str(alien.parent))
    slave = pair.slave("nas", tmp_path / "nas", toolset, sees=(mounted, unseen))
    slave.commands.report([NewJob(tmp_path / "mounted" / film.name, size=1), NewJob(alien, size=1)])
    pair.master.work.start()
    slave.start()
    pair.master.until(lambda: not slave.store.unconfirmed(9), "the answer")
    assert [job.path for job in pair.master.manager.jobs(JobState.QUEUED)] == [film]
    assert any("does not see" in notice for notice in pair.master.notices())


def test_a_slave_says_what_it_does_for_its_master(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    command = pair.master.work.command
    assert command("laptop", NodeCommand.SEND_LOG, {"lines": 7}) == {"log": "7 lines"}
    command("laptop", NodeCommand.SET_SLOTS, {"remux": 3})
    assert slave.changed == [{"queue.remux_jobs": "3"}]
    assert "held" in command("laptop", NodeCommand.PAUSE)
    pair.master.until(lambda: slave.work.system.nodes[1:], "how all are")
    assert slave.work.system.nodes[1].name == "laptop"
    with pytest.raises(PeerError, match="does not know the command"):
        slave.work.command("dance", {})


def test_a_node_without_mkvpropedit_gets_no_film_that_wants_it(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    poor = without_tool(toolset, ToolName.MKVPROPEDIT)
    slave = pair.slave("poor", tmp_path / "poor", poor)
    pair.master.start()
    slave.start()
    pair.master.until(lambda: pair.master.job(job_id).message, "the sentence")
    assert not slave.asked_for(MessageType.JOB_STATUS)


@pytest.mark.parametrize("moment", ["while the result comes", "while its end is told"])
def test_a_result_that_comes_when_its_job_was_cancelled_is_nobodys(
    pair: Pair, tmp_path: Path, toolset: Toolset, moment: str
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    cancelled: List[bool] = []

    def cancel() -> None:
        if not cancelled:
            cancelled.append(True)
            pair.master.manager.cancel(job_id)

    def told(kind: MessageType, data: object) -> None:
        if kind is MessageType.JOB_COMPLETE:
            cancel()

    if moment == "while the result comes":
        slave.line.alter = lambda path: cancel()
    else:
        slave.line.before = told
    pair.master.start()
    slave.start()
    pair.master.until(lambda: cancelled, "the result")
    pair.master.until_state(job_id, JobState.CANCELLED, JobState.COMPLETED)
    pair.master.until(lambda: not slave.work.work and not slave.left_over(), "tidying up")
    pair.master.until(lambda: not beside(pair), "the end of what had come")
    assert pair.master.job(job_id).state is JobState.CANCELLED
    assert pair.master.bench.untouched()
    assert not LeaseStore(pair.master.bench.database).held()
