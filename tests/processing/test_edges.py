"""Where a recording begins and ends, and where it is damaged: real tools on films cut at any byte."""

from __future__ import annotations

import os
import random
import re
import sys
import threading
from pathlib import Path
from typing import Iterator, List

import pytest

from commandline.analyze import describe
from core.errors import FilmDamaged, ProbeError
from core.events import JobState
from core.queue.job import Job
from core.settings.tree import QueueSettings
from core.tools import Toolset
from queue_manager import QueueManager
from store.jobs import JobStore
from store.verdicts import VerdictStore
from tests import edge_campaign
from tests.edge_campaign import BOTH, END, KINDS, LAST_PACKET, MIDDLE, PROCESSED, Kind
from tests.films import AudioSpec, make_film
from tests.processing.bench import Bench, open_bench, with_section
from tests.queue_environment import Surroundings

BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        one.settings = with_section(one.settings, "video", encode=True)
        yield one


def cut_film(bench: Bench, name: str, how: str, seed: int = 7) -> Kind:
    """The bench's film, cut in this way."""
    kind = BY_NAME[name]
    data = edge_campaign.make(kind, bench.folder.parent / "whole").read_bytes()
    film = bench.folder / name
    film.write_bytes(edge_campaign.cut(data, how, random.Random(seed)))
    bench.take(film)
    return kind


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("h264-aac.ts", BOTH),
        ("mpeg2-ac3.vob", END),
        ("fragmented.mp4", LAST_PACKET),
        ("h264-aac.mkv", LAST_PACKET),
        ("recorded.mkv", END),  # its writer never came to say how long it is
        ("mpeg4-mp3.avi", LAST_PACKET),
    ],
)
def test_a_film_that_is_cut_at_any_byte_comes_out(bench: Bench, name: str, how: str) -> None:
    cut_film(bench, name, how)
    assert bench.process().message == ""


def test_the_campaign_tells_right_from_wrong() -> None:
    kind = BY_NAME["h264-aac.mkv"]
    failed = edge_campaign.Outcome(edge_campaign.FAILED)
    short = edge_campaign.Outcome(edge_campaign.REFUSED, "The file is incomplete.")
    assert not edge_campaign.is_right(kind, END, failed)
    assert edge_campaign.is_right(kind, END, short)
    assert not edge_campaign.is_right(kind, LAST_PACKET, short)
    assert not edge_campaign.is_right(BY_NAME["h264-aac.ts"], END, short)
    assert edge_campaign.is_right(kind, LAST_PACKET, edge_campaign.Outcome(PROCESSED))


def test_damage_in_the_middle_of_a_recording_is_refused_with_its_place(bench: Bench) -> None:
    cut_film(bench, "h264-aac.ts", MIDDLE)
    with pytest.raises(FilmDamaged, match=r"damaged: \d\.\d seconds at 0:00:0[2-5] are broken"):
        bench.process()
    assert bench.untouched()


def test_damage_is_found_once_and_known_to_the_plan_from_then_on(bench: Bench) -> None:
    cut_film(bench, "h264-aac.mkv", MIDDLE)
    bench.damage_of = VerdictStore(bench.database).damage
    assert not bench.plan().refused
    job = worked_off(bench)
    assert (job.state, job.error_code, job.attempt) == (JobState.FAILED, FilmDamaged.code, 1)
    found = bench.plan()
    assert found.media.damage is not None
    assert "0:00:0" in describe(found.media)
    (refusal,) = found.refusals
    assert refusal.code == "refused.damaged"
    assert refusal.message in job.error_message.replace("this film", "This film")
    bench.settings = with_section(bench.settings, "verification", damage_seconds=5.0)
    allowed = bench.plan()
    assert not allowed.refused
    assert "film.damaged" in [warning.code for warning in allowed.warnings]
    job = worked_off(bench)
    assert job.state is JobState.COMPLETED
    assert job.message.startswith("The film was damaged: ")


def worked_off(bench: Bench) -> Job:
    """The bench's film as a queue has worked it off."""
    manager = QueueManager(
        bench.database,
        Surroundings(bench.equipment, lambda: QueueSettings(remux_jobs=1)),
    )
    (job_id,) = manager.add([bench.film])
    manager.run_until_idle(lambda event: None)
    job = JobStore(bench.database).get(job_id)
    assert job is not None
    return job


def test_a_job_of_a_named_pipe_fails_and_holds_up_no_other(bench: Bench) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no such files")
    bench.film = bench.folder / "pipe.mkv"
    os.mkfifo(bench.film)
    jobs: List[Job] = []
    worker = threading.Thread(target=lambda: jobs.append(worked_off(bench)), daemon=True)
    worker.start()  # whoever opens the pipe never comes back
    worker.join(30)
    assert [job.state for job in jobs] == [JobState.FAILED]
    assert jobs[0].error_message.endswith("is not a regular file.")


