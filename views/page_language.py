"""The window's language for pages and tables that it writes."""

from __future__ import annotations

from datetime import date, datetime, time

from core.reporting.page_language import PageLanguage
from views import cldr
from views.numbers import number_text
from views.texts import _, sentence


def page_language() -> PageLanguage:
    """Return the language in use."""
    return PageLanguage(cldr.language(), _, sentence, number_text, _day, cldr.moment)


def _day(day: date) -> str:
    return cldr.day(datetime.combine(day, time()).astimezone())
