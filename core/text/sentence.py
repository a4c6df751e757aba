"""A sentence for people that knows what it was made of, so that a window can say it in another language.

``Sentence("{tool} was not found.", tool="ffmpeg")`` is a string, in English, with the fields put in: it goes
into logs, exceptions, JSON and the database as any text. Who shows it in another language looks its
``template`` up in a catalogue and puts the ``fields`` in again, each as that language writes it
(``views.texts.sentence``). ``scripts/texts.py`` collects the templates, so they are plain literals.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Mapping, Tuple, Union

from core.text.formatting import duration_text, size_text

_PLACE = re.compile(r"\{(\w+)\}", re.ASCII)
Json = Dict[str, Any]


class Bytes(int):
    """A size in bytes: "17.3 GB"."""

    def __str__(self) -> str:
        return size_text(int(self))

    __format__ = object.__format__


class Seconds(float):
    """A length of time in seconds: "1:02:03"."""

    def __str__(self) -> str:
        return duration_text(float(self))

    __format__ = object.__format__


class LanguageName(str):
    """A language: its English name, and its BCP 47 ``code`` for other languages' names of it."""

    code: str

    def __new__(cls, code: str, english_name: str) -> LanguageName:
        """``code`` as ``LanguageTag`` writes it."""
        made = str.__new__(cls, english_name)
        made.code = code
        return made

    def __reduce__(self) -> Tuple[Any, ...]:
        return LanguageName, (self.code, str.__str__(self))


class Listed(Tuple["Field", ...]):
    """Several values after each other: "French, German"."""

    def __str__(self) -> str:
        return ", ".join(_english(value) for value in self)


Field = Union[str, int, float, Bytes, Seconds, LanguageName, Listed]


class Sentence(str):
    """English text that carries its template and fields.

    ``str()`` of it, and of an exception that was made with it, is the sentence itself with its fields;
    an f-string or any change makes plain text of it.
    """

    template: str
    plural: str  # "" where no number decides
    number: int
    fields: Mapping[str, Field]

    def __new__(cls, template: str, **fields: Field) -> Sentence:
        """Put the fields into the template; raises KeyError where one is missing."""
        return cls._made(template, "", 1, fields)

    @classmethod
    def _made(
        cls, template: str, plural: str, number: int, fields: Mapping[str, Field]
    ) -> Sentence:
        chosen = template if number == 1 or not plural else plural
        english = {name: _english(value) for name, value in fields.items()}
        made = str.__new__(cls, filled(chosen, english))
        made.template, made.plural, made.number, made.fields = (
            template,
            plural,
            number,
            dict(fields),
        )
        return made

    def __str__(self) -> str:
        return self

    def __reduce__(self) -> Tuple[Any, ...]:  # for child processes
        return _made, (self.template, self.plural, self.number, dict(self.fields))


def counted_sentence(singular: str, plural: str, number: int, **fields: Field) -> Sentence:
    """Return the sentence that fits the number, which both templates may show as ``{number}``."""
    return _made(singular, plural, number, {"number": number, **fields})


def filled(template: str, fields: Mapping[str, str]) -> str:
    """Put the fields where ``{name}`` stands; raises KeyError where one is missing.

    Not ``str.format``: a template may come from another machine, and that one follows attributes and pads.
    """
    return _PLACE.sub(lambda place: fields[place.group(1)], template)


def joined(sentences: Iterable[str]) -> Sentence:
    """Return several sentences as one, a space between them."""
    parts = [sentence for sentence in sentences if sentence]
    names = [f"part{position}" for position in range(len(parts))]
    template = " ".join(f"{{{name}}}" for name in names)
    return _made(template, "", 1, dict(zip(names, parts)))


def to_json(text: str) -> Json:
    """Return what a sentence was made of, for storing beside it; empty for plain text."""
    if not isinstance(text, Sentence):
        return {}
    fields = {name: _field_to_json(value) for name, value in text.fields.items()}
    told: Json = {"template": text.template, "fields": fields}
    return {**told, "plural": text.plural, "number": text.number} if text.plural else told


def from_json(text: str, parts: object) -> str:
    """Return the sentence that ``text`` was; ``text`` itself where the parts do not make exactly it.

    So what somebody else has written (another machine, an older version) can be no other than what is stored.
    """
    if not isinstance(parts, dict) or not parts:
        return text
    try:
        fields = {str(name): _field_from_json(value) for name, value in parts["fields"].items()}
        made = _made(
            str(parts["template"]),
            str(parts.get("plural", "")),
            int(parts.get("number", 1)),
            fields,
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return text
    return made if made == text else text


def _made(template: str, plural: str, number: int, fields: Mapping[str, Field]) -> Sentence:
    return Sentence._made(template, plural, number, fields)  # noqa: SLF001 - its own module


def _english(value: Field) -> str:
    if isinstance(value, int) and not isinstance(value, Bytes):
        return f"{value:,}"
    return str(value)


def _field_to_json(value: Field) -> object:
    if isinstance(value, Sentence):
        return to_json(value)
    if isinstance(value, Bytes):
        return {"bytes": int(value)}
    if isinstance(value, Seconds):
        return {"seconds": float(value)}
    if isinstance(value, LanguageName):
        return {"language": value.code, "name": str.__str__(value)}
    if isinstance(value, Listed):
        return [_field_to_json(each) for each in value]
    return value


def _field_from_json(value: object) -> Field:
    if isinstance(value, list):
        listed: List[Field] = [_field_from_json(each) for each in value]
        return Listed(listed)
    if isinstance(value, dict):
        if "bytes" in value:
            return Bytes(value["bytes"])
        if "seconds" in value:
            return Seconds(value["seconds"])
        if "language" in value:
            return LanguageName(str(value["language"]), str(value["name"]))
        fields = {str(name): _field_from_json(field) for name, field in value["fields"].items()}
        return _made(value["template"], value.get("plural", ""), value.get("number", 1), fields)
    if isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{value!r} is no field of a sentence")
