"""Showing a file or a folder with whatever the user's system shows it with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from enum import Enum
from pathlib import Path

from core.errors import MediaProcessorError
from core.system_errors import system_problem
from core.text.sentence import Sentence


class Shown(Enum):
    """What is shown of a film."""

    FILM = "film"
    FOLDER = "folder"


def show_film(path: Path, what: Shown) -> None:
    """Play a film in the system's player, or show the folder that it is in; may wait for the disk.

    Raises MediaProcessorError where it is not there, or nothing here can show it.
    """
    if what is Shown.FOLDER and path.parent.is_dir():
        open_with_system(path.parent)
    elif what is Shown.FILM and path.is_file():
        open_with_system(path)
    else:
        raise MediaProcessorError(
            Sentence(
                "{path} is not there any more. It was moved or deleted, or its disk is away.",
                path=str(path if what is Shown.FILM else path.parent),
            )
        )


def open_with_system(path: Path) -> None:
    """Show a file or a folder; raises MediaProcessorError where nothing here can."""
    problem: str = Sentence("no program for it was found")
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - the user's own association, no shell
            return
        opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
        if opener is not None:
            quiet = subprocess.DEVNULL
            subprocess.Popen(
                [opener, str(path)],
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                start_new_session=True,  # it outlives us
            )
            return
    except OSError as error:
        problem = system_problem(error)
    raise MediaProcessorError(
        Sentence("{path} cannot be shown ({problem}). Open it by hand.", path=path, problem=problem)
    )
