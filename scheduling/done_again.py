"""Films that are processed again on purpose: from what each is made, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Sequence

from core.queue.job import Again, NewJob
from core.text.sentence import Sentence
from processing.again import AgainFromOriginal
from scheduling.films_to_jobs import Notice


def done_again(films: Sequence[NewJob], known: AgainFromOriginal, notice: Notice) -> List[NewJob]:
    """Return the films with what each is made from: its kept original where there is one, else its result."""
    chosen: List[NewJob] = []
    for film in films:
        why_not = known.why_not_from_original(film.path)
        if not why_not:
            chosen.append(replace(film, again=Again.ORIGINAL))
            continue
        if known.is_result(film.path):
            notice(
                Sentence(
                    "{film} is made from its result and loses quality once more: {why}",
                    film=str(film.path),
                    why=why_not,
                )
            )
        chosen.append(replace(film, again=Again.RESULT))
    return chosen
