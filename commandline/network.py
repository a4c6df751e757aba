"""``network …``: pairs machines, shows and commands them, examines paths.

Where the program is at work with the data folder already, that program does it and its answer is shown here.
"""

from __future__ import annotations

import argparse
import time
from typing import Callable, Dict, List, Tuple

from app.machines import Machines
from app.program import Parts
from commandline.headless_role import demand_place
from commandline.output import Output
from commandline.remote_call import here_or_there
from core.errors import UsageError
from core.protocol.machines import FolderFinding, Machine, MachineState, machine_data
from core.protocol.node_commands import NodeCommand
from core.settings.path_mappings import parse_mapping
from core.settings.tree import NetworkMode
from core.text.formatting import duration_text, size_text
from reports.text_table import table

_WISHES = {
    "start": NodeCommand.START,
    "pause": NodeCommand.PAUSE,
    "resume": NodeCommand.RESUME,
    "drain": NodeCommand.DRAIN,
    "rescan": NodeCommand.RESCAN,
}


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Do it here, or have the program do it that is at work with the data folder."""
    return here_or_there(
        parts, arguments, output, lambda: perform(parts.machines(), arguments, output)
    )


def in_program(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Do it in the program that is at work, for a later start."""
    return perform(parts.machines(), arguments, output)


def perform(machines: Machines, arguments: argparse.Namespace, output: Output) -> int:
    """Do what the arguments ask for; raises MediaProcessorError."""
    actions: Dict[str, Callable[[Machines, argparse.Namespace, Output], None]] = {
        "list": _list,
        "pair-code": _pair_code,
        "pair": _pair,
        "revoke": _revoke,
        "forget": _forget,
        "discover": _discover,
        "doctor": _doctor,
        "map": _map,
        "unmap": _unmap,
        "tell": _tell,
        "slots": _slots,
        "log": _log,
    }
    actions[arguments.action](machines, arguments, output)
    return 0


def _list(machines: Machines, _arguments: argparse.Namespace, output: Output) -> None:
    overview = machines.cluster()
    output.record(
        "network",
        mode=overview.mode.value,
        name=overview.name,
        connected=overview.connected,
        problem=overview.sentence,
        notices=list(overview.problems),
    )
    for machine in overview.machines:
        output.record("machine", **machine_data(machine))
    output.text(f"{overview.name}: {overview.mode.value}")
    if overview.sentence:
        output.text(overview.sentence)
    now = time.time()
    headings = ("Machine", "", "Address", "Version", "Last seen", "Films", "Note")
    output.text(table(headings, [_row(one, now) for one in overview.machines]))
    for notice in overview.problems:
        output.text(notice)


def _row(one: Machine, now: float) -> Tuple[str, ...]:
    state = {
        MachineState.HERE: "this machine",
        MachineState.ONLINE: "connected",
        MachineState.OFFLINE: "offline",
        MachineState.REVOKED: "removed",
    }[one.state]
    if one.role is NetworkMode.MASTER and one.state is not MachineState.HERE:
        state = f"master, {state}"
    seen = "" if one.there else "never"
    if not one.there and one.last_seen:
        seen = f"{duration_text(max(0.0, now - one.last_seen))} ago"
    films = [
        job.film + (f" ({job.percent:.0f} %)" if job.percent is not None else "")
        for job in one.jobs
    ]
    return one.name, state, one.address, one.version, seen, ", ".join(films), one.held


