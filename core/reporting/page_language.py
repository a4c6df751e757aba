"""The language of a page or a table that is made for a person, as whoever has a catalogue hands it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Callable

from core.ports import Translator


def _same(text: str) -> str:
    return text


def _english_day(day: date) -> str:
    return day.isoformat()


def _english_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class PageLanguage:
    """``code`` is ISO 639-1. ``say`` translates words of ours, ``sentence`` whole sentences of the core.

    ``number`` writes an English number, size or share as the language does. Without a catalogue all is
    English, with days that sort.
    """

    code: str = "en"
    say: Translator = _same
    sentence: Translator = _same
    number: Translator = _same
    day: Callable[[date], str] = _english_day
    moment: Callable[[datetime], str] = _english_moment

    def period(self, text: str) -> str:
        """Write a day (``2026-01-31``) as the language does; any other period as it is called."""
        try:
            return self.day(date.fromisoformat(text))
        except ValueError:
            return text


ENGLISH = PageLanguage()
