"""``--headless --role …``: what a machine without a window is among others, and its pairing at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict

from cluster.addresses import parse_place, shown_place
from commandline.output import Output
from commandline.start_options import StartOptions
from core.errors import UsageError
from core.peer_errors import PeerError

if TYPE_CHECKING:
    from app.program import Program


def demand_place(text: str) -> None:
    """Raise UsageError where this cannot be a machine's address."""
    try:
        parse_place(text, 1)
    except PeerError as error:
        raise UsageError(str(error)) from error


def take(program: Program, options: StartOptions, output: Output) -> None:
    """Keep the part that was asked for, as the settings do; with a code, together with the pairing.

    Raises UsageError, ConfigError, and PeerError where the pairing fails: all is then as it was.
    """
    network = program.config.settings.network
    changes: Dict[str, str] = {}
    if options.role:
        changes["network.mode"] = options.role
    if options.master:
        demand_place(options.master)
        changes["network.master"] = shown_place(*parse_place(options.master, network.port))
    address = changes.get("network.master", network.master)
    if options.pair and not address:
        raise UsageError("--pair needs the master's address: --master HOST.")
    if options.pair and not _paired(program, address, output):
        name = program.network.pair(
            address, options.pair, lambda write: program.config.change(changes, along=write)
        )
        output.notice(f"This machine is paired with {name} and works for it.")
    elif changes:
        program.config.change(changes)


def _paired(program: Program, address: str, output: Output) -> bool:
    """Whether the two are paired already, so that the code is not needed."""
    master = shown_place(*parse_place(address, program.config.settings.network.port))
    if master not in {known.address for known in program.network.masters()}:
        return False
    output.notice(f"This machine is paired with {master} already; the code is not used.")
    return True
