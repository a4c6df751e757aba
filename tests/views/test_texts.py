"""The window's texts: all of them can be translated, and what is translated fits."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Set

import polib
import pytest

from core.settings.watched_folder import RootState
from core.tools import ToolOrigin
from scripts import texts as tool
from views import numbers, texts
from views.folders_page import STATES
from views.tools_panel import ORIGINS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = [polib.pofile(str(tool.catalogue_file(name))) for name in tool.LANGUAGES]
# Where widgets and dialogs take what a person reads.
KEYWORDS = {"text", "title", "label", "message", "detail", "accelerator"}
METHODS = {"tell", "error", "ask", "choose", "say", "_say", "showerror", "showinfo", "askyesno"}
# Names, units and signs that every language shares.
SAME_EVERYWHERE = re.compile(
    r"^(MediaProcessor|OMDb|Sonarr|Radarr|Opus|MB|GB|kbit/s|fps|#[0-9a-f]{6}|0?[0-9]d|"
    r"[A-Za-z.]*T(Label|Button)|[^A-Za-z]*)$"
)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    texts.use_language("en", tool.LOCALE)


def test_the_catalogues_hold_exactly_the_texts_of_the_window() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "texts.py"), "--check"]
    found = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    assert (found.returncode, found.stdout) == (0, ""), "run scripts/texts.py"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=tool.LANGUAGES)
def test_every_text_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=tool.LANGUAGES)
def test_a_translation_has_the_places_for_values_of_its_english_text(
    catalogue: polib.POFile,
) -> None:
    def places(text: str) -> Set[str]:
        return {name for _text, name, _spec, _how in string.Formatter().parse(text) if name}

    wrong = []
    for entry in catalogue:
        wanted = places(entry.msgid) | places(entry.msgid_plural)
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            fits = places(said) <= wanted if entry.msgid_plural else places(said) == wanted
            if said and not fits:
                wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=tool.LANGUAGES)
def test_a_translation_ends_as_its_english_text_and_has_one_letter_to_underline(
    catalogue: polib.POFile,
) -> None:
    for entry in catalogue:
        for end in ("…", ":", "?", "\n"):
            if entry.msgstr:
                assert entry.msgstr.endswith(end) == entry.msgid.endswith(end), entry.msgid
        assert entry.msgid.count("&") == entry.msgstr.count("&") or not entry.msgstr, entry.msgid


def test_a_language_is_spoken_from_the_moment_it_is_chosen() -> None:
    texts.use_language("nl", tool.LOCALE)
    assert texts._("Settings") == "Instellingen"
    texts.use_language("tr", tool.LOCALE)
    assert texts._("Settings") == "Ayarlar"


def test_what_has_no_translation_is_shown_in_english() -> None:
    texts.use_language("nl", tool.LOCALE)
    assert texts._("A text that nobody translated") == "A text that nobody translated"
    texts.use_language("xx", tool.LOCALE)
    assert texts._("Settings") == "Settings"
    assert texts.ngettext("{n} film", "{n} films", 2) == "{n} films"


def unmarked(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every literal that a widget or a dialog is given without a mark for translation."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given: List[ast.expr] = [
            keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS
        ]
        shows = isinstance(node.func, ast.Attribute) and node.func.attr in METHODS
        if shows and "'_log'" not in ast.dump(node.func):
            given.extend(node.args)
        for expression in given:
            yield from _literals(expression)


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Call):
        return  # _("…"), or what another function makes of its arguments
    if isinstance(node, ast.Subscript):
        return  # a key is not shown
    if isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and not SAME_EVERYWHERE.match(node.value):
            yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _literals(child)


@pytest.mark.parametrize("path", tool.sources(), ids=lambda path: path.stem)
def test_no_text_of_the_window_escapes_translation(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert [(text.lineno, text.value) for text in unmarked(tree)] == []


def test_an_unmarked_text_would_be_found() -> None:
    for source in (
        "ttk.Label(root, text='Hello')",
        "box.configure(text=f'{n} films')",
        "dialogs.tell('Title', body)",
        "label.configure(text='One' if n == 1 else _('Many'))",
    ):
        assert list(unmarked(ast.parse(source))), source
    assert not list(unmarked(ast.parse("ttk.Label(root, text=_('Hello'), style='Muted')")))


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=tool.LANGUAGES)
def test_what_a_watched_folder_is_at_is_said_in_the_windows_language(
    catalogue: polib.POFile,
) -> None:
    assert set(STATES) == set(RootState)
    untranslated = [
        state for state in STATES.values() if not getattr(catalogue.find(state), "msgstr", "")
    ]
    assert untranslated == []


@pytest.mark.parametrize(
    ("language", "size", "count"),
    [("en", "363.7 kB", "10,000"), ("nl", "363,7 kB", "10.000"), ("tr", "363,7 kB", "10.000")],
)
def test_numbers_are_written_as_in_the_windows_language(
    language: str, size: str, count: str
) -> None:
    texts.use_language(language, tool.LOCALE)
    assert (numbers.size_text(363_700), numbers.count_text(10_000)) == (size, count)


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_where_a_program_comes_from_is_said_in_the_users_language(language: str) -> None:
    assert set(ORIGINS) == set(ToolOrigin)
    texts.use_language(language, tool.LOCALE)
    assert [origin for origin, text in ORIGINS.items() if texts._(text) == text] == []
