"""The pages name things as the program does: settings and their pages, menus, commands, options, files."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Tuple

import pytest

from commandline import parser
from core.settings.fields import FIELDS
from scripts import texts
from views.settings_pages import PAGES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAM = r"(?:scripts/run\.sh|scripts\\run\.cmd|main\.py|(?:MediaProcessor|mediaprocessor-cli)(?:\.exe)?)"
# Pages of the settings that show more than settings (window/folders_controller.py, settings_controller.py).
OTHER_PAGES = ("Monitored folders", "API Management", "Import and export")
NOT_OF_THE_PARSER = ("--demo", "--mediainfo-child")  # scripts/run.sh's own, and between programs


def plain(text: str) -> str:
    """A window's text without the mark of its key and what shows that more is asked."""
    return text.replace("&", "").rstrip("….:")


def emphasised(page: Path) -> Iterator[str]:
    """Everything in single or double stars, joined where a line ends inside."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", "", text)
    for match in re.finditer(r"(?<![*\w])\*{1,2}([^*\n]+(?:\n[^*\n]+)?)\*{1,2}(?!\*)", text):
        yield " ".join(match.group(1).split())


def code(page: Path) -> Iterator[str]:
    """Every code span and every line of a code block."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```[^\n]*\n(.*?)```", text, flags=re.DOTALL)
    for block in blocks:
        yield from block.splitlines()
    yield from re.findall(
        r"`([^`\n]+(?:\n[^`\n]+)?)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    )


def of_all(found: Mapping[Path, List[str]]) -> List[str]:
    return [f"{page.name}: {text}" for page, several in found.items() for text in several]


def test_the_pages_of_the_settings_that_documents_name_exist() -> None:
    titles = {page.title for page in PAGES} | set(OTHER_PAGES)
    named = {
        page: [words for words in emphasised(page) if re.match(r"Settings(?: >|,) ", words)]
        for page in DOCUMENTS
    }
    assert of_all(named)
    assert [
        place for place in of_all(named) if re.split(r"Settings(?: >|,) ", place)[1] not in titles
    ] == []


def test_the_menus_and_buttons_that_documents_name_exist() -> None:
    known = {plain(text.singular) for text in texts.collect()}
    paths = {page: [words for words in emphasised(page) if " > " in words] for page in DOCUMENTS}
    unknown = {
        page: [path for path in several if not {plain(part) for part in path.split(" > ")} <= known]
        for page, several in paths.items()
    }
    assert len(of_all(paths)) > 10
    assert of_all(unknown) == []


def test_the_settings_that_documents_call_by_their_label_exist() -> None:
    labels = {plain(field.label) for field in FIELDS.values()}
    named = {
        page: re.findall(r"[Ss]etting\s+\*([^*]+)\*", page.read_text("utf-8")) for page in DOCUMENTS
    }
    assert len(of_all(named)) >= 2
    assert [place for place in of_all(named) if place.split(": ", 1)[1] not in labels] == []


def test_the_keys_of_settings_in_documents_exist() -> None:
    groups = {key.split(".")[0] for key in FIELDS}
    named = {
        page: [
            key
            for span in code(page)
            for key in re.findall(r"(?<![\w./\\-])[a-z]+\.[a-z_]+(?![\w./(-])", span)
            if key.split(".")[0] in groups and not key.endswith((".py", ".md", ".html", ".js"))
        ]
        for page in DOCUMENTS
    }
    assert len(of_all(named)) > 20
    assert [place for place in of_all(named) if place.split(": ", 1)[1] not in FIELDS] == []


def subcommands(of: argparse.ArgumentParser) -> Dict[str, argparse.ArgumentParser]:
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def options(of: argparse.ArgumentParser) -> Dict[str, bool]:
    """The names of its options, and whether a value follows."""
    return {name: action.nargs != 0 for action in of._actions for name in action.option_strings}


GRAMMAR = parser.whole_grammar()
COMMANDS = subcommands(GRAMMAR)


def commands_in(page: Path) -> Iterator[Tuple[str, List[str]]]:
    """Every command as it stands, and its words after the program's name."""
    for line in code(page):
        span = re.split(r" {2,}", line.strip())[0]  # what follows is what it does
        called = re.match(rf"(?:\$ )?(?:\S*[/\\=])?{PROGRAM}((?: +\S+)*)", " ".join(span.split()))
        words = called.group(1).split() if called else span.split()
        if called or (words and words[0] in COMMANDS):
            yield span, words


def what_is_wrong(words: List[str]) -> str:
    """What the program would not understand of these words; "" where it would all of them."""
    known, actions, open_choice, value_follows = options(GRAMMAR), COMMANDS, True, False
    for word in words:
        if value_follows:
            value_follows = False
        elif word in ("|", ">", "&&", "#") or word.startswith(("…", "(")):
            break
        elif word.startswith(("--", "[--")):
            name = word.lstrip("[").split("=")[0].rstrip("],.;")
            if name not in (*known, *NOT_OF_THE_PARSER):
                return name
            value_follows = known.get(name, False)
        elif open_choice and actions and re.fullmatch(r"[a-z][a-z-]*,?", word):
            chosen = actions.get(word.rstrip(","))
            if chosen is None:
                return word
            known, actions = {**known, **options(chosen)}, subcommands(chosen)
        else:
            open_choice = False
    return ""


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.stem)
def test_the_commands_and_options_that_a_document_shows_exist(page: Path) -> None:
    wrong = [
        f"{what_is_wrong(words)} in: {span}"
        for span, words in commands_in(page)
        if what_is_wrong(words)
    ]
    assert wrong == []


def test_a_command_that_is_none_is_seen() -> None:
    assert what_is_wrong("queue list --state failed".split()) == ""
    assert what_is_wrong("queue shuffle".split()) == "shuffle"
    assert what_is_wrong("folders list --secret".split()) == "--secret"
    assert what_is_wrong(["frobnicate"]) == "frobnicate"


def test_every_command_stands_in_the_document_of_the_command_line() -> None:
    text = (ROOT / "docs" / "commandline.md").read_text("utf-8")
    for name, command in COMMANDS.items():
        assert f"`{name}" in text
        for action in subcommands(command):
            assert re.search(rf"`(?:{name} )?{action}\b", text) or re.search(
                rf"`{name} [^`]*\b{action}\b", text
            ), f"{name} {action}"


def test_every_option_stands_in_the_document_of_the_command_line() -> None:
    text = (ROOT / "docs" / "commandline.md").read_text("utf-8")
    every = [GRAMMAR, *COMMANDS.values()]
    every += [action for command in COMMANDS.values() for action in subcommands(command).values()]
    names = {name for parser in every for name in options(parser) if name.startswith("--")}
    assert sorted(name for name in names if not re.search(rf"{name}\b", text)) == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.stem)
def test_the_files_that_a_document_links_to_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_scripts_that_documents_name_exist() -> None:
    named = {
        page: re.findall(r"(?<![\w/.])scripts[/\\][\w.]+\w", page.read_text("utf-8"))
        for page in DOCUMENTS
    }
    assert len(of_all(named)) > 10
    assert [
        place
        for place in of_all(named)
        if not (ROOT / place.split(": ", 1)[1].replace("\\", "/")).exists()
    ] == []
