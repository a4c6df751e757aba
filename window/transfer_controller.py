"""The page of import and export: reads and writes files beside the event loop, as the command line does."""

from __future__ import annotations

import json
import tkinter as tk
from pathlib import Path
from typing import Callable, Optional, Sequence

from app.presets import PresetList
from app.setup_transfer import TakenOver, setup_of, take_over
from core.errors import UsageError
from core.queue.outcome import sentence_of
from core.settings.presets import Preset, preset_from_json, preset_to_json
from core.settings.setup_file import Setup, setup_from_json, setup_to_json
from core.text.sentence import Sentence
from core.version import VERSION
from reports.whole_file import write_file
from views.numbers import count_text
from views.settings_tab import SettingsTab
from views.texts import N_, _, ngettext, sentence
from views.transfer_page import TransferPage
from window.services import WindowServices

TRANSFER_WORDS = (
    N_("backup, save, restore, move to another computer, setup, file, import, export"),
    N_("preset, profile, template of settings"),
)
_YES = 0


class TransferController:
    """Makes the page when it is opened; ``presets_changed`` gets the presets after every change of them."""

    def __init__(
        self,
        tab: SettingsTab,
        services: WindowServices,
        presets_changed: Callable[[Sequence[Preset]], None],
    ) -> None:
        self._services = services
        self._presets_changed = presets_changed
        self._presets: Sequence[Preset] = ()
        self.page: Optional[TransferPage] = None
        tab.add_page("transfer", _("Import and export"), self._make, "network", TRANSFER_WORDS)

    def export_all(self) -> None:
        """Write everything to a file; keys stay out."""
        path = self._ask_where(_("Export everything"), "MediaProcessor setup.json")
        if path is not None:
            program = self._services.program
            self._services.slow.call(
                lambda: _write(path, setup_to_json(setup_of(program), VERSION)),
                lambda _done: self._say(_("Saved to {path}.").format(path=path)),
                self._failed,
            )

    def import_all(self) -> None:
        """Read a file, ask, and take it over."""
        chosen = self._services.dialogs.path("file")
        if chosen:
            path = Path(chosen)
            self._services.slow.call(
                lambda: setup_from_json(_read(path)),
                lambda setup: self._ask(path, setup),
                self._failed,
            )

    def _ask(self, path: Path, setup: Setup) -> None:
        counted = ngettext(
            "{file} holds {settings} settings and {number} watched folder. They take the place of yours.",
            "{file} holds {settings} settings and {number} watched folders. They take the place of yours.",
            len(setup.folders),
        ).format(file=path.name, settings=len(setup.settings), number=len(setup.folders))
        answer = self._services.dialogs.choose(
            _("Import everything"), counted, (_("Import"), _("Cancel"))
        )
        if answer == _YES:
            program = self._services.program
            self._services.commands.call(
                lambda: take_over(program, setup, {}),
                lambda taken: self._taken(taken, sealed=bool(setup.sealed)),
                self._failed,
            )

    def _taken(self, taken: TakenOver, *, sealed: bool) -> None:
        done = ngettext(
            "{number} setting was changed.", "{number} settings were changed.", taken.changed
        ).format(number=count_text(taken.changed))
        keys = _(
            "The keys in the file were left out; `setup import` on the command line reads them."
        )
        left_out = [sentence(text) for text in taken.left_out]
        self._say("\n".join([done, *left_out, *([keys] if sealed else [])]))

    # ---- presets

    def save_preset(self, name: str) -> None:
        """Keep what is set now; asks where the name is taken."""
        taken = name.strip().casefold() in (preset.name.casefold() for preset in self._presets)
        if taken and not self._sure(_("There is a preset of this name."), _("Replace it")):
            return

        def save() -> Preset:
            return self._list.save(name, replace=taken)

        self._change(save, _("The preset was saved."))

    def use_preset(self, preset: Preset) -> None:
        """Give all films the preset's settings."""
        self._change(lambda: self._list.use(preset), _("The preset holds for all films now."))

    def export_preset(self, preset: Preset) -> None:
        """Write a preset to a file."""
        path = self._ask_where(_("Export a preset"), f"{preset.name}.json")
        if path is not None:
            self._services.slow.call(
                lambda: _write(path, preset_to_json(preset, VERSION)),
                lambda _done: self._say(_("Saved to {path}.").format(path=path)),
                self._failed,
            )

    def import_preset(self) -> None:
        """Take a preset over; one whose templates could reach other files is refused."""
        chosen = self._services.dialogs.path("file")
        if chosen:
            self._change(
                lambda: self._list.add(preset_from_json(_read(Path(chosen)))),
                _("The preset was imported."),
            )

    def remove_preset(self, preset: Preset) -> None:
        """Forget a preset, if the user confirms it."""
        question = _("What it was used for stays as it is.")
        if self._sure(question, _("Remove {name}").format(name=preset.name)):
            self._change(lambda: self._list.remove(preset.name), _("The preset was removed."))

    @property
    def _list(self) -> PresetList:
        return PresetList(self._services.program.database, self._services.config)

    def _change(self, work: Callable[[], object], told: str) -> None:
        def done(_result: object) -> None:
            self._say(told)
            self._look()

        self._services.commands.call(work, done, self._failed)

    def _look(self) -> None:
        self._services.commands.call(lambda: self._list.all(), self._show, self._failed)

    def _show(self, presets: Sequence[Preset]) -> None:
        self._presets = presets
        self._presets_changed(presets)
        if self.page is not None:
            self.page.show(presets)

    def _sure(self, question: str, answer: str) -> bool:
        chosen = self._services.dialogs.choose(_("Presets"), question, (answer, _("Cancel")))
        return chosen == _YES

    def _make(self, parent: tk.Misc) -> TransferPage:
        self.page = TransferPage(parent, self._services.look, self)
        self._look()
        return self.page

    def _ask_where(self, title: str, name: str) -> Optional[Path]:
        return self._services.dialogs.save_as(title, name, "JSON", "*.json")

    def _say(self, text: str) -> None:
        if self.page is not None:
            self.page.tell(text)

    def _failed(self, error: Exception) -> None:
        if self.page is not None:
            self.page.tell(sentence(sentence_of(error)), wrong=True)


def _read(path: Path) -> object:
    """Return what a file holds; raises UsageError where that is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or ""
        raise UsageError(
            Sentence("{path} cannot be read ({why}).", path=str(path), why=why)
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Sentence("{path} holds no JSON ({why}).", path=str(path), why=str(error))
        ) from error


def _write(path: Path, content: object) -> None:
    text = json.dumps(content, indent=2)
    write_file(path, f"{text}\n".encode("ascii"))
