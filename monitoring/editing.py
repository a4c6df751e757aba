"""Checks whether a folder can be watched as the user wants it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, Sequence

from core.errors import UsageError
from core.settings.watched_folder import WatchedFolder, folder_problems
from core.text.sentence import Sentence


def check_folder(
    folder: WatchedFolder, others: Sequence[WatchedFolder] = (), *, there: bool = True
) -> Dict[str, str]:
    """Return what is wrong, a sentence by field; ``others`` are the folders that are watched already.

    ``there`` is whether it has to exist.
    """
    problems = folder_problems(folder)
    if "path" not in problems:
        away = not there and not folder.path.exists()
        problem = ("" if away else _path_problem(folder.path)) or _overlap(folder, others)
        if problem:
            problems["path"] = problem
    return problems


def demand_good(
    folder: WatchedFolder, others: Sequence[WatchedFolder], *, there: bool = True
) -> None:
    """Raise UsageError with the first problem."""
    for problem in check_folder(folder, others, there=there).values():
        raise UsageError(problem)


def _path_problem(path: Path) -> str:
    try:
        if not path.exists():
            return Sentence(
                "{path} does not exist. Watch a folder that does, or connect its drive first.",
                path=str(path),
            )
        if not path.is_dir():
            return Sentence("{path} is a file; watch the folder that it lies in.", path=str(path))
        with os.scandir(path) as entries:
            next(entries, None)
    except OSError as error:
        return Sentence("{path} cannot be read ({why}).", path=str(path), why=error.strerror or "")
    if path.name == ".mediaprocessor" or ".mediaprocessor" in path.parts:
        return Sentence("{path} belongs to this program; results wait there.", path=str(path))
    return ""


def _overlap(folder: WatchedFolder, others: Sequence[WatchedFolder]) -> str:
    """A film in two watched folders would have two sets of settings."""
    for other in others:
        if other.id == folder.id and folder.id:
            continue
        if other.path == folder.path or _same(other.path, folder.path):
            return Sentence(
                "{path} is watched already; change that folder instead.", path=str(folder.path)
            )
        if other.recursive and other.path in folder.path.parents:
            return Sentence(
                "{path} lies in {other}, which is watched with all its folders.",
                path=str(folder.path),
                other=str(other.path),
            )
        if folder.recursive and folder.path in other.path.parents:
            return Sentence(
                "{other}, which is watched already, lies in {path}.",
                path=str(folder.path),
                other=str(other.path),
            )
    return ""


def _same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False
