"""The texts of the window in the user's language; English where a translation is missing.

Every visible text goes through ``_`` when it is shown (``ngettext`` where a number decides). A text
that is only defined at import, such as a command's label, is marked with ``N_`` there and translated
where it is shown. Sentences of errors and reasons come from the core and stay English.
"""

from __future__ import annotations

import gettext
from pathlib import Path

DOMAIN = "mediaprocessor"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str, folder: Path) -> None:
    """Show texts in this language (ISO 639-1) from now on, where ``folder`` has a catalogue of it."""
    global _catalogue
    _catalogue = gettext.translation(DOMAIN, str(folder), [language], fallback=True)


def _(text: str) -> str:
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of the text that this number asks for; the number itself is put in by the caller."""
    return _catalogue.ngettext(one, many, number)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for translation without translating it yet."""
    return text
