"""Every encoder of this machine tried on short films, as every film is worked on; for a report."""

from __future__ import annotations

import getpass
import shutil
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import List, Optional, Protocol, Set

from app.check_round import CheckRound
from app.machine_facts import machine_facts
from app.ports import TrialWatcher
from app.sample_film import Clip
from app.trial_folder import trial_folder
from config import Config
from core.errors import FolderNotWritable, MediaProcessorError
from core.reporting.machine_check import MachineCheck
from core.settings.tree import Settings
from core.system_errors import system_problem
from core.text.anonymous import anonymizer
from core.text.sentence import Bytes, Sentence, counted_sentence
from processing.control import JobControl
from processing.runner import ProcessRunner
from tools.resolver import ToolReport

USUAL = Clip(1280, 720, 5)
# Bytes: the films, a copy of one with its result, and what the system needs beside.
_ROOM = 400_000_000


class CheckSource(Protocol):
    """Knows where trials stand, and what they are made with; ``app.program.Program``."""

    data_dir: Path

    @property
    def config(self) -> Config:
        """The settings."""

    @property
    def runner(self) -> ProcessRunner:
        """What starts every outside program."""

    def find_report(self, settings: Settings) -> ToolReport:
        """Look for the programs as these settings name them."""


class MachineChecks:
    """Every call waits, so call it beside Tk's thread.

    All that is made stands in a folder of its own in the work folder, with a database of its own: the user's
    films, queue, history and statistics are not touched.
    """

    def __init__(self, source: CheckSource, clip: Optional[Clip] = None) -> None:
        self._source = source
        self._clip = clip or USUAL
        self._folders: Set[str] = set()  # that programs lie in
        self.control = JobControl()  # of the next check or the running one

    def run(self, watcher: Optional[TrialWatcher] = None) -> MachineCheck:
        """Try every encoder; ``watcher`` hears how far it is.

        Raises JobCancelled, FolderNotWritable, and MediaProcessorError where the disk is too full; an encoder
        that fails is an answer.
        """
        control = self.control
        try:
            return self._run(control, watcher)
        finally:
            self.control = JobControl()

    def cancel(self) -> None:
        """End the running check, or the one that is about to begin, from any thread."""
        self.control.cancel()

    def hide(self, text: str) -> str:
        """The text without the names of this machine, its user and their folders."""
        names: List[str] = [socket.gethostname()]
        folders = [
            str(self._source.data_dir),
            str(self._work_folder),
            tempfile.gettempdir(),
            *self._folders,
        ]
        with suppress(KeyError, OSError, ImportError):  # an account that nobody knows has no name
            names.append(getpass.getuser())
        with suppress(RuntimeError):
            folders.append(str(Path.home()))
        return anonymizer(folders, names)(text)

    @property
    def _work_folder(self) -> Path:
        return Path(self._source.config.settings.files.work_folder or self._source.data_dir)

    def _run(self, control: JobControl, watcher: Optional[TrialWatcher]) -> MachineCheck:
        place, settings = self._work_folder, self._source.config.settings
        runner = self._source.runner
        try:
            _demand_room(place)
            with trial_folder("machine-test-", place, runner.run_id) as folder:
                report = self._source.find_report(settings)
                self._folders |= {str(tool.path.parent) for tool in report.toolset.tools}
                facts = machine_facts(report.toolset, place)
                check = CheckRound(report, settings, runner, folder, self._clip, control, watcher)
                return MachineCheck(self._film_in_words(), check.encoders(), facts)
        except OSError as error:
            raise FolderNotWritable(
                place,
                system_problem(error),
                Sentence("Name another work folder in the settings (files.work_folder)."),
            ) from error

    def _film_in_words(self) -> Sentence:
        return counted_sentence(
            "The films: {width}×{height}, {pictures} pictures in {number} second, two audio tracks, "
            "a subtitle.",
            "The films: {width}×{height}, {pictures} pictures in {number} seconds, two audio tracks, "
            "a subtitle.",
            self._clip.seconds,
            width=str(self._clip.width),
            height=str(self._clip.height),
            pictures=str(self._clip.pictures),
        )


def _demand_room(folder: Path) -> None:
    """Raise MediaProcessorError where the disk is too full, OSError where the folder cannot be looked at."""
    free = shutil.disk_usage(folder).free
    if free < _ROOM:
        raise MediaProcessorError(
            Sentence(
                "{folder} has {free} free, but the check needs {needed}. Free some space, or name another "
                "work folder in the settings (files.work_folder).",
                folder=folder,
                free=Bytes(free),
                needed=Bytes(_ROOM),
            )
        )
