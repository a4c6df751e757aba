"""``setup export|import FILE``: all that a user has set up, from one machine to another.

Settings with their templates, watched folders with their rules, Sonarrs and Radarrs; their keys and OMDb's
on request, sealed with a passphrase. The program that is at work takes it in itself.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Mapping, Tuple

from app.program import Parts
from commandline import settings
from commandline.new_file import new_file
from commandline.output import Output
from commandline.remote_call import here_or_there
from commandline.secret_input import read_secret
from core.errors import UsageError
from core.settings.services import Service
from core.settings.setup_file import Setup, setup_from_json, setup_to_json
from core.settings.tree import NetworkMode
from core.text.formatting import visible
from core.version import VERSION
from metadata.keys import ApiKeys
from monitor import FolderList
from reports.whole_file import write_file
from store.sealed_keys import open_keys, seal_keys

_ARR = (Service.SONARR, Service.RADARR)
_WEBHOOK = "webhook"


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Write or read a setup; 1 where something of it could not be taken over."""
    if arguments.action == "export":
        return _export(parts, arguments, output)
    arguments.imported = settings.read_json(Path(arguments.file))
    sealed = setup_from_json(arguments.imported).sealed
    arguments.passphrase = read_secret("passphrase of the keys") if sealed else ""

    def here() -> int:
        return in_program(parts, arguments, output)

    return here_or_there(parts, arguments, output, here)


def in_program(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Take a setup over in this program, for a later start too, all or nothing; raises UsageError."""
    setup = setup_from_json(arguments.imported).moved(
        [_place(place) for place in arguments.place or ()]
    )
    keys = open_keys(setup.sealed, arguments.passphrase) if arguments.passphrase else {}
    config, before = parts.config, parts.config.describe()
    exported = {**config.export(), "settings": setup.settings}
    left_out = [f"{problem} It stays as it is." for problem in config.unusable(exported)]
    exported["settings"] = config.usable(exported)
    folders = FolderList(parts.database)

    def along() -> None:
        folders.take_over(setup.folders)
        left_out.extend(_take_services(parts.services.keys, setup, keys))

    config.import_(exported, along)
    left_out += [
        f"{folder.path} does not exist here. It is watched as soon as it does; where it has another name, "
        "import again with --place THERE=HERE."
        for folder in setup.folders
        if not folder.path.is_dir()
    ]
    if config.settings.network.mode is NetworkMode.SLAVE and not parts.network.masters():
        left_out.append("Pairings do not move: pair this machine with its master (`network pair`).")
    settings.show_changes(before, config, output)
    _told(arguments, setup, keys, left_out, output)
    return int(bool(left_out))


def _told(
    arguments: argparse.Namespace,
    setup: Setup,
    keys: Mapping[str, str],
    left_out: List[str],
    output: Output,
) -> None:
    for sentence in left_out:
        output.notice(sentence, error=True)
    _record(setup, Path(arguments.file), len(keys), output)
    told = f"{_count(setup)} were taken over"
    output.text(f"{told}, and {len(keys)} keys." if keys else f"{told}, and no keys.")


def _take_services(keys: ApiKeys, setup: Setup, opened: Mapping[str, str]) -> List[str]:
    """Store instances and keys; return what could not be taken over, in sentences."""
    left_out = []
    for instance in setup.instances:
        there = {known.name: known for known in keys.load_arr_instances(instance.service)}.get(
            instance.name
        )
        secret = opened.get(_name(instance.service, instance.name)) or (
            there.api_key if there else ""
        )
        if secret:
            known_id = there.id if there else 0
            keys.save_arr_instance(replace(instance, api_key=secret, id=known_id))
        else:
            left_out.append(
                f"{instance.label} was left out, since its key is not in the file; add it with: "
                f"apis add {instance.service.value} {instance.name!r} {instance.url}"
            )
    have = {key.secret for key in keys.load_api_keys(Service.OMDB)}
    for name, secret in opened.items():
        if name.startswith(_name(Service.OMDB, "")) and secret not in have:
            keys.save_omdb_key(secret)
    if _WEBHOOK in opened:
        keys.take_webhook_secret(opened[_WEBHOOK])
    return left_out


def _export(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    keys = parts.services.keys
    path = new_file(arguments.file)
    secrets = _secrets(keys) if arguments.with_keys else {}
    sealed = (
        seal_keys(secrets, read_secret("passphrase for the keys", twice=True)) if secrets else ""
    )
    setup = Setup(
        parts.config.export()["settings"],
        FolderList(parts.database).all(),
        tuple(instance for service in _ARR for instance in keys.load_arr_instances(service)),
        sealed,
    )
    text = json.dumps(setup_to_json(setup, VERSION), indent=2)
    write_file(path, f"{text}\n".encode("ascii"))
    _record(setup, path, len(secrets), output)
    with_keys = f"{len(secrets)} keys, sealed" if secrets else "no keys (--with-keys)"
    output.text(f"{_count(setup)}, and {with_keys}, were written to {visible(path)}.")
    return 0


def _secrets(keys: ApiKeys) -> Dict[str, str]:
    """All keys that can be read, by what they belong to."""
    found = {
        _name(service, instance.name): instance.api_key
        for service in _ARR
        for instance in keys.load_arr_instances(service)
    }
    for number, key in enumerate(keys.load_api_keys(Service.OMDB), 1):
        found[_name(Service.OMDB, str(number))] = key.secret
    found[_WEBHOOK] = keys.webhook_secret()
    return {name: secret for name, secret in found.items() if secret}


def _name(service: Service, name: str) -> str:
    return f"{service.value}/{name}"


def _place(text: str) -> Tuple[str, str]:
    there, equals, here = text.partition("=")
    if not (there and equals and here):
        raise UsageError(f"{text!r} is not THERE=HERE, such as --place /films=/mnt/films.")
    return there, here


def _count(setup: Setup) -> str:
    folders, instances = len(setup.folders), len(setup.instances)
    told = [f"{len(setup.settings)} settings"]
    told.append(f"{folders} watched folder{'' if folders == 1 else 's'}")
    told.append(f"{instances} Sonarr or Radarr" + ("" if instances == 1 else "s"))
    return ", ".join(told)


def _record(setup: Setup, path: Path, keys: int, output: Output) -> None:
    output.record(
        "setup",
        file=path,
        settings=len(setup.settings),
        folders=[folder.path for folder in setup.folders],
        instances=[instance.label for instance in setup.instances],
        keys=keys,
    )