def _pair_code(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    if arguments.hide:
        machines.hide_code()
        output.record("pairing_code", code="", seconds=0)
        output.text("No pairing code is shown any more.")
        return
    code = machines.show_code()
    output.record("pairing_code", code=code.text, seconds=round(code.seconds))
    output.text(code.text)
    output.notice(
        f"Good for one machine and {code.seconds / 60:.0f} minutes; type it there, or start that one "
        f"with: --headless --role slave --master ADDRESS --pair {code.text}"
    )


def _pair(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    demand_place(arguments.host)
    name = machines.pair(arguments.host, arguments.code)
    output.record("paired", name=name)
    output.text(f"This machine is paired with {name} and is its slave from now on.")


def _revoke(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    machine = _named(machines, arguments.name)
    machines.revoke(machine.id)
    output.text(f"{machine.name} is let in no more.")
    _list(machines, arguments, output)


def _forget(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    machine = _named(machines, arguments.name)
    machines.forget(machine.id)
    output.text(f"{machine.name} is forgotten.")
    _list(machines, arguments, output)


def _named(machines: Machines, name: str) -> Machine:
    """The machine that is meant; raises UsageError where none or several are called so."""
    found = machines.cluster().named(name)
    if not found:
        raise UsageError(f"No machine is called {name!r}; `network list` shows them.")
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise UsageError(f"Several machines are called {name!r}; give one of their ids: {ids}.")
    return found[0]


def _discover(machines: Machines, _arguments: argparse.Namespace, output: Output) -> None:
    found = machines.find_masters()
    for one in found:
        output.record("master", name=one.name, address=one.address, version=one.version)
    if found:
        rows = [(one.name, one.address, one.version) for one in found]
        output.text(table(("Master", "Address", "Version"), rows))
    else:
        output.text("No master was found on this network; give its address instead.")


def _doctor(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    findings = machines.examine_paths()
    if arguments.use:
        for one in findings:
            if one.proposal:
                machines.use_proposal(one)
        findings = machines.examine_paths()
    for one in findings:
        output.record("path", **vars(one))
    if not findings:
        output.text("There are no watched folders, or no other machine is connected.")
        return
    rows = [_finding(one) for one in findings]
    output.text(table(("Folder", "Machine", "Path there", "Write access", "Free", "Note"), rows))


def _finding(one: FolderFinding) -> Tuple[str, ...]:
    notes: List[str] = [one.problem] if one.problem else []
    notes += [f"proposed: {one.proposal}"] if one.proposal else []
    notes += ["films are sent"] if not (one.seen_as or one.problem) else []
    return (
        one.folder,
        one.machine,
        one.seen_as or "not visible",
        "" if not one.seen_as else "yes" if one.writable else "no",
        size_text(one.free_space) if one.free_space is not None else "",
        "; ".join(notes),
    )


def _map(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    if arguments.theirs and not arguments.ours:
        raise UsageError("Give the master's folder and its name here, such as /films /mnt/films.")
    if arguments.theirs:
        machines.map_folder(arguments.theirs, arguments.ours)
    _show_mappings(machines, output)


def _unmap(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    machines.unmap_folder(arguments.theirs)
    _show_mappings(machines, output)


def _show_mappings(machines: Machines, output: Output) -> None:
    pairs = [parse_mapping(one) for one in machines.mappings]
    for theirs, ours in pairs:
        output.record("mapping", theirs=theirs, ours=ours)
    if pairs:
        output.text(table(("On the master", "On this machine"), pairs))
    else:
        output.text("No folder of the master is mapped; its own name is tried.")


def _tell(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    machine = _named(machines, arguments.name)
    machines.command(machine.id, _WISHES[arguments.wish], {})
    output.record("told", machine=machine.name, command=arguments.wish)
    output.text(f"{machine.name} was told: {arguments.wish}.")


def _slots(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    wanted = {
        kind: getattr(arguments, kind)
        for kind in ("gpu", "software", "remux")
        if getattr(arguments, kind) is not None
    }
    if not wanted:
        raise UsageError("Give at least one of --gpu, --software and --remux.")
    machine = _named(machines, arguments.name)
    machines.command(machine.id, NodeCommand.SET_SLOTS, wanted)
    output.record("told", machine=machine.name, command="slots")
    slots = ", ".join(f"{kind} {count}" for kind, count in wanted.items())
    output.text(f"{machine.name} now has these slots: {slots}.")


def _log(machines: Machines, arguments: argparse.Namespace, output: Output) -> None:
    machine = _named(machines, arguments.name)
    text = machines.log(machine.id, arguments.lines)
    output.record("machine_log", machine=machine.name, log=text)
    output.text(text)
