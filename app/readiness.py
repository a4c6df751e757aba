"""Whether a film would be processed here now; where not, why, and what to do."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator, List, Optional, Sequence, Tuple

from app.network_role import nobody_works
from app.running_program import ask_state
from app.tool_needs import REQUIRED, tool_holds
from core.errors import MediaProcessorError, UsageError
from core.events import QueueState, QueueStateChanged
from core.queue.held import no_slot_sentence, queue_sentence
from core.queue.job import JobKind
from core.settings.choices import NetworkMode
from core.settings.source import FixedSettings
from core.settings.tree import Settings
from core.system_errors import system_problem
from core.text.sentence import Sentence
from processing.process_tree import SystemClock
from scheduling.pause_reasons import Condition, PauseReasons
from scheduling.slots import Slots
from scheduling.wall_clock import clock_text
from store.connection import Database
from tools.resolver import ToolReport

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.encoder_trial import EncoderTrials

_ANSWER_SECONDS = 5.0  # that a watched folder has to answer; a share that hangs never does


@dataclass(frozen=True)
class Readiness:
    """``holds`` keep every film from being processed now; with ``limits`` some are not, or not wholly."""

    holds: Tuple[str, ...]
    limits: Tuple[str, ...]


class ReadinessCheck:
    """Looks at what films are processed with, by the settings of the moment.

    ``conditions`` can hold this machine's work; ``trials`` encode a small picture.
    """

    def __init__(
        self,
        folder: DataFolder,
        tools: ToolReport,
        conditions: Sequence[Condition],
        trials: Callable[[], EncoderTrials],
    ) -> None:
        self._folder = folder
        self._settings = folder.config.settings
        self._tools = tools
        self._conditions = conditions
        self._trials = trials

    def examine(self) -> Readiness:
        """Try everything out that a film needs here, with a picture that is really encoded."""
        holds = list(self.holds_at_once())
        limits = [*self._live_limit(), *_away(self._folder.database), *_slot_limits(self._settings)]
        if all(self._tools.toolset.get(name) for name in REQUIRED) and not any(
            self._folder_holds()
        ):
            failed, copied = self._encoder_problems()
            holds += failed
            limits += copied
        return Readiness(tuple(holds), tuple(limits))

    def holds_at_once(self) -> Tuple[str, ...]:
        """What would keep every film waiting, as far as a moment's look tells: no picture is encoded."""
        tools = tool_holds(self._settings, self._tools)
        return (*tools, *self._folder_holds(), *self._queue_holds())

    def _folder_holds(self) -> Iterator[str]:
        """The folders of the settings that nothing can be written to."""
        files = self._settings.files
        for key, name in (
            ("work_folder", files.work_folder),
            ("holding_folder", files.holding_folder),
        ):
            problem = _not_writable(Path(name)) if name else ""
            if problem:
                yield Sentence(
                    "{folder} {problem} Mend it, or `settings reset files.{key}`.",
                    folder=name,
                    problem=problem,
                    key=key,
                )
        problem = _not_writable(self._folder.data_dir)
        if problem:
            folder = self._folder.data_dir
            yield Sentence(
                "The data folder {folder} {problem} Give another one with --data-dir.",
                folder=folder,
                problem=problem,
            )

    def _queue_holds(self) -> Iterator[str]:
        """Hours, conditions, slots, the database: what the queue would wait for."""
        settings = self._settings
        trouble = self._folder.database.trouble()
        if trouble is not None:
            yield str(trouble)
        reasons = PauseReasons(self._folder.config, SystemClock(), self._conditions)
        closed = reasons.current()
        if closed is not None and not closed.kinds:
            yield closed.reason
        if settings.network.mode is NetworkMode.STANDALONE:
            nobody = nobody_works(settings, slave_connected=False)
            if nobody is not None:
                yield nobody.reason

    def _live_limit(self) -> Iterator[str]:
        """What the queue of a program that is at work does, where it does nothing."""
        live = ask_state(self._folder.data_dir, "queue", "state", "reason", "until")
        if live and live["state"] != QueueState.RUNNING.value:
            now = QueueStateChanged(QueueState(live["state"]), live["reason"], live["until"])
            yield Sentence(
                "At the program that is at work: {state}",
                state=queue_sentence(now, clock_text),
            )

    def _encoder_problems(self) -> Tuple[Sequence[str], Sequence[str]]:
        """Look into a made-up film, and encode its picture where the settings want that.

        Returns what keeps all films, and what keeps only their pictures.
        """
        try:
            if self._settings.video.encode:
                self._trials().run()
            else:
                self._trials().look()
        except UsageError as error:
            return (), (str(error),)
        except MediaProcessorError as error:
            return (
                Sentence(
                    "A small film that was made to try it out failed: {problem}", problem=error
                ),
            ), ()
        except OSError as error:
            return (
                Sentence(
                    "No small film could be made to try it out ({problem}).",
                    problem=system_problem(error),
                ),
            ), ()
        return (), ()


def _not_writable(folder: Path) -> str:
    if not folder.is_dir():
        return Sentence("is not there.")
    try:
        with tempfile.TemporaryFile(prefix="doctor-", dir=str(folder)):
            return ""
    except OSError as error:
        return Sentence("cannot be written to ({problem}).", problem=system_problem(error))


def _slot_limits(settings: Settings) -> Iterator[str]:
    slots = Slots(FixedSettings(settings))
    if slots.total and settings.network.mode is not NetworkMode.MASTER:
        for kind in JobKind:
            if kind is not JobKind.UNKNOWN and not slots.limit(kind):
                yield no_slot_sentence(kind)


def _away(database: Database) -> List[str]:
    """The watched folders that cannot be looked at; all are asked at once."""
    from monitor import FolderList

    folders = [folder.path for folder in FolderList(database).all() if folder.enabled]
    found: List[Optional[str]] = [
        Sentence("{path} does not answer.", path=path) for path in folders
    ]

    def look(number: int, path: Path) -> None:
        problem = ""
        with suppress(OSError):
            problem = (
                "" if path.is_dir() else Sentence("{path} is watched and is not there.", path=path)
            )
        found[number] = problem

    threads = [
        threading.Thread(target=look, args=numbered, name="folder-answers", daemon=True)
        for numbered in enumerate(folders)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + _ANSWER_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [problem for problem in found if problem]
