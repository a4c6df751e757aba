"""Showing a file or a folder with whatever the user's system shows it with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.errors import MediaProcessorError
from core.system_errors import system_problem
from core.text.sentence import Sentence


def open_with_system(path: Path) -> None:
    """Show a file or a folder; raises MediaProcessorError where nothing here can."""
    problem = "no program for it was found"
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
