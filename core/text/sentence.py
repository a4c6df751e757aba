"""A sentence for people that knows what it was made of, so that a window can say it in another language.

``Sentence("{tool} was not found.", tool="ffmpeg")`` is a string, in English, with the fields put in: it goes
into logs, exceptions, JSON and the database as any text. Who shows it in another language looks its
``template`` up in a catalogue and puts the ``fields`` in again, each as that language writes it
(``views.texts.sentence``). ``scripts/texts.py`` collects the templates, so they are plain literals.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Any, Callable, Dict, Iterable, List, Mapping, Tuple, Union

from core.text.formatting import duration_text, size_text

_PLACE = re.compile(r"\{(\w+)\}", re.ASCII)
_LONGEST_TEMPLATE = 2000  # characters; ours have at most 400
_KEPT_TEMPLATES = 2048  # taken apart; more than the program has
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

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(_english(value) for value in self)


Field = Union[str, int, float, Bytes, Seconds, LanguageName, Listed]
_FIELD_TYPES = frozenset({str, int, float, Bytes, Seconds, LanguageName, Listed})


class Sentence(str):
    """English text that carries its template and fields.

    ``str()`` of it, and of an exception that was made with it, is the sentence itself with its fields;
    an f-string or any change makes plain text of it.
    """

    template: str
    plural: str  # "" where no number decides
    number: int
    fields: Mapping[str, Field]

    def __new__(cls, template: str, /, **fields: object) -> Sentence:
        """Put the fields into the template; raises KeyError where one is missing.

        What is no ``Field`` (a path, an exception) is kept as its text.
        """
        if not fields:
            return _without_fields(template)
        kept = {name: _field(value) for name, value in fields.items()}
        return cls._made(template, "", 1, kept)

    @classmethod
    def _made(
        cls, template: str, plural: str, number: int, fields: Mapping[str, Field]
    ) -> Sentence:
        chosen = template if number == 1 or not plural else plural
        english = {name: _english(value) for name, value in fields.items()}
        text = filled(chosen, english, _capital) if english or "{" in chosen else chosen
        made = str.__new__(cls, text)
        made.template, made.plural, made.number, made.fields = template, plural, number, fields
        return made

    def with_fields(self, **fields: object) -> Sentence:
        """The same sentence with other values of some fields."""
        changed = {name: _field(value) for name, value in fields.items()}
        return self._made(self.template, self.plural, self.number, {**self.fields, **changed})

    def __str__(self) -> str:
        return self

    def __reduce__(self) -> Tuple[Any, ...]:  # for child processes
        return _made, (self.template, self.plural, self.number, dict(self.fields))


def counted_sentence(singular: str, plural: str, number: int, /, **fields: object) -> Sentence:
    """Return the sentence that fits the number, which both templates may show as ``{number}``."""
    kept = {name: _field(value) for name, value in fields.items()}
    return _made(singular, plural, number, {"number": number, **kept})


def filled(
    template: str, fields: Mapping[str, str], capital: Callable[[str], str] = lambda text: text
) -> str:
    """Put the fields where ``{name}`` stands, or ``{Name}`` for one that begins with a capital letter.

    Not ``str.format``: a template may come from another machine, and that one follows attributes and pads.
    Raises KeyError where a field is missing. ``capital`` writes a text with a capital letter.
    """
    texts = list(_pieces(template))
    for place in range(1, len(texts), 2):
        name = texts[place]
        text = fields.get(name)
        texts[place] = capital(fields[name[:1].lower() + name[1:]]) if text is None else text
    return "".join(texts)


@lru_cache(maxsize=_KEPT_TEMPLATES)
def _without_fields(template: str) -> Sentence:
    """Such a sentence is the same each time."""
    return _made(template, "", 1, {})


@lru_cache(maxsize=_KEPT_TEMPLATES)
def _pieces(template: str) -> Tuple[str, ...]:
    """The text of a template and the names in it by turns."""
    return tuple(_PLACE.split(template))


def joined(sentences: Iterable[str]) -> Sentence:
    """Return several sentences as one, a space between them."""
    return listed(sentences, " ")


def listed(values: Iterable[Field], between: str = ", ") -> Sentence:
    """Return values after each other as one sentence, a comma between them."""
    kept = [value for value in values if value != ""]
    names = [f"part{position}" for position in range(len(kept))]
    return _made(between.join(f"{{{name}}}" for name in names), "", 1, dict(zip(names, kept)))


def N_(template: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a template, or a word, that ``Sentence`` takes elsewhere."""
    return template


