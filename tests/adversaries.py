"""Other programs that are at the films while MediaProcessor is, for ``tests.adversary_campaign``."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Callable, List, Set, Tuple


@dataclass
class World:
    """A film among others, and what must be there at the end.

    ``required`` are contents that a program has put there; ``destroyed`` those it removed itself.
    ``handle`` is the film, open for writing since before the program began.
    """

    library: Path
    film: Path
    target: Path
    handle: BinaryIO
    required: Set[bytes] = field(default_factory=set)
    destroyed: Set[bytes] = field(default_factory=set)
    acts: int = 0

    def new_content(self) -> bytes:
        """As long as the film, so that only its time and its bytes tell them apart."""
        self.acts += 1
        content = (f"arrival {self.acts:04d} " * 400).encode()[:3600]
        self.required.add(content)
        return content

    def destroys(self, path: Path) -> None:
        """Note what the adversary is about to destroy by itself."""
        if path.is_file():
            self.destroyed.add(path.read_bytes())
            self.required.discard(path.read_bytes())


@dataclass(frozen=True)
class Adversary:
    """``stubborn``: at every operation from then on. ``spares``: an operation before which it rests."""

    name: str
    act: Callable[[World], None]
    stubborn: bool = False
    spares: str = ""


def _put(world: World, path: Path) -> None:
    """Put a new film under a name, over whatever has it, as Sonarr and Radarr do."""
    if not path.parent.is_dir():
        return
    arriving = world.library / "arriving"
    arriving.write_bytes(world.new_content())
    world.destroys(path)
    os.replace(arriving, path)


def _edit(world: World, path: Path) -> None:
    """Change bytes in place, as mkvpropedit does."""
    if path.is_file():
        world.destroys(path)
        content = world.new_content()
        with path.open("r+b") as film:
            film.write(content)
            film.truncate()


def _append(world: World, path: Path) -> None:
    if path.is_file():
        world.destroys(path)
        world.acts += 1
        with path.open("ab") as film:
            film.write(b"more")
        world.required.add(path.read_bytes())


def _rename(world: World, path: Path) -> None:
    if path.is_file():
        world.acts += 1
        path.rename(path.with_name(f"Renamed {world.acts}.mkv"))


def _delete(world: World, path: Path) -> None:
    if path.is_file():
        world.acts += 1
        world.destroys(path)
        path.unlink()


def _set_aside_and_put(world: World, path: Path) -> None:
    _rename(world, path)
    _put(world, path)


def _rename_folder(world: World) -> None:
    if world.film.parent.is_dir():
        world.acts += 1
        world.film.parent.rename(world.library / f"Film, renamed {world.acts}")


def _replace_folder(world: World) -> None:
    if world.film.parent.is_dir():
        _rename_folder(world)
        world.film.parent.mkdir()
        _put(world, world.film)


def _delete_folder(world: World) -> None:
    for path in world.film.parent.rglob("*"):
        world.destroys(path)
    world.acts += 1
    shutil.rmtree(world.film.parent, ignore_errors=True)


def _write_through_handle(world: World) -> None:
    """A program that has had the film open all the time writes into it now."""
    if not os.fstat(world.handle.fileno()).st_nlink:
        return  # no film has these bytes any more
    world.handle.seek(0)
    old = world.handle.read()
    world.destroyed.add(old)
    world.required.discard(old)
    world.handle.seek(0)
    world.handle.write(world.new_content())
    world.handle.truncate()  # a real film is longer than what is written
    world.handle.flush()


def _at(
    act: Callable[[World, Path], None], pick: Callable[[World], Path]
) -> Callable[[World], None]:
    return lambda world: act(world, pick(world))


def _named() -> List[Adversary]:
    acts: Tuple[Tuple[str, Callable[[World, Path], None]], ...] = (
        ("replaces", _put),
        ("edits", _edit),
        ("lengthens", _append),
        ("renames", _rename),
        ("deletes", _delete),
        ("sets aside and replaces", _set_aside_and_put),
    )
    names: Tuple[Tuple[str, Callable[[World], Path]], ...] = (
        ("film", lambda world: world.film),
        ("target", lambda world: world.target),
    )
    found = [
        Adversary(f"{verb} the {name}", _at(act, pick))
        for verb, act in acts
        for name, pick in names
    ]
    return [*found, Adversary("replaces the film ever again", found[0].act, stubborn=True)]


ADVERSARIES: Tuple[Adversary, ...] = (
    *_named(),
    Adversary("renames the folder", _rename_folder),
    Adversary("replaces the folder", _replace_folder),
    Adversary("deletes the folder", _delete_folder),
    # A look and a removal are two calls: what is written into an open file between them goes with it.
    Adversary("writes through an open handle", _write_through_handle, spares="remove"),
)
