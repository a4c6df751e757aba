"""Instances that find each other on the local network by mDNS, without anybody typing an address.

What is found is a hint: who it is has to be proven like that of a typed address.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Sequence, Set, Tuple

from core.errors import PeerError

SERVICE = "_mediaprocessor._tcp.local."
_LOOK_EVERY = 10.0  # seconds between two looks whether this machine has other addresses
_PATIENCE = 3000  # milliseconds for a machine to say more of itself
_LONGEST = 200  # characters of what strangers say
_MOST = 200  # instances that are kept; a flood of announcements must not fill the memory
_log = logging.getLogger("mediaprocessor.network")


@dataclass(frozen=True)
class Found:
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
    texts = (one if isinstance(one, str) else str(one[0]) for one in found)
    return tuple(sorted({one for one in texts if not ipaddress.ip_address(one).is_loopback}))


class Discovery:
    """Announces this instance, where there is something to announce, and lists the others.

    ``addresses`` are this machine's; where they change, it is announced anew.
    """

    def __init__(
        self,
        announced: Optional[Found] = None,
        *,
        addresses: Callable[[], Sequence[str]] = local_addresses,
        interfaces: Any = None,
    ) -> None:
        self.trouble = ""  # why nothing can be found
        self._announced = announced
        self._addresses = addresses
        self._interfaces = interfaces
        self._found: Dict[str, Found] = {}
        self._asking: Set[asyncio.Future[None]] = set()

    @property
    def found(self) -> Tuple[Found, ...]:
        """Return the masters that are there now, by name; from any thread."""
        mine = self._announced.instance_id if self._announced is not None else ""
        others = (one for one in list(self._found.values()) if one.instance_id != mine)
        return tuple(sorted(others, key=lambda one: (one.name, one.instance_id)))

    def places_of(self, instance_ids: Sequence[str]) -> Tuple[Tuple[str, int], ...]:
        """Return where these instances are, if they are there; from any thread."""
        return tuple(
            (address, one.port)
            for one in self.found
            if one.instance_id in instance_ids
            for address in one.addresses
        )

    async def run(self) -> None:
        """Announce and listen until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            addresses = await loop.run_in_executor(None, self._addresses)
            try:
                await self._run_with(addresses)
                self.trouble = ""
            except (OSError, RuntimeError) as error:
                if not self.trouble:
                    _log.warning("Machines cannot be found by themselves: %s", error)
                self.trouble = "Other machines cannot be found by themselves here; type an address."
                await asyncio.sleep(_LOOK_EVERY)

    async def _run_with(self, addresses: Sequence[str]) -> None:
        """Announce and listen as long as this machine has these addresses."""
        from zeroconf import InterfaceChoice, IPVersion
        from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

        loop = asyncio.get_running_loop()
        wire = AsyncZeroconf(
            interfaces=self._interfaces or InterfaceChoice.All, ip_version=IPVersion.V4Only
        )
        try:
            if self._announced is not None:
                await (await wire.async_register_service(self._info(addresses)))
            browser = AsyncServiceBrowser(wire.zeroconf, SERVICE, handlers=[self._changed])
            while await loop.run_in_executor(None, self._addresses) == addresses:
                await asyncio.sleep(_LOOK_EVERY)
            await browser.async_cancel()
        finally:
            for asking in list(self._asking):
                asking.cancel()
            self._found.clear()
            with contextlib.suppress(Exception):  # an interface may be gone; nothing is left of it
                await wire.async_close()

    def _info(self, addresses: Sequence[str]) -> Any:
        from zeroconf.asyncio import AsyncServiceInfo

        mine = self._announced
        if mine is None:
            raise PeerError("This machine has nothing to announce.")
        return AsyncServiceInfo(
            SERVICE,
            f"{mine.instance_id}.{SERVICE}",
            port=mine.port,
            properties={"name": mine.name, "version": mine.version, "id": mine.instance_id},
            server=f"{mine.instance_id}.local.",
            parsed_addresses=list(mine.addresses or addresses),
        )

    def _changed(self, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        """Take in that an instance has come, changed or gone; called on the loop."""
        from zeroconf import ServiceStateChange

        if state_change is ServiceStateChange.Removed:
            self._found.pop(name, None)
            return
        asking = asyncio.ensure_future(self._ask(zeroconf, service_type, name))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    async def _ask(self, zeroconf: Any, service_type: str, name: str) -> None:
        from zeroconf.asyncio import AsyncServiceInfo

        info = AsyncServiceInfo(service_type, name)
        if not await info.async_request(zeroconf, _PATIENCE) or not info.port:
            return
        said = {
            bytes(key).decode("utf-8", "replace"): bytes(value or b"").decode("utf-8", "replace")
            for key, value in info.properties.items()
        }
        if name in self._found or len(self._found) < _MOST:
            self._found[name] = Found(
                _shown(said.get("id", "")),
                _shown(said.get("name", "")),
                tuple(info.parsed_scoped_addresses()),
                info.port,
                _shown(said.get("version", "")),
            )


def _shown(text: str) -> str:
    """What a stranger says, fit to be shown."""
    return "".join(one if one.isprintable() else " " for one in text[:_LONGEST])


def machine_name() -> str:
    """Return what the system calls this machine."""
    return socket.gethostname()
