"""Finds other instances on the local network by mDNS, so that nobody has to type an address.

An announcement is only a hint: who it is has to be proven, as with a typed address.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Sequence, Set, Tuple

from core.peer_errors import PeerError
from core.text.sentence import Sentence

SERVICE = "_mediaprocessor._tcp.local."
_LOOK_EVERY = 10.0  # seconds between two checks whether this machine has other addresses
_PATIENCE = 3000  # milliseconds for a machine to answer
_NO_ANSWER = "Other machines cannot be found by themselves here; type an address."
_TWICE = Sentence(
    "Another machine on this network announces itself as this one: its data folder is a copy of this "
    "machine's, or the other way round. Let one of them begin with a data folder of its own, and pair it."
)
_LONGEST = 200  # characters of a stranger's text
_MOST = 200  # instances that are kept; a flood of announcements must not fill the memory
_log = logging.getLogger("mediaprocessor.network")


@dataclass(frozen=True)
class AnnouncedMaster:
    """A master that announces itself."""

    instance_id: str
    name: str
    addresses: Tuple[str, ...]
    port: int
    version: str = ""


def local_addresses() -> Tuple[str, ...]:
    """Return the addresses by which others may reach this machine."""
    import ifaddr  # brought along by zeroconf

    found = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips)
    texts = (address if isinstance(address, str) else str(address[0]) for address in found)
    return tuple(
        sorted({address for address in texts if not ipaddress.ip_address(address).is_loopback})
    )


class ServiceDiscovery:
    """Announces this instance, where it is a master, and lists the others.

    ``addresses`` are this machine's; where they change, it is announced again.
    """

    def __init__(
        self,
        announced: Optional[AnnouncedMaster] = None,
        *,
        addresses: Callable[[], Sequence[str]] = local_addresses,
        interfaces: Any = None,
    ) -> None:
        self.trouble = ""  # why nothing can be found
        self._announced = announced
        self._addresses = addresses
        self._interfaces = interfaces
        self._names: Set[str] = set()  # announced and not withdrawn
        self._found: Dict[str, AnnouncedMaster] = {}
        self._asking: Set[asyncio.Future[None]] = set()

    @property
    def found(self) -> Tuple[AnnouncedMaster, ...]:
        """Return the masters that are there now, by name; from any thread."""
        mine = self._announced.instance_id if self._announced is not None else ""
        others = (master for master in list(self._found.values()) if master.instance_id != mine)
        return tuple(sorted(others, key=lambda master: (master.name, master.instance_id)))

    def places_of(self, instance_ids: Sequence[str]) -> Tuple[Tuple[str, int], ...]:
        """Return where these instances are, if they are there; from any thread."""
        return tuple(
            (address, master.port)
            for master in self.found
            if master.instance_id in instance_ids
            for address in master.addresses
        )

    async def run(self) -> None:
        """Announce and listen until cancelled."""
        from zeroconf import Error, NonUniqueNameException

        loop = asyncio.get_running_loop()
        while True:
            addresses = await loop.run_in_executor(None, self._addresses)
            try:
                await self._run_with(addresses)
            except NonUniqueNameException:
                await self._rest(_TWICE, _TWICE)
            except (OSError, RuntimeError, Error) as error:
                await self._rest(
                    _NO_ANSWER,
                    Sentence("Machines cannot be found by themselves: {problem}", problem=error),
                )

    async def _rest(self, trouble: str, logged: str) -> None:
        """Log once why nothing can be found, and wait for the next try."""
        if self.trouble != trouble:
            _log.warning("%s", logged)
        self.trouble = trouble
        await asyncio.sleep(_LOOK_EVERY)

    async def _run_with(self, addresses: Sequence[str]) -> None:
        """Announce and listen while this machine has these addresses."""
        from zeroconf import InterfaceChoice, IPVersion
        from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

        loop = asyncio.get_running_loop()
        # IPv4 alone would start without IPv4 as well, and hear nobody; both start where one is missing.
        wire = AsyncZeroconf(
            interfaces=self._interfaces or InterfaceChoice.All, ip_version=IPVersion.All
        )
        try:
            if self._announced is not None:
                await (await wire.async_register_service(self._info(addresses)))
            browser = AsyncServiceBrowser(wire.zeroconf, SERVICE, handlers=[self._changed])
            self.trouble = ""
            while await loop.run_in_executor(None, self._addresses) == addresses:
                await asyncio.sleep(_LOOK_EVERY)
                for name in self._names:
                    self._ask_later(wire.zeroconf, name)
            await browser.async_cancel()
        finally:
            for asking in list(self._asking):
                asking.cancel()
            self._names.clear()
            self._found.clear()
            with contextlib.suppress(Exception):  # an interface may be gone; nothing is left of it
                await wire.async_close()

    def _info(self, addresses: Sequence[str]) -> Any:
        from zeroconf.asyncio import AsyncServiceInfo

        mine = self._announced
        if mine is None:
            raise PeerError(Sentence("This machine has nothing to announce."))
        return AsyncServiceInfo(
            SERVICE,
            f"{mine.instance_id}.{SERVICE}",
            port=mine.port,
            properties={"name": mine.name, "version": mine.version, "id": mine.instance_id},
            server=f"{mine.instance_id}.local.",
            parsed_addresses=list(mine.addresses or addresses),
        )

    def _changed(self, *, zeroconf: Any, name: str, state_change: Any, **_kind: Any) -> None:
        """Note that an instance has come, changed or gone; called on the loop."""
        from zeroconf import ServiceStateChange

        if state_change is ServiceStateChange.Removed:
            self._names.discard(name)
            self._found.pop(name, None)
        elif name in self._names or len(self._names) < _MOST:
            self._names.add(name)
            self._ask_later(zeroconf, name)

    def _ask_later(self, zeroconf: Any, name: str) -> None:
        asking = asyncio.ensure_future(self._ask(zeroconf, name))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    async def _ask(self, zeroconf: Any, name: str) -> None:
        """Ask a machine for its address; a recent answer comes from the library's cache.

        A machine that was switched off withdraws nothing: its name stays cached for an hour, its address
        for two minutes.
        """
        from zeroconf.asyncio import AsyncServiceInfo

        info = AsyncServiceInfo(SERVICE, name)
        if not await info.async_request(zeroconf, _PATIENCE) or not info.port:
            self._found.pop(name, None)
            return
        if name not in self._names:  # it has gone meanwhile
            return
        properties = {
            bytes(key).decode("utf-8", "replace"): bytes(value or b"").decode("utf-8", "replace")
            for key, value in info.properties.items()
        }
        self._found[name] = AnnouncedMaster(
            _shown(properties.get("id", "")),
            _shown(properties.get("name", "")),
            tuple(filter(_can_be_reached, info.parsed_scoped_addresses())),
            info.port,
            _shown(properties.get("version", "")),
        )


def _can_be_reached(address: str) -> bool:
    """A link-local address is one only with its interface, which Python 3.8 and IPv4 do not tell."""
    return "%" in address or not address.lower().startswith("fe80:")


def _shown(text: str) -> str:
    """Return a stranger's text, fit to be shown."""
    return "".join(character if character.isprintable() else " " for character in text[:_LONGEST])


def machine_name() -> str:
    """Return what the system calls this machine."""
    return socket.gethostname()
