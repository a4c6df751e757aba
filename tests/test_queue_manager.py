"""The queue with a real database, real films and the real tools: what happens to a job, and to the next."""

from __future__ import annotations

import json
import threading
import time
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, List

import psutil
import pytest

from core.errors import SourceChanged
from core.events import (
    JobProgressed,
    JobRemoved,
    JobState,
    JobStateChanged,
    QueueListChanged,
    QueueState,
    QueueStateChanged,
)
from core.queue.job import JobKind, NewJob, Where
from core.settings.tree import QueueSettings
from core.tools import ToolName
from processor import JobResult, Processor
from queue_manager import JobContext, QueueManager
from store.jobs import JobStore
from tests.films import AudioSpec
from tests.processing.bench import digest, with_section, without_tool
from tests.queue_environment import Holding, Surroundings
from tests.queue_service import PATIENCE, Service, encoders, encoding


def test_a_film_goes_all_the_way_and_everything_about_it_is_kept(service: Service) -> None:
    film = service.films(1)[0]
    (job_id,) = service.manager.add([film])
    service.work_off()
    assert service.states(job_id) == [
        JobState.QUEUED,
        JobState.ANALYZING,
        JobState.PROCESSING,
        JobState.VERIFYING,
        JobState.COMPLETED,
    ]
    job = service.job(job_id)
    assert job.processed_size == film.stat().st_size
    assert (job.original_size or 0) > (job.processed_size or 0)
    plan, commands, verification = JobStore(service.bench.database).details(job_id)
    assert json.loads(plan)["outputs"]
    assert json.loads(commands)
    assert json.loads(verification)
    assert "ffmpeg" in service.log_text(job_id)


def test_progress_reaches_the_events_and_never_the_database(service: Service) -> None:
    service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()

    def written() -> int:
        with service.bench.database.read() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    before, seen = written(), len(service.told)
    service.until(lambda: len(service.told) > seen + 3, "more progress")
    assert all(isinstance(event, JobProgressed) for event in service.told[seen:])
    assert written() == before


def test_a_folder_stands_for_its_films_and_each_film_is_queued_once(service: Service) -> None:
    films = service.films(2)
    first = service.manager.add([films[0]])
    both = service.manager.add([service.bench.folder])
    assert len(first) == len(both) == 1
    service.until(service.notices, "the notice")
    assert service.notices() == [f"{films[0]} is already in the queue."]


