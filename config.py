"""Configuration manager: stores, checks and changes the settings.

Only what differs from the default is stored, so that a better default of a later version reaches
everybody who never changed that setting.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Protocol, Tuple

from core.errors import ConfigError, UsageError
from core.ports import KeyValueStore, WithinTransaction
from core.settings.fields import (
    FIELDS,
    Kind,
    SettingDefinition,
    check_together,
    find_field,
    value_of,
    with_values,
)
from core.settings.quality_choice import TEMPLATE_KEYS, choice_of, completed, default_of, loaded
from core.settings.tree import Settings
from core.system_errors import system_problem
from core.text.sentence import Sentence

EXPORT_FORMAT = 1


class SettingsListener(Protocol):
    """Learns of changed settings."""

    def __call__(self, settings: Settings, /) -> None:
        """Take over the new settings."""


class SettingsEffect(Protocol):
    """Something outside of the database that a setting decides, such as the start with the system."""

    def __call__(self, before: Settings, after: Settings, /) -> None:
        """Make it as the settings ``after`` want it.

        Where this raises, the change is not stored; where the change cannot be stored, it is called again
        with both exchanged.
        """


@dataclass(frozen=True)
class SettingInfo:
    """One setting with its present value, for the command line, the window and the documentation.

    ``value`` and ``default`` are in JSON's own types, ``text`` is the value as ``set`` takes it.
    """

    key: str
    kind: Kind
    label: str
    help: str
    unit: str
    value: Any
    default: Any
    text: str
    choices: Tuple[str, ...]
    minimum: Optional[float]
    maximum: Optional[float]
    multiline: bool
    check: str

    @property
    def changed(self) -> bool:
        """Whether the user gave it a value of their own."""
        return bool(self.value != self.default)


class Config:
    """The current settings; thread-safe."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._listeners: List[SettingsListener] = []
        self._effects: List[SettingsEffect] = []
        self.settings, self.notices = self._load()

    def reload(self) -> None:
        """Read the settings again, which another program may have changed."""
        with self._lock:
            before = self.settings
            self.settings, self.notices = self._load()
        self._tell(before)

    def on_change(self, listener: SettingsListener) -> None:
        """Call ``listener`` with the new settings after each change, in the changing thread."""
        self._listeners.append(listener)

    def add_effect(self, effect: SettingsEffect) -> None:
        """Have ``effect`` follow each change here, before the change is stored."""
        self._effects.append(effect)

    def get(self, key: str) -> str:
        """Return a setting's value as text; raises ConfigError for an unknown key."""
        return find_field(key).text(value_of(self.settings, key))

    def set(self, key: str, text: str) -> None:
        """Give a setting a value; raises ConfigError, and nothing is changed."""
        self.change({key: text})

    def change(self, texts: Mapping[str, str], along: Optional[WithinTransaction] = None) -> None:
        """Give several settings their values, all or nothing; raises ConfigError.

        ``along`` stores something else in the same transaction.
        """
        self._apply({key: find_field(key).parse(text) for key, text in texts.items()}, along)

    def reset(self, key: str) -> None:
        """Give a setting its default again; raises ConfigError for an unknown key."""
        find_field(key)
        self._apply({key: default_of(self.settings, key)})

    def describe(self) -> Tuple[SettingInfo, ...]:
        """Return every setting, in the order of the tree."""
        return tuple(_describe(field, self.settings) for field in FIELDS.values())

    def export(self) -> Dict[str, Any]:
        """Return all settings for a JSON file; templates where they are the user's own."""
        values = {
            key: field.to_json(value_of(self.settings, key))
            for key, field in FIELDS.items()
            if key not in TEMPLATE_KEYS or choice_of(self.settings) is None
        }
        return {"program": "MediaProcessor", "format": EXPORT_FORMAT, "settings": values}

    def import_(self, exported: object, along: Optional[WithinTransaction] = None) -> None:
        """Take over what ``export`` wrote, all or nothing; settings that it lacks stay.

        ``along`` stores something else in the same transaction. Raises UsageError for something else than
        an export, ConfigError for a bad key or value.
        """
        values = _exported_values(exported)
        self._apply({key: find_field(key).from_json(value) for key, value in values.items()}, along)

    def unusable(self, exported: object) -> Tuple[ConfigError, ...]:
        """What in an export cannot be used on this machine, such as a folder that does not exist here."""
        return tuple(
            problem for _key, _value, problem in self._on_this_machine(exported) if problem
        )

    def usable(self, exported: object) -> Dict[str, Any]:
        """The values of an export without those that ``unusable`` returns."""
        return {
            key: value for key, value, problem in self._on_this_machine(exported) if not problem
        }

    def _on_this_machine(
        self, exported: object
    ) -> Iterator[Tuple[str, Any, Optional[ConfigError]]]:
        for key, value in _exported_values(exported).items():
            field = find_field(key)
            wanted = field.from_json(value)
            try:
                if wanted != value_of(self.settings, key):
                    _check_surroundings(field, wanted)
                yield key, value, None
            except ConfigError as error:
                yield key, value, error

    def _load(self) -> Tuple[Settings, Tuple[str, ...]]:
        """Read the stored texts; whether a path exists is not asked, since its disk may be away."""
        values, notices = {}, []
        for key, text in self._store.all().items():
            if key not in FIELDS:
                continue  # of another module, or of a later version
            try:
                values[key] = FIELDS[key].parse(text)
            except ConfigError as error:
                notices.append(
                    Sentence("{problem} The default is used until you change it.", problem=error)
                )
        return loaded(values), tuple(notices)

    def _apply(self, values: Mapping[str, Any], along: Optional[WithinTransaction] = None) -> None:
        for key, value in values.items():
            if value != value_of(self.settings, key):  # its disk may just be away
                _check_surroundings(FIELDS[key], value)
        with self._lock:
            values = completed(self.settings, values)
            before, after = self.settings, with_values(self.settings, values)
            check_together(after)
            texts = {
                key: None if value == default_of(after, key) else FIELDS[key].text(value)
                for key, value in values.items()
            }
            begun: List[SettingsEffect] = []

            def apply_effects() -> None:
                if along is not None:
                    along()
                for effect in self._effects:
                    begun.append(effect)  # first, so that one that fails halfway is undone too
                    effect(before, after)

            try:
                self._store.change(texts, apply_effects)
            except BaseException:
                for effect in reversed(begun):
                    with suppress(Exception):  # the first error is the one to report
                        effect(after, before)
                raise
            self.settings = after
        self._tell(before)

    def _tell(self, before: Settings) -> None:
        if self.settings != before:
            for listener in self._listeners:
                listener(self.settings)


