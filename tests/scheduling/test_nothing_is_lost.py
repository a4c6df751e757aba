"""What a user may do to a film at work or done, and what stays: its record, its work, its pause."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import List, cast

from analyzer import Analyzer
from core.events import JobState, QueueState
from core.media.model import MediaFile
from core.queue.job import JobKind
from core.queue.work_in_hand import WorkInHand, held_sentence, loss_sentence
from core.settings.tree import QueueSettings
from store.job_records import JobRecords
from store.jobs import JobStore
from tests.processing.bench import digest
from tests.queue_service import Service, encoders, encoding


def rows(service: Service, table: str) -> List[tuple[object, ...]]:
    with service.bench.database.read() as connection:
        found = connection.execute(f"SELECT * FROM {table}").fetchall()
    return [tuple(row) for row in found]


def test_a_completed_film_that_is_tried_again_keeps_its_record_and_gets_a_new_job(
    service: Service,
) -> None:
    film = service.films(1)[0]
    original = digest(film)
    (job_id,) = service.manager.add([film])
    service.work_off()
    service.manager.stop()
    before, details = service.job(job_id), JobStore(service.bench.database).details(job_id)
    ends = rows(service, "job_ends")
    assert service.manager.retry(job_id)
    assert not service.manager.retry(job_id), "it is in the queue already"
    assert service.job(job_id) == before
    service.work_off()
    assert service.job(job_id) == before
    assert JobStore(service.bench.database).details(job_id) == details
    assert ends[0] in rows(service, "job_ends")
    (again,) = (job for job in service.manager.jobs(*JobState) if job.id != job_id)
    assert (again.path, again.state) == (before.result_path, JobState.SKIPPED)
    entry = JobRecords(service.bench.database).original(before)
    assert entry is not None
    assert digest(entry.holding) == original, "the original that is kept is still this job's"


def test_the_new_job_is_for_the_film_as_it_is_called_now(service: Service) -> None:
    film = service.bench.make("Film.mp4", seconds=1)
    (job_id,) = service.manager.add([film])
    service.work_off()
    service.manager.stop()
    done = service.job(job_id)
    assert done.result_path != film
    service.manager.retry(job_id)
    assert service.manager.jobs(JobState.QUEUED)[0].path == done.result_path
    (waiting,) = service.manager.jobs(JobState.QUEUED)
    service.manager.remove(waiting.id)
    service.equipment().processor.restore(done.result_path)
    service.manager.retry(job_id)
    assert service.manager.jobs(JobState.QUEUED)[0].path == film


def test_work_that_would_be_lost_is_told_with_its_time_and_size(service: Service) -> None:
    (job_id,) = service.manager.add([service.slow_film()])
    (waiting,) = service.manager.add(service.films(1))
    service.manager.start()
    service.until_encoding()
    service.until(lambda: service.manager.work_in_hand()[0].seconds > 0.5, "some work")
    (work,) = service.manager.work_in_hand((job_id, waiting))
    assert (work.job_id, work.kind) == (job_id, JobKind.SOFTWARE)
    assert work.film.endswith("Slow.mkv")
    service.manager.pause_job(job_id)
    (still,) = service.manager.work_in_hand()
    later = time.monotonic() + 0.3
    service.until(lambda: time.monotonic() > later, "some time")
    assert abs(service.manager.work_in_hand()[0].seconds - still.seconds) < 0.2, "it stands still"
    service.manager.cancel(job_id)
    assert service.manager.work_in_hand() == ()


def test_a_film_that_stands_still_keeps_its_slot_and_others_go_on_in_free_ones(
    service: Service,
) -> None:
    service.limits = QueueSettings(software_jobs=1, remux_jobs=1)
    (slow,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until(lambda: encoding(service) == {slow}, "the encoder")
    service.manager.pause_job(slow)
    other = service.bench.folder / "Slow too.mkv"
    other.write_bytes((service.bench.folder / "Slow.mkv").read_bytes())
    (second,) = service.manager.add([other])
    service.until(lambda: service.job(second).kind is JobKind.SOFTWARE, "its plan")
    service.until(lambda: service.job(second).state is JobState.QUEUED, "its way back")
    assert encoding(service) == {slow}, "its slot is not given to another"
    service.limits = QueueSettings(software_jobs=2, remux_jobs=1)
    service.manager.start()
    service.until(lambda: second in encoding(service), "the other in a slot that is free")
    assert service.job(slow).state is JobState.PAUSED


def test_a_film_that_is_paused_while_it_is_looked_into_holds_up_no_other(
    service: Service,
) -> None:
    first, second = service.films(2)
    held: List[int] = []
    equipment = service.equipment()

    class Slow:
        """Takes its time over the first film until that was paused."""

        def analyze(self, path: object) -> MediaFile:
            if path == first and not held:
                held.append(1)
                service.manager.pause_job(jobs[0])
            return equipment.analyzer.analyze(path)  # type: ignore[arg-type]

        def __getattr__(self, name: str) -> object:
            return getattr(equipment.analyzer, name)

    slow = replace(equipment, analyzer=cast(Analyzer, Slow()))
    service.equip = lambda: slow
    jobs = service.manager.add([first, second])
    service.work_off()
    assert service.job(jobs[0]).state is JobState.PAUSED
    assert service.job(jobs[1]).state is JobState.COMPLETED
    assert service.manager.in_hand == {}
    service.manager.resume_job(jobs[0])
    service.work_off()
    assert service.job(jobs[0]).state is JobState.COMPLETED


def test_a_film_paused_at_work_is_paused_after_a_polite_end_of_the_program(
    service: Service,
) -> None:
    (job_id,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    service.manager.pause_job(job_id)
    assert service.manager.shutdown()
    assert not encoders(service)
    assert service.job(job_id).state is JobState.PAUSED
    service.start().recover()
    assert service.job(job_id).state is JobState.PAUSED
    assert service.job(job_id).start_time is None, "it holds nothing any more"


def test_a_paused_queue_stays_paused_where_it_is_worked_off_without_a_window(
    service: Service,
) -> None:
    (job_id,) = service.manager.add(service.films(1))
    service.manager.pause()
    service.start().recover()
    service.work_off()
    assert service.manager.state is QueueState.PAUSED
    assert service.job(job_id).state is JobState.QUEUED
    service.manager.resume()
    service.work_off()
    assert service.job(job_id).state is JobState.COMPLETED


def test_the_sentences_say_hours_films_slots_and_sizes() -> None:
    work = WorkInHand(1, "/films/Film.mkv", JobKind.GPU, "", 4335.0, 3_100_000_000)
    assert loss_sentence(work) == "1 h 12 min of work on Film.mkv"
    assert held_sentence(work) == "Holds 1 graphics slot and 3.1 GB of unfinished result"
    short = WorkInHand(1, "/films/Film.mkv", JobKind.SOFTWARE, "", 59.9)
    assert loss_sentence(short) == "59 s of work on Film.mkv"
    assert held_sentence(short, "attic") == "Holds 1 processor slot of attic"
    assert loss_sentence(WorkInHand(1, "/a/B.mkv", ready=True)) == "the finished result of B.mkv"


def test_a_finished_result_that_waits_is_work_that_would_be_lost(service: Service) -> None:
    ready, waiting = service.manager.add(service.films(2))
    JobStore(service.bench.database).put_off(ready, 1e12, "In use.", JobState.SWAP_PENDING)
    (work,) = service.manager.work_in_hand((waiting, ready))
    assert (work.job_id, work.ready) == (ready, True)
    assert service.manager.work_in_hand() == (), "stopping the queue does not lose it"
