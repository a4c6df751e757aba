"""``--headless --role …``: what a machine without a window is among others, and its pairing at the start."""

from __future__ import annotations

import argparse
from typing import Dict

from app.program import Parts
from cluster.addresses import parse_place, shown_place
from commandline.output import Output
from core.errors import PeerError, UsageError


def demand_place(text: str) -> None:
    """Raise UsageError where this cannot be a machine's address."""
    try:
        parse_place(text, 1)
    except PeerError as error:
        raise UsageError(str(error)) from error


def take(parts: Parts, arguments: argparse.Namespace, output: Output) -> None:
    """Keep the part that was asked for, as the settings do; with a code, together with the pairing.

    Raises UsageError, ConfigError, and PeerError where the pairing fails: all is then as it was.
    """
    network = parts.config.settings.network
    changes: Dict[str, str] = {}
    if arguments.role:
        changes["network.mode"] = arguments.role
    if arguments.at:
        demand_place(arguments.at)
        changes["network.master"] = shown_place(*parse_place(arguments.at, network.port))
    place = changes.get("network.master", network.master)
    if arguments.pair and not place:
        raise UsageError("--pair needs the master's address: --master HOST.")
    if arguments.pair and not _paired(parts, place, output):
        name = parts.network.pair(
            place, arguments.pair, lambda write: parts.config.change(changes, along=write)
        )
        output.notice(f"This machine is paired with {name} and works for it.")
    elif changes:
        parts.config.change(changes)


def _paired(parts: Parts, place: str, output: Output) -> bool:
    """Whether the two are paired already, so that the code is not needed."""
    there = shown_place(*parse_place(place, parts.config.settings.network.port))
    if there not in {master.address for master in parts.network.masters()}:
        return False
    output.notice(f"This machine is paired with {there} already; the code is not used.")
    return True
