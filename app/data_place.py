"""Where the data folder is when nobody names one."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def default_data_dir() -> Path:
    """Where settings, queue, history and logs live: %APPDATA% on Windows, XDG's data folder on Linux.

    Raises UsageError for an account without a home.
    """
    try:
        return platformdirs.user_data_path("MediaProcessor", appauthor=False, roaming=True)
    except RuntimeError:
        from core.errors import UsageError
        from core.text.sentence import Sentence

        raise UsageError(
            Sentence(
                "This account has no home folder, so settings and queue have no place. "
                "Name one with --data-dir FOLDER, or set HOME."
            )
        ) from None
