"""The channel rules as a table: what a source's sound becomes as Opus."""

from __future__ import annotations

from tkinter import ttk
from typing import Callable, Dict, Mapping, Optional

from config import SettingInfo
from views.setting_field import SettingField
from views.texts import N_, _
from views.theme import Look

_ROWS = (
    (N_("Mono"), "", "audio.mono_rate"),
    (N_("Stereo, up to 4 channels"), "", "audio.stereo_rate"),
    (N_("5.1 and more, low bit rate"), "audio.surround_low_limit", "audio.surround_low_rate"),
    (
        N_("5.1 and more, medium bit rate"),
        "audio.surround_middle_limit",
        "audio.surround_middle_rate",
    ),
    (N_("5.1 and more, higher or unknown bit rate"), "", "audio.surround_rate"),
)
KEYS = frozenset(key for _title, limit, rate in _ROWS for key in (limit, rate) if key)


class ChannelTable(ttk.Frame):
    """``fields`` are its cells by key; ``reset`` puts the specification's values back."""

    def __init__(
        self,
        parent: ttk.Frame,
        look: Look,
        settings: Mapping[str, SettingInfo],
        changed: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self.fields: Dict[str, SettingField] = {}
        ttk.Label(self, text=_("Channel rules"), style="Heading.TLabel").grid(
            row=0, column=0, sticky="w", pady=look.px(6)
        )
        heads = (_("Source"), _("up to (kbit/s)"), _("Opus bit rate (kbit/s)"))
        for column, head in enumerate(heads):
            label = ttk.Label(self, text=head, style="Muted.TLabel", wraplength=look.px(120))
            label.grid(row=1, column=column, sticky="sw", padx=(0, look.px(12)))
        for row, (title, limit, rate) in enumerate(_ROWS, 2):
            label = ttk.Label(self, text=_(title))
            label.grid(row=row, column=0, sticky="w", padx=(0, look.px(12)))
            for column, key in ((1, limit), (2, rate)):
                cell: Optional[SettingField] = None
                if key:
                    cell = SettingField(self, look, settings[key], changed, compact=True)
                    cell.grid(row=row, column=column, sticky="nw", padx=(0, look.px(12)), pady=1)
                    self.fields[key] = cell
        self.reset_button = ttk.Button(
            self, text=_("Reset to the recommended values"), command=self.reset
        )
        self.reset_button.grid(row=len(_ROWS) + 2, column=0, sticky="w", pady=look.px(6))

    def reset(self) -> None:
        """Put the specification's values into every cell."""
        for field in self.fields.values():
            field.to_default()
