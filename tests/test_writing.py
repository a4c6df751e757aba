"""How the code is written, as far as a program can tell (docs/writing.md)."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

import polib
import pytest

from scripts import texts as catalogues

ROOT = Path(__file__).resolve().parent.parent
# The folders of the program and what stands beside them; ``tests`` stands for its own modules.
LOOPS_HELD = (
    *("app", "benchmarks", "cluster", "commandline", "mediainfo", "metadata", "monitoring"),
    *("processing", "reports", "scheduling", "scripts", "sharing", "store", "tests", "tools"),
    *("views", "window"),
    *sorted(path.name for path in ROOT.glob("*.py")),
    *sorted(f"core/{path.parent.name}" for path in ROOT.glob("core/*/__init__.py")),
    *sorted(f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/__init__.py")),
)
SAYS_NOTHING = {"one"}  # names of loop variables
LONGEST_TEST_NAME = 100
# What is no sentence in one: commands, keys of settings, names of messages, menus of other programs.
_NOT_SAID = re.compile(
    r"`[^`]*`|\{\w+\}|\w+\.\w+|--?\w[\w-]*|settings set \S+|[A-Z]+_[A-Z]+|Settings[,>: ]+General|/\S+"
)
# English words that stand for another thing in these texts.
_OTHERWISE = (
    *("pair of folders", "log in", "mastering", "This job was removed"),
    *("Queue selected", "Queue all"),  # to queue
)


def modules(place: str) -> List[Path]:
    """The modules of a folder and those below it; of ``tests`` only its own."""
    path = ROOT / place
    if path.is_file():
        return [path]
    return sorted(path.glob("*.py") if place == "tests" else path.rglob("*.py"))


def loop_variables(tree: ast.AST) -> Iterator[ast.Name]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            for part in ast.walk(node.target):
                if isinstance(part, ast.Name):
                    yield part


@pytest.mark.parametrize("place", LOOPS_HELD)
def test_a_loop_variable_says_what_it_is(place: str) -> None:
    nameless = [
        f"{path.relative_to(ROOT)}:{variable.lineno}"
        for path in modules(place)
        for variable in loop_variables(ast.parse(path.read_text("utf-8")))
        if variable.id in SAYS_NOTHING
    ]
    assert nameless == []


def test_a_nameless_loop_variable_would_be_found() -> None:
    for name, loop in product(
        sorted(SAYS_NOTHING),
        (
            "for {0} in films: play({0})",
            "names = [{0}.name for {0} in films]",
            "pairs = {{key: {0} for key, {0} in films.items()}}",
        ),
    ):
        variables = loop_variables(ast.parse(loop.format(name)))
        assert name in {variable.id for variable in variables}, loop


def test_the_name_of_a_test_fits_on_a_line() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and len(node.name) > LONGEST_TEST_NAME
    ]
    assert too_long == []


def glossary() -> List[Tuple[str, str, str]]:
    """The rows of the table of words: English, Dutch, Turkish."""
    _head, _mark, table = (
        (ROOT / "docs" / "writing.md")
        .read_text("utf-8")
        .partition("| English | Nederlands | Türkçe |\n|---|---|---|\n")
    )
    rows = (line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines())
    return [(english, dutch, turkish) for english, dutch, turkish in rows]


def stems(words: str) -> List[str]:
    """What a translation has of a word whatever its ending: Turkish softens the last letter (kuyruğu)."""
    return [word[:-1] if len(word) > 4 else word for word in words.split(", ")]


@lru_cache(maxsize=None)
def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(catalogues.catalogue_file(language)))


def without_the_word(english: str, wanted: Sequence[str], language: str) -> List[str]:
    """The translations that say a thing by another word than the table's."""
    word = re.compile(rf"\b{english}s?\b", re.IGNORECASE)
    wrong = []
    for entry in catalogue(language):
        said = entry.msgid.replace("&", "")
        if not word.search(_NOT_SAID.sub(" ", said)) or any(other in said for other in _OTHERWISE):
            continue
        shown = " ".join((entry.msgstr, *entry.msgstr_plural.values())).replace("&", "")
        small = shown.replace("İ", "i").lower()
        if not any(stem in small for stem in wanted):
            wrong.append(f"{entry.msgid} | {shown}")
    return wrong


@pytest.mark.parametrize("row", glossary(), ids=lambda row: row[0])
def test_one_thing_has_one_name_in_every_language(row: Tuple[str, str, str]) -> None:
    english, *translations = row
    for words, language in zip(translations, ("nl", "tr")):
        assert without_the_word(english, stems(words), language) == []


def test_another_word_for_a_thing_would_be_found() -> None:
    assert len(glossary()) >= 30
    assert without_the_word("queue", ["a word of nobody"], "tr")
