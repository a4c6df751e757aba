"""Numbers of the command line; argparse.ArgumentTypeError says in a few words what is wrong with one."""

from __future__ import annotations

import argparse
import re

from core.settings.quality_target import target_of

_LONGEST_PAUSE = 366.0 * 24 * 60  # minutes


def whole(text: str) -> int:
    """A whole number that the database can hold."""
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise argparse.ArgumentTypeError(f"{text} is out of range")
    return int(text)


def count(text: str) -> int:
    """A whole number from 0 on."""
    number = whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return number


def seconds(text: str) -> float:
    """How long is waited; 0 is not at all."""
    try:
        length = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not 0 <= length <= _LONGEST_PAUSE * 60:
        raise argparse.ArgumentTypeError(
            f"{text} is not between 0 and {_LONGEST_PAUSE * 60:.0f} seconds"
        )
    return length


def minutes(text: str) -> float:
    """The length of a pause."""
    try:
        length = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes") from None
    if not 0 < length <= _LONGEST_PAUSE:
        raise argparse.ArgumentTypeError(
            f"{text} is not between 0 and {_LONGEST_PAUSE:.0f} minutes"
        )
    return length


def quality_target(text: str) -> str:
    """A quality in words or as a number, as the setting ``video.target`` takes it."""
    try:
        found = target_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None
    if found is None:
        raise argparse.ArgumentTypeError("a search needs a quality to aim at")
    return text
