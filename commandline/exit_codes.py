"""What the program ends with; docs/commandline.md (Exit codes) says what each is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.errors import MediaProcessorError

DONE = 0
FAILED = 1  # something was not done
USAGE = 2  # the command line or a setting is wrong; nothing was done
INTERRUPTED = 130  # by Ctrl+C; this and the next as shells count signals
BROKEN_PIPE = 141  # whoever read the output has gone


def code_of(error: MediaProcessorError) -> int:
    """The exit code of a command that ended with this error."""
    from core.errors import ConfigError, UsageError  # where something went wrong alone

    return USAGE if isinstance(error, (UsageError, ConfigError)) else FAILED
