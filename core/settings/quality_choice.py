"""How the choice of a quality and the command templates stay true to each other.

Either a choice (``video.codec``, ``quality``, ``speed`` and ``graphics``) makes all templates, or one of them
was edited and all are the user's own: the quality is ``by hand`` then, and nothing overwrites them until a
quality is chosen again. So no template is stored beside a choice, and a later version can make better ones.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from core.encoders.quality import CHOICES, Choice, Quality
from core.errors import ConfigError
from core.settings.fields import FIELDS, value_of, with_values
from core.settings.tree import Settings
from core.text.sentence import Sentence

CHOICE_KEYS = ("video.codec", "video.quality", "video.speed", "video.graphics")
TEMPLATE_KEYS = tuple(key for key in FIELDS if key.startswith("templates."))
_NEW_USERS = {key: value_of(Settings(), key) for key in TEMPLATE_KEYS}


def choice_of(settings: Settings) -> Optional[Choice]:
    """The choice that makes the templates; None where they were edited by hand."""
    video = settings.video
    if video.quality is Quality.BY_HAND:
        return None
    return Choice(video.codec, video.quality, video.speed, video.graphics)


def values_of(choice: Choice) -> Dict[str, Any]:
    """A choice as settings."""
    return dict(zip(CHOICE_KEYS, (choice.codec, choice.quality, choice.speed, choice.graphics)))


def texts_of(choice: Choice) -> Dict[str, str]:
    """What a choice makes of the templates, by the key of each setting."""
    if choice == Choice():
        return _NEW_USERS
    from core.encoders.chosen_templates import templates_of  # which loads all encoders

    return {f"templates.{name}": text for name, text in templates_of(choice).items()}


def as_chosen(settings: Settings) -> Settings:
    """The settings with the templates that their choice makes; as they are where those are by hand."""
    choice = choice_of(settings)
    return settings if choice is None else with_values(settings, texts_of(choice))


def loaded(values: Mapping[str, Any]) -> Settings:
    """The settings of stored values: a template among them was edited by hand."""
    if any(key in values for key in TEMPLATE_KEYS):
        values = {**values, "video.quality": Quality.BY_HAND}
    return as_chosen(with_values(Settings(), values))


def completed(before: Settings, values: Mapping[str, Any]) -> Dict[str, Any]:
    """The values of a change together with those that follow from them.

    Raises ConfigError where a codec, a speed or graphics are chosen while the templates are by hand.
    """
    after = with_values(before, values)
    if not any(key in values for key in (*CHOICE_KEYS, *TEMPLATE_KEYS)):
        return dict(values)
    choice = choice_of(after)
    if choice is not None:
        made = texts_of(choice)
        if all(values[key] == text for key, text in made.items() if key in values):
            return {**values, **made}
        return {**values, **_by_hand(after)}
    if "video.quality" not in values:
        _demand_unchanged(before, values)
        return {**values, **_by_hand(after)}
    return {**values, **{key: value_of(after, key) for key in TEMPLATE_KEYS}}


def of_folder(settings: Settings, own: Mapping[str, Any]) -> Settings:
    """The settings for a watched folder with some of its own.

    A template of its own wins over its choice. Where a codec, a speed or graphics of its own are chosen and
    the templates of all folders are by hand, its quality is balanced.
    """
    chosen = {key: own[key] for key in CHOICE_KEYS if key in own}
    edited = {key: own[key] for key in TEMPLATE_KEYS if key in own}
    others = {key: value for key, value in own.items() if key not in edited}
    after = with_values(settings, others)
    if chosen and "video.quality" not in chosen and choice_of(after) is None:
        after = with_values(after, {"video.quality": Quality.BALANCED})
    after = with_values(as_chosen(after) if chosen else after, edited)
    return with_values(after, {"video.quality": Quality.BY_HAND}) if edited else after


def default_of(settings: Settings, key: str) -> Any:
    """What a setting goes back to: a template to what the choice makes, where there is one."""
    choice = choice_of(settings)
    if choice is not None and key in TEMPLATE_KEYS:
        return texts_of(choice)[key]
    return FIELDS[key].default


def _by_hand(after: Settings) -> Dict[str, Any]:
    """The templates as they are, with the choice that makes just these, where there is one."""
    texts = {key: value_of(after, key) for key in TEMPLATE_KEYS}
    video = after.video
    last = (video.codec, video.speed, video.graphics)
    likely = sorted(
        CHOICES, key=lambda choice: (choice.codec, choice.speed, choice.graphics) != last
    )
    for choice in likely:
        if texts_of(choice) == texts:
            return {**texts, **values_of(choice)}
    return {**texts, "video.quality": Quality.BY_HAND}


def _demand_unchanged(before: Settings, values: Mapping[str, Any]) -> None:
    for key in ("video.codec", "video.speed", "video.graphics"):
        if key in values and values[key] != value_of(before, key):
            raise ConfigError(
                key,
                Sentence(
                    "the command templates were edited by hand and say themselves what is made. Choose a "
                    "quality first, which makes them again: settings set video.quality balanced."
                ),
            )
