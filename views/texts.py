"""The texts of the window in the user's language; English where a translation is missing.

Every visible text goes through ``_`` when it is shown (``ngettext`` where a number decides). A text
that is only defined at import, such as a command's label, is marked with ``N_`` there and translated
where it is shown. Sentences of errors and reasons come as ``core.text.sentence.Sentence`` and go
through ``sentence`` when they are shown.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from core.text.formatting import duration_text, size_text
from core.text.sentence import Bytes, Field, LanguageName, Listed, Seconds, Sentence, filled

DOMAIN = "mediaprocessor"

_DECIMAL_COMMA = ("nl", "tr")  # CLDR; the languages that have a catalogue

_SWAPPED = str.maketrans(",.", ".,")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = ""


def use_language(language: str, folder: Path) -> None:
    """Show texts in this language (ISO 639-1) from now on, where ``folder`` has a catalogue of it."""
    global _catalogue, _language
    _catalogue = gettext.translation(DOMAIN, str(folder), [language], fallback=True)
    _language = language


def language_in_use() -> str:
    """The language that texts are shown in (ISO 639-1)."""
    return _language or "en"


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


def sentence(text: str) -> str:
    """Return a sentence of the core in the language in use; text that is none comes back as it is."""
    if not isinstance(text, Sentence):
        return str(text)
    template = (
        _catalogue.ngettext(text.template, text.plural, text.number)
        if text.plural
        else _(text.template)
    )
    shown = {name: _field(value) for name, value in text.fields.items()}
    try:
        return filled(template, shown)
    except KeyError:  # another version's template
        return str.__str__(text)


def _field(value: Field) -> str:
    if isinstance(value, Sentence):
        return sentence(value)
    if isinstance(value, Listed):
        return ", ".join(_field(each) for each in value)
    if isinstance(value, Bytes):
        return in_digits(size_text(int(value)))
    if isinstance(value, Seconds):
        return duration_text(float(value))
    if isinstance(value, LanguageName):
        return str.__str__(value)
    if isinstance(value, int):
        return in_digits(f"{value:,}")
    return in_digits(str(value)) if isinstance(value, float) else str(value)


def in_digits(text: str) -> str:
    """Write the number in an English text as the language in use writes it: ``1.234,5``."""
    return text.translate(_SWAPPED) if decimal_comma() else text
