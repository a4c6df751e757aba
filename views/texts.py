"""The texts of the window in the user's language; English where a translation is missing.

Every visible text goes through ``_`` when it is shown (``ngettext`` where a number decides). A text
that is only defined at import, such as a command's label, is marked with ``N_`` there and translated
where it is shown. Sentences of errors and reasons come from the core and stay English.
"""

from __future__ import annotations

import gettext
from pathlib import Path

DOMAIN = "mediaprocessor"

_DECIMAL_COMMA = ("nl", "tr")  # CLDR; the languages that have a catalogue

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = ""


def use_language(language: str, folder: Path) -> None:
    """Show texts in this language (ISO 639-1) from now on, where ``folder`` has a catalogue of it."""
    global _catalogue, _language
    _catalogue = gettext.translation(DOMAIN, str(folder), [language], fallback=True)
    _language = language


def decimal_comma() -> bool:
    """Whether the language in use writes 1.234,5 for one thousand two hundred thirty-four and a half."""
    return _language in _DECIMAL_COMMA


def _(text: str) -> str:
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of the text that this number asks for; the number itself is put in by the caller."""
    return _catalogue.ngettext(one, many, number)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text for translation without translating it yet."""
    return text
