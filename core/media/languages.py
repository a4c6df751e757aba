"""Languages: normalizes every code or name that files carry to one tag."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, List, NamedTuple, Optional, Tuple

from core.media.language_table import (
    CODE_ALIASES,
    LANGUAGES,
    NAME_ALIASES,
    QUALIFIERS,
    SCRIPTS,
    WIDER,
)
from core.text.sentence import LanguageName

_SPECIAL = frozenset({"und", "mis", "mul", "zxx"})
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.ASCII)
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}", re.ASCII)
_BRACKETS = re.compile(r"(?P<name>[^()\[\]]+?)\s*[(\[](?P<qualifier>[^()\[\]]+)[)\]]\s*")


@dataclass(frozen=True)
class LanguageTag:
    """One language, as a BCP 47 tag in its shortest form: ``nl``, ``pt-BR``, ``zh-Hant``, ``und``.

    Make one with ``parse_language``, which brings codes and names of every kind to this form.
    """

    bcp47: str

    def __str__(self) -> str:
        return self.bcp47

    @property
    def primary(self) -> str:
        """The language without script and region: ``pt`` for ``pt-BR``."""
        return self.bcp47.split("-", 1)[0]

    @property
    def alpha3(self) -> str:
        """The ISO 639-2/T (or 639-3) code: ``nld``, ``deu``, ``por``."""
        row = _BY_CODE.get(self.primary)
        return row.alpha3 if row else self.primary

    @property
    def alpha3_b(self) -> str:
        """The ISO 639-2/B code, which Matroska's old language element takes: ``dut``, ``ger``."""
        row = _BY_CODE.get(self.primary)
        return row.alpha3_b if row else self.primary

    @property
    def english_name(self) -> str:
        """The language's English name, without script or region; the code where there is none."""
        row = _BY_CODE.get(self.primary)
        return row.names[0] if row else self.primary

    @property
    def name(self) -> LanguageName:
        """The language's name for sentences, which each language of the window writes its own way."""
        return LanguageName(self.bcp47, self.english_name)

    @property
    def is_special(self) -> bool:
        """Whether it names no single language: ``und``, ``mis``, ``mul`` or ``zxx``."""
        return self.primary in _SPECIAL

    @property
    def is_listed(self) -> bool:
        """Whether the table knows the language; an invented code is no reliable answer."""
        return self.primary in _BY_CODE

    def matches(self, other: LanguageTag) -> bool:
        """Whether both may be the same language; script and region do not count.

        A wider language matches each that it contains (``no`` and ``nb``, ``zh`` and ``yue``), which
        do not match each other.
        """
        mine, theirs = self.primary, other.primary
        return mine == theirs or mine in WIDER.get(theirs, ()) or theirs in WIDER.get(mine, ())


UNDETERMINED = LanguageTag("und")


class _Row(NamedTuple):
    code: str
    alpha3: str
    alpha3_b: str
    names: List[str]


def _read_table() -> List[_Row]:
    rows = (line.split("|") for line in LANGUAGES.strip().splitlines())
    return [_Row(code, alpha3, alpha3_b, names) for code, alpha3, alpha3_b, *names in rows]


def _fold(text: str) -> str:
    """Lower case without accents and punctuation; the Turkish dotless i counts as an i."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


_ROWS = _read_table()
_BY_CODE: Dict[str, _Row] = {row.code: row for row in _ROWS}
_CODES: Dict[str, str] = {
    **{code: row.code for row in _ROWS for code in (row.alpha3, row.code)},
    # the legacy code of a rare language can be a wider one's, which then must win
    **{row.alpha3_b: row.code for row in _ROWS if len(row.code) == 2},
    **CODE_ALIASES,
}


@lru_cache(maxsize=None)
def _code_of_name() -> Dict[str, str]:
    """Return the code of each name; made when the first name is asked for, since folding them takes time."""
    return {
        **{_fold(name): row.code for row in reversed(_ROWS) for name in reversed(row.names)},
        **{_fold(name): code for name, code in NAME_ALIASES.items()},
    }


def known_languages() -> Tuple[LanguageTag, ...]:
    """Return every language of the table, by its English name."""
    return tuple(LanguageTag(row.code) for row in sorted(_ROWS, key=lambda row: row.names[0]))


@lru_cache(maxsize=1024)
def parse_language(text: str) -> LanguageTag:
    """Return the tag of a code or a name; ``und`` when it is not known.

    Takes ISO 639-1, 639-2/B, 639-2/T and 639-3 codes, BCP 47 tags in any case with ``-`` or ``_``,
    English and native names with or without a country in brackets, and retired codes. A three-letter
    code that is in no table is kept as it is.
    """
    parts = {_parse_one(part) for part in text.split(" / ")}
    found = parts.pop()
    return LanguageTag(found) if found and not parts else UNDETERMINED


def _parse_one(text: str) -> Optional[str]:
    text = text.strip()
    return _from_code(text) or _from_name(text) or _unlisted(text)


def _from_code(text: str) -> Optional[str]:
    tag = text.lower().replace("_", "-")
    if tag in _CODES:
        return _CODES[tag]
    if not _TAG.fullmatch(tag):
        return None
    primary, *rest = tag.split("-")
    if primary not in _CODES and len(primary) == 2:
        return None
    if not rest:
        return None
    if (
        primary in WIDER and len(rest[0]) == 3 and rest[0] in _CODES
    ):  # an extended language: zh-yue is yue
        primary = rest.pop(0)
    base = _CODES.get(primary, primary)
    extra = _subtags(rest)
    return "-".join((base.split("-")[0], *extra)) if extra else base


def _subtags(parts: List[str]) -> List[str]:
    """Script and region as BCP 47 writes them; variants, extensions and private use are left out."""
    kept = []
    for part in parts:
        if len(part) == 1:
            break
        if part in SCRIPTS:
            kept.append(part.title())
        elif _REGION.fullmatch(part):
            kept.append(part.upper())
    return kept


def _from_name(text: str) -> Optional[str]:
    folded = _fold(text)
    names = _code_of_name()
    if folded in names:
        return names[folded]
    bracketed = _BRACKETS.fullmatch(text)
    if not bracketed:
        return None
    base = names.get(_fold(bracketed["name"]))
    return _qualify(base, bracketed["qualifier"]) if base else None


def _qualify(base: str, qualifier: str) -> str:
    text = qualifier.strip()
    found = QUALIFIERS.get(_fold(text))
    if found is None:  # a country's own code: "English (US)"
        found = text if text.isascii() and text.isupper() and len(text) == 2 else ""
    if found.islower():  # a language of its own: "Chinese (Cantonese)"
        return found
    return f"{base.split('-')[0]}-{found}" if found else base


def _unlisted(text: str) -> Optional[str]:
    code = text.lower()
    return code if re.fullmatch(r"[a-z]{3}", code, re.ASCII) else None
