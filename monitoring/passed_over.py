"""Which files of a watched folder are given no job, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple

from core.media.film_names import pattern_filter
from core.media.seen_file import SeenKind
from core.queue.exclusion import Exclusion
from core.settings.watched_folder import WatchedFolder
from core.system_errors import system_problem
from core.text.sentence import Sentence
from monitoring.tree import NothingKnown, ReadErrorHandler, TreeReader
from store.seen_files import SeenFileStore


def passed_over(
    folder: WatchedFolder, seen: SeenFileStore
) -> Tuple[Mapping[Path, str], Tuple[str, ...]]:
    """Return the files that get no job, each with the reason as the rest of a sentence; and read errors.

    They are left out by the folder's settings, or by what is known of them.
    """
    unreadable: List[str] = []

    def cannot_read(error: OSError) -> None:
        unreadable.append(
            Sentence(
                "{filename} cannot be read ({problem}).",
                filename=error.filename,
                problem=system_problem(error),
            )
        )

    found = _left_out(folder, cannot_read)
    kinds = [kind for kind in SeenKind if kind.why_passed_over]
    found.update((path, row.kind.why_passed_over) for row, path in seen.of_kinds(folder.id, kinds))
    return {path: found[path] for path in sorted(found)}, tuple(unreadable)


def excluded_in(folder: Path, exclusions: Sequence[Exclusion]) -> Dict[Path, str]:
    """Return what of a watched folder is never touched, each with the reason as the rest of a sentence."""
    found: Dict[Path, str] = {}
    for exclusion in exclusions:
        if exclusion.is_folder and exclusion.path in folder.parents:
            found[folder] = f"its folder {exclusion.path} is on the list of exclusions"
        elif exclusion.path == folder or folder in exclusion.path.parents:
            found[exclusion.path] = "it is on the list of exclusions"
    return dict(sorted(found.items()))


def _left_out(folder: WatchedFolder, cannot_read: ReadErrorHandler) -> Dict[Path, str]:
    tree = TreeReader(
        folder.path,
        pattern_filter(folder.include, folder.ignore),
        recursive=folder.recursive,
        minimum_size=max(1, folder.minimum_size),
    )
    try:
        return {
            film.path: film.why
            for listing in tree.read_all(NothingKnown(), cannot_read)
            for film in (*listing.unwanted, *listing.passed_over)
        }
    except OSError as error:
        cannot_read(error)
        return {}
