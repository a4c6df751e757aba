"""Validates what a user typed about a service, before anything is sent over the network.

The functions named ``…_problem`` return a sentence for beside the field, empty when nothing is wrong.
"""

from __future__ import annotations

from typing import Tuple
from urllib.parse import urlsplit

from core.errors import ConfigError
from core.settings.services import PathMapping, Service
from core.text.sentence import Sentence

_SEPARATOR = " = "
_EXAMPLE_PORT = {
    Service.SONARR: 8989,
    Service.RADARR: 7878,
    Service.PLEX: 32400,
    Service.JELLYFIN: 8096,
    Service.EMBY: 8096,
}


def example_address(service: Service) -> str:
    """An address as it usually looks."""
    return f"http://localhost:{_EXAMPLE_PORT.get(service, 80)}"


def key_problem(text: str) -> str:
    """What is wrong with an API key."""
    key = text.strip()
    if not key:
        return Sentence("Enter the API key.")
    if not key.isascii() or not key.isprintable() or " " in key:
        return Sentence("An API key is letters and digits without spaces; copy it again.")
    return ""


def name_problem(text: str) -> str:
    """What is wrong with an instance's name."""
    if not text.strip():
        return Sentence("Give it a name.")
    return (
        "" if text.isprintable() else Sentence("The name holds a character that cannot be shown.")
    )


def address_problem(text: str, service: Service) -> str:
    """What is wrong with an instance's address."""
    address = text.strip()
    example = Sentence("such as {example_address}", example_address=example_address(service))
    if not address:
        return Sentence("Enter the address, {example}.", example=example)
    if not address.lower().startswith(("http://", "https://")):
        return Sentence("The address begins with http:// or https://, {example}.", example=example)
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return Sentence(
            "This is no address; one looks like {example_address}.",
            example_address=example_address(service),
        )
    if not host or any(char.isspace() or not char.isprintable() for char in address):
        return Sentence(
            "This is no address; one looks like {example_address}.",
            example_address=example_address(service),
        )
    if "@" in parts.netloc:
        return Sentence("Leave the user name and password out; the API key is enough.")
    if parts.query or parts.fragment:
        return Sentence("Leave out everything from ? or # on.")
    if "api" in parts.path.lower().split("/"):
        return Sentence(
            "Leave out /api and what follows; {service} is asked for it by itself.",
            service=service.label,
        )
    return ""


def parse_path_mappings(text: str) -> Tuple[PathMapping, ...]:
    """Read pairs of folders, one a line: as the service sees it, ``=``, as this machine sees it.

    Raises ConfigError.
    """
    pairs = []
    for line in text.splitlines():
        if not line.strip():
            continue
        theirs, separator, ours = (part.strip() for part in line.partition(_SEPARATOR))
        if not (theirs and separator and ours):
            raise ConfigError(
                Sentence("Path mapping"),
                Sentence(
                    "{line} is no pair of folders; write /tv = /mnt/media/tv.",
                    line=repr(line.strip()),
                ),
            )
        pairs.append((theirs, ours))
    return tuple(pairs)


def path_mappings_text(pairs: Tuple[PathMapping, ...]) -> str:
    """Write pairs of folders so that ``parse_path_mappings`` reads them back."""
    return "\n".join(f"{theirs}{_SEPARATOR}{ours}" for theirs, ours in pairs)
