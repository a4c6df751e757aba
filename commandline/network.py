"""``network …``: pairs machines, shows and commands them, examines paths.

Where the program is at work with the data folder already, that program does it and its answer is shown here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterable, List, Optional, Tuple, Type

from commandline.command import Action, Command, NoOptions, action, open_program
from commandline.exit_codes import DONE
from commandline.headless_role import demand_place
from commandline.numbers import count
from commandline.options import Options, argument, option, switch
from commandline.output import Output
from commandline.remote_call import run_here_or_there
from core.errors import UsageError
from core.protocol.machines import FolderFinding, Machine, MachineState, machine_data
from core.protocol.node_commands import COMMANDS_BY_WORD, NodeCommand
from core.settings.choices import NetworkMode
from core.settings.path_mappings import parse_mapping
from core.text.formatting import duration_text, size_text
from reports.qr_text import qr_text
from reports.text_table import table

if TYPE_CHECKING:
    from app.machines import Machines
    from app.program import Program

Do = Callable[["Machines", Options, Output], None]
_AS_LISTED = "name shown by network list"


@dataclass(frozen=True)
class NameOptions:
    """A machine that is named."""

    name: str = argument("NAME", help=_AS_LISTED)


@dataclass(frozen=True)
class PairCodeOptions:
    """What ``network pair-code`` is asked for."""

    hide: bool = switch("--hide", help="cancel the code")


@dataclass(frozen=True)
class PairOptions:
    """What ``network pair`` is asked for."""

    host: str = argument("HOST[:PORT]")
    code: str = argument("CODE")


@dataclass(frozen=True)
class DoctorOptions:
    """What ``network doctor`` is asked for."""

    use: bool = switch("--use", help="apply every suggestion")


@dataclass(frozen=True)
class MapOptions:
    """What ``network map`` is asked for; nothing: it shows what there is."""

    theirs: str = argument("THEIRS", help="on the master", optional=True)
    ours: str = argument("OURS", help="on this machine", optional=True)


@dataclass(frozen=True)
class UnmapOptions:
    """What ``network unmap`` is asked for."""

    theirs: str = argument("THEIRS", help="on the master")


@dataclass(frozen=True)
class TellOptions:
    """What ``network tell`` is asked for."""

    name: str = argument("NAME", help=_AS_LISTED)
    command: str = argument(
        "COMMAND",
        choices=tuple(COMMANDS_BY_WORD),
        help="; ".join(
            f"{word}: {command.help}" for word, command in COMMANDS_BY_WORD.items() if command.help
        ),
    )


@dataclass(frozen=True)
class SlotsOptions:
    """What ``network slots`` is asked for; None: as many as before."""

    name: str = argument("NAME", help=_AS_LISTED)
    gpu: Optional[int] = option(
        "--gpu", default=None, kind=count, metavar="N", help="films on the GPU"
    )
    software: Optional[int] = option(
        "--software", default=None, kind=count, metavar="N", help="films on the CPU"
    )
    remux: Optional[int] = option(
        "--remux", default=None, kind=count, metavar="N", help="films with copied video"
    )


@dataclass(frozen=True)
class PhoneOptions:
    """What ``network phone`` is asked for."""

    new_token: bool = switch(
        "--new-token", help="make a new token; phones with the old one are shut out"
    )


@dataclass(frozen=True)
class NetworkLogOptions:
    """What ``network log`` is asked for."""

    name: str = argument("NAME", help=_AS_LISTED)
    lines: int = option(
        "--lines", default=200, kind=count, metavar="N", help="number of lines (default 200)"
    )


def _list(machines: Machines, _options: object, output: Output) -> None:
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
    output.text(table(headings, [_row(machine, now) for machine in overview.machines]))
    for notice in overview.problems:
        output.text(notice)


def _row(machine: Machine, now: float) -> Tuple[str, ...]:
    state = {
        MachineState.HERE: "this machine",
        MachineState.ONLINE: "connected",
        MachineState.OFFLINE: "offline",
        MachineState.REVOKED: "removed",
    }[machine.state]
    if machine.role is NetworkMode.MASTER and machine.state is not MachineState.HERE:
        state = f"master, {state}"
    seen = "" if machine.there else "never"
    if not machine.there and machine.last_seen:
        seen = f"{duration_text(max(0.0, now - machine.last_seen))} ago"
    films = [
        job.film + (f" ({job.percent:.0f} %)" if job.percent is not None else "")
        for job in machine.jobs
    ]
    return (
        machine.name,
        state,
        machine.address,
        machine.version,
        seen,
        ", ".join(films),
        machine.held,
    )


def _pair_code(machines: Machines, options: PairCodeOptions, output: Output) -> None:
    if options.hide:
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


def _pair(machines: Machines, options: PairOptions, output: Output) -> None:
    demand_place(options.host)
    name = machines.pair(options.host, options.code)
    output.record("paired", name=name)
    output.text(f"This machine is paired with {name} and is its slave from now on.")


def _revoke(machines: Machines, options: NameOptions, output: Output) -> None:
    machine = _named(machines, options.name)
    machines.revoke(machine.id)
    output.text(f"{machine.name} can no longer connect.")
    _list(machines, options, output)


def _forget(machines: Machines, options: NameOptions, output: Output) -> None:
    machine = _named(machines, options.name)
    machines.forget(machine.id)
    output.text(f"{machine.name} is forgotten.")
    _list(machines, options, output)


def _named(machines: Machines, name: str) -> Machine:
    """The machine that is meant; raises UsageError where none or several are called so."""
    fitting = machines.cluster().named(name)
    if not fitting:
        raise UsageError(f"No machine is called {name!r}; `network list` shows them.")
    if len(fitting) > 1:
        ids = ", ".join(machine.id for machine in fitting)
        raise UsageError(f"Several machines are called {name!r}; give one of their ids: {ids}.")
    return fitting[0]


def _discover(machines: Machines, _options: NoOptions, output: Output) -> None:
    masters = [(master.name, master.address, master.version) for master in machines.find_masters()]
    for name, address, version in masters:
        output.record("master", name=name, address=address, version=version)
    if masters:
        output.text(table(("Master", "Address", "Version"), masters))
    else:
        output.text("No master was found on this network; give its address instead.")


def _doctor(machines: Machines, options: DoctorOptions, output: Output) -> None:
    findings = machines.examine_paths()
    if options.use:
        for finding in findings:
            if finding.proposal:
                machines.use_proposal(finding)
        findings = machines.examine_paths()
    for finding in findings:
        output.record("path", **vars(finding))
    if not findings:
        output.text("There are no watched folders, or no other machine is connected.")
        return
    rows = [_finding_row(finding) for finding in findings]
    output.text(table(("Folder", "Machine", "Path there", "Write access", "Free", "Note"), rows))


def _finding_row(finding: FolderFinding) -> Tuple[str, ...]:
    notes: List[str] = [finding.problem] if finding.problem else []
    notes += [f"proposed: {finding.proposal}"] if finding.proposal else []
    notes += ["films are sent"] if not (finding.seen_as or finding.problem) else []
    return (
        finding.folder,
        finding.machine,
        finding.seen_as or "not visible",
        "" if not finding.seen_as else "yes" if finding.writable else "no",
        size_text(finding.free_space) if finding.free_space is not None else "",
        "; ".join(notes),
    )


def _map(machines: Machines, options: MapOptions, output: Output) -> None:
    if options.theirs and not options.ours:
        raise UsageError("Give the master's folder and its name here, such as /films /mnt/films.")
    if options.theirs:
        machines.map_folder(options.theirs, options.ours)
    _show_mappings(machines, output)


def _unmap(machines: Machines, options: UnmapOptions, output: Output) -> None:
    machines.unmap_folder(options.theirs)
    _show_mappings(machines, output)


def _show_mappings(machines: Machines, output: Output) -> None:
    pairs = [parse_mapping(mapping) for mapping in machines.mappings]
    for theirs, ours in pairs:
        output.record("mapping", theirs=theirs, ours=ours)
    if pairs:
        output.text(table(("On the master", "On this machine"), pairs))
    else:
        output.text("No folder of the master is mapped; its own name is tried.")


def _tell(machines: Machines, options: TellOptions, output: Output) -> None:
    machine = _named(machines, options.name)
    machines.command(machine.id, COMMANDS_BY_WORD[options.command], {})
    output.record("told", machine=machine.name, command=options.command)
    output.text(f"{machine.name} was told: {options.command}.")


def _slots(machines: Machines, options: SlotsOptions, output: Output) -> None:
    given = {"gpu": options.gpu, "software": options.software, "remux": options.remux}
    wanted = {kind: number for kind, number in given.items() if number is not None}
    if not wanted:
        raise UsageError("Give at least one of --gpu, --software and --remux.")
    machine = _named(machines, options.name)
    machines.command(machine.id, NodeCommand.SET_SLOTS, wanted)
    output.record("told", machine=machine.name, command="slots")
    slots = ", ".join(f"{kind} {number}" for kind, number in wanted.items())
    output.text(f"{machine.name} now has these slots: {slots}.")


def _log(machines: Machines, options: NetworkLogOptions, output: Output) -> None:
    machine = _named(machines, options.name)
    text = machines.log(machine.id, options.lines)
    output.record("machine_log", machine=machine.name, log=text)
    output.text(text)


def _phone(program: Program, options: PhoneOptions, output: Output) -> None:
    """How a phone gets to its page: at a terminal with the QR code, which a phone's camera reads there."""
    page = program.phone
    entry = page.renew_token() if options.new_token else page.entry()
    output.record("phone", **{name: value for name, value in vars(entry).items() if name != "code"})
    output.text(qr_text(entry.code))
    rows = (
        ("Address", entry.address),
        ("Token", entry.token),
        ("Certificate (SHA-256)", entry.fingerprint),
    )
    output.text("\n".join(f"{name}: {value}" for name, value in rows))
    if not entry.switched_on:
        output.notice("The page is switched off; `settings set network.phone yes` switches it on.")
    elif entry.trouble:
        output.notice(entry.trouble)
    elif not entry.listens:
        output.notice(
            "The page is served while the program is at work, with its window or --headless."
        )


