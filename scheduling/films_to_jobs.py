"""What the user names becomes films of the queue, and what cannot is told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Iterable, Iterator, List, Optional, Protocol, Sequence

from core.queue.exclusion import excluded_sentence
from core.queue.job import NewJob
from core.system_errors import system_problem
from core.text.sentence import Sentence, counted_sentence
from monitoring.spelling import as_on_disk, full_path
from monitoring.tree import films_in
from scheduling.exclusions import ExclusionGate
from store.jobs import JobStore

_NAMED = 50  # films that are named one by one


class Notice(Protocol):
    """Shows a sentence to the user."""

    def __call__(self, message: str, *, error: bool = False) -> None:
        """Show it, as an error or as news."""


def films_below(
    paths: Iterable[Path], native_language: str, notice: Notice, *, anyway: bool = False
) -> List[NewJob]:
    """Return the films of these paths: a file stands for itself, a folder for all films below it.

    ``anyway``: also those that are excluded.
    """
    return [
        _job(film, native_language, anyway=anyway)
        for path in paths
        for film in _films(as_on_disk(full_path(path)), notice)
    ]


def without_excluded(
    films: Sequence[NewJob], gate: ExclusionGate, paths: Sequence[Path], notice: Notice
) -> List[NewJob]:
    """Return the films that may be touched; of the others it is told why not.

    An error where one was named by its own path, or none is left.
    """
    allowed, held = gate.sort_out(films)
    named = {as_on_disk(full_path(path)) for path in paths} if held else set()
    for film, exclusion in held[:_NAMED]:
        wrong = not allowed or film.path in named
        notice(excluded_sentence(film.path, exclusion), error=wrong)
    if len(held) > _NAMED:
        notice(
            counted_sentence(
                "{number} more film is on the list of exclusions.",
                "{number} more films are on the list of exclusions.",
                len(held) - _NAMED,
            )
        )
    return allowed


def already_there(films: Sequence[NewJob], added: Sequence[int], jobs: JobStore) -> Iterator[str]:
    """Say which films got no job because they have one that has not ended."""
    if len(films) == len(added):
        return
    if len(films) > _NAMED:
        yield Sentence("{number} films are already in the queue.", number=len(films) - len(added))
        return
    new = set(added)
    for film in films:
        job = jobs.open_job(film.path)
        if job is not None and job.id not in new:
            yield Sentence("{path} is already in the queue.", path=film.path)


def _films(path: Path, notice: Notice) -> Iterable[Path]:
    if not path.is_dir():
        if path.exists():
            return (path,)
        notice(Sentence("{path} is not there.", path=path), error=True)
        return ()

    def unreadable(error: OSError) -> None:
        notice(
            Sentence(
                "{path} cannot be read ({problem}).",
                path=error.filename,
                problem=system_problem(error),
            ),
            error=True,
        )

    passed_over: List[str] = []
    films = tuple(films_in(path, unreadable, passed_over.append))
    for sentence in passed_over[:_NAMED]:
        notice(sentence)
    if len(passed_over) > _NAMED:
        notice(
            Sentence(
                "{number} more are passed over below {path}.",
                number=len(passed_over) - _NAMED,
                path=path,
            )
        )
    if not films:
        notice(Sentence("{path} holds no films.", path=path), error=True)
    return films


def _job(film: Path, native_language: str, *, anyway: bool) -> NewJob:
    size: Optional[int] = None
    changed: Optional[float] = None
    with suppress(OSError):
        state = film.stat()
        size, changed = state.st_size, state.st_mtime
    return NewJob(
        film, size=size, native_language=native_language, anyway=anyway, film_time=changed
    )
