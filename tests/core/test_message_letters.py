"""What is told of events, how several messages become a letter, and when one may be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import (
    JobProgressed,
    JobState,
    JobStateChanged,
    MachineLost,
    QueueEmptied,
    ServiceNotice,
)
from core.messages.letter import LONGEST_LINE, MOST_LINES, letter_of
from core.messages.message import (
    MessageAddress,
    MessageKind,
    UserMessage,
    message_of,
    originals_expire,
)
from core.messages.timing import LONGEST_REST, is_quiet, rest_after, too_soon
from core.progress import Progress
from core.reporting.page_language import ENGLISH
from core.settings.tree import MessageSettings

NOON = datetime(2026, 11, 30, 12, 0).astimezone().timestamp()  # a Monday


def test_a_run_of_the_queue_is_summed_up() -> None:
    told = message_of(QueueEmptied(completed=3, failed=1, skipped=0, saved=5_000_000_000), NOON)
    assert told is not None
    assert told.kind is MessageKind.QUEUE_DONE
    assert told.sentence == "The queue is done: 3 films done, 5.0 GB saved, 1 film failed."


@pytest.mark.parametrize("path", ["/films/X (2001)/X.mkv", "D:\\films\\X (2001)\\X.mkv"])
def test_a_failed_film_is_named_without_its_folders(path: str) -> None:
    told = message_of(JobStateChanged(1, JobState.FAILED, path, "ffmpeg stopped."), NOON)
    assert told is not None
    assert told.sentence == "X.mkv failed. ffmpeg stopped."


def test_a_lost_machine_is_named_with_its_films() -> None:
    one, two = (message_of(MachineLost("attic", films), NOON) for films in (1, 2))
    assert one is not None
    assert one.sentence == ("attic has fallen silent. The film that it had in hand is begun anew.")
    assert two is not None
    assert "The 2 films that it had" in two.sentence


@pytest.mark.parametrize(
    "event",
    [
        JobStateChanged(1, JobState.COMPLETED, "/X.mkv"),
        JobStateChanged(1, JobState.QUEUED, "/X.mkv"),
        JobProgressed(1, Progress("encode", 50.0)),
        ServiceNotice("A notice", error=True),
    ],
)
def test_what_is_no_news_far_away_is_not_told(event: Any) -> None:
    assert message_of(event, NOON) is None


def test_originals_are_told_with_their_size() -> None:
    assert originals_expire(2, 3_000_000_000, 2.0).startswith(
        "2 kept originals (3.0 GB) are removed within 2 days."
    )


def failed(number: int, text: str = "It failed.") -> UserMessage:
    return UserMessage(MessageKind.FILM_FAILED, text, NOON + number, number)


def test_a_single_message_is_a_letter_with_its_own_heading() -> None:
    letter = letter_of([failed(1)], "attic", ENGLISH)
    assert letter.title == "MediaProcessor (attic): A film failed"
    assert letter.body == "It failed."


def test_several_messages_are_one_letter_with_their_times() -> None:
    letter = letter_of([failed(0), failed(60)], "attic", ENGLISH)
    assert letter.title == "MediaProcessor (attic): 2 messages"
    assert letter.body.splitlines() == [
        "2026-11-30 12:00  It failed.",
        "2026-11-30 12:01  It failed.",
    ]


def test_a_letter_of_hundreds_stays_short() -> None:
    letter = letter_of([failed(number, "x" * 5000) for number in range(300)], "attic", ENGLISH)
    lines = letter.body.splitlines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == f"{300 - MOST_LINES} more"
    assert all(len(line) <= LONGEST_LINE + 20 for line in lines)


def test_a_films_name_cannot_break_a_letters_lines() -> None:
    letter = letter_of([failed(1, "a\x1b[31mb\u202ec")], "attic", ENGLISH)
    assert "\x1b" not in letter.body
    assert "\u202e" not in letter.body


def test_an_address_is_never_printed() -> None:
    assert "secret" not in repr(MessageAddress("Phone", "ntfy://secret"))


def test_without_quiet_hours_it_is_never_quiet() -> None:
    assert not is_quiet(MessageSettings(), datetime(2026, 11, 30, 3, 0).astimezone())
    night = MessageSettings(quiet_hours="mon-sun 22:00-07:00")
    assert is_quiet(night, datetime(2026, 11, 30, 3, 0).astimezone())
    assert not is_quiet(night, datetime(2026, 11, 30, 12, 0).astimezone())


@given(st.floats(0, 10080), st.floats(0, 10**7))
def test_a_message_waits_for_the_users_pause_and_no_longer(pause: float, passed: float) -> None:
    settings = replace(MessageSettings(), pause_minutes=pause)
    assert too_soon(settings, NOON + passed, NOON) == (NOON + passed - NOON < pause * 60)
    assert not too_soon(settings, NOON, None)
    assert not too_soon(settings, NOON - passed - 1, NOON), "the clock was set back"


@given(st.integers(1, 10_000))
def test_an_address_that_fails_rests_longer_each_time_up_to_an_hour(failures: int) -> None:
    assert rest_after(0) == 0
    assert 60 <= rest_after(failures) <= rest_after(failures + 1) <= LONGEST_REST
