"""Every word of the window is in the user's language: each tab, page, list and small window is read."""

from __future__ import annotations

import re
import tkinter as tk
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple, Type

import pytest

from core.events import QueueState
from core.settings.choices import WindowLanguage
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from tests.films import AudioSpec, SubtitleSpec, make_film
from tests.seen_texts import (
    EnglishFinder,
    Seen,
    letters_in,
    letters_of_menu,
    menus_in,
    seen_in,
    windows_in,
)
from tests.window_program import Answers, Program
from views.commands import WindowCommand
from views.queue_sections import SECTIONS

pytestmark = pytest.mark.window
WINDOW_LANGUAGES = {"en": "English", "nl": "Nederlands", "tr": "Türkçe"}
# What the films and folders of this test are called, and what its templates are made of.
OURS = re.compile(r"\b(Film|Broken|Seeding|Wait\w*|films|Attic|Den|Key \d)\b|\$ffmpeg.*", re.DOTALL)
# Shown as they were written: the log and templates, and the names of languages, which are CLDR's.
AS_WRITTEN = ("!logtext", "!languagelist.!combobox", "Text .!notebook.!frame4.!settingstab")


def as_written(text: str, where: str) -> bool:
    """Whether a text is none of the catalogue's: a command, a path, a language in its own words."""
    in_own_words = text in {language.value for language in WindowLanguage}
    return in_own_words or text.startswith(("/", "$")) or any(part in where for part in AS_WRITTEN)


