"""``messages list|add|change|remove|test``: where messages go when nobody looks at the program.

An address is read from standard input: it holds passwords and tokens, and what stands on a command line,
others on the machine can read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, FrozenSet, Optional, Tuple

from commandline.command import Command, NoOptions, action, open_program
from commandline.exit_codes import DONE
from commandline.options import argument, on_off, repeated
from commandline.output import Output
from commandline.secret_input import read_secret
from core.errors import MessageNotSent, UsageError
from core.messages.message import EVERY_KIND, MessageAddress, MessageKind
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program

KINDS = tuple(kind.value for kind in MessageKind)


@dataclass(frozen=True)
class MessageAddOptions:
    """What ``messages add`` is asked for."""

    name: str = argument("NAME", help="what you call it, such as Phone")
    only: Optional[Tuple[str, ...]] = repeated(
        "--only",
        default=None,
        metavar="KIND",
        choices=KINDS,
        help="what it is told of; default: all",
    )


@dataclass(frozen=True)
class MessageChangeOptions:
    """What ``messages change`` is asked for."""

    name: str = argument("NAME", help="name shown by messages list")
    only: Optional[Tuple[str, ...]] = repeated(
        "--only", default=None, metavar="KIND", choices=KINDS, help="what it is told of"
    )
    enabled: Optional[bool] = on_off(
        "--on", "--off", help="send messages to it", help_off="send none to it for now"
    )


@dataclass(frozen=True)
class MessageNameOptions:
    """What ``messages remove`` is asked for."""

    name: str = argument("NAME", help="name shown by messages list")


@dataclass(frozen=True)
class MessageTestOptions:
    """What ``messages test`` is asked for."""

    name: str = argument("NAME", help="default: all that are in use", optional=True)


def _list(program: Program, _options: object, output: Output) -> int:
    rows = []
    addresses = program.messenger.addresses.all()
    for address in addresses:
        kinds = sorted(kind.value for kind in address.kinds)
        output.record(
            "message_address",
            name=address.name,
            kinds=kinds,
            enabled=address.enabled,
            sent_at=address.sent_at,
            last_error=address.last_error,
        )
        rows.append(
            (
                address.name,
                "all" if address.kinds == EVERY_KIND else ", ".join(kinds),
                _moment(address.sent_at),
                address.last_error if address.enabled else "not in use",
            )
        )
    output.text(table(("Name", "Told of", "Last message", ""), rows))
    if addresses and program.messenger.addresses.warning:
        output.notice(program.messenger.addresses.warning)
    return DONE


def _moment(at: Optional[float]) -> str:
    return "never" if at is None else f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"


def _add(program: Program, options: MessageAddOptions, output: Output) -> int:
    address = MessageAddress(options.name, read_secret("address"), _kinds(options.only, EVERY_KIND))
    program.messenger.addresses.save(address)
    return _list(program, options, output)


def _change(program: Program, options: MessageChangeOptions, output: Output) -> int:
    address = _named(program, options.name)
    enabled = address.enabled if options.enabled is None else options.enabled
    kinds = _kinds(options.only, address.kinds)
    program.messenger.addresses.save(replace(address, kinds=kinds, enabled=enabled))
    return _list(program, options, output)


def _remove(program: Program, options: MessageNameOptions, output: Output) -> int:
    program.messenger.addresses.remove(_named(program, options.name).id)
    return _list(program, options, output)


def _test(program: Program, options: MessageTestOptions, output: Output) -> int:
    """Send a message to each; 1 where one of them was not taken."""
    if options.name:
        chosen: Tuple[MessageAddress, ...] = (_named(program, options.name),)
    else:
        every = program.messenger.addresses.all()
        chosen = tuple(address for address in every if address.enabled)
    if not chosen:
        raise UsageError("There is no address to test; see messages add.")
    failed = False
    for address in chosen:
        problem = ""
        try:
            program.messenger.test(address)
        except MessageNotSent as error:
            problem = str(error)
        failed = failed or bool(problem)
        told = problem or f"A message was sent to {address.name}."
        output.text(told)
        output.record("message_test", name=address.name, ok=not problem, message=told)
    return int(failed)


def _named(program: Program, name: str) -> MessageAddress:
    for address in program.messenger.addresses.all():
        if address.name.casefold() == name.casefold():
            return address
    raise UsageError(f"No address is named {name!r}; see messages list.")


def _kinds(
    only: Optional[Tuple[str, ...]], otherwise: FrozenSet[MessageKind]
) -> FrozenSet[MessageKind]:
    return frozenset(map(MessageKind, only)) if only else otherwise


COMMAND = Command(
    open_program,
    (
        action("list", "list where messages go", NoOptions, _list, shows=_list),
        action("add", "add an address; it is read from standard input", MessageAddOptions, _add),
        action("change", "change what an address is told of", MessageChangeOptions, _change),
        action("remove", "remove an address", MessageNameOptions, _remove),
        action("test", "send a test message", MessageTestOptions, _test),
    ),
)
