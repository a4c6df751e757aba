"""Commands that are done by the program which is at work with the data folder, where there is one.

What was asked for goes there as it was read, and what it shows comes back. The program at work looks into the
same list of commands, and calls ``at_work`` of the action that is meant.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from app.instance_lock import LOCK_PATIENCE, AlreadyRunning, only_instance
from app.running_program import ASK_STATE, ShownThere, ask_to_show
from commandline.at_once import ASK_SHOWN, command_in, place_and_time
from commandline.commands import load
from commandline.exit_codes import FAILED, code_of
from commandline.options import options_of
from commandline.output import Output
from core.errors import MediaProcessorError
from core.version import VERSION

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.local_control import Offered
    from app.program import Program

ASK = "command"
_LONGEST_ANSWER = 300.0  # seconds: a doctor's round to sleepy machines
# Seconds: a library that is looked through, originals that are copied back from another disk. Who asked
# sees at once when the program ends, and may stop waiting.
LONGEST_WORK = 7 * 86400.0
_PAUSE = 0.2
_SILENCE = 10.0  # seconds, after which who waits is told for what
_WAITING = (
    "The program that is at work with this data folder has not answered yet: it is busy with this, or stands "
    "still. Ctrl+C ends the waiting; what was asked for is done all the same once it goes on."
)

_log = logging.getLogger("mediaprocessor")


class OtherVersion(MediaProcessorError):
    """The program at work does not know what a start of another version asks of it."""

    code = "other_version"

    def __init__(self) -> None:
        super().__init__(
            "The program that is at work with this data folder is of another version. End it and start it "
            "again, then repeat the command."
        )


def call_running(
    folder: DataFolder,
    name: str,
    options: Any,
    output: Output,
    patience: float = _LONGEST_ANSWER,
) -> Optional[int]:
    """Have the program at work do the command ``name`` (such as ``queue pause``), show its answer and
    return the exit code.

    ``options`` are the action's; paths in them are whole. None where no program is at work, it does not
    listen, or has not answered within ``patience`` seconds.
    """
    request = {"command": name, "words": asdict(options), "json": output.json}
    waiting = threading.Timer(_SILENCE, output.notice, (_WAITING,), {"error": True})
    waiting.name, waiting.daemon = "waits-for-program", True
    waiting.start()
    try:
        answer = ask_to_show(folder.data_dir, ASK, request, patience)
    finally:
        waiting.cancel()
        waiting.join()  # what it says stands before the answer
    if answer is None:
        return None
    output.repeat(answer.output, answer.errors)
    return answer.code


def run_here_or_there(
    folder: DataFolder,
    name: str,
    options: Any,
    output: Output,
    here: Callable[[], int],
    patience: float = _LONGEST_ANSWER,
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
            code = call_running(folder, name, options, output, patience)
            if code is not None:
                return code
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def handlers(program: Program) -> Dict[str, Offered]:
    """What a program that is at work does for the commands of later starts, by the question's name."""

    def command(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        json = bool(asked.get("json"))
        return _answer(json, lambda output: _do(program, asked, output))

    def state(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        tell = load(str(asked["of"])).state
        if tell is None:
            raise LookupError(asked["of"])
        return tell(program)

    def shown(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return _shown(program, asked)

    return {ASK: command, ASK_STATE: state, ASK_SHOWN: shown}


def _shown(program: Program, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What these words show of this program; nothing where the later start has to look itself.

    That is so where it would write something else: it is of another version, or its clock is set otherwise.
    """
    from commandline.parser import parse  # which asks the commands for what they take

    words = [str(word) for word in asked["words"]]
    if (asked["version"], asked["clock"]) != (VERSION, place_and_time()) or not command_in(words):
        return {}
    try:
        call = parse(words)
    except MediaProcessorError:
        return {}
    show = call.action.shows if call.action is not None else None
    if show is None:
        return {}
    return _answer(call.common.json, partial(show, program, call.options))


def _answer(as_json_lines: bool, do: Callable[[Output], Optional[int]]) -> Mapping[str, Any]:
    """What is shown by it, and its exit code; nothing where it does not do it."""
    stream, errors = io.StringIO(), io.StringIO()
    output = Output(as_json_lines=as_json_lines, stream=stream, errors=errors)
    try:
        code = do(output)
    except MediaProcessorError as error:
        output.error(error)
        code = code_of(error)
    except Exception as error:  # noqa: BLE001 - who asked has to get an answer, once
        _log.exception("A command of another start of the program failed.")
        output.error(MediaProcessorError(f"Unexpected error ({error!r}); the log has the details."))
        code = FAILED
    if code is None:
        return {}
    return ShownThere(code, stream.getvalue(), errors.getvalue())._asdict()


def _do(program: Program, asked: Mapping[str, Any], output: Output) -> int:
    try:
        name, _space, action_name = str(asked["command"]).partition(" ")
        action = load(name).action(action_name)
        options = options_of(action.options, asked["words"])
    except (LookupError, TypeError) as error:
        raise OtherVersion from error
    if action.at_work is None:
        raise OtherVersion
    return action.at_work(program, options, output)
