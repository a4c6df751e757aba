"""``apis list|add|remove|test|status|webhook``: the services that know a film's native language.

A key is read from standard input: what stands on a command line, others on the machine can read.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Tuple

from app.program import Parts
from commandline.output import Output
from commandline.secret_input import read_secret
from core.errors import ConfigError, UsageError
from core.settings.service_checks import address_problem, name_problem
from core.settings.services import ArrInstance, Service
from reports.text_table import table

ARR = (Service.SONARR, Service.RADARR)


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Show or change the services; 1 where a connection test failed."""
    if arguments.action == "add":
        _add(parts, arguments)
    elif arguments.action == "remove":
        _remove(parts, Service(arguments.service), arguments.name)
    elif arguments.action == "test":
        return _test(parts, arguments.name, output)
    elif arguments.action == "status":
        _status(parts, output)
        return 0
    elif arguments.action == "webhook":
        output.raw(_webhook_address(parts))
        return 0
    _list(parts, output)
    return 0


def _list(parts: Parts, output: Output) -> None:
    keys = parts.services.keys
    rows = []
    for key in keys.load_api_keys(Service.OMDB):
        rows.append((Service.OMDB, key.row.instance_name, key.hint, key.row.is_active))
    for one in _instances(parts):
        rows.append((one.service, one.name, one.url, one.enabled))
    for service, name, place, enabled in rows:
        output.record(
            "api",
            service=service.value,
            name=name,
            url="" if service is Service.OMDB else place,
            enabled=enabled,
        )
    shown = ((one.label, name, place, "" if on else "not in use") for one, name, place, on in rows)
    output.text(table(("Service", "Name", "Address or key", ""), shown))
    if keys.warning and rows:
        output.notice(keys.warning)


def _instances(parts: Parts) -> Tuple[ArrInstance, ...]:
    return tuple(one for service in ARR for one in parts.services.keys.load_arr_instances(service))


def _add(parts: Parts, arguments: argparse.Namespace) -> None:
    service, name, url = Service(arguments.service), arguments.name, arguments.url
    if service is Service.OMDB:
        if name or url:
            raise UsageError("An OMDb key has no name and no address.")
        parts.services.keys.save_omdb_key(read_secret("API key"))
        return
    if not name or not url:
        raise UsageError(f"Give a name and an address: apis add {service.value} NAME URL.")
    problem = name_problem(name) or address_problem(url, service)
    present = parts.services.keys.load_arr_instances(service)
    if any(one.name.lower() == name.lower() for one in present):
        problem = f"There is a {service.label} of this name already."
    if problem:
        raise ConfigError(f"{service.label} instance", problem)
    priority = max((one.priority for one in present), default=0)
    parts.services.keys.save_arr_instance(
        ArrInstance(service, name, url, read_secret("API key"), priority=priority)
    )


def _remove(parts: Parts, service: Service, name: str) -> None:
    keys = parts.services.keys
    found = [
        *(one.id for one in _instances(parts) if (one.service, one.name) == (service, name)),
        *(
            one.id
            for one in keys.load_api_keys(service)
            if service is Service.OMDB and one.row.instance_name == name
        ),
    ]
    if not found:
        raise UsageError(f"There is no {service.label} named {name!r}; see apis list.")
    keys.remove(found[0])


def _test(parts: Parts, name: str, output: Output) -> int:
    chosen = [one for one in _instances(parts) if (one.name == name if name else one.enabled)]
    if not chosen:
        raise UsageError(
            f"No Sonarr or Radarr is named {name!r}; see apis list."
            if name
            else "There is no Sonarr and no Radarr to test; see apis add."
        )
    failed = False
    for one in chosen:
        report = parts.services.test_connection(one)
        failed = failed or not report.ok
        output.text(f"{one.label}: {report.message}")
        output.record(
            "connection",
            service=one.service.value,
            name=one.name,
            ok=report.ok,
            message=report.message,
        )
    return int(failed)


def _status(parts: Parts, output: Output) -> None:
    rows = []
    for one in parts.services.keys.statuses():
        output.record("api_status", **vars(one))
        used = "never"
        if one.last_used is not None:
            used = f"{datetime.fromtimestamp(one.last_used).astimezone():%Y-%m-%d %H:%M:%S}"
        rows.append(
            (one.service, one.name, one.status, one.usage, used, one.errors, one.last_error)
        )
    titles = ("Service", "Name", "Status", "Usage", "Last used", "Errors", "Last error")
    output.text(table(titles, rows))


def _webhook_address(parts: Parts) -> str:
    settings = parts.config.settings.metadata
    secret = parts.services.keys.webhook_secret()
    return f"http://{settings.webhook_address}:{settings.webhook_port}/{secret}"
