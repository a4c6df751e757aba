"""The first steps of a new user, and that nothing is processed before they have seen one film's plan."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from app.encoder_trial import ENCODING, EncoderTrial
from app.first_steps import FirstStepsServices
from core.errors import JobCancelled
from core.events import JobState
from core.planning.preview import FilmPreview
from core.queue.outcome import sentence_of
from core.settings.choices import FirstSteps, WindowLanguage
from core.settings.watched_folder import PresentFilms, WatchedFolder
from core.tools import InstallOffer
from tools.resolver import ToolStatus
from views import cldr
from views.first_steps import (
    AUDIO,
    DAYS,
    SUBTITLES,
    FirstFoldersPage,
    LanguagesPage,
    OriginalsPage,
    SpeedPage,
    ToolsPage,
)
from views.numbers import count_text, decimal_text, size_text
from views.plan_page import PlanPage
from views.shown import visible
from views.texts import _, ngettext, sentence
from views.tools_panel import ORIGINS
from views.welcome_page import WelcomePage
from views.wizard import Wizard, WizardPage
from window.language import language_code, speak
from window.services import WindowServices
from window.tools_controller import trouble

_PROGRESS_EVERY = 150  # milliseconds
_LOOKED_AT = 20  # films of the queue
_FRAMES_OF_A_FILM = 2 * 3600 * 24
_INSTALL = _WATCH = 0
LANGUAGE = "window.language"


class FirstStepsController:
    """``steps`` work beside Tk's thread; folders that were chosen are watched from the end on."""

    def __init__(self, root: tk.Tk, services: WindowServices, steps: FirstStepsServices) -> None:
        self._root = root
        self._services = services
        self._steps = steps
        self.speed_test = SpeedTest(services, steps)
        self.wizard: Optional[Wizard] = None
        self._start_wanted = False  # whether the queue starts once a plan was seen
        self._film: Tuple[Path, ...] = ()  # the one that the user chose
        self._asked = 0  # answers to older questions are not shown

    def open(self) -> None:
        """Open the steps, or bring them to the front."""
        if self._in_front():
            return
        self._note(FirstSteps.SHOWN)
        wizard = self._make_wizard(_("First steps"), _("Finish"))
        settings = self._services.config
        body, look = wizard.body, self._services.look
        self.tools = ToolsPage(body, look, self._find, self._install)
        self.folders = FirstFoldersPage(
            body, look, lambda: self._services.dialogs.folder(), self._check
        )
        self.languages = LanguagesPage(
            body, look, settings.get(AUDIO), settings.get(SUBTITLES), self._keep
        )
        self.speed = self.speed_test.page(body)
        self.originals = OriginalsPage(body, look, settings.get(DAYS), self._keep)
        self.plan = PlanPage(body, look, self._show_plan, self._choose_film)
        pages: List[WizardPage] = [
            *(self._welcome(wizard), self.folders, self.languages, self.originals),
            *(self.plan, self.speed, self.tools),
        ]
        wizard.begin(pages)

    def _welcome(self, wizard: Wizard) -> WelcomePage:
        window = self._services.config.settings.window
        languages = [language.value for language in WindowLanguage][1:]
        present = next(
            (chosen.value for chosen in WindowLanguage if language_code(chosen) == cldr.language()),
            languages[0],
        )
        chosen = window.language.value if window.language.value in languages else present
        return WelcomePage(
            wizard.body, self._services.look, languages, chosen, self._speak, self._begin_with_films
        )

    def _speak(self, language: str) -> None:
        """Show the steps in another language; the main window, which is built, follows at the next start."""

        def again() -> None:
            speak(WindowLanguage(language))
            if self.wizard is not None:
                self.folders.folders = []
                self.wizard.close()
            self.open()
            self._services.window.tell(_("The main window follows when the program starts again."))

        self._keep({LANGUAGE: language}, again)

    def start(self) -> None:
        """Start the queue; a new user sees the plan of a film of the queue first."""
        if self._services.config.settings.window.first_steps is not FirstSteps.SHOWN:
            self._start()
        elif not self._in_front():
            self._ask_to_start()

    def _ask_to_start(self, film: Tuple[Path, ...] = ()) -> None:
        """Show the plan of this film, or of one of the queue, with the button that starts the queue."""
        self._start_wanted = True
        wizard = self._make_wizard(_("Before the first film"), _("Start"))
        self._film = film
        self.folders = FirstFoldersPage(
            wizard.body, self._services.look, lambda: None, lambda _folder: None
        )
        self.plan = PlanPage(wizard.body, self._services.look, self._show_plan, self._choose_film)
        wizard.begin([self.plan])

    def _begin_with_films(self) -> None:
        """Queue films instead of going through the steps, and show what would be done with the first."""
        films = self._services.dialogs.films()
        if films and self.wizard is not None:
            self.wizard.close()
            self._services.window.add(films)
            self._ask_to_start(films[:1])

    def close(self) -> None:
        """A test of the encoder ends."""
        self.speed_test.end()

    def _in_front(self) -> bool:
        if self.wizard is None:
            return False
        self.wizard.lift()
        self.wizard.page.first.focus_set()
        return True

    def _make_wizard(self, title: str, finish: str) -> Wizard:
        self._film = ()
        self.wizard = Wizard(
            self._root, self._services.look, title, finish, self._finish, self._closed
        )
        return self.wizard

    def _note(self, reached: FirstSteps) -> None:
        config = self._services.config
        if config.settings.window.first_steps is not FirstSteps.DONE:
            self._services.commands.call(
                lambda: config.set("window.first_steps", reached.value),
                lambda _done: None,
                self._services.window.failed,
            )

    def _start(self) -> None:
        services = self._services
        services.do(lambda: services.machine_control.start())

    def _finish(self) -> None:
        """Watch the folders; in the small version of the steps, start."""
        folders, self.folders.folders = tuple(self.folders.folders), []
        if self._start_wanted:
            self._start()
        if folders:
            self._watch(folders)

    def _closed(self) -> None:
        """The window of the steps is gone; what was chosen and not kept is asked about."""
        self.wizard = None
        self._start_wanted = False
        self.speed_test.end()
        folders = tuple(self.folders.folders)
        if folders:
            answer = self._services.dialogs.choose(
                _("Folders not watched yet"),
                _("The folders that you have chosen are not watched yet."),
                (_("Watch them"), _("Discard them")),
            )
            if answer == _WATCH:
                self._watch(folders)

    def _watch(self, folders: Sequence[Path]) -> None:
        services = self._services
        watched = _("The folders are being watched now. Press Start to process their films.")
        only_new = bool(self.folders.only_new.get())
        if only_new:
            watched = _("The folders are being watched now; what they hold is left alone.")
        thread = services.tests if only_new else services.commands  # noting them may take long
        thread.call(
            lambda: services.folders.watch(folders, only_new=only_new),
            lambda _done: services.window.tell(watched),
            services.window.failed,
        )

    def _keep(self, texts: Dict[str, str], go_on: Callable[[], None]) -> None:
        services = self._services
        services.commands.call(
            lambda: services.config.change(texts), lambda _done: go_on(), services.window.failed
        )

    # ---- programs

    def _find(self) -> None:
        def find() -> Tuple[Sequence[ToolStatus], Sequence[InstallOffer]]:
            tools = self._services.program.find_tools()
            return tools, self._steps.offers([tool.name for tool in tools if tool.info is None])

        self.tools.busy(_("Searching for the programs…"))
        self._services.slow.call(
            find, self._in_wizard(lambda answer: self._show_tools(*answer)), self._tools_failed
        )

    def _show_tools(self, tools: Sequence[ToolStatus], offers: Sequence[InstallOffer]) -> None:
        rows = []
        for tool in tools:
            if tool.info is None:
                state = "✕ " + _("not installed")
            else:
                state = "✓ " + f"{tool.info.version}, {_(ORIGINS[tool.info.origin])}"
            problem = trouble(tool)
            rows.append((tool.name.value, f"{state}. {visible(problem)}" if problem else state))
        self.tools.show(rows, offers)

    def _install(self, offer: InstallOffer) -> None:
        question = [
            _("This command will be run:") + "\n\n" + " ".join(offer.argv),
            _("Your system will ask for a password or for permission.")
            if offer.needs_admin
            else "",
        ]
        answer = self._services.dialogs.choose(
            _("Install {program}").format(program=offer.title),
            "\n\n".join(part for part in question if part),
            (_("Install"), _("Cancel")),
        )
        if answer == _INSTALL:
            self.tools.busy(_("Installing {program}…").format(program=offer.title))
            self._services.tests.call(
                lambda: self._steps.install(offer),
                self._in_wizard(lambda _done: self._find()),
                self._tools_failed,
            )

    def _tools_failed(self, error: Exception) -> None:
        if self.wizard is not None:
            self.tools.tell(sentence_of(error), wrong=True)

    # ---- folders

    def _check(self, folder: Path) -> None:
        def answered(problems: Dict[str, str]) -> None:
            if problems:
                self.folders.tell(" ".join(map(sentence, problems.values())))
            else:
                self.folders.take(folder)
                self._count(folder)

        self._services.slow.call(
            lambda: self._services.folders.check(WatchedFolder(folder)),
            self._in_wizard(answered),
            self._services.window.failed,
        )

    def _count(self, folder: Path) -> None:
        """Show beside a folder how many films it holds, as soon as they are counted."""
        wizard = self.wizard

        def counting(_found: PresentFilms) -> None:
            if self.wizard is not wizard:
                raise JobCancelled

        def counted(found: PresentFilms) -> None:
            films = ngettext("{number} film, {size}", "{number} films, {size}", found.films)
            text = films.format(number=count_text(found.films), size=size_text(found.size))
            self.folders.show_count(folder, text)

        self._services.tests.call(
            lambda: self._services.folders.count(WatchedFolder(folder), counting),
            self._in_wizard(counted),
            lambda _error: None,
        )

    # ---- one film's plan

    def _choose_film(self) -> None:
        films = self._services.dialogs.films()
        if films:
            self._film = films[:1]
            self._show_plan()

    def _show_plan(self) -> None:
        """Plan the chosen film, or one of the folders, the queue, or what is watched."""
        self._asked += 1
        number, film, folders = self._asked, self._film, tuple(self.folders.folders)
        wizard, services = self.wizard, self._services

        def plan() -> Optional[FilmPreview]:
            if film:
                return self._steps.plan(film)
            queued = services.manager.jobs(JobState.QUEUED, limit=_LOOKED_AT)
            watched = tuple(folder.path for folder, _state, _message in services.folders.all())
            return self._steps.plan((*folders, *(job.path for job in queued), *watched))

        def planned(plan: Optional[FilmPreview]) -> None:
            if number == self._asked and self.wizard is wizard is not None:
                self._planned(plan)

        def failed(error: Exception) -> None:
            if number == self._asked and self.wizard is wizard is not None:
                self.plan.tell(sentence_of(error), wrong=True)

        if wizard is not None:
            wizard.allow_next(not self._start_wanted)
            self.plan.tell(_("Analysing a film…"))
            services.tests.call(plan, planned, failed)

    def _planned(self, plan: Optional[FilmPreview]) -> None:
        if plan is None:
            self.plan.tell(
                _("No film was found. Choose one, or finish: the first film's plan is shown later.")
                if not self._start_wanted
                else _(
                    "There is no film in the queue. Choose one to see what would be done with it."
                )
            )
            return
        self.plan.show(plan)
        self._note(FirstSteps.DONE)
        if self.wizard is not None:
            self.wizard.allow_next(True)

    def _in_wizard(self, answer: Callable[..., None]) -> Callable[..., None]:
        """Take an answer only while the steps that asked are open."""
        asking = self.wizard
        return lambda *values: answer(*values) if self.wizard is asking is not None else None