def test_what_is_not_there_is_told(service: Service, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert service.manager.add([tmp_path / "gone.mkv", tmp_path / "empty"]) == ()
    service.until(lambda: len(service.notices()) == 2, "two notices")
    assert service.notices() == [
        f"{tmp_path / 'gone.mkv'} is not there.",
        f"{tmp_path / 'empty'} holds no films.",
    ]


def test_a_file_that_is_no_film_fails_with_a_sentence_and_the_next_one_is_done(
    service: Service,
) -> None:
    broken = service.bench.folder / "Broken.mkv"
    broken.write_bytes(b"no film" * 999)
    bad, good = service.manager.add([broken, *service.films(1)])
    service.work_off()
    assert service.job(bad).state is JobState.FAILED
    assert str(broken) in service.job(bad).error_message
    assert service.job(good).state is JobState.COMPLETED


def test_our_own_mistake_ends_one_job_with_one_sentence_and_no_worker(service: Service) -> None:
    first, second = service.manager.add(service.films(2))

    equipment = service.equipment()
    calls: List[int] = []

    def equip() -> JobContext:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("a mistake")
        return equipment

    service.equip = equip
    service.work_off()
    assert service.job(first).state is JobState.FAILED
    assert service.job(first).message == (
        "Something went wrong inside the program (ZeroDivisionError). "
        "The log has the details; Help > Make a bug report collects them."
    )
    assert "Traceback" in service.log_text(first)
    assert service.job(second).state is JobState.COMPLETED


def test_a_film_that_needs_nothing_is_skipped(service: Service) -> None:
    film = service.films(1)[0]
    service.manager.add([film])
    service.work_off()
    result = digest(film)
    (again,) = service.manager.add([film])
    service.work_off()
    assert service.states(again)[-1] is JobState.SKIPPED
    assert "already" in service.job(again).message
    assert digest(film) == result


def test_a_film_that_cannot_become_smaller_is_not_tried_twice(service: Service) -> None:
    service.bench.settings = with_section(service.bench.settings, "files", largest_ratio=0.1)
    (job_id,) = service.manager.add(service.films(1))
    service.work_off()
    assert service.states(job_id)[-1] is JobState.SKIPPED
    assert JobState.PROCESSING in service.states(job_id)
    why = service.job(job_id).message
    service.told.clear()
    assert service.manager.retry(job_id)
    service.work_off()
    assert service.states(job_id) == [JobState.QUEUED, JobState.ANALYZING, JobState.SKIPPED]
    assert service.job(job_id).message == why


def test_the_users_word_on_the_language_reaches_the_plan(service: Service) -> None:
    sound = [AudioSpec("flac", language="jpn"), AudioSpec("flac", language="eng")]
    film = service.bench.make("Film.mkv", seconds=1, audio=sound)
    (job_id,) = service.manager.add([film], override_language="jpn")
    service.start()
    service.work_off()
    plan, _commands, _verification = JobStore(service.bench.database).details(job_id)
    assert json.loads(plan)["native_language"]["language"] == "ja"


def test_a_running_job_is_cancelled_and_nothing_of_it_is_left(service: Service) -> None:
    (job_id,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    service.manager.cancel(job_id)
    service.until(lambda: service.states(job_id)[-1].final, "the end of the job")
    assert service.job(job_id).state is JobState.CANCELLED
    assert service.bench.untouched()
    assert not encoders(service)


def test_a_waiting_job_is_cancelled_and_comes_back_by_retry(service: Service) -> None:
    first, second = service.manager.add(service.films(2))
    service.manager.cancel(first)
    assert service.job(first).state is JobState.CANCELLED
    service.work_off()
    assert service.job(first).state is JobState.CANCELLED
    assert service.job(second).state is JobState.COMPLETED
    assert service.manager.retry(first)
    service.work_off()
    assert service.job(first).state is JobState.COMPLETED
    assert service.job(first).attempt == 2


def test_a_job_is_forgotten_but_not_while_it_runs(service: Service) -> None:
    (running,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    (waiting,) = service.manager.add(service.films(1))
    assert not service.manager.remove(running)
    # It may be looked into just now, to be put in its place again.
    service.until(lambda: service.manager.remove(waiting), "the removal")
    service.until(lambda: JobRemoved(waiting) in service.told, "the news")
    assert JobStore(service.bench.database).get(waiting) is None


def test_a_pause_suspends_the_encoder_and_resuming_lets_it_go_on(service: Service) -> None:
    (job_id,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    service.manager.pause()

    def suspended() -> bool:
        found = [encoder.status() for encoder in encoders(service)]
        return bool(found) and all(encoder == psutil.STATUS_STOPPED for encoder in found)

    service.until(suspended, "the suspended encoder")
    service.manager.resume()
    service.until(lambda: encoders(service) and not suspended(), "the encoder going on")
    service.told.clear()
    service.until_encoding()
    assert service.job(job_id).state is JobState.PROCESSING
    service.manager.stop(cancel_running=True)


def test_stopping_at_once_puts_the_film_back_into_the_queue(service: Service) -> None:
    (job_id,) = service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    service.manager.stop(cancel_running=True)
    service.until(lambda: QueueStateChanged(QueueState.STOPPED) in service.told, "the stop")
    job = service.job(job_id)
    assert (job.state, job.attempt) == (JobState.QUEUED, 2)
    assert service.bench.untouched()


def test_stopping_after_the_running_film_begins_no_other(service: Service) -> None:
    first, second = service.manager.add(service.films(2))
    service.manager.start()
    service.until(lambda: JobState.ANALYZING in service.states(first), "the first film")
    service.manager.stop()
    service.until(lambda: QueueStateChanged(QueueState.STOPPED) in service.told, "the stop")
    assert service.job(first).state is JobState.COMPLETED
    assert service.job(second).state is JobState.QUEUED


def test_the_order_of_the_queue_survives_a_restart(service: Service) -> None:
    films = service.films(3)
    service.manager.add([films[2], films[0]])
    service.manager.add([films[1]])
    later = service.start()
    assert [job.path for job in later.jobs(JobState.QUEUED)] == [films[2], films[0], films[1]]


def test_what_a_dead_run_left_unfinished_is_queued_again(service: Service) -> None:
    (job_id,) = service.manager.add(service.films(1))
    jobs = JobStore(service.bench.database)
    jobs.claim_next()
    jobs.set_state(job_id, JobState.PROCESSING)
    service.start().recover()
    job = service.job(job_id)
    assert (job.state, job.attempt) == (JobState.QUEUED, 2)


def test_a_film_swapped_just_before_the_program_died_is_completed_not_repeated(
    service: Service,
) -> None:
    film = service.films(1)[0]
    (job_id,) = service.manager.add([film])
    service.work_off()
    size = service.job(job_id).processed_size
    with service.bench.database.transaction() as connection:
        connection.execute(
            "UPDATE jobs SET status = 'processing', processed_size = NULL WHERE id = ?", (job_id,)
        )
    service.start().recover()
    job = service.job(job_id)
    assert (job.state, job.processed_size) == (JobState.COMPLETED, size)


def test_without_mkvpropedit_films_wait_and_say_why_until_it_is_there(service: Service) -> None:
    whole = service.bench.toolset
    service.bench.toolset = without_tool(whole, ToolName.MKVPROPEDIT)
    (job_id,) = service.manager.add(service.films(1))
    service.work_off()
    job = service.job(job_id)
    assert job.state is JobState.QUEUED
    assert job.not_before is not None
    assert job.not_before > time.time() + 30
    assert "mkvpropedit was not found" in job.message
    service.bench.toolset = whole
    assert service.manager.retry(job_id), "the user need not wait"
    service.work_off()
    assert service.job(job_id).state is JobState.COMPLETED


@pytest.mark.parametrize(("changes", "end"), [(2, JobState.COMPLETED), (3, JobState.FAILED)])
def test_a_film_that_is_written_to_is_begun_anew_however_many_attempts_others_had_lost(
    service: Service, changes: int, end: JobState
) -> None:
    (film,) = service.films(1)
    (job_id,) = service.manager.add([film])
    with service.bench.database.transaction() as connection:
        connection.execute("UPDATE jobs SET attempt = 7")
    left = list(range(changes))

    class Writer(Processor):
        """Processes a film to which somebody writes between the look at it and the work on it."""

        def process(self, *arguments: Any, **more: Any) -> JobResult:
            if left:
                with film.open("ab") as file:
                    file.write(bytes(1 + left.pop()))
            return super().process(*arguments, **more)

    service.equip = lambda: service.bench.equipment(Writer)
    service.work_off()
    assert service.job(job_id).state is end
    assert not left


def test_a_film_that_another_worker_has_by_now_is_still_in_hand_when_the_first_is_done_with_it(
    service: Service,
) -> None:
    film = service.slow_film()
    attempts: List[int] = []

    class Disturbed(Processor):
        """Processes a film to which somebody writes at the first attempt."""

        def process(self, job_id: int, attempt: int, *arguments: Any, **more: Any) -> JobResult:
            attempts.append(attempt)
            if attempt == 1:
                raise SourceChanged(film)
            return super().process(job_id, attempt, *arguments, **more)

    @contextmanager
    def log(job_id: int) -> Iterator[None]:
        """The first worker comes to its end only when another has the film."""
        yield
        deadline = time.monotonic() + PATIENCE
        while attempts == [1]:
            assert time.monotonic() < deadline, "no other worker took the film"
            service.manager.start()  # wakes the others
            time.sleep(0.01)

    service.equip = lambda: service.bench.equipment(Disturbed)
    service.log = log  # type: ignore[method-assign]
    (job_id,) = service.start().add([film])
    service.manager.start()
    service.until_encoding()
    assert list(service.manager.in_hand) == [job_id]
    service.manager.cancel(job_id)
    service.until(lambda: service.job(job_id).state is JobState.CANCELLED, "the end")


def test_what_waited_for_trouble_to_pass_is_tried_at_the_next_start(service: Service) -> None:
    whole = service.bench.toolset
    service.bench.toolset = without_tool(whole, ToolName.MKVPROPEDIT)
    (job_id,) = service.manager.add(service.films(1))
    service.work_off()
    assert service.manager.shutdown(PATIENCE)
    service.bench.toolset = whole
    service.start().recover()
    service.work_off()
    assert service.job(job_id).state is JobState.COMPLETED


def test_two_slots_work_on_two_films_at_the_same_time(service: Service) -> None:
    service.limits = QueueSettings(software_jobs=2)
    first = service.slow_film()
    second = first.with_name("Slow too.mkv")
    second.write_bytes(first.read_bytes())
    service.manager.add([first, second])
    service.manager.start()
    service.until(lambda: len(encoders(service)) == 2, "two encoders")


def test_a_slot_of_another_kind_finds_its_film_behind_those_that_wait(service: Service) -> None:
    slow = service.slow_film()
    others = [slow.with_name(f"Slow {number}.mkv") for number in (2, 3)]
    for other in others:
        other.write_bytes(slow.read_bytes())
    whole = service.bench.settings
    waiting = service.manager.add([slow, *others])
    service.manager.start()
    service.until(lambda: encoders(service), "the first encoder")
    service.until(
        lambda: [service.job(job_id).kind for job_id in waiting] == [JobKind.SOFTWARE] * 3,
        "all planned",
    )
    service.bench.settings = with_section(whole, "video", encode=False)
    (quick,) = service.manager.add(service.films(1))
    service.until(lambda: service.job(quick).state is JobState.COMPLETED, "the film to overtake")
    assert [service.job(job_id).state for job_id in waiting[1:]] == [JobState.QUEUED] * 2
    assert [service.job(job_id).attempt for job_id in waiting] == [1, 1, 1]
    assert len(encoders(service)) == 1


def test_more_slots_count_at_once(service: Service) -> None:
    service.limits = QueueSettings(software_jobs=0)
    film = service.slow_film()
    (job_id,) = service.manager.add([film])
    service.manager.start()
    service.until(lambda: service.job(job_id).kind is JobKind.SOFTWARE, "the plan")
    assert service.job(job_id).state is JobState.QUEUED
    service.limits = QueueSettings(software_jobs=1)
    service.until(lambda: encoders(service), "the encoder")


def test_one_film_is_paused_and_resumed_while_others_go_on(service: Service) -> None:
    service.limits = QueueSettings(software_jobs=2)
    first = service.slow_film()
    second = first.with_name("Slow too.mkv")
    second.write_bytes(first.read_bytes())
    jobs = service.manager.add([first, second])
    service.manager.start()
    service.until(lambda: len(encoders(service)) == 2, "two encoders")

    def states() -> List[str]:
        return sorted(encoder.status() for encoder in encoders(service))

    service.until(lambda: encoding(service) == set(jobs), "both at work")
    service.manager.pause_job(jobs[0])
    service.until(lambda: states().count(psutil.STATUS_STOPPED) == 1, "one to stand still")
    assert service.job(jobs[0]).state is JobState.PAUSED
    service.manager.pause()
    service.manager.resume()
    service.until(lambda: states().count(psutil.STATUS_STOPPED) == 1, "the other to go on alone")
    service.manager.resume_job(jobs[0])
    service.until(lambda: psutil.STATUS_STOPPED not in states(), "both to go on")
    assert service.job(jobs[0]).state is JobState.PROCESSING


def test_a_paused_film_stays_paused_over_a_restart_and_keeps_its_place(service: Service) -> None:
    jobs = service.manager.add(service.films(2))
    service.manager.pause_job(jobs[0])
    service.start().recover()
    service.work_off()
    assert service.job(jobs[0]).state is JobState.PAUSED
    service.manager.resume_job(jobs[0])
    service.work_off()
    assert [service.job(job).state for job in jobs] == [JobState.COMPLETED] * 2


def test_outside_the_working_hours_the_queue_says_when_it_goes_on(service: Service) -> None:
    soon = time.localtime(time.time() + 7200)
    later = time.localtime(time.time() + 10800)
    hours = f"mon-sun {soon.tm_hour:02d}:{soon.tm_min:02d}-{later.tm_hour:02d}:{later.tm_min:02d}"
    service.limits = QueueSettings(schedule=hours)
    jobs = service.manager.add(service.films(1))
    service.manager.start()
    overview = service.manager.overview()
    assert overview.state is QueueState.PAUSED
    assert "Outside working hours; it goes on" in overview.reason
    assert overview.until is not None
    assert 7000 < overview.until - time.time() < 7300
    service.limits = QueueSettings()
    service.until(lambda: service.job(jobs[0]).state is JobState.COMPLETED, "the hours to change")


def test_a_condition_pauses_the_running_film_with_its_reason_and_lets_it_go_on(
    service: Service,
) -> None:
    reasons: List[str] = []
    service.manager = QueueManager(
        service.bench.database,
        Surroundings(service.equipment, lambda: service.limits, service.log),
        conditions=[Holding(lambda: reasons[-1] if reasons else None)],
    )
    service.manager.add([service.slow_film()])
    service.manager.start()
    service.until_encoding()
    reasons.append("The machine runs on its battery.")
    service.until(
        lambda: [encoder.status() for encoder in encoders(service)] == [psutil.STATUS_STOPPED],
        "a pause",
    )
    assert service.manager.overview().reason == "The machine runs on its battery."
    reasons.clear()
    service.until(
        lambda: all(encoder.status() != psutil.STATUS_STOPPED for encoder in encoders(service)),
        "the end",
    )


def test_a_pause_for_some_minutes_ends_by_itself_also_after_a_restart(service: Service) -> None:
    jobs = service.manager.add(service.films(1))
    service.manager.pause_for(0.05)
    service.start().continue_as_before()
    assert service.manager.state is QueueState.PAUSED
    service.until(lambda: service.job(jobs[0]).state is JobState.COMPLETED, "the pause to end")


def test_a_queue_that_was_at_work_goes_on_after_a_restart_and_a_stopped_one_does_not(
    service: Service,
) -> None:
    service.manager.start()
    assert service.manager.shutdown(PATIENCE)
    service.start().continue_as_before()
    states = [service.manager.state]
    service.manager.stop()
    assert service.manager.shutdown(PATIENCE)
    service.start().continue_as_before()
    states.append(service.manager.state)
    service.manager.start()
    service.limits = QueueSettings(resume_at_start=False)
    assert service.manager.shutdown(PATIENCE)
    service.start().continue_as_before()
    states.append(service.manager.state)
    assert states == [QueueState.RUNNING, QueueState.STOPPED, QueueState.STOPPED]


def test_all_failed_films_are_tried_again_with_one_word(service: Service) -> None:
    broken = [service.bench.folder / f"Broken {number}.mkv" for number in (1, 2)]
    for film in broken:
        film.write_bytes(b"no film")
    jobs = service.manager.add(broken)
    service.work_off()
    assert [service.job(job).state for job in jobs] == [JobState.FAILED] * 2
    assert service.manager.retry_all_failed() == 2
    assert [service.job(job).attempt for job in jobs] == [2, 2]


def test_thousands_of_films_are_added_without_an_event_for_each(service: Service) -> None:
    films = [NewJob(service.bench.folder / f"{number}.mkv") for number in range(5000)]
    assert len(service.manager.submit(films)) == 5000
    assert service.manager.submit(films) == ()
    service.until(lambda: QueueListChanged() in service.told, "one event")
    assert not any(isinstance(event, JobStateChanged) for event in service.told)
    assert service.manager.overview().counts[JobState.QUEUED] == 5000


def test_a_moved_film_is_worked_on_first(service: Service) -> None:
    jobs = service.manager.add(service.films(3))
    service.manager.move([jobs[2]], Where.TOP)
    service.work_off()
    begun = [
        event.job_id
        for event in service.told
        if isinstance(event, JobStateChanged) and event.state is JobState.PROCESSING
    ]
    assert begun == [jobs[2], jobs[0], jobs[1]]


def test_commands_from_many_threads_leave_every_job_in_a_clear_state(service: Service) -> None:
    jobs = service.manager.add(service.films(3))
    manager = service.manager

    def ask(job_id: int) -> None:
        for _time in range(5):
            manager.pause()
            manager.cancel(job_id)
            manager.retry(job_id)
            manager.resume()

    threads = [threading.Thread(target=ask, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    service.work_off()
    assert all(service.job(job).state.final for job in jobs)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_died_is_replaced_and_its_film_done(service: Service) -> None:
    deaths: List[int] = []

    def equip() -> JobContext:
        if not deaths:
            deaths.append(1)
            raise SystemExit
        return service.equipment()

    service.equip = equip
    (job_id,) = service.manager.add(service.films(1))
    service.manager.start()
    service.until(lambda: service.job(job_id).state is JobState.COMPLETED, "another worker")
    assert (service.job(job_id).attempt, service.job(job_id).failures) == (2, 1)


def test_a_worker_that_hangs_is_replaced_and_its_film_is_never_worked_on_twice_at_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than the pause between two rounds of the queue's own thread, which is no worker's sign of life,
    # and than a worker on a busy machine takes between two of its own.
    monkeypatch.setattr("scheduling.workers.HANG_SECONDS", 6.0)
    hangs, release = threading.Event(), threading.Event()

    def equip() -> JobContext:
        if not hangs.is_set():
            hangs.set()
            assert release.wait(PATIENCE)
        return service.equipment()

    service.equip = equip
    first, second = service.manager.add(service.films(2))
    service.manager.start()
    service.until(lambda: service.job(second).state is JobState.COMPLETED, "another worker")
    assert service.job(first).state is JobState.ANALYZING
    service.until(
        lambda: any("had not moved for" in notice for notice in service.notices()), "a notice"
    )
    assert any(thread.restarts for thread in service.manager.health())
    release.set()
    service.until(lambda: service.job(first).state is JobState.COMPLETED, "the first film")
    assert service.job(first).attempt == 2


def test_the_time_of_the_whole_queue_is_learned_from_what_was_done(service: Service) -> None:
    assert service.manager.estimate() is not None, "an empty queue takes no time"
    films = service.films(3)
    first, *others = service.manager.add(films)
    assert service.manager.estimate() is None, "nothing like it was ever done"
    for other in others:
        service.manager.pause_job(other)
    service.work_off()
    for other in others:
        service.manager.resume_job(other)
    done = service.job(first)
    assert done.end_time is not None
    assert done.start_time is not None
    took = done.end_time - done.start_time
    found = service.manager.estimate()
    assert found is not None
    assert 0.2 * took < found.likely < 3 * took
    assert found.low < found.likely < found.high


def test_a_worker_comes_to_its_film_in_three_frames(service: Service) -> None:
    stacks: List[List[str]] = []

    def equip() -> JobContext:
        stacks.append([frame.name for frame in traceback.extract_stack()])
        return service.equipment()

    service.equip = equip
    service.manager.add(service.films(1))
    service.work_off()
    plan = next(stack for stack in stacks if "plan" in stack)
    assert plan[plan.index("run") + 1 : plan.index("plan")] == ["work", "run_job", "_attempt"]
