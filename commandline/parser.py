"""Reads the command line. What can be asked of a command stands in its module, which is loaded for that."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, List, NoReturn, Optional, Sequence, Tuple

from commandline.at_once import without_place
from commandline.command import Action
from commandline.commands import COMMANDS, OPEN, actions_of
from commandline.options import add_options, options_from
from commandline.start_options import CommonOptions, StartOptions
from core.errors import UsageError
from core.version import VERSION

_EXIT_CODES = (
    "Exit code: 0 done, 1 something was not done, 2 the command line or a setting is wrong."
)
_ACTION = "row"  # under which the chosen action's row is kept


@dataclass(frozen=True)
class Call:
    """What the command line asks for: a command ("" for none) with one of its actions and its options."""

    common: CommonOptions
    start: StartOptions
    command: str = ""
    action: Optional[Action[Any]] = None
    options: object = None


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence instead of printing its usage."""

    def error(self, message: str) -> NoReturn:
        end = "" if message.endswith("?") else "."
        raise UsageError(f"{message[:1].upper()}{message[1:]}{end} See {self.prog} --help.")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Name the choice that was meant, where one is near; argparse lists them all."""
        choices = [str(choice) for choice in action.choices or ()]
        if choices and value not in choices:
            import difflib  # where a word is wrong alone

            meant = difflib.get_close_matches(str(value), choices, 1)
            if meant:
                raise argparse.ArgumentError(
                    action, f"there is no {value!r}. Did you mean {meant[0]}?"
                )
        super()._check_value(action, value)


class _CommandParser(_Parser):
    """Loads its command when it has words to read; of its actions only the one that is ``asked`` for."""

    def __init__(self, *, command: str, asked: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._command = command
        self._asked = asked
        self._complete = False

    def parse_known_args(self, *words: Any, **more: Any) -> Any:
        """Read these words of the command line."""
        self.complete()
        return super().parse_known_args(*words, **more)

    def complete(self) -> None:
        """Know the command's options and actions from now on."""
        if self._complete:
            return
        self._complete = True
        rows = actions_of(self._command, self._asked)
        if [row.name for row in rows] == [""]:
            _let_read(self, rows[0])
            return
        actions = self.add_subparsers(
            dest="action",
            metavar="ACTION",
            required=True,
            parser_class=_Parser,
            prog=self.prog,  # argparse would format its usage to find that out
        )
        for row in rows:
            added = actions.add_parser(
                row.name, help=row.help, parents=[_common()], allow_abbrev=False
            )
            _let_read(added, row)


def parse(argv: Optional[Sequence[str]]) -> Call:
    """Read the arguments (those of the process when None).

    Raises UsageError when they make no sense, SystemExit(0) after ``--help`` and ``--version``.
    """
    words = _with_open(sys.argv[1:] if argv is None else argv)
    rest = without_place(words)[0]
    if all(word.startswith("-") for word in rest) and not {"-h", "--help"} & set(rest):
        grammar = _start_grammar()  # the window's start: argparse takes its time for each command
    else:
        grammar = _grammar(*rest[:2])[0]
    parsed = grammar.parse_args(words)
    common = options_from(CommonOptions, parsed)
    start = options_from(StartOptions, parsed)
    if getattr(parsed, "command", None) is None:
        return Call(common, start)
    row: Action[Any] = getattr(parsed, _ACTION)
    return Call(common, start, parsed.command, row, options_from(row.options, parsed))


def whole_grammar() -> argparse.ArgumentParser:
    """The grammar with every command loaded; for who looks through all of it."""
    parser, commands = _grammar()
    for command in commands:
        command.complete()
    return parser


def _with_open(words: Sequence[str]) -> List[str]:
    """Name the command that films dropped on the program leave out."""
    value_follows = False
    for number, word in enumerate(words):
        if value_follows or word.startswith("-"):
            value_follows = word == "--data-dir"
        elif {"/", os.sep, "."} & set(word):  # no command's name holds one, a film's does
            return [*words[:number], OPEN, *words[number:]]
        else:
            break
    return list(words)


def _grammar(asked: str = "", action: str = "") -> Tuple[_Parser, List[_CommandParser]]:
    """The parser of the program, and that of each command: of the one that is ``asked`` for, where it is one.

    Argparse takes its time for each command and action.
    """
    parser = _start_grammar(options=asked not in COMMANDS)  # which stand in place of a command
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=_CommandParser, prog=parser.prog
    )
    every = [
        commands.add_parser(
            name,
            command=name,
            asked=action,
            help=help_text,
            description=help_text[:1].upper() + help_text[1:] + ".",
            epilog=_EXIT_CODES,
            parents=[_common()],
            allow_abbrev=False,
        )
        for name, help_text in COMMANDS.items()
        if name == asked or asked not in COMMANDS
    ]
    return parser, every


def _start_grammar(*, options: bool = True) -> _Parser:
    """The parser of a start without a command; ``options``: with those of the start."""
    parser = _Parser(
        prog="MediaProcessor",
        description="Makes films smaller and tidier. Without a command the window opens.",
        epilog=_EXIT_CODES,
        parents=[_common()],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"MediaProcessor {VERSION}")
    if options:
        add_options(parser, StartOptions)
    return parser


@lru_cache(maxsize=None)
def _common() -> Any:
    """A parser with the options that may stand before and after a command's name."""
    common = _Parser(add_help=False)
    add_options(common, CommonOptions)
    return common


def _let_read(parser: argparse.ArgumentParser, row: Action[Any]) -> None:
    add_options(parser, row.options)
    parser.set_defaults(**{_ACTION: row})
