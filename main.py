"""Where MediaProcessor starts: ``python main.py`` opens the window, ``python main.py --help`` says the rest.

Wiring only. What a command does stands in ``commandline``, what the window does in ``ui``.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Optional, Sequence

from mediainfo.frames import CHILD

if TYPE_CHECKING:
    from app.program import Program
    from core.reporting.page_language import PageLanguage
    from core.settings.tree import Settings


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the program; returns its exit code."""
    words = sys.argv[1:] if argv is None else argv
    gc.disable()  # what is loaded stays: to look for garbage in it takes 4 % of a start
    try:
        from commandline.at_once import answer  # after a MediaInfo child has gone its own way

        code = answer(words)
        if code is not None:
            return code
        from commandline.entry import run
    except ModuleNotFoundError as missing:  # started with a Python that has not our packages
        sys.exit(
            f"MediaProcessor needs the Python package {missing.name}. Start it by scripts/run.sh "
            "(scripts\\run.cmd on Windows), which installs what it needs."
        )
    else:
        return run(words, open_window, show_error, language_of)
    finally:
        gc.enable()


def open_window(program: Program) -> int:
    """Build the window on the program and stay until it is closed."""
    gc.disable()  # until the window stands
    import ui  # Tk is loaded only where a window opens

    program.listens = True
    return ui.run(program)


def show_error(sentence: str) -> None:
    """Tell why the program cannot start where there is no console to print on."""
    import ui

    ui.show_error(sentence)


def language_of(settings: Settings) -> PageLanguage:
    """Return the window's language, also where there is no window: messages are for the same user."""
    from window.language import spoken_language  # catalogues are read where a message is sent

    return spoken_language(settings.window.language)


if __name__ == "__main__":
    if sys.argv[1:] == [CHILD]:
        from mediainfo import child

        sys.exit(child.main())
    code = main()
    gc.freeze()  # else Python looks through all that is loaded once more at its end
    sys.exit(code)