def _describe(field: SettingDefinition, settings: Settings) -> SettingInfo:
    value = value_of(settings, field.key)
    return SettingInfo(
        key=field.key,
        kind=field.kind,
        label=field.label,
        help=field.help,
        unit=field.unit,
        value=field.to_json(value),
        default=field.to_json(default_of(settings, field.key)),
        text=field.text(value),
        choices=field.choices,
        minimum=field.minimum,
        maximum=field.maximum,
        multiline=field.multiline,
        check=field.check,
    )


def _exported_values(exported: object) -> Dict[str, Any]:
    if not isinstance(exported, dict) or not isinstance(exported.get("settings"), dict):
        raise UsageError(
            Sentence("This file holds no settings of MediaProcessor; nothing was changed.")
        )
    if exported.get("format") != EXPORT_FORMAT:
        raise UsageError(
            Sentence(
                "This settings file has format {found}, this program reads format {wanted}; "
                "nothing was changed.",
                found=repr(exported.get("format")),
                wanted=str(EXPORT_FORMAT),
            )
        )
    values: Dict[str, Any] = exported["settings"]
    return values


def _check_surroundings(field: SettingDefinition, value: Any) -> None:
    """Raise ConfigError where a path cannot be used on this machine now."""
    if not value or field.check not in ("folder", "program"):
        return
    path = Path(value)
    if not path.is_absolute():
        raise ConfigError(
            field.key,
            Sentence("{value} is not a full path from the root or a drive.", value=repr(value)),
        )
    try:
        problem = _folder_problem(path) if field.check == "folder" else _program_problem(path)
    except OSError as error:
        problem = Sentence("cannot be looked at ({problem}).", problem=system_problem(error))
    if problem:
        raise ConfigError(field.key, Sentence("{value} {problem}", value=value, problem=problem))


def _folder_problem(path: Path) -> str:
    nearest = next(
        folder for folder in (path, *path.parents) if folder.exists() or folder == folder.parent
    )
    if not nearest.is_dir():
        return (
            Sentence("is not a folder.")
            if nearest == path
            else Sentence("cannot be made: {nearest} is a file.", nearest=nearest)
        )
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Sentence("cannot be used: you have no right to write to {nearest}.", nearest=nearest)
    return ""


def _program_problem(path: Path) -> str:
    if not path.is_file():
        return Sentence("is not there.")
    return "" if os.access(path, os.X_OK) else Sentence("is not a program that may be started.")
