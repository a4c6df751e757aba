"""A whole setup out of this data folder and into it; keys and passwords only where somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, List, Mapping, Tuple

from core.settings.choices import NetworkMode
from core.settings.services import SERVERS, Service
from core.settings.setup_file import Setup
from core.text.sentence import Sentence
from metadata.keys import ApiKeys
from monitor import FolderList

if TYPE_CHECKING:
    from app.program import Program

WEBHOOK = "webhook"


@dataclass(frozen=True)
class TakenOver:
    """What a setup has changed: how many settings, and sentences about what could not be taken over."""

    changed: int
    left_out: Tuple[str, ...]


def key_name(service: Service, name: str) -> str:
    """What a service's key is called in a file."""
    return f"{service.value}/{name}"


def setup_of(program: Program, sealed: str = "") -> Setup:
    """Return all that is set up here; ``sealed`` is what ``store.sealed_keys`` made of the keys."""
    keys = program.services.keys
    return Setup(
        program.config.export()["settings"],
        FolderList(program.database).all(),
        tuple(instance for service in SERVERS for instance in keys.load_arr_instances(service)),
        sealed,
    )


def take_over(program: Program, setup: Setup, keys: Mapping[str, str]) -> TakenOver:
    """Take a setup over, all or nothing, with the opened ``keys`` by name.

    Raises UsageError for folders that cannot be watched, ConfigError for a setting that is not known.
    """
    config = program.config
    before = {info.key: info.value for info in config.describe()}
    exported = {**config.export(), "settings": setup.settings}
    left_out: List[str] = [
        Sentence("{problem} It stays as it is.", problem=str(problem))
        for problem in config.unusable(exported)
    ]
    exported["settings"] = config.usable(exported)
    folders = FolderList(program.database)

    def along() -> None:
        folders.take_over(setup.folders)
        left_out.extend(_take_services(program.services.keys, setup, keys))
        program.messenger.addresses.take_keys(keys)

    config.import_(exported, along)
    left_out += [
        Sentence(
            "{path} does not exist here. It is watched as soon as it does; where it has another name, "
            "import again with --place THERE=HERE.",
            path=str(folder.path),
        )
        for folder in setup.folders
        if not folder.path.is_dir()
    ]
    if config.settings.network.mode is NetworkMode.SLAVE and not program.network.masters():
        left_out.append(
            Sentence("Pairings do not move: pair this machine with its master (`network pair`).")
        )
    changed = sum(before[info.key] != info.value for info in config.describe())
    return TakenOver(changed, tuple(left_out))


def _take_services(keys: ApiKeys, setup: Setup, opened: Mapping[str, str]) -> List[str]:
    """Store instances and keys; return what could not be taken over, in sentences."""
    left_out: List[str] = []
    for instance in setup.instances:
        known = {known.name: known for known in keys.load_arr_instances(instance.service)}
        there = known.get(instance.name)
        secret = opened.get(key_name(instance.service, instance.name)) or (
            there.api_key if there else ""
        )
        if secret:
            known_id = there.id if there else 0
            keys.save_arr_instance(replace(instance, api_key=secret, id=known_id))
        else:
            left_out.append(
                Sentence(
                    "{instance} was left out, since its key is not in the file; add it with: apis add "
                    "{service} {name} {url}",
                    instance=instance.label,
                    service=instance.service.value,
                    name=repr(instance.name),
                    url=instance.url,
                )
            )
    have = {key.secret for key in keys.load_api_keys(Service.OMDB)}
    for name, secret in opened.items():
        if name.startswith(key_name(Service.OMDB, "")) and secret not in have:
            keys.save_omdb_key(secret)
    if WEBHOOK in opened:
        keys.take_webhook_secret(opened[WEBHOOK])
    return left_out
