"""Every sentence of a plan, a refusal and an error is shown in Dutch and Turkish."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Type

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.damage import Damage, Place
from core.errors import FilmDamaged, MediaProcessorError
from core.media.model import (
    MediaFile,
)
from core.media.native_language import decide, file_answers
from core.planning.planner import build_plan
from core.queue.outcome import beside_film, end_of_error, sentence_of
from core.queue.retry import retry_of
from core.settings.fields import FIELDS
from core.settings.tree import Settings
from core.settings.watched_folder import WatchedFolder
from core.text.sentence import Sentence
from core.tools import Toolset
from metadata.transport import HttpResponse
from tests.core import made_media as made
from tests.language_campaign import judged, table
from tests.told_plans import (
    TOOLSETS,
    errors_texts,
    expect_all_told,
    plans_of,
    strange_films,
    texts_of,
)
from tests.told_sentences import Told

ROOT = Path(__file__).resolve().parent.parent
_NOT_OURS = ("tests", "benchmarks", "scripts", "findings", ".venv")
_ENGLISH_ALONE = ("commandline",)  # these words are never in the window


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


def test_the_plans_of_strange_films_are_told_in_dutch_and_turkish_with_no_english_word_left() -> (
    None
):
    short, problems = judged(
        text
        for film in strange_films()
        for plan in plans_of(film, every=False)
        for text in texts_of(plan)
    )
    lines, left = table(short)
    assert not problems
    assert left == 0, lines
    assert len(short.seen) > 115
    told = [Sentence("A sentence that nobody has translated."), Sentence("This file has no video.")]
    untold, problems = judged(iter(told))
    assert problems
    assert table(untold)[1] > 0


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(made.films(), made.any_settings(), st.sampled_from(TOOLSETS))
def test_the_plan_of_any_film_is_told_in_dutch_and_turkish(
    told: Told, film: MediaFile, rules: Settings, toolset: Toolset
) -> None:
    native = decide(file_answers(film))
    expect_all_told(told, texts_of(build_plan(film, native, rules, toolset)))


# ---- errors


def modules() -> Iterator[Path]:
    """The modules of the product."""
    for path in sorted(ROOT.rglob("*.py")):
        top = path.relative_to(ROOT).parts[0]
        if top not in _NOT_OURS and not top.startswith("."):
            yield path


def error_classes() -> List[Type[MediaProcessorError]]:
    """The whole tree of errors, once every module that adds to it is there."""
    for name in ("app", "cluster", "metadata", "mediainfo", "monitoring", "processing", "store"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "windows" not in module.name and not module.name.endswith("child"):
                importlib.import_module(module.name)
    found: List[Type[MediaProcessorError]] = [MediaProcessorError]
    for kind in found:
        found.extend(each for each in kind.__subclasses__() if each not in found)
    return [kind for kind in found if not kind.__module__.startswith(("tests", "commandline"))]


_VALUES: Dict[str, Any] = {
    "damage": Damage((Place(1.0, 3.0), Place(60.0, 61.5))),
    "reasons": [Sentence("This file has no video.")],
    "returncode": 1,
    "tail": ("Conversion failed!",),
    "seconds": 90.0,
    **dict.fromkeys(("needed", "free", "links", "source_size", "result_size"), 5_000_000),
    "number": 3,
    "chunk": 3,
    "answer": HttpResponse(503, None, "text/html"),
    "folder": WatchedFolder(Path("/films")),
    "track": made.sound(),
}
_SENTENCES = ("message", "problem", "hint", "sentence", "way_on", "check")


def made_error(kind: Type[MediaProcessorError]) -> MediaProcessorError:
    """An error of this class with a value for each of its fields."""
    values: List[Any] = []
    if "__init__" not in {name for base in kind.__mro__[:-3] for name in vars(base)}:
        return kind(Sentence("This file has no video."))
    for name, parameter in list(inspect.signature(kind.__init__).parameters.items())[1:]:
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD,):
            continue
        if name in _SENTENCES:
            values.append(Sentence("This file has no video."))
        else:
            values.append(_VALUES.get(name, name))
    return kind(*values)


def test_every_error_is_told_in_dutch_and_turkish(told: Told) -> None:
    kinds = error_classes()
    assert FilmDamaged in kinds
    assert len(kinds) > 40
    for kind in kinds:
        expect_all_told(told, errors_texts(made_error(kind)))
    expect_all_told(told, [sentence_of(ZeroDivisionError("any"))])


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_what_a_job_shows_of_an_error_begins_with_the_reason_not_with_a_path(
    kind: Type[MediaProcessorError], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("path", "film", "folder", "now"):
        if name != "folder" or kind.__module__ == "core.errors":
            monkeypatch.setitem(_VALUES, name, Path("/films/Film.mkv"))
    error = made_error(kind)
    shown = [beside_film(error), end_of_error(error).message]
    shown += [retry_of(error, failures=number, delays=0, changes=3).reason for number in (0, 1)]
    for text in shown:
        assert text
        assert not text.startswith((str(Path("/films")), "this")), text


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_a_wrong_setting_is_told_in_dutch_and_turkish(told: Told, key: str) -> None:
    for wrong in ("", "\0", "nonsense ${x", "-1e99", "a\nb", "/rel/..=>,"):
        try:
            FIELDS[key].parse(wrong)
        except MediaProcessorError as error:
            expect_all_told(told, [str(error)])


# ---- the source


def error_names() -> Set[str]:
    return {kind.__name__ for kind in error_classes()} | {"Reason", "PauseReason", "ServiceNotice"}


def plain_texts(call: ast.Call) -> Iterator[ast.expr]:
    """Each argument that is English text and no sentence."""
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        for node in _values(argument):
            if isinstance(node, ast.JoinedStr) or (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and " " in node.value.strip()
            ):
                yield node


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression can come to, as far as it says so itself."""
    if isinstance(node, ast.IfExp):
        yield from (*_values(node.body), *_values(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _values(value)
    elif isinstance(node, ast.BinOp):
        yield from (*_values(node.left), *_values(node.right))
    elif isinstance(node, (ast.List, ast.Tuple)):
        for value in node.elts:
            yield from _values(value)
    else:
        yield node


def name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def made_in(tree: ast.AST, names: Set[str]) -> Iterator[ast.Call]:
    """Each error or reason that a module makes, and each that its classes pass on to their base."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in names:
            yield node
        if isinstance(node, ast.ClassDef) and node.name in names:
            yield from (
                call
                for call in ast.walk(node)
                if isinstance(call, ast.Call)
                and name_of(call) == "__init__"
                and isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Call)
            )


# Data, not words: a picture's size, a program with its version.
_DATA = {"Reason"}


def test_no_error_and_no_reason_is_made_of_plain_text() -> None:
    names, found = error_names(), []
    for path in modules():
        name = path.relative_to(ROOT).as_posix()
        if name.split("/")[0] in _ENGLISH_ALONE:
            continue
        for call in made_in(ast.parse(path.read_text("utf-8")), names):
            plain = list(plain_texts(call))
            if name_of(call) in _DATA:
                plain = [node for node in plain if node is not _matched(call)]
            found += [f"{name}:{node.lineno}" for node in plain]
    assert not found


def _matched(call: ast.Call) -> object:
    return call.args[2] if len(call.args) > 2 else None


@pytest.mark.parametrize(
    "source",
    [
        'raise ProbeError(path, f"{path} is broken.")',
        'raise ProbeError(path, "it is broken.")',
        'raise ToolNotFound("ffmpeg", "It is " + "not there." if away else hint)',
        'yield Reason("a.b", "It stays.")',
        'class Broken(ProbeError):\n    def __init__(self):\n        super().__init__("It is broken.")',
    ],
)
def test_plain_text_in_an_error_is_found(source: str) -> None:
    calls = list(made_in(ast.parse(source), {"ProbeError", "ToolNotFound", "Reason", "Broken"}))
    assert [node for call in calls for node in plain_texts(call)]


def test_english_in_a_field_is_found(told: Told) -> None:
    plain = Sentence("{path}: {problem}", path="/a.mkv", problem="it is not there.")
    assert any("problem" in problem for problem in told.problems(plain))
    assert told.problems("Plain text.")
    assert told.problems(Sentence("A sentence that nobody has translated."))
    assert not told.problems(Sentence("This file has no video."))
