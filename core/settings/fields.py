"""The settings as a flat list: keys, and the way between text, JSON and values.

The keys are those of ``core.settings.tree.Settings``: ``audio.languages`` is ``Settings.audio.languages``.
"""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, FrozenSet, Iterator, Mapping, Optional, Tuple

from core.errors import ConfigError
from core.media.languages import UNDETERMINED, parse_language
from core.settings import quality_target
from core.settings.declaring import Scope
from core.settings.path_mappings import parse_mapping
from core.settings.schedule import parse_schedule
from core.settings.tree import Settings
from core.text.sentence import Listed, Sentence, joined, listed

_TRUE = ("yes", "on", "true", "1")
_FALSE = ("no", "off", "false", "0")


class Kind(str, Enum):
    """What a setting's value is."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"  # of texts, separated by commas


_IN_WORDS = {
    Kind.BOOL: Sentence("true or false"),
    Kind.INT: Sentence("a whole number"),
    Kind.FLOAT: Sentence("a number"),
    Kind.TEXT: Sentence("a text"),
    Kind.CHOICE: Sentence("a text"),
    Kind.LIST: Sentence("a list of texts"),
}


@dataclass(frozen=True)
class SettingDefinition:
    """One setting: how it is declared, and how its value is read, checked and written."""

    key: str
    kind: Kind
    default: Any
    label: str
    help: str
    unit: str = ""
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    multiline: bool = False
    check: str = ""
    optional: bool = False
    scopes: FrozenSet[Scope] = frozenset()

    @property
    def choices(self) -> Tuple[str, ...]:
        """What a choice can be, and what is offered where a number may be typed too; else empty."""
        if self.check == "quality target":
            return quality_target.WORDS
        return (
            tuple(choice.value for choice in type(self.default)) if self.kind is Kind.CHOICE else ()
        )

    def parse(self, text: str) -> Any:
        """Turn text into a value that the setting can have; raises ConfigError."""
        value: Any
        if self.kind is Kind.BOOL:
            value = self._parse_bool(text)
        elif self.kind in (Kind.INT, Kind.FLOAT):
            value = self._parse_number(text)
        elif self.kind is Kind.CHOICE:
            value = self._parse_choice(text)
        elif self.kind is Kind.LIST:
            parts = (part.strip() for part in text.split(","))
            value = tuple(dict.fromkeys(part for part in parts if part))
        elif self.check == "quality target":
            value = self._parse_target(text)
        else:
            value = text
        self._check(value)
        return value

    def text(self, value: Any) -> str:
        """Write a value so that ``parse`` reads it back."""
        if self.kind is Kind.BOOL:
            return "yes" if value else "no"
        if self.kind is Kind.FLOAT:
            return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)
        if self.kind is Kind.CHOICE:
            return str(value.value)
        if self.kind is Kind.LIST:
            return ", ".join(value)
        return str(value)

    def to_json(self, value: Any) -> Any:
        """Return the value in JSON's own types."""
        if self.kind is Kind.CHOICE:
            return value.value
        return list(value) if self.kind is Kind.LIST else value

    def from_json(self, value: Any) -> Any:
        """Read what ``to_json`` wrote; raises ConfigError."""
        expected: Dict[Kind, Tuple[type, ...]] = {
            Kind.BOOL: (bool,),
            Kind.INT: (int,),
            Kind.FLOAT: (int, float),
            Kind.LIST: (list,),
        }
        fits = isinstance(value, expected.get(self.kind, (str,)))
        if isinstance(value, bool) and self.kind is not Kind.BOOL:
            fits = False
        if isinstance(value, list):
            fits = fits and all(isinstance(part, str) for part in value)
        if not fits:
            raise self._error(
                Sentence("{value} is not {kind}.", value=repr(value), kind=_IN_WORDS[self.kind])
            )
        if isinstance(value, list):
            return self.parse(",".join(value))
        if isinstance(value, bool):
            return value
        return self.parse(value if isinstance(value, str) else repr(value))

    def _error(self, problem: str) -> ConfigError:
        return ConfigError(self.key, problem)

    def _parse_bool(self, text: str) -> bool:
        word = text.strip().lower()
        if word not in _TRUE + _FALSE:
            raise self._error(Sentence("{value} is neither yes nor no.", value=repr(text)))
        return word in _TRUE

    def _parse_number(self, text: str) -> float:
        try:
            number = int(text) if self.kind is Kind.INT else float(text)
        except ValueError:
            wrong = (
                Sentence("{value} is not a whole number.", value=repr(text))
                if self.kind is Kind.INT
                else Sentence("{value} is not a number.", value=repr(text))
            )
            raise self._error(joined([wrong, self._range()])) from None
        low, high = self.minimum, self.maximum
        if (
            not math.isfinite(number)
            or (low is not None and number < low)
            or (high is not None and number > high)
        ):
            wrong = Sentence("{value} is out of range.", value=text.strip())
            raise self._error(joined([wrong, self._range()]))
        return number

    def _parse_target(self, text: str) -> str:
        try:
            return quality_target.written(text)
        except ValueError as error:
            raise self._error(error.args[0]) from None

    def _range(self) -> str:
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return Sentence(
                "It must be from {low} to {high}.", low=f"{low:g}", high=self._with_unit(high)
            )
        if low is not None:
            return Sentence("It must be at least {low}.", low=self._with_unit(low))
        return (
            ""
            if high is None
            else Sentence("It must be at most {high}.", high=self._with_unit(high))
        )

    def _with_unit(self, limit: float) -> Sentence:
        return listed([f"{limit:g}", Sentence(self.unit) if self.unit else ""], " ")

    def _parse_choice(self, text: str) -> Any:
        word = text.strip().casefold()
        for choice in type(self.default):
            if word in (choice.value.casefold(), choice.name.casefold()):
                return choice
        raise self._error(
            Sentence(
                "{value} is not one of: {choices}.", value=repr(text), choices=Listed(self.choices)
            )
        )

    def _check(self, value: Any) -> None:
        if self.kind is Kind.TEXT:
            self._check_text(value)
        elif self.check == "languages":
            for name in value:
                tag = parse_language(name)
                undetermined = tag == UNDETERMINED and name.casefold() != UNDETERMINED.bcp47
                if undetermined or not tag.is_listed:
                    raise self._error(
                        Sentence(
                            "{language} is not a known language. Use codes or names such as eng, nl, "
                            "Turkish or und.",
                            language=repr(name),
                        )
                    )

        elif self.check == "encoder paths":
            for pair in value:
                self._check_encoder_path(pair)

        elif self.check == "path mappings":
            for pair in value:
                try:
                    parse_mapping(pair)
                except ValueError as error:
                    raise self._error(str(error)) from None

    def _check_encoder_path(self, pair: str) -> None:
        from core.encoders.listed import programs

        name, _, path = pair.partition("=")
        known = [program.name for program in programs() if not program.setting]
        if name.strip() not in known or not path.strip():
            raise self._error(
                Sentence(
                    "{pair} is not a program with its path. Write {program}=path; there are {programs}.",
                    pair=repr(pair),
                    program=known[0],
                    programs=Listed(known),
                )
            )

    def _check_text(self, value: str) -> None:
        if not value.strip():
            if not self.optional:
                raise self._error(Sentence("it must not be empty."))
            return
        if "\0" in value:
            raise self._error(Sentence("it must not contain a NUL character."))
        if not self.multiline and len(value.splitlines()) > 1:
            raise self._error(Sentence("it must be one line."))
        if self.check == "template":
            from core.encoders.templates import (
                parse_template,
            )  # encoders are loaded where one is meant

            parse_template(value, self.key)
        elif self.check == "templates":
            from core.encoders.chain import parse_chain

            parse_chain(value, self.key)
        elif self.check in ("schedule", "hours"):
            try:
                parse_schedule(value)
            except ValueError as error:
                raise self._error(str(error)) from None


