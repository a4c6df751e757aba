"""How several messages become one letter, in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import List, Sequence

from core.messages.message import UserMessage
from core.reporting.page_language import PageLanguage
from core.text.formatting import visible
from core.text.sentence import Sentence, counted_sentence

MOST_LINES = 20  # of a letter; a phone shows no more
LONGEST_LINE = 600  # characters


@dataclass(frozen=True)
class Letter:
    """What a service is given."""

    title: str
    body: str


def letter_of(messages: Sequence[UserMessage], machine: str, language: PageLanguage) -> Letter:
    """Write one letter about these messages, oldest first; a single one needs no times."""
    say = language.sentence
    if len(messages) == 1:
        (message,) = messages
        title, body = say(message.kind.heading), _line(say(message.sentence))
    else:
        number = len(messages)
        title = say(counted_sentence("{number} message", "{number} messages", number))
        body = "\n".join(_lines(messages, language))
    return Letter(f"MediaProcessor ({machine}): {title}", body)


def trial_letter(machine: str, language: PageLanguage) -> Letter:
    """Write the letter of the test button."""
    told = Sentence("This is a test. Messages to this address arrive.")
    return Letter(f"MediaProcessor ({machine})", language.sentence(told))


def _lines(messages: Sequence[UserMessage], language: PageLanguage) -> List[str]:
    lines = []
    for message in messages[:MOST_LINES]:
        moment = language.moment(datetime.fromtimestamp(message.happened).astimezone())
        lines.append(f"{moment}  {_line(language.sentence(message.sentence))}")
    rest = len(messages) - MOST_LINES
    if rest > 0:
        lines.append(language.sentence(Sentence("{number} more", number=rest)))
    return lines


def _line(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= LONGEST_LINE else f"{shown[: LONGEST_LINE - 1]}…"
