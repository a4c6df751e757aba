"""Which language the window speaks: what the settings say, or what the system speaks."""

from __future__ import annotations

import locale
import os
import sys
import threading
from pathlib import Path

from core.reporting.page_language import PageLanguage
from core.settings.choices import WindowLanguage
from views import cldr
from views.page_language import page_language
from views.texts import use_language

LOCALE = Path(__file__).resolve().parent.parent / "assets" / "locale"
_CODES = {
    WindowLanguage.ENGLISH: "en",
    WindowLanguage.DUTCH: "nl",
    WindowLanguage.TURKISH: "tr",
}


_spoken = threading.Event()  # whether a language was chosen in this run


def speak(chosen: WindowLanguage) -> None:
    """Show the window's texts in this language from now on; before anything of it is built."""
    _spoken.set()
    use_language(_CODES.get(chosen) or system_language(), LOCALE)
    threading.Thread(target=cldr.prepare, name="language data", daemon=True).start()


def spoken_language(chosen: WindowLanguage) -> PageLanguage:
    """Return the language of this run for what is told elsewhere; a window's changes with its next start."""
    if not _spoken.is_set():
        speak(chosen)
    return page_language()


def language_code(chosen: WindowLanguage) -> str:
    """Return the language that is meant, as ISO 639-1; "" for the system's."""
    return _CODES.get(chosen, "")


def system_language() -> str:
    """Return the language that the user's system speaks, as ISO 639-1; "en" where it does not say."""
    name = ""
    if sys.platform == "win32":
        import ctypes

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    else:
        # The order of gettext's manual; LANGUAGE is a list.
        for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            name = os.environ.get(variable, "")
            if name:
                break
    code = name.split(":")[0].split(".")[0].split("_")[0].lower()
    return code if code.isalpha() and len(code) == 2 else "en"
