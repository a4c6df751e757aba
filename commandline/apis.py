"""``apis list|add|remove|test|status|webhook``: the services that know films, and those that show them.

A key is read from standard input: what stands on a command line, others on the machine can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Tuple

from commandline.command import Command, NoOptions, action, open_program
from commandline.exit_codes import DONE
from commandline.options import argument
from commandline.output import Output
from commandline.secret_input import read_secret
from core.errors import ConfigError, UsageError
from core.settings.service_checks import address_problem, name_problem
from core.settings.services import SERVERS, ArrInstance, Service
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program

SERVICES = ("omdb", *(service.value for service in SERVERS))


@dataclass(frozen=True)
class AddOptions:
    """What ``apis add`` is asked for."""

    service: str = argument("SERVICE", choices=SERVICES)
    name: str = argument("NAME", help="not for omdb", optional=True)
    url: str = argument("URL", help="not for omdb", optional=True)


@dataclass(frozen=True)
class RemoveOptions:
    """What ``apis remove`` is asked for."""

    service: str = argument("SERVICE", choices=SERVICES)
    name: str = argument("NAME", help="name shown by apis list")


@dataclass(frozen=True)
class TestOptions:
    """What ``apis test`` is asked for."""

    name: str = argument("NAME", help="default: all folders", optional=True)


def _list(program: Program, _options: object, output: Output) -> int:
    keys = program.services.keys
    rows = []
    for key in keys.load_api_keys(Service.OMDB):
        rows.append((Service.OMDB, key.row.instance_name, key.hint, key.row.is_active))
    for instance in _instances(program):
        rows.append((instance.service, instance.name, instance.url, instance.enabled))
    for service, name, place, enabled in rows:
        output.record(
            "api",
            service=service.value,
            name=name,
            url="" if service is Service.OMDB else place,
            enabled=enabled,
        )
    shown = (
        (service.label, name, place, "" if enabled else "not in use")
        for service, name, place, enabled in rows
    )
    output.text(table(("Service", "Name", "Address or key", ""), shown))
    if keys.warning and rows:
        output.notice(keys.warning)
    return DONE


def _instances(program: Program) -> Tuple[ArrInstance, ...]:
    keys = program.services.keys
    return tuple(instance for service in SERVERS for instance in keys.load_arr_instances(service))


def _add(program: Program, options: AddOptions, output: Output) -> int:
    service, name, url = Service(options.service), options.name, options.url
    if service is Service.OMDB:
        if name or url:
            raise UsageError("An OMDb key has no name and no address.")
        program.services.keys.save_omdb_key(read_secret("API key"))
        return _list(program, options, output)
    if not name or not url:
        raise UsageError(f"Give a name and an address: apis add {service.value} NAME URL.")
    problem = name_problem(name) or address_problem(url, service)
    present = program.services.keys.load_arr_instances(service)
    if any(known.name.lower() == name.lower() for known in present):
        problem = f"There is a {service.label} of this name already."
    if problem:
        raise ConfigError(f"{service.label} instance", problem)
    priority = max((known.priority for known in present), default=0)
    program.services.keys.save_arr_instance(
        ArrInstance(service, name, url, read_secret("API key"), priority=priority)
    )
    return _list(program, options, output)


def _remove(program: Program, options: RemoveOptions, output: Output) -> int:
    service, name, keys = Service(options.service), options.name, program.services.keys
    ids = [
        instance.id
        for instance in _instances(program)
        if (instance.service, instance.name) == (service, name)
    ]
    if service is Service.OMDB:
        ids += [key.id for key in keys.load_api_keys(service) if key.row.instance_name == name]
    if not ids:
        raise UsageError(f"There is no {service.label} named {name!r}; see apis list.")
    keys.remove(ids[0])
    return _list(program, options, output)


def _test(program: Program, options: TestOptions, output: Output) -> int:
    """Try the connections; 1 where one of them failed."""
    name = options.name
    chosen = [
        instance
        for instance in _instances(program)
        if (instance.name == name if name else instance.enabled)
    ]
    if not chosen:
        raise UsageError(
            f"No server is named {name!r}; see apis list."
            if name
            else "There is no server to test; see apis add."
        )
    failed = False
    for instance in chosen:
        report = program.services.test_connection(instance)
        failed = failed or not report.ok
        output.text(f"{instance.label}: {report.message}")
        output.record(
            "connection",
            service=instance.service.value,
            name=instance.name,
            ok=report.ok,
            message=report.message,
        )
    return int(failed)


def _status(program: Program, _options: NoOptions, output: Output) -> int:
    rows = []
    for status in program.services.keys.statuses():
        output.record("api_status", **vars(status))
        used = "never"
        if status.last_used is not None:
            used = f"{datetime.fromtimestamp(status.last_used).astimezone():%Y-%m-%d %H:%M:%S}"
        rows.append(
            (
                status.service,
                status.name,
                status.status,
                status.usage,
                used,
                status.errors,
                status.last_error,
            )
        )
    titles = ("Service", "Name", "Status", "Usage", "Last used", "Errors", "Last error")
    output.text(table(titles, rows))
    return DONE


def _webhook(program: Program, _options: NoOptions, output: Output) -> int:
    settings = program.config.settings.metadata
    secret = program.services.keys.webhook_secret()
    output.raw(f"http://{settings.webhook_address}:{settings.webhook_port}/{secret}")
    return DONE


COMMAND = Command(
    open_program,
    (
        action("list", "list every key and server", NoOptions, _list),
        action(
            "add",
            "add a key or a server; the API key is read from standard input",
            AddOptions,
            _add,
        ),
        action("remove", "remove a key or a server", RemoveOptions, _remove),
        action("test", "test the connections to the servers", TestOptions, _test),
        action("status", "show usage and errors of each service", NoOptions, _status),
        action(
            "webhook",
            "show the secret address for events from Sonarr and Radarr",
            NoOptions,
            _webhook,
        ),
    ),
)
