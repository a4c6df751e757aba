"""Whether a film would be processed here now; where not, why, and what to do."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, List, Optional, Sequence, Tuple

from app.encoder_trial import SMALL, EncoderTrials
from app.local_control import ask_state
from app.shared_work import nobody_works
from core.errors import MediaProcessorError, UsageError
from core.events import QueueState, QueueStateChanged
from core.planning.everyday_picture import why_copied
from core.ports import FixedSettings
from core.queue.held import no_slot_sentence, queue_sentence
from core.queue.job import JobKind
from core.settings.tree import MissingPropeditPolicy, NetworkMode, Settings
from core.tools import ToolName
from monitor import FolderList
from processing.process_tree import SystemClock
from scheduling.pause_reasons import PauseReasons, clock_text
from scheduling.slots import Slots
from tools.resolver import ToolStatus

if TYPE_CHECKING:
    from app.program import Parts

REQUIRED = (ToolName.FFMPEG, ToolName.FFPROBE)
_ANSWER_SECONDS = 5.0  # that a watched folder has to answer; a share that hangs never does
_GO_ON_WITHOUT = (
    "Films go on without it after `settings set processing.missing_mkvpropedit continue`."
)


@dataclass(frozen=True)
class Readiness:
    """``holds`` keep every film from being processed now; with ``limits`` some are not, or not wholly."""

    holds: Tuple[str, ...]
    limits: Tuple[str, ...]


def readiness(parts: Parts) -> Readiness:
    """Try everything out that a film needs here, with a picture that is really encoded."""
    holds = list(holds_at_once(parts))
    limits = [*_live_limit(parts), *_away(parts), *_slot_limits(parts.config.settings)]
    if all(parts.toolset.get(name) for name in REQUIRED) and not any(_folder_holds(parts)):
        failed, copied = _encoder_problems(parts)
        holds += failed
        limits += copied
    return Readiness(tuple(holds), tuple(limits))


def holds_at_once(parts: Parts) -> Tuple[str, ...]:
    """What would keep every film waiting, as far as a moment's look tells: no picture is encoded."""
    return (*tool_holds(parts), *_folder_holds(parts), *_queue_holds(parts))


def known_beforehand(parts: Parts) -> Iterator[Tuple[str, bool]]:
    """What would keep all films, or all of their pictures, as sentences; True where it is an error."""
    for sentence in tool_holds(parts):
        yield f"Films wait: {sentence}", True
    objections = why_copied(parts.config.settings, parts.toolset)
    if objections and parts.toolset.get(ToolName.FFMPEG):
        yield f"Pictures stay as they are. {' '.join(objections)}", False


def tool_holds(parts: Parts) -> Iterator[str]:
    """The programs without which every film waits, and how to get them."""
    waits = parts.config.settings.processing.missing_mkvpropedit is MissingPropeditPolicy.WAIT
    for status in parts.tool_report.statuses:
        if status.info is None and status.name in REQUIRED:
            yield _missing(status)
        elif status.info is None and status.name is ToolName.MKVPROPEDIT and waits:
            yield f"{_missing(status)} {_GO_ON_WITHOUT}"


def _missing(status: ToolStatus) -> str:
    return f"{status.problem} {status.hint}".strip()


def _folder_holds(parts: Parts) -> Iterator[str]:
    """The folders of the settings that nothing can be written to."""
    files = parts.config.settings.files
    for key, name in (("work_folder", files.work_folder), ("holding_folder", files.holding_folder)):
        problem = _not_writable(Path(name)) if name else ""
        if problem:
            yield f"{name} {problem} Mend it, or `settings reset files.{key}`."
    problem = _not_writable(parts.data_dir)
    if problem:
        yield f"The data folder {parts.data_dir} {problem} Give another one with --data-dir."


def _not_writable(folder: Path) -> str:
    if not folder.is_dir():
        return "is not there."
    try:
        with tempfile.TemporaryFile(prefix="doctor-", dir=str(folder)):
            return ""
    except OSError as error:
        return f"cannot be written to ({error.strerror})."


def _queue_holds(parts: Parts) -> Iterator[str]:
    """Hours, conditions, slots, the database: what the queue would wait for."""
    settings = parts.config.settings
    trouble = parts.database.trouble()
    if trouble is not None:
        yield str(trouble)
    closed = PauseReasons(parts.config, SystemClock(), parts.conditions()).current()
    if closed is not None:
        yield closed.reason
    if settings.network.mode is NetworkMode.STANDALONE:
        nobody = nobody_works(settings, dict)
        if nobody is not None:
            yield nobody.reason


def _live_limit(parts: Parts) -> Iterator[str]:
    """What the queue of a program that is at work does, where it does nothing."""
    live = ask_state(parts.data_dir, "queue")
    if live and live["state"] != QueueState.RUNNING.value:
        now = QueueStateChanged(QueueState(live["state"]), live["reason"], live["until"])
        yield f"At the program that is at work: {queue_sentence(now, clock_text)}"


def _slot_limits(settings: Settings) -> Iterator[str]:
    slots = Slots(FixedSettings(settings))
    if slots.total and settings.network.mode is not NetworkMode.MASTER:
        for kind in JobKind:
            if kind is not JobKind.UNKNOWN and not slots.limit(kind):
                yield no_slot_sentence(kind)


def _away(parts: Parts) -> List[str]:
    """The watched folders that cannot be looked at; all are asked at once."""
    folders = [folder.path for folder in FolderList(parts.database).all() if folder.enabled]
    found: List[Optional[str]] = [f"{path} does not answer." for path in folders]

    def look(number: int, path: Path) -> None:
        problem = ""
        with suppress(OSError):
            problem = "" if path.is_dir() else f"{path} is watched and is not there."
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


def _encoder_problems(parts: Parts) -> Tuple[Sequence[str], Sequence[str]]:
    """Look into a made-up film, and encode its picture where the settings want that.

    Returns what keeps all films, and what keeps only their pictures.
    """
    trials = EncoderTrials(parts.equip, parts.runner, parts.data_dir, SMALL)
    try:
        if parts.config.settings.video.encode:
            trials.run(lambda _step, _done: None)
        else:
            trials.look()
    except UsageError as error:
        return (), (str(error),)
    except MediaProcessorError as error:
        return (f"A small film that was made to try it out failed: {error}",), ()
    except OSError as error:
        return (f"No small film could be made to try it out ({error.strerror}).",), ()
    return (), ()
