"""What the user names becomes films of the queue, and what cannot is told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Iterable, Iterator, List, Optional, Protocol, Sequence

from core.queue.job import NewJob
from monitoring.spelling import as_on_disk, full_path
from monitoring.tree import films_in
from store.jobs import JobStore

_NAMED = 50  # films that are named one by one


class Notice(Protocol):
    """Shows a sentence to the user."""

    def __call__(self, message: str, *, error: bool = False) -> None:
        """Show it, as an error or as news."""


def films_below(paths: Iterable[Path], native_language: str, notice: Notice) -> List[NewJob]:
    """Return the films of these paths: a file stands for itself, a folder for all films below it."""
    return [
        _job(film, native_language)
        for path in paths
        for film in _films(as_on_disk(full_path(path)), notice)
    ]


def already_there(films: Sequence[NewJob], added: Sequence[int], jobs: JobStore) -> Iterator[str]:
    """Say which films got no job because they have one that has not ended."""
    if len(films) == len(added):
        return
    if len(films) > _NAMED:
        yield f"{len(films) - len(added)} films are already in the queue."
        return
    new = set(added)
    for film in films:
        job = jobs.open_job(film.path)
        if job is not None and job.id not in new:
            yield f"{film.path} is already in the queue."


def _films(path: Path, notice: Notice) -> Iterable[Path]:
    if not path.is_dir():
        if path.exists():
            return (path,)
        notice(f"{path} is not there.", error=True)
        return ()

    def unreadable(error: OSError) -> None:
        notice(f"{error.filename} cannot be read ({error.strerror}).", error=True)

    passed_over: List[str] = []
    films = tuple(films_in(path, unreadable, passed_over.append))
    for sentence in passed_over[:_NAMED]:
        notice(sentence)
    if len(passed_over) > _NAMED:
        notice(f"{len(passed_over) - _NAMED} more are passed over below {path}.")
    if not films:
        notice(f"{path} holds no films.", error=True)
    return films


def _job(film: Path, native_language: str) -> NewJob:
    size: Optional[int] = None
    changed: Optional[float] = None
    with suppress(OSError):
        state = film.stat()
        size, changed = state.st_size, state.st_mtime
    return NewJob(film, size=size, native_language=native_language, film_time=changed)