class Reading(Answers):
    """Dialogs that keep what they were to say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: List[Seen] = []

    def tell(self, title: str, text: str) -> None:
        self.said += [Seen("dialog", title), Seen("dialog", text)]

    def error(self, text: str) -> None:
        self.said.append(Seen("error", text))

    def choose(self, title: str, text: str, answers: Sequence[str]) -> Optional[int]:
        self.said += [Seen("question", part) for part in (title, text, *answers)]
        return self.chosen


class InLanguage(Program):
    """The window in the language that the test is about."""

    language = ""
    answers_class = Reading

    def open(self) -> None:
        own = {"window.language": self.language, "network.name": "Attic"}
        self.settings = {**Program.settings, **own}
        super().open()


@pytest.fixture(params=WINDOW_LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def program_class(language: str) -> Type[Program]:
    return type("InThis", (InLanguage,), {"language": WINDOW_LANGUAGES[language]})


def prepare(program: Program) -> None:
    """Films that are done, broken and waiting, a watched folder, and keys of services."""
    sound = [
        AudioSpec("flac", language="eng"),
        AudioSpec("ac3", language="fra", title="Commentary"),
    ]
    captions = [SubtitleSpec(language="ger"), SubtitleSpec(language="eng")]
    folder = program.folder / "films"
    film = make_film(folder / "Film.mkv", audio=sound, subtitles=captions)
    make_film(folder / "Waiting.mkv", audio=sound, subtitles=captions)
    (folder / "Broken.mkv").write_bytes(b"nothing of a film")
    program.window.add((film, folder / "Broken.mkv"))
    program.invoke("queue.start")
    program.until(lambda: shown(program, "completed") and shown(program, "failed"), "the films")
    program.invoke("queue.pause")
    work = program.window.work
    program.until(lambda: work.queue_state is QueueState.PAUSED, "the pause")
    program.window.add((folder / "Waiting.mkv",))
    program.until(lambda: program.table("pending").ids, "a film that waits")
    FolderList(program.parts.database).add(WatchedFolder(folder, enabled=False))


def shown(program: Program, name: str) -> bool:
    return bool(program.table(name).ids)


class Reader:
    """Opens one thing after the other and keeps every text that was seen."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.root = program.root
        self.seen: Dict[str, str] = {}
        self.twice: Set[str] = set()  # letters that two texts of a window or of a menu have
        self.letters = 0

    def read(self, widget: Optional[tk.Misc] = None) -> None:
        self.root.update()
        for where, text in seen_in(widget or self.root):
            self.seen.setdefault(text, where)
        for window in windows_in(self.root):
            letters = letters_in(window)
            if window is self.root:
                letters += letters_of_menu(self.program.window.menu)
            self.compare(letters)

    def compare(self, letters: Sequence[Tuple[str, str]]) -> None:
        texts: Dict[str, List[str]] = {}
        self.letters += len(letters)
        for letter, text in letters:
            texts.setdefault(letter, []).append(text)
        self.twice |= {f"{letter}: {of}" for letter, of in texts.items() if len(of) > 1}

    def queue(self) -> None:
        queue = self.program.window.open_tab("queue")
        for name in queue.view.views:
            queue.view.open(name)
            self.seen.update((text, where) for where, text in seen_in(queue.view.view.filter_bar))
            self.program.until(lambda name=name: self.program.table(name), name)
            self.read()
        for name in ("completed", "failed", "pending"):
            (job_id, *_more) = self.program.table(name).ids
            queue.details.open(job_id)
            view = queue.details.open_windows[job_id].view
            self.program.until(lambda view=view: view.facts, "the details")
            for page in ("overview", "tracks", "commands", "checks"):
                view.open(page)
                self.read(view)
            view.destroy()

    def tabs(self) -> None:
        for name in ("library", "originals", "statistics", "logs"):
            self.program.window.open_tab(name)
            self.read()
        tiles = self.program.window.tab("statistics").view.tiles
        self.program.until(lambda: tiles, "the figures")
        self.read()

    def settings(self) -> None:
        settings = self.program.window.open_tab("settings")
        pages = settings.view.sections
        for page in (*pages.get_children(), *pages.get_children("expert")):
            settings.view.open_section(page)
            self.read()
        tools = settings.tools.panel.table if hasattr(settings, "tools") else None
        if tools is not None:
            self.program.until(tools.get_children, "the tools")
            for row in tools.get_children():
                tools.selection_set(row)
                self.read()
        settings.folders.edit_folder(WatchedFolder(self.program.folder / "films"))
        self.program.until(lambda: settings.folders.dialog, "the folder's dialog")
        self.read()
        settings.folders.dialog.destroy()

    def small_windows(self) -> None:
        window: Any = self.program.window
        window.status.open_health()
        page = window.status.page
        self.program.until(lambda: page.table.get_children(), "the parts")
        self.read(page)
        page.destroy()
        self.program.invoke("network.machines")
        self.read(window.cluster.window)
        window.cluster.window.destroy()
        preview = window.tab("queue").preview
        preview.open()
        preview.window.add((self.program.folder / "films",))
        self.program.until(
            lambda: preview.window.films and not preview.window.running, "the preview"
        )
        self.program.until(lambda: preview.window.view.table.count >= 2, "its rows")
        self.read(preview.window.view)
        preview.window.view.destroy()
        self.program.invoke("help.about")

    def first_steps(self) -> None:
        steps: Any = self.program.window.first_steps
        steps.open()
        while True:
            self.read(steps.wizard)
            if steps.wizard.page is steps.tools:
                break
            steps.wizard.skip()
        steps.wizard.close()

    def menus(self) -> None:
        for name in self.program.window.registry.names:
            command: WindowCommand = self.program.window.registry._bound[name].command
            self.seen.setdefault(command.text, name)
        for section in SECTIONS:
            self.program.window.registry.popup(self.root, *section.commands)
        for menu in menus_in(self.root):
            self.compare(letters_of_menu(menu))


def test_every_word_is_the_languages_own_and_every_letter_is_underlined_once(
    program: Program, language: str
) -> None:
    prepare(program)
    reader = Reader(program)
    for part in (
        *(reader.queue, reader.tabs, reader.settings),
        *(reader.small_windows, reader.first_steps, reader.menus),
    ):
        part()
    for where, text in program.answers.said:  # type: ignore[attr-defined]
        reader.seen.setdefault(text, where)
    assert reader.letters > 200
    assert sorted(reader.twice) == []
    if language == "en":
        return
    finder = EnglishFinder(language)
    english: Dict[str, List[str]] = {}
    for text, where in reader.seen.items():
        words = [] if as_written(text, where) else finder.english_in(OURS.sub("", text))
        if words:
            english[f"{text[:120]!r} ({where[-60:]})"] = words
    for text, words in sorted(english.items()):
        print(words, "in", text)
    print(len(reader.seen), "texts seen")
    assert len(reader.seen) > 400
    assert sorted(english) == []
