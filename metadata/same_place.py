"""Where a redirect may lead: only to the server that the user named, since the request carries the key.

The HTTP library's own rule does not help: it keeps ``X-Api-Key`` for any host, and OMDb's key is part of the
address.
"""

from __future__ import annotations

from typing import Tuple
from urllib.parse import SplitResult, urljoin, urlsplit

from core.protocol.peer_fields import shown
from core.text.sentence import Sentence

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000  # characters of an address
_SHOWN = 100


class SentElsewhere(Exception):
    """A redirect leads to another server; the text is its address without path, query and user."""


def next_place(here: str, location: str) -> str:
    """Return the address that a redirect leads to from ``here``.

    It has to have the same scheme, host and port. From http to https the port may be another: the host's
    certificate is checked there, which no other program on that host has. Raises SentElsewhere.
    """
    try:
        target = urljoin(here, location)
        before, after = urlsplit(here), urlsplit(target)
        same = _is_plain(location) and len(target) <= _LONGEST and _same(before, after)
    except ValueError:  # an invalid port, half an IPv6 address
        raise SentElsewhere(Sentence("a place that is no address")) from None
    if not same:
        raise SentElsewhere(_named(after))
    return target


def _is_plain(location: str) -> bool:
    """Whether the address has one host for every reader: browsers take a backslash for a slash."""
    return location.isascii() and location.isprintable() and not set(location) & set("\\ ")


def _same(before: SplitResult, after: SplitResult) -> bool:
    if after.netloc.rpartition("@")[0] not in ("", before.netloc.rpartition("@")[0]):
        return False
    if not after.hostname or before.hostname != after.hostname:  # both in small letters
        return False
    upgrades = (before.scheme, after.scheme) == ("http", "https")
    return upgrades or _scheme_and_port(before) == _scheme_and_port(after)


def _scheme_and_port(place: SplitResult) -> Tuple[str, int]:
    port = place.port
    return place.scheme, _PORTS.get(place.scheme, 0) if port is None else port


def _named(place: SplitResult) -> str:
    host = place.netloc.rpartition("@")[2]
    return shown(f"{place.scheme}://{host}"[:_SHOWN]) if host else "nowhere"