def declared_fields(
    tree: Any, prefix: str = "", scopes: FrozenSet[Scope] = frozenset()
) -> Iterator[SettingDefinition]:
    """Yield the settings of a tree in their order; ``scopes`` are those of what declares none itself."""
    for field in dataclasses.fields(tree):
        key = f"{prefix}{field.name}"
        default = getattr(tree, field.name)
        if dataclasses.is_dataclass(default):
            yield from declared_fields(default, f"{key}.", field.metadata.get("scopes", scopes))
        else:
            own = field.metadata["scopes"]
            declared = {**field.metadata, "scopes": scopes if own is None else own}
            yield SettingDefinition(key, _kind(default), default, **declared)


def _kind(default: Any) -> Kind:
    if isinstance(default, Enum):
        return Kind.CHOICE
    kinds = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.TEXT, tuple: Kind.LIST}
    return kinds[type(default)]


FIELDS: Mapping[str, SettingDefinition] = {
    field.key: field for field in declared_fields(Settings())
}


def _meant(key: str) -> str:
    """The most similar key, of the same group where there is one; "" where none is similar."""
    import difflib  # where a key is wrong alone

    group, _dot, name = key.partition(".")
    same_group = [known for known in FIELDS if known.startswith(f"{group}.")]
    words = set(name.split("_"))
    with_all_words = [known for known in same_group if words <= set(re.split(r"[._]", known))]
    similar = with_all_words or difflib.get_close_matches(key, same_group or FIELDS, 1)
    return similar[0] if similar else ""


def find_field(key: str) -> SettingDefinition:
    """Return the setting of that key; raises ConfigError, with the key that may have been meant."""
    if key in FIELDS:
        return FIELDS[key]
    meant = _meant(key)
    hint = (
        Sentence("Did you mean {setting}?", setting=meant)
        if meant
        else Sentence("`settings list` shows them all.")
    )
    raise ConfigError(key, joined([Sentence("there is no setting of this name."), hint]))


def keys_of(scope: Scope) -> Tuple[str, ...]:
    """The keys of the settings that have a scope, in their order."""
    return tuple(key for key, field in FIELDS.items() if scope in field.scopes)


def value_of(settings: Settings, key: str) -> Any:
    """Return one value of the tree."""
    value: Any = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return the tree with these values in place of its own."""
    for key, value in values.items():
        settings = _replaced(settings, key.split("."), value)
    return settings


def check_together(settings: Settings) -> None:
    """Raise ConfigError where values that are right by themselves contradict each other."""
    audio = settings.audio
    if audio.surround_middle_limit <= audio.surround_low_limit:
        raise ConfigError(
            "audio.surround_middle_limit",
            Sentence(
                "{limit} must be more than the limit of the row before it, {before}.",
                limit=audio.surround_middle_limit,
                before=audio.surround_low_limit,
            ),
        )


def _replaced(tree: Any, names: Any, value: Any) -> Any:
    name, *rest = names
    new = _replaced(getattr(tree, name), rest, value) if rest else value
    return dataclasses.replace(tree, **{name: new})
