"""The pages of the settings: what people need first, then the experts'; each setting has its place on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, Mapping, Sequence, Tuple

from core.settings.film_outcome import OUTCOME_KEYS, QUESTIONS
from views.texts import N_

FILMS = "films"  # the first page
EXPERT = "expert"  # the group of the experts' pages in the list


@dataclass(frozen=True)
class SettingsPage:
    """``groups`` are the first parts of the keys of what it shows; ``keys`` are shown in place of groups."""

    name: str
    title: str
    groups: Tuple[str, ...]
    keys: Tuple[str, ...] = ()
    expert: bool = False


@dataclass(frozen=True)
class Block:
    """Settings below a heading, which is empty where the page's title says it."""

    title: str
    keys: Tuple[str, ...]


PAGES: Tuple[SettingsPage, ...] = (
    SettingsPage(FILMS, N_("What becomes of my films"), (), OUTCOME_KEYS),
    SettingsPage("general", N_("General"), ("window",)),
    SettingsPage("queue", N_("Queue and pauses"), ("queue",)),
    SettingsPage("network", N_("Network"), ("network",)),
    SettingsPage("messages", N_("Messages"), ("messages",)),
    SettingsPage("monitor", N_("Watching"), ("monitor",), expert=True),
    SettingsPage("audio", N_("Audio processing"), ("audio",), expert=True),
    SettingsPage("subtitles", N_("Subtitles"), ("subtitles",), expert=True),
    SettingsPage("video", N_("Video"), ("video",), expert=True),
    SettingsPage("templates", N_("Command templates"), ("templates",), expert=True),
    SettingsPage("processing", N_("Processing"), ("processing",), expert=True),
    SettingsPage("files", N_("Files and verification"), ("files", "verification"), expert=True),
    SettingsPage("tools", N_("Tools"), ("tools",), expert=True),
    SettingsPage("metadata", N_("Metadata"), ("metadata",), expert=True),
    SettingsPage("logs", N_("Logs"), ("logs",), expert=True),
)
GROUP_TITLES: Mapping[str, str] = {
    "files": N_("Files and folders"),
    "verification": N_("Verification"),
}
KEPT_BY_ITSELF = (
    "window.geometry",
    "window.tab",
    "window.tables",
    "window.expert_settings",
    "window.first_steps",
)


def group_of(key: str) -> str:
    """The first part of a setting's key."""
    return key.partition(".")[0]


def pages_for(keys: Iterable[str]) -> Tuple[SettingsPage, ...]:
    """The pages that have something to show, and one for each group that has no place yet."""
    keys = tuple(keys)
    rest = tuple(dict.fromkeys(group_of(key) for key in keys if key not in OUTCOME_KEYS))
    placed = {group for page in PAGES for group in page.groups}
    others = (
        SettingsPage(group, group.capitalize(), (group,), expert=True)
        for group in rest
        if group not in placed
    )
    shown = (page for page in PAGES if set(page.groups) & set(rest) or set(page.keys) & set(keys))
    return (*shown, *others)


def places_of(keys: Iterable[str], pages: Sequence[SettingsPage]) -> Dict[str, str]:
    """The name of the page that each setting stands on."""
    own = {key: page.name for page in pages for key in page.keys}
    by_group = {group: page.name for page in pages for group in page.groups}
    return {key: own.get(key) or by_group[group_of(key)] for key in keys}


def blocks_of(page: SettingsPage, keys: Sequence[str]) -> Tuple[Block, ...]:
    """What a page shows of these settings, in its order."""
    if page.name == FILMS:
        blocks = [
            Block(question.title, tuple(key for key in question.keys if key in keys))
            for question in QUESTIONS
        ]
    else:
        several = len(page.groups) > 1
        blocks = [
            Block(
                GROUP_TITLES[group] if several else "",
                tuple(key for key in keys if group_of(key) == group and key not in OUTCOME_KEYS),
            )
            for group in page.groups
        ]
    return tuple(block for block in blocks if block.keys)
