from __future__ import annotations

from pathlib import Path
from typing import Iterator, Type

import pytest

from core import errors, peer_errors
from core.errors import (
    FileUnavailable,
    MediaProcessorError,
    NoGain,
    ProbeError,
    SourceChanged,
    SwapPending,
    ToolFailed,
    ToolNotFound,
)
from core.queue.outcome import end_of_error
from core.queue.retry import DELAYS, SWAP_DELAY, RetryAction, retry_of

FILM = Path("/films/Film.mkv")


def made(kind: Type[MediaProcessorError]) -> MediaProcessorError:
    """An error of a kind, whatever its fields are."""
    error = kind.__new__(kind)
    Exception.__init__(error, f"A {kind.__name__}.")
    vars(error).update(dict.fromkeys(("folder", "problem", "way_on"), "any"), reasons=("any",))
    vars(error).update(dict.fromkeys(("free", "needed", "links"), 1))
    return error


def kinds(
    of: Type[MediaProcessorError] = MediaProcessorError,
) -> Iterator[Type[MediaProcessorError]]:
    for error in of.__subclasses__():
        if error.__module__ in (errors.__name__, peer_errors.__name__):
            yield error
            yield from kinds(error)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_every_error_has_an_answer_that_ends_or_delays_the_job(
    kind: Type[MediaProcessorError],
) -> None:
    first = retry_of(made(kind), failures=0, delays=0, changes=0)
    assert (first.action is RetryAction.WAIT) == (
        kind.transient and not issubclass(kind, SwapPending)
    )
    later = retry_of(made(kind), failures=1, delays=99, changes=0)
    assert later.action is not RetryAction.AGAIN, "a film that fails twice is set aside"


def test_trouble_that_passes_is_waited_for_a_little_longer_each_time_and_for_ever() -> None:
    error = FileUnavailable(FILM, "its share is away.")
    waits = [retry_of(error, failures=0, delays=n, changes=0).delay for n in range(6)]
    assert waits == [*DELAYS, DELAYS[-1], DELAYS[-1]]


def test_a_missing_tool_does_not_count_as_the_films_failure() -> None:
    retry = retry_of(made(ToolNotFound), failures=1, delays=0, changes=0)
    assert retry.action is RetryAction.WAIT


def test_a_tool_that_failed_gets_one_more_try() -> None:
    error = made(ToolFailed)
    assert retry_of(error, failures=0, delays=0, changes=0).action is RetryAction.AGAIN
    assert retry_of(error, failures=1, delays=0, changes=0).action is RetryAction.END


@pytest.mark.parametrize("error", [made(ProbeError), made(NoGain), ZeroDivisionError("ours")])
def test_what_would_be_the_same_the_next_time_ends_the_job(error: Exception) -> None:
    assert retry_of(error, failures=0, delays=0, changes=0).action is RetryAction.END


def test_a_film_in_use_keeps_its_result_and_is_swapped_later() -> None:
    retry = retry_of(made(SwapPending), failures=0, delays=0, changes=0)
    assert (retry.action, retry.delay) == (RetryAction.SWAP_LATER, SWAP_DELAY)


def test_a_film_that_somebody_is_writing_is_started_over_but_not_for_ever() -> None:
    error = made(SourceChanged)
    assert retry_of(error, failures=0, delays=0, changes=0).delay == 0
    assert retry_of(error, failures=0, delays=0, changes=0).action is RetryAction.WAIT
    assert "starts over" in retry_of(error, failures=0, delays=0, changes=0).reason
    assert retry_of(error, failures=0, delays=0, changes=2).action is RetryAction.END
    assert end_of_error(error).message.endswith("retry it when that has ended.")
