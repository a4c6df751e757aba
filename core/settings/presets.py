"""Presets: what is made of a picture, under a name: the settings of the picture, and templates by hand.

A preset of a choice (codec, quality, speed) holds no templates: each machine and each version makes its own
of the choice.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Dict, Mapping

from core.encoders.chain import texts_in
from core.encoders.quality import Quality
from core.errors import UsageError
from core.settings.fields import FIELDS, find_field, value_of
from core.settings.foreign_templates import foreign_word
from core.settings.quality_choice import CHOICE_KEYS, TEMPLATE_KEYS, choice_of
from core.settings.tree import Settings
from core.text.sentence import Sentence

FORMAT = 1
LONGEST_NAME = 100  # characters
_KIND = "preset"
PRESET_KEYS = tuple(key for key in FIELDS if key.startswith(("video.", "templates.")))


@dataclass(frozen=True)
class Preset:
    """``settings`` by key in JSON's types; some may be missing, which using it leaves as they are."""

    name: str
    settings: Mapping[str, Any]

    @property
    def in_words(self) -> str:
        """What it is, in a few words: its choice, or that its templates are by hand."""
        codec, quality, speed, graphics = (str(self.settings.get(key, "")) for key in CHOICE_KEYS)
        if quality == Quality.BY_HAND.value:
            return quality
        return ", ".join(filter(None, (codec.upper(), quality, speed, f"graphics: {graphics}")))

    def texts(self) -> Dict[str, str]:
        """Its settings as texts, the way a setting is given; raises ConfigError where one cannot be used."""
        fields = {key: find_field(key) for key in self.settings}
        return {
            key: field.text(field.from_json(self.settings[key])) for key, field in fields.items()
        }


def preset_of(name: str, settings: Settings) -> Preset:
    """What the settings are now, as a preset; raises UsageError for a name that cannot be one."""
    keys = (key for key in PRESET_KEYS if key not in TEMPLATE_KEYS or choice_of(settings) is None)
    values = {key: FIELDS[key].to_json(value_of(settings, key)) for key in keys}
    return Preset(checked_name(name), values)


def checked_name(name: str) -> str:
    """The name in its normal form; raises UsageError where it cannot be one."""
    normal = unicodedata.normalize("NFC", name).strip()
    if not normal:
        raise UsageError(Sentence("A preset needs a name."))
    if len(normal) > LONGEST_NAME:
        raise UsageError(
            Sentence(
                "A preset's name has at most {longest} characters; this one has {number}.",
                longest=LONGEST_NAME,
                number=len(normal),
            )
        )
    if not normal.isprintable():
        raise UsageError(
            Sentence(
                "{name} cannot be a preset's name: it is not one line of plain text.",
                name=repr(normal),
            )
        )
    return normal


def preset_to_json(preset: Preset, version: str) -> Dict[str, Any]:
    """Return a file's content; ``version`` is the program's that writes it."""
    return {
        "program": "MediaProcessor",
        "kind": _KIND,
        "format": FORMAT,
        "version": version,
        "name": preset.name,
        "settings": dict(preset.settings),
    }


def preset_from_json(found: object, *, trusted: bool = False) -> Preset:
    """Read what ``preset_to_json`` made.

    Raises UsageError for anything else and, unless ``trusted``, for templates that could touch other files;
    ConfigError for a setting that is not known or cannot have this value.
    """
    if not isinstance(found, dict) or found.get("kind") != _KIND:
        raise UsageError(
            Sentence("This file holds no preset of MediaProcessor; nothing was changed.")
        )
    if found.get("format") != FORMAT:
        raise UsageError(
            Sentence(
                "This preset has format {found}, this program reads format {wanted}; nothing was "
                "changed.",
                found=repr(found.get("format")),
                wanted=str(FORMAT),
            )
        )
    name, settings = found.get("name"), found.get("settings")
    if not isinstance(name, str) or not isinstance(settings, dict) or not settings:
        what = "settings" if isinstance(name, str) else "name"
        raise UsageError(
            Sentence("This preset is damaged: it has no {what}. Nothing was changed.", what=what)
        )
    preset = Preset(checked_name(name), settings)
    _check(preset, trusted)
    return preset


def _check(preset: Preset, trusted: bool) -> None:
    preset.texts()
    for key in preset.settings:
        if key not in PRESET_KEYS:
            raise UsageError(
                Sentence(
                    "This preset holds {key}, which is not one of the video settings; nothing was changed.",
                    key=key,
                )
            )
    edited = [key for key in TEMPLATE_KEYS if key in preset.settings]
    quality = preset.settings.get("video.quality")
    if edited and quality != Quality.BY_HAND.value:
        raise UsageError(
            Sentence(
                "This preset holds {setting}, but its video.quality is not '{quality}': it is not "
                "clear which of them counts. Nothing was changed.",
                setting=edited[0],
                quality=Quality.BY_HAND.value,
            )
        )
    for key in edited if not trusted else ():
        words = filter(None, map(foreign_word, texts_in(preset.settings[key])))
        word = next(words, "")
        if word:
            raise UsageError(
                Sentence(
                    "{key} of this preset has {word}, which may reach other files than the film and its "
                    "result. Nothing was changed; `presets import --trust` takes it over as it is.",
                    key=key,
                    word=repr(word),
                )
            )
