"""Languages by their names in the language in use, in the order of its alphabet."""

from __future__ import annotations

import unicodedata
from typing import Dict, Tuple

from core.media.languages import LanguageTag, known_languages, parse_language
from views import cldr
from views.texts import _

# Letters with a place of their own; any other is sorted as the one that it is made of (é as e). Babel has no
# collation; CLDR's rules for Dutch and English are the root's, those for Turkish add these letters.
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_TURKISH = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"


def language_name(tag: LanguageTag) -> str:
    """Return a language's name in the language in use; its English one where CLDR has none."""
    if str(tag) == "mis":
        return _("Uncoded language")
    return cldr.language_name(str(tag), tag.english_name)


def languages_in_order() -> Tuple[LanguageTag, ...]:
    """Return every known language, by its name in the alphabet of the language in use."""
    return tuple(sorted(known_languages(), key=lambda tag: alphabet_key(language_name(tag))))


def alphabet_key(text: str) -> Tuple[Tuple[int, ...], str]:
    """Return what a text is sorted by in the language in use; signs and spaces come before letters."""
    turkish = cldr.language() == "tr"
    alphabet = _TURKISH if turkish else _LATIN
    small = (text.replace("I", "ı").replace("İ", "i") if turkish else text).lower()
    places = []
    for letter in unicodedata.normalize("NFC", small):
        if letter not in alphabet:
            letter = unicodedata.normalize("NFKD", letter)[0]
        places.append(alphabet.find(letter))
    return tuple(places), text


def find_language(typed: str) -> LanguageTag:
    """Return the language of a name in the language in use, of an English or native one, or of a code."""
    return _by_name().get(_small(typed)) or parse_language(typed)


def _by_name() -> Dict[str, LanguageTag]:
    return {_small(language_name(tag)): tag for tag in known_languages()}


def _small(name: str) -> str:
    return name.replace("İ", "i").casefold().replace("ı", "i").strip()
