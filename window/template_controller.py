"""The templates' page: commands for a film while one types, a test of ten seconds, import and export."""

from __future__ import annotations

import json
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING, Dict, Optional

from core.errors import MediaProcessorError, UsageError
from core.settings.fields import FIELDS
from core.system_errors import system_problem
from core.text.sentence import Sentence
from reports.whole_file import write_file
from views.numbers import decimal_text, percent_text, size_text
from views.settings_tab import SettingsTab
from views.shown import visible
from views.texts import _
from window.services import WindowServices
from window.trial_pictures import TrialPictures

if TYPE_CHECKING:
    from app.template_trial import TemplateTrial
    from views.template_panel import TemplatePanel

KEYS = tuple(key for key in FIELDS if key.startswith("templates."))
_PAUSE = 300  # milliseconds without typing before the commands are made anew
_FORMAT = "mediaprocessor-templates-1"


class TemplateController:
    """Makes the panel above the fields when that page is opened."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._tab = tab
        self._services = services
        self._film: Optional[Path] = None
        self._asked = 0  # answers to older questions are not shown
        self._waiting = ""
        self._testing = False
        self._text = ""
        self.panel: Optional[TemplatePanel] = None
        self.result = TrialPictures(tab, services)
        tab.add_head("templates", self._make)
        tab.on_edit.append(self._edited)

    def insert(self, key: str, word: str) -> None:
        """Put a placeholder where the cursor stands in that template."""
        self._tab.field(key).insert(word)

    def choose_film(self) -> None:
        """Ask for a film and show what the template makes of it."""
        films = self._services.dialogs.films()
        if films:
            self._film = films[0]
            self._ask()

    def template_chosen(self) -> None:
        """Show the commands of the template that is looked at now."""
        self._ask()

    def test(self) -> None:
        """Encode ten seconds of the film, or end the test that runs."""
        panel, film, trials = self.panel, self._film, self._services.trials
        if panel is None or film is None:
            return
        if self._testing:
            trials.cancel()
            return
        self.result.close()  # its files go with the next test
        key, text = panel.key, self._tab.field(panel.key).text
        self._testing = True
        panel.show_testing(running=True)
        panel.show_result_button(shown=False)
        panel.tell(_("Encoding ten seconds of {film}…").format(film=film.name))
        self._services.tests.call(
            lambda: trials.try_out(film, key, text, keep=True), self._tested, self._test_failed
        )

    def show_result(self) -> None:
        """Show the pictures of the last test, before and after."""
        self.result.open()

    def export(self) -> None:
        """Write what stands in the fields to a file."""
        path = self._services.dialogs.save_as(
            _("Export the templates"), "templates.json", _("Templates"), "*.json"
        )
        if path is None:
            return
        texts = {key: self._tab.field(key).text for key in KEYS}
        content = json.dumps({"format": _FORMAT, "templates": texts}, indent=2)
        self._services.slow.call(
            lambda: write_file(path, f"{content}\n".encode()),
            lambda _done: self._say(_("Saved to {path}.").format(path=path)),
            self._failed,
        )

    def import_(self) -> None:
        """Read a file into the fields; nothing is stored before Apply."""
        chosen = self._services.dialogs.path("file")
        if chosen:
            self._services.slow.call(lambda: read_templates(Path(chosen)), self._take, self._failed)

    def close(self) -> None:
        """End a running test, and what is shown of the last one."""
        if self._testing:
            self._services.trials.cancel()
        self.result.close()
        self._services.trials.forget()

    def _make(self, parent: ttk.Frame) -> TemplatePanel:
        from views.template_panel import TemplatePanel  # when the page is opened

        titles = {key: FIELDS[key].label for key in KEYS}
        self.panel = panel = TemplatePanel(parent, self._services.look, titles, self)
        panel.after_idle(self._follow_focus)
        return panel

    def _follow_focus(self) -> None:
        for key in KEYS:
            self._tab.field(key).widget.bind(
                "<FocusIn>",
                lambda _event, key=key: self._focused(key),  # type: ignore[misc]
                add=True,
            )

    def _focused(self, key: str) -> None:
        if self.panel is not None:
            self.panel.look_at(key)

    def _edited(self) -> None:
        if self.panel is not None and self._film is not None:
            text = self._tab.field(self.panel.key).text
            if text != self._text:
                self._text = text
                if self._waiting:
                    self.panel.after_cancel(self._waiting)
                self._waiting = self.panel.after(_PAUSE, self._ask)

    def _ask(self) -> None:
        """Have the commands made for the film from what is typed now."""
        panel, film = self.panel, self._film
        self._waiting = ""
        if panel is None or film is None:
            return
        self._asked += 1
        number, key, text = self._asked, panel.key, self._tab.field(panel.key).text
        self._text = text
        self._services.tests.call(
            lambda: self._services.trials.commands(film, key, text),
            lambda shown: self._show(number, film, shown),
            lambda error: self._failed(error) if number == self._asked else None,
        )

    def _show(self, number: int, film: Path, commands: str) -> None:
        if self.panel is not None and number == self._asked:
            self.panel.show_commands(commands)
            if not self._testing:
                self.panel.tell(_("The commands for {film}:").format(film=film.name))

    def _tested(self, trial: TemplateTrial) -> None:
        self._test_ended()
        if self.panel is not None and self._film is not None:
            self.result.take(trial, self._film.name)
            self.panel.show_result_button(shown=True)
        speed = trial.frames_a_second
        self._say(
            _(
                "{seconds} seconds of film took {took} seconds ({fps} frames per second). "
                "The result is {size}, {share} of that part of the original."
            ).format(
                seconds=decimal_text(trial.seconds, 0),
                took=decimal_text(trial.took),
                fps=decimal_text(speed, 0) if speed else "–",
                size=size_text(trial.size),
                share=percent_text(100 * trial.share),
            )
        )

    def _test_failed(self, error: Exception) -> None:
        self._test_ended()
        self._failed(error)

    def _test_ended(self) -> None:
        self._testing = False
        if self.panel is not None:
            self.panel.show_testing(running=False)

    def _say(self, text: str) -> None:
        if self.panel is not None:
            self.panel.tell(text)

    def _failed(self, error: Exception) -> None:
        if self.panel is not None:
            known = isinstance(error, (MediaProcessorError, OSError))
            text = visible(str(error)) if known else _("This went wrong; the log says why.")
            self.panel.tell(text, wrong=True)

    def _take(self, texts: Dict[str, str]) -> None:
        for key, text in texts.items():
            self._tab.field(key).text = text
        self._say(_("Templates imported. Press Apply to save them."))


def read_templates(path: Path) -> Dict[str, str]:
    """Read what ``export`` wrote; raises UsageError for anything else, and takes nothing over then."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            Sentence("{path} cannot be read: {problem}.", path=path, problem=system_problem(error))
        ) from error
    except ValueError as error:
        raise UsageError(
            Sentence("{path} holds no templates: it is no JSON file.", path=path)
        ) from error
    texts = found.get("templates") if isinstance(found, dict) else None
    if not isinstance(texts, dict) or found.get("format") != _FORMAT:
        raise UsageError(Sentence("{path} holds no templates of MediaProcessor.", path=path))
    for key, text in texts.items():
        if key not in KEYS or not isinstance(text, str):
            raise UsageError(
                Sentence("{path} holds {key}, which is no template.", path=path, key=repr(key))
            )
        FIELDS[key].parse(text)
    return dict(texts)
