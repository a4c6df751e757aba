"""How a setting is declared: its default, words, limits and scopes, once and at one place."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import Any, FrozenSet, Optional


class Scope(str, Enum):
    """What a setting is part of besides the program's own configuration."""

    OFFERED = "offered"  # sent with a film to the machine that processes it
    PER_FOLDER = "per folder"  # a watched folder may have its own value
    SIGNED = "signed"  # part of a plan's signature, where it is not the default


FILM = frozenset({Scope.OFFERED, Scope.PER_FOLDER})  # of what decides about a film's result
RULES = FILM | {Scope.SIGNED}  # of what the rules read
# Of what makes the templates, which are offered and signed themselves.
CHOICE = frozenset({Scope.PER_FOLDER})
OFFERED = frozenset({Scope.OFFERED})  # of how a result is made, on whichever machine


def group(default: Any, *scopes: Scope) -> Any:
    """Declare a group of settings, with the scopes of those in it that declare none."""
    return field(default=default, metadata={"scopes": frozenset(scopes)})


def setting(
    default: Any,
    label: str,
    help_text: str,
    *,
    unit: str = "",
    minimum: Optional[float] = None,
    maximum: Optional[float] = None,
    multiline: bool = False,
    check: str = "",
    optional: bool = False,
    scopes: Optional[FrozenSet[Scope]] = None,
) -> Any:
    """Declare one setting.

    The kind of value follows from ``default``: bool, int, float, str, Enum or a tuple of str.
    ``check`` names a further test in ``config`` (``folder``, ``program``, ``languages``, ``template``,
    ``templates`` (a chain of them), ``quality target``, ``schedule``, ``hours`` (alike), ``path mappings``,
    ``encoder paths``);
    an ``optional`` text may also be empty. ``scopes`` are those of its group where they are not given.
    """
    return field(
        default=default,
        metadata={
            "label": label,
            "help": help_text,
            "unit": unit,
            "minimum": minimum,
            "maximum": maximum,
            "multiline": multiline,
            "check": check,
            "optional": optional,
            "scopes": scopes,
        },
    )
