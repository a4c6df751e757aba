"""Collects the window's texts, keeps the translations up to date and compiles them.

``python scripts/texts.py`` rewrites ``assets/locale/mediaprocessor.pot`` and, for each language there, adds
new texts to its ``.po`` (still untranslated), drops those that are gone and compiles the ``.mo``.
``--check`` changes nothing and ends with 1 where a run would.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

import polib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # our statistics.py before the standard library's

from core.encoders.templates import placeholders  # noqa: E402
from core.protocol.node_commands import NodeCommand  # noqa: E402
from core.settings.fields import FIELDS  # noqa: E402
from core.steps import STEP_TITLES  # noqa: E402
from views.texts import DOMAIN  # noqa: E402

LOCALE = ROOT / "assets" / "locale"
LANGUAGES = ("nl", "tr")
# The plural rules of GNU gettext's manual.
PLURALS = {"nl": "nplurals=2; plural=(n != 1);", "tr": "nplurals=2; plural=(n > 1);"}
MARKS = {
    "_": 1,
    "N_": 1,
    "ngettext": 2,
    "Sentence": 1,
    "counted_sentence": 2,
}  # texts that each takes
CONTEXT_MARKS = ("pgettext", "NC_")  # take a context and a text
# Modules that make sentences; those of the command line alone stay English.
_SAYING = (
    "app",
    "cluster",
    "core",
    "mediainfo",
    "metadata",
    "monitoring",
    "phone",
    "processing",
    "reports",
    "scheduling",
    "sharing",
    "store",
    "tools",
)


_ELSEWHERE = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


class Text(NamedTuple):
    """One text of the source, or two where a number decides."""

    singular: str
    plural: str = ""
    context: str = ""  # which meaning of an English word it is


def sources() -> List[Path]:
    """The modules of the window: each of their texts is read by its user."""
    return sorted([ROOT / "ui.py", *_modules("views", "window")])


def speaking() -> List[Path]:
    """The modules that make sentences which the window shows."""
    return sorted(
        [*(path for path in ROOT.glob("*.py") if path.name != "ui.py"), *_modules(*_SAYING)]
    )


def _modules(*folders: str) -> Iterator[Path]:
    return (path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def texts_of(tree: ast.AST) -> Iterator[Text]:
    """Every marked text of a module; raises ValueError where one is not a plain literal."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in CONTEXT_MARKS:
            if not any(isinstance(word, ast.Name) for word in node.args):  # pgettext itself
                context, text = (_required(_literal(word), node.lineno) for word in node.args)
                yield Text(text, context=context)
            continue
        wanted = MARKS.get(node.func.id)
        if wanted is None:
            continue
        words = [_literal(argument) for argument in node.args[:wanted]]
        if wanted == 1 and words == [None] and isinstance(node.args[0], _ELSEWHERE):
            continue  # a text that was marked with N_, or a setting's
        yield Text(*[_required(word, node.lineno) for word in words])


def _literal(node: ast.AST) -> Optional[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _required(word: Optional[str], line: int) -> str:
    if not word:
        raise ValueError(
            f"line {line}: a text must be one plain literal, put values in with format()"
        )
    return word


def collect() -> Dict[Text, str]:
    """Every text with the module that it was first found in."""
    texts: Dict[Text, str] = {}
    for path in [*sources(), *speaking()]:
        name = path.relative_to(ROOT).as_posix()
        try:
            for text in texts_of(ast.parse(path.read_text("utf-8"))):
                texts.setdefault(text, name)
        except ValueError as error:
            raise SystemExit(f"{name}, {error}") from error
    for word, name in _elsewhere():
        if word:
            texts.setdefault(Text(word), name)
    return texts


def _elsewhere() -> Iterator[Tuple[str, str]]:
    """The texts of tables that the core knows no marks in, each with its module."""
    for field in FIELDS.values():
        for text in (field.label, field.help, field.unit):
            yield text, "core/settings/tree.py"
    for placeholder in placeholders():
        yield placeholder.meaning, "core/encoders/family.py"
    for text in STEP_TITLES.values():
        yield text, "core/steps.py"
    for command in NodeCommand:
        yield command.button, "core/protocol/node_commands.py"
        yield command.done, "core/protocol/node_commands.py"


def updated(
    catalogue: Optional[polib.POFile], texts: Dict[Text, str], language: str
) -> polib.POFile:
    """A catalogue of exactly these texts, with what ``catalogue`` knows of them."""
    known = {
        (entry.msgctxt or "", entry.msgid): entry for entry in catalogue or () if not entry.obsolete
    }
    result = polib.POFile(wrapwidth=100)
    result.metadata = {
        "Project-Id-Version": "MediaProcessor",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if language:
        result.metadata.update({"Language": language, "Plural-Forms": PLURALS[language]})
    for text, module in sorted(texts.items(), key=lambda item: (item[1], item[0])):
        old = known.get((text.context, text.singular))
        entry = polib.POEntry(
            msgid=text.singular, msgctxt=text.context or None, occurrences=[(module, "")]
        )
        if text.plural:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = dict(old.msgstr_plural) if old else {0: "", 1: ""}
        elif old:
            entry.msgstr = old.msgstr
        result.append(entry)
    return result


def catalogue_file(language: str) -> Path:
    """Where a language's translations stand."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def write(path: Path, content: bytes, *, check: bool) -> bool:
    """Write what differs; whether it did."""
    if path.is_file() and path.read_bytes() == content:
        return False
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(path.relative_to(ROOT))
    return True


def main() -> int:
    """Bring all catalogues up to date, or say which are not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 where one is old")
    check = parser.parse_args().check
    texts = collect()
    template = str(updated(None, texts, ""))
    old = write(LOCALE / f"{DOMAIN}.pot", template.encode("utf-8"), check=check)
    for language in LANGUAGES:
        path = catalogue_file(language)
        known = polib.pofile(str(path)) if path.is_file() else None
        catalogue = updated(known, texts, language)
        old |= write(path, str(catalogue).encode("utf-8"), check=check)
        old |= write(path.with_suffix(".mo"), catalogue.to_binary(), check=check)
        missing = len(catalogue.untranslated_entries())
        print(f"{language}: {len(texts) - missing} of {len(texts)} texts", file=sys.stderr)
    return 1 if check and old else 0


if __name__ == "__main__":
    sys.exit(main())
