"""The texts of the window in the user's language; English where a translation is missing.

Every visible text goes through ``_`` when it is shown (``ngettext`` where a number decides). A text
that is only defined at import, such as a command's label, is marked with ``N_`` there and translated
where it is shown. An English word of two meanings says which by ``pgettext``, or ``NC_`` at import.
Sentences of errors and reasons come as ``core.text.sentence.Sentence`` and go through ``sentence`` when
they are shown.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from core.text.formatting import duration_text
from core.text.sentence import N_ as N_
from core.text.sentence import Bytes, Field, LanguageName, Listed, Seconds, Sentence, filled
from views import cldr
from views.numbers import count_text, size_text

DOMAIN = "mediaprocessor"
_CONTEXT_END = "\x04"  # what gettext itself puts between a context and its text

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str, folder: Path) -> None:
    """Show texts in this language (ISO 639-1) from now on, where ``folder`` has a catalogue of it."""
    global _catalogue
    _catalogue = gettext.translation(DOMAIN, str(folder), [language], fallback=True)
    cldr.use(language)


def _(text: str) -> str:
    shown = _catalogue.gettext(text)
    return shown.rpartition(_CONTEXT_END)[2] if _CONTEXT_END in shown else shown


def pgettext(context: str, text: str) -> str:
    """Return the text in the language in use; ``context`` says which meaning of the English word it is."""
    return _(NC_(context, text))


def NC_(context: str, text: str) -> str:  # noqa: N802 - GLib's name for it
    """Mark a text of a context for translation by ``_``, which shows it without the context."""
    return f"{context}{_CONTEXT_END}{text}"


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of the text that this number asks for; the number itself is put in by the caller."""
    return _catalogue.ngettext(one, many, number)


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
        return filled(template, shown, capital)
    except KeyError:  # another version's template
        return str.__str__(text)


def _field(value: Field) -> str:
    if isinstance(value, Sentence):
        return sentence(value)
    if isinstance(value, Listed):
        return cldr.listed([_field(each) for each in value])
    if isinstance(value, Bytes):
        return size_text(int(value))
    if isinstance(value, Seconds):
        return duration_text(float(value))
    if isinstance(value, LanguageName):
        return cldr.language_name(value.code, str.__str__(value))
    if isinstance(value, int):
        return count_text(value)
    return cldr.in_digits(str(value)) if isinstance(value, float) else str(value)


def capital(text: str) -> str:
    """Write a text with a capital letter, as the language in use does."""
    first = "İ" if cldr.language() == "tr" and text[:1] == "i" else text[:1].upper()
    return first + text[1:]
