"""``setup export|import FILE``: all that a user has set up, from one machine to another.

Settings with their templates, watched folders with their rules, Sonarrs and Radarrs; their keys and OMDb's
on request, sealed with a passphrase. The program that is at work takes it in itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Mapping, Sequence, Tuple

from app.setup_transfer import WEBHOOK, key_name, setup_of, take_over
from commandline import settings
from commandline.command import Command, action, open_program
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import argument, repeated, switch
from commandline.output import Output
from commandline.remote_call import run_here_or_there
from commandline.secret_input import read_secret
from core.errors import UsageError
from core.settings.services import SERVERS, Service
from core.settings.setup_file import Setup, setup_from_json, setup_to_json
from core.text.formatting import visible
from core.version import VERSION
from metadata.keys import ApiKeys
from reports.whole_file import write_file
from store.sealed_keys import open_keys, seal_keys

if TYPE_CHECKING:
    from app.program import Program


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
    before = program.config.describe()
    taken = take_over(program, setup, keys)
    settings.show_changes(before, program.config, output)
    _tell(Path(options.file), setup, keys, taken.left_out, output)
    return int(bool(taken.left_out))


def _tell(
    file: Path,
    setup: Setup,
    keys: Mapping[str, str],
    left_out: Sequence[str],
    output: Output,
) -> None:
    for sentence in left_out:
        output.notice(sentence, error=True)
    _record(setup, file, len(keys), output)
    number = str(len(keys) or "no")
    output.text(f"{_count(setup)} were taken over, and {number} keys.")


def run_export(program: Program, options: SetupExportOptions, output: Output) -> int:
    """Write a setup; raises UsageError where the file cannot be there."""
    path = new_file(options.file, ".json")
    secrets: Dict[str, str] = {}
    if options.with_keys:
        secrets = {**_secrets(program.services.keys), **program.messenger.addresses.as_keys()}
    sealed = (
        seal_keys(secrets, read_secret("passphrase for the keys", twice=True)) if secrets else ""
    )
    setup = setup_of(program, sealed)
    text = json.dumps(setup_to_json(setup, VERSION), indent=2)
    write_file(path, f"{text}\n".encode("ascii"))
    _record(setup, path, len(secrets), output)
    with_keys = f"{len(secrets)} keys, sealed" if secrets else "no keys (--with-keys)"
    output.text(f"{_count(setup)}, and {with_keys}, were written to {visible(path)}.")
    return DONE


def _secrets(keys: ApiKeys) -> Dict[str, str]:
    """All keys that can be read, by what they belong to."""
    secrets = {
        key_name(service, instance.name): instance.api_key
        for service in SERVERS
        for instance in keys.load_arr_instances(service)
    }
    for number, key in enumerate(keys.load_api_keys(Service.OMDB), 1):
        secrets[key_name(Service.OMDB, str(number))] = key.secret
    secrets[WEBHOOK] = keys.webhook_secret()
    return {name: secret for name, secret in secrets.items() if secret}


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
        f"{instances} server{'' if instances == 1 else 's'}"
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
