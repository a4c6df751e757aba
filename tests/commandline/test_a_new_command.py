"""A command is one module and one line: a made-up one is in the help, read, run, misspelt, and done at work.

What a command may look like is held for those that there are: typed options, and nothing of argparse in them.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import sys
import typing
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

import commandline
import main
from app.instance_lock import only_instance
from app.local_control import ControlListener
from app.program import Program
from commandline.command import Action
from commandline.commands import COMMANDS, load
from commandline.exit_codes import DONE, FAILED, USAGE
from commandline.remote_call import handlers

ROOT = Path(commandline.__file__).resolve().parent
# The one file that somebody would write.
GREET = '''
"""``greet NAME…``: says hello; made up by a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from app.program import Program
from commandline.command import single
from commandline.numbers import count
from commandline.options import arguments, option, repeated, switch
from commandline.output import Output
from commandline.remote_call import run_here_or_there
from core.errors import UsageError


@dataclass(frozen=True)
class GreetOptions:
    names: Tuple[str, ...] = arguments("NAME", help="who is greeted")
    times: int = option("--times", default=1, kind=count, metavar="N", help="so often")
    manner: Optional[str] = option("--manner", default=None, choices=("polite", "rude"))
    also: Tuple[str, ...] = repeated("--also", default=(), metavar="NAME")
    aloud: bool = switch("--aloud", help="in capitals")


def run(program: Program, options: GreetOptions, output: Output) -> int:
    if options.manner == "rude":
        raise UsageError("Nobody is greeted so.")
    return run_here_or_there(
        program, "greet", options, output, lambda: greet("here", options, output)
    )


def at_work(program: Program, options: GreetOptions, output: Output) -> int:
    return greet(f"at work in {program.data_dir.name}", options, output)


def greet(place: str, options: GreetOptions, output: Output) -> int:
    text = f"Hello {', '.join((*options.names, *options.also))} {place}. " * options.times
    output.record("greeting", names=options.names, also=options.also)
    output.text((text.upper() if options.aloud else text).strip())
    return int("nobody" in options.names)


COMMAND = single(Program, GreetOptions, run, at_work)
'''


@pytest.fixture
def greet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is there: its file beside the others, its line in the list."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "greet.py").write_text(GREET, "utf-8")
    monkeypatch.setattr(commandline, "__path__", [*commandline.__path__, str(folder)])
    monkeypatch.setitem(COMMANDS, "greet", "say hello")
    monkeypatch.delitem(sys.modules, "commandline.greet", raising=False)


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Types a line and returns its exit code, output and errors."""

    def typed(*words: str) -> Tuple[int, str, str]:
        try:
            code = main.main(["--data-dir", str(tmp_path / "data"), *words])
        except SystemExit as ended:  # --help
            code = int(ended.code or 0)
        return (code, *capsys.readouterr())

    return typed


def test_it_stands_in_the_help_and_has_one_of_its_own(greet: None, call: Any) -> None:
    _code, everything, _errors = call("--help")
    assert [line.split() for line in everything.splitlines() if " greet " in line] == [
        ["greet", "say", "hello"]
    ]
    code, own, _errors = call("greet", "--help")
    assert code == 0
    assert "Say hello." in own
    assert "Exit code: 0 done" in own
    assert "--times N" in own
    assert "NAME [NAME ...]" in own
    assert "--json" in own


def test_it_is_run_with_its_options_typed(greet: None, call: Any) -> None:
    words = ("greet", "Ann", "Bob", "--times", "2", "--also", "Cid", "--also", "Dan", "--aloud")
    told = "HELLO ANN, BOB, CID, DAN HERE. HELLO ANN, BOB, CID, DAN HERE.\n"
    assert call(*words) == (DONE, told, "")
    assert call("greet", "nobody") == (FAILED, "Hello nobody here.\n", "")
    assert call("greet", "Ann", "--json") == (
        DONE,
        '{"type": "greeting", "names": ["Ann"], "also": []}\n',
        "",
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("gret Ann", "Argument COMMAND: there is no 'gret'. Did you mean greet?"),
        ("greet", "The following arguments are required: NAME."),
        ("greet Ann --times few", "Argument --times: 'few' is no whole number."),
        ("greet Ann --manner polit", "there is no 'polit'. Did you mean polite?"),
        ("greet Ann --tims 2", "Unrecognized arguments: --tims 2."),
        ("greet Ann --manner rude", "Nobody is greeted so."),
    ],
)
def test_what_is_wrong_is_one_sentence_and_code_2(
    greet: None, call: Any, words: str, sentence: str
) -> None:
    code, shown, errors = call(*words.split())
    assert (code, shown) == (USAGE, "")
    assert sentence in errors
    assert errors.count("\n") == 1


def test_a_program_at_work_does_it_for_a_later_start(
    greet: None, call: Any, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with Program(data) as program, only_instance(data), ControlListener(data, handlers(program)):
        assert call("greet", "Ann", "--also", "Bob") == (
            DONE,
            "Hello Ann, Bob at work in data.\n",
            "",
        )
        assert call("greet", "nobody")[0] == FAILED


def test_a_program_at_work_of_another_version_is_answered_with_a_sentence(
    greet: None, call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with Program(data) as program:
        answer = handlers(program)["command"]
        for asked in (
            {"command": "no such", "words": {}},
            {"command": "greet", "words": {"surname": "Smith"}},
            {"command": "greet loudly", "words": {"names": ["Ann"]}},
            {"command": "analyze", "words": {"files": ["a.mkv"]}},  # which is done by who asks
            {"command": "queue", "words": {}},
            {},
        ):
            told = answer(asked)
            assert told["code"] == FAILED
            assert "is of another version" in told["errors"], asked
            assert told["errors"].count("\n") == 1


def actions() -> Iterator[Tuple[str, Action[Any]]]:
    for name in COMMANDS:
        for action in load(name).actions:
            yield f"{name} {action.name}".strip(), action


def test_every_command_has_typed_options() -> None:
    for name, action in actions():
        assert dataclasses.is_dataclass(action.options), name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(action.options.__new__(action.options), "any", 1)  # noqa: B010
        hints = typing.get_type_hints(action.options)
        assert argparse.Namespace not in hints.values(), name


READS_THE_LINE = {"parser.py", "options.py", "numbers.py"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.py")), ids=lambda path: path.name)
def test_only_what_reads_the_line_knows_argparse(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert ("argparse" in imported) <= (path.name in READS_THE_LINE)
    by_text = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("getattr", "setattr", "vars")
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == "options"
    ]
    assert by_text == [], "an option is asked for by its name as text, where a typo is not seen"
