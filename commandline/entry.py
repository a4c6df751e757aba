"""Picks the command that the arguments ask for and turns every error into a sentence."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Sequence

from app.data_folder import DataFolder, default_data_dir
from app.long_paths import allow_long_paths
from commandline.console import attach_console
from commandline.output import Output
from commandline.parser import OPEN, parse
from core.errors import ConfigError, MediaProcessorError, UsageError
from processing.libraries import leave_libraries_to_others

if TYPE_CHECKING:
    from app.program import Parts

# Module and function of each. They are loaded when they are asked for: a command that only reads settings has
# no use for what films are processed with.
COMMANDS: Dict[str, str] = {
    "analyze": "analyze.run",
    "plan": "plan.run",
    "process": "process.run",
    "restore": "restore.run",
    "originals": "originals.run",
    "queue": "queue.run",
    "settings": "settings.run",
    "setup": "setup.run",
    "apis": "apis.run",
    "folders": "folders.run",
    "stats": "stats.run",
    "report": "stats.run_report",
    "doctor": "doctor.run",
    "log": "log.run",
    "network": "network.run",
    "bundle": "bundle.run",
}
_OF_DATA_FOLDER = {"settings", "log", "stats", "report"}  # which need nothing else
# What answers in text; anything else opens the window.
_SPEAKING = {*COMMANDS, "--headless", "--self-check", "--help", "-h", "--version"}
FAILED, USAGE, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141  # the last two as shells count signals


def run(
    argv: Optional[Sequence[str]],
    open_window: Callable[[Parts], int],
    show_error: Callable[[str], None],
) -> int:
    """Do what the arguments ask for and return the exit code; no exception but SystemExit leaves.

    ``argv`` without the program's name; None: the process's own. ``show_error`` is for a start by
    double-click, where nobody sees what is printed.
    """
    allow_long_paths()
    leave_libraries_to_others(os.environ)
    words = sys.argv[1:] if argv is None else list(argv)
    speaks = bool(_SPEAKING & set(words))
    unseen = sys.stderr is None  # the windowed exe
    if unseen and speaks:
        attach_console()
    _prepare_streams()
    output = Output(as_json_lines="--json" in words, stream=sys.stdout, errors=sys.stderr)

    def tell(error: MediaProcessorError) -> None:
        output.error(error)
        if unseen and not speaks:
            show_error(str(error))

    try:
        return _dispatch(parse(words), output, open_window)
    except MediaProcessorError as error:
        tell(error)
        return USAGE if isinstance(error, (UsageError, ConfigError)) else FAILED
    except ModuleNotFoundError as error:
        tell(MediaProcessorError(_missing(str(error.name))))
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone; Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        tell(MediaProcessorError(f"{place}{error.strerror or error}."))
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback must not reach a user
        tell(MediaProcessorError(f"Unexpected error ({error!r}); the log has the details."))
        return FAILED


def _missing(package: str) -> str:
    if "tkinter" in package:
        return (
            "This Python has no Tk, so the window cannot open; the commands can be used without. "
            "On Debian and Ubuntu: sudo apt install python3-tk, delete the folder .venv, start again."
        )
    return (
        f"The Python package {package} is missing. Start the program by scripts/run.sh "
        "(scripts\\run.cmd on Windows), which installs what it needs."
    )


def _dispatch(
    arguments: argparse.Namespace, output: Output, open_window: Callable[[Parts], int]
) -> int:
    data_dir = Path(arguments.data_dir or default_data_dir()).absolute()
    if arguments.self_check:
        from commandline import self_check

        return self_check.run(data_dir, output)
    _check_fitting(arguments)
    _check_role(arguments)
    _check_language(getattr(arguments, "native_language", ""))
    if arguments.command in _OF_DATA_FOLDER:
        with DataFolder(data_dir) as folder:
            folder.notice = partial(output.notice, error=True)
            return _command(arguments.command)(folder, arguments, output)
    return _with_parts(data_dir, arguments, output, open_window)


def _with_parts(
    data_dir: Path,
    arguments: argparse.Namespace,
    output: Output,
    open_window: Callable[[Parts], int],
) -> int:
    from app.program import Parts
    from mediainfo.pool import SHARED

    # The children end before the parts do, whose threads would wait for the films that MediaInfo is at.
    with Parts(data_dir) as parts, closing(SHARED):
        if arguments.headless or arguments.command not in (None, "", OPEN):
            parts.notice = partial(output.notice, error=True)
        if arguments.headless:
            from commandline import process

            return process.run_queue(parts, arguments, output)
        if arguments.command and arguments.command != OPEN:
            return _command(arguments.command)(parts, arguments, output)
        from commandline import window_start

        return window_start.run(parts, arguments, open_window)


def _command(name: str) -> Callable[[Any, argparse.Namespace, Output], int]:
    module, function = COMMANDS[name].split(".")
    command: Callable[[Any, argparse.Namespace, Output], int] = getattr(
        importlib.import_module(f"commandline.{module}"), function
    )
    return command


def _check_fitting(arguments: argparse.Namespace) -> None:
    """Raise UsageError where options and command do not belong together."""
    if arguments.watch and not arguments.headless:
        raise UsageError("--watch belongs to --headless; the window watches by itself.")
    if arguments.headless and arguments.command:
        raise UsageError(
            "--headless works on the queue and takes no films and no command; `process PATH` works on films."
        )
    if arguments.minimized and (arguments.headless or arguments.command not in (None, OPEN)):
        raise UsageError("--minimized is for the window; leave it out here.")


def _check_role(arguments: argparse.Namespace) -> None:
    if arguments.role and not arguments.headless:
        raise UsageError("--role belongs to --headless; the window has it in Settings > Network.")
    if (arguments.at or arguments.pair) and arguments.role != "slave":
        raise UsageError("--master and --pair belong to --headless --role slave.")


def _check_language(text: str) -> None:
    if not text:
        return
    from core.media.languages import UNDETERMINED, parse_language  # a large table

    if parse_language(text) == UNDETERMINED:
        raise UsageError(
            f"Unknown language {text!r}. Use a code or a name, such as ja or Japanese."
        )


def _prepare_streams() -> None:
    """Make printing safe: in a windowed exe there are no streams, on old consoles not all characters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
