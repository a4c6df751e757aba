"""A kept original under a name that a player takes: beside its film it is called ``….original``."""

from __future__ import annotations

import contextlib
from pathlib import Path

from app.data_place import PLAY_FOLDER


def playable(film: Path, name: str, data_dir: Path) -> Path:
    """Return the film itself, or a link of that name to it, or a list with it where there are no links.

    ``name`` is what the film was called. Raises OSError. The film is not touched, and no second name of it
    is made: a hard link would make it look as if somebody else had it too.
    """
    if film.suffix.lower() == Path(name).suffix.lower():
        return film
    folder = data_dir / PLAY_FOLDER
    folder.mkdir(exist_ok=True)
    for earlier in folder.iterdir():
        with contextlib.suppress(OSError):  # a player may still have it open
            earlier.unlink()
    link = folder / name
    try:
        link.symlink_to(film.absolute())
    except OSError:  # Windows lets only some users make links
        link = folder / f"{name}.m3u8"
        link.write_text(f"#EXTM3U\n{film.absolute()}\n", encoding="utf-8")
    return link
