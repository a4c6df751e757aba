from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from core.events import JobState, QueueState, QueueStateChanged
from core.planning.everyday_picture import why_copied
from core.queue.held import HeldStory, queue_sentence, why_they_wait, without_path
from core.queue.job import Job, JobKind
from core.settings.fields import with_values
from core.settings.tree import Settings
from core.tools import ToolInfo, ToolName, Toolset

NOW = 1000.0
RUNS = QueueStateChanged(QueueState.RUNNING)
HOURS = QueueStateChanged(QueueState.PAUSED, "Outside working hours; it goes on at 22:00.", 5000.0)


def clock(at: float) -> str:
    return f"second {at:.0f}"


def film(number: int) -> Path:
    return Path(f"/films/{number}.mkv")


def job(number: int, state: JobState = JobState.QUEUED, **more: object) -> Job:
    return Job(number, film(number), state, 0.0, **more)  # type: ignore[arg-type]


def told(*jobs: Job, queue: QueueStateChanged = RUNS, slots: int = 1) -> List[str]:
    return list(why_they_wait([(job, 1) for job in jobs], queue, lambda kind: slots, NOW, clock))


def test_what_holds_the_queue_is_told_once_when_it_begins_and_once_when_it_ends() -> None:
    story = HeldStory(clock)
    states = (RUNS, HOURS, HOURS, RUNS, RUNS)
    said = [story.take(state) for state in states]
    assert said == ["", f"The queue waits: {HOURS.reason}", "", "The queue goes on.", ""]


def test_another_reason_is_told_while_the_queue_is_held() -> None:
    story = HeldStory(clock)
    story.take(HOURS)
    battery = QueueStateChanged(QueueState.PAUSED, "The machine runs on its battery.")
    assert story.take(battery) == "The queue waits: The machine runs on its battery."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (QueueStateChanged(QueueState.PAUSED), "queue resume"),
        (QueueStateChanged(QueueState.PAUSED, "", 60.0), "until second 60"),
        (QueueStateChanged(QueueState.STOPPED), "queue start"),
        (QueueStateChanged(QueueState.STOPPING), "queue start"),
    ],
)
def test_what_the_user_did_comes_with_the_command_that_undoes_it(
    state: QueueStateChanged, words: str
) -> None:
    assert words in queue_sentence(state, clock)


def test_films_that_wait_for_the_same_are_one_sentence() -> None:
    waits = [
        job(number, not_before=2000.0, message=f"Waits: {film(number)}: is away.")
        for number in range(3)
    ]
    assert told(*waits) == ["3 films wait until second 2000: Is away."]


def test_each_reason_has_its_own_sentence() -> None:
    kind = JobKind.SOFTWARE
    assert told(job(1), queue=HOURS) == [f"1 film waits: {HOURS.reason}"]
    assert told(job(1, JobState.PAUSED), queue=HOURS) == [
        "1 film is paused; `queue resume JOB` lets it go on."
    ]
    (sentence,) = told(job(1, kind=kind), job(2, kind=kind), slots=0)
    assert sentence.startswith("2 films wait: Films whose video the processor encodes")
    assert "queue.software_jobs" in sentence
    assert told(job(1, message="Stopped; it will start over.")) == [
        "1 film is left in the queue: Stopped; it will start over."
    ]


def test_very_many_reasons_are_not_all_told() -> None:
    waits = [
        job(number, not_before=2000.0 + number, message="Waits: it is away.")
        for number in range(500)
    ]
    sentences = told(*waits)
    assert len(sentences) < 20
    assert "queue list" in sentences[-1]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("/films/a.mkv: it is no film.", "It is no film."),
        (
            "/films/a.mkv changed while it was processed.",
            "This film changed while it was processed.",
        ),
        ("/films/a.mkv.old is there.", "/films/a.mkv.old is there."),
        ("ffmpeg failed.", "ffmpeg failed."),
        ("", ""),
    ],
)
def test_a_line_that_begins_with_a_film_does_not_repeat_its_path(message: str, shown: str) -> None:
    assert without_path(message, "/films/a.mkv") == shown


def test_an_everyday_picture_is_encoded_where_a_template_has_its_encoder() -> None:
    able = frozenset({"libx265", "libx265_10bit", "libopus"})
    toolset = Toolset((ToolInfo(ToolName.FFMPEG, Path("ffmpeg"), "9.0", (9, 0), abilities=able),))
    assert why_copied(Settings(), toolset) == ()
    without = Toolset((ToolInfo(ToolName.FFMPEG, Path("ffmpeg"), "9.0", (9, 0)),))
    sentences = why_copied(Settings(), without)
    assert any("libx265" in sentence for sentence in sentences)
    assert any("QSVEncC was not found" in sentence for sentence in sentences)
    assert why_copied(with_values(Settings(), {"video.encode": False}), without) == ()