class SpeedTest:
    """The test of the encoder: it runs in a thread, and a timer shows how far it is."""

    def __init__(self, services: WindowServices, steps: FirstStepsServices) -> None:
        self._services = services
        self._steps = steps
        self._view: Optional[SpeedPage] = None
        self._progress = ("", 0.0)
        self.running = False

    def page(self, body: tk.Misc) -> SpeedPage:
        """Make the page of the test."""
        self._view = SpeedPage(body, self._services.look, self._begin_or_end)
        return self._view

    def end(self) -> None:
        """End a running test; nothing is shown of it any more."""
        self._view = None
        if self.running:
            self._steps.cancel()

    def _begin_or_end(self) -> None:
        if self.running:
            self._steps.cancel()
            return
        self.running = True
        self._progress = ("", 0.0)
        self._services.tests.call(lambda: self._steps.try_encoder(self), self._tested, self._failed)
        self._show_progress()

    def progressed(self, doing: str, percent: float) -> None:
        """Called in the thread of the test."""
        self._progress = (doing, percent)

    def _show_progress(self) -> None:
        view = self._view
        if view is None or not self.running:
            return
        doing, percent = self._progress
        text = _("Encoding the clip…") if doing == ENCODING else _("Generating a test clip…")
        view.running(text, percent)
        view.body.after(_PROGRESS_EVERY, self._show_progress)

    def _tested(self, trial: EncoderTrial) -> None:
        self._tell(speed_text(trial))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, JobCancelled):
            self._tell(_("The test was stopped."))
        else:
            self._tell(sentence_of(error), wrong=True)

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self.running = False
        if self._view is not None:
            self._view.tell(text, wrong=wrong)


def speed_text(trial: EncoderTrial) -> str:
    """What the test has shown, in sentences."""
    speed = trial.frames_a_second
    sentences = [
        _(
            "Your computer encodes {height}p with {encoder} at {speed} frames per second. A "
            "two-hour film takes {time}."
        ).format(
            height=trial.height,
            encoder=trial.encoder,
            speed=decimal_text(speed, 0 if speed >= 10 else 1),
            time=_length(_FRAMES_OF_A_FILM / max(speed, 0.01) / 60),
        ),
        _("Films are encoded with the template “{template}”.").format(template=trial.template),
        *map(visible, trial.objections),
    ]
    return "\n\n".join((sentences[0], " ".join(sentences[1:])))


def _length(minutes: float) -> str:
    if minutes < 100:
        return ngettext("about {n} minute", "about {n} minutes", round(minutes)).format(
            n=round(minutes)
        )
    hours = round(minutes / 60)
    return ngettext("about {n} hour", "about {n} hours", hours).format(n=hours)