def test_damage_that_a_setting_allows_is_in_the_result_and_said(bench: Bench) -> None:
    cut_film(bench, "mpeg2-mp2.ts", MIDDLE)
    bench.settings = with_section(bench.settings, "verification", damage_seconds=2.0)
    result = bench.process()
    assert result.path.is_file()
    assert result.message.startswith("The film was damaged: ")


def torn_film(bench: Bench, kind: str, *holes: range, seconds: float = 40, end: float = 1) -> None:
    """The bench's film with zeros in these seconds, and cut after so much (a share) of it."""
    suffix = Path(kind).suffix
    clusters = ("-cluster_time_limit", "500") if suffix == ".mkv" else ()
    film = make_film(
        bench.folder / f"Torn{suffix}",
        seconds=seconds,
        size=(160, 90),
        audio=[AudioSpec("ac3", bit_rate=192)],
        video_options=["-g", "25", "-qp", "4"],
        output_options=(*clusters, *BY_NAME[kind].options),
    )
    data = bytearray(film.read_bytes())
    for hole in holes:
        begin, stop = (int(len(data) * moment / seconds) for moment in (hole.start, hole.stop))
        data[begin:stop] = bytes(stop - begin)
    film.write_bytes(data[: int(len(data) * end)])
    bench.take(film)


@pytest.mark.parametrize("kind", ["recorded.mkv", "h264-aac.mkv", "h264-aac.ts"])
def test_a_hole_that_no_decoder_complains_about_is_damage(bench: Bench, kind: str) -> None:
    torn_film(bench, kind, range(12, 20))
    bench.settings = with_section(bench.settings, "verification", damage_seconds=4.0)
    with pytest.raises(
        FilmDamaged, match=r"damaged: ([789]|[12]\d)\.\d seconds at 0:00:1[0-3] are"
    ):
        bench.process()
    assert bench.untouched()


def test_a_hole_longer_than_what_is_looked_at_closely_is_measured_whole(bench: Bench) -> None:
    torn_film(bench, "recorded.mkv", range(30, 90), seconds=120)
    bench.settings = with_section(bench.settings, "verification", damage_seconds=45.0)
    with pytest.raises(
        FilmDamaged, match=r"damaged: (5[89]|6[012])\.\d seconds at 0:00:(29|3[01])"
    ):
        bench.process()
    assert bench.untouched()


def test_a_hole_and_a_missing_end_are_allowed_so_much_together(bench: Bench) -> None:
    torn_film(bench, "h264-aac.mkv", range(12, 16), end=0.875)
    bench.settings = with_section(bench.settings, "verification", damage_seconds=6.0)
    with pytest.raises(FilmDamaged, match=r"\d\.\d seconds at 0:00:1[123] and 0:00:3[3-6] are"):
        bench.process()
    assert bench.untouched()


def test_a_film_that_is_mended_between_the_samples_of_its_content_is_tried_anew(
    bench: Bench,
) -> None:
    mended = edge_campaign.make(BY_NAME["h264-aac.mkv"], bench.folder.parent / "whole").read_bytes()
    at = len(mended) // 4
    film = bench.folder / "Film.mkv"
    film.write_bytes(mended[:at] + bytes(20_000) + mended[at + 20_000 :])
    bench.take(film)
    bench.damage_of = VerdictStore(bench.database).damage
    worked_off(bench)
    assert bench.plan().refused
    damaged = bench.plan().media.identity
    film.write_bytes(mended)
    os.utime(film, ns=(damaged.mtime_ns + 10**9, damaged.mtime_ns + 10**9))
    found = bench.plan()
    assert found.media.identity.content == damaged.content
    assert not found.refused


def test_more_damage_than_a_setting_allows_is_refused(bench: Bench) -> None:
    cut_film(bench, "mpeg2-mp2.ts", MIDDLE)
    bench.settings = with_section(bench.settings, "verification", damage_seconds=0.1)
    with pytest.raises(FilmDamaged):
        bench.process()
    assert bench.untouched()


@pytest.mark.parametrize("name", ["h264-aac.mkv", "mpeg4-mp3.avi"])
def test_an_end_that_is_missing_is_allowed_up_to_the_same_seconds(bench: Bench, name: str) -> None:
    data = edge_campaign.make(BY_NAME[name], bench.folder.parent / "whole").read_bytes()
    film = bench.folder / name
    film.write_bytes(data[: len(data) * 3 // 4])
    bench.take(film)
    bench.settings = with_section(bench.settings, "verification", damage_seconds=0.5)
    with pytest.raises(ProbeError, match="the file is incomplete"):
        bench.process()
    assert bench.untouched()
    bench.settings = with_section(bench.settings, "verification", damage_seconds=5.0)
    message = bench.process().message
    assert re.fullmatch(r"The film is incomplete: its last [12]\.\d seconds are missing\.", message)
