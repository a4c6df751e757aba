"""What a user can do about each way in which a film fails."""

from __future__ import annotations

from typing import Iterator, Type

import pytest

import core.film_errors
import core.peer_errors
from core.errors import MediaProcessorError
from core.queue.advice import advice

_MODULES = (
    "core.errors",
    "core.store_errors",
    core.film_errors.__name__,
    core.peer_errors.__name__,
)
# What is no film's: usage, keys, the database, the wire between machines, the user's own wish.
_OF_NO_FILM = {
    "error",
    "usage",
    "cancelled",
    "restore",
    "original_stays",
    "power_refused",
    "swap_pending",
    "store",
    "store_gone",
    "store_busy",
    "metadata",
    "secret_unavailable",
    "message_not_sent",
    "phone",
    "peer",
    "wrong_field",
    "foreign_template",
    "proof_failed",
    "unknown_message",
    "peer_refused",
    "job_taken_back",
}


def _codes(root: Type[MediaProcessorError]) -> Iterator[str]:
    if root.__module__ in _MODULES:
        yield root.code
    for kind in root.__subclasses__():
        yield from _codes(kind)


@pytest.mark.parametrize("code", sorted(set(_codes(MediaProcessorError)) | {"unexpected"}))
def test_each_error_that_ends_a_film_has_an_advice(code: str) -> None:
    assert (advice(code) is None) is (code in _OF_NO_FILM)


def test_an_advice_is_a_sentence_that_can_be_translated() -> None:
    told = advice("disk_full")
    assert told is not None
    assert told.template == "Free some space on that disk, then retry."
    assert advice("no such code") is None
