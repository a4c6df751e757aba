"""The colours of the window, light and dark.

Text on its ground keeps a contrast of at least 4.5 (WCAG 2.1, 1.4.3); a test measures every pair.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from core.settings.choices import Theme


@dataclass(frozen=True)
class Palette:
    """The colours of a theme, named by what they are for."""

    dark: bool
    window: str  # the ground of everything
    surface: str  # tables, cards, fields
    raised: str  # buttons
    hover: str
    border: str
    text: str
    muted: str
    accent: str  # the main button, progress, focus
    on_accent: str
    selection: str
    error: str
    warning: str
    success: str


LIGHT = Palette(
    dark=False,
    window="#f3f4f6",
    surface="#ffffff",
    raised="#e6e8ec",
    hover="#d9dce2",
    border="#c9ced6",
    text="#1f2328",
    muted="#555d67",
    accent="#1a5fc4",
    on_accent="#ffffff",
    selection="#cfe0fb",
    error="#b42318",
    warning="#855100",
    success="#176b30",
)
DARK = Palette(
    dark=True,
    window="#1e1f22",
    surface="#26282b",
    raised="#35383d",
    hover="#42464c",
    border="#44474d",
    text="#dfe1e5",
    muted="#a3a9b1",
    accent="#2f66d0",
    on_accent="#ffffff",
    selection="#2b436e",
    error="#ff8f87",
    warning="#e3b341",
    success="#63c174",
)


def palette_for(theme: Theme) -> Palette:
    """The palette that a user's choice means on this machine."""
    dark = _system_is_dark() if theme is Theme.SYSTEM else theme is Theme.DARK
    return DARK if dark else LIGHT


def _system_is_dark() -> bool:
    """Whether Windows shows its programs dark; elsewhere nothing common tells, so light."""
    if sys.platform == "win32":
        import winreg

        place = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
                return int(winreg.QueryValueEx(key, "AppsUseLightTheme")[0]) == 0
        except OSError:
            return False
    return False


def between(first: str, second: str, share: float = 0.45) -> str:
    """The colour on the way from one to another."""
    mixed = (
        round(int(first[at : at + 2], 16) * (1 - share) + int(second[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
