"""Does the command that the arguments ask for and turns every error into a sentence."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator, Optional, Sequence

from app.data_place import default_data_dir
from app.long_paths import allow_long_paths
from commandline.at_once import without_place
from commandline.command import Place, open_folder
from commandline.commands import COMMANDS, LOOKING, OPEN, load
from commandline.console import attach_console, prepare_streams, reader_has_gone
from commandline.exit_codes import BROKEN_PIPE, FAILED, INTERRUPTED, code_of
from commandline.output import Output
from commandline.parser import Call, parse
from core.errors import MediaProcessorError
from processing.libraries import leave_libraries_to_others

if TYPE_CHECKING:
    from app.program import Program
    from core.reporting.page_language import PageLanguage
    from core.settings.tree import Settings

# What answers in text; anything else opens the window.
_SPEAKING = {*COMMANDS, "--headless", "--self-check", "--help", "-h", "--version"} - {OPEN}


def run(
    argv: Optional[Sequence[str]],
    open_window: Callable[[Program], int],
    show_error: Callable[[str], None],
    language_of: Optional[Callable[[Settings], PageLanguage]] = None,
) -> int:
    """Do what the arguments ask for and return the exit code; no exception but SystemExit leaves.

    ``argv`` without the program's name; None: the process's own. ``show_error`` is for a start by
    double-click, where nobody sees what is printed. ``language_of`` is that of messages; English without.
    """
    allow_long_paths()
    leave_libraries_to_others(os.environ)
    words = sys.argv[1:] if argv is None else list(argv)
    speaks = bool(_SPEAKING & set(words))
    unseen = sys.stderr is None or "--from-menu" in words  # the windowed exe, a menu's entry
    if sys.stderr is None and speaks:
        attach_console()
    prepare_streams()
    output = Output(as_json_lines="--json" in words, stream=sys.stdout, errors=sys.stderr)

    def tell(error: MediaProcessorError) -> None:
        output.error(error)
        if unseen and not speaks:
            show_error(str(error))

    try:
        _begin_mediainfo(words)
        return _dispatch(parse(words), output, open_window, language_of)
    except MediaProcessorError as error:
        tell(error)
        return code_of(error)
    except ModuleNotFoundError as error:
        tell(MediaProcessorError(_missing(str(error.name))))
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        reader_has_gone()
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
    call: Call,
    output: Output,
    open_window: Callable[[Program], int],
    language_of: Optional[Callable[[Settings], PageLanguage]],
) -> int:
    data_dir = Path(call.common.data_dir or default_data_dir()).absolute()
    if call.start.self_check:
        from commandline import self_check

        return self_check.run(data_dir, output)
    call.start.check(call.command)
    if call.start.headless:
        from commandline import headless

        with _opened(headless.COMMAND.opens, data_dir, language_of) as program:
            program.notice = partial(output.notice, error=True)
            return headless.run(program, call.start, output)
    if call.command in ("", OPEN):
        from commandline import open as opening

        asked = call.options if isinstance(call.options, opening.OpenOptions) else None
        with _opened(opening.COMMAND.opens, data_dir, language_of) as program:
            program.minimized = call.start.minimized
            return opening.run(program, asked or opening.OpenOptions(), open_window)
    assert call.action is not None
    assert call.action.run is not None  # that of every other command is its own
    opens = call.action.opens or load(call.command).opens
    with _opened(opens, data_dir, language_of) as place:
        place.notice = partial(output.notice, error=True)
        return call.action.run(place, call.options, output)


@contextmanager
def _opened(
    opens: Callable[[Path], Place],
    data_dir: Path,
    language_of: Optional[Callable[[Settings], PageLanguage]],
) -> Iterator[Place]:
    """Open what a command works with."""
    with opens(data_dir) as place, ExitStack() as ends_first:
        if opens is not open_folder:
            # The children end before the program's threads, which would wait for the films that they read.
            ends_first.callback(_end_mediainfo)
        if language_of is not None:
            place.language_of = language_of
        gc.freeze()  # what is loaded stays
        gc.enable()  # what ``main`` spares a start
        yield place


def _begin_mediainfo(words: Sequence[str]) -> None:
    """Start MediaInfo's child beside what is loaded now, where a film will be looked into first of all."""
    rest = without_place(words)[0]
    if LOOKING & set(rest[:1]) and not {"-h", "--help"} & set(rest):
        from mediainfo.pool import SHARED

        SHARED.begin()


def _end_mediainfo() -> None:
    """End MediaInfo's children, where anything has asked for them."""
    pool = sys.modules.get("mediainfo.pool")
    if pool is not None:
        pool.SHARED.close()