def _any_of(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


def _anywhere(
    name: str, help_text: str, options: Type[Options], do: Do[Options], *, shows: bool = False
) -> Action[Program]:
    """An action that the program at work does where there is one, and this process otherwise.

    ``shows`` is whether it changes nothing.
    """

    def run(program: Program, given: Options, output: Output) -> int:
        def here() -> int:
            do(program.machines(), given, output)
            return DONE

        return run_here_or_there(program, f"network {name}", given, output, here)

    def at_work(program: Program, given: Options, output: Output) -> int:
        do(program.machines(), given, output)
        return DONE

    return action(name, help_text, options, run, at_work, at_work if shows else None)


def _phone_here(program: Program, options: PhoneOptions, output: Output) -> int:
    def here() -> int:
        return _phone_at_work(program, options, output)

    return run_here_or_there(program, "network phone", options, output, here)


def _phone_at_work(program: Program, options: PhoneOptions, output: Output) -> int:
    _phone(program, options, output)
    return DONE


COMMAND = Command(
    open_program,
    (
        _anywhere(
            "list", "list this machine and all paired machines", NoOptions, _list, shows=True
        ),
        _anywhere(
            "pair-code",
            "on a master: show a code for one slave, good for ten minutes",
            PairCodeOptions,
            _pair_code,
        ),
        _anywhere(
            "pair",
            "make this machine a slave of a master that shows a code",
            PairOptions,
            _pair,
        ),
        _anywhere("revoke", "on a master: revoke a slave's access", NameOptions, _revoke),
        _anywhere(
            "forget",
            "remove a machine from the list; pair it again to work together",
            NameOptions,
            _forget,
        ),
        _anywhere("discover", "find masters on this network", NoOptions, _discover),
        _anywhere(
            "doctor",
            "on a master: check under which path each machine sees the watched folders",
            DoctorOptions,
            _doctor,
        ),
        _anywhere(
            "map",
            "show or add mappings of the master's folders to folders of this machine",
            MapOptions,
            _map,
        ),
        _anywhere("unmap", "remove the mapping of a folder of the master", UnmapOptions, _unmap),
        _anywhere("tell", f"make a machine {_any_of(COMMANDS_BY_WORD)}", TellOptions, _tell),
        _anywhere("slots", "set how many films a machine processes at once", SlotsOptions, _slots),
        _anywhere("log", "show the last lines of a machine's log", NetworkLogOptions, _log),
        action(
            "phone",
            "show the address, token and QR code of the page for the phone",
            PhoneOptions,
            _phone_here,
            _phone_at_work,
        ),
    ),
)
