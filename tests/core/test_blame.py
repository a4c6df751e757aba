"""Whose an error is, what becomes of its job, and what is remembered: the table of docs/queue.md."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Type

import pytest

from core import errors, film_errors, peer_errors, store_errors
from core.blame import Whose, remembered, whose
from core.errors import JobCancelled, MediaProcessorError, SwapPending
from core.events import JobState
from core.queue.outcome import end_of_error
from core.queue.retry import Retry, RetryAction, retry_of

QUEUE = Path(__file__).resolve().parents[2] / "docs" / "queue.md"
# Never met by a job: words of commands, pairing, or the class that others are made from.
NO_JOBS = (
    *(
        "usage",
        "original_stays",
        "power_refused",
        "secret_unavailable",
        "message_not_sent",
        "phone",
        "proof_failed",
        "unknown_message",
        "peer_refused",
    ),
    *("peer", "wrong_field", "metadata", "foreign_template", "config", "template"),
)
MODULES = (errors, film_errors, peer_errors, store_errors)
WORDS = {
    RetryAction.AGAIN: "one more attempt, then failed",
    RetryAction.SWAP_LATER: "the result waits",
    RetryAction.FOLLOW: "starts over under its new name",
}


def kinds(
    of: Type[MediaProcessorError] = MediaProcessorError,
) -> Iterator[Type[MediaProcessorError]]:
    for kind in of.__subclasses__():
        if kind.__module__ in {module.__name__ for module in MODULES}:
            yield kind
            yield from kinds(kind)


def made(kind: Type[MediaProcessorError]) -> MediaProcessorError:
    error = kind.__new__(kind)
    Exception.__init__(error, "A sentence.")
    vars(error).update(problem="A sentence.", reasons=("A sentence.",), way_on="A sentence.")
    vars(error).update(folder="/films", links=2, free=1, needed=2)
    return error


def answer(kind: Type[MediaProcessorError], delays: int = 0) -> Retry:
    return retry_of(made(kind), failures=0, delays=delays, changes=0)


def becomes(kind: Type[MediaProcessorError]) -> str:
    """What becomes of a job that meets an error of this class, in the table's words."""
    first = answer(kind)
    if issubclass(kind, JobCancelled):
        return JobState.CANCELLED.value  # scheduling.workers
    if first.action is RetryAction.END:
        return end_of_error(made(kind)).state.value
    if first.action is RetryAction.WAIT:
        becomes_of_it = "starts over" if not first.delay else "waits"
        limited = retry_of(made(kind), failures=0, delays=9, changes=9).action is RetryAction.END
        return f"{becomes_of_it}, a few times" if limited else becomes_of_it
    return WORDS[first.action]


def rows() -> List[str]:
    found = sorted(
        (kind for kind in set(kinds()) if kind.code not in NO_JOBS),
        key=lambda kind: (list(Whose).index(whose(kind)), kind.code, kind.__name__),
    )
    return [
        f"| `{kind.__name__}` | {whose(kind).value} | {becomes(kind)} | {remembered(kind) or 'no'} |"
        for kind in found
    ]


def test_the_table_of_errors_is_the_programs() -> None:
    told = QUEUE.read_text("utf-8")
    assert "\n".join(rows()) in told, "\n".join(rows())


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_only_what_is_the_films_or_one_version_of_a_tools_is_remembered(
    kind: Type[MediaProcessorError],
) -> None:
    if remembered(kind):
        assert whose(kind) in (Whose.FILM, Whose.TOOL)
        assert ("tool's version" in remembered(kind)) == (whose(kind) is Whose.TOOL)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_trouble_of_a_machine_is_waited_for_and_never_ends_a_film(
    kind: Type[MediaProcessorError],
) -> None:
    if kind.code in NO_JOBS or whose(kind) not in (Whose.MACHINE, Whose.OTHER):
        return
    wanted = RetryAction.SWAP_LATER if issubclass(kind, SwapPending) else RetryAction.WAIT
    assert answer(kind).action is wanted


def test_what_nobody_thought_of_is_ours_and_not_remembered() -> None:
    assert whose(ZeroDivisionError) is Whose.OURS
    assert remembered(ZeroDivisionError) == ""
