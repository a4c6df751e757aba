"""What is answered before the program is loaded: its version, and what a program at work shows for it.

Loads little but Python's own, for that is all that such a command costs. Whatever is not answered here is
read and done by ``entry``, from the beginning.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from commandline.console import prepare_streams, reader_has_gone
from commandline.exit_codes import BROKEN_PIPE, DONE, FAILED, INTERRUPTED
from core.version import VERSION

# Commands that a program at work shows for a later start: their rows have ``shows``.
SHOWN = frozenset(
    {
        ("exclusions", "list"),
        ("folders", "list"),
        ("messages", "list"),
        ("network", "list"),
        ("presets", "list"),
        ("queue", "list"),
        ("settings", "get"),
        ("settings", "list"),
    }
)
ASK_SHOWN = "shown"
# Seconds: a program that is this slow has its hands full. The command is then done here, where it takes less.
_PATIENCE = 1.0
_DATA_DIR = "--data-dir"


def answer(words: Sequence[str]) -> Optional[int]:
    """Answer and return the exit code; None where the command has to be read and done as any other."""
    if sys.stdout is None or sys.stderr is None:
        return None  # the windowed exe, which looks for its console first
    try:
        if list(words) == ["--version"]:
            print(f"MediaProcessor {VERSION}", flush=True)
            return DONE
        return _shown_there(words)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        reader_has_gone()
        return BROKEN_PIPE
    except OSError as error:  # a full disk
        print(f"{error.strerror or error}.", file=sys.stderr)
        return FAILED


def command_in(words: Sequence[str]) -> Optional[Tuple[str, ...]]:
    """The command and its action, where ``SHOWN`` has them; None also where their help is asked for."""
    rest = without_place(words)[0]
    named = tuple(rest[:2])
    return named if named in SHOWN and not {"-h", "--help"} & set(rest) else None


def place_and_time() -> List[object]:
    """What times are written by, as the system has it for this process."""
    return [os.environ.get("TZ", ""), *time.tzname, time.timezone, time.altzone]


def without_place(words: Sequence[str]) -> Tuple[List[str], List[str]]:
    """The words without those that may stand anywhere, and the data folders that they name."""
    rest, places, left = [], [], iter(words)
    for word in left:
        option, equals, place = word.partition("=")
        if option == _DATA_DIR:
            places.append(place if equals else next(left, ""))
        elif word != "--json":
            rest.append(word)
    return rest, places


def _shown_there(words: Sequence[str]) -> Optional[int]:
    """Have the program at work show it; None where none answers, or it is none that shows this."""
    if command_in(words) is None:
        return None
    places = without_place(words)[1]
    if len(places) > 1 or "" in places:
        return None
    from app.running_program import ask_to_show

    question = {"words": list(words), "version": VERSION, "clock": place_and_time()}
    shown = ask_to_show(_folder(places), ASK_SHOWN, question, _PATIENCE)
    if shown is None:
        return None
    prepare_streams()
    print(shown.output, end="", flush=True)
    print(shown.errors, end="", file=sys.stderr, flush=True)
    return shown.code


def _folder(places: Sequence[str]) -> Path:
    if places:
        return Path(places[0])
    from app.data_place import default_data_dir

    return default_data_dir()
