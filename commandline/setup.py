"""``setup export|import FILE``: all that a user has set up, from one machine to another.

Settings with their templates, watched folders with their rules, Sonarrs and Radarrs; their keys and OMDb's
on request, sealed with a passphrase. The program that is at work takes it in itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Mapping, Tuple

from commandline import settings
from commandline.command import Command, action, open_program
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import argument, repeated, switch
from commandline.output import Output
from commandline.remote_call import run_here_or_there
from commandline.secret_input import read_secret
from core.errors import UsageError
from core.settings.choices import NetworkMode
from core.settings.services import Service
from core.settings.setup_file import Setup, setup_from_json, setup_to_json
from core.text.formatting import visible
from core.version import VERSION
from metadata.keys import ApiKeys
from monitor import FolderList
from reports.whole_file import write_file
from store.sealed_keys import open_keys, seal_keys

if TYPE_CHECKING:
    from app.program import Program

_ARR = (Service.SONARR, Service.RADARR)
_WEBHOOK = "webhook"


@dataclass(frozen=True)
class SetupExportOptions:
    """What ``setup export`` is asked for."""

    file: str = argument("FILE")
    with_keys: bool = switch(
        "--with-keys",
        help="API keys as well, sealed with a passphrase that is read from standard input",
    )


@dataclass(frozen=True)
class SetupImportOptions:
    """What ``setup import`` is asked for, what the file holds, and what opens the keys in it."""

    file: str = argument("FILE")
    place: Tuple[str, ...] = repeated(
        "--place",
        default=(),
        metavar="THERE=HERE",
        help="a folder of the other machine and its path here; may be repeated",
    )
    content: object = None
    passphrase: str = field(default="", repr=False)


def run_import(program: Program, options: SetupImportOptions, output: Output) -> int:
    """Read a setup and take it over; 1 where something of it could not be."""
    content = settings.read_json(Path(options.file))
    sealed = setup_from_json(content).sealed
    passphrase = read_secret("passphrase of the keys") if sealed else ""
    whole = replace(options, content=content, passphrase=passphrase)

    def here() -> int:
        return import_at_work(program, whole, output)

    return run_here_or_there(program, "setup import", whole, output, here)


def import_at_work(program: Program, options: SetupImportOptions, output: Output) -> int:
    """Take a setup over in this program, for a later start too, all or nothing; raises UsageError."""
    setup = setup_from_json(options.content).moved([_place(place) for place in options.place])
    keys = open_keys(setup.sealed, options.passphrase) if options.passphrase else {}
    config, before = program.config, program.config.describe()
    exported = {**config.export(), "settings": setup.settings}
    left_out = [f"{problem} It stays as it is." for problem in config.unusable(exported)]
    exported["settings"] = config.usable(exported)
    folders = FolderList(program.database)

    def along() -> None:
        folders.take_over(setup.folders)
        left_out.extend(_take_services(program.services.keys, setup, keys))

    config.import_(exported, along)
    left_out += [
        f"{folder.path} does not exist here. It is watched as soon as it does; where it has another name, "
        "import again with --place THERE=HERE."
        for folder in setup.folders
        if not folder.path.is_dir()
    ]
    if config.settings.network.mode is NetworkMode.SLAVE and not program.network.masters():
        left_out.append("Pairings do not move: pair this machine with its master (`network pair`).")
    settings.show_changes(before, config, output)
    _tell(Path(options.file), setup, keys, left_out, output)
    return int(bool(left_out))


def _tell(
    file: Path,
    setup: Setup,
    keys: Mapping[str, str],
    left_out: List[str],
    output: Output,
) -> None:
    for sentence in left_out:
        output.notice(sentence, error=True)
    _record(setup, file, len(keys), output)
    number = str(len(keys) or "no")
    output.text(f"{_count(setup)} were taken over, and {number} keys.")


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


def run_export(program: Program, options: SetupExportOptions, output: Output) -> int:
    """Write a setup; raises UsageError where the file cannot be there."""
    keys = program.services.keys
    path = new_file(options.file, ".json")
    secrets = _secrets(keys) if options.with_keys else {}
    sealed = (
        seal_keys(secrets, read_secret("passphrase for the keys", twice=True)) if secrets else ""
    )
    setup = Setup(
        program.config.export()["settings"],
        FolderList(program.database).all(),
        tuple(instance for service in _ARR for instance in keys.load_arr_instances(service)),
        sealed,
    )
    text = json.dumps(setup_to_json(setup, VERSION), indent=2)
    write_file(path, f"{text}\n".encode("ascii"))
    _record(setup, path, len(secrets), output)
    with_keys = f"{len(secrets)} keys, sealed" if secrets else "no keys (--with-keys)"
    output.text(f"{_count(setup)}, and {with_keys}, were written to {visible(path)}.")
    return DONE


def _secrets(keys: ApiKeys) -> Dict[str, str]:
    """All keys that can be read, by what they belong to."""
    secrets = {
        _name(service, instance.name): instance.api_key
        for service in _ARR
        for instance in keys.load_arr_instances(service)
    }
    for number, key in enumerate(keys.load_api_keys(Service.OMDB), 1):
        secrets[_name(Service.OMDB, str(number))] = key.secret
    secrets[_WEBHOOK] = keys.webhook_secret()
    return {name: secret for name, secret in secrets.items() if secret}


def _name(service: Service, name: str) -> str:
    return f"{service.value}/{name}"


def _place(text: str) -> Tuple[str, str]:
    there, equals, here = text.partition("=")
    if not (there and equals and here):
        raise UsageError(f"{text!r} is not THERE=HERE, such as --place /films=/mnt/films.")
    return there, here


def _count(setup: Setup) -> str:
    folders, instances = len(setup.folders), len(setup.instances)
    return (
        f"{len(setup.settings)} settings, "
        f"{folders} watched folder{'' if folders == 1 else 's'}, "
        f"{instances} Sonarr or Radarr{'' if instances == 1 else 's'}"
    )


def _record(setup: Setup, path: Path, keys: int, output: Output) -> None:
    output.record(
        "setup",
        file=path,
        settings=len(setup.settings),
        folders=[folder.path for folder in setup.folders],
        instances=[instance.label for instance in setup.instances],
        keys=keys,
    )


COMMAND = Command(
    open_program,
    (
        action(
            "export",
            "write settings, watched folders, Sonarrs and Radarrs to a file",
            SetupExportOptions,
            run_export,
        ),
        action(
            "import",
            "import such a file",
            SetupImportOptions,
            run_import,
            import_at_work,
        ),
    ),
)
