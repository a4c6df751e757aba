"""Connections whose other end has not proven who it is: how many there may be, and which one is closed.

A new connection is always accepted. Where there are too many, of one address or in all, the oldest is closed:
an honest caller proves itself within moments, so the oldest ones are idle. Without sockets and clocks.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import Dict, Generic, List, Optional, Tuple, TypeVar

from core.text.sentence import Sentence, counted_sentence

Caller = TypeVar("Caller")
_NETWORK = 64  # bits of an IPv6 address that belong to one customer, who can choose the rest
_NAMED = 3  # addresses that are named in one line


class Strangers(Generic[Caller]):
    """At most ``most`` callers, of one address at most ``share``; used by one thread at a time."""

    def __init__(self, most: int, share: int) -> None:
        self._most = most
        self._share = share
        self._there: Dict[Caller, str] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._there)

    def add(self, caller: Caller, address: str) -> Tuple[Caller, ...]:
        """Count a caller; return the callers that have to be closed for it, which are no longer counted."""
        place = place_of(address)
        going: List[Caller] = []
        mine = [caller for caller, other in self._there.items() if other == place]
        if len(mine) >= self._share:
            going.append(mine[0])
        elif len(self._there) >= self._most:
            going.append(next(iter(self._there)))
        for stranger in going:
            del self._there[stranger]
        self._there[caller] = place
        return tuple(going)

    def remove(self, caller: Caller) -> bool:
        """Stop counting a caller that has proven itself or is gone; False where it was closed before."""
        return self._there.pop(caller, None) is not None

    def all(self) -> Tuple[Caller, ...]:
        """Return all callers, oldest first."""
        return tuple(self._there)


def place_of(address: str) -> str:
    """Return what counts as one address: an IPv6 address's network, a mapped IPv4 address itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _NETWORK), strict=False))


class Aggregate:
    """Repeated events, reported in one line a minute: the first at once, the rest as a number.

    The user calls ``summary`` a minute after ``met`` has returned a sentence.
    """

    def __init__(self) -> None:
        self._waits = False  # whether a summary is to come
        self._counts: Counter[str] = Counter()
        self._last = ""

    def met(self, address: str, sentence: str) -> Optional[str]:
        """Count an event; return its sentence where it is to be reported at once, else None."""
        if not self._waits:
            self._waits = True
            return sentence
        self._counts[place_of(address)] += 1
        self._last = sentence
        return None

    def summary(self) -> str:
        """Return a sentence about the events since; "" for none: the next one is then reported at once."""
        counts, last = self._counts, self._last
        self._counts, self._last = Counter(), ""
        self._waits = bool(counts)
        if not counts:
            return ""
        named = ", ".join(f"{place} ({count})" for place, count in counts.most_common(_NAMED))
        more = len(counts) - _NAMED
        if more > 0:
            named = counted_sentence(
                "{addresses} and {number} other address",
                "{addresses} and {number} other addresses",
                more,
                addresses=named,
            )
        return Sentence(
            "{total} more within a minute, from {addresses}; the last: {last}",
            total=sum(counts.values()),
            addresses=named,
            last=last,
        )
