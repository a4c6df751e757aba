"""The pages of the settings in the specification's order: each holds one or more groups of settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping, Tuple

from views.texts import N_


@dataclass(frozen=True)
class SettingsPage:
    """``groups`` are the first parts of the keys of what it shows."""

    name: str
    title: str
    groups: Tuple[str, ...]


PAGES: Tuple[SettingsPage, ...] = (
    SettingsPage("general", N_("General"), ("files", "verification", "window")),
    SettingsPage("monitor", N_("Watching"), ("monitor",)),
    SettingsPage("queue", N_("Queue and pauses"), ("queue",)),
    SettingsPage("audio", N_("Audio processing"), ("audio",)),
    SettingsPage("subtitles", N_("Subtitles"), ("subtitles",)),
    SettingsPage("video", N_("Video"), ("video",)),
    SettingsPage("templates", N_("Command templates"), ("templates",)),
    SettingsPage("processing", N_("Processing"), ("processing",)),
    SettingsPage("tools", N_("Tools"), ("tools",)),
    SettingsPage("network", N_("Network"), ("network",)),
    SettingsPage("metadata", N_("Metadata"), ("metadata",)),
    SettingsPage("logs", N_("Logs"), ("logs",)),
)
GROUP_TITLES: Mapping[str, str] = {
    "files": N_("Files and folders"),
    "verification": N_("Verification"),
    "window": N_("Window"),
}
KEPT_BY_ITSELF = ("window.geometry", "window.tab", "window.tables", "window.first_steps")


def group_of(key: str) -> str:
    """The first part of a setting's key."""
    return key.partition(".")[0]


def pages_for(keys: Iterable[str]) -> Tuple[SettingsPage, ...]:
    """The pages that have something to show, and one for each group that has no place yet."""
    groups = tuple(dict.fromkeys(group_of(key) for key in keys))
    placed = {group for page in PAGES for group in page.groups}
    others = (
        SettingsPage(group, group.capitalize(), (group,)) for group in groups if group not in placed
    )
    return (*(page for page in PAGES if set(page.groups) & set(groups)), *others)
