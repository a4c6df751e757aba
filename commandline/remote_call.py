"""Commands that are done by the program which is at work with the data folder, where there is one.

What was asked for goes there as it was read, and what it shows comes back, so that a command is the same
code wherever it is done.
"""

from __future__ import annotations

import argparse
import io
import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from app.data_folder import DataFolder
from app.instance_lock import LOCK_PATIENCE, AlreadyRunning, only_instance
from app.local_control import Offered, ask_running
from commandline.output import Output
from core.errors import ConfigError, MediaProcessorError, UsageError

if TYPE_CHECKING:
    from app.program import Parts

ASK = "command"
FAILED, USAGE = 1, 2  # exit codes
_LONGEST_DEED = 300.0  # seconds: a doctor's round to sleepy machines
# Seconds: a library that is looked through, originals that are copied back from another disk. Who asked
# sees at once when the program ends, and may stop waiting.
LONGEST_WORK = 7 * 86400.0
_PAUSE = 0.2

_log = logging.getLogger("mediaprocessor")


@dataclass(frozen=True)
class Request:
    """A command as the command line was read; paths in it are whole."""

    command: str
    words: Mapping[str, Any]

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Request:
        """What these arguments ask for; the data folder is the program's own."""
        words = {key: value for key, value in vars(arguments).items() if key != "data_dir"}
        return cls(arguments.command, words)

    @property
    def arguments(self) -> argparse.Namespace:
        """The arguments as they were read."""
        return argparse.Namespace(**self.words)


Deed = Callable[["Parts", argparse.Namespace, Output], int]


def carry(
    folder: DataFolder,
    arguments: argparse.Namespace,
    output: Output,
    patience: float = _LONGEST_DEED,
) -> Optional[int]:
    """Have the program do it that is at work, show its answer and return the exit code.

    None where there is none, it does not listen, or has not answered within ``patience`` seconds.
    """
    answer = ask_running(folder.data_dir, ASK, asdict(Request.of(arguments)), patience)
    if answer is None:
        return None
    output.repeat(str(answer["output"]), str(answer["errors"]))
    return int(answer["code"])


def here_or_there(
    folder: DataFolder,
    arguments: argparse.Namespace,
    output: Output,
    here: Callable[[], int],
    patience: float = _LONGEST_DEED,
) -> int:
    """Do it ``here``, holding the data folder's lock, or have the program do it that holds it.

    Raises AlreadyRunning where that one does not answer.
    """
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            with only_instance(folder.data_dir):
                return here()
        except AlreadyRunning:
            code = carry(folder, arguments, output, patience)
            if code is not None:
                return code
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def doing(parts: Parts, deeds: Mapping[str, Deed]) -> Dict[str, Offered]:
    """What a program that is at work offers to later starts: to do these of their commands."""

    def answer(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        request = Request(str(asked["command"]), asked["words"])
        arguments = request.arguments
        stream, errors = io.StringIO(), io.StringIO()
        output = Output(as_json_lines=bool(arguments.json), stream=stream, errors=errors)
        try:
            code = deeds[request.command](parts, arguments, output)
        except MediaProcessorError as error:
            output.error(error)
            code = USAGE if isinstance(error, (UsageError, ConfigError)) else FAILED
        except Exception as error:  # noqa: BLE001 - who asked has to get an answer, once
            _log.exception("A command of another start of the program failed.")
            output.error(
                MediaProcessorError(f"Unexpected error ({error!r}); the log has the details.")
            )
            code = FAILED
        return {"code": code, "output": stream.getvalue(), "errors": errors.getvalue()}

    return {ASK: answer}