def to_json(text: str) -> Json:
    """Return what a sentence was made of, for storing beside it; empty for plain text.

    A sentence without fields is its own template: ``{"fields": {}}``.
    """
    if not isinstance(text, Sentence):
        return {}
    if not text.fields and not text.plural:
        return {"fields": {}}
    return _sentence_to_json(text)


def _sentence_to_json(text: Sentence) -> Json:
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
            _checked(parts.get("template", text)),
            _checked(parts.get("plural", "")),
            int(parts.get("number", 1)),
            fields,
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return text
    return made if made == text else text


def recognized(text: str, templates: Iterable[str] = ()) -> str:
    """Return the sentence that ``text`` is by one of these templates, or else one without fields.

    For a text that came where there was room for nothing else, as in the last frame of a connection. Shown in
    another language where the catalogue knows the sentence, and unchanged where it does not.
    """
    for template in templates:
        pieces = _pieces(template)
        pattern = "".join(
            "(.+)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
        )
        match = re.fullmatch(pattern, text)
        if match is not None:
            fields = dict(zip(pieces[1::2], map(_whole_number, match.groups())))
            return from_json(text, {"template": template, "fields": fields})
    return from_json(text, {"fields": {}})


def _whole_number(text: str) -> Union[int, str]:
    """A field that was a whole number, as one; any other as it stands."""
    digits = text.replace(",", "")
    number = int(digits) if digits.isdecimal() and len(digits) < 16 else None
    return number if number is not None and f"{number:,}" == text else text


def _checked(template: object) -> str:
    """A template of somebody else, which is kept taken apart; raises ValueError where it is none."""
    if not isinstance(template, str) or len(template) > _LONGEST_TEMPLATE:
        raise ValueError("no template")
    return template


def _made(template: str, plural: str, number: int, fields: Mapping[str, Field]) -> Sentence:
    return Sentence._made(template, plural, number, fields)  # noqa: SLF001 - its own module


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def mapped(text: str, change: Callable[[str], str]) -> str:
    """Return ``change(text)``, still a sentence where changing the fields one by one gives that."""
    changed = change(str.__str__(text))
    if not isinstance(text, Sentence):
        return changed
    try:
        fields = {name: _mapped(value, change) for name, value in text.fields.items()}
        made = _made(text.template, text.plural, text.number, fields)
    except KeyError:  # pragma: no cover - its own template was filled before
        return changed
    return made if made == changed else changed


def _mapped(value: Field, change: Callable[[str], str]) -> Field:
    if isinstance(value, Listed):
        return Listed(_mapped(each, change) for each in value)
    if isinstance(value, Sentence):
        return mapped(value, change)
    return change(value) if type(value) is str else value


def _field(value: object) -> Field:
    if type(value) in _FIELD_TYPES or isinstance(value, Sentence):
        return value  # type: ignore[return-value]
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (str, int, float, Listed)):
        return value
    return str(value)


def _english(value: Field) -> str:
    if isinstance(value, str):  # a language's name as well
        return value
    if isinstance(value, int) and not isinstance(value, Bytes):
        return f"{value:,}"
    return str(value)


def _field_to_json(value: Field) -> object:
    if type(value) is str:
        return value
    if isinstance(value, Sentence):
        return _sentence_to_json(value)
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
        template, plural = _checked(value["template"]), _checked(value.get("plural", ""))
        return _made(template, plural, int(value.get("number", 1)), fields)
    if isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{value!r} is no field of a sentence")
