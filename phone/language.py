"""The page's texts and the program's sentences in a phone's language, several at a time.

The window speaks one language, set once (``views.texts``). Phones may each have another, and a machine
without a window answers them as well, so here a language is a value. The page writes its numbers itself;
those inside of sentences are written here.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Tuple

from core.text.formatting import visible
from core.text.sentence import Bytes, Field, LanguageName, Listed, Sentence, filled

DOMAIN = "mediaprocessor"
LOCALE = Path(__file__).resolve().parent.parent / "assets" / "locale"
ENGLISH = "en"
LANGUAGES = (ENGLISH, "nl", "tr")  # that there are catalogues of
_LONGEST = 200  # characters of a request's header that are read
_SIGNS = str.maketrans(",.", ".,")  # 1,234.5 as Dutch and Turkish write it (CLDR)


class PhoneLanguage:
    """One language, by its ISO 639-1 code; English where a translation is missing."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._catalogue = gettext.translation(DOMAIN, str(LOCALE), [code], fallback=True)

    def text(self, english: str) -> str:
        """Return a text of the catalogue."""
        return self._catalogue.gettext(english) if english else ""

    def counted(self, singular: str, plural: str, number: int, **fields: object) -> str:
        """Return the form that fits a number, with its fields."""
        chosen = self._catalogue.ngettext(singular, plural, number)
        texts = {name: str(value) for name, value in fields.items()}
        return filled(chosen, {"number": str(number), **texts})

    def sentence(self, text: object) -> str:
        """Return a sentence of the core in this language, any other text as it is; fit to be shown."""
        return visible(self._sentence(text) if isinstance(text, Sentence) else text)

    def _sentence(self, told: Sentence) -> str:
        template = (
            self._catalogue.ngettext(told.template, told.plural, told.number)
            if told.plural
            else self.text(told.template)
        )
        fields = {name: self._field(value) for name, value in told.fields.items()}
        try:
            return filled(template, fields, self._capital)
        except KeyError:  # another version's template
            return str.__str__(told)

    def _field(self, value: Field) -> str:
        if isinstance(value, Sentence):
            return self._sentence(value)
        if isinstance(value, Listed):
            return _listed([self._field(each) for each in value], self.code)
        if isinstance(value, LanguageName):
            return _language_name(self.code, value.code, str.__str__(value))
        if isinstance(value, int) and not isinstance(value, Bytes):
            return self._digits(f"{value:,}")
        return str(value) if isinstance(value, str) else self._digits(str(value))

    def _digits(self, text: str) -> str:
        return text if self.code == ENGLISH else text.translate(_SIGNS)

    def _capital(self, text: str) -> str:
        first = "İ" if self.code == "tr" and text[:1] == "i" else text[:1].upper()
        return first + text[1:]


@lru_cache(maxsize=len(LANGUAGES))
def phone_language(code: str) -> PhoneLanguage:
    """Return a language; its catalogue is read at the first call."""
    return PhoneLanguage(code if code in LANGUAGES else ENGLISH)


def wanted_language(accepted: str) -> str:
    """Return the first of our languages that a browser asks for (RFC 9110, 12.5.4); English for none."""
    ranked: List[Tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:_LONGEST].split(",")):
        name, _semicolon, weight = part.strip().partition(";")
        code = name.split("-")[0].strip().lower()
        if code in LANGUAGES:
            ranked.append((-_weight(weight), place, code))
    return min(ranked)[2] if ranked and min(ranked)[0] < 0 else ENGLISH


def _weight(text: str) -> float:
    name, _equals, number = text.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(number), 0.0), 1.0)
    except ValueError:
        return 0.0


def _listed(texts: List[str], code: str) -> str:
    """Several things after each other; Babel, which takes 8 MB, is loaded when a sentence has some."""
    if code == ENGLISH:
        return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))
    from babel.lists import format_list

    return format_list(texts, locale=code) if texts else ""


def _language_name(code: str, wanted: str, english: str) -> str:
    """Return what a language is called; its English name where CLDR has none."""
    if code == ENGLISH:
        return english
    from babel.core import Locale

    names: Dict[str, str] = dict(Locale.parse(code).languages)
    name = names.get(wanted.replace("-", "_")) or names.get(wanted.split("-")[0])
    return name[:1].upper() + name[1:] if name else english
