"""IMDb numbers in the names of films and their folders, in the forms that media managers write."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

# IMDb's title numbers have 7 to 9 digits today; older ones are padded to 7. ``tt`` must begin a word and the
# digits must end one: "{imdb-tt0903747}", "[imdbid-tt0903747]", "(tt0903747)", "Film.tt0903747.mkv".
_TITLE_ID = re.compile(r"(?<![^\W_])tt(\d{7,9})(?![^\W_])", re.IGNORECASE)


def find_imdb_id(path: Path) -> str:
    """The film's IMDb number (``tt0903747``) from its name or the nearest folder that has one; or "".

    The file's own name wins over its folder's, a folder's over its parent's; in one name a number that
    is marked as IMDb's wins over a bare one.
    """
    return next(_numbers(path), "")


def _numbers(path: Path) -> Iterator[str]:
    for name in (path.stem, *(folder.name for folder in path.parents)):
        found = list(_TITLE_ID.finditer(name))
        marked = [
            match
            for match in found
            if re.search(r"imdb(?:id)?[-=: ]?$", name[: match.start()], re.I)
        ]
        for match in marked or found:
            yield "tt" + match.group(1)
