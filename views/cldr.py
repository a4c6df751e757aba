"""What CLDR says of the language in use: names, dates, lists, units and signs of numbers, by Babel.

Babel is imported by the first question that needs it, and takes 8 MB. English needs none for what is on
most pages: Python, ``core.text`` and the few words below write it as CLDR does (tests/views/test_numbers.py
holds that).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Dict, Literal, Sequence, Tuple

if TYPE_CHECKING:
    from babel.core import Locale

ENGLISH = "en_001"  # without a country: 24 hours, the day before the month, no comma before "and"
LOCALES = {"nl": "nl", "tr": "tr"}  # the languages that have a catalogue; the exe holds these files
# Babel's files of these languages; no other one of its 1,000 is in a packaged build.
DATA = ("root", "en", ENGLISH, *LOCALES.values())
_UNITS: Dict[str, Tuple[str, Literal["long", "short"]]] = {
    "bytes": ("byte", "long"),
    "byte": ("byte", "long"),
    "kB": ("kilobyte", "short"),
    "MB": ("megabyte", "short"),
    "GB": ("gigabyte", "short"),
    "TB": ("terabyte", "short"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
# CLDR's English names that ISO 639's are not, of what ``core.media.languages`` knows.
_NAMES = {
    "bla": "Siksika",
    "bn": "Bangla",
    "mus": "Creek",
    "tkl": "Tokelauan",
    "und": "Unknown language",
}
_language = "en"


def use(language: str) -> None:
    """Answer for this language (ISO 639-1) from now on; English for one without a catalogue."""
    global _language
    _language = language if language in LOCALES else "en"


def prepare() -> None:
    """Read what a window needs of the language; whoever has a thread for it spares the event loop that."""
    if not is_english():
        with_unit(in_digits("0"), "MB")


def language() -> str:
    """Return the language in use (ISO 639-1)."""
    return _language


def is_english() -> bool:
    """Whether numbers are written as Python writes them."""
    return _language == "en"


def in_digits(text: str) -> str:
    """Write the number in an English text as the language in use writes it: ``1.234,5``."""
    return text if is_english() else text.translate(_signs(_language))


def with_unit(number: str, unit: str) -> str:
    """Put a unit of ``core.text.formatting.size_text`` to a number that is written already."""
    return _unit_pattern(_language, unit).format(number)


def percent(hundredths: int) -> str:
    """Write so many hundredths as a share, in the language in use: ``63%``, ``%63``."""
    return f"{hundredths}%" if is_english() else _percent(_language, hundredths)


def moment(at: datetime, *, seconds: bool = False) -> str:
    """A day with its time of day, 24 hours: ``3 Nov 2026, 07:05``."""
    if is_english():
        return f"{day(at)}, {clock(at, seconds=seconds)}"
    joint = str(_locale(_language).datetime_formats["medium"])
    return joint.format(clock(at, seconds=seconds), day(at))


def day(at: datetime) -> str:
    """A day of the calendar: ``3 Nov 2026``."""
    if is_english():
        return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
    from babel import dates

    return dates.format_skeleton("yMMMd", at, locale=_locale(_language))


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return the time of day, 24 hours: ``07:05``."""
    if is_english():
        return f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    from babel import dates

    return dates.format_skeleton("Hms" if seconds else "Hm", at, locale=_locale(_language))


def weekday(number: int, *, short: bool = False) -> str:
    """Return the name of a day of the week; 0 is Monday."""
    return str(_locale(_language).days["stand-alone"]["abbreviated" if short else "wide"][number])


def listed(texts: Sequence[str]) -> str:
    """Several things after each other: ``French, German and Turkish``."""
    if is_english():
        return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))
    from babel import lists

    return lists.format_list(list(texts), locale=_locale(_language)) if texts else ""


def language_name(code: str, otherwise: str) -> str:
    """Return the name of a language, by its BCP 47 code; ``otherwise`` where CLDR has none.

    ``otherwise`` is its English name, or the code where it has none.
    """
    if is_english() and "-" not in code and otherwise != code:
        return _NAMES.get(code, otherwise)
    return _language_name(_language, code) or otherwise


@lru_cache(maxsize=None)
def _locale(language: str) -> Locale:
    from babel.core import Locale

    return Locale.parse(LOCALES.get(language, ENGLISH))


@lru_cache(maxsize=None)
def _signs(language: str) -> Dict[int, str]:
    symbols = _locale(language).number_symbols["latn"]
    return {ord(","): str(symbols["group"]), ord("."): str(symbols["decimal"])}


@lru_cache(maxsize=None)
def _unit_pattern(language: str, unit: str) -> str:
    from babel import units

    name, length = _UNITS[unit]
    # Of a number: Babel below 2.19 knows no form for a text and gives the unit's own name.
    return units.format_unit(2, name, length, locale=_locale(language)).replace("2", "{0}")


@lru_cache(maxsize=1024)
def _percent(language: str, hundredths: int) -> str:
    from babel import numbers

    return numbers.format_percent(hundredths / 100, locale=_locale(language))


@lru_cache(maxsize=2048)
def _language_name(language: str, code: str) -> str:
    locale = _locale(language)
    primary, *rest = code.split("-")
    name = locale.languages.get("_".join((primary, *rest)))
    if name is None:
        name = locale.languages.get(primary)
        places = [
            str(locale.territories.get(part) or locale.scripts.get(part) or part) for part in rest
        ]
        name = f"{name} ({', '.join(places)})" if name and places else name
    return name[:1].upper() + name[1:] if name else ""
