"""Addresses as people type them: ``nas``, ``nas:9000``, ``10.0.0.7``, ``[fe80::1]:9000``."""

from __future__ import annotations

import ipaddress
import re
from typing import Tuple

from core.peer_errors import PeerError
from core.text.sentence import Sentence

_SCOPE = r"(?:%[\w.-]+)?"  # the interface of a link-local address: eth0.7, br-lan
_BRACKETS = re.compile(rf"\[([\w:.]+{_SCOPE})\](?::(\d{{1,5}}))?")
_NAMED = re.compile(r"([^\s:/@\[\]?#]+)(?::(\d{1,5}))?")
_BARE_IPV6 = re.compile(rf"([0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*{_SCOPE})")


def parse_place(text: str, port: int) -> Tuple[str, int]:
    """Return host and port; ``port`` where none is typed. Raises PeerError."""
    typed = text.strip()
    found = _BRACKETS.fullmatch(typed) or _BARE_IPV6.fullmatch(typed) or _NAMED.fullmatch(typed)
    given = found.group(2) if found is not None and found.re.groups > 1 else None
    number = int(given) if given else port
    if found is not None and ":" in found.group(1) and not _is_ipv6(found.group(1)):
        found = None
    if found is None or not 0 < number < 65536 or len(typed) > 300:
        raise PeerError(
            Sentence(
                "{typed} is no address of a machine. Write its name or number, and :port where it is "
                "not the usual one, such as nas:8477.",
                typed=repr(typed[:100]),
            )
        )
    return found.group(1), number


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def shown_place(host: str, port: int) -> str:
    """Return a place so that ``parse_place`` reads it back."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
