"""Fields of another machine's messages: each is valid, or an error says what is wrong with it.

Nothing is corrected: a number that is written as text, or a percent of 140, comes from a program that is
broken or lies, and the rest of its message is not to be trusted either. Only text is made fit to be shown.
"""

from __future__ import annotations

import math
import re
from typing import Any, Dict, Iterator, List, Mapping, Optional, Pattern, Tuple

from core.peer_errors import WrongField
from core.text.redaction import printable
from core.text.sentence import Sentence, from_json, recognized, to_json

MOST_BYTES = 2**53  # of a film or a disk; the largest that every reader of JSON keeps exactly
LONGEST_TEXT = 200  # characters of a name, a version, a code
LONGEST_SENTENCE = 1000
LONGEST_PATH = 32_767  # characters, which is Windows' limit; that of all other systems is less
_SHOWN = 60  # characters of a wrong field that the user is shown
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_.]{0,59}")


class PeerFields:
    """One JSON object; ``what`` names it in sentences. Readers raise WrongField."""

    def __init__(self, data: Any, what: Sentence) -> None:
        if not isinstance(data, Mapping):
            raise WrongField(Sentence("{what} cannot be read.", what=what))
        self._data = data
        self._what = what

    def keys(self, most: int) -> Tuple[str, ...]:
        """Return the names of all fields, of which there may be ``most``."""
        if len(self._data) > most or any(len(key) > LONGEST_TEXT for key in self._data):
            raise WrongField(
                Sentence("{what} cannot be right: it has too much in it.", what=self._what)
            )
        return tuple(self._data)

    def has(self, key: str) -> bool:
        """Whether the field is there, and not null."""
        return self._data.get(key) is not None

    def value(self, key: str) -> Any:
        """Return what is there, which the caller looks at; None where it is missing."""
        return self._data.get(key)

    def whole(self, key: str, least: int = 0, most: int = MOST_BYTES) -> int:
        """Return a whole number from ``least`` to ``most``."""
        value = self._data.get(key)
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(key)
        return value

    def number(self, key: str, least: float = 0.0, most: float = float(MOST_BYTES)) -> float:
        """Return a number from ``least`` to ``most``."""
        value = self._data.get(key)
        if not is_number(value, least, most):
            raise self.wrong(key)
        return float(value)  # type: ignore[arg-type]

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._data.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key)
        return value

    def text(
        self, key: str, longest: int = LONGEST_TEXT, form: Optional[Pattern[str]] = None
    ) -> str:
        """Return text of this form, with control characters written as escapes."""
        return self._text(key, self._data.get(key), longest, form)

    def identifier(self, key: str) -> str:
        """Return one of our own names, such as an error's code."""
        return self.text(key, form=_IDENTIFIER)

    def cut(self, key: str, longest: int = LONGEST_SENTENCE) -> str:
        """Return the beginning of a text that may rightly be longer."""
        value = self._data.get(key)
        if not isinstance(value, str):
            raise self.wrong(key)
        return shown(value, longest)

    def sentence(self, key: str, parts: str) -> str:
        """Return a sentence, whose fields another field has where its program tells them."""
        return _sentence(self.cut(key), self._data.get(parts))

    def short_sentence(self, key: str, parts: str) -> str:
        """Return a sentence that may not be longer than ours are."""
        return _sentence(self.text(key, LONGEST_SENTENCE), self._data.get(parts))

    def path(self, key: str) -> str:
        """Return a path of any system, unchanged."""
        value = self._data.get(key)
        if not isinstance(value, str) or len(value) > LONGEST_PATH:
            raise self.wrong(key)
        return value

    def part(self, key: str) -> PeerFields:
        """Return an object in this one."""
        return PeerFields(self._data.get(key), self._within(key))

    def several(self, key: str, most: int) -> List[Any]:
        """Return a list of at most ``most`` items."""
        value = self._data.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(key)
        return value

    def texts(self, key: str, most: int, longest: int = LONGEST_TEXT) -> Tuple[str, ...]:
        """Return a list of at most ``most`` texts."""
        return tuple(self._text(key, value, longest, None) for value in self.several(key, most))

    def parts(self, key: str, most: int) -> Iterator[Tuple[str, PeerFields]]:
        """Yield name and object of each of the at most ``most`` objects in an object."""
        value = self._data.get(key)
        if not isinstance(value, Mapping) or len(value) > most:
            raise self.wrong(key)
        for name, item in value.items():
            yield name, PeerFields(item, self._within(key))

    def wrong(self, key: str) -> WrongField:
        """Return the error to raise about a field."""
        if key not in self._data:
            return WrongField(
                Sentence("{what} cannot be right: {key} is missing.", what=self._what, key=key)
            )
        value = self._data[key]
        too_long = isinstance(value, (str, list, Mapping)) and len(value) > _SHOWN
        return WrongField(
            Sentence(
                "{what} cannot be right: {key} is {words}.",
                what=self._what,
                key=key,
                words=Sentence("too long") if too_long else shown(repr(value), _SHOWN),
            )
        )

    def _within(self, key: str) -> Sentence:
        return Sentence("{what} ({key})", what=self._what, key=key)

    def _text(self, key: str, value: object, longest: int, form: Optional[Pattern[str]]) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise self.wrong(key)
        if form is not None and not form.fullmatch(value):
            raise self.wrong(key)
        return printable(value)


def is_number(value: object, least: float, most: float) -> bool:
    """Whether it is a number in this range; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and least <= value <= most


def reason_data(reason: str) -> Dict[str, Any]:
    """Return why something was not done, as an answer carries it."""
    return sentence_data(reason, "reason", "reason_parts")


def sentence_data(text: str, key: str, parts: str) -> Dict[str, Any]:
    """Return a sentence as fields of a message: its text, and beside it what it was made of.

    The text is what an older program, a log and a developer read; one without fields is known by it.
    """
    made = to_json(text)
    return {key: text, parts: made} if made.get("template") else {key: text}


def sentence_in(data: Mapping[str, Any], key: str, parts: str) -> str:
    """Return what another machine says in a field, fit to be shown; "" where it says nothing."""
    return _sentence(shown(str(data.get(key, ""))), data.get(parts))


def _sentence(text: str, parts: object) -> str:
    """An older program sends no parts; what it says without fields is known all the same."""
    return from_json(text, parts) if parts else recognized(text)


def shown(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """Return another machine's text fit to be shown: in one line, not too long."""
    return printable(" ".join(text[:longest].split()))
