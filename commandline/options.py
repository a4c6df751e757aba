"""How a command declares its options: as the fields of a frozen dataclass.

Each field says with ``argument``, ``arguments``, ``option``, ``repeated``, ``switch`` or ``on_off`` how it is
written on the command line; a field that says nothing is filled in by the command itself::

    @dataclass(frozen=True)
    class LogOptions:
        job: Optional[int] = option("--job", default=None, kind=count, metavar="N", help="its log alone")

Fields without a default come first, as in any dataclass.
"""

from __future__ import annotations

import argparse
from dataclasses import MISSING, dataclass, field, fields
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

Options = TypeVar("Options")
Value = TypeVar("Value")
Default = TypeVar("Default")

_DECLARED = "commandline"  # the key of a field's declaration
_PREFIX = "option "  # keeps the fields of a command apart from what else argparse keeps


@dataclass(frozen=True)
class _Words:
    """What argparse is told of a field: its flags (none: its place counts) and the rest."""

    flags: Tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class _Declaration:
    """The words of one field; ``one_of`` names the group of which exactly one has to be given."""

    words: Tuple[_Words, ...]
    several: bool = False
    one_of: str = ""


@overload
def argument(
    metavar: str, *, help: str = "", choices: Sequence[str] = ..., optional: bool = False
) -> str: ...
@overload
def argument(metavar: str, *, kind: Callable[[str], Value], help: str = "") -> Value: ...
def argument(
    metavar: str,
    *,
    kind: Optional[Callable[[str], Any]] = None,
    help: str = "",  # noqa: A002 - as argparse calls it
    choices: Sequence[str] = (),
    optional: bool = False,
) -> Any:
    """A word that is known by its place; "" where it is ``optional`` and left out."""
    words = _Words((), _settings(metavar, help, kind, choices, nargs="?" if optional else None))
    return _field(_Declaration((words,)), "" if optional else MISSING)


@overload
def arguments(metavar: str, *, help: str = "", needed: bool = True) -> Tuple[str, ...]: ...
@overload
def arguments(
    metavar: str, *, kind: Callable[[str], Value], help: str = "", needed: bool = True
) -> Tuple[Value, ...]: ...
def arguments(
    metavar: str,
    *,
    kind: Optional[Callable[[str], Any]] = None,
    help: str = "",  # noqa: A002
    needed: bool = True,
) -> Any:
    """All words that follow; at least one where they are ``needed``."""
    words = _Words((), _settings(metavar, help, kind, nargs="+" if needed else "*"))
    return _field(_Declaration((words,), several=True), MISSING if needed else ())


@overload
def option(
    flag: str,
    *,
    default: Default,
    metavar: Optional[str] = None,
    help: str = "",
    choices: Sequence[str] = ...,
    one_of: str = "",
) -> Union[str, Default]: ...
@overload
def option(
    flag: str,
    *,
    default: Default,
    kind: Callable[[str], Value],
    metavar: Optional[str] = None,
    help: str = "",
    one_of: str = "",
) -> Union[Value, Default]: ...
def option(
    flag: str,
    *,
    default: Any,
    kind: Optional[Callable[[str], Any]] = None,
    metavar: Optional[str] = None,
    help: str = "",  # noqa: A002
    choices: Sequence[str] = (),
    one_of: str = "",
) -> Any:
    """``--flag VALUE``. Of the options that name the same ``one_of``, exactly one has to be given."""
    words = _Words((flag,), _settings(metavar, help, kind, choices))
    return _field(_Declaration((words,), one_of=one_of), default)


def repeated(
    flag: str,
    *,
    default: Default,
    metavar: Optional[str] = None,
    help: str = "",  # noqa: A002
    choices: Sequence[str] = (),
) -> Union[Tuple[str, ...], Default]:
    """``--flag VALUE``, as often as one likes."""
    words = _Words((flag,), _settings(metavar, help, choices=choices, action="append"))
    declared: Union[Tuple[str, ...], Default]
    declared = _field(_Declaration((words,), several=True), default)
    return declared


def switch(flag: str, *, help: str) -> bool:  # noqa: A002
    """``--flag``, which is given or not."""
    words = _Words((flag,), {"action": "store_true", "help": help})
    declared: bool = _field(_Declaration((words,)), default=False)
    return declared


def on_off(on: str, off: str, *, help: str, help_off: str) -> Optional[bool]:  # noqa: A002
    """Two flags, one for each value; None where neither is given."""
    words = (
        _Words((on,), {"action": "store_true", "help": help}),
        _Words((off,), {"action": "store_false", "help": help_off}),
    )
    declared: Optional[bool] = _field(_Declaration(words), None)
    return declared


def _settings(
    metavar: Optional[str],
    help_text: str,
    kind: Optional[Callable[[str], Any]] = None,
    choices: Sequence[str] = (),
    **more: Optional[str],
) -> Dict[str, Any]:
    """What is told argparse, without what is not said: it has its own idea of None."""
    told = {
        "metavar": metavar,
        "help": help_text or None,
        "type": kind,
        "choices": tuple(choices) or None,
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


def _field(declaration: _Declaration, default: Any) -> Any:
    return field(default=default, metadata={_DECLARED: declaration})


def add_options(parser: argparse.ArgumentParser, options: Type[Any]) -> None:
    """Let the parser read the fields of such a dataclass."""
    groups: Dict[str, Any] = {}
    for name, declaration in _declarations(options):
        place: Any = parser
        if declaration.one_of:
            if declaration.one_of not in groups:
                groups[declaration.one_of] = parser.add_mutually_exclusive_group(required=True)
            place = groups[declaration.one_of]
        for words in declaration.words:
            # What is not given is left out of the answer, so that the dataclass has the only default.
            settings = dict(words.settings)
            if (
                settings.get("nargs") != "*"
            ):  # a default of its own would make argparse call it optional
                settings["default"] = argparse.SUPPRESS
            if words.flags:
                place.add_argument(*words.flags, dest=_PREFIX + name, **settings)
            else:
                place.add_argument(_PREFIX + name, **settings)


def options_from(options: Type[Options], parsed: argparse.Namespace) -> Options:
    """Make the dataclass of what a parser with these options has read."""
    words = {
        name[len(_PREFIX) :]: value
        for name, value in vars(parsed).items()
        if name.startswith(_PREFIX)
    }
    known = {declared.name for declared in fields(options)}  # type: ignore[arg-type]
    return options_of(options, {name: words[name] for name in words if name in known})


def options_of(options: Type[Options], words: Mapping[str, Any]) -> Options:
    """Make the dataclass of plain values, as they come through JSON; raises TypeError where none can be."""
    several = {name for name, declaration in _declarations(options) if declaration.several}
    return options(
        **{
            name: tuple(value) if name in several and value is not None else value
            for name, value in words.items()
        }
    )


def _declarations(options: Type[Any]) -> Iterator[Tuple[str, _Declaration]]:
    for declared in fields(options):
        declaration = declared.metadata.get(_DECLARED)
        if declaration is not None:
            yield declared.name, declaration
