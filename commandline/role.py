"""``--headless --role …``: what a machine without a window is among others, and its pairing at the start."""

from __future__ import annotations

import argparse
from typing import Dict

from cluster.places import parse_place, shown_place
from commandline.output import Output
from commandline.parts import Parts
from core.errors import PeerError, UsageError


def demand_place(text: str) -> None:
    """Raise UsageError where this cannot be a machine's address."""
    try:
        parse_place(text, 1)
    except PeerError as error:
        raise UsageError(str(error)) from error


def take(parts: Parts, arguments: argparse.Namespace) -> None:
    """Keep the part that was asked for, as the settings do; raises UsageError and ConfigError."""
    changes: Dict[str, str] = {}
    if arguments.role:
        changes["network.mode"] = arguments.role
    if arguments.at:
        demand_place(arguments.at)
        port = parts.config.settings.network.port
        changes["network.master"] = shown_place(*parse_place(arguments.at, port))
    if arguments.pair and not (arguments.at or parts.config.settings.network.master):
        raise UsageError("--pair needs the master's address: --master HOST.")
    if changes:
        parts.config.change(changes)


def pair(parts: Parts, arguments: argparse.Namespace, output: Output) -> None:
    """Pair with the master, where a code was given and they are not paired already; raises PeerError."""
    if not arguments.pair:
        return
    network = parts.config.settings.network
    place = shown_place(*parse_place(network.master, network.port))
    if place in {one.address for one in parts.network.masters()}:
        output.notice(f"This machine is paired with {place} already; the code is not used.")
        return
    name = parts.machines().pair(place, arguments.pair)
    output.notice(f"This machine is paired with {name} and works for it.")
