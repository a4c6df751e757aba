"""Who may see the page for the phone: the token, guesses at it, and what other web sites try.

A web site that the phone's browser has open can send requests here, too, and can point its own name at this
machine (DNS rebinding). Three things keep it out, each by itself: the token goes in a header, which another
site cannot send without being asked for permission that it never gets; the browser says from which site a
request comes; and the name that the browser was told is looked at.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
import threading
from email.message import Message
from typing import Collection, Optional

from cluster.pairing import FailedProofs
from cluster.proof import CODE_LETTERS, plain_code
from core.ports import TimeSource
from core.protocol.strangers import place_of

_GROUPS, _GROUP = 5, 5  # letters of a token: 125 bits, which nobody guesses
_PLACE = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?")
_LOCAL = ("localhost",)
_HOME_NETWORKS = ("local", "lan", "home", "home.arpa", "internal", "fritz.box")
_BEARER = "bearer "
# What the browser says of a request (https://www.w3.org/TR/fetch-metadata/): typed or opened by the user,
# or made by the page itself.
_OWN_SITE = ("none", "same-origin")


def new_token() -> str:
    """Return a token, in groups that can be typed: ``7QK2M-9TXWA-…``."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, len(letters), _GROUP))


class TokenGate:
    """Compares tokens in constant time, and lets an address wait longer after each wrong one.

    Keeps a digest alone. ``now`` is a clock that never goes back; every thread may ask.
    """

    def __init__(self, token: str, now: TimeSource) -> None:
        self._digest = _digest(token)
        self._failures = FailedProofs(now)
        self._guard = threading.Lock()

    def wait(self, address: str) -> float:
        """Return how many seconds this address has to wait before it is listened to; 0 for none."""
        with self._guard:
            return self._failures.wait(place_of(address))

    def knows(self, given: str, address: str) -> bool:
        """Whether this is the token; a wrong one counts against the address, none at all does not."""
        right = hmac.compare_digest(_digest(given), self._digest)
        with self._guard:
            if right:
                self._failures.succeeded(place_of(address))
            elif given:
                self._failures.failed(place_of(address))
        return right


def _digest(token: str) -> bytes:
    return hashlib.sha256(plain_code(token).encode("utf-8", "surrogatepass")).digest()


def token_in(headers: Message) -> str:
    """Return the token that a request brings (RFC 6750, 2.1); "" for none."""
    given = headers.get("Authorization") or ""
    return given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else ""


def is_own_host(host: Optional[str], names: Collection[str]) -> bool:
    """Whether a request's ``Host`` means this machine: an address, or one of its names.

    A site that points its own name here sends that name; a number cannot be pointed anywhere.
    """
    found = _PLACE.fullmatch(host or "")
    if found is None or int(found.group(2) or 0) > 65535:
        return False
    name = found.group(1).strip("[]").lower().rstrip(".")
    if _is_address(name) or name in _LOCAL:
        return True
    own = {known.lower().rstrip(".") for known in names if known}
    return name in own or any(name == f"{known}.{home}" for known in own for home in _HOME_NETWORKS)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_own_site(headers: Message, host: str) -> bool:
    """Whether a request comes from our own page, or from no page, as far as the browser says."""
    origin = headers.get("Origin")
    if origin is not None and origin.lower() != f"https://{host.lower()}":
        return False
    return (headers.get("Sec-Fetch-Site") or "none").lower() in _OWN_SITE
